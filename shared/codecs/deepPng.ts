/** PNG with 16 bits a channel, by fast-png: no browser's own codec keeps them, and libvips' raw output loses rounding. */
import { decode, encode } from 'fast-png';
import { type Pixels16, sRGB } from '../core/pixels.ts';
import { iccName } from './iccName.ts';
import { chunkTypes } from './pngChunks.ts';

/** Where the header (IHDR) has them. */
const depthAt = 24;
const colorTypeAt = 25;

/**
 * Red, green and blue of 16 bits, with or without alpha: what a 16-bit document is made of. Others (grey, a transparent
 * colour, a picture that is to be turned) are read like any PNG.
 */
export function isDeepPng(png: Uint8Array): boolean {
  if (png[depthAt] !== 16 || (png[colorTypeAt] !== 2 && png[colorTypeAt] !== 6)) return false;
  const types = chunkTypes(png);
  return !types.has('tRNS') && !types.has('eXIf') && !types.has('acTL');
}

/** Raises what fast-png raises over a damaged file. Only for what `isDeepPng` says yes to. */
export function decodeDeepPng(png: Uint8Array): Pixels16 {
  const { width, height, channels, data: samples, iccEmbeddedProfile } = decode(png, { checkCrc: true });
  const icc = iccEmbeddedProfile?.profile;
  const profile = icc === undefined ? sRGB : { name: iccName(icc), icc };
  if (channels === 4) return { width, height, profile, data: samples as Uint16Array };
  const data = new Uint16Array(width * height * 4).fill(65535);
  for (let from = 0, to = 0; to < data.length; from += 3, to += 4) {
    data[to] = samples[from];
    data[to + 1] = samples[from + 1];
    data[to + 2] = samples[from + 2];
  }
  return { width, height, profile, data };
}

export const encodeDeepPng = ({ width, height, data }: Pixels16): Uint8Array =>
  encode({ width, height, data, channels: 4, depth: 16 }, { zlib: { level: 3 } });
