/** What is read of a document, whatever lies in it; and that it is left exactly as it was. */
import { describe, expect, it } from 'vitest';
import type { Bounds } from '../../../shared/core/geometry.ts';
import type { Pixels } from '../../../shared/core/pixels.ts';
import { patternPixels, plainPixels } from '../../contracts/memoryHost.ts';
import { answerOf, interpose, never, type OpenHost, openHost, place, putAsk, refOf } from '../openHost.ts';
import type { PhotoshopLayerPlan, PhotoshopPlan } from '../simulator/index.ts';

const extent = { width: 64, height: 48 };
const canvas: Bounds = { x: 0, y: 0, ...extent };
const ground: PhotoshopLayerPlan = { name: 'Background', pixels: patternPixels(64, 48, 1), background: true };
const plan = (layers: readonly PhotoshopLayerPlan[], more: Partial<PhotoshopPlan> = {}): PhotoshopPlan => ({
  title: 'Model.psd',
  extent,
  layers: [...layers, ground],
  ...more,
});

const read = async ({ host }: OpenHost, of: string, bounds: Bounds = canvas, except: readonly string[] = []): Promise<Pixels> =>
  answerOf(await host.readPixels({ of, bounds, except }, never)).pixels;
const readNamed = async (open: OpenHost, name: string, bounds: Bounds = canvas): Promise<Pixels> =>
  read(open, await refOf(open.host, name), bounds);
const at = ({ data, width }: Pixels, x: number, y: number): number[] => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];

/** The document as it is, to be the same object afterwards. */
const kept = ({ ps, documentId }: OpenHost) => {
  const { state, saved } = ps.inspect.document(documentId);
  const history = ps.inspect.history(documentId);
  const front = ps.inspect.documents.length;
  return () => {
    expect(ps.inspect.document(documentId).state).toBe(state);
    expect(ps.inspect.document(documentId).saved).toBe(saved);
    expect(ps.inspect.history(documentId)).toEqual(history);
    expect(ps.inspect.documents.length).toBe(front);
    expect(ps.inspect.document().id).toBe(documentId);
  };
};

