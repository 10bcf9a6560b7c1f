import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import type { Pixels } from '../../shared/core/pixels.ts';
import { createPixels } from '../../shared/core/pixels.ts';
import { drawDrift } from '../../shared/models/offline/drift.ts';
import { createOffline } from '../../shared/models/offline/offlineModel.ts';
import { all, ask, codec, difference, edited, mean, photo, requestOf, wallClock } from './offlineSetup.ts';

/** Black dots on grey at the crossings of a 5 × 5 grid, positions as shares of the side. */
function dots(side = 400): Pixels {
  const pixels = createPixels(side, side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      let v = 190;
      for (const cx of places)
        for (const cy of places) {
          const d2 = (x + 0.5 - cx * side) ** 2 + (y + 0.5 - cy * side) ** 2;
          v -= 170 * Math.exp(-d2 / 50);
        }
      pixels.data.set([v, v, v, 255], (y * side + x) * 4);
    }
  return pixels;
}
const places = [0.15, 0.325, 0.5, 0.675, 0.85];

/** Where a dot is, near a place: the darkness-weighted middle. */
function findDot(pixels: Pixels, cx: number, cy: number): [number, number] {
  const reach = Math.round(pixels.width * 0.065);
  let sx = 0;
  let sy = 0;
  let weight = 0;
  for (let y = Math.round(cy * pixels.height) - reach; y < cy * pixels.height + reach; y++)
    for (let x = Math.round(cx * pixels.width) - reach; x < cx * pixels.width + reach; x++) {
      const w = Math.max(0, 160 - (pixels.data[(y * pixels.width + x) * 4] as number));
      sx += w * (x + 0.5);
      sy += w * (y + 0.5);
      weight += w;
    }
  return [sx / weight / pixels.width, sy / weight / pixels.height];
}

/** Least squares of found = scale · place + shift along one axis; the shift is of the middle, as a share of the side. */
function fitAxis(pairs: readonly (readonly [place: number, found: number])[]): { scale: number; shift: number; residual: number } {
  const n = pairs.length;
  const mx = pairs.reduce((sum, [x]) => sum + x, 0) / n;
  const my = pairs.reduce((sum, [, y]) => sum + y, 0) / n;
  const scale = pairs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / pairs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  const residual = Math.sqrt(pairs.reduce((sum, [x, y]) => sum + (y - my - scale * (x - mx)) ** 2, 0) / n);
  return { scale, shift: my + scale * (0.5 - mx) - 0.5, residual };
}

function measure(pixels: Pixels): { x: ReturnType<typeof fitAxis>; y: ReturnType<typeof fitAxis> } {
  const found = places.flatMap((cx) => places.map((cy) => ({ cx, cy, at: findDot(pixels, cx, cy) })));
  return { x: fitAxis(found.map(({ cx, at }) => [cx, at[0]])), y: fitAxis(found.map(({ cy, at }) => [cy, at[1]])) };
}

const drifting = (seed: number) => createOffline({ codec, clock: wallClock, seed });
const nothing = 'saturate by 0%';

async function answered(seed: number, picture: Pixels, instruction = nothing): Promise<Pixels> {
  const answer = await drifting(seed).edit(requestOf(instruction, picture), neverAborted);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.value.picture.pixels;
}

