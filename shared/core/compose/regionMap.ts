/**
 * The change as one map of colour per connected region: a recolour or a relight is usually one thing done to everything
 * within its rim. A quadratic map of the source's colour (Hong, Luo, Rhodes 2001), fitted to the means of small cells, where
 * the model's re-drawing and softening average out, by least squares reweighted with Tukey's biweight. What it explains
 * need not be read from a noisy neighbourhood; what it does not is left to the local map (`localLinear.ts`).
 */
import type { Bounds } from '../geometry.ts';
import { isStopped, type Pace } from '../pace.ts';
import { connectedTo } from './connected.ts';
import { fitCellPx } from './localLinear.ts';
import type { Plane, Planes } from './types.ts';

/** 1, r, g, b, r², g², b², rg, gb, rb of the source, as 0 ± 1 about the middle of the range. */
const terms = 10;
const middle = 128;
/** Fewer cells than this are told by the local map alone. */
const leastCells = 40;
/** A region's map is kept when it leaves less than this share of the change's power in the median cell. */
const mostUnexplained = 0.35;
const passes = 5;

/** Cell (i, j) is centred at work position (area.x + (i + 0.5)·4, area.y + (j + 0.5)·4). */
export interface RegionMaps {
  readonly columns: number;
  readonly rows: number;
  /** Which map holds in a cell; -1 where none does. */
  readonly label: Int32Array;
  /** 3 × `terms` numbers a region: levels of difference, of colours as (level - 128) / 128. */
  readonly coefficients: readonly Float64Array[];
}

/** `difference` is answer − source in levels over `area`; `mask` covers the work grid. Null when the pace was aborted. */
export async function fitRegionMaps(source: Planes, difference: Planes, mask: Plane, area: Bounds, pace: Pace): Promise<RegionMaps | null> {
  const columns = Math.ceil(area.width / fitCellPx);
  const rows = Math.ceil(area.height / fitCellPx);
  const means = await cellMeans(source, difference, mask, area, columns, rows, pace);
  if (means === null) return null;
  const label = new Int32Array(columns * rows).fill(-1);
  const coefficients: Float64Array[] = [];
  // What did not change is no part of any region.
  const seen = new Uint8Array(columns * rows);
  for (let cell = 0; cell < seen.length; cell++) if (means[cell * perCell] === 0) seen[cell] = 1;
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] !== 0) continue;
    const cells = connectedTo(start, columns, seen);
    if (cells.length >= leastCells) {
      const map = await fitMap(cells, means, pace);
      if (map === 'stopped') return null;
      if (map !== null) {
        for (const cell of cells) label[cell] = coefficients.length;
        coefficients.push(map);
      }
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return { columns, rows, label: dilated(label, columns, rows), coefficients };
}

/** Sum of the mask, then the mean colour as 0 ± 1, then the mean difference in levels. */
const perCell = 7;

