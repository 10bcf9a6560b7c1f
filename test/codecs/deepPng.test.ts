/** PNG files of 16 bits a channel. */
import { encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { decodeDeepPng, isDeepPng } from '../../shared/codecs/deepPng.ts';

const size = { width: 3, height: 2 };
/** Levels that 8 bits cannot tell apart. */
const levels = (channels: number): Uint16Array => Uint16Array.from({ length: 6 * channels }, (_, i) => 30_000 + i * 7);

describe('a 16-bit PNG keeps every level', () => {
  test.each([1, 2, 3, 4] as const)('with %i channels', (channels) => {
    const given = levels(channels);
    const png = encode({ ...size, data: given, channels, depth: 16 });
    expect(isDeepPng(png)).toBe(true);
    const { data } = decodeDeepPng(png);
    for (let i = 0; i < 6; i++) {
      const [first, ...more] = given.subarray(i * channels, (i + 1) * channels);
      const wanted = channels < 3 ? [first, first, first, more[0] ?? 65535] : [first, ...more, 65535].slice(0, 4);
      expect([...data.subarray(i * 4, i * 4 + 4)]).toEqual(wanted);
    }
  });

  test('but not one of greys that has a profile of its own: that is read like any PNG', () => {
    const png = encode({ ...size, data: levels(1), channels: 1, depth: 16 });
    const chunk = [0, 0, 0, 0, ...Buffer.from('iCCP'), 0, 0, 0, 0];
    expect(isDeepPng(Uint8Array.from([...png.subarray(0, 33), ...chunk, ...png.subarray(33)]))).toBe(false);
  });
});
