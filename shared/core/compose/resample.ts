/**
 * Carries a picture from one pixel grid to another, one axis after the other: each output pixel is a weighted sum of
 * the input pixels that its window covers. Lanczos windows (Duchon 1979), widened to
 * the step when reducing, so that nothing aliases. Works on opaque or straight-alpha RGBA8; colour is weighted
 * by alpha on the way. Rows are done in slices so that a single-threaded host can breathe.
 */
import type { Extent } from '../geometry.ts';
import { isStopped, type Pace } from '../pace.ts';
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

/** Three lobes keep edges crisp when enlarging; when reducing two are as good to the eye and cost a third less. */
const lobesFor = (step: number): number => (Math.abs(step) > 1 ? 2 : 3);

function lanczos(x: number, lobes: number): number {
  const t = Math.abs(x);
  if (t < 1e-7) return 1;
  if (t >= lobes) return 0;
  const px = Math.PI * t;
  return (lobes * Math.sin(px) * Math.sin(px / lobes)) / (px * px);
}

/** Weights outside the input fall on its edge pixel. */
function tapsFor(map: AxisMap, inputLength: number): Taps {
  const stretch = Math.max(1, Math.abs(map.step));
  const lobes = lobesFor(map.step);
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
      const weight = lanczos((k - center) / stretch, lobes);
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
  // Opaque pictures, the common case, travel as three channels. To find out takes 20 ms at 17 MP.
  if (await isStopped(pace)) return null;
  const weighted = hasTransparency(source);
  if (await isStopped(pace)) return null;
  const channels = weighted ? 4 : 3;
  const acrossLine = weighted ? acrossLine4 : acrossLine3;
  const columns = tapsFor(across, source.width);
  const rows = tapsFor(down, source.height);
  // Only the input rows that the next output row needs are kept, each already resampled across.
  const rowLength = across.length * channels;
  const lines = Array.from({ length: rows.width }, () => new Float32Array(rowLength));
  const held = new Int32Array(rows.width).fill(-1);
  const line = new Float32Array(source.width * channels);
  const sums = new Float32Array(rowLength);
  const carryRow = (y: number) => {
    const top = rows.first[y];
    sums.fill(0);
    for (let k = 0; k < rows.width; k++) {
      const weight = rows.weights[y * rows.width + k];
      if (weight === 0) continue;
      const row = top + k;
      const slot = row % rows.width;
      if (held[slot] !== row) {
        if (weighted) readLine4(source, row, line);
        else readLine3(source, row, line);
        acrossLine(line, columns, lines[slot], across.length);
        held[slot] = row;
      }
      addWeighted(sums, lines[slot], weight);
    }
    if (weighted) writeLine4(sums, out.data, y * across.length * 4);
    else writeLine3(sums, out.data, y * across.length * 4);
  };
  for (let y = 0; y < down.length; y++) {
    carryRow(y);
    // Awaited only when there is something to wait for: a resumed function starts slow, 3000 times over.
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return out;
}

const isIdentity = (map: AxisMap, length: number): boolean =>
  map.length === length && Math.abs(map.step - 1) < 1e-9 && Math.abs(map.start) < 1e-9;

function addWeighted(sums: Float32Array, line: Float32Array, weight: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] += line[i] * weight;
}

function readLine3(source: Pixels, row: number, line: Float32Array): void {
  const { data } = source;
  for (let to = 0, from = row * source.width * 4; to < line.length; to += 3, from += 4) {
    line[to] = data[from];
    line[to + 1] = data[from + 1];
    line[to + 2] = data[from + 2];
  }
}

function readLine4(source: Pixels, row: number, line: Float32Array): void {
  const { data } = source;
  for (let to = 0, from = row * source.width * 4; to < line.length; to += 4, from += 4) {
    const alpha = data[from + 3];
    const share = alpha / 255;
    line[to] = data[from] * share;
    line[to + 1] = data[from + 1] * share;
    line[to + 2] = data[from + 2] * share;
    line[to + 3] = alpha;
  }
}

function acrossLine3(line: Float32Array, taps: Taps, out: Float32Array, length: number): void {
  const { first, weights, width } = taps;
  for (let x = 0, base = 0, to = 0; x < length; x++, base += width, to += 3) {
    let r = 0;
    let g = 0;
    let b = 0;
    for (let k = base, from = first[x] * 3; k < base + width; k++, from += 3) {
      const w = weights[k];
      r += line[from] * w;
      g += line[from + 1] * w;
      b += line[from + 2] * w;
    }
    out[to] = r;
    out[to + 1] = g;
    out[to + 2] = b;
  }
}

function acrossLine4(line: Float32Array, taps: Taps, out: Float32Array, length: number): void {
  const { first, weights, width } = taps;
  for (let x = 0, base = 0, to = 0; x < length; x++, base += width, to += 4) {
    let r = 0;
    let g = 0;
    let b = 0;
    let a = 0;
    for (let k = base, from = first[x] * 4; k < base + width; k++, from += 4) {
      const w = weights[k];
      r += line[from] * w;
      g += line[from + 1] * w;
      b += line[from + 2] * w;
      a += line[from + 3] * w;
    }
    out[to] = r;
    out[to + 1] = g;
    out[to + 2] = b;
    out[to + 3] = a;
  }
}

function writeLine3(sums: Float32Array, out: Uint8ClampedArray, at: number): void {
  for (let from = 0, to = at; from < sums.length; from += 3, to += 4) {
    out[to] = sums[from];
    out[to + 1] = sums[from + 1];
    out[to + 2] = sums[from + 2];
    out[to + 3] = 255;
  }
}

function writeLine4(sums: Float32Array, out: Uint8ClampedArray, at: number): void {
  for (let from = 0, to = at; from < sums.length; from += 4, to += 4) {
    const alpha = sums[from + 3];
    const share = alpha > 0.5 ? 255 / alpha : 0;
    out[to] = sums[from] * share;
    out[to + 1] = sums[from + 1] * share;
    out[to + 2] = sums[from + 2] * share;
    out[to + 3] = alpha;
  }
}