async function cellMeans(
  source: Planes,
  difference: Planes,
  mask: Plane,
  area: Bounds,
  columns: number,
  rows: number,
  pace: Pace,
): Promise<Float32Array | null> {
  const out = new Float32Array(columns * rows * perCell);
  for (let y = 0; y < area.height; y++) {
    sumRow(source, difference, mask, (area.y + y) * mask.width + area.x, y, out, (y >> 2) * columns * perCell);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  for (let to = 0; to < out.length; to += perCell) {
    const w = out[to];
    if (w === 0) continue;
    for (let c = 1; c <= 3; c++) out[to + c] = (out[to + c] / w - middle) / middle;
    for (let c = 4; c <= 6; c++) out[to + c] /= w;
  }
  return out;
}

/** Adds what changed of row `y` to its cells. */
function sumRow(source: Planes, difference: Planes, mask: Plane, from: number, y: number, sums: Float32Array, firstSum: number): void {
  for (let x = 0, k = from, i = y * difference.width; x < difference.width; x++, k++, i++) {
    const w = mask.data[k];
    if (w === 0) continue;
    const to = firstSum + (x >> 2) * perCell;
    sums[to] += w;
    sums[to + 1] += w * source.r[k];
    sums[to + 2] += w * source.g[k];
    sums[to + 3] += w * source.b[k];
    sums[to + 4] += w * difference.r[i];
    sums[to + 5] += w * difference.g[i];
    sums[to + 6] += w * difference.b[i];
  }
}

/** At the rim a cell is mixed of what changed and what did not, and tells little of the map. */
const leastCover = 0.9 * fitCellPx * fitCellPx;
const mostSamples = 3000;

async function fitMap(cells: Int32Array, means: Float32Array, pace: Pace): Promise<Float64Array | 'stopped' | null> {
  const whole = cells.filter((cell) => means[cell * perCell] >= leastCover);
  if (whole.length < leastCells) return null;
  const step = Math.max(1, Math.floor(whole.length / mostSamples));
  const count = Math.floor(whole.length / step);
  const features = new Float64Array(count * terms);
  const wanted = new Float64Array(count * 3);
  for (let n = 0; n < count; n++) {
    const from = whole[n * step] * perCell;
    featuresOf(means[from + 1], means[from + 2], means[from + 3], features, n * terms);
    for (let c = 0; c < 3; c++) wanted[n * 3 + c] = means[from + 4 + c];
  }
  const weight = new Float64Array(count).fill(1);
  const rest = new Float64Array(count);
  const map = new Float64Array(3 * terms);
  for (let pass = 0; pass < passes; pass++) {
    if (!solveMap(features, wanted, weight, pass < 2 ? 4 : terms, map)) return null;
    for (let n = 0; n < count; n++) {
      let sum = 0;
      for (let c = 0; c < 3; c++) sum += (wanted[n * 3 + c] - evaluated(map, c, features, n * terms)) ** 2;
      rest[n] = Math.sqrt(sum);
    }
    const spread = Math.max(2, Float64Array.from(rest).sort()[count >> 1] * 3.5);
    for (let n = 0; n < count; n++) {
      const t = rest[n] / spread;
      weight[n] = t < 1 ? (1 - t * t) ** 2 : 0;
    }
    if (await isStopped(pace)) return 'stopped';
  }
  const power = new Float64Array(count);
  for (let n = 0; n < count; n++) power[n] = Math.hypot(wanted[n * 3], wanted[n * 3 + 1], wanted[n * 3 + 2]);
  const left = rest.sort()[count >> 1] ** 2;
  const all = power.sort()[count >> 1] ** 2;
  return left < mostUnexplained * all ? map : null;
}

function featuresOf(r: number, g: number, b: number, out: Float64Array, to: number): void {
  out[to] = 1;
  out[to + 1] = r;
  out[to + 2] = g;
  out[to + 3] = b;
  out[to + 4] = r * r;
  out[to + 5] = g * g;
  out[to + 6] = b * b;
  out[to + 7] = r * g;
  out[to + 8] = g * b;
  out[to + 9] = r * b;
}

function evaluated(map: Float64Array, channel: number, features: Float64Array, from: number): number {
  let sum = 0;
  for (let k = 0; k < terms; k++) sum += map[channel * terms + k] * features[from + k];
  return sum;
}

/** Weighted least squares of the first `used` terms, for all three channels, by Cholesky; a small ridge keeps unseen directions still. */
function solveMap(features: Float64Array, wanted: Float64Array, weight: Float64Array, used: number, map: Float64Array): boolean {
  const normal = new Float64Array(used * used);
  const right = new Float64Array(used * 3);
  let total = 0;
  for (let n = 0; n < weight.length; n++) {
    const w = weight[n];
    if (w === 0) continue;
    total += w;
    const from = n * terms;
    for (let i = 0; i < used; i++) {
      const f = w * features[from + i];
      for (let j = 0; j <= i; j++) normal[i * used + j] += f * features[from + j];
      for (let c = 0; c < 3; c++) right[i * 3 + c] += f * wanted[n * 3 + c];
    }
  }
  if (total < leastCells / 4) return false;
  for (let i = 1; i < used; i++) normal[i * used + i] += total * (i < 4 ? 1e-5 : 3e-5);
  for (let i = 0; i < used; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = normal[i * used + j];
      for (let k = 0; k < j; k++) sum -= normal[i * used + k] * normal[j * used + k];
      if (i === j) {
        if (sum <= 1e-12) return false;
        normal[i * used + i] = Math.sqrt(sum);
      } else normal[i * used + j] = sum / normal[j * used + j];
    }
  }
  map.fill(0);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < used; i++) {
      let sum = right[i * 3 + c];
      for (let k = 0; k < i; k++) sum -= normal[i * used + k] * right[k * 3 + c];
      right[i * 3 + c] = sum / normal[i * used + i];
    }
    for (let i = used - 1; i >= 0; i--) {
      let sum = right[i * 3 + c];
      for (let k = i + 1; k < used; k++) sum -= normal[k * used + i] * right[k * 3 + c];
      right[i * 3 + c] = sum / normal[i * used + i];
      map[c * terms + i] = right[i * 3 + c];
    }
  }
  return true;
}

