/**
 * The change as a local map of colour: around every place answer = source + M·source + b, fitted over the changed pixels of
 * about 12 × 12 (colour guided filter; He, Sun, Tang 2013, at the cells of *Fast guided filter*, He and Sun 2015). Its gain
 * is what the source's detail, finer than the answer can hold, has to be multiplied by: a lit wall shows its grain lit.
 */
import type { Bounds } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import type { Plane, Planes } from './types.ts';

export const fitCellPx = 4;

/** Cell (i, j) is centred at work position (area.x + (i + 0.5)·4, area.y + (j + 0.5)·4). */
export interface LocalLinear {
  readonly columns: number;
  readonly rows: number;
  /** M row by row, then b in levels: 12 numbers a cell. */
  readonly map: Float32Array;
  /** The source's mean colour, levels: 3 numbers a cell. */
  readonly mean: Float32Array;
}

/** Sums per cell: weight, source (3), difference (3), source products (6), source × difference (9). */
const moments = 22;
export const mapSize = 12;

/**
 * Where a region's map tells the slope already, levels²: what the model softens, or stores at half the density (the colour of
 * a JPEG), must not draw it down again.
 */
const toldRidge = 150;

/**
 * `difference` is what is to be explained, in levels over `area`; `weight` says which pixels belong to the change, `told` in
 * which cells (0 or more) a region's map has been taken off.
 */
