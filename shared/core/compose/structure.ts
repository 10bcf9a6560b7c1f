/**
 * Decides, place by place but as one for what hangs together, whether a change is photometric (the source's structure under another light or colour) or
 * structural (other content, or the same content out of focus). Evidence is the local correlation of luma detail in two
 * bands of the work grid: a photometric change keeps both, other content keeps neither, defocus keeps only the coarser.
 * The source is compared as the regions' maps expect it to look (`expected`), and `rest` is what the answer differs from that.
 * What the model re-draws everywhere is measured on the unchanged rest and allowed for.
 */
import type { Bounds } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { connectedTo } from './connected.ts';
import type { Plane, Planes } from './types.ts';

export const structureCellPx = 8;

/** 0 where the source's detail still holds, 1 where the answer's own has to be taken. */
export interface Structure {
  readonly columns: number;
  readonly rows: number;
  readonly weight: Float32Array;
}

/** Per cell: source², answer², source × answer, of the fine band, then of the coarse band. */
const sumsPerCell = 6;

export async function judgeStructure(
  source: Planes,
  expected: Planes,
  rest: Planes,
  mask: Plane,
  area: Bounds,
  noise: number,
  pace: Pace,
): Promise<Structure | null> {
  const { width, height } = area;
  const columns = Math.ceil(width / structureCellPx);
  const rows = Math.ceil(height / structureCellPx);
  const s = new Float32Array(width * height);
  const a = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    lumaRow(source, expected, rest, (area.y + y) * source.width + area.x, y * width, s, a);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  const s1 = await boxMean(s, width, height, 1, pace);
  const a1 = s1 && (await boxMean(a, width, height, 1, pace));
  const s4 = a1 && (await boxMean(s1, width, height, 4, pace));
  const a4 = s4 && (await boxMean(a1, width, height, 4, pace));
  if (!s1 || !a1 || !s4 || !a4) return null;

  const changed = new Float32Array(columns * rows * sumsPerCell);
  const count = new Float32Array(columns * rows);
  const kept = new Float64Array(sumsPerCell);
  let keptCount = 0;
  for (let y = 0; y < height; y++) {
    keptCount += sumRow(s, s1, s4, a, a1, a4, y * width, mask.data, (area.y + y) * mask.width + area.x, width, {
      kept,
      changed,
      count,
      firstCell: (y >> 3) * columns,
    });
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  // How much of its own detail the model returns where nothing changed: 1 for a faithful answer.
  const isTold = keptCount > 2000 && kept[0] / keptCount > 1;
  const usualFine = isTold ? Math.max(0.3, Math.min(1.1, kept[2] / kept[0])) : 0.8;
  const usualNoise = isTold ? Math.max(0.5, (kept[1] - (kept[2] * kept[2]) / kept[0]) / keptCount) : Math.min(mostUntold, noise * noise);
  const usualCoarse = isTold && kept[3] > 0 ? Math.max(0.3, (kept[4] - (kept[5] * kept[5]) / kept[3]) / keptCount) : usualNoise / 4;
  const usual: Usual = { fine: usualFine, noise: usualNoise, coarse: usualCoarse };
  const near = spread(spread(withCount(changed, count, columns * rows), columns, rows), columns, rows);
  let around = near;
  for (let pass = 0; pass < aroundPasses; pass++) {
    around = spread(around, columns, rows);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  const weight = new Float32Array(columns * rows);
  const seen = new Uint8Array(columns * rows);
  for (let cell = 0; cell < seen.length; cell++) if (count[cell] === 0) seen[cell] = 1;
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] !== 0) continue;
    const cells = connectedTo(start, columns, seen);
    const pooled = new Float32Array(sumsPerCell + 1);
    for (const cell of cells) {
      for (let k = 0; k < sumsPerCell; k++) pooled[k] += changed[cell * sumsPerCell + k];
      pooled[sumsPerCell] += count[cell];
    }
    const whole = judge(pooled, 0, usual, regionKept);
    for (const cell of cells) {
      const own = judge(near, cell * (sumsPerCell + 1), usual, cellKept);
      const beside = judge(around, cell * (sumsPerCell + 1), usual, aroundKept);
      weight[cell] = joined(own, beside, whole);
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  carryOut(weight, count, columns, rows);
  return { columns, rows, weight };
}

/** Of one row, luma of the source as it is expected to look, and of the answer. */
function lumaRow(source: Planes, expected: Planes, rest: Planes, from: number, start: number, s: Float32Array, a: Float32Array): void {
  const end = start + expected.width;
  for (let i = start, k = from; i < end; i++, k++) {
    const luma = 0.2126 * (source.r[k] + expected.r[i]) + 0.7152 * (source.g[k] + expected.g[i]) + 0.0722 * (source.b[k] + expected.b[i]);
    s[i] = luma;
    a[i] = luma + 0.2126 * rest.r[i] + 0.7152 * rest.g[i] + 0.0722 * rest.b[i];
  }
}

interface BandSums {
  /** Over all that did not change. */
  readonly kept: Float64Array;
  /** Per cell, of what changed, and its weight. */
  readonly changed: Float32Array;
  readonly count: Float32Array;
  readonly firstCell: number;
}

/** Adds the two bands of one row to the sums; answers how many pixels did not change. */
function sumRow(
  s: Float32Array,
  s1: Float32Array,
  s4: Float32Array,
  a: Float32Array,
  a1: Float32Array,
  a4: Float32Array,
  start: number,
  mask: Float32Array,
  maskStart: number,
  width: number,
  { kept, changed, count, firstCell }: BandSums,
): number {
  let keptCount = 0;
  for (let x = 0, i = start, k = maskStart; x < width; x++, k++, i++) {
    const fs = s[i] - s1[i];
    const fa = a[i] - a1[i];
    const cs = s1[i] - s4[i];
    const ca = a1[i] - a4[i];
    const w = mask[k];
    if (w === 0) {
      kept[0] += fs * fs;
      kept[1] += fa * fa;
      kept[2] += fs * fa;
      kept[3] += cs * cs;
      kept[4] += ca * ca;
      kept[5] += cs * ca;
      keptCount++;
      continue;
    }
    const cell = firstCell + (x >> 3);
    const to = cell * sumsPerCell;
    count[cell] += w;
    changed[to] += w * fs * fs;
    changed[to + 1] += w * fa * fa;
    changed[to + 2] += w * fs * fa;
    changed[to + 3] += w * cs * cs;
    changed[to + 4] += w * ca * ca;
    changed[to + 5] += w * cs * ca;
  }
  return keptCount;
}

/** Cells beside the change say what their neighbours in it say, so that mixing between cells does not give way at its rim. */
function carryOut(weight: Float32Array, count: Float32Array, columns: number, rows: number): void {
  for (let y = 0, cell = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, cell++) {
      if (count[cell] > 0) continue;
      let sum = 0;
      let total = 0;
      for (let v = Math.max(0, y - 1); v <= Math.min(rows - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(columns - 1, x + 1); u++) {
          sum += weight[v * columns + u] * count[v * columns + u];
          total += count[v * columns + u];
        }
      }
      if (total > 0) weight[cell] = sum / total;
    }
  }
}

