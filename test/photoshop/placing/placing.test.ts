/** How a take lies in the document: where, in which layers, with which numbers, as one history state. */
import { describe, expect, it } from 'vitest';
import { contains, intersection } from '../../../shared/core/geometry.ts';
import type { Mask, Pixels, Pixels16 } from '../../../shared/core/pixels.ts';
import { cropPixels, sRGB } from '../../../shared/core/pixels.ts';
import { contractProvenance, contractStory } from '../../contracts/hostContract.ts';
import { patternPixels, plainPixels } from '../../contracts/memoryHost.ts';
import { answerOf, never, type OpenHost, openHost, place, putAsk, refOf } from '../openHost.ts';
import type { PhotoshopLayerPlan, PhotoshopPlan } from '../simulator/index.ts';

const extent = { width: 64, height: 48 };
const ground: PhotoshopLayerPlan = { name: 'Background', pixels: patternPixels(64, 48, 1), background: true };
const photo: PhotoshopLayerPlan = { name: 'photo', pixels: patternPixels(40, 30, 3), at: { x: 8, y: 5 } };
const plan = (layers: readonly PhotoshopLayerPlan[] = [photo], more: Partial<PhotoshopPlan> = {}): PhotoshopPlan => ({
  title: 'Model.psd',
  extent,
  layers: [...layers, ground],
  ...more,
});

const outline = ({ ps, documentId }: OpenHost): string => {
  type Nodes = ReturnType<typeof ps.inspect.tree>;
  const text = (nodes: Nodes): string => nodes.map(({ name, children }) => (children ? `${name}(${text(children)})` : name)).join(' ');
  return text(ps.inspect.tree(documentId));
};

const bounds = { x: 10, y: 7, width: 12, height: 9 };
const mask: Mask = { bounds, data: new Uint8ClampedArray(108).map((_, i) => (i * 29) % 256) };
const full = { pixels: patternPixels(20, 15, 8), bounds: { x: 8, y: 5, width: 20, height: 15 }, name: 'Full answer' };
const whole = { pixels: patternPixels(12, 9, 5), bounds, mask, answer: full };

/** Over the full answer's bounds, what the take's layer holds: the change where the mask shows any of it, the answer elsewhere. */
const held = <P extends Pixels | Pixels16>(change: P, toDepth: (v: number) => number = (v) => v): number[] =>
  Array.from({ length: full.pixels.data.length }, (_, i) => {
    const at = { x: full.bounds.x + ((i >> 2) % full.bounds.width), y: full.bounds.y + Math.floor((i >> 2) / full.bounds.width) };
    const inMask = maskAt(at.x, at.y) > 0;
    return inMask ? change.data[((at.y - bounds.y) * bounds.width + (at.x - bounds.x)) * 4 + (i & 3)] : toDepth(full.pixels.data[i]);
  });
const maskAt = (x: number, y: number): number =>
  contains(bounds, { x, y, width: 1, height: 1 }) ? mask.data[(y - bounds.y) * bounds.width + (x - bounds.x)] : 0;
/** The mask over the full answer's bounds: black beyond the change. */
const maskHeld = Array.from({ length: full.bounds.width * full.bounds.height }, (_, i) =>
  maskAt(full.bounds.x + (i % full.bounds.width), full.bounds.y + Math.floor(i / full.bounds.width)),
);

