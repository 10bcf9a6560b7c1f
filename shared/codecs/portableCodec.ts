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
    const { width, height, data } = isDeep(given) ? toEightBit(given) : given;
    // Chroma is never subsampled by it (4:4:4).
    const { data: jpeg } = encodeJpeg({ width, height, data: onWhite(data) }, options.quality ?? 92);
    return ok(new Uint8Array(jpeg));
  } catch (cause) {
    return err({ kind: 'host', operation: `encoding ${options.type}`, message: reasonOf(cause) });
  }
}

/** A JPEG has no transparency; the same ground as elsewhere shows through. */
function onWhite(data: Uint8ClampedArray): Uint8ClampedArray {
  const out = data.slice();
  for (let i = 0; i < out.length; i += 4) {
    const alpha = out[i + 3];
    if (alpha === 255) continue;
    for (let c = 0; c < 3; c++) out[i + c] = (out[i + c] * alpha + 255 * (255 - alpha)) / 255;
  }
  return out;
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
