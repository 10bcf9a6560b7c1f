/**
 * What composing promises of any pictures, tried on small made-up ones: functions of place, so that an answer can be drawn
 * under any map exactly.
 */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { type AbortSignal, neverAborted } from '../../shared/core/abort.ts';
import { type Composed, compose } from '../../shared/core/compose/compose.ts';
import type { Affine, ComposeAsk } from '../../shared/core/compose/types.ts';
import { layOver } from '../../shared/core/edit/layOver.ts';
import { maskedWithin } from '../../shared/core/edit/layPixelsOver.ts';
import { mergeAnswer } from '../../shared/core/edit/mergeAnswer.ts';
import type { Subject } from '../../shared/core/edit/types.ts';
import { boundsOf, type Extent } from '../../shared/core/geometry.ts';
import { createPixels, cropMask, cropPixels, type Pixels, type Pixels16, rectangleMask } from '../../shared/core/pixels.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { MemoryHost } from '../contracts/memoryHost.ts';

vi.setConfig({ testTimeout: 180_000 });

let ticks = 0;
const clock = { now: () => ticks++, sleep: async () => true };
const everywhere: ComposeAsk = { region: null, tone: 'auto', scope: 'local', whole: false };
const size: Extent = { width: 200, height: 150 };

type Rgb = readonly [number, number, number];
type Scene = (x: number, y: number) => Rgb;

/** Waves, blobs and edges at random places: nothing repeats. */
function sceneOf(seed: number): Scene {
  let state = seed * 2654435761 + 1;
  const random = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
  const blobs = Array.from({ length: 26 }, () => ({
    x: random() * size.width,
    y: random() * size.height,
    radius: 5 + random() * 16,
    color: [random() * 160 - 80, random() * 160 - 80, random() * 160 - 80] as const,
  }));
  const waves = Array.from({ length: 5 }, () => ({
    x: random() * 0.5 - 0.25,
    y: random() * 0.5 - 0.25,
    phase: random() * 6.28,
    by: 6 + random() * 10,
  }));
  return (x, y) => {
    let level = 0;
    for (const wave of waves) level += wave.by * Math.sin(wave.x * x + wave.y * y + wave.phase);
    const out: [number, number, number] = [125 + level, 125 + level * 0.8, 120 + level * 0.6];
    for (const { x: u, y: v, radius, color } of blobs) {
      const share = 1 / (1 + Math.exp((Math.hypot(x - u, y - v) - radius) * 2));
      for (let c = 0; c < 3; c++) out[c] += color[c] * share;
    }
    return out;
  };
}

/** With a disc of another colour and pattern. */
const edited =
  (scene: Scene, at: { readonly x: number; readonly y: number; readonly radius: number }): Scene =>
  (x, y) =>
    Math.hypot(x - at.x, y - at.y) < at.radius ? [225 + 20 * Math.sin(x), 45 + 20 * Math.sin(y * 0.7), 60] : scene(x, y);

/** The scene as `toScene` shows it: where each pixel's centre lies in the scene. Four samples a pixel. */
function drawn(scene: Scene, { width, height }: Extent = size, [a, b, c, d, e, f]: Affine = [1, 0, 0, 1, 0, 0]): Pixels {
  const out = createPixels(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sum = [0, 0, 0];
      for (const [u, v] of [
        [0.25, 0.25],
        [0.75, 0.25],
        [0.25, 0.75],
        [0.75, 0.75],
      ]) {
        const color = scene(a * (x + u) + c * (y + v) + e, b * (x + u) + d * (y + v) + f);
        for (let k = 0; k < 3; k++) sum[k] += color[k] / 4;
      }
      out.data.set([...sum, 255], (y * width + x) * 4);
    }
  }
  return out;
}

function flipped(pixels: Pixels, way: 'across' | 'down'): Pixels {
  const out = createPixels(pixels.width, pixels.height);
  const { width, height } = pixels;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = way === 'across' ? y * width + width - 1 - x : (height - 1 - y) * width + x;
      out.data.set(pixels.data.subarray(from * 4, from * 4 + 4), (y * width + x) * 4);
    }
  }
  return out;
}

