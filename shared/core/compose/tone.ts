/**
 * The answer's colour shift, and undoing it. A model returns the whole picture in slightly other gain, gamma and tint, partly
 * drifting over the picture. What the two pictures agree on in structure tells the shift: a quadratic map of colour
 * (Hong, Luo and Rhodes 2001, polynomial colour characterisation), fitted by reweighted least squares so that what was
 * edited does not count, then a slowly varying rest. Shifts are bounded: beyond that it is an edit, not a drift.
 */
import { isStopped, type Pace } from '../pace.ts';
import { buildLattice, createLattice, shiftRow } from './toneLattice.ts';
import type { Aligned, ComposeAsk, Planes, ToneFit } from './types.ts';

const terms = 10;
/** Larger shifts, in levels, are not a model's drift. */
const mostShift = 30;
const mostFieldShift = 12;
/** A shift beyond this, in levels, is taken for what was asked, unless the user says otherwise. */
const plainDrift = 14;
const mostSamples = 40_000;
/** How far the residual may lie off and still count, levels: from wide to narrow, so that edits drop out first. */
const tolerances = [28, 20, 14, 10, 7, 5, 5] as const;
/** Where to begin when large shifts are not to be believed. */
const nearFrom = 3;
/** Less agreement than this share of the picture tells nothing. */
const leastAgreeing = 0.08;
/** From this share on, what differs is an edit of a part. */
const plainlyAgreeing = 0.5;
const fieldCellPx = 32;
/** One sample of so many is used until the last tolerance, and for a median. */
const nearingStep = 4;
const spreadStep = 8;

/** Answer colour → source colour, per output channel r, g, b: weights of [1, r, g, b, r², g², b², rg, gb, rb], colours as 0 to 1. */
type Coefficients = readonly [Float64Array, Float64Array, Float64Array];

function identityCoefficients(): Coefficients {
  const make = (channel: number): Float64Array => {
    const out = new Float64Array(terms);
    out[1 + channel] = 1;
    return out;
  };
  return [make(0), make(1), make(2)];
}

/** Leaves every colour as it is. */
export const identityTone: ToneFit = {
  applied: false,
  maxShift: 0,
  lattice: createLattice(),
  field: null,
  reason: null,
};

/** The map from the answer's colours to the source's; not applied where the instruction or the evidence says to keep them. Null when aborted. */
export async function fitTone(aligned: Aligned, ask: ComposeAsk, pace: Pace): Promise<ToneFit | null> {
  if (ask.tone === 'keep') return { ...identityTone, reason: 'The tone of the answer is kept, as was asked.' };
  const isWhole = ask.scope === 'global' && ask.tone === 'auto';
  if (isWhole) return { ...identityTone, reason: 'The instruction reaches the whole picture, so the tone of the answer is kept.' };

  const samples = await takeSamples(aligned, pace);
  if (samples === null) return null;
  if (samples.count < 30) return { ...identityTone, reason: 'Too little of the picture corresponds to tell a colour shift.' };
  const wide = await fitFrom(samples, aligned, tolerances, pace);
  if (wide === null) return null;
  if (wide === 'unknown') return { ...identityTone, reason: 'Too little of the picture corresponds to tell a colour shift.' };
  if (ask.tone === 'undo') return wide;
  const agreeing = shareOfAgreeing(samples);
  if (wide.maxShift <= plainDrift && agreeing >= leastAgreeing) return wide;
  // The fit may have taken a large edit for a drift: look again at only what lies near the source to begin with.
  const near = await fitFrom(samples, aligned, tolerances.slice(nearFrom), pace);
  if (near === null) return null;
  // Unless the edit is known to be local, most of what kept its structure has to say so: what was replaced tells nothing of tone.
  const enough = ask.scope === 'local' ? leastAgreeing : Math.max(leastAgreeing, plainlyAgreeing * shareOfKept(samples));
  if (near !== 'unknown' && near.maxShift <= plainDrift && shareOfAgreeing(samples) >= enough) return near;
  const reason =
    wide.maxShift > plainDrift
      ? 'The colours shift by more than a model’s drift, so that is taken for the edit and kept.'
      : 'Too little of the picture stayed the same to tell a colour shift from the edit, so the tone of the answer is kept.';
  return { ...identityTone, maxShift: wide.maxShift, reason };
}

