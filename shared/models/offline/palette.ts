/**
 * The few colours that a picture consists of, and which of them a colour word means. Surfaces are told apart by k-means
 * in a space where light and shade of one cloth lie close together; so a word selects whole surfaces and does not cut
 * through one where its lightness passes a limit.
 */
import { area } from '../../core/geometry.ts';
import type { Pixels } from '../../core/pixels.ts';
import { colorNames, type NamedColor } from './colors.ts';
import { chroma, hueDegrees, hueDifference, type Lab, smoothstep, toLab } from './oklab.ts';
import type { Work } from './pace.ts';
import { draws } from './random.ts';
import { stretch } from './resample.ts';

/** A small copy, as points of the surface space. */
export interface Points {
  readonly width: number;
  readonly height: number;
  /** u, v, w per pixel. */
  readonly data: Float32Array;
}

export interface Surface {
  readonly u: number;
  readonly v: number;
  readonly w: number;
  /** Mean OKLab. */
  readonly lab: Lab;
  /** Share of the picture, 0 to 1. */
  readonly share: number;
}

/** The small copy's area, px. */
const smallPx = 120_000;
const surfaceCount = 16;

/** Chroma over lightness stays much the same in light and shade; the constant calms the noise of near-blacks. */
const calm = 0.12;
/** A step in lightness counts a third of one in saturation: it parts white from grey, and little else. */
const lightWeight = 0.32;

/** Writes the surface space's coordinates of an OKLab colour to `out` at `at`. */
export function toPoint(lab: Lab, out: Float32Array, at: number): void {
  const k = 1 / (lab[0] + calm);
  out[at] = lab[1] * k;
  out[at + 1] = lab[2] * k;
  out[at + 2] = lab[0] * lightWeight;
}

export function* smallPoints(pixels: Pixels): Work<Points> {
  const shrink = Math.min(1, Math.sqrt(smallPx / area(pixels)));
  const small =
    shrink === 1
      ? pixels
      : yield* stretch(pixels, {
          width: Math.max(1, Math.round(pixels.width * shrink)),
          height: Math.max(1, Math.round(pixels.height * shrink)),
        });
  const { width, height, data } = small;
  const points = new Float32Array(width * height * 3);
  const lab: Lab = [0, 0, 0];
  for (let p = 0; p < width * height; p++) {
    if ((p & 16383) === 0) yield;
    toLab(data[p * 4] as number, data[p * 4 + 1] as number, data[p * 4 + 2] as number, lab);
    toPoint(lab, points, p * 3);
  }
  return { width, height, data: points };
}

/** The picture's surfaces; fewer than sixteen when it has fewer colours. A colour that is asked for gets one of its own. */
export function* findSurfaces(points: Points, asked: NamedColor | null): Work<Surface[]> {
  const { data } = points;
  // Every ninth pixel: 13,000 points part colours as well as all do.
  const step = 9 * 3;
  const next = draws(16);
  const centres = new Float64Array(surfaceCount * 3);
  const first = asked === null ? null : yield* middleOf(points, asked);
  centres.set(first ?? [data[0] as number, data[1] as number, data[2] as number]);
  let count = 1;
  const nearest = new Float64Array(Math.ceil(data.length / step)).fill(Number.POSITIVE_INFINITY);
  // k-means++: each further centre is drawn by squared distance from those before. Source: Arthur, Vassilvitskii, 2007.
  while (count < surfaceCount) {
    yield;
    let total = 0;
    for (let p = 0, i = 0; p < data.length; p += step, i++) {
      nearest[i] = Math.min(nearest[i] as number, squared(data, p, centres, (count - 1) * 3));
      total += nearest[i] as number;
    }
    if (total < 1e-9) break;
    let ball = next() * total;
    let pick = 0;
    for (let i = 0; i < nearest.length && ball >= 0; i++) {
      ball -= nearest[i] as number;
      pick = i;
    }
    centres.set(data.subarray(pick * step, pick * step + 3), count * 3);
    count++;
  }
  let shares = new Float64Array(count);
  for (let round = 0; round < 8; round++) {
    yield;
    const sums = new Float64Array(count * 3);
    shares = new Float64Array(count);
    for (let p = 0; p < data.length; p += step) {
      let best = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let k = 0; k < count; k++) {
        const d = squared(data, p, centres, k * 3);
        if (d < least) {
          least = d;
          best = k;
        }
      }
      for (let c = 0; c < 3; c++) (sums[best * 3 + c] as number) += data[p + c] as number;
      (shares[best] as number)++;
    }
    for (let k = 0; k < count; k++)
      if ((shares[k] as number) > 0) for (let c = 0; c < 3; c++) centres[k * 3 + c] = (sums[k * 3 + c] as number) / (shares[k] as number);
  }
  const total = shares.reduce((sum, n) => sum + n, 0);
  return Array.from(shares, (n, k): Surface => {
    const at = [centres[k * 3] as number, centres[k * 3 + 1] as number, centres[k * 3 + 2] as number] as const;
    return { u: at[0], v: at[1], w: at[2], lab: labAt(...at), share: n / total };
  }).filter((surface) => surface.share > 0);
}

/** The mean of all points that are clearly of the colour, so that a small thing is not lost in a large one; null for none. */
function* middleOf({ data }: Points, color: NamedColor): Work<number[] | null> {
  const sum = [0, 0, 0];
  let count = 0;
  // Every third point is enough to know whether it is there.
  for (let p = 0; p < data.length; p += 9) {
    if (p % 73_728 === 0) yield;
    if (suitability(color, labAt(data[p] as number, data[p + 1] as number, data[p + 2] as number)) < 0.5) continue;
    for (let c = 0; c < 3; c++) (sum[c] as number) += data[p + c] as number;
    count++;
  }
  return count < (minShare * data.length) / 9 ? null : sum.map((v) => v / count);
}

