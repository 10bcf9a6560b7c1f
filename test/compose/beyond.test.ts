import { expect, test } from 'vitest';
import { reachBeyond } from '../../shared/core/compose/beyond.ts';
import { createPlane, createPlanes } from '../../shared/core/compose/planes.ts';
import type { Aligned, Planes } from '../../shared/core/compose/types.ts';

const pace = { breathe: () => false };
const extent = { width: 320, height: 240 };
/** The answer begins this far in. */
const rimPx = 12;
type Color = readonly [number, number, number];
const sky: Color = [90, 140, 182];
const dusk: Color = [60, 66, 136];
const badge: Color = [14, 16, 40];
/** Half of it lies under the rim. */
const isBadge = (x: number, y: number): boolean => x >= 4 && x < 24 && y >= 100 && y < 120;

function painted(color: (x: number, y: number) => Color): Planes {
  const out = createPlanes(extent);
  for (let y = 0, i = 0; y < extent.height; y++) for (let x = 0; x < extent.width; x++, i++) [out.r[i], out.g[i], out.b[i]] = color(x, y);
  return out;
}

test('beyond the rim a sky turns as the sky did beside it, and what is left of a removed badge goes too', async () => {
  const covered = createPlane(extent);
  const isCovered = (x: number, y: number): boolean => x >= rimPx && y >= rimPx && x < extent.width - rimPx && y < extent.height - rimPx;
  for (let i = 0; i < covered.data.length; i++) covered.data[i] = isCovered(i % extent.width, Math.floor(i / extent.width)) ? 1 : 0;
  const source = painted((x, y) => (isBadge(x, y) ? badge : sky));
  const answer = painted((x, y) => (isCovered(x, y) ? dusk : [255, 0, 255]));
  const aligned: Aligned = { ...extent, source, answer, covered, alpha: null, sourcePerWork: { x: 1, y: 1 }, answerPerWork: 1 };
  const mask = { ...extent, data: covered.data.slice() };
  const fraction = mask.data.reduce((sum, v) => sum + v, 0) / mask.data.length;

  const change = await reachBeyond(aligned, { mask, fraction, noise: 1 }, pace);

  expect(change?.fraction).toBeCloseTo(1, 6);
  let worst = 0;
  for (let i = 0; i < covered.data.length; i++)
    worst = Math.max(worst, Math.abs(answer.r[i] - dusk[0]), Math.abs(answer.g[i] - dusk[1]), Math.abs(answer.b[i] - dusk[2]));
  expect(worst).toBeLessThan(4);
});
