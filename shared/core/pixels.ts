import type { Bounds, Extent } from './geometry.ts';
import { intersection } from './geometry.ts';
import { isStopped, type Pace } from './pace.ts';
import { assert } from './result.ts';

/** A stated colour profile. `icc` is null only for the built-in sRGB; otherwise it holds the profile's own bytes. */
export interface ColorProfile {
  readonly name: string;
  readonly icc: Uint8Array | null;
}

export const sRGB: ColorProfile = { name: 'sRGB IEC61966-2.1', icc: null };

/** Straight-alpha RGBA, 8 bits a channel, row-major, no row padding: `data.length === width * height * 4`. */
export interface Pixels extends Extent {
  readonly data: Uint8ClampedArray;
  readonly profile: ColorProfile;
}

/** The same with 16 bits a channel, 0 to 65535. A picture stays in the depth it came in wherever it is not changed. */
export interface Pixels16 extends Extent {
  readonly data: Uint16Array;
  readonly profile: ColorProfile;
}

/** Coverage 0 (untouched) to 255 (edited) over `bounds` in document pixels; 0 outside. */
export interface Mask {
  readonly bounds: Bounds;
  readonly data: Uint8ClampedArray;
}

export function createPixels(width: number, height: number, profile: ColorProfile = sRGB): Pixels {
  assert(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0, `pixels of ${width} x ${height}`);
  return { width, height, profile, data: new Uint8ClampedArray(width * height * 4) };
}

/** Wraps bytes without copying them. */
export function pixelsFrom(extent: Extent, bytes: Uint8Array | Uint8ClampedArray, profile: ColorProfile = sRGB): Pixels {
  assert(bytes.length === extent.width * extent.height * 4, `${bytes.length} bytes for ${extent.width} x ${extent.height} RGBA`);
  const data =
    bytes instanceof Uint8ClampedArray ? bytes : new Uint8ClampedArray(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
  return { width: extent.width, height: extent.height, profile, data };
}

export const isDeep = (pixels: Pixels | Pixels16): pixels is Pixels16 => pixels.data instanceof Uint16Array;

/** Empty, of the depth and profile of `like`. */
export const emptyLike = <P extends Pixels | Pixels16>(like: P, { width, height }: Extent): P =>
  (isDeep(like)
    ? { width, height, profile: like.profile, data: new Uint16Array(width * height * 4) }
    : createPixels(width, height, like.profile)) as P;

/** Rounded to 8 bits a channel; those that have 8 as they are. */
export function toEightBit(pixels: Pixels | Pixels16): Pixels {
  if (!isDeep(pixels)) return pixels;
  const data = new Uint8ClampedArray(pixels.data.length);
  for (let i = 0; i < data.length; i++) data[i] = pixels.data[i] / 257;
  return { ...pixels, data };
}

/** Copies the part of `source` (whose top left lies at `at`) that covers `bounds`; transparent where it does not. */
export function cropPixels<P extends Pixels | Pixels16>(source: P, at: { x: number; y: number }, bounds: Bounds): P {
  const out = emptyLike(source, bounds);
  const common = intersection({ ...at, width: source.width, height: source.height }, bounds);
  for (let row = 0; row < common.height; row++) {
    const from = ((common.y - at.y + row) * source.width + (common.x - at.x)) * 4;
    const to = ((common.y - bounds.y + row) * bounds.width + (common.x - bounds.x)) * 4;
    out.data.set(source.data.subarray(from, from + common.width * 4), to);
  }
  return out;
}

/** The part of a large picture that lies in `bounds`, within it. Null when aborted. */
export async function cropInRows(source: Pixels, bounds: Bounds, pace: Pace): Promise<Pixels | null> {
  const out = emptyLike(source, bounds);
  for (let row = 0; row < bounds.height; row++) {
    const from = ((bounds.y + row) * source.width + bounds.x) * 4;
    out.data.set(source.data.subarray(from, from + bounds.width * 4), row * bounds.width * 4);
    if (await isStopped(pace)) return null;
  }
  return out;
}

/** Copies the part of `mask` that covers `bounds`; 0 where it does not. */
export function cropMask(mask: Mask, bounds: Bounds): Mask {
  const data = new Uint8ClampedArray(bounds.width * bounds.height);
  const common = intersection(mask.bounds, bounds);
  for (let row = 0; row < common.height; row++) {
    const from = (common.y - mask.bounds.y + row) * mask.bounds.width + (common.x - mask.bounds.x);
    const to = (common.y - bounds.y + row) * bounds.width + (common.x - bounds.x);
    data.set(mask.data.subarray(from, from + common.width), to);
  }
  return { bounds, data };
}

export const rectangleMask = (bounds: Bounds): Mask => ({
  bounds,
  data: new Uint8ClampedArray(bounds.width * bounds.height).fill(255),
});

/** The smallest bounds that hold every covered pixel of a mask; width and height 0 when it is empty. */
export function coveredBounds(mask: Mask): Bounds {
  const { width, height } = mask.bounds;
  let left = width;
  let top = height;
  let right = -1;
  let bottom = -1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (mask.data[y * width + x] === 0) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  if (right < 0) return { x: mask.bounds.x, y: mask.bounds.y, width: 0, height: 0 };
  return { x: mask.bounds.x + left, y: mask.bounds.y + top, width: right - left + 1, height: bottom - top + 1 };
}

/** Whether any pixel is not fully opaque. Read four bytes at a time where the memory allows: 17 MP in 20 ms, not 120. */
export function hasTransparency({ data }: Pixels): boolean {
  if (data.byteOffset % 4 === 0) {
    const words = new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
    for (let i = 0; i < words.length; i++) if ((words[i] & alphaBits) !== alphaBits) return true;
    return false;
  }
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return true;
  return false;
}

/** The fourth byte of a pixel within a word, whichever way this machine orders bytes. */
const alphaBits = new Uint32Array(new Uint8Array([0, 0, 0, 255]).buffer)[0] | 0;

/** Whether every pixel is fully transparent. */
export function isFullyTransparent(pixels: Pixels): boolean {
  for (let i = 3; i < pixels.data.length; i += 4) if (pixels.data[i] !== 0) return false;
  return true;
}
