/**
 * A map of colour as a lattice of shifts, read between its nodes by tetrahedra (Kasson, Nin, Plouffe and Hafner 1995): as
 * cheap as the polynomial it stands for, and it can be held back where the polynomial was never fitted.
 */
import type { Planes } from './types.ts';

const side = 17;
const nodes = side * side * side;
/** This many samples around a colour, after spreading, make it known. */
const knownFrom = 2;

export const createLattice = (): Float32Array => new Float32Array(nodes * 3);

/** Colours as 0 to 1; `weight` says which of them count. */
export interface ColourSamples {
  readonly count: number;
  readonly source: readonly [Float32Array, Float32Array, Float32Array];
  readonly answer: readonly [Float32Array, Float32Array, Float32Array];
  readonly weight: Float32Array;
}

/** `map`: where a colour of the answer leads, a channel; `mostShift` in levels. */
export function buildLattice(
  samples: ColourSamples,
  map: (channel: number, r: number, g: number, b: number) => number,
  mostShift: number,
): Float32Array {
  const known = knownColours(samples);
  const plain = [0, 1, 2].map((channel) => gainOf(samples, channel));
  const out = createLattice();
  for (let i = 0, n = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      for (let k = 0; k < side; k++, n++) {
        const colour = [i / (side - 1), j / (side - 1), k / (side - 1)] as const;
        for (let c = 0; c < 3; c++) {
          const { offset, gain, low, high } = plain[c];
          const simple = offset + gain * Math.max(low, Math.min(high, colour[c]));
          const full = map(c, ...colour) - colour[c];
          const shift = 255 * (simple + (full - simple) * known[n]);
          out[n * 3 + c] = Math.max(-mostShift, Math.min(mostShift, shift));
        }
      }
    }
  }
  return out;
}

/** 0 to 1 a node: whether colours near it were among the samples. */
function knownColours({ count, answer, weight }: ColourSamples): Float32Array {
  let values = new Float32Array(nodes);
  for (let i = 0; i < count; i++) {
    if (weight[i] < 0.1) continue;
    const at = answer.map((channel) => Math.round(Math.max(0, Math.min(1, channel[i])) * (side - 1)));
    values[(at[0] * side + at[1]) * side + at[2]] += weight[i];
  }
  for (const stride of [1, side, side * side, 1, side, side * side]) {
    const next = new Float32Array(nodes);
    for (let n = 0; n < nodes; n++) {
      const place = Math.floor(n / stride) % side;
      next[n] = 0.5 * values[n] + 0.25 * ((place > 0 ? values[n - stride] : 0) + (place < side - 1 ? values[n + stride] : 0));
    }
    values = next;
  }
  return values.map((v) => Math.min(1, v / knownFrom));
}

/** The shift of one channel as offset + gain · level, by weighted least squares, and the range that it was seen over. */
function gainOf({ count, source, answer, weight }: ColourSamples, channel: number) {
  let w = 0;
  let x = 0;
  let y = 0;
  let xx = 0;
  let xy = 0;
  let low = 1;
  let high = 0;
  for (let i = 0; i < count; i++) {
    if (weight[i] < 0.1) continue;
    const a = answer[channel][i];
    const d = source[channel][i] - a;
    w += weight[i];
    x += weight[i] * a;
    y += weight[i] * d;
    xx += weight[i] * a * a;
    xy += weight[i] * a * d;
    if (a < low) low = a;
    if (a > high) high = a;
  }
  if (w < 1) return { offset: 0, gain: 0, low: 0, high: 1 };
  // The ridge stands for no gain: few levels close together tell none.
  const gain = (xy - (x * y) / w) / (xx - (x * x) / w + 0.01 * w);
  return { offset: y / w - (gain * x) / w, gain, low, high };
}

/** Adds the shifts, and what `rest` holds, to one row in place; by `most` levels at the most. */
export function shiftRow(
  lattice: Float32Array,
  { r, g, b, width }: Planes,
  start: number,
  rest: { readonly r: Float32Array; readonly g: Float32Array; readonly b: Float32Array } | null,
  most: number,
): void {
  const scale = (side - 1) / 255;
  const strideR = side * side * 3;
  const strideG = side * 3;
  const strideB = 3;
  for (let x = 0, i = start; x < width; x++, i++) {
    const u = Math.max(0, Math.min(side - 1, r[i] * scale));
    const v = Math.max(0, Math.min(side - 1, g[i] * scale));
    const w = Math.max(0, Math.min(side - 1, b[i] * scale));
    const ui = u < side - 1 ? u | 0 : side - 2;
    const vi = v < side - 1 ? v | 0 : side - 2;
    const wi = w < side - 1 ? w | 0 : side - 2;
    const fu = u - ui;
    const fv = v - vi;
    const fw = w - wi;
    const p = ui * strideR + vi * strideG + wi * strideB;
    const s = p + strideR + strideG + strideB;
    // The tetrahedron's two other corners, and the fractions from the largest to the smallest.
    let q: number;
    let t: number;
    let f1: number;
    let f2: number;
    let f3: number;
    if (fu >= fv) {
      if (fv >= fw) [q, t, f1, f2, f3] = [p + strideR, s - strideB, fu, fv, fw];
      else if (fu >= fw) [q, t, f1, f2, f3] = [p + strideR, s - strideG, fu, fw, fv];
      else [q, t, f1, f2, f3] = [p + strideB, s - strideG, fw, fu, fv];
    } else if (fu >= fw) [q, t, f1, f2, f3] = [p + strideG, s - strideB, fv, fu, fw];
    else if (fv >= fw) [q, t, f1, f2, f3] = [p + strideG, s - strideR, fv, fw, fu];
    else [q, t, f1, f2, f3] = [p + strideB, s - strideR, fw, fv, fu];
    const wp = 1 - f1;
    const wq = f1 - f2;
    const wt = f2 - f3;
    r[i] = shifted(r[i], lattice[p] * wp + lattice[q] * wq + lattice[t] * wt + lattice[s] * f3 + (rest === null ? 0 : rest.r[x]), most);
    g[i] = shifted(
      g[i],
      lattice[p + 1] * wp + lattice[q + 1] * wq + lattice[t + 1] * wt + lattice[s + 1] * f3 + (rest === null ? 0 : rest.g[x]),
      most,
    );
    b[i] = shifted(
      b[i],
      lattice[p + 2] * wp + lattice[q + 2] * wq + lattice[t + 2] * wt + lattice[s + 2] * f3 + (rest === null ? 0 : rest.b[x]),
      most,
    );
  }
}

function shifted(level: number, by: number, most: number): number {
  const to = level + (by > most ? most : by < -most ? -most : by);
  return to < 0 ? 0 : to > 255 ? 255 : to;
}
