import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { fromSrgb, meaningOf, toSrgb } from '../../shared/core/color/convert.ts';
import { parseIcc } from '../../shared/core/color/icc.ts';
import { createPixels, sRGB } from '../../shared/core/pixels.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { adobeRgbPlan, buildProfile } from './buildProfile.ts';

const adobe = { name: adobeRgbPlan.name, icc: buildProfile(adobeRgbPlan) };

const pixelsOf = (...colors: readonly (readonly [number, number, number, number])[]) => {
  const pixels = createPixels(colors.length, 1, adobe);
  colors.forEach((color, i) => {
    pixels.data.set(color, i * 4);
  });
  return pixels;
};

describe('colour conversion', () => {
  test('agrees with Little CMS (in libvips) to within two levels, alpha untouched', async () => {
    const pixels = createPixels(64, 64, adobe);
    for (let i = 0; i < pixels.data.length; i += 4) {
      const n = i / 4;
      pixels.data.set([(n % 16) * 17, (Math.floor(n / 16) % 16) * 17, Math.floor(n / 256) * 17, (n * 7) % 256], i);
    }
    const png = await createNodeCodec().encode(pixels, { type: 'image/png' }, neverAborted);
    if (!png.ok) throw new Error(png.error.kind);
    const theirs = await sharp(png.value).toColourspace('srgb').raw().toBuffer();
    const ours = toSrgb(pixels).data;
    let worst = 0;
    for (let i = 0; i < ours.length; i++) worst = Math.max(worst, Math.abs(ours[i] - theirs[i]));
    expect(worst).toBeLessThanOrEqual(2);
    expect(ours.some((value, i) => Math.abs(value - pixels.data[i]) > 20)).toBe(true);
  });

  test('there and back returns what fits sRGB to the rounding of the wider profile', () => {
    fc.assert(
      fc.property(fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 40, max: 215 }))), ([r, g, b]) => {
        const srgb = createPixels(1, 1);
        srgb.data.set([r, g, b, 99]);
        const back = toSrgb(fromSrgb(srgb, adobe));
        for (let c = 0; c < 3; c++) expect(Math.abs(back.data[c] - srgb.data[c])).toBeLessThanOrEqual(4);
        expect(back.data[3]).toBe(99);
      }),
    );
  });

  test('leaves sRGB, by name or by content, bit for bit alone', () => {
    const gamma22 = {
      ...adobeRgbPlan,
      name: 'sRGB-like',
      primaries: [
        [0.4361, 0.2225, 0.0139],
        [0.3851, 0.7169, 0.0971],
        [0.1431, 0.0606, 0.7141],
      ],
    } as const;
    const pixels = pixelsOf([1, 2, 3, 4], [250, 128, 9, 255]);
    expect(toSrgb({ ...pixels, profile: sRGB }).data).toBe(pixels.data);
    // Plain gamma 2.2 on sRGB's primaries is not sRGB: dark tones differ.
    expect(toSrgb({ ...pixels, profile: { name: 'x', icc: buildProfile(gamma22) } }).data).not.toBe(pixels.data);
  });

  test('says so when a profile cannot be read, and leaves the numbers alone', () => {
    const profile = { name: 'broken', icc: adobe.icc.slice(0, 200) };
    expect(meaningOf(profile)).toMatchObject({ kind: 'assumed-srgb', note: expect.stringContaining('treated as sRGB') });
    const pixels = pixelsOf([9, 8, 7, 6]);
    expect(toSrgb({ ...pixels, profile }).data).toEqual(pixels.data);
  });

  test('never throws on damaged profiles', () => {
    fc.assert(
      fc.property(fc.nat(adobe.icc.length - 1), fc.nat(255), fc.nat(adobe.icc.length), (at, value, length) => {
        const bytes = adobe.icc.slice(0, length);
        if (at < bytes.length) bytes[at] = value;
        expect(parseIcc(bytes).kind).toMatch(/^(matrix|grey|other)$/);
        toSrgb({ ...pixelsOf([9, 8, 7, 6]), profile: { name: 'x', icc: bytes } });
      }),
      { numRuns: 300 },
    );
  });
});