async function fitFrom(samples: Samples, aligned: Aligned, from: readonly number[], pace: Pace): Promise<ToneFit | 'unknown' | null> {
  const coefficients = identityCoefficients();
  for (let k = 0; k < from.length; k++) {
    // Few samples do to come near.
    const step = k < from.length - 1 ? nearingStep : 1;
    weigh(samples, coefficients, from[k], step);
    if (!solveInto(samples, coefficients, step)) return 'unknown';
    if (await isStopped(pace)) return null;
  }
  const noise = robustSpread(samples, coefficients);
  weigh(samples, coefficients, Math.max(2.5, noise * 4.5), 1);
  if (await isStopped(pace)) return null;
  const field = await fitField(samples, coefficients, noise, aligned, pace);
  if (field === 'aborted') return null;
  const lattice = buildLattice(samples, (c, r, g, b) => mapped(coefficients[c], r, g, b), mostShift);
  if (await isStopped(pace)) return null;
  return { applied: true, maxShift: largestShift(samples, coefficients, field), lattice, field, reason: null };
}

/** The share of the picture that the fit explains. */
function shareOfAgreeing({ count, weight, prior }: Samples): number {
  let agreeing = 0;
  for (let i = 0; i < count; i++) if (prior[i] > 0.3 && weight[i] > 0.3 * prior[i]) agreeing++;
  return agreeing / count;
}

/** The share of the picture whose structure is the source's. */
function shareOfKept({ count, prior }: Samples): number {
  let kept = 0;
  for (let i = 0; i < count; i++) if (prior[i] > 0.3) kept++;
  return kept / count;
}

interface Samples {
  readonly count: number;
  /** Cell means, 0 to 1. */
  readonly source: readonly [Float32Array, Float32Array, Float32Array];
  readonly answer: readonly [Float32Array, Float32Array, Float32Array];
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** How far the structure around agrees, 0 to 1. */
  readonly prior: Float32Array;
  readonly weight: Float32Array;
}

