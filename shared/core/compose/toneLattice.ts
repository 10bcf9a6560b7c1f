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
function knownColours({ count, answer: [r, g, b], weight }: ColourSamples): Float32Array {
  let values = new Float32Array(nodes);
  const place = (level: number): number => Math.round(Math.max(0, Math.min(1, level)) * (side - 1));
  for (let i = 0; i < count; i++) if (weight[i] >= 0.1) values[(place(r[i]) * side + place(g[i])) * side + place(b[i])] += weight[i];
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

/** One between two nodes, as an integer. */
const one = 1 << 16;

/**
 * Adds the shifts, and what `rest` holds, to one row in place; by `most` levels at the most. Which tetrahedron a colour
 * lies in is chance, so it is found without a branch, by signs of integers: guessing wrong took half of the time.
 */
export function shiftRow(
  lattice: Float32Array,
  { r, g, b, width }: Planes,
  start: number,
  rest: { readonly r: Float32Array; readonly g: Float32Array; readonly b: Float32Array },
  most: number,
): void {
  const { r: restR, g: restG, b: restB } = rest;
  // A number for certain, so that nothing is boxed on the way.
  const limit = Math.min(most, 255);
  const scale = ((side - 1) * one) / 255;
  const share = 1 / one;
  const strideR = side * side * 3;
  const strideG = side * 3;
  const strideB = 3;
  for (let x = 0, i = start; x < width; x++, i++) {
    const red = r[i];
    const green = g[i];
    const blue = b[i];
    // Colours lie a little outside where the kernel that read them rang.
    const u = ((red < 0 ? 0 : red > 255 ? 255 : red) * scale) | 0;
    const v = ((green < 0 ? 0 : green > 255 ? 255 : green) * scale) | 0;
    const w = ((blue < 0 ? 0 : blue > 255 ? 255 : blue) * scale) | 0;
    // The node below, of the last node the one before it.
    const ui = (u >> 16) - (u >> 20);
    const vi = (v >> 16) - (v >> 20);
    const wi = (w >> 16) - (w >> 20);
    const fu = u - (ui << 16);
    const fv = v - (vi << 16);
    const fw = w - (wi << 16);
    const isLessUV = (fu - fv) >> 31;
    const lessUV = (fu - fv) & isLessUV;
    const isLessMost = (fu - lessUV - fw) >> 31;
    const f1 = fu - lessUV - ((fu - lessUV - fw) & isLessMost);
    const isLessLeast = (fw - fv - lessUV) >> 31;
    const f3 = fv + lessUV + ((fw - fv - lessUV) & isLessLeast);
    const f2 = fu + fv + fw - f1 - f3;
    // The tetrahedron's corners: the first, along the largest fraction, before the last along the least, the last.
    const p = ui * strideR + vi * strideG + wi * strideB;
    const s = p + strideR + strideG + strideB;
    const q = p + ((strideB & isLessMost) | (((strideG & isLessUV) | (strideR & ~isLessUV)) & ~isLessMost));
    const t = s - ((strideB & isLessLeast) | (((strideR & isLessUV) | (strideG & ~isLessUV)) & ~isLessLeast));
    const wp = (one - f1) * share;
    const wq = (f1 - f2) * share;
    const wt = (f2 - f3) * share;
    const ws = f3 * share;
    const byR = lattice[p] * wp + lattice[q] * wq + lattice[t] * wt + lattice[s] * ws + restR[x];
    const byG = lattice[p + 1] * wp + lattice[q + 1] * wq + lattice[t + 1] * wt + lattice[s + 1] * ws + restG[x];
    const byB = lattice[p + 2] * wp + lattice[q + 2] * wq + lattice[t + 2] * wt + lattice[s + 2] * ws + restB[x];
    const toR = red + (byR > limit ? limit : byR < -limit ? -limit : byR);
    const toG = green + (byG > limit ? limit : byG < -limit ? -limit : byG);
    const toB = blue + (byB > limit ? limit : byB < -limit ? -limit : byB);
    r[i] = toR < 0 ? 0 : toR > 255 ? 255 : toR;
    g[i] = toG < 0 ? 0 : toG > 255 ? 255 : toG;
    b[i] = toB < 0 ? 0 : toB > 255 ? 255 : toB;
  }
}
