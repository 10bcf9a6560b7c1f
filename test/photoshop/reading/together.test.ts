/** Several selected layers are edited as one: as they look together, wherever they lie, and the document stays as it was. */
import { describe, expect, it } from 'vitest';
import { editLayer } from '../../../shared/core/edit/editLayer.ts';
import type { EditPorts } from '../../../shared/core/edit/types.ts';
import { findModel } from '../../../shared/core/models/registry.ts';
import type { Pixels } from '../../../shared/core/pixels.ts';
import { createNodeCodec } from '../../../standalone/command/nodeCodec.ts';
import { MemoryStore, patternPixels, plainPixels } from '../../contracts/memoryHost.ts';
import { CountingIds } from '../../fakes/fakeClock.ts';
import { atCellSize, FakeModel } from '../../fakes/fakeModel.ts';
import { answerOf, hostOf, never, type OpenHost, openHost, place, putAsk, refOf } from '../openHost.ts';
import { createPhotoshop, type PhotoshopLayerPlan, type PhotoshopPlan } from '../simulator/index.ts';

const extent = { width: 64, height: 48 };
const canvas = { x: 0, y: 0, ...extent };
const ground: PhotoshopLayerPlan = { name: 'Background', pixels: patternPixels(64, 48, 1), background: true };
const red: PhotoshopLayerPlan = { name: 'red', pixels: plainPixels(20, 10, [200, 30, 40, 255]), at: { x: 4, y: 5 }, opacity: 0.5 };
const green: PhotoshopLayerPlan = { name: 'green', pixels: plainPixels(20, 10, [40, 160, 60, 255]), at: { x: 10, y: 8 } };
const cover: PhotoshopLayerPlan = { name: 'cover', pixels: plainPixels(64, 48, [1, 2, 3, 255]) };
const masked: PhotoshopLayerPlan = {
  name: 'masked',
  pixels: patternPixels(12, 12, 4),
  at: { x: 12, y: 6 },
  mask: { bounds: { x: 12, y: 6, width: 12, height: 12 }, data: new Uint8ClampedArray(144).map((_, i) => (i * 7) % 256) },
};
const invert: PhotoshopLayerPlan = { name: 'invert', kind: 'adjustment' };
const plan = (layers: readonly PhotoshopLayerPlan[], more: Partial<PhotoshopPlan> = {}): PhotoshopPlan => ({
  title: 'Model.psd',
  extent,
  layers: [...layers, ground],
  ...more,
});

const kept = ({ ps, documentId }: OpenHost) => {
  const { state, saved } = ps.inspect.document(documentId);
  return () => {
    expect(ps.inspect.document(documentId).state).toBe(state);
    expect(ps.inspect.document(documentId).saved).toBe(saved);
    expect(ps.inspect.history(documentId)).toEqual(['Open']);
    expect([ps.inspect.documents.length, ps.inspect.document().id]).toEqual([1, documentId]);
  };
};

/** What is read of the selected layers, whose document stays as it was. */
async function together(open: OpenHost, ...names: readonly string[]): Promise<Pixels> {
  open.ps.user.selectLayers(...names);
  const isKept = kept(open);
  const { of } = answerOf(await open.host.selection());
  const { pixels } = answerOf(await open.host.readPixels({ of: of ?? '', bounds: canvas }, never));
  isKept();
  return pixels;
}

/** A document that holds these and nothing else, as it shows. */
async function alone(layers: readonly PhotoshopLayerPlan[], more: Partial<PhotoshopPlan> = {}): Promise<Pixels> {
  const { host } = openHost({ title: 'alone', extent, layers, ...more });
  return answerOf(await host.readPixels({ of: 'visible', bounds: canvas }, never)).pixels;
}

