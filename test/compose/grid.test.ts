import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { composeAffine, invertAffine, mapPoint } from '../../shared/core/compose/affine.ts';
import { limitToRegion } from '../../shared/core/compose/limitToRegion.ts';
import { planWorkGrid, reduceMask, reduceToPlanes } from '../../shared/core/compose/planes.ts';
import type { Affine, Delta, Plane, Planes } from '../../shared/core/compose/types.ts';
import { coverageOf, warpPlanes } from '../../shared/core/compose/warp.ts';
import { createPixels, type Pixels16, rectangleMask, sRGB } from '../../shared/core/pixels.ts';

const pace = { breathe: () => false };
const black = [0, 0, 0] as const;

/** Waves that are slow enough for a cubic to follow. */
function waves(width: number, height: number): Planes {
  const at = (f: (x: number, y: number) => number) =>
    Float32Array.from({ length: width * height }, (_, i) => f((i % width) + 0.5, Math.floor(i / width) + 0.5));
  return { width, height, r: at(wave), g: at((x, y) => wave(y, x)), b: at((x, y) => x + y) };
}
const wave = (x: number, y: number): number => 128 + 60 * Math.sin(x / 9) + 40 * Math.cos(y / 7);

describe('the work grid', () => {
  test('has the density of the answer, and never more pixels than the source', () => {
    expect(planWorkGrid({ width: 4000, height: 3000 }, { width: 1200, height: 896 })).toEqual({
      source: { width: 1197, height: 898 },
      answer: { width: 1200, height: 896 },
    });
    expect(planWorkGrid({ width: 300, height: 200 }, { width: 1254, height: 836 })).toEqual({
      source: { width: 300, height: 200 },
      answer: { width: 300, height: 200 },
    });
  });

  test('keeps its size within bounds however large both are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 1, max: 9000 }),
        (w, h, side) => {
          const grid = planWorkGrid({ width: w, height: h }, { width: side, height: side });
          expect(grid.source.width * grid.source.height).toBeLessThan(1_700_000 + w + h);
          expect(grid.source.width).toBeLessThanOrEqual(w);
          expect(grid.answer.width).toBeLessThanOrEqual(side);
        },
      ),
    );
  });

  test('holds the mean of what each pixel covers, at any ratio', async () => {
    const source = createPixels(7, 5);
    for (let i = 0; i < source.data.length; i += 4) source.data.set([i, 255 - i, 40, 255], i);
    const reduced = await reduceToPlanes(source, { width: 3, height: 2 }, black, pace);
    const mean = (plane: Float32Array) => plane.reduce((a, b) => a + b) / plane.length;
    const meanOf = (channel: number) => source.data.filter((_, i) => i % 4 === channel).reduce((a, b) => a + b) / 35;
    expect(reduced?.alpha).toBeNull();
    // Shares are kept in 256ths.
    expect(Math.abs(mean(reduced?.planes.r as Float32Array) - meanOf(0))).toBeLessThan(0.2);
    expect(Math.abs(mean(reduced?.planes.g as Float32Array) - meanOf(1))).toBeLessThan(0.2);
    expect(mean(reduced?.planes.b as Float32Array)).toBeCloseTo(40, 3);
  });

  test('shows the matte where the picture is transparent, and says so', async () => {
    const source = createPixels(4, 1);
    source.data.set([200, 0, 0, 255, 200, 0, 0, 255, 9, 9, 9, 0, 9, 9, 9, 0]);
    const reduced = await reduceToPlanes(source, { width: 2, height: 1 }, [10, 20, 30], pace);
    expect([...(reduced?.planes.r ?? [])]).toEqual([200, 10]);
    expect([...(reduced?.planes.b ?? [])]).toEqual([0, 30]);
    expect([...(reduced?.alpha?.data ?? [])]).toEqual([1, 0]);
  });

  test('reads 16 bits as finely as they are', async () => {
    const source: Pixels16 = { width: 2, height: 1, profile: sRGB, data: new Uint16Array([1000, 0, 0, 65535, 1001, 0, 0, 65535]) };
    const reduced = await reduceToPlanes(source, { width: 2, height: 1 }, black, pace);
    expect((reduced?.planes.r[1] ?? 0) - (reduced?.planes.r[0] ?? 0)).toBeCloseTo(1 / 257, 5);
  });

  test('gives a region its share of each pixel', async () => {
    const region = rectangleMask({ x: 2, y: 0, width: 3, height: 8 });
    const plane = (await reduceMask(region, { width: 8, height: 8 }, { width: 4, height: 4 }, pace)) as Plane;
    expect([...plane.data.subarray(0, 4)]).toEqual([0, 1, 0.5, 0]);
  });
});