describe('the layers of a take', () => {
  it('are a group above the source: the change with its editable mask over all of the answer, and the full answer hidden beneath', async () => {
    const open = openHost(plan());
    const source = open.ps.inspect.layer('photo');
    const background = open.ps.inspect.layer('Background');
    answerOf(await place(open.host, putAsk(await refOf(open.host, 'photo'), whole)));
    expect(outline(open)).toBe('make the jacket red(take Full answer) photo Background');
    const { inspect } = open.ps;
    expect([inspect.layer('take').visible, inspect.layer('Full answer').visible]).toEqual([true, false]);
    const taken = inspect.pixels('take');
    expect([taken.bounds, [...taken.data]]).toEqual([full.bounds, held(whole.pixels)]);
    const put = inspect.mask('take');
    expect([put?.bounds, [...(put?.data ?? [])], put?.outside]).toEqual([full.bounds, maskHeld, 0]);
    expect([...inspect.pixels('Full answer').data]).toEqual([...full.pixels.data]);
    // The very same numbers, not equal ones: neither was written.
    expect([inspect.layer('photo'), inspect.layer('Background')]).toEqual([source, background]);
    expect(inspect.layer('photo').raster).toBe(source.raster);
    expect(inspect.history()).toEqual(['Open', 'Retake: make the jacket red']);
    expect(inspect.document().activeLayers.map(({ name }) => name)).toEqual(['take']);
    open.ps.user.undo();
    expect(outline(open)).toBe('photo Background');
  });

  it('are read from themselves, mask and all, without a copy of the document', async () => {
    const { ps, host } = openHost(plan());
    const take = answerOf(await place(host, putAsk('visible', whole)));
    const { action } = ps.modules.photoshop;
    const { batchPlay } = action;
    const played: string[] = [];
    (action as { batchPlay: unknown }).batchPlay = (list: { _obj: string }[], options: object) => {
      played.push(...list.map(({ _obj }) => _obj));
      return batchPlay(list, options);
    };
    const { pixels } = answerOf(await host.readPixels({ of: take, bounds }, never));
    expect([...pixels.data].filter((_, i) => i % 4 === 3)).toEqual([...mask.data]);
    expect(played).toEqual(['multiGet']);
  });

  it('carry where they came from, which a copy in another document brings along', async () => {
    const { ps, host } = openHost(plan());
    answerOf(await place(host, putAsk('visible')));
    const { generatorSettings } = ps.inspect.layer('take');
    expect(JSON.parse(generatorSettings.get('retake.provenance') ?? '')).toEqual(contractProvenance);
    expect(generatorSettings.get('retake')).toBe(contractStory);
  });

  it('carry it in their XMP where Photoshop takes the settings and keeps none', async () => {
    const { ps, host } = openHost(plan());
    const { action } = ps.modules.photoshop;
    const { batchPlay } = action;
    (action as { batchPlay: unknown }).batchPlay = async (list: { _obj: string; property?: string }[], options: object) =>
      list[0].property === undefined ? batchPlay(list, options) : list.map(({ _obj }) => ({ _obj }));
    const take = answerOf(await place(host, putAsk('visible')));
    expect(ps.inspect.layer('take').generatorSettings.size).toBe(0);
    expect(ps.inspect.layer('take').xmp).toMatch(/<retake:layer_retake_provenance>/);
    expect(answerOf(await host.readStory(take))).toBe(contractStory);
  });

  it('with sixteen bits where the document has them, level by level', async () => {
    const deep: Pixels16 = {
      width: 12,
      height: 9,
      profile: sRGB,
      data: new Uint16Array(12 * 9 * 4).map((_, i) => (i % 4 === 3 ? 65_535 : (i * 611) % 65_536)),
    };
    const open = openHost(plan([photo], { depth: 16 }));
    const take = answerOf(await place(open.host, putAsk(await refOf(open.host, 'photo'), { ...whole, pixels: deep })));
    const { data } = open.ps.inspect.pixels('take');
    expect(data).toBeInstanceOf(Uint16Array);
    expect([...data]).toEqual(held(deep, (v) => v * 257).map((v) => Math.round((v * 32_768) / 65_535)));
    const again = answerOf(await open.host.readPixels({ of: take, bounds, depth: 16 }, never));
    expect(again.deep).toBeDefined();
  });

  it('through a copy where Photoshop cannot be written directly (CMYK), at the same place with the same mask', async () => {
    const open = openHost(plan([photo], { mode: 'CMYK' }));
    const take = answerOf(
      await place(open.host, putAsk(await refOf(open.host, 'photo'), { ...whole, pixels: plainPixels(12, 9, [40, 160, 60, 255]) })),
    );
    expect(outline(open)).toBe('make the jacket red(take Full answer) photo Background');
    expect([open.ps.inspect.pixels('take').bounds, [...(open.ps.inspect.mask('take')?.data ?? [])]]).toEqual([full.bounds, maskHeld]);
    expect(open.ps.inspect.history()).toEqual(['Open', 'Retake: make the jacket red']);
    expect(answerOf(await open.host.readStory(take))).toBe(contractStory);
  });
});

