/**
 * Pictures as they go out: PNG while that is small, JPEG beyond. A PNG of 1.2 megapixels is about 2 MB of photograph;
 * larger ones cost upload time and show the model nothing that JPEG at quality 95 does not.
 */
import type { AbortSignal } from '../../core/abort.ts';
import { toBase64 } from '../../core/base64.ts';
import type { Failure } from '../../core/failure.ts';
import { area } from '../../core/geometry.ts';
import { sha256Hex } from '../../core/hash.ts';
import type { LabelledPicture, SentPicture, TurnPicture } from '../../core/model.ts';
import type { PictureCodec, PictureType } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';

const mostPngPx = 1_200_000;
const jpegQuality = 95;

export interface PreparedPicture {
  readonly label: string;
  readonly type: PictureType;
  /** Base64 of the bytes. */
  readonly data: string;
}

export interface EncodedNow extends PreparedPicture {
  readonly sent: SentPicture;
}

/** A picture of an earlier turn goes out in the same bytes again. */
export const sentBefore = ({ label, type, bytes }: TurnPicture): PreparedPicture => ({ label, type, data: toBase64(bytes) });

export async function preparePicture(
  picture: LabelledPicture,
  codec: PictureCodec,
  signal: AbortSignal,
): Promise<Result<EncodedNow, Failure>> {
  const { pixels, label } = picture;
  const type = area(pixels) <= mostPngPx ? 'image/png' : 'image/jpeg';
  const encoded = await codec.encode(pixels, type === 'image/png' ? { type } : { type, quality: jpegQuality }, signal);
  if (!encoded.ok) return encoded;
  const bytes = encoded.value;
  const { width, height } = pixels;
  const sent: SentPicture = { type, bytes, width, height, byteLength: bytes.length, hash: sha256Hex(bytes) };
  return ok({ label, type, data: toBase64(bytes), sent });
}

/** In order; stops at the first that cannot be encoded. */
export async function preparePictures(
  pictures: readonly LabelledPicture[],
  codec: PictureCodec,
  signal: AbortSignal,
): Promise<Result<readonly EncodedNow[], Failure>> {
  const prepared: EncodedNow[] = [];
  for (const picture of pictures) {
    const one = await preparePicture(picture, codec, signal);
    if (!one.ok) return one;
    prepared.push(one.value);
  }
  return ok(prepared);
}
