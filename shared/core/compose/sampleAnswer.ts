/**
 * Reads the answer itself at the source's own pixels, through the registration, its colour shift undone: once resampled
 * (Catmull-Rom), where going over the work grid would blur twice. A band of rows at a time, so that a large answer never
 * lies in memory as floats. An answer denser than the source is area-averaged to its density first.
 */
import { area, type Bounds, type Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import type { Pixels } from '../pixels.ts';
import { assert } from '../result.ts';
import { composeAffine, invertAffine, scaleAffine } from './affine.ts';
import { white } from './matte.ts';
import { reduceToPlanes } from './planes.ts';
import { undoTone } from './tone.ts';
import type { Affine, Flow, Planes, Registration, ToneFit } from './types.ts';

/** Catmull-Rom weights of the four pixels around a position, for each 1/256 between two pixel centres. */
const phases = 256;
const kernel = ((): Float32Array => {
  const table = new Float32Array((phases + 1) * 4);
  for (let phase = 0; phase <= phases; phase++) {
    const t = phase / phases;
    table[phase * 4] = ((-0.5 * t + 1) * t - 0.5) * t;
    table[phase * 4 + 1] = (1.5 * t - 2.5) * t * t + 1;
    table[phase * 4 + 2] = ((-1.5 * t + 2) * t + 0.5) * t;
    table[phase * 4 + 3] = (0.5 * t - 0.5) * t * t;
  }
  return table;
})();

/** One row of colour, in levels. */
export interface Line {
  readonly r: Float32Array;
  readonly g: Float32Array;
  readonly b: Float32Array;
}

export const createLine = (length: number): Line => ({
  r: new Float32Array(length),
  g: new Float32Array(length),
  b: new Float32Array(length),
});

export interface AnswerSampler {
  /** Makes source rows `top` … `bottom - 1`, columns `left` … `right - 1`, ready to be read. */
  load(left: number, top: number, right: number, bottom: number): void;
  /** Source row `y`, columns `left` … `right - 1`, into `line` from `left - origin` on; `wanted` 0 (same places) is skipped. */
  read(y: number, left: number, right: number, origin: number, wanted: Float32Array | null, line: Line): void;
  /** Whether source position (x, y) lies on the answer. */
  covers(x: number, y: number): boolean;
}

export async function sampleAnswer(
  source: Extent,
  work: Extent,
  answer: Pixels,
  { matrix, flow }: Registration,
  tone: ToneFit,
  pace: Pace,
): Promise<AnswerSampler | null> {
  const density = Math.sqrt(Math.abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]));
  const [from, fromMatrix, flowScale] = await atMostAsDense(answer, matrix, density, pace);
  if (from === null) return null;
  const toAnswer = invertAffine(fromMatrix);
  assert(toAnswer !== null, 'a registration that folds the answer');
  return sampler(source, work, from, toAnswer, fromMatrix, flow, flowScale, tone);
}

type Readable = Pixels | Planes;

async function atMostAsDense(
  answer: Pixels,
  matrix: Affine,
  sourcePerAnswer: number,
  pace: Pace,
): Promise<[from: Readable | null, matrix: Affine, flowScale: readonly [x: number, y: number]]> {
  if (sourcePerAnswer > 0.83) return [answer, matrix, [1, 1]];
  const extent = {
    width: Math.max(1, Math.round(answer.width * sourcePerAnswer)),
    height: Math.max(1, Math.round(answer.height * sourcePerAnswer)),
  };
  const reduced = await reduceToPlanes(answer, extent, white, pace);
  const x = answer.width / extent.width;
  const y = answer.height / extent.height;
  return [reduced === null ? null : reduced.planes, composeAffine(matrix, scaleAffine(x, y)), [1 / x, 1 / y]];
}