it('a large take is written in pieces, as Photoshop takes them', async () => {
  const big = { width: 2500, height: 2000 };
  const open = openHost(
    { title: 'big', extent: big, layers: [{ name: 'photo', pixels: plainPixels(2, 2, [1, 1, 1, 255]) }] },
    { quirks: { mostPixelsPerCall: 4_000_000, memoryLimit: 'refuse', memoryMarkBytes: 16_000_000 } },
  );
  const all = { x: 0, y: 0, ...big };
  const put = {
    pixels: plainPixels(big.width, big.height, [9, 8, 7, 255]),
    bounds: all,
    mask: { bounds: all, data: new Uint8ClampedArray(5_000_000).fill(99) },
  };
  const take = answerOf(await place(open.host, putAsk('visible', put)));
  const { pixels } = answerOf(await open.host.readPixels({ of: take, bounds: { x: 2499, y: 1999, width: 1, height: 1 } }, never));
  expect([...pixels.data]).toEqual([9, 8, 7, 99]);
});

describe('where a take goes', () => {
  const child: PhotoshopLayerPlan = { name: 'child', pixels: plainPixels(9, 9, [1, 2, 3, 255]) };
  const placed = async (layers: readonly PhotoshopLayerPlan[], source: string) => {
    const open = openHost(plan(layers));
    answerOf(await place(open.host, putAsk(await refOf(open.host, source))));
    return { outline: outline(open).replaceAll('make the jacket red(take)', 'TAKE'), notes: open.host.stepNotes?.() ?? [] };
  };

  it('right above a source that is locked, hidden, or the Background: none of them is written', async () => {
    expect(await placed([{ ...photo, locked: true }], 'photo')).toEqual({ outline: 'TAKE photo Background', notes: [] });
    expect(await placed([{ ...photo, visible: false }], 'photo')).toEqual({ outline: 'TAKE photo Background', notes: [] });
    expect(await placed([photo], 'Background')).toEqual({ outline: 'photo TAKE Background', notes: [] });
  });

  it('in the group of its source; above a group that is locked, and says so', async () => {
    expect(await placed([{ name: 'board', artboard: true, children: [photo, child] }], 'child')).toEqual({
      outline: 'board(photo TAKE child) Background',
      notes: [],
    });
    const locked = { name: 'outer', locked: true, children: [{ name: 'inner', children: [child] }] };
    expect(await placed([locked], 'child')).toEqual({
      outline: 'TAKE outer(inner(child)) Background',
      notes: ['The group “outer” is locked; the take was placed above it.'],
    });
  });

  it('above the layers that are clipped to the source, which stay clipped to it', async () => {
    const clipped = { ...child, name: 'tint', clipping: true };
    expect((await placed([clipped, { ...clipped, name: 'shade' }, photo], 'photo')).outline).toBe('TAKE tint shade photo Background');
    expect((await placed([clipped, { ...clipped, name: 'shade' }, photo], 'shade')).outline).toBe('TAKE tint shade photo Background');
  });
});

