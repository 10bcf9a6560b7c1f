/**
 * What no affine map expresses: models move parts of a picture by a pixel or two. A displacement per node of a coarse grid
 * (Lucas-Kanade on each node's surroundings), held smooth by its neighbours (Horn and Schunck 1981), bounded, and only where
 * unchanged structure supports it: elsewhere the neighbours decide.
 */
import type { Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { createSampled, look, type Points, type Sampled } from './lucasKanade.ts';
import type { Affine, Flow, Plane } from './types.ts';

const cellPx = 32;
/** More than this is not drift but an edit, px of the answer. */
const boundPx = 2.5;
/** A field this small is noise: the affine map alone is the better answer, px. */
const leastPx = 0.12;
/** How strongly neighbours hold together, against the support of a typical node. */
const stiffness = 0.5;
/** Enough for the field to settle to a hundredth of a pixel. */
const sweeps = 60;

export interface Residual {
  /** Null when the affine map says it all. */
  readonly flow: Flow | null;
  /** Median displacement that the affine map leaves at well-supported nodes, px of the answer; null without any. */
  readonly residualPx: number | null;
}

/** `points` on the source's structure, `answer` the answer's structure, `map` from source to answer px. Null when aborted. */
export async function residualFlow(points: Points, answer: Plane, map: Affine, extent: Extent, pace: Pace): Promise<Residual | null> {
  const columns = Math.ceil(extent.width / cellPx) + 1;
  const rows = Math.ceil(extent.height / cellPx) + 1;
  const nodes = columns * rows;
  const dx = new Float32Array(nodes);
  const dy = new Float32Array(nodes);
  const shift = { x: new Float32Array(points.count), y: new Float32Array(points.count) };
  const sampled = createSampled(points);
  let support = new Float64Array(nodes);
  for (let round = 0; round < 3; round++) {
    look(points, answer, map, round === 0 ? null : shift, sampled, round === 0);
    const halt = pace.breathe();
    if (halt !== false && (await halt)) return null;
    const normal = createNormal(nodes);
    gather(points, sampled, map, columns, normal);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
    support = normal.xx.map((v, n) => Math.min(v, normal.yy[n]));
    const typical = Float64Array.from(support).sort()[Math.floor(nodes * 0.7)];
    if (!(typical > 0)) return { flow: null, residualPx: null };
    // The step is solved for, the field as a whole is held smooth.
    const stepX = new Float64Array(nodes);
    const stepY = new Float64Array(nodes);
    for (let sweep = 0; sweep < sweeps; sweep++) {
      relax(normal, stiffness * typical, columns, rows, dx, dy, stepX, stepY);
      const halted = pace.breathe();
      if (halted !== false && (await halted)) return null;
    }
    for (let n = 0; n < nodes; n++) {
      dx[n] += stepX[n];
      dy[n] += stepY[n];
      const length = Math.hypot(dx[n], dy[n]);
      if (length > boundPx) {
        dx[n] *= boundPx / length;
        dy[n] *= boundPx / length;
      }
    }
    place(points, columns, dx, shift.x);
    place(points, columns, dy, shift.y);
  }
  const well = [...support].sort((p, q) => q - p)[Math.floor(nodes / 4)];
  const lengths = [...dx.keys()].filter((n) => support[n] >= well * 0.3).map((n) => Math.hypot(dx[n], dy[n]));
  if (lengths.length === 0) return { flow: null, residualPx: null };
  const residualPx = lengths.sort((p, q) => p - q)[lengths.length >> 1];
  return { residualPx, flow: residualPx < leastPx ? null : { cellPx, columns, rows, dx, dy } };
}

/** Per node, the normal equations of its displacement: the structure tensor, and how far it is from fitting. */
interface Normal {
  readonly xx: Float64Array;
  readonly xy: Float64Array;
  readonly yy: Float64Array;
  readonly bx: Float64Array;
  readonly by: Float64Array;
}

const createNormal = (nodes: number): Normal => ({
  xx: new Float64Array(nodes),
  xy: new Float64Array(nodes),
  yy: new Float64Array(nodes),
  bx: new Float64Array(nodes),
  by: new Float64Array(nodes),
});

function gather(
  points: Points,
  { weight, residual }: Sampled,
  [a, b, c, d]: Affine,
  columns: number,
  { xx, xy, yy, bx, by }: Normal,
): void {
  const { count, x: xs, y: ys, gradientX, gradientY } = points;
  const determinant = a * d - b * c;
  for (let i = 0; i < count; i++) {
    const w = weight[i];
    if (!(w > 0)) continue;
    const gx = (d * gradientX[i] - b * gradientY[i]) / determinant;
    const gy = (-c * gradientX[i] + a * gradientY[i]) / determinant;
    const x = xs[i] / cellPx;
    const y = ys[i] / cellPx;
    const left = Math.floor(x);
    const top = Math.floor(y);
    for (let corner = 0; corner < 4; corner++) {
      const right = corner & 1;
      const below = corner >> 1;
      const share = w * (right ? x - left : 1 - x + left) * (below ? y - top : 1 - y + top);
      const n = (top + below) * columns + left + right;
      xx[n] += share * gx * gx;
      xy[n] += share * gx * gy;
      yy[n] += share * gy * gy;
      bx[n] -= share * gx * residual[i];
      by[n] -= share * gy * residual[i];
    }
  }
}

/** One Gauss-Seidel sweep over the steps; `hold` ties each node to its neighbours. */
function relax(
  { xx, xy, yy, bx, by }: Normal,
  hold: number,
  columns: number,
  rows: number,
  dx: Float32Array,
  dy: Float32Array,
  stepX: Float64Array,
  stepY: Float64Array,
): void {
  for (let row = 0, n = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, n++) {
      let count = 0;
      let sumX = 0;
      let sumY = 0;
      if (column > 0) {
        count++;
        sumX += dx[n - 1] + stepX[n - 1];
        sumY += dy[n - 1] + stepY[n - 1];
      }
      if (column < columns - 1) {
        count++;
        sumX += dx[n + 1] + stepX[n + 1];
        sumY += dy[n + 1] + stepY[n + 1];
      }
      if (row > 0) {
        count++;
        sumX += dx[n - columns] + stepX[n - columns];
        sumY += dy[n - columns] + stepY[n - columns];
      }
      if (row < rows - 1) {
        count++;
        sumX += dx[n + columns] + stepX[n + columns];
        sumY += dy[n + columns] + stepY[n + columns];
      }
      const p = xx[n] + hold * count;
      const q = xy[n];
      const r = yy[n] + hold * count;
      const u = bx[n] + hold * (sumX - count * dx[n]);
      const v = by[n] + hold * (sumY - count * dy[n]);
      const det = p * r - q * q;
      if (!(det > 1e-12)) continue;
      stepX[n] = (r * u - q * v) / det;
      stepY[n] = (p * v - q * u) / det;
    }
  }
}

/** The field at each point, bilinear. */
function place(points: Points, columns: number, field: Float32Array, out: Float32Array): void {
  for (let i = 0; i < points.count; i++) {
    const x = points.x[i] / cellPx;
    const y = points.y[i] / cellPx;
    const left = Math.floor(x);
    const top = Math.floor(y);
    const n = top * columns + left;
    const s = x - left;
    const t = y - top;
    out[i] = (field[n] * (1 - s) + field[n + 1] * s) * (1 - t) + (field[n + columns] * (1 - s) + field[n + columns + 1] * s) * t;
  }
}