function sampler(
  source: Extent,
  work: Extent,
  from: Readable,
  toAnswer: Affine,
  matrix: Affine,
  flow: Flow | null,
  flowScale: readonly [x: number, y: number],
  tone: ToneFit,
): AnswerSampler {
  const [a, b, c, d, e, f] = toAnswer;
  const workPerSourceX = work.width / source.width;
  const workPerSourceY = work.height / source.height;
  const reach = 3 + Math.ceil(largest(flow));
  let loaded: Bounds = { x: 0, y: 0, width: 0, height: 0 };
  let store = new Float32Array(0);
  let r = store;
  let g = store;
  let bl = store;

  const load = (left: number, top: number, right: number, bottom: number): void => {
    const u = [a * left + c * top, a * right + c * top, a * left + c * bottom, a * right + c * bottom];
    const v = [b * left + d * top, b * right + d * top, b * left + d * bottom, b * right + d * bottom];
    const x0 = clamp(Math.floor(Math.min(...u) + e) - reach, 0, from.width - 1);
    const x1 = clamp(Math.ceil(Math.max(...u) + e) + reach, x0 + 1, from.width);
    const y0 = clamp(Math.floor(Math.min(...v) + f) - reach, 0, from.height - 1);
    const y1 = clamp(Math.ceil(Math.max(...v) + f) + reach, y0 + 1, from.height);
    loaded = { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
    const size = area(loaded);
    if (store.length < size * 3) store = new Float32Array(size * 3);
    r = store.subarray(0, size);
    g = store.subarray(size, size * 2);
    bl = store.subarray(size * 2, size * 3);
    copyPart(from, loaded, r, g, bl);
    if (!tone.applied) return;
    // The field varies over hundreds of pixels: the shear of the map does not matter to it.
    const middle = { x: x0 + loaded.width / 2, y: y0 + loaded.height / 2 };
    undoTone(
      tone,
      { width: loaded.width, height: loaded.height, r, g, b: bl },
      {
        x0: (matrix[0] * (x0 + 0.5) + matrix[2] * middle.y + matrix[4]) * workPerSourceX,
        y0: (matrix[1] * middle.x + matrix[3] * (y0 + 0.5) + matrix[5]) * workPerSourceY,
        stepX: matrix[0] * workPerSourceX,
        stepY: matrix[3] * workPerSourceY,
      },
    );
  };

  const read = (y: number, left: number, right: number, origin: number, wanted: Float32Array | null, line: Line): void => {
    const rowU = c * (y + 0.5) + e - 0.5 - loaded.x;
    const rowV = d * (y + 0.5) + f - 0.5 - loaded.y;
    const stride = loaded.width;
    const maxU = loaded.width - 1;
    const maxV = loaded.height - 1;
    const lastColumn = stride - 4;
    const lastRow = loaded.height - 4;
    const { r: outR, g: outG, b: outB } = line;
    const shiftsX = flow === null ? null : flowRow(flow, flow.dx, (y + 0.5) * workPerSourceY, flowScale[0]);
    const shiftsY = flow === null ? null : flowRow(flow, flow.dy, (y + 0.5) * workPerSourceY, flowScale[1]);
    const cellsPerPx = flow === null ? 0 : workPerSourceX / flow.cellPx;
    for (let x = left; x < right; x++) {
      const to = x - origin;
      if (wanted !== null && wanted[to] === 0) continue;
      let u = a * (x + 0.5) + rowU;
      let v = b * (x + 0.5) + rowV;
      if (shiftsX !== null && shiftsY !== null) {
        const position = (x + 0.5) * cellsPerPx;
        const last = shiftsX.length - 2;
        const node = position < last ? position | 0 : last;
        const share = position - node;
        u += shiftsX[node] + (shiftsX[node + 1] - shiftsX[node]) * share;
        v += shiftsY[node] + (shiftsY[node + 1] - shiftsY[node]) * share;
      }
      // Beyond the border everything is the border's own pixel.
      u = u < 0 ? 0 : u > maxU ? maxU : u;
      v = v < 0 ? 0 : v > maxV ? maxV : v;
      const column = (u | 0) - 1;
      const row = (v | 0) - 1;
      const px = (((u - column - 1) * phases + 0.5) | 0) * 4;
      const py = (((v - row - 1) * phases + 0.5) | 0) * 4;
      const w0 = kernel[px];
      const w1 = kernel[px + 1];
      const w2 = kernel[px + 2];
      const w3 = kernel[px + 3];
      const k0 = kernel[py];
      const k1 = kernel[py + 1];
      const k2 = kernel[py + 2];
      const k3 = kernel[py + 3];
      let c0 = column;
      let c1 = column + 1;
      let c2 = column + 2;
      let c3 = column + 3;
      let p = row * stride;
      let q = p + stride;
      let s = q + stride;
      let t = s + stride;
      if (column < 0 || row < 0 || column > lastColumn || row > lastRow) {
        c0 = c0 < 0 ? 0 : c0;
        c1 = c1 > maxU ? maxU : c1;
        c2 = c2 > maxU ? maxU : c2;
        c3 = c3 > maxU ? maxU : c3;
        const end = maxV * stride;
        p = p < 0 ? 0 : p;
        q = q > end ? end : q;
        s = s > end ? end : s;
        t = t > end ? end : t;
      }
      outR[to] =
        (r[p + c0] * w0 + r[p + c1] * w1 + r[p + c2] * w2 + r[p + c3] * w3) * k0 +
        (r[q + c0] * w0 + r[q + c1] * w1 + r[q + c2] * w2 + r[q + c3] * w3) * k1 +
        (r[s + c0] * w0 + r[s + c1] * w1 + r[s + c2] * w2 + r[s + c3] * w3) * k2 +
        (r[t + c0] * w0 + r[t + c1] * w1 + r[t + c2] * w2 + r[t + c3] * w3) * k3;
      outG[to] =
        (g[p + c0] * w0 + g[p + c1] * w1 + g[p + c2] * w2 + g[p + c3] * w3) * k0 +
        (g[q + c0] * w0 + g[q + c1] * w1 + g[q + c2] * w2 + g[q + c3] * w3) * k1 +
        (g[s + c0] * w0 + g[s + c1] * w1 + g[s + c2] * w2 + g[s + c3] * w3) * k2 +
        (g[t + c0] * w0 + g[t + c1] * w1 + g[t + c2] * w2 + g[t + c3] * w3) * k3;
      outB[to] =
        (bl[p + c0] * w0 + bl[p + c1] * w1 + bl[p + c2] * w2 + bl[p + c3] * w3) * k0 +
        (bl[q + c0] * w0 + bl[q + c1] * w1 + bl[q + c2] * w2 + bl[q + c3] * w3) * k1 +
        (bl[s + c0] * w0 + bl[s + c1] * w1 + bl[s + c2] * w2 + bl[s + c3] * w3) * k2 +
        (bl[t + c0] * w0 + bl[t + c1] * w1 + bl[t + c2] * w2 + bl[t + c3] * w3) * k3;
    }
  };

  const covers = (x: number, y: number): boolean => {
    const u = a * x + c * y + e;
    const v = b * x + d * y + f;
    // A fit is good to a fraction of a pixel: the outermost row is not lost for that.
    return u >= -0.5 && v >= -0.5 && u <= from.width + 0.5 && v <= from.height + 0.5;
  };

  return { load, read, covers };
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

function largest(flow: Flow | null): number {
  if (flow === null) return 0;
  let most = 0;
  for (let i = 0; i < flow.dx.length; i++) most = Math.max(most, Math.abs(flow.dx[i]), Math.abs(flow.dy[i]));
  return most;
}

/** The flow's nodes along one row, mixed between the two rows of nodes around it; one more node than needed at the end. */
function flowRow(flow: Flow, shifts: Float32Array, workY: number, scale: number): Float32Array {
  const { columns, rows, cellPx } = flow;
  const position = clamp(workY / cellPx, 0, rows - 1);
  const j = Math.min(Math.floor(position), Math.max(0, rows - 2));
  const share = position - j;
  const line = new Float32Array(columns + 1);
  const below = rows > 1 ? columns : 0;
  for (let i = 0; i < columns; i++) {
    const n = j * columns + i;
    line[i] = (shifts[n] * (1 - share) + shifts[n + below] * share) * scale;
  }
  line[columns] = line[columns - 1];
  return line;
}

function copyPart(from: Readable, part: Bounds, r: Float32Array, g: Float32Array, b: Float32Array): void {
  for (let y = 0, i = 0; y < part.height; y++) {
    const start = (part.y + y) * from.width + part.x;
    if ('data' in from) {
      const { data } = from;
      for (let x = 0, k = start * 4; x < part.width; x++, k += 4, i++) {
        r[i] = data[k];
        g[i] = data[k + 1];
        b[i] = data[k + 2];
      }
    } else {
      r.set(from.r.subarray(start, start + part.width), i);
      g.set(from.g.subarray(start, start + part.width), i);
      b.set(from.b.subarray(start, start + part.width), i);
      i += part.width;
    }
  }
}
