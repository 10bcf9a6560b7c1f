/**
 * Puts what our encoders leave out into a finished PNG: the colour profile (iCCP), the resolution (pHYs) and XMP
 * (iTXt "XML:com.adobe.xmp"), right behind the header. Source: PNG specification, third edition, clauses 5 and 11.
 */
import { zlibSync } from 'fflate';
import { concat, latin1 } from '../core/bytes/byteWriter.ts';

export interface PngExtras {
  readonly icc?: { readonly name: string; readonly bytes: Uint8Array } | undefined;
  readonly pixelsPerMetre?: number | undefined;
  readonly xmp?: string | undefined;
}

/** Signature (8) + IHDR (4 length, 4 type, 13 data, 4 CRC). */
const headerBytes = 33;

export function withPngExtras(png: Uint8Array, extras: PngExtras): Uint8Array {
  const chunks: Uint8Array[] = [];
  if (extras.icc !== undefined) {
    const name = latin1(extras.icc.name.slice(0, 79) || 'ICC profile');
    chunks.push(chunk('iCCP', concat([name, new Uint8Array([0, 0]), zlibSync(extras.icc.bytes, { level: 6 })])));
  }
  if (extras.pixelsPerMetre !== undefined) {
    const data = new Uint8Array(9);
    const view = new DataView(data.buffer);
    view.setUint32(0, Math.round(extras.pixelsPerMetre));
    view.setUint32(4, Math.round(extras.pixelsPerMetre));
    data[8] = 1;
    chunks.push(chunk('pHYs', data));
  }
  if (extras.xmp !== undefined) {
    // Keyword, its end, no compression (2 bytes), empty language and translated keyword.
    chunks.push(chunk('iTXt', concat([latin1('XML:com.adobe.xmp'), new Uint8Array(5), new TextEncoder().encode(extras.xmp)])));
  }
  if (chunks.length === 0) return png;
  return concat([png.subarray(0, headerBytes), ...chunks, ...withoutTypes(png, new Set(chunks.map(typeOf)))]);
}

const typeOf = (chunk: Uint8Array): string => String.fromCharCode(...chunk.subarray(4, 8));

/** The chunks behind the header, less those of which there may be only one (encoders write a resolution of their own). */
function withoutTypes(png: Uint8Array, replaced: ReadonlySet<string>): Uint8Array[] {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const kept: Uint8Array[] = [];
  for (let at = headerBytes; at + 12 <= png.length; ) {
    const end = at + 12 + view.getUint32(at);
    const one = png.subarray(at, end);
    if (typeOf(one) === 'iTXt' || !replaced.has(typeOf(one))) kept.push(one);
    at = end;
  }
  return kept;
}

/** One chunk with its length and CRC. */
export function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(latin1(type), 4);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
}

/** CRC-32 as PNG wants it: polynomial 0xEDB88320, reflected. */
const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = crcTable[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** Types of the chunks of a PNG, as far as they can be followed. */
export function chunkTypes(png: Uint8Array): ReadonlySet<string> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const types = new Set<string>();
  for (let at = 8; at + 8 <= png.length; at += 12 + view.getUint32(at)) types.add(typeOf(png.subarray(at)));
  return types;
}
