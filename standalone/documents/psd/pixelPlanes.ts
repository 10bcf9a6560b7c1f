/** Between the separate channels of a PSD and straight RGBA8; 16-bit values v become round(v / 257) and back v × 257. */
import type { Depth } from './planes.ts';

/** Writes channel `channel` (0 to 3) of `rgba` from big-endian samples. */
export function interleave(plane: Uint8Array, rgba: Uint8ClampedArray, channel: number, depth: Depth): void {
  if (depth === 8) {
    for (let i = 0, to = channel; i < plane.length; i++, to += 4) rgba[to] = plane[i];
    return;
  }
  for (let i = 0, to = channel; i < plane.length; i += 2, to += 4) rgba[to] = (((plane[i] << 8) | plane[i + 1]) / 257 + 0.5) | 0;
}

/** The same with all 16 bits. */
export function interleaveDeep(plane: Uint8Array, rgba: Uint16Array, channel: number): void {
  for (let i = 0, to = channel; i < plane.length; i += 2, to += 4) rgba[to] = (plane[i] << 8) | plane[i + 1];
}

export function separate(rgba: Uint8ClampedArray | Uint16Array, channel: number, depth: Depth): Uint8Array {
  if (rgba instanceof Uint16Array) return separateDeep(rgba, channel);
  const samples = new Uint8Array(rgba.length / 4);
  for (let i = 0, from = channel; i < samples.length; i++, from += 4) samples[i] = rgba[from];
  return widen(samples, depth);
}

function separateDeep(rgba: Uint16Array, channel: number): Uint8Array {
  const samples = new Uint8Array(rgba.length / 2);
  for (let i = 0, from = channel; i < samples.length; i += 2, from += 4) {
    samples[i] = rgba[from] >> 8;
    samples[i + 1] = rgba[from] & 255;
  }
  return samples;
}

/** 8-bit samples at the document's depth. */
export function widen(samples: Uint8Array, depth: Depth): Uint8Array {
  if (depth === 8) return samples;
  const out = new Uint8Array(samples.length * 2);
  for (let i = 0; i < samples.length; i++) out[i * 2] = out[i * 2 + 1] = samples[i];
  return out;
}

/** Big-endian samples at 8 bits. */
export function narrow(plane: Uint8Array, depth: Depth): Uint8Array {
  if (depth === 8) return plane;
  const out = new Uint8Array(plane.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = (((plane[i * 2] << 8) | plane[i * 2 + 1]) / 257 + 0.5) | 0;
  return out;
}

/** Rec. 601 luma into all three colours: how a take goes into a grey document without a profile. */
export function toGrey<D extends Uint8ClampedArray | Uint16Array>(rgba: D): D {
  const out = rgba.slice() as D;
  for (let i = 0; i < rgba.length; i += 4) {
    out[i] = out[i + 1] = out[i + 2] = Math.round(0.299 * rgba[i] + 0.587 * rgba[i + 1] + 0.114 * rgba[i + 2]);
  }
  return out;
}
