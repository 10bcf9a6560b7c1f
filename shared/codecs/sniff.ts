/**
 * How large a picture claims to be, by its own header, before anything is decoded or allocated.
 */
import type { Failure } from '../core/failure.ts';
import type { Extent } from '../core/geometry.ts';
import { sizeText } from '../core/geometry.ts';
import { pictureTypeOf } from '../core/pictureType.ts';

/** A side or an area beyond these is refused by its header. PSD's own limit is the same side. */
export const maxSidePx = 30_000;
export const maxAreaPx = 200_000_000;

/** The size that the header claims, before orientation; null when the header does not hold one. */
export function headerExtent(bytes: Uint8Array): Extent | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (pictureTypeOf(bytes)) {
    case 'image/png':
      return bytes.length < 24 ? null : { width: view.getUint32(16), height: view.getUint32(20) };
    case 'image/jpeg':
      return jpegExtent(view);
    case 'image/webp':
      return webpExtent(view);
    case null:
      return null;
  }
}

/** Walks the marker segments to the frame header: SOF0–SOF15 without DHT (C4), JPG (C8) and DAC (CC). */
function jpegExtent(view: DataView): Extent | null {
  let at = 2;
  while (at + 9 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
      continue;
    }
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/** RFC 9649: VP8X holds 24-bit sizes minus one, VP8L 14-bit ones minus one, VP8 14-bit ones in its key frame. */
function webpExtent(view: DataView): Extent | null {
  if (view.byteLength < 30) return null;
  const format = view.getUint32(12);
  const u24 = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  if (format === 0x56503858) return { width: u24(24) + 1, height: u24(27) + 1 };
  if (format === 0x5650384c) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (format === 0x56503820) return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  return null;
}

/** Why a picture must not be decoded, judged by its header; null when it may. */
export function refuseByHeader(bytes: Uint8Array, name: string): Failure | null {
  if (bytes.length === 0) return { kind: 'damaged', name, why: 'the file is empty' };
  if (pictureTypeOf(bytes) === null) return { kind: 'not-a-picture', name, found: 'no PNG, JPEG or WebP' };
  const extent = headerExtent(bytes);
  if (extent === null) return { kind: 'damaged', name, why: 'its header is cut short' };
  if (extent.width === 0 || extent.height === 0) return { kind: 'damaged', name, why: 'its size is zero' };
  if (extent.width > maxSidePx || extent.height > maxSidePx)
    return { kind: 'too-large', name, got: `${sizeText(extent)} px`, limit: `${maxSidePx} px a side` };
  if (extent.width * extent.height > maxAreaPx)
    return { kind: 'too-large', name, got: `${sizeText(extent)} px`, limit: `${maxAreaPx / 1e6} megapixels` };
  return null;
}
