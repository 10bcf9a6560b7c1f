/**
 * What is left of a picture when its local mean and contrast are taken out: structure. Tone shifts, vignettes and most
 * relighting are gone before anything is compared. Box sums run along rows and columns, so the radius costs nothing:
 * about 30 ms for 1 MP.
 */
import type { Pace } from '../pace.ts';
import type { Plane } from './types.ts';

/** Deviations below this many levels are noise and are not blown up to structure. */
const noiseFloor = 3;
/** Beyond this many deviations a pixel is an outlier in its own neighbourhood. */
const limit = 3;

/** `plane` less its mean, over its deviation, both over (2·radius + 1)² with the window cut at the border. */
export async function localNormalize({ width, height, data }: Plane, radius: number, pace: Pace): Promise<Plane | null> {
  const out = new Float32Array(width * height);
  // Sums down the window of each column, and their running sums along the row: values, then squares.
  const columns = new Float64Array(width * 2);
  const running = new Float64Array((width + 1) * 2);
  for (let y = 0; y < Math.min(radius, height); y++) addRow(data, y * width, width, 1, columns);
  for (let y = 0; y < height; y++) {
    if (y + radius < height) addRow(data, (y + radius) * width, width, 1, columns);
    if (y - radius - 1 >= 0) addRow(data, (y - radius - 1) * width, width, -1, columns);
    const rows = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1;
    normalizeRow(data, y * width, width, radius, rows, columns, running, out);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return { width, height, data: out };
}

function addRow(data: Float32Array, start: number, width: number, sign: number, columns: Float64Array): void {
  for (let x = 0, to = 0; x < width; x++, to += 2) {
    const value = data[start + x];
    columns[to] += sign * value;
    columns[to + 1] += sign * value * value;
  }
}

function normalizeRow(
  data: Float32Array,
  start: number,
  width: number,
  radius: number,
  rows: number,
  columns: Float64Array,
  running: Float64Array,
  out: Float32Array,
): void {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < width * 2; i += 2) {
    sum += columns[i];
    squares += columns[i + 1];
    running[i + 2] = sum;
    running[i + 3] = squares;
  }
  for (let x = 0; x < width; x++) {
    const left = x > radius ? x - radius : 0;
    const right = x + radius + 1 < width ? x + radius + 1 : width;
    const share = 1 / ((right - left) * rows);
    const mean = (running[right * 2] - running[left * 2]) * share;
    const variance = (running[right * 2 + 1] - running[left * 2 + 1]) * share - mean * mean;
    const value = (data[start + x] - mean) / Math.sqrt((variance > 0 ? variance : 0) + noiseFloor * noiseFloor);
    out[start + x] = value > limit ? limit : value < -limit ? -limit : value;
  }
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
