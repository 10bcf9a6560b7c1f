/**
 * Pictures to bytes and back in Node, by sharp (libvips). Decoding is asked to leave the file's own RGB numbers alone;
 * the profile goes along, and the document converts.
 */
import sharp, { type Sharp } from 'sharp';
import { encodeDeepPng } from '../../shared/codecs/deepPng.ts';
import { iccName } from '../../shared/codecs/iccName.ts';
import { withPngExtras } from '../../shared/codecs/pngChunks.ts';
import { maxAreaPx, refuseByHeader } from '../../shared/codecs/sniff.ts';
import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { isDeep, type Pixels, type Pixels16, pixelsFrom, sRGB, toEightBit } from '../../shared/core/pixels.ts';
import type { EncodeOptions, PictureCodec } from '../../shared/core/ports.ts';
import { err, exhaustive, ok, type Result } from '../../shared/core/result.ts';

// One picture at a time passes through here; libvips' cache would only hold memory.
sharp.cache(false);

const cancelled: Failure = { kind: 'cancelled' };

export function createNodeCodec(): PictureCodec {
  return { decode, encode };
}

async function decode(bytes: Uint8Array, signal: AbortSignal): Promise<Result<Pixels, Failure>> {
  if (signal.aborted) return err(cancelled);
  const refusal = refuseByHeader(bytes, 'picture');
  if (refusal !== null) return err(refusal);
  try {
    const input = { limitInputPixels: maxAreaPx, failOn: 'truncated' as const, sequentialRead: true };
    const header = await sharp(bytes, input).metadata();
    if (signal.aborted) return err(cancelled);
    const isRgb = header.space === 'srgb' || header.space === 'rgb' || header.space === 'rgb16';
    const { data, info } = await sharp(bytes, { ...input, ignoreIcc: isRgb })
      .autoOrient()
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (signal.aborted) return err(cancelled);
    const profile = isRgb && header.icc !== undefined ? { name: iccName(header.icc), icc: new Uint8Array(header.icc) } : sRGB;
    return ok(pixelsFrom({ width: info.width, height: info.height }, data, profile));
  } catch (cause) {
    return err({ kind: 'damaged', name: 'picture', why: reasonOf(cause) });
  }
}

async function encode(given: Pixels | Pixels16, options: EncodeOptions, signal: AbortSignal): Promise<Result<Uint8Array, Failure>> {
  if (signal.aborted) return err(cancelled);
  const extrasOf = ({ profile: { name, icc } }: Pixels | Pixels16) => ({
    icc: icc === null ? undefined : { name, bytes: icc },
    pixelsPerMetre: options.pixelsPerMetre,
    xmp: options.xmp,
  });
  if (isDeep(given) && options.type === 'image/png') return ok(withPngExtras(encodeDeepPng(given), extrasOf(given)));
  const pixels = toEightBit(given);
  const { width, height, data } = pixels;
  const raw = sharp(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength), {
    raw: { width, height, channels: 4 },
    limitInputPixels: false,
  });
  try {
    const encoded = await inFormat(raw, options).toBuffer();
    if (signal.aborted) return err(cancelled);
    const bytes = new Uint8Array(encoded.buffer as ArrayBuffer, encoded.byteOffset, encoded.length);
    if (options.type !== 'image/png') return ok(bytes);
    return ok(withPngExtras(bytes, extrasOf(pixels)));
  } catch (cause) {
    return err({ kind: 'host', operation: `encoding ${options.type}`, message: reasonOf(cause) });
  }
}

function inFormat(raw: Sharp, { type, quality = 92 }: EncodeOptions): Sharp {
  switch (type) {
    case 'image/png':
      return raw.png({ compressionLevel: 4, adaptiveFiltering: false });
    case 'image/jpeg':
      return raw.flatten({ background: '#ffffff' }).jpeg({ quality, chromaSubsampling: '4:4:4' });
    case 'image/webp':
      return raw.webp({ quality });
    default:
      return exhaustive(type);
  }
}

/** libvips gives several lines, the first of them the reason. */
const reasonOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split('\n')[0].replace(/^Input (buffer|file) /, 'it ');