/** Means of small cells, so that grain and re-made texture average out; each with how far structure agrees around it. */
async function takeSamples(aligned: Aligned, pace: Pace): Promise<Samples | null> {
  const { width, height } = aligned;
  const side = Math.max(1, Math.ceil(Math.sqrt((width * height) / mostSamples)));
  const columns = Math.floor(width / side);
  const rows = Math.floor(height / side);
  const make = (): Float32Array => new Float32Array(columns * rows);
  const cells: Cells = {
    columns,
    rows,
    side,
    source: [make(), make(), make()],
    answer: [make(), make(), make()],
    missing: new Uint8Array(columns * rows),
    ss: make(),
    aa: make(),
    sa: make(),
  };
  for (let row = 0; row < rows; row++) {
    for (let dy = 0; dy < side; dy++) addToCells(aligned, (row * side + dy) * width, row * columns, cells);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return gather(cells, pace);
}

/** Adds one row of pixels to its row of cells. */
function addToCells({ source, answer, covered, alpha }: Aligned, start: number, first: number, cells: Cells): void {
  const { columns, side, missing, ss, aa, sa } = cells;
  const [sumR, sumG, sumB] = cells.source;
  const [sumAr, sumAg, sumAb] = cells.answer;
  const { r: sr, g: sg, b: sb } = source;
  const { r: ar, g: ag, b: ab } = answer;
  const reached = covered.data;
  const opacity = (alpha ?? covered).data;
  const share = 1 / (side * side * 255);
  for (let k = first, i = start; k < first + columns; k++) {
    let r = 0;
    let g = 0;
    let b = 0;
    let r2 = 0;
    let g2 = 0;
    let b2 = 0;
    let s2 = 0;
    let a2 = 0;
    let cross = 0;
    for (let end = i + side; i < end; i++) {
      if (reached[i] < 0.999 || opacity[i] < 0.999) missing[k] = 1;
      const s = (sr[i] + 2 * sg[i] + sb[i]) * 0.25;
      const a = (ar[i] + 2 * ag[i] + ab[i]) * 0.25;
      r += sr[i];
      g += sg[i];
      b += sb[i];
      r2 += ar[i];
      g2 += ag[i];
      b2 += ab[i];
      s2 += s * s;
      a2 += a * a;
      cross += s * a;
    }
    sumR[k] += r * share;
    sumG[k] += g * share;
    sumB[k] += b * share;
    sumAr[k] += r2 * share;
    sumAg[k] += g2 * share;
    sumAb[k] += b2 * share;
    ss[k] += s2;
    aa[k] += a2;
    sa[k] += cross;
  }
}

interface Cells {
  readonly columns: number;
  readonly rows: number;
  readonly side: number;
  /** Means, 0 to 1. */
  readonly source: readonly [Float32Array, Float32Array, Float32Array];
  readonly answer: readonly [Float32Array, Float32Array, Float32Array];
  /** 1 where a pixel is transparent or the answer does not reach it. */
  readonly missing: Uint8Array;
  /** Structure within: sums of luma squared and crossed. */
  readonly ss: Float32Array;
  readonly aa: Float32Array;
  readonly sa: Float32Array;
}

/** Structure is compared over 3 × 3 cells: their correlation, flat ones on both sides counting as agreeing. Null when aborted. */
async function gather(cells: Cells, pace: Pace): Promise<Samples | null> {
  const { columns, rows, side, missing } = cells;
  let count = 0;
  for (let k = 0; k < missing.length; k++) count += 1 - missing[k];
  const make = (): Float32Array => new Float32Array(count);
  const out = {
    count,
    source: [make(), make(), make()] as const,
    answer: [make(), make(), make()] as const,
    x: make(),
    y: make(),
    prior: make(),
    weight: make(),
  };
  const sourceLuma = lumaOfCells(cells.source);
  const answerLuma = lumaOfCells(cells.answer);
  let n = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const k = row * columns + column;
      if (missing[k] !== 0) continue;
      for (let c = 0; c < 3; c++) {
        out.source[c][n] = cells.source[c][k];
        out.answer[c][n] = cells.answer[c][k];
      }
      out.x[n] = (column + 0.5) * side;
      out.y[n] = (row + 0.5) * side;
      const likeness = likenessAround(cells, sourceLuma, answerLuma, row, column);
      out.prior[n] = likeness > 0 ? likeness * likeness : 0;
      n++;
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return out;
}

/** Levels. */
function lumaOfCells([r, g, b]: Cells['source']): Float32Array {
  const out = new Float32Array(r.length);
  for (let i = 0; i < out.length; i++) out[i] = (r[i] + 2 * g[i] + b[i]) * 63.75;
  return out;
}

function likenessAround(
  { columns, rows, side, ss, aa, sa }: Cells,
  sourceLuma: Float32Array,
  answerLuma: Float32Array,
  row: number,
  column: number,
): number {
  let s = 0;
  let a = 0;
  let s2 = 0;
  let a2 = 0;
  let cross = 0;
  let total = 0;
  const right = Math.min(columns - 1, column + 1);
  for (let j = Math.max(0, row - 1); j <= Math.min(rows - 1, row + 1); j++) {
    for (let m = j * columns + Math.max(0, column - 1); m <= j * columns + right; m++) {
      s += sourceLuma[m];
      a += answerLuma[m];
      s2 += ss[m];
      a2 += aa[m];
      cross += sa[m];
      total++;
    }
  }
  s /= total;
  a /= total;
  const share = 1 / (total * side * side);
  // Deviations below three levels are noise.
  const floor = 9;
  const vs = Math.max(0, s2 * share - s * s) + floor;
  const va = Math.max(0, a2 * share - a * a) + floor;
  return (cross * share - s * a + floor) / Math.sqrt(vs * va);
}

/** Tukey's biweight of the colour distance, times the prior, of every `step`-th sample. */
function weigh({ count, source, answer, prior, weight }: Samples, [mr, mg, mb]: Coefficients, toleranceLevels: number, step: number): void {
  const limit = (toleranceLevels / 255) ** 2;
  const [sr, sg, sb] = source;
  const [ar, ag, ab] = answer;
  for (let i = 0; i < count; i += step) {
    const r = ar[i];
    const g = ag[i];
    const b = ab[i];
    const dr = mapped(mr, r, g, b) - sr[i];
    const dg = mapped(mg, r, g, b) - sg[i];
    const db = mapped(mb, r, g, b) - sb[i];
    const square = (dr * dr + dg * dg + db * db) / (3 * limit);
    const keep = 1 - square;
    weight[i] = keep > 0 ? keep * keep * prior[i] : 0;
  }
}

const mapped = (m: Float64Array, r: number, g: number, b: number): number =>
  m[0] + m[1] * r + m[2] * g + m[3] * b + m[4] * r * r + m[5] * g * g + m[6] * b * b + m[7] * r * g + m[8] * r * b + m[9] * g * b;

/**
 * One set of normal equations for the three channels. The ridge towards "no shift" stands for what a drift is expected to
 * be; neighbouring samples err alike, so it weighs as if there were far fewer of them.
 */
function solveInto({ count, source, answer, weight }: Samples, coefficients: Coefficients, step: number): boolean {
  const stride = terms + 3;
  const normal = new Float64Array(terms * stride);
  const [sr, sg, sb] = source;
  const [ar, ag, ab] = answer;
  // The features, then what has to be added, so that the ridge draws towards nothing.
  const f = new Float64Array(stride);
  f[0] = 1;
  let total = 0;
  for (let n = 0; n < count; n += step) {
    const w = weight[n] * step;
    if (w === 0) continue;
    total += w;
    const r = ar[n];
    const g = ag[n];
    const b = ab[n];
    f[1] = r;
    f[2] = g;
    f[3] = b;
    f[4] = r * r;
    f[5] = g * g;
    f[6] = b * b;
    f[7] = r * g;
    f[8] = r * b;
    f[9] = g * b;
    f[10] = sr[n] - r;
    f[11] = sg[n] - g;
    f[12] = sb[n] - b;
    for (let i = 0, at = 0; i < terms; i++, at += stride) {
      const wf = w * f[i];
      for (let j = i; j < stride; j++) normal[at + j] += wf * f[j];
    }
  }
  if (total < 20) return false;
  for (let i = 0; i < terms; i++) {
    for (let j = 0; j < i; j++) normal[i * stride + j] = normal[j * stride + i];
    normal[i * stride + i] += i === 0 ? 0.05 : i < 4 ? 0.5 : 2;
  }
  eliminate(normal, terms, stride);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < terms; i++) coefficients[c][i] = normal[i * stride + terms + c] / normal[i * stride + i];
    coefficients[c][1 + c] += 1;
  }
  return true;
}

