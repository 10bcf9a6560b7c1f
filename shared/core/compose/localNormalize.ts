/**
 * What is left of a picture when its local mean and contrast are taken out: structure. Tone shifts, vignettes and most
 * relighting are gone before anything is compared. Box sums run along rows and columns, so the radius costs nothing:
 * about 25 ms for 1 MP.
 */
import type { Pace } from '../pace.ts';
import type { Plane } from './types.ts';

/** Deviations below this many levels are noise and are not blown up to structure. */
const noiseFloor = 3;
/** Beyond this many deviations a pixel is an outlier in its own neighbourhood. */
const limit = 3;

/** Means over (2·radius + 1)², the window cut at the border. */
export async function boxMean(plane: Plane, radius: number, pace: Pace): Promise<Plane | null> {
  const { width, height, data } = plane;
  const across = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    meanAlongRow(data, y * width, width, radius, across);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  const out = new Float32Array(width * height);
  const sums = new Float64Array(width);
  const addRow = (y: number, sign: number): void => {
    for (let x = 0, i = y * width; x < width; x++, i++) sums[x] += sign * across[i];
  };
  for (let y = 0; y < Math.min(radius, height); y++) addRow(y, 1);
  for (let y = 0; y < height; y++) {
    if (y + radius < height) addRow(y + radius, 1);
    if (y - radius - 1 >= 0) addRow(y - radius - 1, -1);
    const share = 1 / (Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1);
    for (let x = 0, i = y * width; x < width; x++, i++) out[i] = sums[x] * share;
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return { width, height, data: out };
}

function meanAlongRow(data: Float32Array, at: number, width: number, radius: number, out: Float32Array): void {
  let sum = 0;
  for (let x = 0; x < Math.min(radius, width); x++) sum += data[at + x];
  for (let x = 0; x < width; x++) {
    if (x + radius < width) sum += data[at + x + radius];
    if (x - radius - 1 >= 0) sum -= data[at + x - radius - 1];
    out[at + x] = sum / (Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1);
  }
}

export async function localNormalize(plane: Plane, radius: number, pace: Pace): Promise<Plane | null> {
  const { width, height, data } = plane;
  const squares = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) squares[i] = data[i] * data[i];
  const mean = await boxMean(plane, radius, pace);
  const meanSquare = mean && (await boxMean({ width, height, data: squares }, radius, pace));
  if (mean === null || meanSquare === null) return null;
  const out = squares;
  for (let i = 0; i < out.length; i++) {
    const m = mean.data[i];
    const variance = meanSquare.data[i] - m * m;
    const value = (data[i] - m) / Math.sqrt((variance > 0 ? variance : 0) + noiseFloor * noiseFloor);
    out[i] = value > limit ? limit : value < -limit ? -limit : value;
  }
  return { width, height, data: out };
}

/** The mean of each 2 × 2; an odd last row or column is left out, so that positions stay exactly halved. */
export function halve({ width, height, data }: Plane): Plane {
  const w = width >> 1;
  const h = height >> 1;
  const out = new Float32Array(w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0, from = 2 * y * width, to = y * w; x < w; x++, from += 2, to++)
      out[to] = (data[from] + data[from + 1] + data[from + width] + data[from + width + 1]) * 0.25;
  }
  return { width: w, height: h, data: out };
}
