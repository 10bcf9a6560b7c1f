/**
 * Colour modes and profiles of the simulated Photoshop. RGB and grey profiles are a curve and primaries under D50;
 * CMYK is the plain formula (1 − c)(1 − k), which no press would print: enough to see that numbers were converted.
 * 32-bit pixels are linear light, whatever the profile's curve.
 */
import { invert, srgbCurve, srgbToXyz } from '../../../shared/core/color/convert.ts';
import type { Matrix } from '../../../shared/core/color/icc.ts';
import { createSamples, type Depth, depthOf, fullOf, type Raster, type Samples } from './raster.ts';

export type Mode = 'RGB' | 'Grayscale' | 'Lab' | 'CMYK' | 'Indexed' | 'Bitmap' | 'Duotone' | 'Multichannel';
export type Space = 'RGB' | 'Grayscale' | 'Lab' | 'CMYK';

/** What the imaging module calls a mode's numbers; null where it has no word. */
export const spaceOf = (mode: Mode): Space | null =>
  mode === 'RGB' || mode === 'Grayscale' || mode === 'Lab' || mode === 'CMYK' ? mode : null;

/** Colour components without alpha. Indexed pictures are kept as the colours they show. */
export function colorsOf(mode: Mode): number {
  switch (mode) {
    case 'RGB':
    case 'Lab':
    case 'Indexed':
    case 'Multichannel':
      return 3;
    case 'CMYK':
      return 4;
    case 'Grayscale':
    case 'Bitmap':
    case 'Duotone':
      return 1;
  }
}

type Curve = (value: number) => number;
type Triple = readonly [number, number, number];

interface Profile {
  readonly space: Space;
  readonly curve: Curve;
  readonly toXyz: Matrix;
}

const gamma =
  (exponent: number): Curve =>
  (v) =>
    Math.max(0, v) ** exponent;
const rgb = (curve: Curve, toXyz: Matrix): Profile => ({ space: 'RGB', curve, toXyz });
const other = (space: Space, curve: Curve): Profile => ({ space, curve, toXyz: srgbToXyz });

const profiles: Readonly<Record<string, Profile>> = {
  'sRGB IEC61966-2.1': rgb(srgbCurve, srgbToXyz),
  'Adobe RGB (1998)': rgb(gamma(2.19921875), [0.60974, 0.20528, 0.14919, 0.31111, 0.62567, 0.06322, 0.01947, 0.06087, 0.74457]),
  'Display P3': rgb(srgbCurve, [0.51512, 0.29198, 0.1571, 0.2412, 0.69225, 0.06657, -0.00105, 0.04189, 0.78407]),
  'ProPhoto RGB': rgb(gamma(1.8), [0.79767, 0.13519, 0.03135, 0.28804, 0.71187, 0.00009, 0, 0, 0.82521]),
  'Gray Gamma 2.2': other('Grayscale', gamma(2.2)),
  'Gray Gamma 1.8': other('Grayscale', gamma(1.8)),
  'Dot Gain 20%': other('Grayscale', gamma(1.75)),
  'Lab Color': other('Lab', (v) => v),
  'U.S. Web Coated (SWOP) v2': other('CMYK', srgbCurve),
};

/** What new documents of a space get, and what numbers without a profile are taken for. */
export const workingProfile: Readonly<Record<Space, string>> = {
  RGB: 'sRGB IEC61966-2.1',
  Grayscale: 'Dot Gain 20%',
  Lab: 'Lab Color',
  CMYK: 'U.S. Web Coated (SWOP) v2',
};

export const profileNames = (space: Space): string[] => Object.keys(profiles).filter((name) => profiles[name].space === space);

export const hasProfile = (name: string, space: Space): boolean => profiles[name]?.space === space;

export interface ColorMeaning {
  readonly space: Space;
  /** '' for the working one. */
  readonly profile: string;
}