async function composed(source: Pixels | Pixels16, answer: Pixels, ask = everywhere): Promise<Composed> {
  const result = await compose(source, answer, ask, clock, neverAborted);
  if (result === null) throw new Error('aborted');
  return result;
}

/** The mask over all of the source; empty when nothing changed. */
const coverage = ({ delta }: Composed, extent: Extent): Uint8ClampedArray =>
  delta === null ? new Uint8ClampedArray(extent.width * extent.height) : cropMask(delta.mask, boundsOf(extent)).data;

/** Share of the pixels that only one of two masks covers, of those that either does. */
function disagreement(one: Uint8ClampedArray, two: Uint8ClampedArray): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < one.length; i++) {
    if (one[i] > 127 && two[i] > 127) both++;
    if (one[i] > 127 || two[i] > 127) either++;
  }
  return either === 0 ? 0 : 1 - both / either;
}

const through = ([a, b, c, d, e, f]: Affine, [x, y]: readonly [number, number]): readonly [number, number] => [
  a * x + c * y + e,
  b * x + d * y + f,
];

/** The farthest that two maps take a corner apart. */
const apart = (one: Affine, two: Affine, { width, height }: Extent): number =>
  Math.max(
    ...[0, width].flatMap((x) =>
      [0, height].map((y) => {
        const [u, v] = through(one, [x, y]);
        const [p, q] = through(two, [x, y]);
        return Math.hypot(u - p, v - q);
      }),
    ),
  );

const seeds = fc.integer({ min: 1, max: 1_000_000 });
const warps: fc.Arbitrary<Affine> = fc
  .record({
    scaleX: fc.double({ min: 0.96, max: 1.04, noNaN: true }),
    scaleY: fc.double({ min: 0.96, max: 1.04, noNaN: true }),
    x: fc.double({ min: -4, max: 4, noNaN: true }),
    y: fc.double({ min: -4, max: 4, noNaN: true }),
    density: fc.double({ min: 1, max: 1.7, noNaN: true }),
  })
  .map(({ scaleX, scaleY, x, y, density }) => [scaleX / density, 0, 0, scaleY / density, x, y]);
/** Where an edit is, away from the rim. */
const places = fc.record({
  x: fc.integer({ min: 60, max: 140 }),
  y: fc.integer({ min: 55, max: 95 }),
  radius: fc.integer({ min: 14, max: 26 }),
});
/** As large as `warp` needs to show about all of the scene. */
const shownBy = (warp: Affine): Extent => ({ width: Math.round(size.width / warp[0]), height: Math.round(size.height / warp[3]) });
const runs = (numRuns: number) => ({ numRuns, seed: 20261125, endOnFailure: true });