interface Usual {
  /** How much of the fine band the model returns. */
  readonly fine: number;
  /** What it draws anew of the fine and of the coarse band, levels². */
  readonly noise: number;
  readonly coarse: number;
}

/** Where nothing is left unchanged to measure by, a model is not taken to draw anew more than this, levels². */
const mostUntold = 6;

/** From which share of the fine band on the source's detail is held to be there: the more that is looked at, the surer. */
const cellKept = [0.3, 0.6] as const;
const aroundKept = [0.4, 0.7] as const;
const regionKept = [0.55, 0.8] as const;
const aroundPasses = 6;

interface Verdict {
  /** 1 where the answer's own structure has to be taken. */
  readonly structural: number;
  /** 0 where both pictures are smooth, and nothing tells the one from the other. */
  readonly trust: number;
}

function judge(sums: Float32Array, at: number, usual: Usual, kept: readonly [from: number, to: number]): Verdict {
  const n = sums[at + 6];
  if (n < 1e-3) return { structural: 0, trust: 0 };
  const ss = sums[at] / n;
  const sa = sums[at + 2] / n;
  const cc = sums[at + 3] / n;
  const aa = sums[at + 4] / n;
  const ca = sums[at + 5] / n;
  // Correlation of the coarser band, the model's own re-drawing taken off.
  const energy = Math.max(aa - usual.noise, 0.25 * aa);
  const coherence = ca <= 0 ? 0 : (ca * ca) / (cc * energy + 1e-6);
  const coarseGain = ca / (cc + 1e-6);
  // How much of the fine band is left, against what a mere change of contrast would leave and the model usually leaves.
  const fineKept = coarseGain <= 0.02 ? 0 : sa / (ss + 1e-6) / (coarseGain * usual.fine);
  const structure = ss + cc + Math.max(0, aa - usual.coarse);
  const photometric = ramp(coherence, 0.3, 0.6) * (ss > usual.noise * 0.5 ? ramp(fineKept, kept[0], kept[1]) : 1);
  return { structural: 1 - photometric, trust: structure / (structure + 2 * (usual.noise + usual.coarse)) };
}