const profileOf = ({ space, profile }: ColorMeaning): Profile => profiles[profile] ?? profiles[workingProfile[space]];
const isSame = (a: ColorMeaning, b: ColorMeaning): boolean => a.space === b.space && profileOf(a) === profileOf(b);

/** The same colours in another space, profile and depth; alpha keeps its share. Equal meanings keep their numbers. */
export function convertRaster(raster: Raster, from: ColorMeaning, to: ColorMeaning, depth: Depth): Raster {
  const fromDepth = depthOf(raster.data);
  const staysCurved = (fromDepth === 32) === (depth === 32);
  if (isSame(from, to) && (staysCurved || from.space === 'Lab')) return { ...raster, data: rescaled(raster.data, depth) };
  const toXyz = decoder(from, fromDepth);
  const fromXyz = encoder(to, depth);
  const channels = colorsOf(to.space) + 1;
  const count = raster.bounds.width * raster.bounds.height;
  const data = createSamples(depth, count * channels);
  const alphaScale = fullOf(depth) / fullOf(fromDepth);
  const round = depth === 32 ? (v: number) => v : Math.round;
  const xyz: [number, number, number] = [0, 0, 0];
  for (let i = 0, a = 0, b = 0; i < count; i++, a += raster.channels, b += channels) {
    toXyz(raster.data, a, xyz);
    fromXyz(xyz, data, b);
    data[b + channels - 1] = round(raster.data[a + raster.channels - 1] * alphaScale);
  }
  return { bounds: raster.bounds, channels, data };
}

function rescaled(data: Samples, depth: Depth): Samples {
  if (depthOf(data) === depth) return data;
  const out = createSamples(depth, data.length);
  const scale = fullOf(depth) / fullOf(depthOf(data));
  if (depth === 32) for (let i = 0; i < data.length; i++) out[i] = data[i] * scale;
  else for (let i = 0; i < data.length; i++) out[i] = Math.round(Math.min(fullOf(depth), Math.max(0, data[i] * scale)));
  return out;
}

type Decode = (data: Samples, at: number, xyz: [number, number, number]) => void;
type Encode = (xyz: Triple, data: Samples, at: number) => void;

function decoder(meaning: ColorMeaning, depth: Depth): Decode {
  const profile = profileOf(meaning);
  const full = fullOf(depth);
  const m = profile.toXyz;
  const light = depth === 32 ? (v: number) => v : tableOf(profile.curve, full);
  const put = (xyz: [number, number, number], r: number, g: number, b: number): void => {
    for (let row = 0; row < 3; row++) xyz[row] = m[row * 3] * r + m[row * 3 + 1] * g + m[row * 3 + 2] * b;
  };
  switch (meaning.space) {
    case 'RGB':
      return (data, at, xyz) => put(xyz, light(data[at]), light(data[at + 1]), light(data[at + 2]));
    case 'Grayscale':
      return (data, at, xyz) => put(xyz, light(data[at]), light(data[at]), light(data[at]));
    case 'CMYK':
      // Stored as Photoshop stores it: full is no ink.
      return (data, at, xyz) => {
        const k = data[at + 3] / full;
        put(xyz, srgbCurve((data[at] / full) * k), srgbCurve((data[at + 1] / full) * k), srgbCurve((data[at + 2] / full) * k));
      };
    case 'Lab':
      return (data, at, xyz) => {
        const fy = ((data[at] / full) * 100 + 16) / 116;
        const fx = fy + chromaOf(data[at + 1], depth) / 500;
        const fz = fy - chromaOf(data[at + 2], depth) / 200;
        xyz[0] = 0.96422 * cubed(fx);
        xyz[1] = cubed(fy);
        xyz[2] = 0.82521 * cubed(fz);
      };
  }
}