describe('drift', () => {
  test('stretches x and y differently within 4 %, shifts within 2.5 %, and is what a fit finds', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { x, y } = measure(await answered(seed, dots()));
      for (const axis of [x, y]) {
        expect(Math.abs(axis.scale - 1)).toBeLessThan(0.04);
        expect(Math.abs(axis.shift)).toBeLessThan(0.025);
        // Nothing but a stretch and a shift: a third of a pixel at most.
        expect(axis.residual * 400).toBeLessThan(0.35);
      }
      expect(Math.abs(x.scale - y.scale)).toBeGreaterThan(0.0025);
    }
  });

  test('stays in its bounds for every seed, and is small more often than large', () => {
    let scaleError = 0;
    let shift = 0;
    let corner = 0;
    let tone = 0;
    let equal = 0;
    const largest = { x: 0, y: 0 };
    let small = 0;
    const seeds = 2000;
    for (let seed = 0; seed < seeds; seed++) {
      const d = drawDrift(Math.imul(seed, 2654435761) >>> 0);
      if (Math.abs(d.scaleX - d.scaleY) < 0.0039) equal++;
      largest.x = Math.max(largest.x, Math.abs(d.scaleX - 1));
      largest.y = Math.max(largest.y, Math.abs(d.scaleY - 1));
      for (const [scale, by] of [
        [d.scaleX, d.shiftX],
        [d.scaleY, d.shiftY],
      ] as const) {
        scaleError = Math.max(scaleError, Math.abs(scale - 1), Math.abs(1 / scale - 1));
        shift = Math.max(shift, Math.abs(by));
        corner = Math.max(corner, Math.abs(by) + Math.abs(scale - 1) / 2);
        if (Math.abs(by) < 0.01) small++;
      }
      for (const { gain, gamma, lift } of d.tone)
        for (const level of [0, 64, 128, 192, 255]) tone = Math.max(tone, Math.abs(255 * gain * (level / 255) ** gamma + lift - level));
    }
    expect(scaleError).toBeLessThan(0.04);
    expect(shift).toBeLessThanOrEqual(0.025);
    expect(corner).toBeLessThan(0.04);
    expect(tone).toBeLessThan(10);
    expect(equal).toBe(0);
    // Both axes use their room.
    expect(Math.min(largest.x, largest.y)).toBeGreaterThan(0.02);
    expect(small / (2 * seeds)).toBeGreaterThan(0.5);
  });

  test('moves the tone by a few levels, and not the same for each seed', async () => {
    const grey = createPixels(200, 200);
    grey.data.fill(128);
    for (let i = 3; i < grey.data.length; i += 4) grey.data[i] = 255;
    const shifts = await Promise.all([1, 2, 3, 4, 5].map(async (seed) => mean(await answered(seed, grey), all).map((v) => v - 128)));
    for (const shift of shifts.flat()) expect(Math.abs(shift)).toBeLessThan(8);
    expect(new Set(shifts.map((shift) => shift.map((v) => v.toFixed(1)).join())).size).toBe(5);
    expect(Math.max(...shifts.flat().map(Math.abs))).toBeGreaterThan(0.8);
  });

  test('fills what it uncovers with the border’s own colour', async () => {
    const grey = createPixels(200, 200);
    for (let i = 0; i < grey.data.length; i += 4) grey.data.set([90, 140, 60, 255], i);
    const after = await answered(3, grey);
    for (const corner of [0, 199, 199 * 200, 200 * 200 - 1])
      expect(Math.abs((after.data[corner * 4 + 1] as number) - 140)).toBeLessThan(10);
  });

  test('is the same for the same request and seed, byte for byte, and another for another', async () => {
    const picture = await photo('chelsea.png');
    const bytes = async (seed: number, instruction: string): Promise<string> => {
      const answer = await drifting(seed).edit(requestOf(instruction, picture), neverAborted);
      if (!answer.ok) throw new Error('no answer');
      return `${answer.value.responseId} ${Buffer.from(answer.value.picture.bytes).toString('base64')}`;
    };
    const first = await bytes(1, 'warmer');
    expect((await bytes(1, 'warmer')) === first).toBe(true);
    expect((await bytes(2, 'warmer')) === first).toBe(false);
    expect((await bytes(1, 'cooler')) === first).toBe(false);
  });

  test('turned off leaves every pixel where it was, within JPEG’s error', async () => {
    const { x, y } = measure(await edited(nothing, dots()));
    for (const axis of [x, y]) {
      expect(Math.abs(axis.scale - 1)).toBeLessThan(0.0005);
      expect(Math.abs(axis.shift)).toBeLessThan(0.0003);
    }
    const cat = await photo('chelsea.png');
    expect(difference(await edited(nothing, cat), cat)).toBeLessThan(2);
    // The same holds when the cell is of another size.
    const large = measure(await edited(nothing, dots(400), { extent: { width: 700, height: 610 } }));
    expect(Math.abs(large.x.scale - 1)).toBeLessThan(0.001);
    expect(Math.abs(large.x.shift)).toBeLessThan(0.0002);
    expect(Math.abs(large.y.shift)).toBeLessThan(0.0002);
  });
});

test('an answer has the cell’s size, whatever was sent', async () => {
  const cat = await photo('chelsea.png');
  for (const extent of [
    { width: 512, height: 512 },
    { width: 688, height: 384 },
    { width: 424, height: 632 },
    { width: 256, height: 1024 },
    { width: 1536, height: 192 },
  ]) {
    const answer = await ask('warmer', cat, { extent });
    expect(answer.ok).toBe(true);
    if (!answer.ok) continue;
    const { picture } = answer.value;
    expect([picture.pixels.width, picture.pixels.height]).toEqual([extent.width, extent.height]);
    expect([...picture.bytes.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  }
});

test('a cell that is worked on at half its size is answered at its full size', async () => {
  const cat = await photo('chelsea.png');
  const answer = await ask('make the yellow eyes purple and add "WIDE" at the top', cat, { extent: { width: 2880, height: 1921 } });
  expect(answer.ok ? [answer.value.picture.pixels.width, answer.value.picture.pixels.height] : answer.error).toEqual([2880, 1921]);
});
