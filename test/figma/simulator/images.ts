/** `createImage` as Figma checks it, and the file's pictures by the hash of their bytes. */
import { sha1 } from '@noble/hashes/legacy.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { SimDocument } from './document.ts';
import { refuse } from './values.ts';

const maxSidePx = 4096;

type Sniffed = { readonly width: number; readonly height: number } | 'too small' | 'unsupported';

export function createImage(document: SimDocument, bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) refuse('createImage', 'Expected "data" to have type Uint8Array but got something else instead');
  const size = sniff(bytes);
  if (size === 'too small') refuse('createImage', 'Image is too small');
  if (size === 'unsupported') refuse('createImage', 'Image type is unsupported');
  if (size.width > maxSidePx || size.height > maxSidePx) refuse('createImage', 'Image is too large');
  return keepImage(document, bytes, size);
}

/** Without Figma's limit on size, which old files and drags onto the canvas do not know. */
export function keepImage(document: SimDocument, bytes: Uint8Array, size = sniff(bytes)): string {
  if (typeof size === 'string') throw new Error(`not a picture: ${size}`);
  const hash = bytesToHex(sha1(bytes));
  document.images.set(hash, { bytes: bytes.slice(), ...size, isLost: false });
  return hash;
}

/** Figma tells the format by the first bytes and the size by the header; WebP, AVIF and SVG are not taken. */
function sniff(bytes: Uint8Array): Sniffed {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts = (...magic: number[]): boolean => magic.every((byte, i) => bytes[i] === byte);
  if (bytes.length < 10) return 'too small';
  if (starts(0x89, 0x50, 0x4e, 0x47)) {
    if (bytes.length < 33) return 'too small';
    return nonEmpty(view.getUint32(16), view.getUint32(20));
  }
  if (starts(0x47, 0x49, 0x46)) return nonEmpty(view.getUint16(6, true), view.getUint16(8, true));
  if (starts(0xff, 0xd8, 0xff)) return jpegSize(view);
  return 'unsupported';
}

const nonEmpty = (width: number, height: number): Sniffed => (width > 0 && height > 0 ? { width, height } : 'too small');

function jpegSize(view: DataView): Sniffed {
  for (let i = 2; i + 9 < view.byteLength; ) {
    if (view.getUint8(i) !== 0xff) return 'unsupported';
    const marker = view.getUint8(i + 1);
    if (marker === 0xff) i++;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return nonEmpty(view.getUint16(i + 7), view.getUint16(i + 5));
    } else i += 2 + view.getUint16(i + 2);
  }
  return 'unsupported';
}

/** Hashes that a fill or a stroke of some node names. */
export function usedImages(document: SimDocument): Set<string> {
  const used = new Set<string>();
  for (const { props } of document.all()) {
    for (const name of ['fills', 'strokes', 'backgrounds'])
      if (Array.isArray(props[name]))
        for (const paint of props[name]) if (paint.type === 'IMAGE' && paint.imageHash !== null) used.add(paint.imageHash);
  }
  return used;
}
