/**
 * The noise of a witness: what it says where nothing changed, as flat + perActivity · activity. Blocks are ranked by
 * activity, and in each rank the calmer part tells: an edit may cover most of the picture.
 */
import type { Extent } from '../geometry.ts';

/** Side of the blocks. */
const blockPx = 8;
const leastCovered = 16;
const ranks = 6;
const leastBlocks = 8;

/** The blocks of a plane that are covered well enough, least active first. */
export interface RankedBlocks {
  readonly extent: Extent;
  readonly covered: Float32Array;
  /** Index of each among all blocks of the plane, row by row. */
  readonly block: Int32Array;
  readonly activity: Float64Array;
}

export function rankBlocks(activity: Float32Array, extent: Extent, covered: Float32Array): RankedBlocks {
  const { width, height } = extent;
  const columns = Math.ceil(width / blockPx);
  const means = new Float64Array(columns * Math.ceil(height / blockPx));
  const found: number[] = [];
  for (let block = 0; block < means.length; block++) {
    const left = (block % columns) * blockPx;
    const top = Math.floor(block / columns) * blockPx;
    const bottom = Math.min(height, top + blockPx);
    const right = Math.min(width, left + blockPx);
    let sum = 0;
    let count = 0;
    for (let y = top; y < bottom; y++) {
      for (let i = y * width + left; i < y * width + right; i++) {
        if (covered[i] === 0) continue;
        sum += activity[i];
        count++;
      }
    }
    if (count < leastCovered) continue;
    means[block] = sum / count;
    found.push(block);
  }
  const block = Int32Array.from(found.sort((p, q) => means[p] - means[q]));
  return { extent, covered, block, activity: Float64Array.from(block, (at) => means[at]) };
}

export interface Noise {
  readonly flat: number;
  readonly perActivity: number;
}

export function noiseOf(witness: Float32Array, { extent, covered, block, activity }: RankedBlocks): Noise {
  if (block.length < leastBlocks) return { flat: 1, perActivity: 0.05 };
  const deviations = Float64Array.from(block, (at) => deviationIn(witness, extent, covered, at));
  const points: { x: number; y: number }[] = [];
  for (let rank = 0; rank < ranks; rank++) {
    const start = Math.floor((rank * block.length) / ranks);
    const end = Math.floor(((rank + 1) * block.length) / ranks);
    const values = deviations.slice(start, end).sort();
    points.push({ x: activity[start + ((end - start) >> 1)], y: values[Math.floor(values.length * 0.4)] });
  }
  const flat = points[0].y;
  const slopes = points
    .slice(1)
    .filter(({ x }) => x > points[0].x + 0.5)
    .map(({ x, y }) => (y - flat) / (x - points[0].x))
    .sort((p, q) => p - q);
  const perActivity = slopes.length > 0 ? Math.max(0, slopes[slopes.length >> 1]) : 0;
  return { flat: Math.max(0, flat - perActivity * points[0].x), perActivity };
}

/** Root of the mean square of what is covered of a block. */
function deviationIn(witness: Float32Array, { width, height }: Extent, covered: Float32Array, block: number): number {
  const columns = Math.ceil(width / blockPx);
  const left = (block % columns) * blockPx;
  const top = Math.floor(block / columns) * blockPx;
  const bottom = Math.min(height, top + blockPx);
  const right = Math.min(width, left + blockPx);
  let squares = 0;
  let count = 0;
  for (let y = top; y < bottom; y++) {
    for (let i = y * width + left; i < y * width + right; i++) {
      if (covered[i] === 0) continue;
      squares += witness[i] * witness[i];
      count++;
    }
  }
  return Math.sqrt(squares / count);
}

/** How strong a witness must speak, levels: `factor` times its noise, which an edit of the whole picture must not raise at will. */
export interface Threshold {
  readonly least: number;
  readonly most: number;
  readonly factor: number;
  /** Most that the threshold rises per level of activity. */
  readonly mostSlope: number;
}

/** The same as base + slope · activity. */
export const thresholdOf = ({ flat, perActivity }: Noise, { least, most, factor, mostSlope }: Threshold) => ({
  flat,
  base: Math.min(most, Math.max(least, flat * factor)),
  slope: Math.min(mostSlope, perActivity * factor),
});