/** Gauss and Jordan's elimination in place; the ridge makes the matrix definite, so no pivoting is needed. */
function eliminate(m: Float64Array, size: number, stride: number): void {
  for (let k = 0; k < size; k++) {
    const pivot = m[k * stride + k];
    for (let i = 0; i < size; i++) {
      if (i === k) continue;
      const factor = m[i * stride + k] / pivot;
      if (factor === 0) continue;
      for (let j = k; j < stride; j++) m[i * stride + j] -= factor * m[k * stride + j];
    }
  }
}

/** Spread of what the map leaves where samples count, levels: from the median absolute rest. */
function robustSpread({ count, source, answer, weight }: Samples, coefficients: Coefficients): number {
  const rests = new Float64Array(3 * Math.ceil(count / spreadStep));
  let found = 0;
  for (let i = 0; i < count; i += spreadStep) {
    if (weight[i] < 0.1) continue;
    for (let c = 0; c < 3; c++)
      rests[found++] = Math.abs(mapped(coefficients[c], answer[0][i], answer[1][i], answer[2][i]) - source[c][i]) * 255;
  }
  return found === 0 ? 1 : rests.subarray(0, found).sort()[found >> 1] * 1.48;
}

/** What the map leaves, as a smooth field: cell means spread over their neighbourhood, twice, what lies off dropping out. */
async function fitField(
  samples: Samples,
  coefficients: Coefficients,
  noise: number,
  { width, height }: Aligned,
  pace: Pace,
): Promise<ToneFit['field'] | 'aborted'> {
  const columns = Math.max(1, Math.ceil(width / fieldCellPx));
  const rows = Math.max(1, Math.ceil(height / fieldCellPx));
  if (columns * rows < 4) return null;
  const { count, source, answer } = samples;
  const rests = [0, 1, 2].map((c) => {
    const rest = new Float32Array(count);
    for (let i = 0; i < count; i++) rest[i] = (source[c][i] - mapped(coefficients[c], answer[0][i], answer[1][i], answer[2][i])) * 255;
    return rest;
  });
  let field: ToneFit['field'] = null;
  const tolerance = Math.max(2.5, noise * 4.5);
  for (const limit of [tolerance, tolerance * 0.8]) {
    if (await isStopped(pace)) return 'aborted';
    const { sums, weights } = cellSums(samples, rests, field, limit, columns, rows);
    if (await isStopped(pace)) return 'aborted';
    field = { cellPx: fieldCellPx, columns, rows, ...smoothed(sums, weights, columns, rows) };
  }
  return field;
}

