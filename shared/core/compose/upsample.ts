/**
 * From the work grid to the source's own pixels, a row at a time: cubic convolution (Keys 1981, a = -1/2) for what carries
 * detail, linear for masks and coefficients. Work rows are stretched across once and four are kept, so that memory holds
 * lines, never planes, whatever the layer's size.
 */

export interface Taps {
  /** Four input indices and weights per output index. */
  readonly at: Int32Array;
  readonly weights: Float32Array;
}

/**
 * For outputs `from` … `from + length - 1`, `step` of them to an input; input 0 lies `origin` inputs from output 0. Inputs
 * beyond the ends are the ends.
 */
export function cubicTaps(from: number, length: number, step: number, origin: number, inputLength: number): Taps {
  const at = new Int32Array(length * 4);
  const weights = new Float32Array(length * 4);
  for (let i = 0; i < length; i++) {
    const position = (from + i + 0.5) / step - origin - 0.5;
    const base = Math.floor(position);
    const t = position - base;
    weights[i * 4] = ((-0.5 * t + 1) * t - 0.5) * t;
    weights[i * 4 + 1] = (1.5 * t - 2.5) * t * t + 1;
    weights[i * 4 + 2] = ((-1.5 * t + 2) * t + 0.5) * t;
    weights[i * 4 + 3] = (0.5 * t - 0.5) * t * t;
    for (let k = 0; k < 4; k++) at[i * 4 + k] = Math.max(0, Math.min(inputLength - 1, base - 1 + k));
  }
  return { at, weights };
}

export interface LinearTaps {
  /** The nearer-to-zero input of each output, and the share of the one after it. */
  readonly at: Int32Array;
  readonly share: Float32Array;
}

/** `at + 1` is always a valid input when there are two or more. */
export function linearTaps(from: number, length: number, step: number, origin: number, inputLength: number): LinearTaps {
  const at = new Int32Array(length);
  const share = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const position = Math.max(0, Math.min(inputLength - 1, (from + i + 0.5) / step - origin - 0.5));
    at[i] = Math.max(0, Math.min(inputLength - 2, Math.floor(position)));
    share[i] = Math.min(1, position - at[i]);
  }
  return { at, share };
}

export interface RowStretcher {
  /** The row of `plane` stretched across; valid until four other rows have been asked for. */
  line(row: number): Float32Array;
}

/** `plane` is `stride` wide; `taps` say which of its columns make each output. */
export function stretchRows(plane: Float32Array, stride: number, taps: Taps): RowStretcher {
  const length = taps.at.length / 4;
  const lines = Array.from({ length: 4 }, () => new Float32Array(length));
  const held = new Int32Array(4).fill(-1);
  return {
    line(row) {
      const slot = row & 3;
      if (held[slot] !== row) {
        stretchRow(plane, row * stride, taps, lines[slot]);
        held[slot] = row;
      }
      return lines[slot];
    },
  };
}

function stretchRow(plane: Float32Array, start: number, { at, weights }: Taps, line: Float32Array): void {
  for (let x = 0, k = 0; x < line.length; x++, k += 4) {
    line[x] =
      plane[start + at[k]] * weights[k] +
      plane[start + at[k + 1]] * weights[k + 1] +
      plane[start + at[k + 2]] * weights[k + 2] +
      plane[start + at[k + 3]] * weights[k + 3];
  }
}

/** Output row `y` of a stretched plane, for columns `left` … `right - 1`. */
export function mixRows(rows: RowStretcher, taps: Taps, y: number, out: Float32Array, left: number, right: number): void {
  const k = y * 4;
  const a = rows.line(taps.at[k]);
  const b = rows.line(taps.at[k + 1]);
  const c = rows.line(taps.at[k + 2]);
  const d = rows.line(taps.at[k + 3]);
  const w0 = taps.weights[k];
  const w1 = taps.weights[k + 1];
  const w2 = taps.weights[k + 2];
  const w3 = taps.weights[k + 3];
  for (let x = left; x < right; x++) out[x] = a[x] * w0 + b[x] * w1 + c[x] * w2 + d[x] * w3;
}

/** Row `position` (centres at whole numbers) of a small grid, mixed between the two rows around it. */
export function lerpRow(grid: Float32Array, columns: number, rows: number, position: number, out: Float32Array): void {
  const p = Math.max(0, Math.min(rows - 1, position));
  const j = Math.min(Math.floor(p), Math.max(0, rows - 2));
  const share = p - j;
  const a = j * columns;
  const b = rows > 1 ? a + columns : a;
  for (let i = 0; i < columns; i++) out[i] = grid[a + i] * (1 - share) + grid[b + i] * share;
}
