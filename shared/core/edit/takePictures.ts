/** What a take is known by: hashes of its layer's pixels, and a small picture of the layer with the take on it. */
import type { AbortSignal } from '../abort.ts';
import { flatten, white } from '../compose/matte.ts';
import { resize } from '../compose/resample.ts';
import { type Bounds, boundsOf, type Extent, longSide } from '../geometry.ts';
import { hashRun } from '../hash.ts';
import type { PictureRef } from '../history/take.ts';
import type { EncodedPicture } from '../model.ts';
import { createPace, isStopped, type Pace } from '../pace.ts';
import { createPixels, hasTransparency, type Mask, type Pixels, type Pixels16, toEightBit } from '../pixels.ts';
import type { Clock, PictureCodec } from '../ports.ts';
import { layPixelsOver } from './layPixelsOver.ts';
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

/** The size of `picture` with its longer side at most `sidePx`. */
export function withinSide(picture: Extent, sidePx: number): Extent {
  const scale = Math.min(1, sidePx / longSide(picture));
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
  const extent = withinSide(bounds, thumbnailSidePx);
  const pace = createPace(clock, signal);
  const step = Math.max(1, Math.floor(longSide(bounds) / (thumbnailSidePx * samplesAcross)));
  const under = await thinned(bounds, step, { ...subject, mask: null }, pace);
  const over = under && (await thinned(bounds, step, composition, pace));
  if (under === null || over === null || (await isStopped(pace))) return null;
  const both = layPixelsOver(under, over);
  const small = await resize(both, extent, pace);
  return small && encodeThumbnail(small, codec, signal);
}

/** Of a pixel of the thumbnail, each way: as good to the eye as all of them, and at 12 MP a thirtieth of the work. */
const samplesAcross = 4;

/** Every `step`-th pixel of `within`, as it shows: alpha times mask. Null when aborted. */
async function thinned(
  within: Bounds,
  step: number,
  { pixels, bounds, mask }: { readonly pixels: Pixels | Pixels16; readonly bounds: Bounds; readonly mask: Mask | null },
  pace: Pace,
): Promise<Pixels | null> {
  const out = createPixels(Math.ceil(within.width / step), Math.ceil(within.height / step));
  const toByte = pixels.data instanceof Uint16Array ? 1 / 257 : 1;
  for (let row = 0, to = 0; row < out.height; row++) {
    const y = within.y + row * step;
    for (let column = 0; column < out.width; column++, to += 4) {
      const x = within.x + column * step;
      const coverage = mask === null ? 255 : valueAt(mask, x, y);
      if (coverage === 0 || x < bounds.x || y < bounds.y || x >= bounds.x + bounds.width || y >= bounds.y + bounds.height) continue;
      const from = ((y - bounds.y) * pixels.width + (x - bounds.x)) * 4;
      for (let c = 0; c < 4; c++) out.data[to + c] = pixels.data[from + c] * toByte;
      out.data[to + 3] = (out.data[to + 3] * coverage) / 255;
    }
    if (await isStopped(pace)) return null;
  }
  return out;
}

function valueAt({ bounds, data }: Mask, x: number, y: number): number {
  const [column, row] = [x - bounds.x, y - bounds.y];
  return column < 0 || row < 0 || column >= bounds.width || row >= bounds.height ? 0 : data[row * bounds.width + column];
}

/** A picture by itself in `extent`, read from every few of its pixels; null when aborted. */
export async function smallPicture(picture: Pixels, extent: Extent, pace: Pace): Promise<Pixels | null> {
  const step = Math.max(1, Math.floor(longSide(picture) / (longSide(extent) * samplesAcross)));
  const whole = boundsOf(picture);
  const thin = step === 1 ? picture : await thinned(whole, step, { pixels: picture, bounds: whole, mask: null }, pace);
  return thin && resize(thin, extent, pace);
}

/** A picture by itself, small: for a take that was not placed. */
export async function thumbnailOf(picture: Pixels, codec: PictureCodec, clock: Clock, signal: AbortSignal): Promise<Thumbnail | null> {
  const small = await smallPicture(picture, withinSide(picture, thumbnailSidePx), createPace(clock, signal));
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