describe('of any picture', () => {
  test('the picture itself changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const source = drawn(sceneOf(seed));
        const { mode, change, delta } = await composed(source, source);
        expect([mode, change.fraction, delta]).toEqual(['unchanged', 0, null]);
      }),
      runs(2),
    );
  });

  test('a warp comes back as the map that undoes it, with an edit in it or without', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, warps, fc.option(places), async (seed, warp, place) => {
        const scene = sceneOf(seed);
        const answer = drawn(place === null ? scene : edited(scene, place), shownBy(warp), warp);
        const { registration, mode } = await composed(drawn(scene), answer);
        expect(registration.accepted).toBe(true);
        expect(apart(registration.matrix, warp, answer)).toBeLessThan(0.5);
        expect(mode).toBe(place === null ? 'unchanged' : 'delta');
      }),
      runs(4),
    );
  });

  test.each(['across', 'down'] as const)('and its edit flipped %s give what they gave, flipped', async (way) => {
    await fc.assert(
      fc.asyncProperty(seeds, warps, places, async (seed, warp, place) => {
        const scene = sceneOf(seed);
        const source = drawn(scene);
        const answer = drawn(edited(scene, place), shownBy(warp), warp);
        const plain = await composed(source, answer);
        const turned = await composed(flipped(source, way), flipped(answer, way));
        expect(turned.mode).toBe(plain.mode);
        const [a, , , d, e, f] = plain.registration.matrix;
        const flippedMatrix: Affine =
          way === 'across' ? [a, 0, 0, d, size.width - a * answer.width - e, f] : [a, 0, 0, d, e, size.height - d * answer.height - f];
        const [p, , , s, u, v] = turned.registration.matrix;
        expect(apart([p, 0, 0, s, u, v], flippedMatrix, answer)).toBeLessThan(0.5);
        const back = createPixels(size.width, size.height);
        const found = coverage(turned, size);
        for (let i = 0; i < found.length; i++) back.data[i * 4] = found[i];
        const mask = flipped(back, way).data.filter((_, i) => i % 4 === 0);
        expect(disagreement(mask, coverage(plain, size))).toBeLessThan(0.08);
      }),
      runs(2),
    );
  });

  test('a part of the source finds the edit where the whole of it does', async () => {
    const cut = { x: 12, y: 9, width: 176, height: 132 };
    await fc.assert(
      fc.asyncProperty(seeds, warps, places, async (seed, warp, place) => {
        const scene = sceneOf(seed);
        const source = drawn(scene);
        const answer = drawn(edited(scene, place), shownBy(warp), warp);
        const whole = await composed(source, answer);
        const part = await composed(cropPixels(source, { x: 0, y: 0 }, cut), answer);
        expect([whole.mode, part.mode]).toEqual(['delta', 'delta']);
        const [a, b, c, d, e, f] = part.registration.matrix;
        expect(apart([a, b, c, d, e + cut.x, f + cut.y], whole.registration.matrix, answer)).toBeLessThan(0.6);
        const inWhole = cropMask({ bounds: boundsOf(size), data: coverage(whole, size) }, cut).data;
        // Each is judged by the noise of its own pictures, so that soft edges may lie a pixel apart.
        expect(disagreement(coverage(part, cut), inWhole)).toBeLessThan(0.25);
      }),
      runs(2),
    );
  });
});

/** `pixels` cut out along a slanted edge, half transparent beside it. */
function cutOut(pixels: Pixels): Pixels {
  const out = { ...pixels, data: pixels.data.slice() };
  for (let i = 0; i < pixels.width * pixels.height; i++) {
    const across = (i % pixels.width) + Math.floor(i / pixels.width) * 0.4;
    out.data[i * 4 + 3] = Math.max(0, Math.min(255, (across - 30) * 25));
  }
  return out;
}

const deepened = (pixels: Pixels): Pixels16 => ({
  ...pixels,
  data: Uint16Array.from(pixels.data, (level, i) => (i % 4 === 3 ? level * 257 : Math.max(0, level * 257 - ((i * 37) % 200)))),
});

