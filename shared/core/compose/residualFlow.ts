/**
 * What no affine map expresses: models move parts of a picture by a pixel or two. A displacement per node of a coarse grid
 * (Lucas-Kanade on each node's surroundings), held smooth by its neighbours (Horn and Schunck 1981), bounded, and only where
 * unchanged structure supports it: elsewhere the neighbours decide.
 */
import type { Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { createSampled, look, type Points } from './lucasKanade.ts';
import type { Affine, Flow, Plane } from './types.ts';

const cellPx = 32;
/** More than this is not drift but an edit, px of the answer. */
const boundPx = 2.5;
/** A field this small is noise: the affine map alone is the better answer, px. */
const leastPx = 0.12;
/** How strongly neighbours hold together, against the support of a typical node. */
const stiffness = 0.5;

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
  const [a, b, c, d] = map;
  const determinant = a * d - b * c;
  let support = new Float64Array(nodes);
  for (let round = 0; round < 3; round++) {
    look(points, answer, map, round === 0 ? null : shift, sampled, round === 0);
    const halt = pace.breathe();
    if (halt !== false && (await halt)) return null;
    const hxx = new Float64Array(nodes);
    const hxy = new Float64Array(nodes);
    const hyy = new Float64Array(nodes);
    const bx = new Float64Array(nodes);
    const by = new Float64Array(nodes);
    for (let i = 0; i < points.count; i++) {
      const w = sampled.weight[i];
      if (!(w > 0)) continue;
      const gx = (d * points.gradientX[i] - b * points.gradientY[i]) / determinant;
      const gy = (-c * points.gradientX[i] + a * points.gradientY[i]) / determinant;
      const x = points.x[i] / cellPx;
      const y = points.y[i] / cellPx;
      const left = Math.floor(x);
      const top = Math.floor(y);
      for (let corner = 0; corner < 4; corner++) {
        const right = corner & 1;
        const below = corner >> 1;
        const share = w * (right ? x - left : 1 - x + left) * (below ? y - top : 1 - y + top);
        const n = (top + below) * columns + left + right;
        hxx[n] += share * gx * gx;
        hxy[n] += share * gx * gy;
        hyy[n] += share * gy * gy;
        bx[n] -= share * gx * sampled.residual[i];
        by[n] -= share * gy * sampled.residual[i];
      }
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
    support = hxx.map((v, n) => Math.min(v, hyy[n]));
    const typical = [...support].sort((p, q) => p - q)[Math.floor(nodes * 0.7)];
    if (!(typical > 0)) return { flow: null, residualPx: null };
    const hold = stiffness * typical;
    // The step is solved for, the field as a whole is held smooth.
    const stepX = new Float64Array(nodes);
    const stepY = new Float64Array(nodes);
    for (let sweep = 0; sweep < 60; sweep++) {
      for (let row = 0, n = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++, n++) {
          let count = 0;
          let sumX = 0;
          let sumY = 0;
          if (column > 0) [count, sumX, sumY] = [count + 1, sumX + dx[n - 1] + stepX[n - 1], sumY + dy[n - 1] + stepY[n - 1]];
          if (column < columns - 1) [count, sumX, sumY] = [count + 1, sumX + dx[n + 1] + stepX[n + 1], sumY + dy[n + 1] + stepY[n + 1]];
          if (row > 0)
            [count, sumX, sumY] = [count + 1, sumX + dx[n - columns] + stepX[n - columns], sumY + dy[n - columns] + stepY[n - columns]];
          if (row < rows - 1)
            [count, sumX, sumY] = [count + 1, sumX + dx[n + columns] + stepX[n + columns], sumY + dy[n + columns] + stepY[n + columns]];
          const p = hxx[n] + hold * count;
          const q = hxy[n];
          const r = hyy[n] + hold * count;
          const u = bx[n] + hold * (sumX - count * dx[n]);
          const v = by[n] + hold * (sumY - count * dy[n]);
          const det = p * r - q * q;
          if (!(det > 1e-12)) continue;
          stepX[n] = (r * u - q * v) / det;
          stepY[n] = (p * v - q * u) / det;
        }
      }
      const stop = pace.breathe();
      if (stop !== false && (await stop)) return null;
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
