/** Placed pictures: where the four corners of a smart object lie, and its pixels drawn there. */
import type { Bounds } from '../../../shared/core/geometry.ts';
import { type ColorMeaning, convertRaster } from './color.ts';
import { createSamples, type Depth, depthOf, type Raster } from './raster.ts';

/** x and y of top left, top right, bottom right, bottom left: `smartObjectMore.transform`. */
export type Quad = readonly [number, number, number, number, number, number, number, number];

export interface SmartContents {
  readonly fileName: string;
  /** The placed file as it was. */
  readonly bytes: Uint8Array;
  /** At 0, 0. */
  readonly picture: Raster;
  readonly meaning: ColorMeaning;
  readonly ppi: number;
  readonly quad: Quad;
}

export const quadOf = (x: number, y: number, width: number, height: number): Quad => [
  x,
  y,
  x + width,
  y,
  x + width,
  y + height,
  x,
  y + height,
];

export const quadBounds = (quad: Quad): Bounds => {
  const xs = [0, 2, 4, 6].map((i) => quad[i]);
  const ys = [1, 3, 5, 7].map((i) => quad[i]);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
};

export const mapQuad = (quad: Quad, change: (x: number, y: number) => readonly [number, number]): Quad =>
  [0, 2, 4, 6].flatMap((i) => change(quad[i], quad[i + 1])) as unknown as Quad;

/** Whole pixels: Photoshop rounds where a placed layer begins, whatever fraction was asked for. */
export function snapped(quad: Quad): Quad {
  const { x, y } = quadBounds(quad);
  const dx = Math.round(x) - x;
  const dy = Math.round(y) - y;
  return mapQuad(quad, (px, py) => [px + dx, py + dy]);
}

/** The contents drawn at their corners, in the document's mode and depth. At scale 1 on whole pixels, number by number. */
export function drawSmart(smart: SmartContents, meaning: ColorMeaning, depth: Depth): Raster {
  const picture = convertRaster(smart.picture, smart.meaning, meaning, depth);
  const [x0, y0, x1, y1, , , x3, y3] = smart.quad;
  const { width, height } = picture.bounds;
  const isUpright = y0 === y1 && x0 === x3;
  if (isUpright && x1 - x0 === width && y3 - y0 === height && Number.isInteger(x0) && Number.isInteger(y0)) {
    return { ...picture, bounds: { x: x0, y: y0, width, height } };
  }
  return warped(picture, smart.quad);
}

/** An affine map of a raster onto the parallelogram, bilinear, premultiplied; pixel centres at +0.5. */
export function warped(picture: Raster, quad: Quad): Raster {
  const [x0, y0, x1, y1, , , x3, y3] = quad;
  const { width, height } = picture.bounds;
  const outer = quadBounds(quad);
  const x = Math.floor(outer.x + 1e-6);
  const y = Math.floor(outer.y + 1e-6);
  const bounds = { x, y, width: Math.ceil(outer.x + outer.width - 1e-6) - x, height: Math.ceil(outer.y + outer.height - 1e-6) - y };
  const { channels } = picture;
  const depth = depthOf(picture.data);
  const data = createSamples(depth, bounds.width * bounds.height * channels);
  const [ux, uy, vx, vy] = [x1 - x0, y1 - y0, x3 - x0, y3 - y0];
  const det = ux * vy - uy * vx;
  const round = depth === 32 ? (v: number) => v : Math.round;
  const a = channels - 1;
  const sums = new Float64Array(channels);
  for (let row = 0; row < bounds.height; row++) {
    for (let column = 0; column < bounds.width; column++) {
      const px = bounds.x + column + 0.5 - x0;
      const py = bounds.y + row + 0.5 - y0;
      const u = ((px * vy - py * vx) / det) * width - 0.5;
      const v = ((py * ux - px * uy) / det) * height - 0.5;
      if (u < -0.5 || v < -0.5 || u > width - 0.5 || v > height - 0.5) continue;
      sums.fill(0);
      for (const [sx, wx] of [
        [Math.floor(u), 1 - (u - Math.floor(u))],
        [Math.floor(u) + 1, u - Math.floor(u)],
      ]) {
        for (const [sy, wy] of [
          [Math.floor(v), 1 - (v - Math.floor(v))],
          [Math.floor(v) + 1, v - Math.floor(v)],
        ]) {
          const weight = wx * wy;
          if (weight === 0) continue;
          const at = (clamp(sy, height) * width + clamp(sx, width)) * channels;
          const alpha = picture.data[at + a] * weight;
          for (let c = 0; c < a; c++) sums[c] += picture.data[at + c] * alpha;
          sums[a] += alpha;
        }
      }
      const to = (row * bounds.width + column) * channels;
      if (sums[a] > 0) for (let c = 0; c < a; c++) data[to + c] = round(sums[c] / sums[a]);
      data[to + a] = round(sums[a]);
    }
  }
  return { bounds, channels, data };
}

const clamp = (at: number, length: number): number => Math.min(length - 1, Math.max(0, at));
