import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { featherInwards, featherPxFor, isSoft } from '../../shared/core/compose/feather.ts';
import { chooseGround, chooseMatte, flatten, keyOut, restoreAlpha } from '../../shared/core/compose/matte.ts';
import { resample, resize } from '../../shared/core/compose/resample.ts';
import { createPace } from '../../shared/core/pace.ts';
import { createPixels, type Mask, type Pixels, rectangleMask } from '../../shared/core/pixels.ts';
import { patternPixels, plainPixels } from '../contracts/memoryHost.ts';
import { FakeClock } from '../fakes/fakeClock.ts';

const pace = createPace(new FakeClock(), neverAborted);

/** A smooth picture: resampling it back and forth must lose almost nothing. */
function smoothPixels(width: number, height: number): Pixels {
  const pixels = createPixels(width, height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      pixels.data.set(
        [
          128 + 90 * Math.sin((x / width) * 5 + 1),
          128 + 90 * Math.cos((y / height) * 4),
          128 + 60 * Math.sin((x / width) * 3 + (y / height) * 3),
          255,
        ],
        (y * width + x) * 4,
      );
  return pixels;
}

const worstDifference = (a: Pixels, b: Pixels) => a.data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b.data[i])), 0);

async function resized(pixels: Pixels, width: number, height: number): Promise<Pixels> {
  const out = await resize(pixels, { width, height }, pace);
  if (out === null) throw new Error('aborted');
  return out;
}

describe('resampling', () => {
  test('onto the same grid changes nothing', async () => {
    const pixels = patternPixels(37, 23);
    expect((await resized(pixels, 37, 23)).data).toEqual(pixels.data);
  });

  test('by a whole number of pixels is a copy, the edge pixels repeated outside', async () => {
    const pixels = patternPixels(20, 10);
    const padded = await resample(pixels, { start: -4, step: 1, length: 28 }, { start: -3, step: 1, length: 16 }, pace);
    for (let y = 0; y < 16; y++)
      for (let x = 0; x < 28; x++) {
        const from = (Math.max(0, Math.min(9, y - 3)) * 20 + Math.max(0, Math.min(19, x - 4))) * 4;
        expect([...(padded as Pixels).data.subarray((y * 28 + x) * 4, (y * 28 + x) * 4 + 4)]).toEqual([
          ...pixels.data.subarray(from, from + 4),
        ]);
      }
  });

  test('keeps a plain colour plain at any scale', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }), async (width, height) => {
        const out = await resized(plainPixels(31, 17, [200, 40, 90, 255]), width, height);
        for (let i = 0; i < out.data.length; i += 4) expect([...out.data.subarray(i, i + 4)]).toEqual([200, 40, 90, 255]);
      }),
      { numRuns: 40 },
    );
  });

  test('up and down again gives a smooth picture back to within two levels', async () => {
    const pixels = smoothPixels(120, 80);
    expect(worstDifference(await resized(await resized(pixels, 311, 207), 120, 80), pixels)).toBeLessThanOrEqual(2);
  });

  test('does not shift: a mirrored picture resampled is the resampled picture mirrored', async () => {
    const mirror = (pixels: Pixels) => {
      const out = createPixels(pixels.width, pixels.height);
      for (let y = 0; y < pixels.height; y++)
        for (let x = 0; x < pixels.width; x++) {
          const from = (y * pixels.width + pixels.width - 1 - x) * 4;
          out.data.set(pixels.data.subarray(from, from + 4), (y * pixels.width + x) * 4);
        }
      return out;
    };
    const pixels = patternPixels(64, 48);
    const a = await resized(mirror(pixels), 91, 33);
    const b = mirror(await resized(pixels, 91, 33));
    expect(worstDifference(a, b)).toBeLessThanOrEqual(1);
  });

  test('does not let the colour of transparent pixels bleed in', async () => {
    const pixels = createPixels(16, 16);
    for (let i = 0; i < pixels.data.length; i += 4) pixels.data.set((i / 4) % 16 < 8 ? [255, 0, 0, 255] : [0, 255, 0, 0], i);
    const out = await resized(pixels, 40, 40);
    for (let i = 0; i < out.data.length; i += 4) if (out.data[i + 3] > 8) expect(out.data[i + 1]).toBeLessThanOrEqual(4);
  });

  test('stops within a row of an abort', async () => {
    const controller = new AbortController();
    controller.abort();
    expect(await resize(patternPixels(50, 50), { width: 500, height: 500 }, createPace(new FakeClock(), controller.signal))).toBeNull();
  });

  test('lets a single-threaded host breathe at least every 50 ms', async () => {
    const clock = new FakeClock();
    const slow = {
      now: () => {
        clock.pass(10);
        return clock.now();
      },
      sleep: clock.sleep.bind(clock),
    };
    await resize(patternPixels(8, 8), { width: 8, height: 100 }, createPace(slow, neverAborted));
    expect(clock.slept.length).toBeGreaterThanOrEqual(20);
  });
});

