/**
 * What a PNG, JPEG or WebP says beside its pixels and a decoder leaves out: resolution, XMP, and whether more than the
 * first frame or more than 8 bits are in it. Nothing here fails: what cannot be read is not there.
 * Sources: PNG third edition (pHYs, iTXt, acTL), JFIF 1.02, XMP part 3 §1.1.3, RFC 9649.
 */

import { utf8 } from '@scure/base';
import { unzlibSync } from 'fflate';
import { isDeepPng } from '../../shared/codecs/deepPng.ts';
import { latin1 } from '../../shared/core/bytes/byteWriter.ts';
import type { PictureType } from '../../shared/core/ports.ts';

export interface RasterExtras {
  readonly pixelsPerMetre: number | null;
  readonly xmp: Uint8Array | null;
  readonly notes: readonly string[];
}

export function readRasterExtras(bytes: Uint8Array, type: PictureType): RasterExtras {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case 'image/png':
      return pngExtras(bytes, view);
    case 'image/jpeg':
      return jpegExtras(bytes, view);
    case 'image/webp':
      return webpExtras(bytes, view);
  }
}

const key = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  return latin1(text).every((byte, i) => bytes[at + i] === byte);
}

function pngExtras(bytes: Uint8Array, view: DataView): RasterExtras {
  let perMetre: number | null = null;
  let xmp: Uint8Array | null = null;
  const notes: string[] = [];
  if (bytes.length > 24 && bytes[24] === 16 && !isDeepPng(bytes)) notes.push('The 16-bit picture was read as 8-bit.');
  for (let at = 8; at + 12 <= bytes.length; ) {
    const size = view.getUint32(at);
    const type = key(bytes, at + 4);
    const data = bytes.subarray(at + 8, at + 8 + size);
    if (type === 'pHYs' && size >= 9 && data[8] === 1) perMetre = view.getUint32(at + 8);
    if (type === 'acTL') notes.push('Of the animation only the first picture was read.');
    if (type === 'iTXt') xmp = pngXmp(data) ?? xmp;
    if (type === 'IEND') break;
    at += 12 + size;
  }
  return { pixelsPerMetre: perMetre || null, xmp, notes };
}

function pngXmp(data: Uint8Array): Uint8Array | null {
  const name = 'XML:com.adobe.xmp\0';
  if (!startsWith(data, 0, name)) return null;
  const isPacked = data[name.length] === 1;
  // Behind the two compression bytes come two texts, language and translated keyword, each ended by a zero.
  const language = data.indexOf(0, name.length + 2);
  const keyword = data.indexOf(0, language + 1);
  if (language < 0 || keyword < 0) return null;
  const text = data.subarray(keyword + 1);
  if (!isPacked) return text.slice();
  try {
    // A packet of more than 8 MB packed text is not one.
    const out = unzlibSync(text, { out: new Uint8Array(8_000_000) });
    return out.slice();
  } catch {
    return null;
  }
}

function jpegExtras(bytes: Uint8Array, view: DataView): RasterExtras {
  let perMetre: number | null = null;
  let xmp: Uint8Array | null = null;
  const xmpName = 'http://ns.adobe.com/xap/1.0/\0';
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1];
    if (marker === 0xda || marker === 0xd9) break;
    const size = view.getUint16(at + 2);
    const from = at + 4;
    if (marker === 0xe0 && startsWith(bytes, from, 'JFIF\0') && from + 12 <= bytes.length) {
      const perUnit = view.getUint16(from + 8);
      if (bytes[from + 7] === 1) perMetre = perUnit / 0.0254;
      if (bytes[from + 7] === 2) perMetre = perUnit * 100;
    }
    if (marker === 0xe1 && startsWith(bytes, from, xmpName)) xmp = bytes.slice(from + xmpName.length, at + 2 + size);
    if (marker === 0xe1 && startsWith(bytes, from, 'Exif\0\0'))
      perMetre = exifResolution(bytes.subarray(from + 6, at + 2 + size)) ?? perMetre;
    at += 2 + size;
  }
  return { pixelsPerMetre: perMetre || null, xmp, notes: [] };
}

/** XResolution (282) in ResolutionUnit (296): 2 an inch, 3 a centimetre. */
function exifResolution(tiff: Uint8Array): number | null {
  if (tiff.length < 8) return null;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = tiff[0] === 0x49;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return null;
  const count = view.getUint16(directory, little);
  let value: number | null = null;
  let unit = 2;
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > tiff.length) break;
    const tag = view.getUint16(entry, little);
    if (tag === 296) unit = view.getUint16(entry + 8, little);
    if (tag === 282) {
      const at = view.getUint32(entry + 8, little);
      if (at + 8 <= tiff.length) value = view.getUint32(at, little) / Math.max(1, view.getUint32(at + 4, little));
    }
  }
  if (value === null) return null;
  return unit === 3 ? value * 100 : unit === 2 ? value / 0.0254 : null;
}

function webpExtras(bytes: Uint8Array, view: DataView): RasterExtras {
  let xmp: Uint8Array | null = null;
  const notes: string[] = [];
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    const type = key(bytes, at);
    if (type === 'XMP ') xmp = bytes.slice(at + 8, at + 8 + size);
    if (type === 'ANIM') notes.push('Of the animation only the first picture was read.');
    at += 8 + size + (size % 2);
  }
  return { pixelsPerMetre: null, xmp, notes };
}

/** What a file is when it is none of ours, as a sentence goes on after “x is …”. */
export function wordsFor(bytes: Uint8Array): string {
  const brand = startsWith(bytes, 4, 'ftyp') ? key(bytes, 8) : '';
  if (['avif', 'avis'].includes(brand)) return 'an AVIF picture';
  if (['heic', 'heix', 'hevc', 'mif1', 'msf1', 'heim', 'heis'].includes(brand)) return 'a HEIC picture';
  if (brand !== '') return 'a video';
  if (startsWith(bytes, 0, 'GIF8')) return 'a GIF animation';
  if (startsWith(bytes, 0, 'II*\0') || startsWith(bytes, 0, 'MM\0*')) return 'a TIFF or camera raw picture';
  if (startsWith(bytes, 0, 'BM')) return 'a BMP picture';
  if (startsWith(bytes, 0, '%PDF')) return 'a PDF document';
  if (startsWith(bytes, 0, '\xff\x0a') || startsWith(bytes, 4, 'JXL ')) return 'a JPEG XL picture';
  if (startsWith(bytes, 0, 'PK\x03\x04')) return 'a ZIP archive';
  if (startsWith(bytes, 0, 'gimp xcf')) return 'a GIMP document';
  const head = bytes.subarray(0, 2000);
  if (head.some((byte) => byte === 0)) return 'of a kind that is not known';
  const text = utf8.encode(head).trimStart().toLowerCase();
  if (text.startsWith('<svg') || (text.startsWith('<?xml') && text.includes('<svg'))) return 'an SVG drawing, not a picture of pixels';
  if (text.startsWith('<!doctype html') || text.startsWith('<html')) return 'a web page, not a picture';
  return 'text, not a picture';
}