describe('several layers are read as they look together', () => {
  it('in their order, without what lies between, above and beneath them', async () => {
    expect(await together(openHost(plan([cover, red, cover, green])), 'green', 'red')).toEqual(await alone([red, green]));
  });

  it.each([
    ['16 bits', { depth: 16 }, red, 0],
    ['Lab', { mode: 'Lab', depth: 16 }, red, 0],
    // What is see-through is blended once it was converted: a merged copy would have lost its transparency.
    ['CMYK', { mode: 'CMYK' }, { ...red, opacity: 1 }, 3],
  ] as const)('in %s', async (_, more, top, most) => {
    const read = await together(openHost(plan([top, cover, green], more)), 'red', 'green');
    const wanted = await alone([top, green], more);
    // All that shows of a CMYK document is read from a merged copy, which is opaque where nothing is.
    const isThere = (i: number): boolean => read.data[i | 3] > 0;
    expect(Math.max(...read.data.map((v, i) => (isThere(i) ? Math.abs(v - wanted.data[i]) : 0)))).toBeLessThanOrEqual(most);
    expect(read.data.filter((v, i) => i % 4 === 3 && v > 0)).toHaveLength(20 * 10 * 2 - 14 * 7);
  });

  it('out of whatever groups they are in: those do nothing to them', async () => {
    const groups: PhotoshopLayerPlan[] = [
      { name: 'faint', opacity: 0.2, children: [cover, red] },
      { name: 'locked', locked: true, children: [{ name: 'inner', children: [masked, cover] }] },
    ];
    expect(await together(openHost(plan([...groups, green])), 'green', 'red', 'masked')).toEqual(await alone([red, masked, green]));
  });

  it('with the Background too', async () => {
    expect(await together(openHost(plan([{ name: 'group', children: [red] }, cover])), 'red', 'Background')).toEqual(
      await alone([red, ground]),
    );
  });

  it('clipped to each other as they are, and not to what was not selected', async () => {
    const clipped = { ...masked, clipping: true };
    for (const layers of [
      [clipped, green, cover],
      [{ name: 'group', children: [clipped, green] }, cover],
    ])
      expect(await together(openHost(plan(layers)), 'masked', 'green')).toEqual(await alone([clipped, green]));
    expect(await together(openHost(plan([red, clipped, green])), 'masked', 'red')).toEqual(await alone([red, masked]));
  });

  it('with an adjustment, which changes those beneath it', async () => {
    expect(await together(openHost(plan([invert, cover, green])), 'invert', 'green')).toEqual(await alone([invert, green]));
  });

  it('hidden ones only when nothing else shows', async () => {
    const hidden = { ...red, visible: false };
    expect(await together(openHost(plan([hidden, green])), 'red', 'green')).toEqual(await alone([green]));
    expect(await together(openHost(plan([{ name: 'group', visible: false, children: [red, green] }])), 'red', 'green')).toEqual(
      await alone([red, green]),
    );
  });

  it('a group that is selected with its own layers is the group', async () => {
    const open = openHost(plan([{ name: 'group', children: [red, green] }, cover]));
    open.ps.user.selectLayers('group', 'red');
    expect(answerOf(await open.host.selection()).of).toBe(await refOf(open.host, 'group'));
  });
});

