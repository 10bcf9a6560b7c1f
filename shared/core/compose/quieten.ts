/** Tells the change from the model's re-drawing of it, on the work grid. */
import type { Bounds } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { cellRow, fitCellPx, type LocalLinear, mapSize } from './localLinear.ts';
import { createPlanes } from './planes.ts';
import { detailAt, type Redrawing } from './redrawing.ts';
import { addSlope, type RegionMaps } from './regionMap.ts';
import { type Structure, structureCellPx } from './structure.ts';
import type { Plane, Planes } from './types.ts';
import { type LinearTaps, lerpRow, linearTaps } from './upsample.ts';

/** Power is measured over few pixels: so much more than expected may still be chance. */
const margin = 1.5;

/**
 * In photometric places, takes from `difference` (what the regions' maps leave of answer − source, over `area`) what the
 * local map does not explain either, as far as that is no more than the model's usual re-drawing (a Wiener gain per cell),
 * then adds what the regions' maps expect: what remains is the change, not the answer's noise. `fit` then holds the whole
 * slope of the change. False when the pace was aborted.
 */
export async function quieten(
  difference: Planes,
  expected: Planes,
  source: Planes,
  mask: Plane,
  area: Bounds,
  fit: LocalLinear,
  structure: Structure,
  regions: RegionMaps,
  usual: Redrawing,
  pace: Pace,
): Promise<boolean> {
  const { columns, rows } = fit;
  const cells = linearTaps(0, area.width, fitCellPx, 0, columns);
  const maps = new Float32Array(columns * mapSize);
  const next = columns > 1 ? mapSize : 0;
  const rest = createPlanes(area);
  // Weight, power of what is left, fine detail of the source.
  const sums = new Float32Array(columns * rows * 3);
  for (let y = 0; y < area.height; y++) {
    cellRow(fit, (y + 0.5) / fitCellPx - 0.5, maps);
    leaveRow(difference, source, mask, area, y, maps, next, cells, rest, sums, (y >> 2) * columns * 3);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return false;
  }
  addSlopes(fit, regions);
  const drop = new Float32Array(columns * rows);
  for (let j = 0; j < rows; j++) {
    judgeCells(fit, sums, j, usual, drop);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return false;
  }
  const judged = linearTaps(0, area.width, structureCellPx, 0, structure.columns);
  const weights = new Float32Array(structure.columns);
  const drops = new Float32Array(columns);
  for (let y = 0; y < area.height; y++) {
    lerpRow(structure.weight, structure.columns, structure.rows, (y + 0.5) / structureCellPx - 0.5, weights);
    lerpRow(drop, columns, rows, (y + 0.5) / fitCellPx - 0.5, drops);
    quietenRow(difference, expected, rest, y * area.width, weights, judged, drops, cells);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return false;
  }
  return true;
}

