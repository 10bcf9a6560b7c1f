/**
 * Pictures to bytes and back where there is a browser: PNG by fast-png, because a canvas keeps premultiplied colour and
 * would change half-transparent pixels; JPEG and WebP by the browser itself.
 */
import type { AbortSignal } from '../core/abort.ts';
import type { Failure } from '../core/failure.ts';
import { pictureTypeOf } from '../core/pictureType.ts';
import { type Pixels, type Pixels16, pixelsFrom, sRGB, toEightBit } from '../core/pixels.ts';
import type { EncodeOptions, PictureCodec } from '../core/ports.ts';
import { err, ok, type Result } from '../core/result.ts';
import { embeddedProfile } from './embeddedProfile.ts';
import { iccName } from './iccName.ts';
import { decodePng, encodePng } from './png.ts';
import { refuseByHeader } from './sniff.ts';

const cancelled: Failure = { kind: 'cancelled' };

export function createBrowserCodec(): PictureCodec {
  return { decode, encode };
}

async function decode(bytes: Uint8Array, signal: AbortSignal): Promise<Result<Pixels, Failure>> {
  if (signal.aborted) return err(cancelled);
  const refusal = refuseByHeader(bytes, 'picture');
  if (refusal !== null) return err(refusal);
  try {
    const pixels = pictureTypeOf(bytes) === 'image/png' ? decodePng(bytes) : await browserPixels(bytes);
    return signal.aborted ? err(cancelled) : ok(pixels);
  } catch (cause) {
    return err({ kind: 'damaged', name: 'picture', why: cause instanceof Error ? cause.message : String(cause) });
  }
}

/** JPEG and WebP with the browser's decoder, numbers unconverted; WebP's half-transparent colour may lose its last bit. */
async function browserPixels(bytes: Uint8Array): Promise<Pixels> {
  const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
    imageOrientation: 'from-image',
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('the browser gave no canvas');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const icc = embeddedProfile(bytes);
  const profile = icc === null ? sRGB : { name: iccName(icc), icc };
  return pixelsFrom({ width, height }, context.getImageData(0, 0, width, height).data, profile);
}

async function encode(given: Pixels | Pixels16, options: EncodeOptions, signal: AbortSignal): Promise<Result<Uint8Array, Failure>> {
  if (signal.aborted) return err(cancelled);
  const { width, height } = given;
  try {
    if (options.type === 'image/png') {
      return ok(encodePng(given, options));
    }
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('the browser gave no canvas');
    context.putImageData(new ImageData(toEightBit(given).data as Uint8ClampedArray<ArrayBuffer>, width, height), 0, 0);
    const blob = await canvas.convertToBlob({ type: options.type, quality: (options.quality ?? 92) / 100 });
    if (signal.aborted) return err(cancelled);
    return ok(new Uint8Array(await blob.arrayBuffer()));
  } catch (cause) {
    return err({ kind: 'host', operation: `encoding ${options.type}`, message: cause instanceof Error ? cause.message : String(cause) });
  }
}