/** Weighted sums of the rests per cell of the field, those dropping out that lie off the field so far; the weights are kept. */
function cellSums(
  { count, prior, weight, x, y }: Samples,
  [restR, restG, restB]: readonly Float32Array[],
  field: ToneFit['field'],
  limit: number,
  columns: number,
  rows: number,
): { readonly sums: readonly Float32Array[]; readonly weights: Float32Array } {
  const make = (): Float32Array => new Float32Array(columns * rows);
  const [sumR, sumG, sumB, weights] = [make(), make(), make(), make()];
  const at: Cell = { node: 0, right: 0, below: 0, partX: 0, partY: 0 };
  const scale = 1 / (3 * limit * limit);
  for (let i = 0; i < count; i++) {
    const p = prior[i];
    if (p < 0.05) continue;
    let r = restR[i];
    let g = restG[i];
    let b = restB[i];
    if (field !== null) {
      placeIn(field, x[i], y[i], at);
      r -= bilinear(field.r, at);
      g -= bilinear(field.g, at);
      b -= bilinear(field.b, at);
    }
    const keep = 1 - (r * r + g * g + b * b) * scale;
    const w = keep > 0 ? keep * keep * p : 0;
    weight[i] = w;
    if (w === 0) continue;
    const node = Math.min(rows - 1, Math.floor(y[i] / fieldCellPx)) * columns + Math.min(columns - 1, Math.floor(x[i] / fieldCellPx));
    weights[node] += w;
    sumR[node] += w * restR[i];
    sumG[node] += w * restG[i];
    sumB[node] += w * restB[i];
  }
  return { sums: [sumR, sumG, sumB], weights };
}

/** Widely blurred sums over widely blurred weights; where little is known the field falls back to none. */
function smoothed(
  sums: readonly Float32Array[],
  weights: Float32Array,
  columns: number,
  rows: number,
): { r: Float32Array; g: Float32Array; b: Float32Array } {
  let known = 0;
  for (const w of weights) known += w;
  const doubt = 0.02 * (known / weights.length) + 1e-6;
  const spread = (plane: Float32Array): Float32Array => blurNodes(blurNodes(plane, columns, rows), columns, rows);
  const share = spread(weights);
  const [r, g, b] = sums.map((sum) => {
    const out = spread(sum);
    for (let i = 0; i < out.length; i++) out[i] = Math.max(-mostFieldShift, Math.min(mostFieldShift, out[i] / (share[i] + doubt)));
    return out;
  });
  return { r, g, b };
}

const nodeKernel = [0.04, 0.12, 0.21, 0.26, 0.21, 0.12, 0.04] as const;

function blurNodes(plane: Float32Array, columns: number, rows: number): Float32Array {
  const across = new Float32Array(plane.length);
  const out = new Float32Array(plane.length);
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < columns; i++)
      for (let k = -3; k <= 3; k++)
        if (i + k >= 0 && i + k < columns) across[j * columns + i] += nodeKernel[k + 3] * plane[j * columns + i + k];
  for (let j = 0; j < rows; j++)
    for (let k = -3; k <= 3; k++)
      if (j + k >= 0 && j + k < rows)
        for (let i = 0; i < columns; i++) out[j * columns + i] += nodeKernel[k + 3] * across[(j + k) * columns + i];
  return out;
}

/** Where a position lies in the field: the node above and left of it, the steps to its neighbours, how far between them. */
interface Cell {
  node: number;
  right: number;
  below: number;
  partX: number;
  partY: number;
}