function labAt(u: number, v: number, w: number): Lab {
  const l = w / lightWeight;
  return [l, u * (l + calm), v * (l + calm)];
}

function squared(data: Float32Array, p: number, centres: Float64Array, at: number): number {
  const u = (data[p] as number) - (centres[at] as number);
  const v = (data[p + 1] as number) - (centres[at + 1] as number);
  const w = (data[p + 2] as number) - (centres[at + 2] as number);
  return u * u + v * v + w * w;
}

const saturationOf = (lab: Lab): number => chroma(lab[1], lab[2]) / (lab[0] + 0.06);

/** How well a name suits a colour, 0 to 1. */
export function suitability(color: NamedColor, lab: Lab): number {
  const { seen } = color;
  const [low, high] = seen.lightness;
  const light =
    (low <= 0 ? 1 : smoothstep(low - 0.07, low + 0.03, lab[0])) * (high >= 1 ? 1 : 1 - smoothstep(high - 0.03, high + 0.07, lab[0]));
  if (seen.kind === 'grey') return light * (1 - smoothstep(0.022, 0.044, chroma(lab[1], lab[2])));
  const d = Math.abs(hueDifference(seen.hue, hueDegrees(lab[1], lab[2])));
  if (d > seen.halfWindow) return 0;
  const colourful = smoothstep(0.7 * seen.minSaturation, 1.1 * seen.minSaturation, saturationOf(lab));
  return (1 - 0.85 * (d / seen.halfWindow)) * light * colourful;
}

/** The names that people use first; a surface is called by the one that suits it best. */
const plainNames = [
  'red',
  'orange',
  'yellow',
  'green',
  'turquoise',
  'blue',
  'purple',
  'pink',
  'brown',
  'beige',
  'white',
  'grey',
  'black',
] as const;
const plain = plainNames.map((name) => colorNames.get(name) as NamedColor);

export function plainName(lab: Lab): string | null {
  let best: string | null = null;
  let most = 0.1;
  for (const color of plain) {
    const f = suitability(color, lab);
    if (f > most) {
      most = f;
      best = color.name;
    }
  }
  return best;
}

/** Below this share of the picture a colour counts as not there. */
const minShare = 0.0008;

/** What a surface is to a colour word: meant; a shade that may belong to what is meant, by where it lies; or neither. */
export type Side = 'chosen' | 'shade' | 'other';

/** Which surfaces a colour word means; [] when the picture has nothing of it. */
export function sidesOf(color: NamedColor, surfaces: readonly Surface[]): Side[] {
  const fits = surfaces.map((surface) => suitability(color, surface.lab));
  const isPlain = plain.some(({ name }) => name === color.name);
  let lead = -1;
  let most = 0;
  surfaces.forEach((surface, k) => {
    // A small thing that is truly red beats a large one that may be called so.
    const called = isPlain && plainName(surface.lab) === color.name ? 3 : 1;
    const claim = (fits[k] as number) * called * Math.sqrt(surface.share);
    if ((fits[k] as number) > 0.12 && surface.share > minShare && claim > most) {
      most = claim;
      lead = k;
    }
  });
  if (lead < 0) return [];
  const first = (surfaces[lead] as Surface).lab;
  return surfaces.map(({ lab }, k) => {
    const f = fits[k] as number;
    if (k === lead || isSameMaterial(first, lab)) return 'chosen';
    // Beside a deep green a pale one is another thing, though it is green too.
    const isAsDeep = color.seen.kind === 'grey' || saturationOf(lab) > 0.4 * saturationOf(first);
    if (f > 0.8 && isAsDeep) return 'chosen';
    if (f > 0.25 && isAsDeep && (!isPlain || plainName(lab) === color.name)) return 'chosen';
    return isShade(first, lab) ? 'shade' : 'other';
  });
}

/** The same hue and depth of colour in another light: the lit and the shaded part of one thing. */
function isSameMaterial(a: Lab, b: Lab): boolean {
  const chromaA = chroma(a[1], a[2]);
  if (chromaA < 0.03) return chroma(b[1], b[2]) < 0.03 && Math.abs(a[0] - b[0]) < 0.1;
  if (Math.abs(a[0] - b[0]) > 0.38 || b[0] < 0.16) return false;
  const ratio = saturationOf(b) / saturationOf(a);
  return ratio > 0.62 && ratio < 1.6 && Math.abs(hueDifference(hueDegrees(a[1], a[2]), hueDegrees(b[1], b[2]))) < 8;
}

/** A deep fold or a gloss of it: darker with the hue turned, or lighter with the colour gone. */
function isShade(a: Lab, b: Lab): boolean {
  const isGrey = chroma(a[1], a[2]) < 0.03;
  if (isGrey) return chroma(b[1], b[2]) < 0.06 && Math.abs(a[0] - b[0]) < 0.4;
  const turned = Math.abs(hueDifference(hueDegrees(a[1], a[2]), hueDegrees(b[1], b[2])));
  return b[0] < a[0] ? turned < 30 || chroma(b[1], b[2]) < 0.03 : turned < 20 && chroma(b[1], b[2]) > 0.035;
}

/** Plain names of the colours that a picture has most of, without the neutral ones. */
export function colorsOf(surfaces: readonly Surface[], most: number): string[] {
  const shares = new Map<string, number>();
  for (const surface of surfaces) {
    const name = plainName(surface.lab);
    if (name !== null && name !== 'white' && name !== 'grey' && name !== 'black') shares.set(name, (shares.get(name) ?? 0) + surface.share);
  }
  return [...shares]
    .filter(([, share]) => share > 0.004)
    .sort((a, b) => b[1] - a[1])
    .slice(0, most)
    .map(([name]) => name);
}
