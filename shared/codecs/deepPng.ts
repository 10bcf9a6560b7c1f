/** PNG with 16 bits a channel, by fast-png: no browser's own codec keeps them, and libvips' raw output loses rounding. */
import { decode, encode } from 'fast-png';
import { type Pixels16, sRGB } from '../core/pixels.ts';
import { iccName } from './iccName.ts';
import { chunkTypes } from './pngChunks.ts';

/** Where the header (IHDR) has them. */
const depthAt = 24;
const colorTypeAt = 25;

/**
 * Colours or greys of 16 bits, with or without alpha: what a 16-bit document is made of. Others (a transparent colour, a
 * profile of greys, a picture that is to be turned) are read like any PNG.
 */
export function isDeepPng(png: Uint8Array): boolean {
  if (png[depthAt] !== 16 || ![0, 2, 4, 6].includes(png[colorTypeAt])) return false;
  const types = chunkTypes(png);
  const isGrey = png[colorTypeAt] === 0 || png[colorTypeAt] === 4;
  if (isGrey && types.has('iCCP')) return false;
  return !types.has('tRNS') && !types.has('eXIf') && !types.has('acTL');
}

/** Raises what fast-png raises over a damaged file. Only for what `isDeepPng` says yes to. */
export function decodeDeepPng(png: Uint8Array): Pixels16 {
  const { width, height, channels, data: samples, iccEmbeddedProfile } = decode(png, { checkCrc: true });
  const icc = iccEmbeddedProfile?.profile;
  const profile = icc === undefined ? sRGB : { name: iccName(icc), icc };
  if (channels === 4) return { width, height, profile, data: samples as Uint16Array };
  const data = new Uint16Array(width * height * 4).fill(65535);
  const isGrey = channels < 3;
  for (let from = 0, to = 0; to < data.length; from += channels, to += 4) {
    data[to] = samples[from];
    data[to + 1] = samples[isGrey ? from : from + 1];
    data[to + 2] = samples[isGrey ? from : from + 2];
    if (channels === 2) data[to + 3] = samples[from + 1];
  }
  return { width, height, profile, data };
}

export const encodeDeepPng = ({ width, height, data }: Pixels16): Uint8Array =>
  encode({ width, height, data, channels: 4, depth: 16 }, { zlib: { level: 3 } });