/**
 * One change is of one kind: a cell that says otherwise than its surroundings and its region is overruled, a part of a
 * region that says so together is not, and a boundary between two kinds stays where it is.
 */
function joined(own: Verdict, around: Verdict, region: Verdict): number {
  const a = 0.25 * own.trust * own.trust;
  const b = 0.5 * around.trust * around.trust;
  const c = 0.25 * region.trust * region.trust;
  // A smooth cell keeps the source's own grain, whatever its region does: there is nothing that could ghost.
  const structural = (a * own.structural + b * around.structural + c * region.structural) / (a + b + c + 0.01);
  return ramp(structural, 0.3, 0.7) * ramp(own.trust, 0.08, 0.25);
}

const ramp = (value: number, from: number, to: number): number => {
  const t = Math.max(0, Math.min(1, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
};

function withCount(sums: Float32Array, count: Float32Array, cells: number): Float32Array {
  const out = new Float32Array(cells * (sumsPerCell + 1));
  for (let cell = 0; cell < cells; cell++) {
    for (let k = 0; k < sumsPerCell; k++) out[cell * 7 + k] = sums[cell * sumsPerCell + k];
    out[cell * 7 + 6] = count[cell];
  }
  return out;
}

/** Each cell with its eight neighbours, 1-2-1 both ways. */
function spread(values: Float32Array, columns: number, rows: number): Float32Array {
  const size = values.length / (columns * rows);
  const across = new Float32Array(values.length);
  const out = new Float32Array(values.length);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const c = (j * columns + i) * size;
      const l = i > 0 ? c - size : c;
      const r = i < columns - 1 ? c + size : c;
      for (let k = 0; k < size; k++) across[c + k] = 0.25 * values[l + k] + 0.5 * values[c + k] + 0.25 * values[r + k];
    }
  }
  const stride = columns * size;
  for (let j = 0; j < rows; j++) {
    const up = (j > 0 ? j - 1 : j) * stride;
    const here = j * stride;
    const down = (j < rows - 1 ? j + 1 : j) * stride;
    for (let k = 0; k < stride; k++) out[here + k] = 0.25 * across[up + k] + 0.5 * across[here + k] + 0.25 * across[down + k];
  }
  return out;
}

/** Mean over (2·radius + 1)², by running sums; the border's pixels count as often as they are reached. */
async function boxMean(input: Float32Array, width: number, height: number, radius: number, pace: Pace): Promise<Float32Array | null> {
  const across = new Float32Array(input.length);
  const out = new Float32Array(input.length);
  for (let y = 0; y < height; y++) {
    meanAcross(input, y * width, width, radius, across);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  const sums = new Float32Array(width);
  for (let k = -radius; k <= radius; k++) addRow(across, Math.max(0, Math.min(height - 1, k)) * width, sums);
  for (let y = 0; y < height; y++) {
    const comes = Math.min(height - 1, y + radius + 1) * width;
    const goes = Math.max(0, y - radius) * width;
    meanDown(across, comes, goes, 1 / (2 * radius + 1), sums, out, y * width);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return out;
}

function meanAcross(input: Float32Array, start: number, width: number, radius: number, out: Float32Array): void {
  const scale = 1 / (2 * radius + 1);
  const end = start + width - 1;
  let sum = input[start] * (radius + 1);
  for (let k = 1; k <= radius; k++) sum += input[Math.min(end, start + k)];
  for (let i = start; i <= end; i++) {
    out[i] = sum * scale;
    const comes = i + radius + 1;
    const goes = i - radius;
    sum += input[comes > end ? end : comes] - input[goes < start ? start : goes];
  }
}

function addRow(data: Float32Array, start: number, sums: Float32Array): void {
  for (let x = 0; x < sums.length; x++) sums[x] += data[start + x];
}

/** The mean from the sums of the window, which then move on by a row. */
function meanDown(
  data: Float32Array,
  comes: number,
  goes: number,
  scale: number,
  sums: Float32Array,
  out: Float32Array,
  start: number,
): void {
  for (let x = 0; x < sums.length; x++) {
    out[start + x] = sums[x] * scale;
    sums[x] += data[comes + x] - data[goes + x];
  }
}
