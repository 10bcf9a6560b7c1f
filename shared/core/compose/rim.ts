/**
 * Takes from the change what it would step by at its own rim: around a change the answer still differs from the source by a
 * rest of tone, too slow to see anywhere but at a seam. That rest is averaged over the unchanged side of the rim and fades
 * into the change over some 60 px (as a membrane would carry it; Pérez, Gangnet, Blake 2003), never by more than 8 levels.
 */
import type { Bounds } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import type { Plane, Planes } from './types.ts';

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
  for (let y = 0, i = 0; y < area.height; y++) {
    for (let x = 0, k = (area.y + y) * mask.width + area.x; x < area.width; x++, k++, i++) {
      if (mask.data[k] > 0 || covered.data[k] < 1) continue;
      const r = difference.r[i];
      const g = difference.g[i];
      const b = difference.b[i];
      if (Math.abs(r) + Math.abs(g) + Math.abs(b) > 3 * maxDifference) continue;
      const to = ((y >> 3) * columns + (x >> 3)) * 4;
      sums[to] += 1;
      sums[to + 1] += r;
      sums[to + 2] += g;
      sums[to + 3] += b;
    }
    const stop = (y & 15) === 0 && pace.breathe();
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
  for (let y = 0, i = 0; y < area.height; y++) {
    const v = Math.max(0, Math.min(rows - 1, (y + 0.5) / cellPx - 0.5));
    const j = Math.min(Math.floor(v), Math.max(0, rows - 2));
    const sv = v - j;
    const below = rows > 1 ? columns * 3 : 0;
    for (let x = 0; x < area.width; x++, i++) {
      const u = Math.max(0, Math.min(columns - 1, (x + 0.5) / cellPx - 0.5));
      const n = Math.min(u | 0, Math.max(0, columns - 2));
      const su = u - n;
      const a = (j * columns + n) * 3;
      const right = columns > 1 ? 3 : 0;
      const w00 = (1 - su) * (1 - sv);
      const w01 = su * (1 - sv);
      const w10 = (1 - su) * sv;
      const w11 = su * sv;
      const b = a + right;
      const c = a + below;
      const d = c + right;
      difference.r[i] -= rest[a] * w00 + rest[b] * w01 + rest[c] * w10 + rest[d] * w11;
      difference.g[i] -= rest[a + 1] * w00 + rest[b + 1] * w01 + rest[c + 1] * w10 + rest[d + 1] * w11;
      difference.b[i] -= rest[a + 2] * w00 + rest[b + 2] * w01 + rest[c + 2] * w10 + rest[d + 2] * w11;
    }
    const stop = (y & 7) === 0 && pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return { columns, rows, levels: rest };
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