describe('a layer is read as it shows', () => {
  it.each(['pixels', 'smart-object', 'text', 'shape'] as const)('%s', async (kind) => {
    const open = openHost(plan([{ name: 'it', kind, pixels: patternPixels(20, 10, 4), at: { x: 30, y: 20 }, opacity: 0.5 }]));
    const isKept = kept(open);
    const pixels = await readNamed(open, 'it');
    expect(at(pixels, 30, 20)).toEqual([...patternPixels(20, 10, 4).data.subarray(0, 3), 128]);
    expect([at(pixels, 29, 20)[3], at(pixels, 49, 29)[3], at(pixels, 50, 29)[3]]).toEqual([0, 128, 0]);
    isKept();
  });

  it('with a mask that has soft edges, and one that is white beyond its bounds', async () => {
    const mask = { bounds: { x: 10, y: 10, width: 2, height: 1 }, data: Uint8ClampedArray.of(0, 64) };
    const layer = { pixels: plainPixels(20, 10, [9, 8, 7, 255]), at: { x: 8, y: 8 }, mask };
    const open = openHost(
      plan([
        { ...layer, name: 'hiding' },
        { ...layer, name: 'showing', maskOutside: 255 },
      ]),
    );
    const isKept = kept(open);
    const [hiding, showing] = [await readNamed(open, 'hiding'), await readNamed(open, 'showing')];
    expect([10, 11, 12].map((x) => at(hiding, x, 10)[3])).toEqual([0, 64, 0]);
    expect([10, 11, 12].map((x) => at(showing, x, 10)[3])).toEqual([0, 64, 255]);
    isKept();
  });

  it('in a group that is masked, faint, hidden and locked: the layer alone, not what the group does to it', async () => {
    const inner = {
      name: 'inner',
      pixels: plainPixels(10, 10, [200, 100, 50, 255]),
      at: { x: 5, y: 5 },
      mask: { bounds: { x: 5, y: 5, width: 10, height: 5 }, data: new Uint8ClampedArray(50).fill(255) },
    };
    const open = openHost(
      plan([
        {
          name: 'outer',
          children: [{ name: 'above', pixels: plainPixels(64, 48, [0, 0, 0, 255]) }, inner],
          opacity: 0.3,
          visible: false,
          locked: true,
        },
      ]),
    );
    const isKept = kept(open);
    const pixels = await readNamed(open, 'inner');
    expect(at(pixels, 6, 6)).toEqual([200, 100, 50, 255]);
    expect(at(pixels, 6, 12)[3]).toBe(0);
    isKept();
  });

  it('clipped to another, without that other', async () => {
    const open = openHost(
      plan([
        { name: 'clipped', pixels: plainPixels(10, 10, [1, 2, 3, 255]), at: { x: 0, y: 0 }, clipping: true },
        { name: 'base', pixels: plainPixels(3, 3, [9, 9, 9, 255]), at: { x: 0, y: 0 } },
      ]),
    );
    expect(at(await readNamed(open, 'clipped'), 8, 8)).toEqual([1, 2, 3, 255]);
  });

  it('a group with an adjustment in it', async () => {
    const children: PhotoshopLayerPlan[] = [
      { name: 'invert', kind: 'adjustment' },
      { name: 'photo', pixels: plainPixels(8, 8, [10, 20, 30, 255]) },
    ];
    const open = openHost(plan([{ name: 'group', children, blendMode: 'normal' }]));
    expect(at(await readNamed(open, 'group'), 3, 3)).toEqual([245, 235, 225, 255]);
  });

  it('an adjustment: all that it shows of what lies beneath it, and nothing above', async () => {
    const open = openHost(
      plan([
        { name: 'cover', pixels: plainPixels(64, 48, [0, 0, 0, 255]) },
        { name: 'invert', kind: 'adjustment' },
      ]),
    );
    const { bounds } = answerOf(await open.host.layers())[1];
    expect(bounds).toEqual(canvas);
    expect(at(await readNamed(open, 'invert'), 5, 5)).toEqual(at(ground.pixels as Pixels, 5, 5).map((v, c) => (c < 3 ? 255 - v : v)));
  });

  it('the Background, partly beyond the canvas', async () => {
    const pixels = await readNamed(openHost(plan([])), 'Background', { x: -2, y: -2, width: 5, height: 5 });
    expect(at(pixels, 1, 1)[3]).toBe(0);
    expect(at(pixels, 2, 2)).toEqual(at(ground.pixels as Pixels, 0, 0));
  });

  it('wholly masked: transparent, not an error', async () => {
    const layer = { pixels: plainPixels(20, 10, [9, 8, 7, 255]), mask: { bounds: canvas, data: new Uint8ClampedArray(64 * 48) } };
    const open = openHost(plan([{ ...layer, name: 'masked' }]));
    expect((await readNamed(open, 'masked')).data.every((v) => v === 0)).toBe(true);
  });

  it('a layer without pixels, one wholly beyond the canvas, and a hole in one: transparent', async () => {
    const corners = plainPixels(64, 48, [0, 0, 0, 0]);
    corners.data.set([1, 1, 1, 255], 0);
    corners.data.set([2, 2, 2, 255], corners.data.length - 4);
    const open = openHost(
      plan([
        { name: 'empty' },
        { name: 'beyond', pixels: plainPixels(4, 4, [1, 1, 1, 255]), at: { x: 100, y: 0 } },
        { name: 'corners', pixels: corners },
      ]),
    );
    for (const name of ['empty', 'beyond']) expect((await readNamed(open, name)).data.every((v) => v === 0)).toBe(true);
    expect((await readNamed(open, 'corners', { x: 10, y: 10, width: 20, height: 20 })).data.every((v) => v === 0)).toBe(true);
  });
});

describe('everything that shows', () => {
  it('without our own takes, which stay where they are', async () => {
    const open = openHost(plan([]));
    const take = answerOf(await place(open.host, putAsk('visible')));
    const isKept = kept(open);
    expect(at(await read(open, 'visible'), 8, 10)).toEqual([240, 130, 20, 255]);
    expect(at(await read(open, 'visible', canvas, [take]), 8, 10)).toEqual(at(ground.pixels as Pixels, 8, 10));
    isKept();
  });

  it('of a document without a Background: transparent where nothing is', async () => {
    const open = openHost({ ...plan([]), layers: [{ name: 'dot', pixels: plainPixels(2, 2, [5, 6, 7, 255]), at: { x: 4, y: 4 } }] });
    const pixels = await read(open, 'visible');
    expect([at(pixels, 4, 4), at(pixels, 0, 0)]).toEqual([
      [5, 6, 7, 255],
      [0, 0, 0, 0],
    ]);
  });
});

