/**
 * Bytes of any kind inside a tiny PNG: Figma keeps pictures of any size with a file and fetches them when they are asked for,
 * while plug-in data is loaded with every opening. They lie in chunks of our own (PNG specification, third edition, 5.4: the
 * case of the letters says that they may be ignored, are private, and may be copied). Several, because libpng drops unknown
 * chunks above 8 MB.
 */
import { zlibSync } from 'fflate';
import { chunk } from '../../../shared/codecs/pngChunks.ts';
import { concat } from '../../../shared/core/bytes/byteWriter.ts';

const chunkName = 'rtKp';
const mostChunkBytes = 4 << 20;
/** Figma refuses pictures as too small below a size that it does not name. */
const sidePx = 32;
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function carrierOf(bytes: Uint8Array): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, sidePx);
  view.setUint32(4, sidePx);
  // 8 bits of grey with alpha: all of it transparent.
  header.set([8, 4], 8);
  const rows = zlibSync(new Uint8Array(sidePx * (1 + 2 * sidePx)));
  const carried: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += mostChunkBytes) carried.push(chunk(chunkName, bytes.subarray(at, at + mostChunkBytes)));
  return concat([Uint8Array.from(signature), chunk('IHDR', header), ...carried, chunk('IDAT', rows), chunk('IEND', new Uint8Array(0))]);
}

/** What a carrier holds; empty for a picture that is none. */
export function carriedBy(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const carried: Uint8Array[] = [];
  for (let at = signature.length; at + 12 <= png.length; ) {
    const end = at + 12 + view.getUint32(at);
    const name = String.fromCharCode(...png.subarray(at + 4, at + 8));
    if (name === chunkName && end <= png.length) carried.push(png.subarray(at + 8, end - 4));
    at = end;
  }
  return concat(carried);
}
