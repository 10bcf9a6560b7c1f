/**
 * From evidence per pixel to a mask a designer would have drawn: regions that hold a clear seed are kept whole with their
 * weaker rim (hysteresis, Canny 1986), small holes close, specks drop, and the edge is as soft as the difference itself.
 */
import type { Extent } from '../geometry.ts';
import { isStopped, type Pace } from '../pace.ts';
import { boxMean } from './boxFilter.ts';
import { larger } from './extremes.ts';
import { lengthOf, runsOf, sumsOf } from './runs.ts';

export interface SettleLimits {
  /** Evidence from which a pixel may belong to a change. */
  readonly low: number;
  /** The same within a region that is thick: there, what lies between clear places belongs to it too. */
  readonly lowWithin: number;
  /** Evidence that some pixels of a region must reach. */
  readonly high: number;
  /** Regions smaller than this many pixels, or with fewer clear ones than `leastSeeds`, are specks. */
  readonly leastPixels: number;
  readonly leastSeeds: number;
  /** Holes up to this many pixels close. */
  readonly mostHole: number;
}

/** 1 for changed, 0 for not. `difference`: levels per pixel. Null when aborted. */
export async function settle(
  evidence: Float32Array,
  difference: Float32Array,
  extent: Extent,
  limits: SettleLimits,
  pace: Pace,
): Promise<Uint8Array | null> {
  const state = new Uint8Array(extent.width * extent.height);
  for (let i = 0; i < state.length; i++) if (evidence[i] >= limits.lowWithin) state[i] = 1;
  if (await isStopped(pace)) return null;
  dropSpecks(state, evidence, extent, limits);
  if (await isStopped(pace)) return null;
  const rows = rowsWithin(state, extent);
  if (rows === null) return state;
  const part = <T extends Float32Array | Uint8Array>(of: T): T =>
    of.subarray(rows.top * extent.width, (rows.bottom + 1) * extent.width) as T;
  const isSettled = await settleRows(
    part(state),
    part(evidence),
    part(difference),
    { width: extent.width, height: rows.bottom - rows.top + 1 },
    limits,
    state.length * largeShare,
    pace,
  );
  return isSettled ? state : null;
}

/** Farther than any window here reaches. */
const surroundingsPx = 32;

/** The rows from the first to the last that hold something of `state`, and what lies around them; null when nothing does. */
function rowsWithin(state: Uint8Array, { width, height }: Extent): { readonly top: number; readonly bottom: number } | null {
  const first = state.indexOf(1);
  if (first < 0) return null;
  const last = state.lastIndexOf(1);
  return {
    top: Math.max(0, Math.floor(first / width) - surroundingsPx),
    bottom: Math.min(height - 1, Math.floor(last / width) + surroundingsPx),
  };
}

/** `state` in place; regions of more than `largePx` are large. False when aborted. */
async function settleRows(
  state: Uint8Array,
  evidence: Float32Array,
  difference: Float32Array,
  extent: Extent,
  limits: SettleLimits,
  largePx: number,
  pace: Pace,
): Promise<boolean> {
  const calm = await calmBeside(difference, state, extent, pace);
  const open = calm && (await thin(state, evidence, calm, extent, limits, largePx, pace));
  if (calm === null || open === null) return false;
  peel(state, calm, extent);
  if (await isStopped(pace)) return false;
  dropSpecks(state, evidence, extent, limits);
  if (await isStopped(pace)) return false;
  if (!(await fillDense(state, open, extent, pace))) return false;
  closeHoles(state, evidence, open, extent, limits);
  return !(await isStopped(pace));
}

/** How far from a clear difference the witnesses that look at windows may have smeared it, and the share of it below which a pixel is calm. */
const reachPx = 5;
const calmShare = 0.25;

