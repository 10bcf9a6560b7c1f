/**
 * No model answers with transparency. A layer that has some is laid on one flat colour, the matte, before it is sent;
 * afterwards the matte is taken out of the half-transparent pixels again and the layer's own alpha comes back.
 */
import type { Pace } from '../pace.ts';
import { type Pixels, pixelsFrom } from '../pixels.ts';

export type Color = readonly [r: number, g: number, b: number];

/** What a transparent picture lies on when nothing else was sent. */
export const white: Color = [255, 255, 255];

/** Neutral, so that the matte tints nothing the model does; the lightness is what is chosen. */
const neutrals: readonly Color[] = [255, 224, 160, 128, 96, 48, 0].map((v) => [v, v, v] as const);

/** Pure hues for keying: a flat ground in one of these is found again after JPEG. */
const grounds: readonly Color[] = [
  [0, 255, 0],
  [255, 0, 255],
  [0, 0, 255],
  [0, 255, 255],
  [255, 255, 0],
  [255, 0, 0],
];

export const toHex = (color: Color): string => `#${color.map((v) => v.toString(16).padStart(2, '0')).join('')}`;

/** The neutral that stands out best from the picture's own edge, so that the model sees the shape; of equals the lightest. */
export const chooseMatte = (pixels: Pixels): Color => farthest(neutrals, edgeColors(pixels));

/** The pure hue that is farthest from every colour of the picture. */
export const chooseGround = (pixels: Pixels): Color =>
  farthest(
    grounds,
    sampleColors(pixels, () => true),
  );

/** The candidate whose nearest 2 % of the colours are farthest away. */
function farthest(candidates: readonly Color[], colors: readonly Color[]): Color {
  let best = candidates[0];
  let bestDistance = -1;
  for (const candidate of candidates) {
    const distances = Float64Array.from(colors, (color) => distanceSquared(candidate, color)).sort();
    const distance = distances.length === 0 ? 0 : distances[Math.floor(distances.length * 0.02)];
    if (distance > bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

const distanceSquared = (a: Color, b: Color): number => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;

/** Colours of visible pixels next to transparent ones; of all visible ones when there is no such edge. */
function edgeColors(pixels: Pixels): Color[] {
  const { width, height, data } = pixels;
  const alphaAt = (x: number, y: number) => (x < 0 || y < 0 || x >= width || y >= height ? 255 : data[(y * width + x) * 4 + 3]);
  const atEdge = sampleColors(pixels, (x, y) => Math.min(alphaAt(x - 2, y), alphaAt(x + 2, y), alphaAt(x, y - 2), alphaAt(x, y + 2)) < 64);
  return atEdge.length > 0 ? atEdge : sampleColors(pixels, () => true);
}

/** Every visible pixel that `wanted` takes, thinned to about 20,000 looked at. */
function sampleColors(pixels: Pixels, wanted: (x: number, y: number) => boolean): Color[] {
  const { width, height, data } = pixels;
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / 20_000)));
  const colors: Color[] = [];
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const i = (y * width + x) * 4;
      if (data[i + 3] >= 64 && wanted(x, y)) colors.push([data[i], data[i + 1], data[i + 2]]);
    }
  }
  return colors;
}

/** `pixels` over `matte`, opaque. */
export function flatten(pixels: Pixels, matte: Color): Pixels {
  const data = new Uint8ClampedArray(pixels.data);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3];
    if (alpha === 255) continue;
    const share = alpha / 255;
    data[i] = data[i] * share + matte[0] * (1 - share);
    data[i + 1] = data[i + 1] * share + matte[1] * (1 - share);
    data[i + 2] = data[i + 2] * share + matte[2] * (1 - share);
    data[i + 3] = 255;
  }
  return pixelsFrom(pixels, data, pixels.profile);
}

/**
 * Gives `answer` (opaque, as it came back on `matte`) the alpha of `source`, and takes the matte's share out of the
 * half-transparent pixels. Below a coverage of 1/8 the share is too noisy to divide by, so the source's colour stays.
 * False when aborted.
 */
export async function restoreAlpha(answer: Pixels, source: Pixels, matte: Color, pace: Pace): Promise<boolean> {
  for (let y = 0; y < answer.height; y++) {
    restoreRow(answer.data, source.data, y * answer.width * 4, (y + 1) * answer.width * 4, matte);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return false;
  }
  return true;
}

function restoreRow(out: Uint8ClampedArray, from: Uint8ClampedArray, start: number, end: number, matte: Color): void {
  for (let i = start; i < end; i += 4) {
    const alpha = from[i + 3];
    out[i + 3] = alpha;
    if (alpha === 255) continue;
    if (alpha < 32) {
      out[i] = from[i];
      out[i + 1] = from[i + 1];
      out[i + 2] = from[i + 2];
      continue;
    }
    const share = alpha / 255;
    out[i] = (out[i] - matte[0] * (1 - share)) / share;
    out[i + 1] = (out[i + 1] - matte[1] * (1 - share)) / share;
    out[i + 2] = (out[i + 2] - matte[2] * (1 - share)) / share;
  }
}

/** Colour distances from the ground, of 0 to 441: nearer is ground (JPEG noise stays below), farther is subject. */
const groundDistance = 48;
const subjectDistance = 160;

/**
 * Makes the flat ground of `answer` transparent and takes its colour out of the edge. Alpha rises linearly with the
 * distance from the ground; the source's own alpha limits it. False when aborted.
 */
export async function keyOut(answer: Pixels, ground: Color, source: Pixels, pace: Pace): Promise<boolean> {
  for (let y = 0; y < answer.height; y++) {
    keyRow(answer.data, source.data, y * answer.width * 4, (y + 1) * answer.width * 4, ground);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return false;
  }
  return true;
}

function keyRow(out: Uint8ClampedArray, source: Uint8ClampedArray, start: number, end: number, [r, g, b]: Color): void {
  for (let i = start; i < end; i += 4) {
    const distance = Math.sqrt((out[i] - r) ** 2 + (out[i + 1] - g) ** 2 + (out[i + 2] - b) ** 2);
    const share = Math.max(0, Math.min(1, (distance - groundDistance) / (subjectDistance - groundDistance)));
    out[i + 3] = Math.min(share * 255, source[i + 3]);
    if (share === 0 || share === 1) continue;
    out[i] = (out[i] - r * (1 - share)) / share;
    out[i + 1] = (out[i + 1] - g * (1 - share)) / share;
    out[i + 2] = (out[i + 2] - b * (1 - share)) / share;
  }
}
