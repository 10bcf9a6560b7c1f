/**
 * Reads the answer where the work grid needs it: cubic convolution (Keys 1981, a = -1/2), weights from a table. Where the
 * map is scale and shift only, as most are, one axis after the other (1 MP of colour in about 60 ms); else 4 × 4 at once.
 */
import type { Bounds, Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { createPlane, createPlanes } from './planes.ts';
import type { Affine, Flow, Plane, Planes } from './types.ts';

const phases = 512;

/** Weights of the four pixels around a position, for each 1/512 between two pixel centres. */
const cubicWeights = ((): Float32Array => {
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

/** `toAnswer` maps positions on the grid of `extent` to positions in `from`. Null when the pace was aborted. */
export async function warpPlanes(from: Planes, extent: Extent, toAnswer: Affine, flow: Flow | null, pace: Pace): Promise<Planes | null> {
  const out = createPlanes(extent);
  const done = await warpChannels(from, [from.r, from.g, from.b], extent, [out.r, out.g, out.b], toAnswer, flow, pace);
  return done ? out : null;
}

export async function warpPlane(from: Plane, extent: Extent, toAnswer: Affine, flow: Flow | null, pace: Pace): Promise<Plane | null> {
  const out = createPlane(extent);
  return (await warpChannels(from, [from.data], extent, [out.data], toAnswer, flow, pace)) ? out : null;
}

/** 1 where the map leads inside `from`, else 0. Null when the pace was aborted. */
export async function coverageOf(from: Bounds, extent: Extent, toAnswer: Affine, pace: Pace): Promise<Plane | null> {
  const out = createPlane(extent);
  for (let y = 0; y < extent.height; y++) {
    coverRow(from, toAnswer, y, out);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return out;
}

function coverRow(from: Bounds, [a, b, c, d, e, f]: Affine, y: number, { data, width }: Plane): void {
  // A fit is good to a fraction of a pixel: the outermost row is not lost for that.
  const slack = 0.5;
  const left = from.x - slack;
  const top = from.y - slack;
  const right = from.x + from.width + slack;
  const bottom = from.y + from.height + slack;
  for (let x = 0, i = y * width; x < width; x++, i++) {
    const u = a * (x + 0.5) + c * (y + 0.5) + e;
    const v = b * (x + 0.5) + d * (y + 0.5) + f;
    data[i] = u >= left && v >= top && u <= right && v <= bottom ? 1 : 0;
  }
}

function warpChannels(
  from: Extent,
  channels: readonly Float32Array[],
  extent: Extent,
  out: readonly Float32Array[],
  toAnswer: Affine,
  flow: Flow | null,
  pace: Pace,
): Promise<boolean> {
  const [, b, c] = toAnswer;
  // Over the whole picture the axes cross by less than a hundredth of a pixel.
  const isStraight = flow === null && Math.abs(b) * extent.width < 0.01 && Math.abs(c) * extent.height < 0.01;
  const isSeparable = isStraight && Math.min(from.width, from.height) >= 4;
  return isSeparable
    ? warpByAxes(from, channels, extent, out, toAnswer, pace)
    : warpFreely(from, channels, extent, out, toAnswer, flow, pace);
}

interface Taps {
  /** The first of four input indices in a row, and their weights, per output index. */
  readonly first: Int32Array;
  readonly weights: Float32Array;
}

/** Beyond the border everything is the border's own pixel: its weights are added to that one's. */
function tapsAlong(length: number, scale: number, shift: number, inputLength: number): Taps {
  const first = new Int32Array(length);
  const weights = new Float32Array(length * 4);
  for (let i = 0; i < length; i++) {
    const position = (i + 0.5) * scale + shift - 0.5;
    const base = Math.floor(position);
    const phase = Math.round((position - base) * phases) * 4;
    first[i] = Math.max(0, Math.min(inputLength - 4, base - 1));
    for (let k = 0; k < 4; k++) {
      const at = Math.max(0, Math.min(inputLength - 1, base - 1 + k));
      weights[i * 4 + at - first[i]] += cubicWeights[phase + k];
    }
  }
  return { first, weights };
}

async function warpByAxes(
  from: Extent,
  channels: readonly Float32Array[],
  extent: Extent,
  out: readonly Float32Array[],
  [a, b, c, d, e, f]: Affine,
  pace: Pace,
): Promise<boolean> {
  const columns = tapsAlong(extent.width, a, e + (c * extent.height) / 2, from.width);
  const rows = tapsAlong(extent.height, d, f + (b * extent.width) / 2, from.height);
  const { width } = extent;
  for (let channel = 0; channel < channels.length; channel++) {
    // Each input row is carried across once; four are alive at a time.
    const lines = Array.from({ length: 4 }, () => new Float32Array(width));
    const held = new Int32Array(4).fill(-1);
    const lineOf = (row: number): Float32Array => {
      const slot = row & 3;
      if (held[slot] !== row) {
        acrossRow(channels[channel], row * from.width, columns, lines[slot]);
        held[slot] = row;
      }
      return lines[slot];
    };
    for (let y = 0; y < extent.height; y++) {
      const k = y * 4;
      const { weights } = rows;
      const top = rows.first[y];
      addRows(
        lineOf(top),
        lineOf(top + 1),
        lineOf(top + 2),
        lineOf(top + 3),
        weights[k],
        weights[k + 1],
        weights[k + 2],
        weights[k + 3],
        out[channel],
        y * width,
      );
      const stop = pace.breathe();
      if (stop !== false && (await stop)) return false;
    }
  }
  return true;
}

function acrossRow(data: Float32Array, start: number, { first, weights }: Taps, line: Float32Array): void {
  for (let x = 0, k = 0; x < line.length; x++, k += 4) {
    const from = start + first[x];
    line[x] = data[from] * weights[k] + data[from + 1] * weights[k + 1] + data[from + 2] * weights[k + 2] + data[from + 3] * weights[k + 3];
  }
}

function addRows(
  r0: Float32Array,
  r1: Float32Array,
  r2: Float32Array,
  r3: Float32Array,
  w0: number,
  w1: number,
  w2: number,
  w3: number,
  out: Float32Array,
  start: number,
): void {
  for (let x = 0; x < r0.length; x++) out[start + x] = r0[x] * w0 + r1[x] * w1 + r2[x] * w2 + r3[x] * w3;
}

async function warpFreely(
  from: Extent,
  channels: readonly Float32Array[],
  extent: Extent,
  out: readonly Float32Array[],
  toAnswer: Affine,
  flow: Flow | null,
  pace: Pace,
): Promise<boolean> {
  const { width } = extent;
  // Where each pixel of a row is read: the top left of its 4 × 4, and the phase between pixels on both axes.
  const at: RowPlaces = {
    column: new Int32Array(width),
    row: new Int32Array(width),
    phaseX: new Int32Array(width),
    phaseY: new Int32Array(width),
  };
  const moves = flow && createMoves(flow, width);
  for (let y = 0; y < extent.height; y++) {
    if (flow !== null && moves !== null) moveRow(flow, y, moves);
    placeRow(from, width, y, toAnswer, moves, at);
    for (let channel = 0; channel < channels.length; channel++) gatherRow(channels[channel], from, at, out[channel], y * width, width);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return false;
  }
  return true;
}

interface RowPlaces {
  readonly column: Int32Array;
  readonly row: Int32Array;
  readonly phaseX: Int32Array;
  readonly phaseY: Int32Array;
}

/** The flow along one row. */
interface Moves {
  /** Between which nodes each pixel lies, and how far. */
  readonly node: Int32Array;
  readonly part: Float32Array;
  /** At the nodes' columns, the last one twice. */
  readonly dx: Float32Array;
  readonly dy: Float32Array;
}

function createMoves({ cellPx, columns }: Flow, width: number): Moves {
  const node = new Int32Array(width);
  const part = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    const at = Math.min(columns - 1, (x + 0.5) / cellPx);
    node[x] = Math.floor(at);
    part[x] = at - node[x];
  }
  return { node, part, dx: new Float32Array(columns + 1), dy: new Float32Array(columns + 1) };
}

function moveRow({ cellPx, columns, rows, dx, dy }: Flow, y: number, moves: Moves): void {
  const at = Math.min(rows - 1, (y + 0.5) / cellPx);
  const above = Math.floor(at);
  const part = at - above;
  const below = above + 1 < rows ? columns : 0;
  for (let i = 0, n = above * columns; i < columns; i++, n++) {
    moves.dx[i] = dx[n] + (dx[n + below] - dx[n]) * part;
    moves.dy[i] = dy[n] + (dy[n + below] - dy[n]) * part;
  }
  moves.dx[columns] = moves.dx[columns - 1];
  moves.dy[columns] = moves.dy[columns - 1];
}

function placeRow(from: Extent, width: number, y: number, [a, b, c, d, e, f]: Affine, moves: Moves | null, at: RowPlaces): void {
  const { column, row, phaseX, phaseY } = at;
  const maxU = from.width + 1;
  const maxV = from.height + 1;
  const rowU = c * (y + 0.5) + e - 0.5;
  const rowV = d * (y + 0.5) + f - 0.5;
  for (let x = 0; x < width; x++) {
    let u = a * (x + 0.5) + rowU;
    let v = b * (x + 0.5) + rowV;
    if (moves !== null) {
      const { node, part, dx, dy } = moves;
      const i = node[x];
      u += dx[i] + (dx[i + 1] - dx[i]) * part[x];
      v += dy[i] + (dy[i + 1] - dy[i]) * part[x];
    }
    // Beyond the border everything is the border's own pixel.
    u = u < -2 ? -2 : u > maxU ? maxU : u;
    v = v < -2 ? -2 : v > maxV ? maxV : v;
    const left = Math.floor(u);
    const top = Math.floor(v);
    column[x] = left - 1;
    row[x] = top - 1;
    phaseX[x] = ((u - left) * phases + 0.5) | 0;
    phaseY[x] = ((v - top) * phases + 0.5) | 0;
  }
}

function gatherRow(data: Float32Array, from: Extent, at: RowPlaces, out: Float32Array, start: number, width: number): void {
  const { column, row, phaseX, phaseY } = at;
  const stride = from.width;
  const lastColumn = from.width - 4;
  const lastRow = from.height - 4;
  for (let x = 0; x < width; x++) {
    const left = column[x];
    const top = row[x];
    if (left < 0 || top < 0 || left > lastColumn || top > lastRow) {
      out[start + x] = gatherAtBorder(data, from, left, top, phaseX[x] * 4, phaseY[x] * 4);
      continue;
    }
    const px = phaseX[x] * 4;
    const py = phaseY[x] * 4;
    const w0 = cubicWeights[px];
    const w1 = cubicWeights[px + 1];
    const w2 = cubicWeights[px + 2];
    const w3 = cubicWeights[px + 3];
    const a = top * stride + left;
    const b = a + stride;
    const c = b + stride;
    const d = c + stride;
    out[start + x] =
      (data[a] * w0 + data[a + 1] * w1 + data[a + 2] * w2 + data[a + 3] * w3) * cubicWeights[py] +
      (data[b] * w0 + data[b + 1] * w1 + data[b + 2] * w2 + data[b + 3] * w3) * cubicWeights[py + 1] +
      (data[c] * w0 + data[c + 1] * w1 + data[c + 2] * w2 + data[c + 3] * w3) * cubicWeights[py + 2] +
      (data[d] * w0 + data[d + 1] * w1 + data[d + 2] * w2 + data[d + 3] * w3) * cubicWeights[py + 3];
  }
}

function gatherAtBorder(data: Float32Array, { width, height }: Extent, left: number, top: number, px: number, py: number): number {
  let sum = 0;
  for (let j = 0; j < 4; j++) {
    const row = Math.max(0, Math.min(height - 1, top + j)) * width;
    let line = 0;
    for (let i = 0; i < 4; i++) line += data[row + Math.max(0, Math.min(width - 1, left + i))] * cubicWeights[px + i];
    sum += line * cubicWeights[py + j];
  }
  return sum;
}
