/**
 * The answer's colour shift, and undoing it. A model returns the whole picture in slightly other gain, gamma and tint, partly
 * drifting over the picture. What the two pictures agree on in structure tells the shift: a quadratic map of colour
 * (Hong, Luo and Rhodes 2001, polynomial colour characterisation), fitted by reweighted least squares so that what was
 * edited does not count, then a slowly varying rest. Shifts are bounded: beyond that it is an edit, not a drift.
 */
import type { Pace } from '../pace.ts';
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
  // Unless the edit is known to be local, most of the picture has to say so.
  const enough = ask.scope === 'local' ? leastAgreeing : plainlyAgreeing;
  if (near !== 'unknown' && near.maxShift <= plainDrift && shareOfAgreeing(samples) >= enough) return near;
  const reason =
    wide.maxShift > plainDrift
      ? 'The colours shift by more than a model’s drift, so that is taken for the edit and kept.'
      : 'Too little of the picture stayed the same to tell a colour shift from the edit, so the tone of the answer is kept.';
  return { ...identityTone, maxShift: wide.maxShift, reason };
}

async function fitFrom(samples: Samples, aligned: Aligned, from: readonly number[], pace: Pace): Promise<ToneFit | 'unknown' | null> {
  const coefficients = identityCoefficients();
  for (const tolerance of from) {
    weigh(samples, coefficients, tolerance);
    if (!solveInto(samples, coefficients)) return 'unknown';
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  const noise = robustSpread(samples, coefficients);
  weigh(samples, coefficients, Math.max(2.5, noise * 4.5));
  const field = fitField(samples, coefficients, noise, aligned);
  const lattice = buildLattice(samples, (c, r, g, b) => mapped(coefficients[c], r, g, b), mostShift);
  return { applied: true, maxShift: largestShift(samples, coefficients, field), lattice, field, reason: null };
}

/** The share of the picture that the fit explains. */
function shareOfAgreeing({ count, weight, prior }: Samples): number {
  let agreeing = 0;
  for (let i = 0; i < count; i++) if (prior[i] > 0.3 && weight[i] > 0.3 * prior[i]) agreeing++;
  return agreeing / count;
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
async function takeSamples({ source, answer, covered, alpha, width, height }: Aligned, pace: Pace): Promise<Samples | null> {
  const side = Math.max(1, Math.ceil(Math.sqrt((width * height) / mostSamples)));
  const columns = Math.floor(width / side);
  const rows = Math.floor(height / side);
  const cells = columns * rows;
  const sums = Array.from({ length: 6 }, () => new Float32Array(cells));
  const full = new Uint8Array(cells);
  const planes = [source.r, source.g, source.b, answer.r, answer.g, answer.b];
  // Within-cell structure: sums of luma squared and crossed.
  const ss = new Float32Array(cells);
  const aa = new Float32Array(cells);
  const sa = new Float32Array(cells);
  const share = 1 / (side * side * 255);
  for (let row = 0; row < rows; row++) {
    const base = row * columns;
    for (let c = 0; c < 6; c++) {
      const plane = planes[c];
      const sum = sums[c];
      for (let dy = 0; dy < side; dy++) {
        let i = (row * side + dy) * width;
        for (let column = 0; column < columns; column++) {
          let total = 0;
          for (let dx = 0; dx < side; dx++) total += plane[i++];
          sum[base + column] += total * share;
        }
      }
    }
    for (let column = 0; column < columns; column++) {
      const k = base + column;
      let isFull = 1;
      let s2 = 0;
      let a2 = 0;
      let cross = 0;
      for (let dy = 0; dy < side; dy++) {
        let i = (row * side + dy) * width + column * side;
        for (let dx = 0; dx < side; dx++, i++) {
          if (covered.data[i] < 0.999 || (alpha !== null && alpha.data[i] < 0.999)) isFull = 0;
          const s = (source.r[i] + 2 * source.g[i] + source.b[i]) * 0.25;
          const a = (answer.r[i] + 2 * answer.g[i] + answer.b[i]) * 0.25;
          s2 += s * s;
          a2 += a * a;
          cross += s * a;
        }
      }
      full[k] = isFull;
      ss[k] = s2;
      aa[k] = a2;
      sa[k] = cross;
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return gather({ columns, rows, side, sums, full, ss, aa, sa });
}

interface Cells {
  readonly columns: number;
  readonly rows: number;
  readonly side: number;
  readonly sums: readonly Float32Array[];
  readonly full: Uint8Array;
  readonly ss: Float32Array;
  readonly aa: Float32Array;
  readonly sa: Float32Array;
}

/** Structure is compared over 3 × 3 cells: their correlation, flat ones on both sides counting as agreeing. */
function gather({ columns, rows, side, sums, full, ss, aa, sa }: Cells): Samples {
  let count = 0;
  for (const f of full) count += f;
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
  const pixels = side * side;
  const floor = 9;
  let n = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const k = row * columns + column;
      if (full[k] === 0) continue;
      for (let c = 0; c < 3; c++) {
        out.source[c][n] = sums[c][k];
        out.answer[c][n] = sums[c + 3][k];
      }
      out.x[n] = (column + 0.5) * side;
      out.y[n] = (row + 0.5) * side;
      let s = 0;
      let a = 0;
      let s2 = 0;
      let a2 = 0;
      let cross = 0;
      let total = 0;
      for (let j = Math.max(0, row - 1); j <= Math.min(rows - 1, row + 1); j++) {
        for (let i = Math.max(0, column - 1); i <= Math.min(columns - 1, column + 1); i++) {
          const m = j * columns + i;
          s += (sums[0][m] + 2 * sums[1][m] + sums[2][m]) * 63.75;
          a += (sums[3][m] + 2 * sums[4][m] + sums[5][m]) * 63.75;
          s2 += ss[m];
          a2 += aa[m];
          cross += sa[m];
          total++;
        }
      }
      s /= total;
      a /= total;
      const share = 1 / (total * pixels);
      const vs = Math.max(0, s2 * share - s * s);
      const va = Math.max(0, a2 * share - a * a);
      const likeness = (cross * share - s * a + floor) / Math.sqrt((vs + floor) * (va + floor));
      const positive = likeness > 0 ? likeness : 0;
      out.prior[n] = positive * positive;
      n++;
    }
  }
  return out;
}

/** Tukey's biweight of the colour distance, times the prior. */
function weigh({ count, source, answer, prior, weight }: Samples, [mr, mg, mb]: Coefficients, toleranceLevels: number): void {
  const limit = (toleranceLevels / 255) ** 2;
  const [sr, sg, sb] = source;
  const [ar, ag, ab] = answer;
  for (let i = 0; i < count; i++) {
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
function solveInto({ count, source, answer, weight }: Samples, coefficients: Coefficients): boolean {
  const normal = new Float64Array(terms * (terms + 3));
  const stride = terms + 3;
  const f = new Float64Array(terms);
  f[0] = 1;
  let total = 0;
  for (let n = 0; n < count; n++) {
    const w = weight[n];
    if (w === 0) continue;
    total += w;
    const r = answer[0][n];
    const g = answer[1][n];
    const b = answer[2][n];
    f[1] = r;
    f[2] = g;
    f[3] = b;
    f[4] = r * r;
    f[5] = g * g;
    f[6] = b * b;
    f[7] = r * g;
    f[8] = r * b;
    f[9] = g * b;
    // What has to be added, so that the ridge draws towards nothing.
    const dr = source[0][n] - r;
    const dg = source[1][n] - g;
    const db = source[2][n] - b;
    for (let i = 0; i < terms; i++) {
      const wf = w * f[i];
      const at = i * stride;
      for (let j = i; j < terms; j++) normal[at + j] += wf * f[j];
      normal[at + terms] += wf * dr;
      normal[at + terms + 1] += wf * dg;
      normal[at + terms + 2] += wf * db;
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
  const rests: number[] = [];
  for (let i = 0; i < count; i += 3) {
    if (weight[i] < 0.1) continue;
    for (let c = 0; c < 3; c++)
      rests.push(Math.abs(mapped(coefficients[c], answer[0][i], answer[1][i], answer[2][i]) - source[c][i]) * 255);
  }
  if (rests.length === 0) return 1;
  rests.sort((p, q) => p - q);
  return rests[rests.length >> 1] * 1.48;
}

/** What the map leaves, as a smooth field: cell means spread over their neighbourhood, twice, what lies off dropping out. */
function fitField(samples: Samples, coefficients: Coefficients, noise: number, { width, height }: Aligned): ToneFit['field'] {
  const columns = Math.max(1, Math.ceil(width / fieldCellPx));
  const rows = Math.max(1, Math.ceil(height / fieldCellPx));
  if (columns * rows < 4) return null;
  const nodes = columns * rows;
  const { count, source, answer, prior, weight, x, y } = samples;
  const rests = [0, 1, 2].map(() => new Float32Array(count));
  for (let i = 0; i < count; i++)
    for (let c = 0; c < 3; c++) rests[c][i] = (source[c][i] - mapped(coefficients[c], answer[0][i], answer[1][i], answer[2][i])) * 255;

  let field: NonNullable<ToneFit['field']> = {
    cellPx: fieldCellPx,
    columns,
    rows,
    r: new Float32Array(nodes),
    g: new Float32Array(nodes),
    b: new Float32Array(nodes),
  };
  const tolerance = Math.max(2.5, noise * 4.5);
  for (const limit of [tolerance, tolerance * 0.8]) {
    const sums = [0, 1, 2].map(() => new Float32Array(nodes));
    const weights = new Float32Array(nodes);
    for (let i = 0; i < count; i++) {
      const p = prior[i];
      if (p < 0.05) continue;
      const u = x[i] / fieldCellPx - 0.5;
      const v = y[i] / fieldCellPx - 0.5;
      const off =
        ((rests[0][i] - bilinear(field.r, columns, rows, u, v)) ** 2 +
          (rests[1][i] - bilinear(field.g, columns, rows, u, v)) ** 2 +
          (rests[2][i] - bilinear(field.b, columns, rows, u, v)) ** 2) /
        (3 * limit * limit);
      const keep = off < 1 ? (1 - off) * (1 - off) * p : 0;
      weight[i] = keep;
      if (keep === 0) continue;
      const node = Math.min(rows - 1, Math.floor(y[i] / fieldCellPx)) * columns + Math.min(columns - 1, Math.floor(x[i] / fieldCellPx));
      weights[node] += keep;
      for (let c = 0; c < 3; c++) sums[c][node] += keep * rests[c][i];
    }
    field = { cellPx: fieldCellPx, columns, rows, ...smoothed(sums, weights, columns, rows) };
  }
  return field;
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

function bilinear(plane: Float32Array, columns: number, rows: number, u: number, v: number): number {
  const x = u < 0 ? 0 : u > columns - 1 ? columns - 1 : u;
  const y = v < 0 ? 0 : v > rows - 1 ? rows - 1 : v;
  const i = Math.min(Math.floor(x), Math.max(0, columns - 2));
  const j = Math.min(Math.floor(y), Math.max(0, rows - 2));
  const right = columns > 1 ? 1 : 0;
  const down = rows > 1 ? columns : 0;
  const at = j * columns + i;
  const top = plane[at] + (plane[at + right] - plane[at]) * (x - i);
  const bottom = plane[at + down] + (plane[at + down + right] - plane[at + down]) * (x - i);
  return top + (bottom - top) * (y - j);
}

/** 99th percentile of the shift over the samples that count, levels. */
function largestShift({ count, answer, weight, x, y }: Samples, coefficients: Coefficients, field: ToneFit['field']): number {
  const shifts: number[] = [];
  for (let i = 0; i < count; i += 2) {
    if (weight[i] < 0.2) continue;
    let most = 0;
    for (let c = 0; c < 3; c++) {
      const rest =
        field === null
          ? 0
          : bilinear([field.r, field.g, field.b][c], field.columns, field.rows, x[i] / field.cellPx - 0.5, y[i] / field.cellPx - 0.5);
      const shift = bounded((mapped(coefficients[c], answer[0][i], answer[1][i], answer[2][i]) - answer[c][i]) * 255 + rest);
      if (Math.abs(shift) > most) most = Math.abs(shift);
    }
    shifts.push(most);
  }
  shifts.sort((p, q) => p - q);
  return shifts.length === 0 ? 0 : shifts[Math.floor(0.99 * (shifts.length - 1))];
}

const bounded = (levels: number): number => (levels > mostShift ? mostShift : levels < -mostShift ? -mostShift : levels);

/** In place. `at`: the work position of the centre of pixel (0, 0), and the work px from one pixel to the next. */
export function undoTone(
  { lattice, field }: ToneFit,
  planes: Planes,
  at: { readonly x0: number; readonly y0: number; readonly stepX: number; readonly stepY: number },
): void {
  const { width, height } = planes;
  const rest = field === null ? null : { r: new Float32Array(width), g: new Float32Array(width), b: new Float32Array(width) };
  for (let y = 0; y < height; y++) {
    if (field !== null && rest !== null) {
      const v = (at.y0 + y * at.stepY) / field.cellPx - 0.5;
      fieldRow(field.r, field, v, at, rest.r);
      fieldRow(field.g, field, v, at, rest.g);
      fieldRow(field.b, field, v, at, rest.b);
    }
    shiftRow(lattice, planes, y * width, rest, mostShift);
  }
}

function fieldRow(
  plane: Float32Array,
  { columns, rows, cellPx }: NonNullable<ToneFit['field']>,
  v: number,
  { x0, stepX }: { readonly x0: number; readonly stepX: number },
  out: Float32Array,
): void {
  const y = v < 0 ? 0 : v > rows - 1 ? rows - 1 : v;
  const j = Math.min(Math.floor(y), Math.max(0, rows - 2));
  const fraction = y - j;
  const top = j * columns;
  const bottom = rows > 1 ? top + columns : top;
  const right = columns > 1 ? 1 : 0;
  const last = Math.max(0, columns - 2);
  for (let x = 0; x < out.length; x++) {
    let u = (x0 + x * stepX) / cellPx - 0.5;
    u = u < 0 ? 0 : u > columns - 1 ? columns - 1 : u;
    const i = u < last ? u | 0 : last;
    const part = u - i;
    const above = plane[top + i] + (plane[top + i + right] - plane[top + i]) * part;
    const below = plane[bottom + i] + (plane[bottom + i + right] - plane[bottom + i]) * part;
    out[x] = above + (below - above) * fraction;
  }
}
