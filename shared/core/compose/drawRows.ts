/**
 * The delta's own pixels, row by row: the source moved by the change that the work grid holds, its detail multiplied by the
 * local gain; where things changed, the answer itself with the neighbourhood's grain.
 */
import type { Bounds } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { emptyLike, type Mask, type Pixels, type Pixels16 } from '../pixels.ts';
import { grainAt } from './grain.ts';
import { cellRow, fitCellPx, type LocalLinear, mapSize } from './localLinear.ts';
import type { Color } from './matte.ts';
import { type Rest, restCellPx } from './rim.ts';
import { type AnswerSampler, createLine, type Line } from './sampleAnswer.ts';
import { type Structure, structureCellPx } from './structure.ts';
import type { Aligned, Planes } from './types.ts';
import { cubicTaps, type LinearTaps, lerpRow, linearTaps, mixRows, stretchRows } from './upsample.ts';

/** What the rows are drawn from; planes cover `area` of the work grid. */
export interface Parts {
  readonly area: Bounds;
  /** What to add to the source. */
  readonly difference: Planes;
  readonly source: Planes;
  readonly fit: LocalLinear;
  readonly structure: Structure;
  readonly rest: Rest;
  readonly grain: number;
}

export async function drawRows(
  source: Pixels | Pixels16,
  { sourcePerWork, alpha }: Aligned,
  parts: Parts,
  sampler: AnswerSampler | null,
  mask: Mask,
  matte: Color,
  pace: Pace,
): Promise<Pixels | Pixels16 | null> {
  const { bounds } = mask;
  const { area, difference, fit, structure, rest, grain } = parts;
  const { x: stepX, y: stepY } = sourcePerWork;
  const out = emptyLike(source, bounds);
  const columns = cubicTaps(bounds.x, bounds.width, stepX, area.x, area.width);
  const rows = cubicTaps(bounds.y, bounds.height, stepY, area.y, area.height);
  const stretched = [difference.r, difference.g, difference.b, parts.source.r, parts.source.g, parts.source.b].map((plane) =>
    stretchRows(plane, area.width, columns),
  );
  const add = createLine(bounds.width);
  const coarse = createLine(bounds.width);
  const line = createLine(bounds.width);
  const direct = createLine(bounds.width);
  const lines = [add.r, add.g, add.b, coarse.r, coarse.g, coarse.b];
  const cells = linearTaps(bounds.x, bounds.width, stepX * fitCellPx, area.x / fitCellPx, fit.columns);
  const judged = linearTaps(bounds.x, bounds.width, stepX * structureCellPx, area.x / structureCellPx, structure.columns);
  const rested = linearTaps(bounds.x, bounds.width, stepX * restCellPx, area.x / restCellPx, rest.columns);
  const rests = new Float32Array(rest.columns * 3);
  const maps = new Float32Array(fit.columns * mapSize);
  const weights = new Float32Array(structure.columns);
  const structural = new Float32Array(bounds.width);
  const isOpaque = alpha === null;
  for (let y = 0; y < bounds.height; y++) {
    const row = bounds.y + y;
    const from = y * bounds.width;
    let left = 0;
    let right = bounds.width;
    while (left < right && mask.data[from + left] === 0) left++;
    while (right > left && mask.data[from + right - 1] === 0) right--;
    if (right > left) {
      let share: StructuralShare = 'none';
      const judgedRow = ((row + 0.5) / stepY - area.y) / structureCellPx - 0.5;
      if (sampler !== null) {
        lerpRow(structure.weight, structure.columns, structure.rows, judgedRow, weights);
        share = spreadWeights(weights, judged, mask.data, from, left, right, structural);
      }
      if (share !== 'all') {
        for (let k = 0; k < 6; k++) mixRows(stretched[k], rows, y, lines[k], left, right);
        readSource(source, row, bounds.x, left, right, isOpaque ? null : matte, line);
        cellRow(fit, ((row + 0.5) / stepY - area.y) / fitCellPx - 0.5, maps);
        lift3(line, add, coarse, maps, cells, fit.columns > 1 ? mapSize : 0, left, right);
      }
      if (sampler !== null && share !== 'none') {
        sampler.read(row, bounds.x + left, bounds.x + right, bounds.x, direct);
        lerpRow(rest.levels, rest.columns * 3, rest.rows, ((row + 0.5) / stepY - area.y) / restCellPx - 0.5, rests);
        takeRest(direct, structural, rests, rested, left, right);
        mixStructural(line, direct, structural, grain, row, bounds.x, left, right);
      }
      writeRow(source, row, bounds.x, mask.data, from, line, left, right, isOpaque ? null : matte, out);
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return out;
}

/** A row of the source in levels, over `matte` where it is transparent. */
function readSource(
  { data, width }: Pixels | Pixels16,
  row: number,
  originX: number,
  left: number,
  right: number,
  matte: Color | null,
  { r, g, b }: Line,
): void {
  const full = data instanceof Uint16Array ? 65535 : 255;
  const toLevels = 255 / full;
  for (let x = left, k = (row * width + originX + left) * 4; x < right; x++, k += 4) {
    r[x] = data[k] * toLevels;
    g[x] = data[k + 1] * toLevels;
    b[x] = data[k + 2] * toLevels;
    if (matte !== null && data[k + 3] < full) {
      const alpha = data[k + 3] / full;
      r[x] = r[x] * alpha + matte[0] * (1 - alpha);
      g[x] = g[x] * alpha + matte[1] * (1 - alpha);
      b[x] = b[x] * alpha + matte[2] * (1 - alpha);
    }
  }
}

/** In place: source + difference + M · (source − what the work grid holds of it). */
function lift3(
  line: Line,
  add: Line,
  coarse: Line,
  maps: Float32Array,
  cells: LinearTaps,
  next: number,
  left: number,
  right: number,
): void {
  const { r, g, b } = line;
  const { r: ar, g: ag, b: ab } = add;
  const { r: cr, g: cg, b: cb } = coarse;
  const { at, share } = cells;
  for (let x = left; x < right; x++) {
    const p = at[x] * mapSize;
    const q = p + next;
    const t = share[x];
    const dr = r[x] - cr[x];
    const dg = g[x] - cg[x];
    const db = b[x] - cb[x];
    const r0 = maps[p] * dr + maps[p + 1] * dg + maps[p + 2] * db;
    const g0 = maps[p + 3] * dr + maps[p + 4] * dg + maps[p + 5] * db;
    const b0 = maps[p + 6] * dr + maps[p + 7] * dg + maps[p + 8] * db;
    const r1 = maps[q] * dr + maps[q + 1] * dg + maps[q + 2] * db;
    const g1 = maps[q + 3] * dr + maps[q + 4] * dg + maps[q + 5] * db;
    const b1 = maps[q + 6] * dr + maps[q + 7] * dg + maps[q + 8] * db;
    r[x] += ar[x] + r0 + (r1 - r0) * t;
    g[x] += ag[x] + g0 + (g1 - g0) * t;
    b[x] += ab[x] + b0 + (b1 - b0) * t;
  }
}

/** How much of a row under the mask is taken from the answer itself. */
type StructuralShare = 'none' | 'some' | 'all';

function spreadWeights(
  weights: Float32Array,
  { at, share }: LinearTaps,
  mask: Uint8ClampedArray,
  from: number,
  left: number,
  right: number,
  out: Float32Array,
): StructuralShare {
  const next = weights.length > 1 ? 1 : 0;
  let least = 1;
  let most = 0;
  for (let x = left; x < right; x++) {
    let w = weights[at[x]] + (weights[at[x] + next] - weights[at[x]]) * share[x];
    if (mask[from + x] === 0) {
      out[x] = 0;
      continue;
    }
    // The last hundredths on either side are not worth drawing both for.
    w = w < 0.02 ? 0 : w > 0.98 ? 1 : w;
    out[x] = w;
    if (w > most) most = w;
    if (w < least) least = w;
  }
  return most === 0 ? 'none' : least === 1 ? 'all' : 'some';
}

/** What the work grid's difference was levelled by, taken off the answer's own colours too. */
function takeRest(direct: Line, wanted: Float32Array, rests: Float32Array, { at, share }: LinearTaps, left: number, right: number): void {
  const { r, g, b } = direct;
  const next = rests.length > 3 ? 3 : 0;
  for (let x = left; x < right; x++) {
    if (wanted[x] === 0) continue;
    const p = at[x] * 3;
    const q = p + next;
    const t = share[x];
    r[x] -= rests[p] + (rests[q] - rests[p]) * t;
    g[x] -= rests[p + 1] + (rests[q + 1] - rests[p + 1]) * t;
    b[x] -= rests[p + 2] + (rests[q + 2] - rests[p + 2]) * t;
  }
}

function mixStructural(
  line: Line,
  direct: Line,
  weight: Float32Array,
  grain: number,
  row: number,
  originX: number,
  left: number,
  right: number,
): void {
  const { r, g, b } = line;
  for (let x = left; x < right; x++) {
    const w = weight[x];
    if (w === 0) continue;
    const noise = grain > 0 ? grain * grainAt(originX + x, row) : 0;
    r[x] += (direct.r[x] + noise - r[x]) * w;
    g[x] += (direct.g[x] + noise - g[x]) * w;
    b[x] += (direct.b[x] + noise - b[x]) * w;
  }
}

/** Straight colour with the source's alpha, wherever the mask is not 0. */
function writeRow(
  source: Pixels | Pixels16,
  row: number,
  originX: number,
  mask: Uint8ClampedArray,
  from: number,
  { r, g, b }: Line,
  left: number,
  right: number,
  matte: Color | null,
  out: Pixels | Pixels16,
): void {
  const isDeep = out.data instanceof Uint16Array;
  const full = isDeep ? 65535 : 255;
  const scale = full / 255;
  const { data } = out;
  for (let x = left, k = (row * source.width + originX + left) * 4 + 3, to = (from + left) * 4; x < right; x++, k += 4, to += 4) {
    const alpha = source.data[k];
    if (mask[from + x] === 0 || alpha === 0) continue;
    let red = r[x];
    let green = g[x];
    let blue = b[x];
    if (matte !== null && alpha < full) {
      const share = alpha / full;
      red = (red - matte[0] * (1 - share)) / share;
      green = (green - matte[1] * (1 - share)) / share;
      blue = (blue - matte[2] * (1 - share)) / share;
    }
    if (isDeep) {
      red = red < 0 ? 0 : red > 255 ? 255 : red;
      green = green < 0 ? 0 : green > 255 ? 255 : green;
      blue = blue < 0 ? 0 : blue > 255 ? 255 : blue;
      data[to] = red * scale + 0.5;
      data[to + 1] = green * scale + 0.5;
      data[to + 2] = blue * scale + 0.5;
    } else {
      data[to] = red;
      data[to + 1] = green;
      data[to + 2] = blue;
    }
    data[to + 3] = alpha;
  }
}