describe('outside the mask nothing shows', () => {
  const kinds = ['plain', 'cut out', 'of 16 bits', 'within a region', 'whole within a region', 'of another scene within a region'] as const;

  test.each(kinds)('%s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(seeds, warps, places, async (seed, warp, place) => {
        const scene = sceneOf(seed);
        const opaque = drawn(scene);
        const pixels = kind === 'cut out' ? cutOut(opaque) : opaque;
        const shown = kind.startsWith('of another scene') ? sceneOf(seed + 1) : edited(scene, place);
        const region = { x: place.x, y: place.y, width: 40, height: 30 };
        const subject: Subject = {
          of: 'visible',
          name: kind,
          bounds: boundsOf(size),
          pixels,
          ...(kind === 'of 16 bits' ? { deep: { pixels: deepened(pixels) } } : {}),
          region: kind.includes('region') ? cropMask(rectangleMask(region), boundsOf(size)) : null,
          notes: [],
        };
        const ask = {
          scope: 'unknown',
          tone: 'auto',
          whole: kind.startsWith('whole'),
          matte: kind === 'cut out' ? ([255, 255, 255] as const) : null,
        } as const;
        const laid = await layOver(subject, drawn(shown, shownBy(warp), warp), ask, clock, neverAborted);
        if (!laid.ok) throw new Error(laid.error.kind);
        const { findings, mask } = laid.value;
        expect(findings.kept.changedPixelsOutside).toBe(0);
        if (mask === null) throw new Error('no mask');
        const covered = cropMask(mask, subject.bounds).data;
        const { data } = maskedWithin<Pixels | Pixels16>(subject.bounds, laid.value);
        let showing = 0;
        for (let i = 0; i < covered.length; i++) {
          const isInRegion =
            subject.region === null ||
            (i % size.width >= region.x &&
              i % size.width < region.x + 40 &&
              i >= region.y * size.width &&
              i < (region.y + 30) * size.width);
          if ((covered[i] === 0 || !isInRegion) && (data[i * 4] | data[i * 4 + 1] | data[i * 4 + 2] | data[i * 4 + 3]) !== 0) showing++;
        }
        expect(showing).toBe(0);
        expect(covered.some((level) => level > 0)).toBe(true);
      }),
      runs(1),
    );
  });
});

describe('an abort', () => {
  const scene = sceneOf(5);
  const source = drawn(scene);
  const answer = drawn(edited(scene, { x: 90, y: 70, radius: 20 }), { width: 260, height: 200 }, [200 / 260, 0, 0, 0.75, 0, 0]);

  /** A clock that breathes at every chance, and aborts at the `at`th breath. */
  function breathing(at: number): { readonly clock: typeof clock; readonly signal: AbortSignal; readonly breaths: () => number } {
    const abort = new AbortController();
    let now = 0;
    let breaths = 0;
    return {
      signal: abort.signal,
      breaths: () => breaths,
      clock: {
        now: () => (now += 30),
        sleep: async () => {
          if (++breaths === at) abort.abort();
          return !abort.signal.aborted;
        },
      },
    };
  }
  const plan = { extent: size, title: 'small', layers: [{ name: 'photo', pixels: source, at: { x: 0, y: 0 } }] };

  test('at any breath of composing answers "cancelled"; at any breath of a merge nothing is placed or remembered', async () => {
    const subject: Subject = { of: 'visible', name: 'photo', bounds: boundsOf(size), pixels: source, region: null, notes: [] };
    const ask = { scope: 'unknown', tone: 'auto', whole: false, matte: null } as const;
    const free = breathing(Number.POSITIVE_INFINITY);
    const all = await layOver(subject, answer, ask, free.clock, free.signal);
    expect(all.ok && all.value.findings.mode).toBe('delta');
    const total = free.breaths();
    expect(total).toBeGreaterThan(100);

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: total }), async (at) => {
        const { clock: stopping, signal, breaths } = breathing(at);
        expect(await layOver(subject, answer, ask, stopping, signal)).toEqual({ ok: false, error: { kind: 'cancelled' } });
        expect(breaths()).toBe(at);
      }),
      { ...runs(6), examples: [[1], [total]] },
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: total }), async (at) => {
        const { clock: stopping, signal } = breathing(at);
        const host = new MemoryHost(plan);
        const before = await host.layers();
        const ports = { host, store: host.store, clock: stopping, ids: { next: () => 'id' }, codec: createNodeCodec() };
        const asked = {
          of: host.refOf('photo'),
          region: null,
          answer,
          name: 'edited.png',
          file: null,
          tone: 'auto',
          whole: false,
        } as const;
        const merged = await mergeAnswer(ports, asked, signal);
        expect(merged).toEqual({ ok: false, error: { kind: 'cancelled' } });
        expect(await host.layers()).toEqual(before);
        expect(await host.store.keys()).toEqual({ ok: true, value: [] });
      }),
      runs(2),
    );
  });
});