/** By one cell, so that what is mixed between cells reaches the rim. */
function dilated(label: Int32Array, columns: number, rows: number): Int32Array {
  const out = label.slice();
  for (let y = 0, cell = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, cell++) {
      for (let v = Math.max(0, y - 1); v <= Math.min(rows - 1, y + 1) && out[cell] < 0; v++)
        for (let u = Math.max(0, x - 1); u <= Math.min(columns - 1, x + 1); u++) out[cell] = Math.max(out[cell], label[v * columns + u]);
    }
  }
  return out;
}

/** The difference that a region's map expects of a colour (levels), kept within what can be shown. */
export function expectRow(
  { label, coefficients, columns }: RegionMaps,
  source: Planes,
  mask: Plane,
  area: Bounds,
  y: number,
  out: Planes,
): void {
  const cells = (y >> 2) * columns;
  for (let x = 0, k = (area.y + y) * source.width + area.x, i = y * area.width; x < area.width; x++, k++, i++) {
    if (mask.data[k] === 0) continue;
    const region = label[cells + (x >> 2)];
    if (region < 0) continue;
    const m = coefficients[region];
    const r = (source.r[k] - middle) / middle;
    const g = (source.g[k] - middle) / middle;
    const b = (source.b[k] - middle) / middle;
    const rr = r * r;
    const gg = g * g;
    const bb = b * b;
    const rg = r * g;
    const gb = g * b;
    const rb = r * b;
    const toR = m[0] + m[1] * r + m[2] * g + m[3] * b + m[4] * rr + m[5] * gg + m[6] * bb + m[7] * rg + m[8] * gb + m[9] * rb + source.r[k];
    const toG =
      m[10] + m[11] * r + m[12] * g + m[13] * b + m[14] * rr + m[15] * gg + m[16] * bb + m[17] * rg + m[18] * gb + m[19] * rb + source.g[k];
    const toB =
      m[20] + m[21] * r + m[22] * g + m[23] * b + m[24] * rr + m[25] * gg + m[26] * bb + m[27] * rg + m[28] * gb + m[29] * rb + source.b[k];
    out.r[i] = (toR < 0 ? 0 : toR > 255 ? 255 : toR) - source.r[k];
    out.g[i] = (toG < 0 ? 0 : toG > 255 ? 255 : toG) - source.g[k];
    out.b[i] = (toB < 0 ? 0 : toB > 255 ? 255 : toB) - source.b[k];
  }
}

/** Adds the slope of a region's map at a colour to nine numbers, row by row. */
export function addSlope(m: Float64Array, red: number, green: number, blue: number, out: Float32Array, to: number): void {
  const r = (red - middle) / middle;
  const g = (green - middle) / middle;
  const b = (blue - middle) / middle;
  for (let c = 0; c < 3; c++) {
    const k = c * terms;
    out[to + c * 3] += (m[k + 1] + 2 * m[k + 4] * r + m[k + 7] * g + m[k + 9] * b) / middle;
    out[to + c * 3 + 1] += (m[k + 2] + 2 * m[k + 5] * g + m[k + 7] * r + m[k + 8] * b) / middle;
    out[to + c * 3 + 2] += (m[k + 3] + 2 * m[k + 6] * b + m[k + 8] * g + m[k + 9] * r) / middle;
  }
}
