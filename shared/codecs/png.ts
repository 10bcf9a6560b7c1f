/** PNG to pixels and back by fast-png: a canvas keeps premultiplied colour and would change half-transparent pixels. */
import { convertIndexedToRgb, type DecodedPng, decode, encode } from 'fast-png';
import { createPixels, isDeep, type Pixels, type Pixels16, sRGB } from '../core/pixels.ts';
import type { EncodeOptions } from '../core/ports.ts';
import { encodeDeepPng } from './deepPng.ts';
import { iccName } from './iccName.ts';
import { withPngExtras } from './pngChunks.ts';

/** Raises what fast-png raises over a damaged file. */
export const decodePng = (bytes: Uint8Array): Pixels => pngPixels(decode(bytes, { checkCrc: true }));

/** 16 bits stay 16; the profile is embedded, with what else the options carry. */
export function encodePng(pixels: Pixels | Pixels16, { pixelsPerMetre, xmp }: Omit<EncodeOptions, 'type'> = {}): Uint8Array {
  const { width, height, profile } = pixels;
  const png = isDeep(pixels)
    ? encodeDeepPng(pixels)
    : encode({ width, height, data: pixels.data, channels: 4, depth: 8 }, { zlib: { level: 3 } });
  return withPngExtras(png, { icc: profile.icc === null ? undefined : { name: profile.name, bytes: profile.icc }, pixelsPerMetre, xmp });
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
