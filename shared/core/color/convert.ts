/**
 * Pixels from a document's colour profile to sRGB and back, by tables and one 3 × 3 matrix; alpha is never touched.
 * Relative colorimetric, out-of-gamut values clipped. 12 MP take about a fifth of a second.
 * sRGB: IEC 61966-2-1, primaries adapted to D50 (Bradford).
 */
import type { ColorProfile, Pixels } from '../pixels.ts';
import { pixelsFrom, sRGB } from '../pixels.ts';
import type { Curve, IccProfile, Matrix } from './icc.ts';
import { parseIcc } from './icc.ts';

export const srgbToXyz: Matrix = [0.4360747, 0.3850649, 0.1430804, 0.2225045, 0.7168786, 0.0606169, 0.0139322, 0.0971045, 0.7141733];
export const srgbCurve: Curve = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);

/** What a profile means for its pixels' numbers. */
export type ProfileMeaning =
  | { readonly kind: 'srgb' }
  | { readonly kind: 'convertible'; readonly profile: Exclude<IccProfile, { kind: 'other' }> }
  /** Cannot be computed with; its numbers are taken as sRGB. `note` says so to the user. */
  | { readonly kind: 'assumed-srgb'; readonly note: string };

export function meaningOf(profile: ColorProfile): ProfileMeaning {
  if (profile.icc === null) return { kind: 'srgb' };
  const parsed = parseIcc(profile.icc);
  if (parsed.kind === 'other') return { kind: 'assumed-srgb', note: `The colour profile ${parsed.why}; its colours are treated as sRGB.` };
  return isSrgb(parsed) ? { kind: 'srgb' } : { kind: 'convertible', profile: parsed };
}

/** Writers spell sRGB in many ways (tables of 1024, parametric, rounded matrices); what counts is what it computes. */
function isSrgb(profile: IccProfile): boolean {
  if (profile.kind !== 'matrix') return false;
  if (profile.toXyz.some((v, i) => Math.abs(v - srgbToXyz[i]) > 0.003)) return false;
  for (let i = 0; i <= 16; i++) {
    if (profile.curves.some((curve) => Math.abs(curve(i / 16) - srgbCurve(i / 16)) > 0.002)) return false;
  }
  return true;
}

/** The same colours in sRGB. Pixels that mean sRGB already are answered without copying. */
export function toSrgb(pixels: Pixels): Pixels {
  const meaning = meaningOf(pixels.profile);
  if (meaning.kind !== 'convertible') return { ...pixels, profile: sRGB };
  const { profile } = meaning;
  const source = pixels.data;
  const out = new Uint8ClampedArray(source.length);
  if (profile.kind === 'grey') {
    const table = Uint8Array.from({ length: 256 }, (_, i) => encodeSrgb[index(profile.curve(i / 255))]);
    for (let i = 0; i < source.length; i += 4) {
      out[i] = out[i + 1] = out[i + 2] = table[source[i]];
      out[i + 3] = source[i + 3];
    }
    return pixelsFrom(pixels, out);
  }
  const matrix = multiply(invert(srgbToXyz), profile.toXyz);
  mapPixels(source, out, profile.curves.map(decodeTable), matrix, [encodeSrgb, encodeSrgb, encodeSrgb]);
  return pixelsFrom(pixels, out);
}

/** sRGB pixels as `profile` writes them. */
export function fromSrgb(pixels: Pixels, profile: ColorProfile): Pixels {
  const meaning = meaningOf(profile);
  if (meaning.kind !== 'convertible') return { ...pixels, profile };
  const source = pixels.data;
  const out = new Uint8ClampedArray(source.length);
  const decoded = decodeTable(srgbCurve);
  if (meaning.profile.kind === 'grey') {
    const encoded = encodeTable(meaning.profile.curve);
    const [, , , wr, wg, wb] = srgbToXyz;
    for (let i = 0; i < source.length; i += 4) {
      const light = wr * decoded[source[i]] + wg * decoded[source[i + 1]] + wb * decoded[source[i + 2]];
      out[i] = out[i + 1] = out[i + 2] = encoded[index(light)];
      out[i + 3] = source[i + 3];
    }
    return pixelsFrom(pixels, out, profile);
  }
  const matrix = multiply(invert(meaning.profile.toXyz), srgbToXyz);
  mapPixels(source, out, [decoded, decoded, decoded], matrix, meaning.profile.curves.map(encodeTable));
  return pixelsFrom(pixels, out, profile);
}

function mapPixels(
  source: Uint8ClampedArray,
  out: Uint8ClampedArray,
  [dr, dg, db]: readonly Float32Array[],
  m: Matrix,
  [er, eg, eb]: readonly Uint8Array[],
): void {
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = m;
  for (let i = 0; i < source.length; i += 4) {
    const r = dr[source[i]];
    const g = dg[source[i + 1]];
    const b = db[source[i + 2]];
    out[i] = er[index(m0 * r + m1 * g + m2 * b)];
    out[i + 1] = eg[index(m3 * r + m4 * g + m5 * b)];
    out[i + 2] = eb[index(m6 * r + m7 * g + m8 * b)];
    out[i + 3] = source[i + 3];
  }
}

/** Steps of linear light. sRGB is steepest in the dark, 12.92 × 255 / 16,384 = 0.2 levels a step: no level is skipped. */
const steps = 16_384;
const index = (light: number): number => (light <= 0 ? 0 : light >= 1 ? steps : (light * steps + 0.5) | 0);

const decodeTable = (curve: Curve): Float32Array => Float32Array.from({ length: 256 }, (_, i) => curve(i / 255));

/** The inverse of a rising curve: for each step of light the nearest of 256 levels. */
function encodeTable(curve: Curve): Uint8Array {
  const table = new Uint8Array(steps + 1);
  let level = 0;
  for (let i = 0; i <= steps; i++) {
    while (level < 255 && curve((level + 0.5) / 255) < i / steps) level++;
    table[i] = level;
  }
  return table;
}

const encodeSrgb = encodeTable(srgbCurve);

export function multiply(a: Matrix, b: Matrix): Matrix {
  const cell = (row: number, column: number): number =>
    a[row * 3] * b[column] + a[row * 3 + 1] * b[column + 3] + a[row * 3 + 2] * b[column + 6];
  return [cell(0, 0), cell(0, 1), cell(0, 2), cell(1, 0), cell(1, 1), cell(1, 2), cell(2, 0), cell(2, 1), cell(2, 2)];
}

/** A profile whose primaries lie on one line has no inverse; then every entry is not finite and `index` answers 0. */
export function invert([a, b, c, d, e, f, g, h, i]: Matrix): Matrix {
  const t = 1 / (a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g));
  return [
    (e * i - f * h) * t,
    (c * h - b * i) * t,
    (b * f - c * e) * t,
    (f * g - d * i) * t,
    (a * i - c * g) * t,
    (c * d - a * f) * t,
    (d * h - e * g) * t,
    (b * g - a * h) * t,
    (a * e - b * d) * t,
  ];
}
