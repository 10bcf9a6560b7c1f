/** The simulator's colours, against published numbers and against the core's own conversion, which shares no code for it. */
import { describe, expect, test } from 'vitest';
import { toSrgb } from '../../../shared/core/color/convert.ts';
import { pixelsFrom } from '../../../shared/core/pixels.ts';
import { adobeRgbIcc } from '../../documents/buildPsd.ts';
import { type ColorMeaning, convertRaster } from './color.ts';
import { createSamples, type Depth, fullOf, type Raster } from './raster.ts';

const sRgb: ColorMeaning = { space: 'RGB', profile: 'sRGB IEC61966-2.1' };
const adobe: ColorMeaning = { space: 'RGB', profile: 'Adobe RGB (1998)' };
const lab: ColorMeaning = { space: 'Lab', profile: '' };
const gray: ColorMeaning = { space: 'Grayscale', profile: 'Gray Gamma 2.2' };
const cmyk: ColorMeaning = { space: 'CMYK', profile: '' };

function one(depth: Depth, ...values: readonly number[]): Raster {
  const data = createSamples(depth, values.length + 1);
  data.set([...values, fullOf(depth)]);
  return { bounds: { x: 0, y: 0, width: 1, height: 1 }, channels: values.length + 1, data };
}
const near = (actual: ArrayLike<number>, expected: readonly number[], by: number): void => {
  for (const [i, value] of expected.entries()) expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(by);
};

describe('colours', () => {
  test('Lab of the sRGB primaries is what tables under D50 say', () => {
    // L*, a*, b* of red, green, blue: 54.29 80.81 69.89, 87.82 −79.27 80.99, 29.57 68.30 −112.03.
    for (const [rgb, expected] of [
      [
        [255, 0, 0],
        [54.29, 80.81, 69.89],
      ],
      [
        [0, 255, 0],
        [87.82, -79.27, 80.99],
      ],
      [
        [0, 0, 255],
        [29.57, 68.3, -112.03],
      ],
    ]) {
      const { data } = convertRaster(one(8, ...rgb), sRgb, lab, 8);
      near(data, [(expected[0] * 255) / 100, expected[1] + 128, expected[2] + 128], 1);
    }
  });

  test('Adobe RGB agrees with the core, at 8 and at 16 bits', () => {
    const source = Uint8Array.from({ length: 256 * 4 }, (_, i) => ((i & 3) === 3 ? 255 : 40 + ((i * 97) % 160)));
    const expected = toSrgb(pixelsFrom({ width: 256, height: 1 }, source, { name: 'Adobe RGB (1998)', icc: adobeRgbIcc() })).data;
    const raster: Raster = { bounds: { x: 0, y: 0, width: 256, height: 1 }, channels: 4, data: source };
    near(convertRaster(raster, adobe, sRgb, 8).data, [...expected], 1);
    const deep = convertRaster(convertRaster(raster, adobe, adobe, 16), adobe, sRgb, 16).data;
    near(
      Array.from(deep, (v) => (v * 255) / 32768),
      [...expected],
      1,
    );
  });

  test('there and back at 16 bits loses less than a step of 8 bits', () => {
    for (const meaning of [adobe, lab, { space: 'RGB', profile: 'ProPhoto RGB' } as const]) {
      for (let i = 0; i < 200; i++) {
        const values = [1, 2, 3].map((c) => 2000 + ((i * 7919 * c) % 29000));
        const there = convertRaster(one(16, ...values), sRgb, meaning, 16);
        // Colours outside the other gamut are clipped; none of these is, in a wider one.
        near(convertRaster(there, meaning, sRgb, 16).data, values, 130);
      }
    }
  });

  test('equal meanings keep every number; a grey is one, and inks print it', () => {
    const source = one(16, 1, 2, 32767);
    expect(convertRaster(source, sRgb, { space: 'RGB', profile: '' }, 16).data).toEqual(source.data);
    near(convertRaster(one(8, 90, 90, 90), sRgb, gray, 8).data, [90, 255], 3);
    const printed = convertRaster(one(8, 200, 100, 0), sRgb, cmyk, 8);
    expect(printed.channels).toBe(5);
    near(convertRaster(printed, cmyk, sRgb, 8).data, [200, 100, 0, 255], 2);
  });

  test('32 bits are linear light', () => {
    const { data } = convertRaster(one(8, 188, 0, 255), sRgb, sRgb, 32);
    near(data, [0.5, 0, 1, 1], 0.01);
    near(convertRaster({ ...one(32, 0, 0, 0), data }, sRgb, sRgb, 8).data, [188, 0, 255], 0);
  });
});