/** Of row `y`, what the local map does not explain into `rest`, and its power and the source's detail to the sums of its cells. */
function leaveRow(
  difference: Planes,
  source: Planes,
  mask: Plane,
  area: Bounds,
  y: number,
  maps: Float32Array,
  next: number,
  { at, share }: LinearTaps,
  rest: Planes,
  sums: Float32Array,
  firstSum: number,
): void {
  const isInner = area.y + y > 0 && area.y + y < mask.height - 1;
  const lastX = mask.width - 1;
  for (let x = 0, i = y * area.width, k = (area.y + y) * mask.width + area.x; x < area.width; x++, k++, i++) {
    const m = mask.data[k];
    if (m === 0) continue;
    const a = at[x] * mapSize;
    const b = a + next;
    const t = share[x];
    const q = 1 - t;
    const r = source.r[k];
    const g = source.g[k];
    const bl = source.b[k];
    const er =
      difference.r[i] -
      ((maps[a] * q + maps[b] * t) * r + (maps[a + 1] * q + maps[b + 1] * t) * g + (maps[a + 2] * q + maps[b + 2] * t) * bl) -
      (maps[a + 9] * q + maps[b + 9] * t);
    const eg =
      difference.g[i] -
      ((maps[a + 3] * q + maps[b + 3] * t) * r + (maps[a + 4] * q + maps[b + 4] * t) * g + (maps[a + 5] * q + maps[b + 5] * t) * bl) -
      (maps[a + 10] * q + maps[b + 10] * t);
    const eb =
      difference.b[i] -
      ((maps[a + 6] * q + maps[b + 6] * t) * r + (maps[a + 7] * q + maps[b + 7] * t) * g + (maps[a + 8] * q + maps[b + 8] * t) * bl) -
      (maps[a + 11] * q + maps[b + 11] * t);
    rest.r[i] = er;
    rest.g[i] = eg;
    rest.b[i] = eb;
    const cell = firstSum + (x >> 2) * 3;
    sums[cell] += m;
    sums[cell + 1] += m * (er * er + eg * eg + eb * eb);
    if (isInner && area.x + x > 0 && area.x + x < lastX) sums[cell + 2] += m * detailAt(source, k);
  }
}

/** How much of what is left a row of cells drops: the share of its power that is the model's usual re-drawing. */
function judgeCells({ map, columns, rows }: LocalLinear, sums: Float32Array, j: number, usual: Redrawing, drop: Float32Array): void {
  for (let i = 0, cell = j * columns; i < columns; i++, cell++) {
    let weight = 0;
    let power = 0;
    let detail = 0;
    for (let v = Math.max(0, j - 1); v <= Math.min(rows - 1, j + 1); v++) {
      for (let u = Math.max(0, i - 1); u <= Math.min(columns - 1, i + 1); u++) {
        const at = (v * columns + u) * 3;
        weight += sums[at];
        power += sums[at + 1];
        detail += sums[at + 2];
      }
    }
    // A change that brightens makes the model's share of the texture louder too.
    const allowed = weight * usual.floor + detail * usual.perDetail * powerOfGain(map, cell * mapSize);
    drop[cell] = power > 0 ? Math.min(1, (margin * allowed) / power) : 1;
  }
}

function quietenRow(
  difference: Planes,
  expected: Planes,
  rest: Planes,
  start: number,
  weights: Float32Array,
  judged: LinearTaps,
  drops: Float32Array,
  cells: LinearTaps,
): void {
  const beside = drops.length > 1 ? 1 : 0;
  const besideJudged = weights.length > 1 ? 1 : 0;
  for (let x = 0, i = start; x < difference.width; x++, i++) {
    const s = weights[judged.at[x]] * (1 - judged.share[x]) + weights[judged.at[x] + besideJudged] * judged.share[x];
    const d = (drops[cells.at[x]] * (1 - cells.share[x]) + drops[cells.at[x] + beside] * cells.share[x]) * (1 - s);
    difference.r[i] += expected.r[i] - rest.r[i] * d;
    difference.g[i] += expected.g[i] - rest.g[i] * d;
    difference.b[i] += expected.b[i] - rest.b[i] * d;
  }
}

/** From here on the local map says all of the slope: the region's, and what the neighbourhood adds to it. */
function addSlopes({ map, mean, columns, rows }: LocalLinear, { label, coefficients }: RegionMaps): void {
  for (let cell = 0; cell < columns * rows; cell++) {
    const region = label[cell];
    if (region >= 0) addSlope(coefficients[region], mean[cell * 3], mean[cell * 3 + 1], mean[cell * 3 + 2], map, cell * mapSize);
  }
}

/** The mean square of the gains of three channels, 1 for no change. */
function powerOfGain(map: Float32Array, at: number): number {
  let sum = 0;
  for (let k = 0; k < 9; k++) {
    const gain = map[at + k] + (k % 4 === 0 ? 1 : 0);
    sum += gain * gain;
  }
  return sum / 3;
}
