/**
 * Pictures to bytes and back in plain JavaScript, for hosts without a canvas (Photoshop's UXP): PNG by fast-png, JPEG by jpeg-js.
 * WebP is refused. Decoding a JPEG holds the thread, about 60 ms a megapixel.
 */
import { decode as decodeJpeg, encode as encodeJpeg } from 'jpeg-js';
import type { AbortSignal } from '../core/abort.ts';
import type { Failure } from '../core/failure.ts';
import { pictureTypeOf } from '../core/pictureType.ts';
import { isDeep, type Pixels, type Pixels16, pixelsFrom, sRGB, toEightBit } from '../core/pixels.ts';
import type { EncodeOptions, PictureCodec } from '../core/ports.ts';
import { err, ok, type Result } from '../core/result.ts';
import { embeddedProfile } from './embeddedProfile.ts';
import { iccName } from './iccName.ts';
import { jpegOrientation, oriented } from './orientation.ts';
import { decodePng, encodePng } from './png.ts';
import { refuseByHeader } from './sniff.ts';

const cancelled: Failure = { kind: 'cancelled' };

export const createPortableCodec = (): PictureCodec => ({ decode, encode });

async function decode(bytes: Uint8Array, signal: AbortSignal): Promise<Result<Pixels, Failure>> {
  if (signal.aborted) return err(cancelled);
  const refusal = refuseByHeader(bytes, 'picture');
  if (refusal !== null) return err(refusal);
  const type = pictureTypeOf(bytes);
  if (type === 'image/webp')
    return err({ kind: 'unsupported', name: 'picture', feature: 'WebP cannot be read here', instead: 'Save it as PNG or JPEG.' });
  try {
    return ok(type === 'image/png' ? decodePng(bytes) : jpegPixels(bytes));
  } catch (cause) {
    return err({ kind: 'damaged', name: 'picture', why: reasonOf(cause) });
  }
}

/** jpeg-js' own limits count what it keeps besides the picture; `refuseByHeader` has judged the size already. */
const withoutLimits = { maxResolutionInMP: Number.POSITIVE_INFINITY, maxMemoryUsageInMB: Number.POSITIVE_INFINITY };

function jpegPixels(bytes: Uint8Array): Pixels {
  const { width, height, data } = decodeJpeg(bytes, { ...withoutLimits, useTArray: true, formatAsRGBA: true, tolerantDecoding: false });
  const icc = embeddedProfile(bytes);
  const profile = icc === null ? sRGB : { name: iccName(icc), icc };
  return oriented(pixelsFrom({ width, height }, data, profile), jpegOrientation(bytes));
}

async function encode(given: Pixels | Pixels16, options: EncodeOptions, signal: AbortSignal): Promise<Result<Uint8Array, Failure>> {
  if (signal.aborted) return err(cancelled);
  try {
    if (options.type === 'image/png') return ok(encodePng(given, options));
    if (options.type === 'image/webp')
      return err({ kind: 'host', operation: 'encoding image/webp', message: 'there is no encoder for it here' });
    return ok(jpegOf(isDeep(given) ? toEightBit(given) : given, options.quality ?? 92));
  } catch (cause) {
    return err({ kind: 'host', operation: `encoding ${options.type}`, message: reasonOf(cause) });
  }
}

/** At once, for small pictures; chroma is never subsampled by it (4:4:4). A JPEG has no transparency: `ground` shows through. */
export function jpegOf({ width, height, data }: Pixels, quality: number, ground: readonly [number, number, number] = white): Uint8Array {
  const opaque = data.slice();
  for (let i = 0; i < opaque.length; i += 4) {
    const alpha = opaque[i + 3];
    if (alpha === 255) continue;
    for (let c = 0; c < 3; c++) opaque[i + c] = (opaque[i + c] * alpha + ground[c] * (255 - alpha)) / 255;
  }
  return new Uint8Array(encodeJpeg({ width, height, data: opaque }, quality).data);
}

const white = [255, 255, 255] as const;

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