/** 1 for pixels of `state` that differ far less than the strongest place near them: an edge or a stroke lies beside, not on them. */
async function calmBeside(difference: Float32Array, state: Uint8Array, extent: Extent, pace: Pace): Promise<Uint8Array | null> {
  const { width, height } = extent;
  const mean = await boxMean(difference, extent, 1, pace);
  if (mean === null) return null;
  // With rows of nothing above and below, so that the window needs no question.
  const strongest = new Float32Array(width * (height + 2 * reachPx));
  const line = new Float32Array(width + 2 * reachPx);
  for (let y = 0; y < height; y++) {
    strongestAcross(mean, y * width, line, strongest, (y + reachPx) * width, width);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  // Of one row, of two, of four, of eight.
  for (const rows of [1, 2, 4]) {
    for (let y = 0; y + rows < height + 2 * reachPx; y++) {
      raiseRow(strongest, y * width, (y + rows) * width, width);
      const stop = pace.breathe();
      if (stop !== false && (await stop)) return null;
    }
  }
  const calm = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    markCalm(calm, state, mean, strongest, y * width, (y + 2 * reachPx - 7) * width, width);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return calm;
}

function raiseRow(rows: Float32Array, to: number, from: number, width: number): void {
  for (let x = 0; x < width; x++) rows[to + x] = larger(rows[to + x], rows[from + x]);
}

/** The largest of 2 · reachPx + 1 along a row, by way of the largest of two, four and eight. `line` is zero at both ends. */
function strongestAcross(from: Float32Array, start: number, line: Float32Array, to: Float32Array, at: number, width: number): void {
  line.fill(0);
  line.set(from.subarray(start, start + width), reachPx);
  for (let step = 1; step <= 4; step *= 2) for (let x = 0; x + step < line.length; x++) line[x] = larger(line[x], line[x + step]);
  const offset = 2 * reachPx - 7;
  for (let x = 0; x < width; x++) to[at + x] = larger(line[x], line[x + offset]);
}

/** Of `strongest`, the rows from `row` on by eight, and those `offset` further on, hold the window between them. */
function markCalm(
  calm: Uint8Array,
  state: Uint8Array,
  mean: Float32Array,
  strongest: Float32Array,
  start: number,
  other: number,
  width: number,
): void {
  const share = calmShare;
  for (let i = start, k = other; i < start + width; i++, k++)
    if (state[i] === 1 && mean[i] < share * larger(strongest[i], strongest[k])) calm[i] = 1;
}

/** Takes calm pixels off the rim of regions, as deep as a window reaches. */
function peel(state: Uint8Array, calm: Uint8Array, extent: Extent): void {
  for (const ring of edgeOf(state, 0, extent.width, extent.height, reachPx, (i) => calm[i] === 1)) for (const i of ring) state[i] = 0;
}

function dropSpecks(state: Uint8Array, evidence: Float32Array, extent: Extent, { high, leastPixels, leastSeeds }: SettleLimits): void {
  const runs = runsOf(state, extent, 1, true);
  const sizes = sumsOf(runs, lengthOf);
  const seeds = sumsOf(runs, (start, end) => {
    let clear = 0;
    for (let i = start; i < end; i++) if (evidence[i] >= high) clear++;
    return clear;
  });
  for (let run = 0; run < runs.count; run++) {
    const size = sizes[runs.part[run]];
    const clear = seeds[runs.part[run]];
    if (size < leastPixels || clear < leastSeeds || clear < size * 0.02) state.fill(0, runs.start[run], runs.end[run]);
  }
}

/**
 * A region is thick where most of a window of 25 px belongs to it and is not calm, and as a whole where this share of it is: more of it when
 * it runs through much of the picture, as a net of strokes does.
 */
const thickRadiusPx = 12;
const thickWindowShare = 0.6;
const thickShare = 0.3;
const thickShareWhenLarge = 0.5;
const largeShare = 0.1;

/**
 * Takes the weaker evidence, and what is calm, back from regions that are not thick: strokes and letters stay as narrow as
 * they were drawn. Answers where it did, so that nothing closes it again. Null when aborted.
 */
async function thin(
  state: Uint8Array,
  evidence: Float32Array,
  calm: Uint8Array,
  extent: Extent,
  { low }: SettleLimits,
  largePx: number,
  pace: Pace,
): Promise<Uint8Array | null> {
  const clear = new Float32Array(state);
  for (let i = 0; i < clear.length; i++) if (calm[i] !== 0) clear[i] = 0;
  const density = await boxMean(clear, extent, thickRadiusPx, pace);
  if (density === null) return null;
  const open = new Uint8Array(state.length);
  const runs = runsOf(state, extent, 1, true);
  const sizes = sumsOf(runs, lengthOf);
  const within = sumsOf(runs, (start, end) => {
    let inner = 0;
    for (let i = start; i < end; i++) if (density[i] > thickWindowShare) inner++;
    return inner;
  });
  for (let run = 0; run < runs.count; run++) {
    const size = sizes[runs.part[run]];
    if (within[runs.part[run]] >= (size > largePx ? thickShareWhenLarge : thickShare) * size) continue;
    for (let i = runs.start[run]; i < runs.end[run]; i++) {
      if (calm[i] === 1) open[i] = 1;
      if (evidence[i] < low || calm[i] === 1) state[i] = 0;
    }
  }
  return (await isStopped(pace)) ? null : open;
}

/** Wide enough not to fill letters, and mostly changed: then the rest in between belongs to it. */
const denseRadiusPx = 6;
const denseShare = 0.58;

async function fillDense(state: Uint8Array, open: Uint8Array, extent: Extent, pace: Pace): Promise<boolean> {
  const density = await boxMean(new Float32Array(state), extent, denseRadiusPx, pace);
  if (density === null) return false;
  for (let i = 0; i < state.length; i++) if (density[i] > denseShare && open[i] === 0) state[i] = 1;
  return true;
}

/** A hole closes when it is small, and either tiny or itself half-way to changed. */
function closeHoles(state: Uint8Array, evidence: Float32Array, open: Uint8Array, extent: Extent, { low, mostHole }: SettleLimits): void {
  const runs = runsOf(state, extent, 0, false);
  const sizes = sumsOf(runs, lengthOf);
  const sums = sumsOf(runs, (start, end) => {
    let sum = 0;
    for (let i = start; i < end; i++) if (open[i] === 0) sum += evidence[i];
    return sum;
  });
  for (let run = 0; run < runs.count; run++) {
    const size = sizes[runs.part[run]];
    if (size <= mostHole && (size <= 6 || sums[runs.part[run]] >= 0.3 * low * size)) state.fill(1, runs.start[run], runs.end[run]);
  }
}

/** Most weight of pixels one and two away from the mask. */
const fringe = [0.45, 0.12] as const;
/** Weight of pixels next to the mask where an edge of the source goes by more than some levels. */
const outerRemoval = 0.8;
const removalLevels = 4;
/** Up to this difference, levels, a pixel of the rim counts in full whatever it shows; from twice of it on, by what it shows. */
const faintLevels = 8;
/**
 * No more levels than this may stay behind of a difference in or near the rim, and fewer where an edge of the source lies
 * there: an old letter under a new one.
 */
const leftLevels = 28;
const ghostLevels = 10;
const ghostReachPx = 3;
/** How many pixels deep the rim of a mask is, inside. */
const rimPx = 2;
/** From this share of the strongest difference nearby on, a pixel of the rim counts in full: the edge lies where half of it shows. */
const fullShare = 0.7;
/** Up to this share, not at all. */
const leastShare = 0.25;

/**
 * The mask as coverage, 0 to 1. Its rim follows the difference itself, so that a stroke stays as narrow as it was drawn
 * although a resampled edge shows further; beyond it the mask falls off over two pixels. `difference`: levels per pixel.
 * Where an edge of the source goes (`isRemoval`) the rim counts in full, so that nothing of it stays, and next to nothing
 * of one (`isOldEdge`) that another takes the place of.
 */
export function softened(
  mask: Uint8Array,
  difference: Float32Array,
  { width, height }: Extent,
  isRemoval: (i: number) => boolean,
  isOldEdge: (i: number) => boolean,
): Float32Array {
  const out = new Float32Array(mask);
  const rim = edgeOf(mask, 0, width, height, rimPx);
  const outer = edgeOf(mask, 1, width, height, ghostReachPx);
  const weigh = (i: number, most: number): void => {
    const strongest = strongestNear(difference, i, width, height);
    const shown = strongest > 0 ? Math.max(0, difference[i] / strongest - leastShare) / (fullShare - leastShare) : 1;
    // Of a faint change, where texture crosses texture, a pixel's own difference tells little.
    const told = most < 1 ? 1 : Math.max(0, Math.min(1, (strongest - faintLevels) / faintLevels));
    const share = 1 + (shown - 1) * told;
    if (isRemoval(i) && difference[i] > removalLevels) out[i] = most === 1 ? 1 : Math.max(most, outerRemoval);
    else out[i] = share < most ? share : most;
  };
  for (const ring of rim) for (const i of ring) weigh(i, 1);
  fringe.forEach((most, n) => {
    for (const i of outer[n]) weigh(i, most);
  });
  for (const ring of [...rim, ...outer])
    for (const i of ring) {
      const d = difference[i];
      if (out[i] * d >= d - ghostLevels) continue;
      const most = isOldEdge(i) ? ghostLevels : leftLevels;
      if (out[i] * d < d - most) out[i] = 1 - most / d;
    }
  return out;
}

/** Pixels that are not `value`, by their distance (1 … `depth`, along rows and columns) from those that are. */
function edgeOf(
  mask: Uint8Array,
  value: number,
  width: number,
  height: number,
  depth: number,
  may: (i: number) => boolean = () => true,
): number[][] {
  const seen = mask.slice();
  const rings: number[][] = [];
  let ring: number[] = [];
  const other = 1 - value;
  for (let y = 0; y < height; y++) {
    const row = mask.subarray(y * width, (y + 1) * width);
    const first = row.indexOf(other);
    if (first < 0) continue;
    // Rows that are all alike have no edge.
    if (!hasNear(mask, value, y, width, height)) continue;
    for (let x = first, i = y * width + first; x < width; x++, i++) {
      if (mask[i] === value) continue;
      if (
        ((x > 0 && mask[i - 1] === value) ||
          (x < width - 1 && mask[i + 1] === value) ||
          (y > 0 && mask[i - width] === value) ||
          (y < height - 1 && mask[i + width] === value)) &&
        may(i)
      )
        ring.push(i);
    }
  }
  for (const i of ring) seen[i] = value;
  rings.push(ring);
  while (rings.length < depth) {
    const next: number[] = [];
    for (const i of ring) {
      const x = i % width;
      for (const k of [x > 0 ? i - 1 : i, x < width - 1 ? i + 1 : i, i >= width ? i - width : i, i + width < mask.length ? i + width : i]) {
        if (seen[k] === value || !may(k)) continue;
        seen[k] = value;
        next.push(k);
      }
    }
    rings.push(next);
    ring = next;
  }
  return rings;
}

/** Whether `value` is in row `y` or the ones beside it. */
const hasNear = (mask: Uint8Array, value: number, y: number, width: number, height: number): boolean =>
  mask.subarray(Math.max(0, y - 1) * width, Math.min(height, y + 2) * width).includes(value);

function strongestNear(difference: Float32Array, i: number, width: number, height: number): number {
  const x = i % width;
  const y = (i - x) / width;
  let most = 0;
  for (let v = Math.max(0, y - 2); v <= Math.min(height - 1, y + 2); v++)
    for (let u = Math.max(0, x - 2), k = v * width + u; u <= Math.min(width - 1, x + 2); u++, k++)
      if (difference[k] > most) most = difference[k];
  return most;
}