describe('the matte', () => {
  test('stands out from the edge of the picture: dark behind light, light behind dark', () => {
    const cutOut = (color: [number, number, number]) => {
      const pixels = createPixels(40, 40);
      for (let y = 10; y < 30; y++) for (let x = 10; x < 30; x++) pixels.data.set([...color, 255], (y * 40 + x) * 4);
      return pixels;
    };
    expect(chooseMatte(cutOut([250, 250, 245]))[0]).toBeLessThan(64);
    expect(chooseMatte(cutOut([10, 12, 20]))[0]).toBeGreaterThan(192);
  });

  test('is gone again afterwards: opaque pixels exactly, half-transparent ones to the rounding', async () => {
    const source = patternPixels(32, 32);
    for (let i = 3; i < source.data.length; i += 4) source.data[i] = [0, 20, 64, 128, 200, 255][((i - 3) / 4) % 6];
    const matte = chooseMatte(source);
    const answer = flatten(source, matte);
    expect(await restoreAlpha(answer, source, matte, pace)).toBe(true);
    for (let i = 0; i < source.data.length; i += 4) {
      const alpha = source.data[i + 3];
      expect(answer.data[i + 3]).toBe(alpha);
      const tolerance = alpha === 255 || alpha < 32 ? 0 : Math.ceil(255 / alpha);
      for (let c = 0; c < 3; c++) expect(Math.abs(answer.data[i + c] - source.data[i + c])).toBeLessThanOrEqual(tolerance);
    }
  });

  test('a keyed ground is far from the picture and becomes transparent, the subject stays opaque', async () => {
    const source = plainPixels(20, 20, [30, 200, 40, 255]);
    const ground = chooseGround(source);
    expect(ground).not.toEqual([0, 255, 0]);
    const answer = plainPixels(20, 20, [30, 200, 40, 255]);
    for (let i = 0; i < 200 * 4; i += 4) answer.data.set([ground[0] ^ 3, ground[1] ^ 2, ground[2] ^ 5, 255], i);
    expect(await keyOut(answer, ground, source, pace)).toBe(true);
    expect(answer.data[3]).toBe(0);
    expect([...answer.data.subarray(300 * 4, 300 * 4 + 4)]).toEqual([30, 200, 40, 255]);
  });
});

describe('the feather', () => {
  test('lies inside the region: never more coverage than the region had, full in its middle', async () => {
    const data = new Uint8ClampedArray(60 * 60);
    for (let y = 10; y < 50; y++) for (let x = 10; x < 50; x++) data[y * 60 + x] = 255;
    const region = { bounds: { x: 0, y: 0, width: 60, height: 60 }, data };
    const soft = (await featherInwards(region, featherPxFor({ x: 10, y: 10, width: 40, height: 40 }), pace)) as Mask;
    for (let i = 0; i < data.length; i++) expect(soft.data[i]).toBeLessThanOrEqual(data[i]);
    expect(soft.data[30 * 60 + 30]).toBe(255);
    expect(soft.data[10 * 60 + 30]).toBeLessThan(200);
    expect(isSoft(soft)).toBe(true);
  });

  test('does not fade at the border of the layer, and leaves a painted soft mask alone', async () => {
    const whole = rectangleMask({ x: 5, y: 5, width: 30, height: 30 });
    expect(await featherInwards(whole, 4, pace)).toEqual(whole);
    const painted = { bounds: whole.bounds, data: whole.data.map((_, i) => i % 256) };
    expect(await featherInwards(painted, 4, pace)).toBe(painted);
  });
});
