/**
 * The grain that an answer cannot hold: noise finer than the work grid, measured where the picture is smooth and unchanged,
 * and laid on what was taken from the answer, so that a replaced part is not plastic beside its neighbourhood. Drawings
 * and other clean pictures get none. The noise is a hash of the position: the same for every run and every tile.
 */
import type { Bounds } from '../geometry.ts';
import type { Pixels, Pixels16 } from '../pixels.ts';
import type { Aligned, Plane } from './types.ts';

const blockPx = 8;
const maxBlocks = 1500;
/** Below this share of an 8-bit level there is nothing to match. */
const minDeviation = 0.35;
/** Stronger noise than this is texture that was mistaken for it. */
const maxDeviation = 6;
const maxQuietest = 3.5;

/** Standard deviation of the grain, in levels; `around` is where to look, on the work grid. */
export function measureGrain(source: Pixels | Pixels16, aligned: Aligned, mask: Plane, around: Bounds): number {
  const { x: stepX, y: stepY } = aligned.sourcePerWork;
  if (Math.min(stepX, stepY) < 1.15) return 0;
  const deviations: number[] = [];
  const spacing = Math.max(3, Math.sqrt((around.width * around.height) / maxBlocks));
  for (let v = spacing / 2; v < around.height - 2; v += spacing) {
    for (let u = spacing / 2; u < around.width - 2; u += spacing) {
      const x = Math.floor(around.x + u);
      const y = Math.floor(around.y + v);
      if (mask.data[y * mask.width + x] > 0) continue;
      if (aligned.alpha !== null && aligned.alpha.data[y * mask.width + x] < 1) continue;
      const deviation = blockDeviation(source, Math.floor(x * stepX), Math.floor(y * stepY));
      if (deviation !== null) deviations.push(deviation);
    }
  }
  if (deviations.length < 20) return 0;
  deviations.sort((a, b) => a - b);
  // A drawing has many areas of one colour; a photograph's quietest tenth still has its grain.
  if (deviations[Math.floor(deviations.length * 0.1)] < minDeviation) return 0;
  const quietest = deviations[Math.floor(deviations.length * 0.1)];
  // Where even the quietest tenth is rough, it is all texture, and tells nothing of the grain.
  if (quietest > maxQuietest) return 0;
  return Math.min(maxDeviation, 2 * quietest, deviations[Math.floor(deviations.length * 0.3)]);
}

/** Noise of a block: its second differences across and down, which slopes do not disturb (Immerkær 1996). */
function blockDeviation({ data, width, height }: Pixels | Pixels16, left: number, top: number): number | null {
  if (left < 1 || top < 1 || left + blockPx >= width || top + blockPx >= height) return null;
  const toLevels = data instanceof Uint16Array ? 255 / 65535 : 1;
  let sum = 0;
  for (let y = top; y < top + blockPx; y++) {
    for (let x = left; x < left + blockPx; x++) {
      const i = (y * width + x) * 4 + 1;
      const up = i - width * 4;
      const down = i + width * 4;
      const corners = data[up - 4] + data[up + 4] + data[down - 4] + data[down + 4];
      const sides = data[up] + data[down] + data[i - 4] + data[i + 4];
      const value = corners - 2 * sides + 4 * data[i];
      sum += value * value;
    }
  }
  return Math.sqrt(sum / (36 * blockPx * blockPx)) * toLevels;
}

/** About normal, deviation 1: the sum of four bytes of a hash of the position. */
export function grainAt(x: number, y: number): number {
  let h = (Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1)) | 0;
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  h ^= h >>> 15;
  // Four even bytes: mean 510, deviation 147.8.
  return ((h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24) - 510) / 147.8;
}
