/**
 * Carries a picture from one pixel grid to another, one axis after the other: each output pixel is a weighted sum of
 * the input pixels that its window covers. Lanczos with three lobes when enlarging (Duchon 1979), the same kernel widened
 * to the step when reducing, so that nothing aliases. Works on opaque or straight-alpha RGBA8; colour is weighted
 * by alpha on the way. Rows are done in slices so that a single-threaded host can breathe.
 */
import type { Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { createPixels, hasTransparency, type Pixels } from '../pixels.ts';

/** Where output pixel 0 … n-1 takes its colour from, along one axis: `position = (i + 0.5) * step + start`, in input pixels. */
export interface AxisMap {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

interface Taps {
  /** First input index per output pixel (may be clamped), and `width` weights each, summing to 1. */
  readonly first: Int32Array;
  readonly weights: Float32Array;
  readonly width: number;
}

const lobes = 3;

function lanczos(x: number): number {
  const t = Math.abs(x);
  if (t < 1e-7) return 1;
  if (t >= lobes) return 0;
  const px = Math.PI * t;
  return (lobes * Math.sin(px) * Math.sin(px / lobes)) / (px * px);
}

/** Weights outside the input fall on its edge pixel. */
function tapsFor(map: AxisMap, inputLength: number): Taps {
  const stretch = Math.max(1, Math.abs(map.step));
  const reach = lobes * stretch;
  const width = Math.min(inputLength, Math.ceil(reach * 2) + 1);
  const first = new Int32Array(map.length);
  const weights = new Float32Array(map.length * width);
  for (let i = 0; i < map.length; i++) {
    const center = (i + 0.5) * map.step + map.start - 0.5;
    const from = Math.ceil(center - reach);
    const base = Math.max(0, Math.min(inputLength - width, from));
    first[i] = base;
    let sum = 0;
    for (let k = from; k <= center + reach; k++) {
      const weight = lanczos((k - center) / stretch);
      const index = Math.max(0, Math.min(inputLength - 1, k)) - base;
      if (index < 0 || index >= width) continue;
      weights[i * width + index] += weight;
      sum += weight;
    }
    if (sum !== 0) for (let k = 0; k < width; k++) weights[i * width + k] /= sum;
    else weights[i * width + Math.max(0, Math.min(width - 1, Math.round(center) - base))] = 1;
  }
  return { first, weights, width };
}

/** `source` scaled to fill `extent`. Null when the pace was aborted. */
export function resize(source: Pixels, extent: Extent, pace: Pace): Promise<Pixels | null> {
  return resample(
    source,
    { start: 0, step: source.width / extent.width, length: extent.width },
    { start: 0, step: source.height / extent.height, length: extent.height },
    pace,
  );
}

/** The general form: any part of `source`, at any scale. Null when the pace was aborted. */
export async function resample(source: Pixels, across: AxisMap, down: AxisMap, pace: Pace): Promise<Pixels | null> {
  const out = createPixels(across.length, down.length, source.profile);
  if (isIdentity(across, source.width) && isIdentity(down, source.height)) {
    out.data.set(source.data);
    return out;
  }
  const weighted = hasTransparency(source);
  const columns = tapsFor(across, source.width);
  const rows = tapsFor(down, source.height);
  // Only the input rows that the next output row needs are kept, each already resampled across.
  const ring = new Float32Array(rows.width * across.length * 4);
  const held = new Int32Array(rows.width).fill(-1);
  const line = new Float32Array(source.width * 4);
  const sums = new Float32Array(across.length * 4);
  for (let y = 0; y < down.length; y++) {
    const top = rows.first[y];
    sums.fill(0);
    for (let k = 0; k < rows.width; k++) {
      const weight = rows.weights[y * rows.width + k];
      if (weight === 0) continue;
      const row = top + k;
      const slot = row % rows.width;
      const at = slot * across.length * 4;
      if (held[slot] !== row) {
        readLine(source, row, weighted, line);
        acrossLine(line, columns, ring, at, across.length);
        held[slot] = row;
      }
      for (let i = 0; i < sums.length; i++) sums[i] += ring[at + i] * weight;
    }
    writeLine(sums, weighted, out.data, y * across.length * 4);
    if (await pace.breathe()) return null;
  }
  return out;
}

const isIdentity = (map: AxisMap, length: number): boolean =>
  map.length === length && Math.abs(map.step - 1) < 1e-9 && Math.abs(map.start) < 1e-9;

function readLine(source: Pixels, row: number, weighted: boolean, line: Float32Array): void {
  const from = row * source.width * 4;
  const data = source.data;
  if (!weighted) {
    for (let i = 0; i < line.length; i++) line[i] = data[from + i];
    return;
  }
  for (let i = 0; i < line.length; i += 4) {
    const alpha = data[from + i + 3];
    const share = alpha / 255;
    line[i] = data[from + i] * share;
    line[i + 1] = data[from + i + 1] * share;
    line[i + 2] = data[from + i + 2] * share;
    line[i + 3] = alpha;
  }
}

function acrossLine(line: Float32Array, taps: Taps, out: Float32Array, at: number, length: number): void {
  const { first, weights, width } = taps;
  for (let x = 0; x < length; x++) {
    let r = 0;
    let g = 0;
    let b = 0;
    let a = 0;
    let from = first[x] * 4;
    const base = x * width;
    for (let k = 0; k < width; k++, from += 4) {
      const w = weights[base + k];
      r += line[from] * w;
      g += line[from + 1] * w;
      b += line[from + 2] * w;
      a += line[from + 3] * w;
    }
    const to = at + x * 4;
    out[to] = r;
    out[to + 1] = g;
    out[to + 2] = b;
    out[to + 3] = a;
  }
}

function writeLine(sums: Float32Array, weighted: boolean, out: Uint8ClampedArray, at: number): void {
  if (!weighted) {
    for (let i = 0; i < sums.length; i++) out[at + i] = sums[i];
    return;
  }
  for (let i = 0; i < sums.length; i += 4) {
    const alpha = sums[i + 3];
    const share = alpha > 0.5 ? 255 / alpha : 0;
    out[at + i] = sums[i] * share;
    out[at + i + 1] = sums[i + 1] * share;
    out[at + i + 2] = sums[i + 2] * share;
    out[at + i + 3] = alpha;
  }
}
