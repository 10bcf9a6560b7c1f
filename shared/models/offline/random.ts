/** Repeatable chance: the same request draws the same numbers on every machine. */
import type { Pixels } from '../../core/pixels.ts';

/** 32-bit FNV-1a of text. Source: Fowler, Noll, Vo; constants of draft-eastlake-fnv. */
export function hashText(text: string, start = 0x811c9dc5): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The same over pixels, a byte of each channel at a time folded to one step per pixel: 1 MP takes about 3 ms. */
export function hashPixels(pixels: Pixels, start: number): number {
  const { data } = pixels;
  let hash = hashText(`${pixels.width}x${pixels.height}`, start);
  for (let i = 0; i < data.length; i += 4) {
    const word = (data[i] as number) | ((data[i + 1] as number) << 8) | ((data[i + 2] as number) << 16);
    hash = Math.imul(hash ^ word, 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

/** Uniform draws from 0 up to 1. Marsaglia's xorshift32 after a mixing of the seed, so that near seeds differ at once. */
export function draws(seed: number): () => number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}
