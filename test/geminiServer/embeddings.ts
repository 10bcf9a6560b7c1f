/**
 * Embeddings that are deterministic and mean a little: texts that share words and pictures that share bytes come out
 * close. Unit length, as the service gives them at full dimension.
 */
import { createHash } from 'node:crypto';
import type { Content } from './generateRequest.ts';

const defaultDimensions = 3072;

export function embed(content: Content, dimensions = defaultDimensions): { readonly values: readonly number[] } {
  const values = new Float64Array(dimensions);
  for (const part of content.parts ?? []) {
    for (const word of (part.text ?? '').toLowerCase().match(/\p{L}+|\d+/gu) ?? []) addFeature(values, `word ${word}`);
    const bytes = Buffer.from(part.inlineData?.data ?? '', 'base64');
    for (let at = 0; at < bytes.length; at += 64) addFeature(values, `bytes ${bytes.subarray(at, at + 64).toString('hex')}`);
  }
  const length = Math.hypot(...values) || 1;
  return { values: Array.from(values, (value) => Math.round((value / length) * 1e8) / 1e8) };
}

/** Signed feature hashing: eight places for each feature. */
function addFeature(values: Float64Array, feature: string): void {
  const digest = createHash('sha256').update(feature).digest();
  for (let i = 0; i < 8; i++) {
    const word = digest.readUInt32LE(i * 4);
    values[word % values.length] += (word & 0x80000000) === 0 ? 1 : -1;
  }
}
