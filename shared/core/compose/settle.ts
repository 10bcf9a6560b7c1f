/**
 * From evidence per pixel to a mask a designer would have drawn: regions that hold a clear seed are kept whole with their
 * weaker rim (hysteresis, Canny 1986), small holes close, specks drop, and the edge is soft outwards only, so that fine
 * strokes keep their full strength.
 */
import type { Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { boxMean } from './boxFilter.ts';

export interface SettleLimits {
  /** Evidence from which a pixel may belong to a change. */
  readonly low: number;
  /** Evidence that some pixels of a region must reach. */
  readonly high: number;
  /** Regions smaller than this many pixels, or with fewer clear ones than `leastSeeds`, are specks. */
  readonly leastPixels: number;
  readonly leastSeeds: number;
  /** Holes up to this many pixels close. */
  readonly mostHole: number;
}

/** 1 for changed, 0 for not. Null when aborted. */
export async function settle(evidence: Float32Array, extent: Extent, limits: SettleLimits, pace: Pace): Promise<Uint8Array | null> {
  const { width, height } = extent;
  const state = new Uint8Array(width * height);
  for (let i = 0; i < state.length; i++) state[i] = evidence[i] >= limits.low ? 1 : 0;
  const stack = new Int32Array(width * height);
  // 1 = to visit, 2 = kept, 3 = dropped.
  for (let y = 0; y < height; y++) {
    for (let x = 0, i = y * width; x < width; x++, i++) {
      if (state[i] !== 1) continue;
      const count = flood(state, i, 1, 2, width, height, stack, true);
      let seeds = 0;
      for (let k = 0; k < count; k++) if (evidence[stack[k]] >= limits.high) seeds++;
      if (count >= limits.leastPixels && seeds >= limits.leastSeeds && seeds >= count * 0.02) continue;
      for (let k = 0; k < count; k++) state[stack[k]] = 3;
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  for (let i = 0; i < state.length; i++) state[i] = state[i] === 2 ? 1 : 0;
  if (!(await fillDense(state, extent, pace))) return null;
  return (await closeHoles(state, evidence, extent, limits, stack, pace)) ? state : null;
}

/** Wide enough not to fill letters, and mostly changed: then the rest in between belongs to it. */
const denseRadiusPx = 6;
const denseShare = 0.58;

async function fillDense(state: Uint8Array, extent: Extent, pace: Pace): Promise<boolean> {
  const density = await boxMean(Float32Array.from(state), extent, denseRadiusPx, pace);
  if (density === null) return false;
  for (let i = 0; i < state.length; i++) if (density[i] > denseShare) state[i] = 1;
  return true;
}

/** A hole closes when it is small, and either tiny or itself half-way to changed. */
async function closeHoles(
  state: Uint8Array,
  evidence: Float32Array,
  { width, height }: Extent,
  { low, mostHole }: SettleLimits,
  stack: Int32Array,
  pace: Pace,
): Promise<boolean> {
  for (let y = 0; y < height; y++) {
    for (let x = 0, i = y * width; x < width; x++, i++) {
      if (state[i] !== 0) continue;
      const count = flood(state, i, 0, 2, width, height, stack, false);
      if (count > mostHole) continue;
      let sum = 0;
      for (let k = 0; k < count; k++) sum += evidence[stack[k]];
      if (count > 6 && sum < 0.3 * low * count) continue;
      for (let k = 0; k < count; k++) state[stack[k]] = 1;
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return false;
  }
  for (let i = 0; i < state.length; i++) if (state[i] === 2) state[i] = 0;
  return true;
}

/** Repaints the connected `from` around `start` as `to`; their places are left at the start of `stack`. */
function flood(
  state: Uint8Array,
  start: number,
  from: number,
  to: number,
  width: number,
  height: number,
  stack: Int32Array,
  diagonal: boolean,
): number {
  let count = 1;
  stack[0] = start;
  state[start] = to;
  for (let next = 0; next < count; next++) {
    const i = stack[next];
    const x = i % width;
    const y = (i / width) | 0;
    const x0 = x > 0 ? -1 : 0;
    const x1 = x < width - 1 ? 1 : 0;
    const y0 = y > 0 ? -1 : 0;
    const y1 = y < height - 1 ? 1 : 0;
    for (let dy = y0; dy <= y1; dy++) {
      for (let dx = x0; dx <= x1; dx++) {
        if (!diagonal && dx !== 0 && dy !== 0) continue;
        const k = i + dy * width + dx;
        if (state[k] !== from) continue;
        state[k] = to;
        stack[count++] = k;
      }
    }
  }
  return count;
}

/** Weights of pixels one and two away from the mask, on top of which nothing inside is weakened. */
const fringe = [0.45, 0.12] as const;

/** The mask as coverage, 0 to 1, falling off over two pixels outside it. */
export function softened(mask: Uint8Array, { width, height }: Extent): Float32Array {
  const out = new Float32Array(mask.length);
  for (let i = 0; i < mask.length; i++) out[i] = mask[i];
  let ring = mask;
  for (const weight of fringe) {
    const wider = new Uint8Array(ring);
    for (let y = 0; y < height; y++) {
      for (let x = 0, i = y * width; x < width; x++, i++) {
        if (ring[i] !== 0) continue;
        const touches =
          (x > 0 && ring[i - 1] !== 0) ||
          (x < width - 1 && ring[i + 1] !== 0) ||
          (y > 0 && ring[i - width] !== 0) ||
          (y < height - 1 && ring[i + width] !== 0);
        if (!touches) continue;
        wider[i] = 1;
        out[i] = weight;
      }
    }
    ring = wider;
  }
  return out;
}