function encoder(meaning: ColorMeaning, depth: Depth): Encode {
  const profile = profileOf(meaning);
  const full = fullOf(depth);
  const code = depth === 32 ? (v: number) => v : inverseOf(profile.curve, full);
  const m = invert(profile.toXyz);
  const rgbOf = (xyz: Triple): Triple => [
    m[0] * xyz[0] + m[1] * xyz[1] + m[2] * xyz[2],
    m[3] * xyz[0] + m[4] * xyz[1] + m[5] * xyz[2],
    m[6] * xyz[0] + m[7] * xyz[1] + m[8] * xyz[2],
  ];
  switch (meaning.space) {
    case 'RGB':
      return (xyz, data, at) => {
        const [r, g, b] = rgbOf(xyz);
        data[at] = code(r);
        data[at + 1] = code(g);
        data[at + 2] = code(b);
      };
    case 'Grayscale':
      return (xyz, data, at) => {
        data[at] = code(xyz[1]);
      };
    case 'CMYK':
      return (xyz, data, at) => {
        const values = rgbOf(xyz).map((v) => code(v) / full);
        const k = Math.max(...values);
        for (let c = 0; c < 3; c++) data[at + c] = Math.round((k === 0 ? 1 : values[c] / k) * full);
        data[at + 3] = Math.round(k * full);
      };
    case 'Lab':
      return (xyz, data, at) => {
        const [fx, fy, fz] = [xyz[0] / 0.96422, xyz[1], xyz[2] / 0.82521].map(cubeRoot);
        data[at] = Math.round(((116 * fy - 16) / 100) * full);
        data[at + 1] = chromaCode(500 * (fx - fy), depth);
        data[at + 2] = chromaCode(200 * (fy - fz), depth);
      };
  }
}

const cubed = (f: number): number => (f > 6 / 29 ? f ** 3 : 3 * (6 / 29) ** 2 * (f - 4 / 29));
const cubeRoot = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
/** −128 to 127 in steps of one with 8 bits; around the middle of the range with 16. */
const chromaOf = (code: number, depth: Depth): number => (depth === 8 ? code - 128 : (code / fullOf(depth) - 0.5) * 256);
const chromaCode = (chroma: number, depth: Depth): number =>
  depth === 8 ? Math.min(255, Math.max(0, Math.round(chroma + 128))) : Math.min(1, Math.max(0, chroma / 256 + 0.5)) * fullOf(depth);

/** Tables are made once for a curve and depth: small documents are converted often. */
function cached(make: (curve: Curve, full: number) => Curve): (curve: Curve, full: number) => Curve {
  const made = new Map<Curve, Map<number, Curve>>();
  return (curve, full) => {
    const ofCurve = made.get(curve) ?? new Map<number, Curve>();
    made.set(curve, ofCurve);
    let table = ofCurve.get(full);
    if (table === undefined) ofCurve.set(full, (table = make(curve, full)));
    return table;
  };
}

const tableOf = cached((curve, full) => {
  const table = Float64Array.from({ length: full + 1 }, (_, i) => curve(i / full));
  return (code) => table[code];
});

const nodes = 8192;

/** Light to the nearest code, by a table over the square root of light, where every usual curve is nearly straight. */
const inverseOf = cached((curve, full) => {
  const table = new Float64Array(nodes + 1);
  let low = 0;
  const fine = 16;
  for (let i = 0; i <= nodes; i++) {
    const light = (i / nodes) ** 2;
    while (low < full * fine && curve((low + 1) / (full * fine)) <= light) low++;
    const below = curve(low / (full * fine));
    const above = curve((low + 1) / (full * fine));
    table[i] = (low + (above > below ? Math.min(1, Math.max(0, (light - below) / (above - below))) : 0)) / fine;
  }
  return (light) => {
    if (!(light > 0)) return 0;
    if (light >= 1) return full;
    const at = Math.sqrt(light) * nodes;
    const i = at | 0;
    return Math.round(table[i] + (table[i + 1] - table[i]) * (at - i));
  };
});
