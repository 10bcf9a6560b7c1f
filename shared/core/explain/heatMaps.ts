/**
 * Pictures that explain a take: where the answer differed and by how much, how far it was moved, and what was taken from
 * it. Pure: pictures in, pictures out.
 */
import type { ComparedPictures, Displacement } from '../compose/evidence.ts';
import { createPixels, type Pixels } from '../pixels.ts';

/** What a take was judged by: the pictures compared, and the layer as it looks with the take on it, at the same size. */
export interface Evidence extends ComparedPictures {
  readonly result: Pixels;
}

/** A difference of this many levels or more has the last colour of the scale. */
export const mostDifferenceLevels = 64;

const steps = 256;

/**
 * Colours from dark violet over green to pale yellow, even in lightness and told apart by the colour-blind: a path through
 * Oklab (Ottosson 2020) in which lightness rises steadily while the hue turns. 256 × r, g, b.
 */
export const heatScale: Uint8ClampedArray = ((): Uint8ClampedArray => {
  const out = new Uint8ClampedArray(steps * 3);
  for (let n = 0; n < steps; n++) {
    const t = n / (steps - 1);
    const lightness = 0.24 + 0.7 * t;
    const hue = ((300 - 195 * t) * Math.PI) / 180;
    const chroma = 0.08 + 0.09 * Math.sin(Math.PI * Math.min(1, 0.2 + 0.8 * t));
    out.set(oklabToSrgb(lightness, chroma * Math.cos(hue), chroma * Math.sin(hue)), n * 3);
  }
  return out;
})();

function oklabToSrgb(lightness: number, a: number, b: number): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const coded = (linear: number): number => 255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.max(0, linear) ** (1 / 2.4) - 0.055);
  return [
    coded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    coded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    coded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** The largest difference of the three channels, after registering and undoing the colour shift, 0 to 64 levels on the scale; transparent where there is no answer. */
export function differenceMap({ before, answer }: ComparedPictures): Pixels {
  const out = createPixels(before.width, before.height);
  const one = before.data;
  const two = answer.data;
  for (let i = 0; i < out.data.length; i += 4) {
    if (two[i + 3] === 0) continue;
    const most = Math.max(Math.abs(one[i] - two[i]), Math.abs(one[i + 1] - two[i + 1]), Math.abs(one[i + 2] - two[i + 2]));
    paint(out.data, i, most / mostDifferenceLevels);
  }
  return out;
}

function paint(data: Uint8ClampedArray, at: number, share: number): void {
  const n = Math.min(steps - 1, Math.round(share * (steps - 1))) * 3;
  data[at] = heatScale[n];
  data[at + 1] = heatScale[n + 1];
  data[at + 2] = heatScale[n + 2];
  data[at + 3] = 255;
}

/** The picture in grey and dim, the change in its own colours: what was taken from the answer. */
export function changeMap({ before, answer, coverage }: ComparedPictures): Pixels {
  const out = createPixels(before.width, before.height);
  for (let i = 0, k = 0; i < coverage.length; i++, k += 4) {
    const luma = 0.2126 * before.data[k] + 0.7152 * before.data[k + 1] + 0.0722 * before.data[k + 2];
    const grey = 28 + luma * 0.35;
    const share = coverage[i] / 255;
    for (let c = 0; c < 3; c++) out.data[k + c] = grey + (answer.data[k + c] - grey) * share;
    out.data[k + 3] = 255;
  }
  return out;
}

/** The longest displacement, px of the source. */
export function longestDisplacement({ x, y }: Displacement): number {
  let most = 0;
  for (let n = 0; n < x.length; n++) most = Math.max(most, Math.hypot(x[n], y[n]));
  return most;
}

/** How far each cell was moved, from 0 to `mostPx` on the scale: a pixel a cell, to be drawn smoothly over the picture. */
export function displacementMap({ columns, rows, x, y }: Displacement, mostPx: number): Pixels {
  const out = createPixels(columns, rows);
  for (let n = 0; n < x.length; n++) paint(out.data, n * 4, mostPx > 0 ? Math.hypot(x[n], y[n]) / mostPx : 0);
  return out;
}

export interface Arrow {
  /** Where it ends: a place of the picture, 0 to 1. */
  readonly x: number;
  readonly y: number;
  /** From where it came, drawn `exaggeration` times as far. */
  readonly fromX: number;
  readonly fromY: number;
}

/** About `across` arrows a row, of which the longest is as long as the space between two. */
export function arrowsOf(
  displacement: Displacement,
  { width, height }: ComparedPictures,
  source: { readonly width: number; readonly height: number },
  across = 14,
): { readonly arrows: readonly Arrow[]; readonly exaggeration: number } {
  const { cellPx, columns, rows, x, y } = displacement;
  const longest = longestDisplacement(displacement);
  const stride = Math.max(1, Math.round(columns / across));
  const exaggeration = longest < 1e-3 ? 1 : Math.max(1, (stride * cellPx * source.width) / width / longest);
  const arrows: Arrow[] = [];
  for (let j = stride >> 1; j < rows; j += stride) {
    for (let i = stride >> 1; i < columns; i += stride) {
      const n = j * columns + i;
      const at = { x: ((i + 0.5) * cellPx) / width, y: ((j + 0.5) * cellPx) / height };
      if (at.x > 1 || at.y > 1) continue;
      arrows.push({
        ...at,
        fromX: at.x - (x[n] * exaggeration) / source.width,
        fromY: at.y - (y[n] * exaggeration) / source.height,
      });
    }
  }
  return { arrows, exaggeration };
}

export interface PictureDifference {
  /** Heat on the scale of `differenceMap`; the size of the pictures. */
  readonly map: Pixels;
  /** Share of the pixels that differ at all, 0 to 1. */
  readonly fraction: number;
  /** The largest difference of a channel, in levels. */
  readonly mostLevels: number;
}

/** What differs between two pictures of one size, transparency among it: by the largest of the four channels. */
export function pictureDifference(a: Pixels, b: Pixels): PictureDifference {
  const map = createPixels(a.width, a.height);
  let differing = 0;
  let mostLevels = 0;
  for (let i = 0; i < map.data.length; i += 4) {
    let most = 0;
    for (let c = 0; c < 4; c++) most = Math.max(most, Math.abs(a.data[i + c] - b.data[i + c]));
    if (most > 0) differing++;
    if (most > mostLevels) mostLevels = most;
    paint(map.data, i, most / mostDifferenceLevels);
  }
  return { map, fraction: differing / (a.width * a.height), mostLevels };
}
