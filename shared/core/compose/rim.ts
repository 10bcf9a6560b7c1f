/**
 * Takes from the change what it would step by at its own rim: around a change the answer still differs from the source by a
 * rest of tone, too slow to see anywhere but at a seam. That rest is averaged over the unchanged side of the rim and fades
 * into the change over some 60 px (as a membrane would carry it; Pérez, Gangnet, Blake 2003), never by more than 8 levels.
 */
import type { Bounds } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import type { Plane, Planes } from './types.ts';
import { type LinearTaps, lerpRow, linearTaps } from './upsample.ts';

const cellPx = 8;
const maxRest = 8;
/** A difference beyond this is not a rest of tone but a change that the mask missed. */
const maxDifference = 14;

/** Levels to take off, r g b a cell; cell (i, j) is centred at (i + 0.5)·8 from the area's corner. */
export interface Rest {
  readonly columns: number;
  readonly rows: number;
  readonly levels: Float32Array;
}

export const restCellPx = cellPx;

/**
 * Takes it off `difference` (answer − source over `area` of the work grid) in place, and answers it for what is read from
 * the answer itself; `covered` is 1 where there is an answer. Null when the pace was aborted.
 */
export async function levelRim(difference: Planes, mask: Plane, covered: Plane, area: Bounds, pace: Pace): Promise<Rest | null> {
  const columns = Math.ceil(area.width / cellPx);
  const rows = Math.ceil(area.height / cellPx);
  // Weight, then the three channels, a cell.
  let sums = new Float32Array(columns * rows * 4);
  for (let y = 0; y < area.height; y++) {
    sumRow(difference, y, mask.data, covered.data, (area.y + y) * mask.width + area.x, sums, (y >> 3) * columns * 4);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  // Ten passes of 1-2-1 reach about 45 px, with a smooth fall.
  for (let pass = 0; pass < 10; pass++) {
    sums = spreadCells(sums, columns, rows);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  const rest = new Float32Array(columns * rows * 3);
  for (let cell = 0; cell < columns * rows; cell++) {
    const weight = sums[cell * 4];
    if (weight < 1e-6) continue;
    // Few unchanged pixels in reach: deep inside, where nothing is known of the rest and no seam is near.
    const share = Math.min(1, weight / 12) / weight;
    for (let c = 0; c < 3; c++) rest[cell * 3 + c] = Math.max(-maxRest, Math.min(maxRest, sums[cell * 4 + 1 + c] * share));
  }
  const taps = linearTaps(0, area.width, cellPx, 0, columns);
  const line = new Float32Array(columns * 3);
  for (let y = 0; y < area.height; y++) {
    lerpRow(rest, columns * 3, rows, (y + 0.5) / cellPx - 0.5, line);
    takeRow(difference, y, line, taps);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return { columns, rows, levels: rest };
}

/** Of one row, what did not change, added to its cells. */
function sumRow(
  { r, g, b, width }: Planes,
  y: number,
  mask: Float32Array,
  covered: Float32Array,
  from: number,
  sums: Float32Array,
  firstSum: number,
): void {
  for (let x = 0, k = from, i = y * width; x < width; x++, k++, i++) {
    if (mask[k] > 0 || covered[k] < 1) continue;
    if (Math.abs(r[i]) + Math.abs(g[i]) + Math.abs(b[i]) > 3 * maxDifference) continue;
    const to = firstSum + (x >> 3) * 4;
    sums[to] += 1;
    sums[to + 1] += r[i];
    sums[to + 2] += g[i];
    sums[to + 3] += b[i];
  }
}

function takeRow({ r, g, b, width }: Planes, y: number, line: Float32Array, { at, share }: LinearTaps): void {
  const next = line.length > 3 ? 3 : 0;
  for (let x = 0, i = y * width; x < width; x++, i++) {
    const p = at[x] * 3;
    const q = p + next;
    const t = share[x];
    r[i] -= line[p] + (line[q] - line[p]) * t;
    g[i] -= line[p + 1] + (line[q + 1] - line[p + 1]) * t;
    b[i] -= line[p + 2] + (line[q + 2] - line[p + 2]) * t;
  }
}

function spreadCells(values: Float32Array<ArrayBuffer>, columns: number, rows: number): Float32Array<ArrayBuffer> {
  const across = new Float32Array(values.length);
  const out = new Float32Array(values.length);
  const stride = columns * 4;
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const c = j * stride + i * 4;
      const l = i > 0 ? c - 4 : c;
      const r = i < columns - 1 ? c + 4 : c;
      for (let k = 0; k < 4; k++) across[c + k] = 0.25 * values[l + k] + 0.5 * values[c + k] + 0.25 * values[r + k];
    }
  }
  for (let j = 0; j < rows; j++) {
    const up = (j > 0 ? j - 1 : j) * stride;
    const here = j * stride;
    const down = (j < rows - 1 ? j + 1 : j) * stride;
    for (let k = 0; k < stride; k++) out[here + k] = 0.25 * across[up + k] + 0.5 * across[here + k] + 0.25 * across[down + k];
  }
  return out;
}
