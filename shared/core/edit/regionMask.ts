/** A region's coverage as a picture, kept so that a later round can allow exactly the same pixels. */
import type { AbortSignal } from '../abort.ts';
import type { Bounds } from '../geometry.ts';
import { coveredBounds, createPixels, cropMask, type Mask } from '../pixels.ts';
import type { PictureCodec } from '../ports.ts';

/** A grey PNG of the covered part; null for a plain rectangle, and when it could not be made. */
export async function regionBytes(region: Mask | null, codec: PictureCodec, signal: AbortSignal): Promise<Uint8Array | null> {
  if (region === null) return null;
  const { bounds, data } = cropMask(region, coveredBounds(region));
  if (data.every((value) => value === 255)) return null;
  const pixels = createPixels(bounds.width, bounds.height);
  for (let i = 0; i < data.length; i++) pixels.data.set([data[i], data[i], data[i], 255], i * 4);
  const bytes = await codec.encode(pixels, { type: 'image/png' }, signal);
  return bytes.ok ? bytes.value : null;
}

/** Null when it is no picture of that size. */
export async function maskOf(bytes: Uint8Array, bounds: Bounds, codec: PictureCodec, signal: AbortSignal): Promise<Mask | null> {
  const pixels = await codec.decode(bytes, signal);
  if (!pixels.ok || pixels.value.width !== bounds.width || pixels.value.height !== bounds.height) return null;
  return { bounds, data: Uint8ClampedArray.from({ length: bounds.width * bounds.height }, (_, i) => pixels.value.data[i * 4]) };
}
