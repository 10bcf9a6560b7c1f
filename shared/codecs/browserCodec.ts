/**
 * Pictures to bytes and back where there is a browser: PNG by fast-png, because a canvas keeps premultiplied colour and
 * would change half-transparent pixels; JPEG and WebP by the browser itself.
 */
import { convertIndexedToRgb, type DecodedPng, decode as decodePng, encode as encodePng } from 'fast-png';
import type { AbortSignal } from '../core/abort.ts';
import type { Failure } from '../core/failure.ts';
import { pictureTypeOf } from '../core/pictureType.ts';
import { createPixels, isDeep, type Pixels, type Pixels16, pixelsFrom, sRGB, toEightBit } from '../core/pixels.ts';
import type { EncodeOptions, PictureCodec } from '../core/ports.ts';
import { err, ok, type Result } from '../core/result.ts';
import { encodeDeepPng } from './deepPng.ts';
import { iccName } from './iccName.ts';
import { withPngExtras } from './pngChunks.ts';
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
    const pixels = pictureTypeOf(bytes) === 'image/png' ? pngPixels(decodePng(bytes, { checkCrc: true })) : await browserPixels(bytes);
    return signal.aborted ? err(cancelled) : ok(pixels);
  } catch (cause) {
    return err({ kind: 'damaged', name: 'picture', why: cause instanceof Error ? cause.message : String(cause) });
  }
}

/** Any PNG to RGBA8: palette, grey, 1 to 16 bits, `tRNS` transparency. */
function pngPixels(png: DecodedPng): Pixels {
  const { width, height } = png;
  const icc = png.iccEmbeddedProfile?.profile;
  const isRgb = png.palette !== undefined || png.channels >= 3;
  const profile = icc === undefined || !isRgb ? sRGB : { name: iccName(icc), icc };
  const channels = png.palette === undefined ? png.channels : (png.palette[0]?.length ?? 3);
  const samples = png.palette === undefined ? unpacked(png) : convertIndexedToRgb(png);
  const top = png.palette !== undefined ? 255 : 2 ** png.depth - 1;
  const out = createPixels(width, height, profile);
  const clear = png.palette === undefined && png.transparency !== undefined ? [...png.transparency] : null;
  for (let i = 0, from = 0; i < out.data.length; i += 4, from += channels) {
    const grey = channels < 3;
    const r = samples[from];
    const g = grey ? r : samples[from + 1];
    const b = grey ? r : samples[from + 2];
    const isClear = clear !== null && r === clear[0] && (grey || (g === clear[1] && b === clear[2]));
    const alpha = isClear ? 0 : channels === 2 ? samples[from + 1] : channels === 4 ? samples[from + 3] : top;
    // Clamped arrays round, as scaling 16 bits to 8 should.
    out.data[i] = top === 255 ? r : (r * 255) / top;
    out.data[i + 1] = top === 255 ? g : (g * 255) / top;
    out.data[i + 2] = top === 255 ? b : (b * 255) / top;
    out.data[i + 3] = top === 255 ? alpha : (alpha * 255) / top;
  }
  return out;
}

/** One sample per entry; depths below 8 are packed several to a byte, each row beginning at a byte. */
function unpacked(png: DecodedPng): ArrayLike<number> {
  if (png.depth >= 8) return png.data;
  const perRow = png.width * png.channels;
  const rowBytes = Math.ceil((perRow * png.depth) / 8);
  const out = new Uint8Array(perRow * png.height);
  const mask = 2 ** png.depth - 1;
  for (let y = 0; y < png.height; y++) {
    for (let i = 0; i < perRow; i++) {
      const bit = i * png.depth;
      out[y * perRow + i] = (png.data[y * rowBytes + (bit >> 3)] >> (8 - png.depth - (bit & 7))) & mask;
    }
  }
  return out;
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

/** The RGB profile in a JPEG's APP2 segments or a WebP's ICCP chunk; null when there is none. */
function embeddedProfile(bytes: Uint8Array): Uint8Array | null {
  const icc = pictureTypeOf(bytes) === 'image/jpeg' ? jpegProfile(bytes) : webpProfile(bytes);
  // Bytes 16–19 name the colour space the profile is for; only RGB ones fit what the browser decoded.
  return icc !== null && String.fromCharCode(...icc.subarray(16, 20)) === 'RGB ' ? icc : null;
}

function jpegProfile(bytes: Uint8Array): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 2; at + 18 < bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda; at += 2 + view.getUint16(at + 2)) {
    if (bytes[at + 1] === 0xe2 && String.fromCharCode(...bytes.subarray(at + 4, at + 15)) === 'ICC_PROFILE')
      parts[bytes[at + 16] - 1] = bytes.subarray(at + 18, at + 2 + view.getUint16(at + 2));
  }
  if (parts.length === 0) return null;
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function webpProfile(bytes: Uint8Array): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    if (String.fromCharCode(...bytes.subarray(at, at + 4)) === 'ICCP') return bytes.slice(at + 8, at + 8 + size);
    at += 8 + size + (size & 1);
  }
  return null;
}

async function encode(given: Pixels | Pixels16, options: EncodeOptions, signal: AbortSignal): Promise<Result<Uint8Array, Failure>> {
  if (signal.aborted) return err(cancelled);
  const { width, height, profile } = given;
  try {
    if (options.type === 'image/png') {
      const png = isDeep(given)
        ? encodeDeepPng(given)
        : encodePng({ width, height, data: given.data, channels: 4, depth: 8 }, { zlib: { level: 3 } });
      const icc = profile.icc === null ? undefined : { name: profile.name, bytes: profile.icc };
      return ok(withPngExtras(png, { icc, pixelsPerMetre: options.pixelsPerMetre, xmp: options.xmp }));
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
