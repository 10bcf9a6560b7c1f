/** Pixels on their way between layers and image data: trimmed, scaled, with and without alpha. */
import { type Bounds, isEmpty, union } from '../../../shared/core/geometry.ts';
import { colorsOf } from './color.ts';
import type { ImageContents } from './imageData.ts';
import {
  createSamples,
  cropPlane,
  cropRaster,
  type Depth,
  depthOf,
  fullOf,
  noBounds,
  opaqueBounds,
  type Plane,
  type Raster,
  replacePart,
  resample,
} from './raster.ts';

export interface TargetSize {
  readonly width?: number;
  readonly height?: number;
}

/** No pixels at all. */
export const emptyOf = (depth: Depth, channels: number): Raster => ({ bounds: noBounds, channels, data: createSamples(depth, 0) });

export const trimmed = (raster: Raster): Raster => {
  const bounds = opaqueBounds(raster);
  return isEmpty(bounds) ? { ...raster, bounds: noBounds, data: raster.data.subarray(0, 0) } : cropRaster(raster, bounds);
};

/** Scaled down, from the nearest level of the pyramid that is large enough; bounds are told in that level's pixels. */
export function atSize(
  raster: Raster,
  target: TargetSize | undefined,
  cacheLevels: number,
): { sized: Raster; level: number; sourceBounds: Bounds } {
  const { bounds } = raster;
  const scale =
    target === undefined
      ? 1
      : Math.min(
          1,
          target.width === undefined ? 1 : target.width / bounds.width,
          target.height === undefined ? 1 : target.height / bounds.height,
        );
  if (scale === 1 || target === undefined) return { sized: raster, level: 0, sourceBounds: bounds };
  const level = Math.max(0, Math.min(cacheLevels - 1, Math.floor(Math.log2(1 / scale))));
  const width = target.width !== undefined && target.height !== undefined ? target.width : Math.max(1, Math.round(bounds.width * scale));
  const height = target.width !== undefined && target.height !== undefined ? target.height : Math.max(1, Math.round(bounds.height * scale));
  const shrink = 2 ** level;
  const [x, y] = [Math.floor(bounds.x / shrink), Math.floor(bounds.y / shrink)];
  const sourceBounds = { x, y, width: Math.ceil(bounds.width / shrink), height: Math.ceil(bounds.height / shrink) };
  return { sized: resample(raster, width, height), level, sourceBounds };
}

/** Colour components alone; what was transparent is laid on white. */
export function withoutAlpha({ data, channels, bounds }: Raster, isMatted: boolean): ImageContents['data'] {
  const depth = depthOf(data);
  const full = fullOf(depth);
  const colors = channels - 1;
  const count = bounds.width * bounds.height;
  const out = createSamples(depth, count * colors);
  const round = depth === 32 ? (v: number) => v : Math.round;
  for (let i = 0; i < count; i++) {
    const alpha = isMatted ? data[i * channels + colors] : full;
    for (let c = 0; c < colors; c++) {
      const value = data[i * channels + c];
      out[i * colors + c] = alpha === full ? value : round((value * alpha + full * (full - alpha)) / full);
    }
  }
  return out;
}

export function withAlpha(contents: ImageContents, at: { x: number; y: number }): Raster {
  const { width, height, components, colorSpace } = contents;
  const bounds = { ...at, width, height };
  const channels = colorsOf(colorSpace) + 1;
  if (components === channels) return { bounds, channels, data: contents.data };
  const depth = depthOf(contents.data);
  const data = createSamples(depth, width * height * channels);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < components; c++) data[i * channels + c] = contents.data[i * components + c];
    data[i * channels + components] = fullOf(depth);
  }
  return { bounds, channels, data };
}

/** A Background stays as large as the canvas and without transparency. */
export function onCanvas(before: Raster, patch: Raster, canvas: Bounds): Raster {
  const whole = cropRaster(replacePart(before, patch), canvas);
  const data = whole.data.slice();
  const full = fullOf(depthOf(data));
  for (let i = whole.channels - 1; i < data.length; i += whole.channels) data[i] = full;
  return { ...whole, data };
}

export function pastedInto(plane: Plane, patch: Raster): Plane {
  const bounds = union(plane.bounds, patch.bounds);
  const data = replacePart({ bounds, channels: 1, data: cropPlane(plane, bounds) }, patch).data;
  return { bounds, data, outside: plane.outside };
}