describe('a Background that is hidden', () => {
  it('shows nothing, and what lies above it has its transparency', async () => {
    const open = openHost({ ...plan([{ name: 'dot', pixels: plainPixels(2, 2, [5, 6, 7, 255]), at: { x: 4, y: 4 } }]) });
    open.ps.user.setVisible('Background', false);
    const isKept = kept(open);
    const shown = await read(open, 'visible');
    expect([at(shown, 4, 4), at(shown, 10, 4)[3]]).toEqual([[5, 6, 7, 255], 0]);
    isKept();
    expect((await read(open, 'visible', canvas, [await refOf(open.host, 'dot')])).data.every((v) => v === 0)).toBe(true);
    isKept();
    expect(at(await readNamed(open, 'Background'), 9, 9)).toEqual(at(ground.pixels as Pixels, 9, 9));
  });
});

describe('depth and colour', () => {
  const deep = {
    width: 8,
    height: 4,
    profile: { name: 'sRGB IEC61966-2.1', icc: null },
    data: new Uint16Array(8 * 4 * 4).map((_, i) => (i % 4 === 3 ? 65_535 : (i * 1237) % 65_536)),
  };

  it('of 16 bits: every level, beside the eight, also through a mask and at half opacity', async () => {
    const open = openHost(
      plan(
        [
          { name: 'deep', deep },
          { name: 'half', deep, opacity: 0.5 },
        ],
        { depth: 16 },
      ),
    );
    const asked = { bounds: { x: 0, y: 0, width: 8, height: 4 }, depth: 16 } as const;
    const all = answerOf(await open.host.readPixels({ of: await refOf(open.host, 'deep'), ...asked }, never));
    expect(worst(all.deep?.data ?? [], deep.data)).toBeLessThanOrEqual(1);
    expect(
      worst(
        all.pixels.data,
        deep.data.map((v) => v / 257),
      ),
    ).toBeLessThanOrEqual(1);
    const half = answerOf(await open.host.readPixels({ of: await refOf(open.host, 'half'), ...asked }, never));
    // Photoshop keeps an opacity as a byte: 50 % are 128 of 255.
    expect(half.deep?.data[3]).toBe(128 * 257);
    const shallow = answerOf(await open.host.readPixels({ of: 'visible', bounds: asked.bounds }, never));
    expect(shallow.deep).toBeUndefined();
  });

  it('of 32 bits: light becomes sRGB', async () => {
    const open = openHost(plan([{ name: 'photo', pixels: patternPixels(20, 20, 6) }], { depth: 32 }));
    expect(
      worst((await readNamed(open, 'photo', { x: 0, y: 0, width: 20, height: 20 })).data, patternPixels(20, 20, 6).data),
    ).toBeLessThanOrEqual(1);
  });

  it.each(['Grayscale', 'Lab'] as const)('of %s: sRGB, read directly', async (mode) => {
    const grey = plainPixels(10, 10, [90, 90, 90, 255]);
    const open = openHost(plan([{ name: 'grey', pixels: grey }], { mode }));
    expect(worst((await readNamed(open, 'grey', { x: 0, y: 0, width: 10, height: 10 })).data, grey.data)).toBeLessThanOrEqual(2);
  });

  it('of CMYK: through a copy, and the user is told', async () => {
    const open = openHost(
      plan([{ name: 'green', pixels: plainPixels(10, 10, [40, 160, 60, 255]), at: { x: 10, y: 10 } }], { mode: 'CMYK' }),
    );
    const isKept = kept(open);
    for (const of of ['visible', await refOf(open.host, 'green')]) {
      const { pixels, notes } = answerOf(await open.host.readPixels({ of, bounds: canvas }, never));
      expect(worst(at(pixels, 15, 15), [40, 160, 60, 255])).toBeLessThanOrEqual(3);
      expect(notes).toEqual(['“Model.psd” is CMYK: the picture was read from a copy in sRGB, and what is placed is converted back.']);
    }
    isKept();
  });

  it('of a document with another RGB profile: converted by Photoshop', async () => {
    const open = openHost(plan([{ name: 'photo', pixels: plainPixels(10, 10, [200, 120, 40, 255]) }], { profile: 'Adobe RGB (1998)' }));
    expect(worst(at(await readNamed(open, 'photo'), 2, 2), [200, 120, 40, 255])).toBeLessThanOrEqual(1);
  });
});

