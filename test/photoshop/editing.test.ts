/**
 * The whole walk through the adapter: a feathered selection on a 16-bit document at 300 ppi, of 24 megapixels where everything is
 * compared. What changed lies exactly where it belongs, nothing else is another number, and it is one history step.
 * `bench/photoshop.ts` measures what it takes.
 */
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { resize } from '../../shared/core/compose/resample.ts';
import { editLayer } from '../../shared/core/edit/editLayer.ts';
import type { EditPorts } from '../../shared/core/edit/types.ts';
import type { Extent } from '../../shared/core/geometry.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import type { EditRequest } from '../../shared/core/model.ts';
import { findModel } from '../../shared/core/models/registry.ts';
import type { Pixels, Pixels16 } from '../../shared/core/pixels.ts';
import { sRGB } from '../../shared/core/pixels.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { MemoryStore } from '../contracts/memoryHost.ts';
import { CountingIds } from '../fakes/fakeClock.ts';
import { FakeModel, type Scripted } from '../fakes/fakeModel.ts';
import { answerOf, never, type OpenHost, openHost, refOf } from './openHost.ts';
import type { PhotoshopOptions } from './simulator/index.ts';

const small = { width: 900, height: 640 };
const large = { width: 6000, height: 4000 };
const bounds = { x: 420, y: 220, width: 240, height: 200 };
let photo: Pixels16;

async function photoOf(extent: Extent): Promise<Pixels16> {
  const { data } = await sharp('test/fixtures/photos/coffee.png')
    .resize(extent.width, extent.height, { fit: 'cover' })
    .removeAlpha()
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  // Sixteen bits of which eight would keep nothing of the lower ones.
  const deep = new Uint16Array(data.length);
  for (let i = 0; i < data.length; i++) deep[i] = i % 4 === 3 ? 65_535 : Math.min(65_535, data[i] * 257 + ((i * 7919) % 200));
  return { ...extent, profile: sRGB, data: deep };
}

beforeAll(async () => {
  photo = await photoOf(small);
});

/** The picture that was sent, with a red disc in its middle. */
const withDisc: Scripted = async (request: EditRequest) => {
  const sent = (await resize(request.pictures[0].pixels, request.cell.extent, { breathe: () => false })) as Pixels;
  const { width, height, data } = sent;
  const radius = Math.min(width, height) / 8;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (Math.hypot(x - width / 2, y - height / 2) < radius) data.set([200, 30, 40], (y * width + x) * 4);
    }
  }
  return sent;
};

function opened(options: PhotoshopOptions & { readonly script?: Scripted; readonly of?: Pixels16 } = {}) {
  const { script = withDisc, of: picture = photo, ...more } = options;
  const open = openHost(
    {
      title: 'Model.psd',
      extent: { width: picture.width, height: picture.height },
      depth: 16,
      ppi: 300,
      selection: { kind: 'ellipse', bounds, featherPx: 12 },
      layers: [
        { name: 'photo', deep: picture },
        { name: 'Background', deep: picture, background: true },
      ],
    },
    more,
  );
  const ports: EditPorts = {
    host: open.host,
    model: new FakeModel(script),
    entry: findModel('gemini-3.1-flash-image'),
    store: new MemoryStore(),
    clock: open.clock,
    ids: new CountingIds(),
    codec: createNodeCodec(),
  };
  const edit = async () => {
    const { region } = answerOf(await open.host.selection());
    const of = await refOf(open.host, 'photo');
    return editLayer(ports, { of, region, instruction: 'Put a red disc here', references: [], size: '512', thinking: null }, never);
  };
  return { ...open, ports, edit };
}

const stateOf = ({ ps, documentId }: OpenHost) => ps.inspect.document(documentId).state;