export async function fitLocalLinear(
  source: Planes,
  difference: Planes,
  weight: Plane,
  area: Bounds,
  noise: number,
  told: Int32Array,
  pace: Pace,
): Promise<LocalLinear | null> {
  const columns = Math.ceil(area.width / fitCellPx);
  const rows = Math.ceil(area.height / fitCellPx);
  const sums = new Float32Array(columns * rows * moments);
  for (let y = 0; y < area.height; y += 2) {
    addRows(source, difference, weight, area, y, sums, (y >> 2) * columns * moments);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  const map = new Float32Array(columns * rows * mapSize);
  const mean = new Float32Array(columns * rows * 3);
  // Below this spread of the source its slope would be read from noise.
  const ridge = Math.max(6, 3 * noise * noise);
  const line = new Float32Array(columns * moments);
  for (let j = 0; j < rows; j++) {
    const up = Math.max(0, j - 1) * columns * moments;
    const here = j * columns * moments;
    const down = Math.min(rows - 1, j + 1) * columns * moments;
    solveRow(sums, up, here, down, told.subarray(j * columns, (j + 1) * columns), ridge, line, map, j * columns, mean);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return { columns, rows, map, mean };
}

/** The maps of one row of cells, each from its own sums and its neighbours', 1-2-1 both ways. */
function solveRow(
  sums: Float32Array,
  up: number,
  here: number,
  down: number,
  told: Int32Array,
  ridge: number,
  line: Float32Array,
  map: Float32Array,
  first: number,
  mean: Float32Array,
): void {
  const window = new Float32Array(moments);
  for (let k = 0; k < line.length; k++) line[k] = sums[up + k] + 2 * sums[here + k] + sums[down + k];
  for (let i = 0; i < told.length; i++) {
    const l = Math.max(0, i - 1) * moments;
    const c = i * moments;
    const r = Math.min(told.length - 1, i + 1) * moments;
    for (let k = 0; k < moments; k++) window[k] = line[l + k] + 2 * line[c + k] + line[r + k];
    solve(window, told[i] >= 0 ? toldRidge : ridge, map, (first + i) * mapSize, mean, (first + i) * 3);
  }
}

/** Two rows at once, as means of 2 × 2: what the model softens or makes anew is finer, and would draw the slope down. */
function addRows(source: Planes, difference: Planes, weight: Plane, area: Bounds, y: number, sums: Float32Array, start: number): void {
  const { r, g, b } = source;
  const top = (area.y + y) * source.width + area.x;
  const down = y + 1 < area.height ? source.width : 0;
  const below = y + 1 < area.height ? area.width : 0;
  for (let x = 0; x < area.width; x += 2) {
    const p = top + x;
    const beside = x + 1 < area.width ? 1 : 0;
    const q = p + beside;
    const s = p + down;
    const t = s + beside;
    const w0 = weight.data[p];
    const w1 = weight.data[q];
    const w2 = weight.data[s];
    const w3 = weight.data[t];
    const w = w0 + w1 + w2 + w3;
    if (w === 0) continue;
    const share = 1 / w;
    const k = start + (x >> 2) * moments;
    const i = y * area.width + x;
    const j = i + beside;
    const m = i + below;
    const n = m + beside;
    // About the middle of the range, so that products keep their digits in 32 bits.
    const wr = r[p] * w0 + r[q] * w1 + r[s] * w2 + r[t] * w3 - 128 * w;
    const wg = g[p] * w0 + g[q] * w1 + g[s] * w2 + g[t] * w3 - 128 * w;
    const wb = b[p] * w0 + b[q] * w1 + b[s] * w2 + b[t] * w3 - 128 * w;
    const sr = wr * share;
    const sg = wg * share;
    const sb = wb * share;
    const dr = difference.r[i] * w0 + difference.r[j] * w1 + difference.r[m] * w2 + difference.r[n] * w3;
    const dg = difference.g[i] * w0 + difference.g[j] * w1 + difference.g[m] * w2 + difference.g[n] * w3;
    const db = difference.b[i] * w0 + difference.b[j] * w1 + difference.b[m] * w2 + difference.b[n] * w3;
    sums[k] += w;
    sums[k + 1] += wr;
    sums[k + 2] += wg;
    sums[k + 3] += wb;
    sums[k + 4] += dr;
    sums[k + 5] += dg;
    sums[k + 6] += db;
    sums[k + 7] += wr * sr;
    sums[k + 8] += wr * sg;
    sums[k + 9] += wr * sb;
    sums[k + 10] += wg * sg;
    sums[k + 11] += wg * sb;
    sums[k + 12] += wb * sb;
    sums[k + 13] += dr * sr;
    sums[k + 14] += dr * sg;
    sums[k + 15] += dr * sb;
    sums[k + 16] += dg * sr;
    sums[k + 17] += dg * sg;
    sums[k + 18] += dg * sb;
    sums[k + 19] += db * sr;
    sums[k + 20] += db * sg;
    sums[k + 21] += db * sb;
  }
}

/** M = cov(difference, source) · (cov(source) + ridge)⁻¹, b = the rest of the mean. */
function solve(m: Float32Array, ridge: number, map: Float32Array, to: number, mean: Float32Array, toMean: number): void {
  if (m[0] < 1e-3) return;
  const n = 1 / m[0];
  const r = m[1] * n;
  const g = m[2] * n;
  const b = m[3] * n;
  mean[toMean] = r + 128;
  mean[toMean + 1] = g + 128;
  mean[toMean + 2] = b + 128;
  const rr = m[7] * n - r * r + ridge;
  const rg = m[8] * n - r * g;
  const rb = m[9] * n - r * b;
  const gg = m[10] * n - g * g + ridge;
  const gb = m[11] * n - g * b;
  const bb = m[12] * n - b * b + ridge;
  const c00 = gg * bb - gb * gb;
  const c01 = rb * gb - rg * bb;
  const c02 = rg * gb - rb * gg;
  const c11 = rr * bb - rb * rb;
  const c12 = rg * rb - rr * gb;
  const c22 = rr * gg - rg * rg;
  const scale = 1 / (rr * c00 + rg * c01 + rb * c02);
  for (let c = 0; c < 3; c++) {
    const shift = m[4 + c] * n;
    const x = m[13 + c * 3] * n - shift * r;
    const y = m[14 + c * 3] * n - shift * g;
    const z = m[15 + c * 3] * n - shift * b;
    const mr = (x * c00 + y * c01 + z * c02) * scale;
    const mg = (x * c01 + y * c11 + z * c12) * scale;
    const mb = (x * c02 + y * c12 + z * c22) * scale;
    map[to + c * 3] = mr;
    map[to + c * 3 + 1] = mg;
    map[to + c * 3 + 2] = mb;
    map[to + 9 + c] = shift - mr * (r + 128) - mg * (g + 128) - mb * (b + 128);
  }
}

/** Row of cells at cell position `position` (centres at whole numbers): mixed between the two rows of cells around it. */
export function cellRow(fit: LocalLinear, position: number, out: Float32Array): void {
  const p = Math.max(0, Math.min(fit.rows - 1, position));
  const j = Math.min(Math.floor(p), Math.max(0, fit.rows - 2));
  const share = p - j;
  const a = j * fit.columns * mapSize;
  const b = fit.rows > 1 ? a + fit.columns * mapSize : a;
  for (let k = 0; k < fit.columns * mapSize; k++) out[k] = fit.map[a + k] * (1 - share) + fit.map[b + k] * share;
}
