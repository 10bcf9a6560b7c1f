/**
 * One level of registration: robust Lucas-Kanade on structure (Lucas and Kanade 1981; Baker and Matthews 2004). The points
 * are the strongest of each small cell, so thin drawings count as much as rich photographs. Each block of points votes with
 * how well it correlates: an edit that covers most of a picture cannot outvote the rest that stayed. 65,000 points, 5 ms
 * an iteration.
 */
import type { Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import type { Affine, Plane } from './types.ts';

export interface Points {
  readonly count: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly value: Float32Array;
  readonly gradientX: Float32Array;
  readonly gradientY: Float32Array;
  /** Which block votes with this point. */
  readonly block: Int32Array;
  readonly blocks: number;
  /** Per block, 0.1 to 1: straight lines alone cannot tell where along themselves they lie. */
  readonly say: Float32Array;
}

const blocksAcross = 24;
/** Steps smaller than this, px, change nothing that can be measured. */
const settledPx = 0.003;

/** The point of the strongest gradient in each cell of the (structure) plane: `most` or fewer. Null when aborted. */
export async function choosePoints(plane: Plane, mostPoints: number, pace: Pace): Promise<Points | null> {
  const { width, height } = plane;
  const cell = Math.max(1, Math.ceil(Math.sqrt((width * height) / mostPoints)));
  const columns = Math.ceil(Math.max(0, width - 2) / cell);
  const rows = Math.ceil(Math.max(0, height - 2) / cell);
  const most = Math.max(0, columns * rows);
  const floats = (): Float32Array => new Float32Array(most);
  const chosen: Chosen = {
    x: floats(),
    y: floats(),
    value: floats(),
    gradientX: floats(),
    gradientY: floats(),
    block: new Int32Array(most),
  };
  const blockPx = Math.max(8, Math.ceil(Math.max(width, height) / blocksAcross));
  let count = 0;
  for (let top = 1; top < height - 1; top += cell) {
    count = chooseInRow(plane, top, cell, blockPx, chosen, count);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  const blocks = Math.ceil(width / blockPx) * Math.ceil(height / blockPx);
  return { count, ...chosen, blocks, say: saysOf(count, chosen.gradientX, chosen.gradientY, chosen.block, blocks) };
}

type Chosen = Pick<Points, 'x' | 'y' | 'value' | 'gradientX' | 'gradientY' | 'block'>;

/** Of the row of cells from `top` on; answers how many points there are now. */
function chooseInRow({ width, height, data }: Plane, top: number, cell: number, blockPx: number, chosen: Chosen, known: number): number {
  const { x, y, value, gradientX, gradientY, block } = chosen;
  const bottom = Math.min(height - 1, top + cell);
  const blockColumns = Math.ceil(width / blockPx);
  let count = known;
  for (let left = 1; left < width - 1; left += cell) {
    const right = Math.min(width - 1, left + cell);
    let best = 1e-4;
    let at = -1;
    for (let v = top; v < bottom; v++)
      for (let u = left, i = v * width + left; u < right; u++, i++) {
        const gx = data[i + 1] - data[i - 1];
        const gy = data[i + width] - data[i - width];
        const strength = gx * gx + gy * gy;
        if (strength > best) {
          best = strength;
          at = i;
        }
      }
    if (at < 0) continue;
    const u = at % width;
    const v = (at - u) / width;
    x[count] = u + 0.5;
    y[count] = v + 0.5;
    value[count] = data[at];
    gradientX[count] = (data[at + 1] - data[at - 1]) * 0.5;
    gradientY[count] = (data[at + width] - data[at - width]) * 0.5;
    block[count] = Math.floor(v / blockPx) * blockColumns + Math.floor(u / blockPx);
    count++;
  }
  return count;
}

/** Every `step`-th point: enough to come near. */
export function thinnedOut(points: Points, step: number): Points {
  const { gradientX, gradientY, block, blocks } = points;
  const count = Math.ceil(points.count / step);
  const thin = <T extends Float32Array | Int32Array>(from: T, to: T): T => {
    for (let i = 0, n = 0; n < count; i += step, n++) to[n] = from[i];
    return to;
  };
  const floats = (from: Float32Array): Float32Array => thin(from, new Float32Array(count));
  const thinned = {
    count,
    x: floats(points.x),
    y: floats(points.y),
    value: floats(points.value),
    gradientX: floats(gradientX),
    gradientY: floats(gradientY),
    block: thin(block, new Int32Array(count)),
    blocks,
  };
  return { ...thinned, say: saysOf(count, thinned.gradientX, thinned.gradientY, thinned.block, blocks) };
}

/** How alike the two eigenvalues of each block's structure tensor are (Förstner and Gülch 1987). */
function saysOf(count: number, gradientX: Float32Array, gradientY: Float32Array, block: Int32Array, blocks: number): Float32Array {
  const xx = new Float64Array(blocks);
  const xy = new Float64Array(blocks);
  const yy = new Float64Array(blocks);
  for (let i = 0; i < count; i++) {
    xx[block[i]] += gradientX[i] * gradientX[i];
    xy[block[i]] += gradientX[i] * gradientY[i];
    yy[block[i]] += gradientY[i] * gradientY[i];
  }
  return Float32Array.from(xx, (_, n) => {
    const trace = xx[n] + yy[n];
    if (trace === 0) return 0.1;
    const least = (trace - Math.hypot(xx[n] - yy[n], 2 * xy[n])) / 2;
    return Math.min(1, 0.1 + (4 * least) / trace);
  });
}

export interface Fit {
  /** Source level px → answer level px. */
  readonly map: Affine;
  /** 0 to 1: the share of the structure that agrees, block by block. */
  readonly consensus: number;
  /** The same before anything sits, see `Sampled`. */
  readonly likeness: number;
}

/** What one look at all points found; kept for the next step and for the residual flow. */
export interface Sampled {
  /** Answer minus source; NaN where the answer does not reach. */
  readonly residual: Float32Array;
  /** The answer's gradient where the point falls, per px of the answer. */
  readonly gradientX: Float32Array;
  readonly gradientY: Float32Array;
  /** Vote of each point's block times Tukey's biweight of its residual, 0 to 1. */
  readonly weight: Float32Array;
  readonly consensus: number;
  /** The same with no block left out: tells better from worse long before anything sits. */
  readonly likeness: number;
}

type Sampling = { -readonly [key in keyof Sampled]: Sampled[key] };

export function createSampled({ count }: Points): Sampling {
  return {
    residual: new Float32Array(count),
    gradientX: new Float32Array(count),
    gradientY: new Float32Array(count),
    weight: new Float32Array(count),
    consensus: 0,
    likeness: 0,
  };
}

/** Offsets of a displacement field at the points; null for none. */
export interface PointShift {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

export function look(points: Points, answer: Plane, map: Affine, shift: PointShift | null, out: Sampling, isCoarse = false): void {
  const { count, value, block, blocks, say: says } = points;
  const { residual, weight } = out;
  sampleAll(points, answer, map, shift, out);
  const ss = new Float64Array(blocks);
  const aa = new Float64Array(blocks);
  const sa = new Float64Array(blocks);
  const all = new Float64Array(blocks);
  for (let i = 0; i < count; i++) {
    const s = value[i];
    const n = block[i];
    all[n] += s * s;
    const r = residual[i];
    if (Number.isNaN(r)) continue;
    const sampled = s + r;
    ss[n] += s * s;
    aa[n] += sampled * sampled;
    sa[n] += s * sampled;
  }
  const vote = new Float32Array(blocks);
  let agreed = 0;
  let alike = 0;
  let total = 0;
  for (let n = 0; n < blocks; n++) {
    // A flat block has no say; a rich one has one voice, not a hundred.
    const say = Math.sqrt(all[n]) * says[n];
    total += say;
    const correlation = ss[n] > 0 && aa[n] > 0 ? sa[n] / Math.sqrt(ss[n] * aa[n]) : 0;
    const share = all[n] > 0 ? ss[n] / all[n] : 0;
    if (correlation > 0.5) agreed += say * share * ((correlation - 0.5) / 0.5);
    if (correlation > 0) alike += say * share * correlation * correlation;
    // Coarse levels let half-aligned blocks pull; fine ones listen only to those that fit.
    const v = isCoarse ? correlation / 0.5 : (correlation - 0.2) / 0.6;
    vote[n] = says[n] * (v <= 0 ? 0 : v >= 1 ? 1 : isCoarse ? v : v * v);
  }
  out.consensus = total > 0 ? agreed / total : 0;
  out.likeness = total > 0 ? alike / total : 0;
  const scale = deviationOf(residual, points, vote);
  const reach = 4.685 * scale;
  for (let i = 0; i < count; i++) {
    const r = residual[i] / reach;
    const t = 1 - r * r;
    weight[i] = t > 0 ? vote[block[i]] * t * t : 0;
  }
}

/** 1.4826 × the median of |residual| where blocks agree, from a histogram. */
function deviationOf(residual: Float32Array, points: Points, vote: Float32Array): number {
  const bins = new Float64Array(512);
  let total = 0;
  for (let i = 0; i < points.count; i++) {
    const w = vote[points.block[i]];
    const r = residual[i];
    if (w === 0 || Number.isNaN(r)) continue;
    bins[Math.min(511, (Math.abs(r) * 128) | 0)] += w;
    total += w;
  }
  let sum = 0;
  for (let n = 0; n < 512; n++) {
    sum += bins[n];
    if (sum * 2 >= total) return Math.max(0.03, (1.4826 * (n + 0.5)) / 128);
  }
  return 1;
}

/** Reads the answer and its gradient at every point: Catmull-Rom and its derivative from the same 4 × 4. */
function sampleAll(points: Points, answer: Plane, [a, b, c, d, e, f]: Affine, shift: PointShift | null, out: Sampling): void {
  const { count, x, y, value } = points;
  const { residual, gradientX, gradientY } = out;
  const { width, height, data } = answer;
  for (let n = 0; n < count; n++) {
    let u = a * x[n] + c * y[n] + e - 0.5;
    let v = b * x[n] + d * y[n] + f - 0.5;
    if (shift !== null) {
      u += shift.x[n];
      v += shift.y[n];
    }
    const column = Math.floor(u);
    const row = Math.floor(v);
    // The outermost pixel is lost: what lies there is half invented by any kernel.
    if (!(column >= 1 && row >= 1 && column < width - 2 && row < height - 2)) {
      residual[n] = Number.NaN;
      continue;
    }
    const t = u - column;
    const s = v - row;
    const x0 = ((-0.5 * t + 1) * t - 0.5) * t;
    const x1 = (1.5 * t - 2.5) * t * t + 1;
    const x2 = ((-1.5 * t + 2) * t + 0.5) * t;
    const x3 = (0.5 * t - 0.5) * t * t;
    const dx0 = (-1.5 * t + 2) * t - 0.5;
    const dx1 = (4.5 * t - 5) * t;
    const dx2 = (-4.5 * t + 4) * t + 0.5;
    const dx3 = (1.5 * t - 1) * t;
    const i = (row - 1) * width + column - 1;
    const j = i + width;
    const k = j + width;
    const l = k + width;
    const r0 = data[i] * x0 + data[i + 1] * x1 + data[i + 2] * x2 + data[i + 3] * x3;
    const r1 = data[j] * x0 + data[j + 1] * x1 + data[j + 2] * x2 + data[j + 3] * x3;
    const r2 = data[k] * x0 + data[k + 1] * x1 + data[k + 2] * x2 + data[k + 3] * x3;
    const r3 = data[l] * x0 + data[l + 1] * x1 + data[l + 2] * x2 + data[l + 3] * x3;
    const y0 = ((-0.5 * s + 1) * s - 0.5) * s;
    const y1 = (1.5 * s - 2.5) * s * s + 1;
    const y2 = ((-1.5 * s + 2) * s + 0.5) * s;
    const y3 = (0.5 * s - 0.5) * s * s;
    residual[n] = r0 * y0 + r1 * y1 + r2 * y2 + r3 * y3 - value[n];
    gradientY[n] = r0 * ((-1.5 * s + 2) * s - 0.5) + r1 * ((4.5 * s - 5) * s) + r2 * ((-4.5 * s + 4) * s + 0.5) + r3 * ((1.5 * s - 1) * s);
    gradientX[n] =
      (data[i] * dx0 + data[i + 1] * dx1 + data[i + 2] * dx2 + data[i + 3] * dx3) * y0 +
      (data[j] * dx0 + data[j + 1] * dx1 + data[j + 2] * dx2 + data[j + 3] * dx3) * y1 +
      (data[k] * dx0 + data[k + 1] * dx1 + data[k + 2] * dx2 + data[k + 3] * dx3) * y2 +
      (data[l] * dx0 + data[l + 1] * dx1 + data[l + 2] * dx2 + data[l + 3] * dx3) * y3;
  }
}

/** Of the answer's gradient where it agrees, and less below this consensus: there its noise, which the gradient and the residual share, pulls the map aside. */
const mostAnswerShare = 0.3;
const clearConsensus = 0.5;

/**
 * How steps are taken. `approach`: blocks that fit half pull too, in the source's gradient. `settle`: only blocks that fit.
 * `polish`: the same with some of the answer's gradient, which is right to second order, but lets the answer's noise shorten steps.
 */
export type Manner = 'approach' | 'settle' | 'polish';

/**
 * Moves `map` by up to `iterations` Gauss-Newton steps. Four parameters are scale and shift per axis; six add shear and
 * rotation, held back a little so that they appear only where the picture asks for them.
 */
export async function refine(
  points: Points,
  answer: Plane,
  start: Affine,
  extent: Extent,
  parameters: 4 | 6,
  iterations: number,
  manner: Manner,
  pace: Pace,
): Promise<Fit | null> {
  const isCoarse = manner === 'approach';
  const sampled = createSampled(points);
  const cx = extent.width / 2;
  const cy = extent.height / 2;
  const unit = Math.max(cx, cy);
  let map = start;
  look(points, answer, map, null, sampled, isCoarse);
  let best: Fit = { map, consensus: sampled.consensus, likeness: sampled.likeness };
  for (let step = 0; step < iterations; step++) {
    const [a, b, c, d, e, f] = map;
    const determinant = a * d - b * c;
    if (Math.abs(determinant) < 1e-6) break;
    const halt = pace.breathe();
    if (halt !== false && (await halt)) return null;
    const sourceShare = manner === 'polish' ? 1 - mostAnswerShare * Math.min(1, sampled.consensus / clearConsensus) : 1;
    const { h, g } = normalEquations(points, sampled, map, cx, cy, unit, sourceShare);
    const delta = solve(h, g, parameters, 6);
    if (delta === null) break;
    const [sx, tx, sy, ty, kx = 0, ky = 0] = delta;
    const da = sx / unit;
    const dd = sy / unit;
    const dc = kx / unit;
    const db = ky / unit;
    map = [a + da, b + db, c + dc, d + dd, e + tx - da * cx - dc * cy, f + ty - db * cx - dd * cy];
    look(points, answer, map, null, sampled, isCoarse);
    if (sampled.consensus + sampled.likeness < best.consensus + best.likeness - 0.02) break;
    best = { map, consensus: Math.max(best.consensus, sampled.consensus), likeness: Math.max(best.likeness, sampled.likeness) };
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
    if (Math.abs(sx) + Math.abs(tx) + Math.abs(sy) + Math.abs(ty) + Math.abs(kx) + Math.abs(ky) < settledPx) break;
  }
  return best;
}

/** Least squares of the weighted residuals in scale and shift of x, of y, and the two shears. */
function normalEquations(
  points: Points,
  sampled: Sampled,
  [a, b, c, d]: Affine,
  cx: number,
  cy: number,
  unit: number,
  sourceShare: number,
): { h: Float64Array; g: Float64Array } {
  const { count, x, y, gradientX, gradientY } = points;
  const { residual, weight, gradientX: answerX, gradientY: answerY } = sampled;
  const determinant = a * d - b * c;
  const answerShare = 1 - sourceShare;
  const ax = (sourceShare * d) / determinant;
  const bx = (sourceShare * b) / determinant;
  const ay = (sourceShare * a) / determinant;
  const by = (sourceShare * c) / determinant;
  const h = new Float64Array(36);
  const g = new Float64Array(6);
  const j = new Float64Array(6);
  for (let i = 0; i < count; i++) {
    const w = weight[i];
    if (!(w > 0)) continue;
    const gx = ax * gradientX[i] - bx * gradientY[i] + answerShare * answerX[i];
    const gy = ay * gradientY[i] - by * gradientX[i] + answerShare * answerY[i];
    const px = (x[i] - cx) / unit;
    const py = (y[i] - cy) / unit;
    const wx = w * gx;
    const wy = w * gy;
    const r = residual[i];
    j[0] = gx * px;
    j[1] = gx;
    j[2] = gy * py;
    j[3] = gy;
    j[4] = gx * py;
    j[5] = gy * px;
    const w0 = wx * px;
    const w2 = wy * py;
    const w4 = wx * py;
    const w5 = wy * px;
    g[0] -= w0 * r;
    g[1] -= wx * r;
    g[2] -= w2 * r;
    g[3] -= wy * r;
    g[4] -= w4 * r;
    g[5] -= w5 * r;
    for (let q = 0; q < 6; q++) {
      const v = j[q];
      h[q] += w0 * v;
      h[6 + q] += wx * v;
      h[12 + q] += w2 * v;
      h[18 + q] += wy * v;
      h[24 + q] += w4 * v;
      h[30 + q] += w5 * v;
    }
  }
  for (let p = 0; p < 6; p++) h[p * 7] += 1e-6 * h[p * 7] + 1e-6;
  return { h, g };
}

/** Gaussian elimination with pivots; null when the points do not fix the parameters. */
function solve(h: Float64Array, g: Float64Array, size: number, stride: number): number[] | null {
  const m = Array.from({ length: size }, (_, p) => [...h.subarray(p * stride, p * stride + size), g[p]]);
  for (let p = 0; p < size; p++) {
    let pivot = p;
    for (let q = p + 1; q < size; q++) if (Math.abs(m[q][p]) > Math.abs(m[pivot][p])) pivot = q;
    if (Math.abs(m[pivot][p]) < 1e-9) return null;
    [m[p], m[pivot]] = [m[pivot], m[p]];
    for (let q = p + 1; q < size; q++) {
      const share = m[q][p] / m[p][p];
      for (let k = p; k <= size; k++) m[q][k] -= share * m[p][k];
    }
  }
  const out = new Array<number>(size).fill(0);
  for (let p = size - 1; p >= 0; p--) {
    let sum = m[p][size];
    for (let q = p + 1; q < size; q++) sum -= m[p][q] * out[q];
    out[p] = sum / m[p][p];
  }
  return out;
}