describe('an edit of a feathered selection, 16 bits, 300 ppi', () => {
  it('lies exactly where it belongs, changes no other number, and is one step', async () => {
    const open = opened({ of: await photoOf(large) });
    const { ps } = open;
    const before = ps.inspect.composite();
    const state = stateOf(open);
    const { layers } = state;
    const outcome = answerOf(await open.edit());
    const { composition } = outcome;

    const taken = ps.inspect.layer(ps.inspect.tree()[0].children?.[0].name ?? '');
    const { bounds, mask } = composition;
    expect(taken.id).toBe(Number(outcome.layer.replace('layer-', '')));
    // Placement error 0 px, and 16 bits all the way: the very numbers that were composed.
    const { width } = bounds;
    const raster = taken.raster;
    expect(composition.pixels.data).toBeInstanceOf(Uint16Array);
    let compared = 0;
    for (let y = 0; y < bounds.height; y++) {
      for (let x = 0; x < width; x++) {
        const from = (y * width + x) * 4;
        if (composition.pixels.data[from + 3] === 0) continue;
        const at = ((bounds.y + y - (raster?.bounds.y ?? 0)) * (raster?.bounds.width ?? 0) + (bounds.x + x - (raster?.bounds.x ?? 0))) * 4;
        for (let c = 0; c < 4; c++) {
          if (raster?.data[at + c] !== Math.round((composition.pixels.data[from + c] * 32_768) / 65_535))
            throw new Error(`another number at ${x}, ${y}`);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(10_000);

    // Outside of the mask no number of what shows is another; inside, many are.
    const after = ps.inspect.composite();
    const isInside = (x: number, y: number): boolean => {
      if (mask === null) return false;
      const [mx, my] = [x - mask.bounds.x, y - mask.bounds.y];
      return mx >= 0 && my >= 0 && mx < mask.bounds.width && my < mask.bounds.height && mask.data[my * mask.bounds.width + mx] > 0;
    };
    let changedInside = 0;
    let changedOutside = 0;
    for (let i = 0; i < before.data.length; i++) {
      if (before.data[i] === after.data[i]) continue;
      const pixel = i >> 2;
      if (isInside(pixel % large.width, Math.floor(pixel / large.width))) changedInside++;
      else changedOutside++;
    }
    expect(changedOutside).toBe(0);
    expect(changedInside).toBeGreaterThan(3000);

    // The very objects: neither source nor Background was written.
    expect(stateOf(open).layers[1] === layers[0] && stateOf(open).layers[2] === layers[1]).toBe(true);
    expect(ps.inspect.history()).toEqual(['Open', 'Retake: Put a red disc here']);
    ps.user.undo();
    expect(stateOf(open) === state).toBe(true);
  }, 600_000);

  it('rolls back when placing fails, and keeps what was paid for, to be placed later', async () => {
    const open = opened();
    const { imaging } = open.ps.modules.photoshop;
    const { putLayerMask } = imaging;
    const before = stateOf(open);
    (imaging as { putLayerMask: unknown }).putLayerMask = async () => {
      throw Object.assign(new Error('Photoshop Error. Code: -1'), { number: -1 });
    };
    expect(await open.edit()).toMatchObject({ ok: false, error: { kind: 'host' } });
    expect(stateOf(open) === before).toBe(true);
    expect(open.ps.inspect.history()).toEqual(['Open']);

    (imaging as { putLayerMask: unknown }).putLayerMask = putLayerMask;
    const [take] = [...answerOf(await readHistory(open.ports.store)).history.takes.values()];
    expect(take).toMatchObject({ state: 'failed', pictures: { answer: { type: 'image/jpeg' } } });
  });

  it('is placed in its own document when the user has gone to another, and refused when it was resized', async () => {
    const other = { title: 'other', extent: { width: 9, height: 9 }, layers: [] };
    let open = opened({
      script: (request) => {
        open.ps.user.open(other);
        return (withDisc as (request: EditRequest) => Promise<Pixels>)(request);
      },
    });
    answerOf(await open.edit());
    expect(open.ps.inspect.tree(open.documentId).map(({ name }) => name)).toEqual(['Put a red disc here', 'photo', 'Background']);
    expect(open.ps.inspect.document().title).toBe('other');

    open = opened({
      script: (request) => {
        open.ps.user.resize(450, 320);
        return (withDisc as (request: EditRequest) => Promise<Pixels>)(request);
      },
    });
    expect(await open.edit()).toMatchObject({
      ok: false,
      error: { kind: 'host', message: expect.stringMatching(/was 900 × 640 px .* is 450 × 320 px now/) },
    });
    expect(open.ps.inspect.history()).toEqual(['Open', 'Image Size']);
  });
});
