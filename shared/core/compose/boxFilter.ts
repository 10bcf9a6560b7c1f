/** Means over (2·radius + 1)² by running sums: the radius costs nothing, about 5 ms for 1 MP. */

import type { Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';

/** `data`'s local means, the window cut at the border; with `limit`, of values held within ±limit. Null when aborted. */
export async function boxMean(
  data: Float32Array,
  { width, height }: Extent,
  radius: number,
  pace: Pace,
  limit?: number,
): Promise<Float32Array | null> {
  const out = new Float32Array(width * height);
  const columns = new Float64Array(width);
  const running = new Float64Array(width + 1);
  const held = limit === undefined ? data : heldWithin(data, limit);
  for (let y = 0; y < Math.min(radius, height); y++) addRow(held, y * width, columns, running);
  for (let y = 0; y < height; y++) {
    const comes = y + radius < height;
    const goes = y - radius - 1 >= 0;
    if (comes && goes) moveRow(held, (y + radius) * width, (y - radius - 1) * width, columns, running);
    else if (comes) addRow(held, (y + radius) * width, columns, running);
    else if (goes) takeRow(held, (y - radius - 1) * width, columns, running);
    const rows = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1;
    meanRow(running, width, radius, rows, out, y * width);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return out;
}

/** By absolute values, exactly: which branch a pixel takes is chance, and guessing it wrong costs more than the rest. */
function heldWithin(data: Float32Array, limit: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = 0.5 * (Math.abs(data[i] + limit) - Math.abs(data[i] - limit));
  return out;
}

/** Brings the columns' sums on by a row, and adds them up along it. */
function addRow(data: Float32Array, comes: number, columns: Float64Array, running: Float64Array): void {
  let sum = 0;
  for (let x = 0; x < columns.length; x++) {
    const column = columns[x] + data[comes + x];
    columns[x] = column;
    sum += column;
    running[x + 1] = sum;
  }
}

function takeRow(data: Float32Array, goes: number, columns: Float64Array, running: Float64Array): void {
  let sum = 0;
  for (let x = 0; x < columns.length; x++) {
    const column = columns[x] - data[goes + x];
    columns[x] = column;
    sum += column;
    running[x + 1] = sum;
  }
}

function moveRow(data: Float32Array, comes: number, goes: number, columns: Float64Array, running: Float64Array): void {
  let sum = 0;
  for (let x = 0; x < columns.length; x++) {
    const column = columns[x] + (data[comes + x] - data[goes + x]);
    columns[x] = column;
    sum += column;
    running[x + 1] = sum;
  }
}

/** From the running sums of a row; `rows` are in the window. */
export function meanRow(running: Float64Array, width: number, radius: number, rows: number, out: Float32Array, start: number): void {
  const side = 2 * radius + 1;
  const end = width - radius;
  const scale = 1 / (side * rows);
  for (let x = radius; x < end; x++) out[start + x] = (running[x + radius + 1] - running[x - radius]) * scale;
  for (let x = 0; x < width; x++) {
    if (x === radius && end > radius) x = end;
    const left = x > radius ? x - radius : 0;
    const right = x + radius + 1 < width ? x + radius + 1 : width;
    out[start + x] = (running[right] - running[left]) / ((right - left) * rows);
  }
}
