/** The pictures that explain a take: what their colours and lengths mean. */
import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { compose } from '../../shared/core/compose/compose.ts';
import { arrowsOf, changeMap, differenceMap, displacementMap, heatScale, longestDisplacement } from '../../shared/core/explain/heatMaps.ts';
import { createPixels, type Pixels } from '../../shared/core/pixels.ts';

const clock = { now: () => 0, sleep: async () => true };

/** A picture with structure everywhere, read at (x, y). */
const level = (x: number, y: number, c: number): number =>
  128 + 50 * Math.sin(x / 7 + c) * Math.cos(y / 9) + 40 * Math.sin((x + y) / 23) + 20 * Math.cos(x / 3.1 - y / 4.3);

function picture(width: number, height: number, at: (x: number, y: number) => readonly [number, number], spot = false): Pixels {
  const out = createPixels(width, height);
  for (let y = 0, k = 0; y < height; y++)
    for (let x = 0; x < width; x++, k += 4) {
      const [u, v] = at(x + 0.5, y + 0.5);
      for (let c = 0; c < 3; c++) out.data[k + c] = level(u, v, c);
      if (spot && u > 100 && u < 150 && v > 90 && v < 130) out.data.set([20, 200, 60], k);
      out.data[k + 3] = 255;
    }
  return out;
}

const everywhere = { region: null, tone: 'auto', scope: 'unknown', whole: false } as const;
const source = picture(320, 240, (x, y) => [x, y]);
const of = async (answer: Pixels) => {
  const composed = await compose(source, answer, everywhere, clock, neverAborted);
  if (composed === null) throw new Error('aborted');
  const compared = await composed.compared(neverAborted);
  if (compared === null) throw new Error('aborted');
  return { ...compared, result: compared.before };
};
const sumAt = (pixels: Pixels, x: number, y: number): number =>
  pixels.data.subarray((y * pixels.width + x) * 4, (y * pixels.width + x) * 4 + 3).reduce((sum, v) => sum + v, 0);

test('the scale rises in light from one end to the other', () => {
  const light = (n: number) => 0.2126 * heatScale[n * 3] + 0.7152 * heatScale[n * 3 + 1] + 0.0722 * heatScale[n * 3 + 2];
  for (let n = 8; n < 256; n += 8) expect(light(n)).toBeGreaterThan(light(n - 8));
});

describe('a picture that lies four pixels to the right with a spot on it', () => {
  const shifted = picture(320, 240, (x, y) => [x - 4, y], true);
  test('was moved by four pixels everywhere', async () => {
    const evidence = await of(shifted);
    const { displacement } = evidence;
    if (displacement === null) throw new Error('not registered');
    expect(longestDisplacement(displacement)).toBeGreaterThan(3.8);
    for (let n = 0; n < displacement.x.length; n++) {
      expect(displacement.x[n]).toBeCloseTo(-4, 0);
      expect(displacement.y[n]).toBeCloseTo(0, 0);
    }
    const map = displacementMap(displacement, 8);
    expect([map.width, map.height]).toEqual([displacement.columns, displacement.rows]);
    expect(sumAt(map, 5, 5)).toBe(heatScale[127 * 3] + heatScale[127 * 3 + 1] + heatScale[127 * 3 + 2]);
    const { arrows, exaggeration } = arrowsOf(displacement, evidence, source);
    expect(arrows.length).toBeGreaterThan(20);
    for (const arrow of arrows) expect((arrow.x - arrow.fromX) * 320).toBeCloseTo(-4 * exaggeration, 0);
  });

  test('differs at the spot, where the change is in colour', async () => {
    const evidence = await of(shifted);
    const difference = differenceMap(evidence);
    expect(sumAt(difference, 125, 110)).toBeGreaterThan(sumAt(difference, 250, 180) + 150);
    const change = changeMap(evidence);
    const at = (110 * 320 + 125) * 4;
    expect(change.data[at + 1] - change.data[at]).toBeGreaterThan(140);
    const still = (180 * 320 + 250) * 4;
    expect(change.data[still]).toBe(change.data[still + 1]);
    // Four columns are not in the answer: there is no difference to tell.
    expect(difference.data[(120 * 320 + 319) * 4 + 3]).toBe(0);
    expect(difference.data[(120 * 320 + 200) * 4 + 3]).toBe(255);
  });
});

test('the picture itself was not moved, and nothing of it was taken', async () => {
  const evidence = await of(source);
  expect(evidence.displacement === null ? 1 : longestDisplacement(evidence.displacement)).toBeLessThan(0.05);
  expect(evidence.coverage.every((v) => v === 0)).toBe(true);
});
