/** What a take is known by: hashes of its layer's pixels, and a small picture of the layer with the take on it. */
import type { AbortSignal } from '../abort.ts';
import { flatten, white } from '../compose/matte.ts';
import { resize } from '../compose/resample.ts';
import { type Extent, longSide } from '../geometry.ts';
import { hashRun } from '../hash.ts';
import type { PictureRef } from '../history/take.ts';
import type { EncodedPicture } from '../model.ts';
import { createPace, type Pace } from '../pace.ts';
import { hasTransparency, type Pixels, toEightBit } from '../pixels.ts';
import type { Clock, PictureCodec } from '../ports.ts';
import { layPixelsOver, maskedWithin } from './layPixelsOver.ts';
import type { Composition, Subject } from './types.ts';

export const thumbnailSidePx = 160;
const mostThumbnailBytes = 8192;

/** Null when aborted. */
export async function layerRefs(
  { pixels, mask }: Composition,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly composed: PictureRef; readonly mask: PictureRef | null } | null> {
  const pace = createPace(clock, signal);
  const composed = await refOf(toEightBit(pixels).data, pixels, pace);
  const covered = mask === null ? null : await refOf(mask.data, mask.bounds, pace);
  return composed === null ? null : { composed, mask: covered };
}

async function refOf(
  data: Uint8ClampedArray,
  { width, height }: { width: number; height: number },
  pace: Pace,
): Promise<PictureRef | null> {
  const hash = await hashRun(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), pace);
  return hash === null ? null : { hash, type: 'layer', width, height, byteLength: data.byteLength };
}

export type Thumbnail = EncodedPicture & { readonly pixels: Pixels };

function thumbnailExtent(picture: Extent): Extent {
  const scale = Math.min(1, thumbnailSidePx / longSide(picture));
  return { width: Math.max(1, Math.round(picture.width * scale)), height: Math.max(1, Math.round(picture.height * scale)) };
}

/** The layer with the take on it, small, on white; null when aborted or when it cannot be made small enough. */
export async function makeThumbnail(
  subject: Subject,
  composition: Composition,
  codec: PictureCodec,
  clock: Clock,
  signal: AbortSignal,
): Promise<Thumbnail | null> {
  const { bounds } = subject;
  const extent = thumbnailExtent(bounds);
  const pace = createPace(clock, signal);
  const under = await resize(subject.pixels, extent, pace);
  const over = under && (await resize(maskedWithin(bounds, { ...composition, pixels: toEightBit(composition.pixels) }), extent, pace));
  if (under === null || over === null) return null;
  return encodeThumbnail(layPixelsOver(under, over), codec, signal);
}

/** A picture by itself, small: for a take that was not placed. */
export async function thumbnailOf(picture: Pixels, codec: PictureCodec, clock: Clock, signal: AbortSignal): Promise<Thumbnail | null> {
  const small = await resize(picture, thumbnailExtent(picture), createPace(clock, signal));
  return small && encodeThumbnail(small, codec, signal);
}

async function encodeThumbnail(small: Pixels, codec: PictureCodec, signal: AbortSignal): Promise<Thumbnail | null> {
  const pixels = hasTransparency(small) ? flatten(small, white) : small;
  for (const quality of [80, 60, 40, 20]) {
    const encoded = await codec.encode(pixels, { type: 'image/jpeg', quality }, signal);
    if (!encoded.ok) return null;
    if (encoded.value.length <= mostThumbnailBytes) return { type: 'image/jpeg', bytes: encoded.value, pixels };
  }
  return null;
}