describe('reading the answer through a map', () => {
  const maps: readonly (readonly [string, Affine])[] = [
    ['scale and shift', [0.97, 0, 0, 1.02, 1.3, -0.4]],
    ['a little rotation and shear', [0.99, 0.02, -0.03, 1.01, 2.2, -0.6]],
  ];
  test.each(maps)('is right between the pixels: %s', async (_, map) => {
    const from = waves(80, 60);
    const out = (await warpPlanes(from, { width: 70, height: 50 }, map, null, pace)) as Planes;
    let worst = 0;
    for (let y = 8; y < 42; y++)
      for (let x = 8; x < 60; x++) {
        const at = mapPoint(map, { x: x + 0.5, y: y + 0.5 });
        worst = Math.max(worst, Math.abs(out.r[y * 70 + x] - wave(at.x, at.y)));
      }
    expect(worst).toBeLessThan(0.2);
  });

  test('adds the flow where there is one', async () => {
    const from = waves(64, 64);
    const node = new Float32Array(25);
    const flow = { cellPx: 16, columns: 5, rows: 5, dx: node.slice().fill(1), dy: node.slice().fill(-2) };
    const out = (await warpPlanes(from, from, [1, 0, 0, 1, 0, 0], flow, pace)) as Planes;
    expect(out.r[30 * 64 + 30]).toBeCloseTo(from.r[28 * 64 + 31], 3);
  });

  test('says where the answer has no pixels', async () => {
    const bounds = { x: 0, y: 0, width: 10, height: 10 };
    const covered = (await coverageOf(bounds, { width: 4, height: 1 }, [5, 0, 0, 1, 0, 0], pace)) as Plane;
    expect([...covered.data]).toEqual([1, 1, 0, 0]);
  });

  test('stops when told to', async () => {
    expect(await warpPlanes(waves(8, 8), { width: 8, height: 8 }, [1, 0, 0, 1, 0, 0], null, { breathe: () => true })).toBeNull();
  });
});

test('a map and its inverse cancel out', () => {
  const number = fc.double({ min: -2, max: 2, noNaN: true });
  fc.assert(
    fc.property(fc.tuple(number, number, number, number, number, number), (numbers) => {
      const map = numbers as unknown as Affine;
      const inverse = invertAffine(map);
      if (Math.abs(map[0] * map[3] - map[1] * map[2]) < 1e-3 || inverse === null) return;
      const point = mapPoint(composeAffine(inverse, map), { x: 3, y: -5 });
      expect(point.x).toBeCloseTo(3, 4);
      expect(point.y).toBeCloseTo(-5, 4);
    }),
  );
});

describe('a region', () => {
  const delta: Delta = {
    bounds: { x: 10, y: 10, width: 20, height: 20 },
    mask: rectangleMask({ x: 10, y: 10, width: 20, height: 20 }),
    pixels: { width: 20, height: 20, profile: sRGB, data: new Uint8ClampedArray(1600).fill(255) },
  };

  test('has the last word on where anything changes', async () => {
    const region = rectangleMask({ x: 0, y: 0, width: 20, height: 18 });
    const limited = (await limitToRegion(delta, region, pace)) as Delta;
    expect(limited.bounds.x).toBe(10);
    expect(limited.bounds.x + limited.bounds.width).toBeLessThanOrEqual(20);
    expect(limited.bounds.y + limited.bounds.height).toBeLessThanOrEqual(18);
    expect(limited.pixels.data.length).toBe(limited.mask.data.length * 4);
    expect(limited.mask.data[0]).toBe(255);
  });

  test('beside the change leaves nothing', async () => {
    const beside = rectangleMask({ x: 100, y: 0, width: 5, height: 5 });
    expect(await limitToRegion(delta, beside, pace)).toMatchObject({ bounds: { width: 0, height: 0 } });
  });
});
