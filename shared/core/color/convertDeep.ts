/**
 * The same as `convert.ts` with 16 bits a channel: decoded by a table of 65,536, encoded by linear interpolation in a table
 * over the square root of light, where every usual curve is nearly straight (there and back is within 2 of 65,535).
 */
import { type ColorProfile, type Pixels16, sRGB } from '../pixels.ts';
import { invert, meaningOf, multiply, srgbCurve, srgbToXyz } from './convert.ts';
import type { Curve, Matrix } from './icc.ts';

/** In sRGB; null for a profile of another kind than RGB. */
export function toSrgbDeep(pixels: Pixels16): Pixels16 | null {
  const meaning = meaningOf(pixels.profile);
  if (meaning.kind !== 'convertible') return { ...pixels, profile: sRGB };
  const { profile } = meaning;
  if (profile.kind !== 'matrix') return null;
  const encode = encodeTable(srgbCurve);
  return mapped(pixels, sRGB, profile.curves.map(decodeTable), multiply(invert(srgbToXyz), profile.toXyz), [encode, encode, encode]);
}

/** sRGB pixels as `profile` writes them; null for a profile of another kind than RGB. */
export function fromSrgbDeep(pixels: Pixels16, profile: ColorProfile): Pixels16 | null {
  const meaning = meaningOf(profile);
  if (meaning.kind !== 'convertible') return { ...pixels, profile };
  if (meaning.profile.kind !== 'matrix') return null;
  const decode = decodeTable(srgbCurve);
  const { curves, toXyz } = meaning.profile;
  return mapped(pixels, profile, [decode, decode, decode], multiply(invert(toXyz), srgbToXyz), curves.map(encodeTable));
}

function mapped(
  { width, height, data: source }: Pixels16,
  profile: ColorProfile,
  [dr, dg, db]: readonly Float32Array[],
  [m0, m1, m2, m3, m4, m5, m6, m7, m8]: Matrix,
  [er, eg, eb]: readonly Float32Array[],
): Pixels16 {
  const data = new Uint16Array(source.length);
  for (let i = 0; i < source.length; i += 4) {
    const r = dr[source[i]];
    const g = dg[source[i + 1]];
    const b = db[source[i + 2]];
    data[i] = encoded(er, m0 * r + m1 * g + m2 * b);
    data[i + 1] = encoded(eg, m3 * r + m4 * g + m5 * b);
    data[i + 2] = encoded(eb, m6 * r + m7 * g + m8 * b);
    data[i + 3] = source[i + 3];
  }
  return { width, height, profile, data };
}

const levels = 65_535;
const nodes = 16_384;

function encoded(table: Float32Array, light: number): number {
  // Not a number, from a profile without an inverse, is black.
  if (!(light > 0)) return table[0] + 0.5;
  if (light >= 1) return table[nodes] + 0.5;
  const at = Math.sqrt(light) * nodes;
  const i = at | 0;
  return table[i] + (table[i + 1] - table[i]) * (at - i) + 0.5;
}

const decodeTable = (curve: Curve): Float32Array => Float32Array.from({ length: levels + 1 }, (_, i) => curve(i / levels));

/** The inverse of a rising curve at (i / 16,384)² of light, in levels. */
function encodeTable(curve: Curve): Float32Array {
  const table = new Float32Array(nodes + 1);
  let level = 0;
  for (let i = 0; i <= nodes; i++) {
    const light = (i / nodes) ** 2;
    while (level < levels && curve((level + 1) / levels) < light) level++;
    const below = curve(level / levels);
    const above = curve(Math.min(levels, level + 1) / levels);
    table[i] = above > below ? level + Math.min(1, Math.max(0, (light - below) / (above - below))) : level;
  }
  return table;
}