describe('the list of layers', () => {
  it('tells the Background, locks, artboards and masks', async () => {
    const open = openHost(
      plan([
        {
          name: 'board',
          artboard: true,
          children: [
            {
              name: 'locked',
              locked: true,
              pixels: plainPixels(3, 3, [1, 1, 1, 255]),
              mask: { bounds: canvas, data: new Uint8ClampedArray(64 * 48) },
            },
          ],
        },
      ]),
    );
    const layers = answerOf(await open.host.layers());
    expect(layers.map(({ name, kind, locked, hasMask }) => [name, kind, locked, hasMask])).toEqual([
      ['board', 'group', false, false],
      ['locked', 'pixels', true, true],
      ['Background', 'pixels', true, false],
    ]);
  });

  it('names layers as a saved file does, so that takes find their layers when it is opened again', async () => {
    const { ps, host, documentId } = openHost(plan([{ name: 'photo', pixels: plainPixels(3, 3, [1, 1, 1, 255]) }]));
    expect(await refOf(host, 'photo')).toBe(`layer-${ps.inspect.layer('photo', documentId).id}`);
  });
});

describe('where Photoshop cannot tell the pixels of smart objects directly (-32005)', () => {
  it('they are read from a merged copy', async () => {
    const smart: PhotoshopLayerPlan = {
      name: 'smart',
      kind: 'smart-object',
      pixels: plainPixels(8, 8, [7, 70, 170, 255]),
      at: { x: 4, y: 4 },
    };
    const open = openHost(plan([smart]), { quirks: { smartRead: 'fails' } });
    const isKept = kept(open);
    expect(at(await read(open, 'visible'), 6, 6)).toEqual([7, 70, 170, 255]);
    isKept();
  });
});

describe.each([
  ['all that shows, in CMYK', plan([{ name: 'photo', pixels: patternPixels(20, 20, 3) }], { mode: 'CMYK' }), 'visible'],
  [
    'a masked layer in a group',
    plan([
      {
        name: 'group',
        children: [
          {
            name: 'photo',
            pixels: patternPixels(20, 20, 3),
            mask: { bounds: { x: 2, y: 2, width: 9, height: 9 }, data: new Uint8ClampedArray(81).fill(99) },
          },
        ],
      },
    ]),
    'photo',
  ],
] as const)('at every point of reading %s', (_, document, name) => {
  it.each(['Escape', 'a failure'] as const)('%s leaves the document as it was, and no copy of it', async (what) => {
    let stopped = 0;
    for (let point = 1; ; point++) {
      const open = openHost(document);
      const of = name === 'visible' ? name : await refOf(open.host, name);
      const isKept = kept(open);
      const count = interpose(open, (call) => {
        if (call !== point) return;
        if (what === 'Escape') open.ps.user.pressEscape();
        else throw Object.assign(new Error('Photoshop Error. Code: -2'), { number: -2 });
      });
      const answer = await open.host.readPixels({ of, bounds: canvas }, never);
      if (count() < point) break;
      if (!answer.ok) expect(answer.error.kind).toBe(what === 'Escape' ? 'cancelled' : 'host');
      if (!answer.ok) stopped++;
      isKept();
    }
    expect(stopped).toBeGreaterThan(2);
  });
});

it('a document of 30 000 px is read where it is asked', async () => {
  const wide = { width: 30_000, height: 210 };
  const open = openHost({
    title: 'wide',
    extent: wide,
    layers: [{ name: 'photo', pixels: plainPixels(wide.width, wide.height, [1, 2, 3, 255]) }],
  });
  const pixels = await read(open, 'visible', { x: 0, y: 0, ...wide });
  expect([at(pixels, 0, 0), at(pixels, 29_999, 209)]).toEqual([
    [1, 2, 3, 255],
    [1, 2, 3, 255],
  ]);
});

it('a large layer is read in pieces, so that Photoshop and the plug-in breathe', async () => {
  const big = { width: 3100, height: 3000 };
  const open = openHost({
    title: 'big',
    extent: big,
    layers: [{ name: 'photo', pixels: plainPixels(big.width, big.height, [1, 2, 3, 255]) }],
  });
  const pixels = await readNamed(open, 'photo', { x: 0, y: 0, ...big });
  expect(at(pixels, 3099, 2999)).toEqual([1, 2, 3, 255]);
  expect(open.ps.inspect.imageBytes.most).toBeLessThanOrEqual(4_000_000 * 4);
});

const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number => Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i])));