describe('a smart object', () => {
  const sizes = [
    { width: 12, height: 9 },
    { width: 13, height: 10 },
    { width: 64, height: 48 },
    // Larger than the canvas: what “Resize Image During Place” makes smaller.
    { width: 101, height: 60 },
  ];
  const cases = [8, 16, 32].flatMap((depth) =>
    [72, 96, 300, 240].flatMap((ppi) => [true, false].map((resize) => ({ depth: depth as 8 | 16 | 32, ppi, resize }))),
  );

  it.each(cases)('lies exactly where it belongs: $depth bits, $ppi ppi, resized during place: $resize', async ({ depth, ppi, resize }) => {
    for (const size of sizes) {
      const open = openHost(plan([photo], { depth, ppi }), { placeAs: () => 'smart-object' });
      open.ps.user.setResizeDuringPlace(resize);
      const bounds = { x: 64 - size.width, y: -1, ...size };
      const pixels = patternPixels(size.width, size.height, 7);
      const take = answerOf(await place(open.host, putAsk(await refOf(open.host, 'photo'), { pixels, bounds })));
      const layer = open.ps.inspect.layer('take');
      expect([layer.kind, open.host.stepNotes?.()]).toEqual(['smartObject', []]);
      const { x, y, width, height } = bounds;
      const corners = [x, y, x + width, y, x + width, y + height, x, y + height];
      expect(Math.max(...corners.map((v, i) => Math.abs(v - (layer.smart?.quad[i] ?? 0))))).toBeLessThan(1e-9);
      const seen = intersection(bounds, { x: 0, y: 0, ...extent });
      const read = answerOf(await open.host.readPixels({ of: take, bounds: seen }, never)).pixels;
      const wanted = cropPixels(pixels, bounds, seen);
      expect(Math.max(...read.data.map((v, i) => Math.abs(v - wanted.data[i])))).toBeLessThanOrEqual(depth === 32 ? 1 : 0);
      expect(open.ps.disk.list('/plugin-temp')).toEqual([]);
      expect(open.ps.inspect.history()).toEqual(['Open', 'Retake: make the jacket red']);
    }
  });

  it('lies there too while something is selected, in whose middle Photoshop may place', async () => {
    const selection = { kind: 'ellipse', bounds: { x: 2, y: 30, width: 9, height: 11 }, featherPx: 2 } as const;
    const open = openHost(plan([photo], { selection }), { placeAs: () => 'smart-object', quirks: { placedAt: 'selection' } });
    answerOf(await place(open.host, putAsk('visible', whole)));
    const { kind, smart } = open.ps.inspect.layer('take');
    expect([kind, smart?.quad, open.host.stepNotes?.()]).toEqual(['smartObject', [8, 5, 28, 5, 28, 20, 8, 20], []]);
    expect([...(open.ps.inspect.mask('take')?.data ?? [])]).toEqual(maskHeld);
    expect(open.ps.inspect.document().state.selection).not.toBe(null);
  });

  it.each([
    ['Photoshop refuses the file', { quirks: { placing: 'fails' } } as const, Number.POSITIVE_INFINITY],
    ['the disk is full', {}, 20],
  ])('that cannot be (%s) becomes a pixel layer, and the user is told', async (_, options, freeBytes) => {
    const open = openHost(plan(), { ...options, placeAs: () => 'smart-object' });
    open.ps.disk.freeBytes = freeBytes;
    answerOf(await place(open.host, putAsk('visible')));
    expect(outline(open)).toBe('make the jacket red(take) photo Background');
    expect(open.ps.inspect.layer('take').kind).toBe('pixel');
    expect(open.host.stepNotes?.()).toEqual([expect.stringMatching(/^The smart object could not be placed exactly .*pixel layer\.$/)]);
    expect(open.host.stepNotes?.()).toEqual([]);
  });

  it.each([8, 16] as const)('stays one in CMYK, in its own colours, exactly where it belongs (%i bits)', async (depth) => {
    for (const resize of [true, false]) {
      const open = openHost(plan([photo], { mode: 'CMYK', depth, ppi: 300 }), { placeAs: () => 'smart-object' });
      open.ps.user.setResizeDuringPlace(resize);
      answerOf(await place(open.host, putAsk(await refOf(open.host, 'photo'), whole)));
      const { kind, smart } = open.ps.inspect.layer('take');
      expect([kind, smart?.quad, open.host.stepNotes?.()]).toEqual(['smartObject', [8, 5, 28, 5, 28, 20, 8, 20], []]);
      // The file within has the very numbers, which CMYK has not.
      expect([...(smart?.picture.data ?? [])]).toEqual(held(whole.pixels));
      expect(open.ps.inspect.mask('take')?.outside).toBe(0);
      expect(outline(open)).toBe('make the jacket red(take Full answer) photo Background');
      expect(open.ps.inspect.history()).toEqual(['Open', 'Retake: make the jacket red']);
      expect(open.ps.disk.list('/plugin-temp')).toEqual([]);
    }
  });

  it('that is elsewhere once it was copied into a CMYK document becomes a pixel layer, and the user is told', async () => {
    const open = openHost(plan([photo], { mode: 'CMYK' }), { placeAs: () => 'smart-object' });
    const { action } = open.ps.modules.photoshop;
    const { batchPlay } = action;
    (action as { batchPlay: unknown }).batchPlay = async (
      list: { _obj: string; _target?: { _property?: string; _id?: number }[] }[],
      options: object,
    ) => {
      const answers = await batchPlay(list, options);
      const isAskedHere = list[0]._target?.[0]._property === 'smartObjectMore' && list[0]._target.at(-1)?._id === open.documentId;
      return isAskedHere
        ? answers.map((answer) => ({ ...answer, smartObjectMore: { transform: [8.5, 5, 28.5, 5, 28.5, 20, 8.5, 20] } }))
        : answers;
    };
    answerOf(await place(open.host, putAsk(await refOf(open.host, 'photo'), whole)));
    expect([open.ps.inspect.layer('take').kind, outline(open)]).toEqual([
      'pixel',
      'make the jacket red(take Full answer) photo Background',
    ]);
    expect(open.host.stepNotes?.()).toEqual(['The smart object was not copied exactly, so the take is a pixel layer.']);
  });
});

