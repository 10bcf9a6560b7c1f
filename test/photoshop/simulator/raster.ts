/**
 * Pixels as the simulated Photoshop keeps them: chunky, straight alpha last, in the document's own depth and mode.
 * 8 bits run to 255, 16 bits to 32768, 32 bits to 1. A raster is never written to after it was made, so that history
 * may share it.
 */
import { type Bounds, intersection, isEmpty, type Point, union } from '../../../shared/core/geometry.ts';

export type Depth = 8 | 16 | 32;
export type Samples = Uint8Array | Uint16Array | Float32Array;

export interface Raster {
  readonly bounds: Bounds;
  /** Colour components and the alpha. */
  readonly channels: number;
  readonly data: Samples;
}

/** One channel; `outside` is its value everywhere beyond `bounds`. */
export interface Plane {
  readonly bounds: Bounds;
  readonly data: Samples;
  readonly outside: number;
}

export const noBounds: Bounds = { x: 0, y: 0, width: 0, height: 0 };

export const depthOf = (data: Samples): Depth => (data instanceof Uint8Array ? 8 : data instanceof Uint16Array ? 16 : 32);

/** The value that is white, opaque or fully selected. */
export const fullOf = (depth: Depth): number => (depth === 8 ? 255 : depth === 16 ? 32768 : 1);

export function createSamples(depth: Depth, length: number): Samples {
  return depth === 8 ? new Uint8Array(length) : depth === 16 ? new Uint16Array(length) : new Float32Array(length);
}

export const emptyRaster = (depth: Depth, channels: number, bounds: Bounds = noBounds): Raster => ({
  bounds,
  channels,
  data: createSamples(depth, bounds.width * bounds.height * channels),
});

/** A number of one depth as another writes it. */
function converter(from: Depth, to: Depth): (value: number) => number {
  if (from === to) return (value) => value;
  const scale = fullOf(to) / fullOf(from);
  return to === 32 ? (value) => value * scale : (value) => Math.round(Math.min(1, Math.max(0, value / fullOf(from))) * fullOf(to));
}

export function toDepth(data: Samples, depth: Depth): Samples {
  const from = depthOf(data);
  if (from === depth) return data;
  const convert = converter(from, depth);
  const out = createSamples(depth, data.length);
  for (let i = 0; i < data.length; i++) out[i] = convert(data[i]);
  return out;
}

/** Copies the part of `source` that covers `bounds`; 0 where it has nothing. */
export function cropRaster(source: Raster, bounds: Bounds): Raster {
  const { x, y, width, height } = source.bounds;
  if (x === bounds.x && y === bounds.y && width === bounds.width && height === bounds.height) return source;
  const out = emptyRaster(depthOf(source.data), source.channels, bounds);
  copyRows(source, out);
  return out;
}

/** Writes what `from` has inside `to`'s bounds over it. */
export function copyRows(from: Raster, to: { readonly bounds: Bounds; readonly data: Samples; readonly channels: number }): void {
  const common = intersection(from.bounds, to.bounds);
  const { channels } = from;
  for (let row = 0; row < common.height; row++) {
    const source = ((common.y + row - from.bounds.y) * from.bounds.width + (common.x - from.bounds.x)) * channels;
    const target = ((common.y + row - to.bounds.y) * to.bounds.width + (common.x - to.bounds.x)) * channels;
    to.data.set(from.data.subarray(source, source + common.width * channels), target);
  }
}

/** `base` with `patch` in place of what it had there. */
export function replacePart(base: Raster, patch: Raster): Raster {
  const out = emptyRaster(depthOf(base.data), base.channels, union(base.bounds, patch.bounds));
  copyRows(base, out);
  copyRows(patch, out);
  return out;
}

export const moveRaster = (raster: Raster, by: Point): Raster => ({ ...raster, bounds: shifted(raster.bounds, by) });

export const shifted = (bounds: Bounds, by: Point): Bounds => ({ ...bounds, x: bounds.x + by.x, y: bounds.y + by.y });

const opaque = new WeakMap<Samples, Bounds>();

/** The smallest bounds that hold every pixel that is not fully transparent; empty when there is none. */
export function opaqueBounds(raster: Raster): Bounds {
  const { bounds } = raster;
  if (isEmpty(bounds)) return noBounds;
  // Kept relative to the raster, whose samples may be shared by a moved copy.
  let found = opaque.get(raster.data);
  if (found === undefined) opaque.set(raster.data, (found = findOpaque(raster)));
  return isEmpty(found) ? noBounds : shifted(found, bounds);
}

function findOpaque({ bounds: { width, height }, channels, data }: Raster): Bounds {
  const alpha = (x: number, y: number): number => data[(y * width + x) * channels + channels - 1];
  const rowHas = (y: number): boolean => {
    for (let x = 0; x < width; x++) if (alpha(x, y) !== 0) return true;
    return false;
  };
  let top = 0;
  while (top < height && !rowHas(top)) top++;
  if (top === height) return noBounds;
  let bottom = height - 1;
  while (!rowHas(bottom)) bottom--;
  const columnHas = (x: number): boolean => {
    for (let y = top; y <= bottom; y++) if (alpha(x, y) !== 0) return true;
    return false;
  };
  let left = 0;
  while (!columnHas(left)) left++;
  let right = width - 1;
  while (!columnHas(right)) right--;
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

export function planeAt(plane: Plane, x: number, y: number): number {
  const { bounds } = plane;
  const column = x - bounds.x;
  const row = y - bounds.y;
  const isInside = column >= 0 && row >= 0 && column < bounds.width && row < bounds.height;
  return isInside ? plane.data[row * bounds.width + column] : plane.outside;
}

/** The plane's values over `bounds`, in whole. */
export function cropPlane(plane: Plane, bounds: Bounds): Samples {
  const data = createSamples(depthOf(plane.data), bounds.width * bounds.height);
  if (plane.outside !== 0) data.fill(plane.outside);
  copyRows({ bounds: plane.bounds, channels: 1, data: plane.data }, { bounds, channels: 1, data });
  return data;
}

/** The smallest bounds of what is not 0; empty when nothing is. */
export const coveredPart = (plane: Plane): Bounds => opaqueBounds({ bounds: plane.bounds, channels: 1, data: plane.data });

/** Averages of the source pixels under each target pixel; `bounds` of the answer start at 0, 0. */
export function resample(source: Raster, width: number, height: number): Raster {
  const { bounds, channels } = source;
  const depth = depthOf(source.data);
  const out = createSamples(depth, width * height * channels);
  const round = depth === 32 ? (v: number) => v : Math.round;
  const sums = new Float64Array(channels);
  for (let y = 0; y < height; y++) {
    const y0 = Math.floor((y * bounds.height) / height);
    const y1 = Math.max(y0 + 1, Math.floor(((y + 1) * bounds.height) / height));
    for (let x = 0; x < width; x++) {
      const x0 = Math.floor((x * bounds.width) / width);
      const x1 = Math.max(x0 + 1, Math.floor(((x + 1) * bounds.width) / width));
      sums.fill(0);
      for (let sy = y0; sy < y1; sy++) {
        for (let sx = x0; sx < x1; sx++) {
          const at = (sy * bounds.width + sx) * channels;
          for (let c = 0; c < channels; c++) sums[c] += source.data[at + c];
        }
      }
      const count = (y1 - y0) * (x1 - x0);
      for (let c = 0; c < channels; c++) out[(y * width + x) * channels + c] = round(sums[c] / count);
    }
  }
  return { bounds: { x: 0, y: 0, width, height }, channels, data: out };
}
