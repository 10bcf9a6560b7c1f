/**
 * A model that zooms in a little returns less than the picture. Where a change runs into the rim that the answer does not
 * reach, a strip of the old picture would stay behind: there, the source itself is given the change of light and colour
 * that its nearest neighbours got.
 */
import type { Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import type { Aligned, Change } from './types.ts';

/** From this share of what the answer reaches on, everything changed. */
const leastShare = 0.85;
/** A wider rim than this share of the side was cut off on purpose; of a change that reaches only a part of it, half of this. */
const mostRim = 0.08;
/** Over what the change of the neighbours is averaged, and how far from their border it is read. */
const radiusPx = 8;
const insetPx = 6;

/** The change, reaching over the rim where it should; `aligned.answer` is filled in there, in place. Null when aborted. */
export async function reachBeyond(aligned: Aligned, change: Change, pace: Pace): Promise<Change | null> {
  const { width, height, covered, source, answer, alpha } = aligned;
  const spans = await spansOf(covered.data, aligned, pace);
  if (spans === 'aborted') return null;
  if (spans === null || spans.count === width * height) return change;
  const isEverything = change.fraction * width * height >= leastShare * spans.count;
  const most = isEverything ? mostRim : mostRim / 2;
  if (spans.top > most * height || height - 1 - spans.bottom > most * height || spans.rimPx > most * width) return change;

  const mask = change.mask.data.slice();
  let sum = change.fraction * width * height;
  // Many pixels of the rim have one nearest neighbour.
  const shifts = new Map<number, Shift>();
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.max(spans.top + insetPx, Math.min(spans.bottom - insetPx, y));
    const first = spans.first[row] + insetPx;
    const last = spans.last[row] - insetPx;
    for (let x = 0; x < width; x++, i++) {
      if (covered.data[i] >= 0.5) continue;
      const near = row * width + (x < first ? first : x > last ? last : x);
      let shift = shifts.get(near);
      if (shift === undefined) {
        shift = shiftAround(aligned, near);
        shifts.set(near, shift);
      }
      answer.r[i] = source.r[i] + shift.r;
      answer.g[i] = source.g[i] + shift.g;
      answer.b[i] = source.b[i] + shift.b;
      if (alpha !== null && alpha.data[i] <= 0) continue;
      // The rim of the answer is softened, though the change goes on: what lies further in tells.
      sum += change.mask.data[near] - mask[i];
      mask[i] = change.mask.data[near];
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return { ...change, mask: { width, height, data: mask }, fraction: sum / (width * height) };
}

/** Levels. */
interface Shift {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

/** What changed around a pixel where the answer reaches; less where it hardly does. Reads only what is covered. */
function shiftAround({ width, height, covered, source, answer }: Aligned, at: number): Shift {
  const column = at % width;
  const row = (at - column) / width;
  const left = Math.max(0, column - radiusPx);
  const right = Math.min(width - 1, column + radiusPx);
  const top = Math.max(0, row - radiusPx);
  const bottom = Math.min(height - 1, row + radiusPx);
  let count = 0;
  let r = 0;
  let g = 0;
  let b = 0;
  for (let y = top; y <= bottom; y++) {
    for (let i = y * width + left; i <= y * width + right; i++) {
      if (covered.data[i] < 0.5) continue;
      count++;
      r += answer.r[i] - source.r[i];
      g += answer.g[i] - source.g[i];
      b += answer.b[i] - source.b[i];
    }
  }
  const share = 1 / Math.max(count, 0.1 * (right - left + 1) * (bottom - top + 1));
  return { r: r * share, g: g * share, b: b * share };
}

interface Spans {
  readonly top: number;
  readonly bottom: number;
  /** Per row, the first and last covered column. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** The widest part left or right that is not covered, in covered rows. */
  readonly rimPx: number;
  /** Covered pixels. */
  readonly count: number;
}

/** The covered part is convex. Null when there is none, or next to none. */
async function spansOf(covered: Float32Array, { width, height }: Extent, pace: Pace): Promise<Spans | null | 'aborted'> {
  const first = new Int32Array(height).fill(width);
  const last = new Int32Array(height).fill(-1);
  let top = -1;
  let bottom = -1;
  let count = 0;
  let rimPx = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0, i = y * width; x < width; x++, i++) {
      if (covered[i] < 0.5) continue;
      if (first[y] === width) first[y] = x;
      last[y] = x;
      count++;
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return 'aborted';
    if (last[y] < 0) continue;
    if (top < 0) top = y;
    bottom = y;
  }
  for (let y = top + insetPx; y <= bottom - insetPx; y++) rimPx = Math.max(rimPx, first[y], width - 1 - last[y]);
  return bottom - top < 4 * insetPx ? null : { top, bottom, first, last, rimPx, count };
}
