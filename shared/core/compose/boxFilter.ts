/** Means over (2·radius + 1)² by running sums: the radius costs nothing, about 8 ms for 1 MP. */

import type { Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';

/** `data`'s local means, the window cut at the border; with `limit`, of values held within ±limit. `out` may be `data`. Null when aborted. */
export async function boxMean(
  data: Float32Array,
  { width, height }: Extent,
  radius: number,
  pace: Pace,
  limit = 1e9,
): Promise<Float32Array | null> {
  const out = new Float32Array(width * height);
  const columns = new Float64Array(width);
  const running = new Float64Array(width + 1);
  const held = limit < 1e9 ? new Float32Array(data.length) : data;
  if (held !== data) for (let i = 0; i < held.length; i++) held[i] = data[i] > limit ? limit : data[i] < -limit ? -limit : data[i];
  for (let y = 0; y < Math.min(radius, height); y++) addRow(held, y * width, columns);
  for (let y = 0; y < height; y++) {
    const comes = y + radius < height;
    const goes = y - radius - 1 >= 0;
    if (comes && goes) moveRow(held, (y + radius) * width, (y - radius - 1) * width, columns);
    else if (comes) addRow(held, (y + radius) * width, columns);
    else if (goes) takeRow(held, (y - radius - 1) * width, columns);
    const rows = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1;
    meanRow(columns, running, width, radius, rows, out, y * width);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return out;
}

function addRow(data: Float32Array, start: number, columns: Float64Array): void {
  for (let x = 0; x < columns.length; x++) columns[x] += data[start + x];
}

function takeRow(data: Float32Array, start: number, columns: Float64Array): void {
  for (let x = 0; x < columns.length; x++) columns[x] -= data[start + x];
}

function moveRow(data: Float32Array, comes: number, goes: number, columns: Float64Array): void {
  for (let x = 0; x < columns.length; x++) columns[x] += data[comes + x] - data[goes + x];
}

function meanRow(
  columns: Float64Array,
  running: Float64Array,
  width: number,
  radius: number,
  rows: number,
  out: Float32Array,
  start: number,
): void {
  let sum = 0;
  for (let x = 0; x < width; x++) {
    sum += columns[x];
    running[x + 1] = sum;
  }
  for (let x = 0; x < width; x++) {
    const left = x > radius ? x - radius : 0;
    const right = x + radius + 1 < width ? x + radius + 1 : width;
    out[start + x] = (running[right] - running[left]) / ((right - left) * rows);
  }
}
