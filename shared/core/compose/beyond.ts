/**
 * A model that zooms in a little returns less than the picture. Where a change runs into the rim that the answer does not
 * reach, a strip of the old picture would stay behind: there, the source itself is given the change of light and colour
 * that its nearest neighbours of a like colour got (joint bilateral; Kopf et al. 2007), so that a sky beside a dark badge
 * turns as the sky did, and what is left of the badge goes as the badge went.
 */
import type { Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import type { Aligned, Change } from './types.ts';

/** From this share of what the answer reaches on, everything changed. */
const leastShare = 0.85;
/** A wider rim than this share of the side was cut off on purpose; of a change that reaches only a part of it, half of this. */
const mostRim = 0.08;
/** How far from the border the change of the neighbours is read. */
const insetPx = 6;
/** The neighbours: every fifth pixel each way, as far as this. Those nearest to rim pixels of one block are the same. */
const radiusPx = 25;
const stridePx = 5;
const blockPx = 4;
/** Colours that lie this far apart, levels, are hardly alike; and the say of one that is not alike at all. */
const alikeLevels = 12;
const leastSay = 1e-4;

/** The change, reaching over the rim where it should; `aligned.answer` is filled in there, in place. Null when aborted. */
export async function reachBeyond(aligned: Aligned, change: Change, pace: Pace): Promise<Change | null> {
  const { width, height, covered } = aligned;
  const spans = await spansOf(covered.data, aligned, pace);
  if (spans === 'aborted') return null;
  if (spans === null || spans.count === width * height) return change;
  const isEverything = change.fraction * width * height >= leastShare * spans.count;
  const most = isEverything ? mostRim : mostRim / 2;
  if (spans.top > most * height || height - 1 - spans.bottom > most * height || spans.rimPx > most * width) return change;

  const mask = change.mask.data.slice();
  let sum = change.fraction * width * height;
  const neighbours: Neighbours = new Map();
  for (let y = 0; y < height; y++) {
    sum += reachRow(aligned, change.mask.data, spans, y, neighbours, mask);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return { ...change, mask: { width, height, data: mask }, fraction: sum / (width * height) };
}

/** By block: source colour and change, levels, of the covered pixels around. */
type Neighbours = Map<number, Float32Array>;

/** Fills in what is not covered of row `y`, and answers by how much its mask grew. */
function reachRow(aligned: Aligned, inner: Float32Array, spans: Spans, y: number, neighbours: Neighbours, mask: Float32Array): number {
  const { width, covered, source, answer, alpha } = aligned;
  const columns = Math.ceil(width / blockPx);
  const shift = new Float64Array(3);
  const row = Math.max(spans.top + insetPx, Math.min(spans.bottom - insetPx, y));
  const first = spans.first[row] + insetPx;
  const last = spans.last[row] - insetPx;
  let sum = 0;
  for (let x = 0, i = y * width; x < width; x++, i++) {
    if (covered.data[i] >= 0.5) continue;
    const near = row * width + (x < first ? first : x > last ? last : x);
    const block = Math.floor(row / blockPx) * columns + Math.floor((near - row * width) / blockPx);
    let around = neighbours.get(block);
    if (around === undefined) {
      around = neighboursOf(aligned, near - row * width, row);
      neighbours.set(block, around);
    }
    shiftOf(around, source.r[i], source.g[i], source.b[i], shift);
    answer.r[i] = source.r[i] + shift[0];
    answer.g[i] = source.g[i] + shift[1];
    answer.b[i] = source.b[i] + shift[2];
    if (alpha !== null && alpha.data[i] <= 0) continue;
    // The rim of the answer is softened, though the change goes on: what lies further in tells.
    sum += inner[near] - mask[i];
    mask[i] = inner[near];
  }
  return sum;
}

function neighboursOf({ width, height, covered, source, answer }: Aligned, column: number, row: number): Float32Array {
  const out: number[] = [];
  const x0 = Math.floor(column / blockPx) * blockPx + blockPx / 2;
  const y0 = Math.floor(row / blockPx) * blockPx + blockPx / 2;
  for (let y = y0 - radiusPx; y <= y0 + radiusPx; y += stridePx) {
    if (y < 0 || y >= height) continue;
    for (let x = x0 - radiusPx; x <= x0 + radiusPx; x += stridePx) {
      const i = y * width + x;
      if (x < 0 || x >= width || covered.data[i] < 0.999) continue;
      out.push(source.r[i], source.g[i], source.b[i], answer.r[i] - source.r[i], answer.g[i] - source.g[i], answer.b[i] - source.b[i]);
    }
  }
  return Float32Array.from(out);
}

/** The mean change of the neighbours, each by how like its colour is; none without neighbours. */
function shiftOf(around: Float32Array, r: number, g: number, b: number, out: Float64Array): void {
  let total = 1e-9;
  let toR = 0;
  let toG = 0;
  let toB = 0;
  for (let n = 0; n < around.length; n += 6) {
    const dr = around[n] - r;
    const dg = around[n + 1] - g;
    const db = around[n + 2] - b;
    const far = 1 + (dr * dr + dg * dg + db * db) / (alikeLevels * alikeLevels);
    const say = 1 / (far * far) + leastSay;
    total += say;
    toR += say * around[n + 3];
    toG += say * around[n + 4];
    toB += say * around[n + 5];
  }
  out[0] = toR / total;
  out[1] = toG / total;
  out[2] = toB / total;
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
    count += spanRow(covered, y, width, first, last);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return 'aborted';
    if (last[y] < 0) continue;
    if (top < 0) top = y;
    bottom = y;
  }
  for (let y = top + insetPx; y <= bottom - insetPx; y++) rimPx = Math.max(rimPx, first[y], width - 1 - last[y]);
  return bottom - top < 4 * insetPx ? null : { top, bottom, first, last, rimPx, count };
}

/** The first and last covered column of row `y`; answers how many are. */
function spanRow(covered: Float32Array, y: number, width: number, first: Int32Array, last: Int32Array): number {
  let count = 0;
  for (let x = 0, i = y * width; x < width; x++, i++) {
    if (covered[i] < 0.5) continue;
    if (count === 0) first[y] = x;
    last[y] = x;
    count++;
  }
  return count;
}