function placeIn({ cellPx, columns, rows }: NonNullable<ToneFit['field']>, x: number, y: number, at: Cell): void {
  const u = Math.max(0, Math.min(columns - 1, x / cellPx - 0.5));
  const v = Math.max(0, Math.min(rows - 1, y / cellPx - 0.5));
  const i = Math.min(Math.floor(u), Math.max(0, columns - 2));
  const j = Math.min(Math.floor(v), Math.max(0, rows - 2));
  at.node = j * columns + i;
  at.right = columns > 1 ? 1 : 0;
  at.below = rows > 1 ? columns : 0;
  at.partX = u - i;
  at.partY = v - j;
}

function bilinear(plane: Float32Array, { node, right, below, partX, partY }: Cell): number {
  const top = plane[node] + (plane[node + right] - plane[node]) * partX;
  const bottom = plane[node + below] + (plane[node + below + right] - plane[node + below]) * partX;
  return top + (bottom - top) * partY;
}

/** 99th percentile of the shift over the samples that count, levels. */
function largestShift({ count, answer, weight, x, y }: Samples, coefficients: Coefficients, field: ToneFit['field']): number {
  const shifts = new Float64Array(Math.ceil(count / 2));
  const channels = field === null ? null : [field.r, field.g, field.b];
  const at: Cell = { node: 0, right: 0, below: 0, partX: 0, partY: 0 };
  let found = 0;
  for (let i = 0; i < count; i += 2) {
    if (weight[i] < 0.2) continue;
    if (field !== null) placeIn(field, x[i], y[i], at);
    let most = 0;
    for (let c = 0; c < 3; c++) {
      const rest = channels === null ? 0 : bilinear(channels[c], at);
      const shift = (mapped(coefficients[c], answer[0][i], answer[1][i], answer[2][i]) - answer[c][i]) * 255 + rest;
      most = Math.max(most, Math.abs(shift));
    }
    shifts[found++] = Math.min(most, mostShift);
  }
  return found === 0 ? 0 : shifts.subarray(0, found).sort()[Math.floor(0.99 * (found - 1))];
}

/** In place. `at`: the work position of the centre of pixel (0, 0), and the work px from one pixel to the next. */
export function undoTone(
  { lattice, field }: ToneFit,
  planes: Planes,
  at: { readonly x0: number; readonly y0: number; readonly stepX: number; readonly stepY: number },
): void {
  const { width, height } = planes;
  const rest = { r: new Float32Array(width), g: new Float32Array(width), b: new Float32Array(width) };
  const row = field === null ? null : { ...tapsAcross(field, width, at), line: new Float32Array(field.columns + 1) };
  for (let y = 0; y < height; y++) {
    if (field !== null && row !== null) {
      const v = (at.y0 + y * at.stepY) / field.cellPx - 0.5;
      fieldRow(field.r, field, v, row, rest.r);
      fieldRow(field.g, field, v, row, rest.g);
      fieldRow(field.b, field, v, row, rest.b);
    }
    shiftRow(lattice, planes, y * width, rest, mostShift);
  }
}

/** Which two nodes each pixel of a row lies between, and how far. */
interface FieldTaps {
  readonly node: Int32Array;
  readonly part: Float32Array;
  /** The field along the row, to be filled in; one node longer than it. */
  readonly line: Float32Array;
}

function tapsAcross(
  { columns, cellPx }: NonNullable<ToneFit['field']>,
  width: number,
  { x0, stepX }: { readonly x0: number; readonly stepX: number },
): Pick<FieldTaps, 'node' | 'part'> {
  const node = new Int32Array(width);
  const part = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    const u = Math.max(0, Math.min(columns - 1, (x0 + x * stepX) / cellPx - 0.5));
    node[x] = Math.floor(u);
    part[x] = u - node[x];
  }
  return { node, part };
}

function fieldRow(
  plane: Float32Array,
  { columns, rows }: NonNullable<ToneFit['field']>,
  v: number,
  { node, part, line }: FieldTaps,
  out: Float32Array,
): void {
  const y = Math.max(0, Math.min(rows - 1, v));
  const j = Math.min(Math.floor(y), Math.max(0, rows - 2));
  const top = j * columns;
  const bottom = rows > 1 ? top + columns : top;
  for (let i = 0; i < columns; i++) line[i] = plane[top + i] + (plane[bottom + i] - plane[top + i]) * (y - j);
  line[columns] = line[columns - 1];
  for (let x = 0; x < out.length; x++) {
    const i = node[x];
    out[x] = line[i] + (line[i + 1] - line[i]) * part[x];
  }
}