describe('as a layer', () => {
  it('they are one, named and bounded as such, the same in whatever order they were selected, also when only they are known of', async () => {
    const open = openHost(plan([red, cover, green]));
    open.ps.user.selectLayers('red', 'green');
    const { of } = answerOf(await open.host.selection());
    open.ps.user.selectLayers('green', 'red');
    expect(answerOf(await open.host.selection()).of).toBe(of);
    open.ps.user.selectLayers('cover');
    const listed = answerOf(await open.host.layers()).find(({ ref }) => ref === of);
    expect(listed).toMatchObject({ name: '2 layers', kind: 'group', bounds: { x: 4, y: 5, width: 26, height: 13 }, visible: true });
    expect(answerOf(await open.host.readStory(of ?? ''))).toBe(null);
    // Chosen again in the panel, they are selected again in Photoshop.
    answerOf(await open.host.select(of ?? ''));
    expect(open.ps.inspect.document().activeLayers.map(({ name }) => name)).toEqual(['red', 'green']);
    expect(answerOf(await open.host.selectedLayers())).toHaveLength(2);
  });

  it('they are listed as soon as they are selected, whatever is asked first', async () => {
    const open = openHost(plan([red, green]));
    open.ps.user.selectLayers('red', 'green');
    const [layers, { of }] = [answerOf(await open.host.layers()), answerOf(await open.host.selection())];
    expect(layers.some(({ ref }) => ref === of)).toBe(true);
  });

  it('a take of theirs lies above the topmost that is still there', async () => {
    const open = openHost(plan([cover, red, green]));
    open.ps.user.selectLayers('green', 'red');
    const of = answerOf(await open.host.selection()).of ?? '';
    const names = () => open.ps.inspect.tree().map(({ name }) => name);
    answerOf(await place(open.host, putAsk(of)));
    expect(names()).toEqual(['cover', 'make the jacket red', 'red', 'green', 'Background']);
    open.ps.user.undo();
    open.ps.user.deleteLayers('red');
    answerOf(await place(open.host, putAsk(of)));
    expect(names()).toEqual(['cover', 'make the jacket red', 'green', 'Background']);
    expect(answerOf(await open.host.layers()).some(({ ref }) => ref === of)).toBe(false);
    expect(await open.host.readPixels({ of, bounds: canvas }, never)).toMatchObject({ ok: false, error: { kind: 'no-such-layer' } });
  });

  it('a take of theirs is refined, also after the file was closed and opened again: both rounds begin on what they show', async () => {
    const opaque = { ...red, opacity: 1 };
    const { ps, host, clock } = openHost(plan([opaque, cover, green]));
    ps.user.selectLayers('red', 'green');
    const shown = await alone([opaque, green]);
    const sent: Pixels[] = [];
    const model = new FakeModel(
      async (request) => {
        sent.push(request.pictures[0].pixels);
        const answer = await atCellSize(request);
        for (let i = 0; i < answer.data.length; i += 4) if (answer.data[i + 1] > answer.data[i]) answer.data.set([30, 40, 220], i);
        return answer;
      },
      async (request) => {
        sent.push(request.pictures[0].pixels);
        return atCellSize(request);
      },
    );
    const ports: EditPorts = {
      host,
      model,
      entry: findModel('gemini-3.1-flash-image'),
      store: new MemoryStore(),
      clock,
      ids: new CountingIds(),
      codec: createNodeCodec(),
    };
    const ask = { region: null, references: [], size: '512', thinking: null } as const;
    const of = answerOf(await host.selection()).of ?? '';
    const first = answerOf(await editLayer(ports, { ...ask, of, instruction: 'make the green blue' }, never));
    expect(first.take.source).toMatchObject({ of, name: '2 layers' });
    await ps.user.saveAs('/Users/me/Pictures/Model.psd');

    const next = createPhotoshop({ disk: ps.disk });
    const again = hostOf(next, await next.user.openFile('/Users/me/Pictures/Model.psd'), clock);
    again.knowTogether([first.take.source.of]);
    const second = answerOf(
      await editLayer({ ...ports, host: again }, { ...ask, of: first.layer, way: 'from-take', instruction: 'a bit more' }, never),
    );
    expect(second.take.parent).toBe(first.take.id);
    // What is gone on from is the take on both layers: neither the take alone, nor what lay between.
    const [one, two] = sent;
    const at = ({ data, width }: Pixels, x: number, y: number): number[] => [
      ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3),
    ];
    const [inRed, inGreen] = [
      [6, 7],
      [27, 15],
    ] as const;
    const [left, top] = [first.take.source.bounds.x, first.take.source.bounds.y];
    expect(at(two, inRed[0] - left, inRed[1] - top)).toEqual(at(one, inRed[0] - left, inRed[1] - top));
    expect(at(one, inGreen[0] - left, inGreen[1] - top)).toEqual(at(shown, ...inGreen));
    const [r, , blue] = at(two, inGreen[0] - left, inGreen[1] - top);
    expect([r < 60, blue > 180]).toEqual([true, true]);
    next.assertClean();
  });
});
