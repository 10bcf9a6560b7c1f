/**
 * A picture at another size, stretched and shifted along x and y in the same step (two one-dimensional passes).
 * Shrinking widens the filter, so every source pixel counts; beyond the border the edge pixel goes on.
 */
import type { Extent } from '../../core/geometry.ts';
import { createPixels, type Pixels } from '../../core/pixels.ts';
import { rowsPerYield, type Work } from './pace.ts';

/** Output pixel centre u lies at source position `scale * u + shift`, in px, along one axis. */
export interface AxisMap {
  readonly scale: number;
  readonly shift: number;
}

interface Taps {
  readonly count: number;
  /** `count` source indices and weights per output pixel. */
  readonly index: Int32Array;
  readonly weight: Float32Array;
}

/** Catmull-Rom's cubic: four taps, sharp, and rings less than Lanczos. Source: Keys 1981, with a = -1/2. */
const reachPx = 2;
function cubic(x: number): number {
  const t = Math.abs(x);
  if (t >= 2) return 0;
  return t < 1 ? (1.5 * t - 2.5) * t * t + 1 : ((-0.5 * t + 2.5) * t - 4) * t + 2;
}

function planTaps(length: number, sourceLength: number, map: AxisMap): Taps {
  const widen = Math.max(1, map.scale);
  const reach = reachPx * widen;
  const count = Math.ceil(reach * 2);
  const index = new Int32Array(length * count);
  const weight = new Float32Array(length * count);
  for (let u = 0; u < length; u++) {
    const centre = map.scale * (u + 0.5) + map.shift - 0.5;
    const first = Math.floor(centre - reach) + 1;
    let sum = 0;
    for (let t = 0; t < count; t++) {
      const w = cubic((first + t - centre) / widen);
      index[u * count + t] = Math.min(sourceLength - 1, Math.max(0, first + t));
      weight[u * count + t] = w;
      sum += w;
    }
    for (let t = 0; t < count; t++) (weight[u * count + t] as number) /= sum;
  }
  return { count, index, weight };
}

/** Opaque pixels of `extent`; alpha is not read (what reaches a model is flattened). Same grid and no shift: a copy. */
export function* resample(source: Pixels, extent: Extent, x: AxisMap, y: AxisMap): Work<Pixels> {
  const out = createPixels(extent.width, extent.height, source.profile);
  if (
    x.scale === 1 &&
    y.scale === 1 &&
    x.shift === 0 &&
    y.shift === 0 &&
    source.width === extent.width &&
    source.height === extent.height
  ) {
    out.data.set(source.data);
    for (let i = 3; i < out.data.length; i += 4) out.data[i] = 255;
    return out;
  }
  const across = planTaps(extent.width, source.width, x);
  const down = planTaps(extent.height, source.height, y);
  const { width } = extent;
  const rowLength = width * 3;
  // Rows are filtered across as they are first needed and kept only while some output row still reads them.
  const ringSize = Math.min(source.height, down.count + 1);
  const ring = new Float32Array(ringSize * rowLength);
  const held = new Int32Array(ringSize).fill(-1);
  const sum = new Float32Array(rowLength);
  const breath = rowsPerYield(width);
  for (let v = 0; v < extent.height; v++) {
    if (v % breath === 0) yield;
    for (let t = 0; t < down.count; t++) {
      const row = down.index[v * down.count + t] as number;
      const slot = row % ringSize;
      if (held[slot] !== row) {
        filterRow(source, row, across, ring, slot * rowLength, width);
        held[slot] = row;
      }
    }
    // Four rows at a time: one pass over the sums where the picture is enlarged.
    for (let t = 0; t < down.count; t += 4)
      addRows(sum, ring, down, v * down.count + t, Math.min(4, down.count - t), ringSize, rowLength, t === 0);
    let to = v * width * 4;
    for (let i = 0; i < rowLength; i += 3, to += 4) {
      out.data[to] = sum[i] as number;
      out.data[to + 1] = sum[i + 1] as number;
      out.data[to + 2] = sum[i + 2] as number;
      out.data[to + 3] = 255;
    }
  }
  return out;
}

/** Adds (or, as the first, sets) up to four weighted rows of the ring to the sums. */
function addRows(
  sum: Float32Array,
  ring: Float32Array,
  taps: Taps,
  first: number,
  count: number,
  ringSize: number,
  rowLength: number,
  isFirst: boolean,
): void {
  const start = (t: number): number => (t < count ? ((taps.index[first + t] as number) % ringSize) * rowLength : 0);
  const weight = (t: number): number => (t < count ? (taps.weight[first + t] as number) : 0);
  const a = start(0);
  const b = start(1);
  const c = start(2);
  const d = start(3);
  const wa = weight(0);
  const wb = weight(1);
  const wc = weight(2);
  const wd = weight(3);
  for (let i = 0; i < rowLength; i++) {
    const add = wa * (ring[a + i] as number) + wb * (ring[b + i] as number) + wc * (ring[c + i] as number) + wd * (ring[d + i] as number);
    sum[i] = isFirst ? add : (sum[i] as number) + add;
  }
}

function filterRow(source: Pixels, row: number, taps: Taps, into: Float32Array, at: number, width: number): void {
  const { data } = source;
  const { count, index, weight } = taps;
  const base = row * source.width;
  let k = 0;
  for (let u = 0, to = at; u < width; u++, to += 3) {
    let r = 0;
    let g = 0;
    let b = 0;
    for (let t = 0; t < count; t++, k++) {
      const w = weight[k] as number;
      const from = (base + (index[k] as number)) * 4;
      r += w * (data[from] as number);
      g += w * (data[from + 1] as number);
      b += w * (data[from + 2] as number);
    }
    into[to] = r;
    into[to + 1] = g;
    into[to + 2] = b;
  }
}

/** `source` stretched onto `extent`, nothing else. */
export function stretch(source: Pixels, extent: Extent): Work<Pixels> {
  return resample(source, extent, { scale: source.width / extent.width, shift: 0 }, { scale: source.height / extent.height, shift: 0 });
}