describe('painting on the mask of a take', () => {
  const brush = { x: 9, y: 6, width: 4, height: 3 };
  it.each([
    ['pixels', 8],
    ['pixels', 16],
    ['smart-object', 8],
    ['smart-object', 16],
  ] as const)('reveals more of the answer there, and nothing anywhere else (%s, %i bits)', async (as, depth) => {
    const open = openHost(plan([photo], { depth }), { placeAs: () => as });
    const before = open.ps.inspect.composite();
    answerOf(await place(open.host, putAsk(await refOf(open.host, 'photo'), whole)));
    const placed = open.ps.inspect.composite();
    open.ps.user.paintMask('take', brush, 255);
    const painted = open.ps.inspect.composite();
    const answer = (x: number, y: number): number[] => {
      const from = ((y - full.bounds.y) * full.bounds.width + (x - full.bounds.x)) * 4;
      return [0, 1, 2].map((c) => (depth === 8 ? full.pixels.data[from + c] : Math.round((full.pixels.data[from + c] * 32_768) / 255)));
    };
    let revealed = 0;
    for (let y = 0; y < extent.height; y++) {
      for (let x = 0; x < extent.width; x++) {
        const at = (y * extent.width + x) * 4;
        const of = (raster: { readonly data: ArrayLike<number> }): number[] => [0, 1, 2].map((c) => raster.data[at + c]);
        const isOutside = maskAt(x, y) === 0;
        // Placed, the answer beneath the mask shows nowhere.
        if (isOutside) expect(of(placed)).toEqual(of(before));
        const isPainted = x >= brush.x && x < brush.x + brush.width && y >= brush.y && y < brush.y + brush.height;
        if (!isPainted) expect(of(painted)).toEqual(of(placed));
        else if (isOutside) {
          expect(Math.max(...of(painted).map((v, c) => Math.abs(v - answer(x, y)[c])))).toBeLessThanOrEqual(depth === 8 ? 0 : 1);
          revealed++;
        }
      }
    }
    expect(revealed).toBeGreaterThan(6);
  });
});
