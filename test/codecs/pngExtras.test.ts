import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { headerExtent, refuseByHeader } from '../../shared/codecs/sniff.ts';
import { neverAborted } from '../../shared/core/abort.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { adobeRgbPlan, buildProfile } from '../color/buildProfile.ts';
import { patternPixels } from '../contracts/memoryHost.ts';

const codec = createNodeCodec();
const profile = { name: adobeRgbPlan.name, icc: buildProfile(adobeRgbPlan) };

async function encoded(): Promise<Uint8Array> {
  const pixels = { ...patternPixels(20, 10), profile };
  for (let i = 3; i < pixels.data.length; i += 4) pixels.data[i] = (i * 7) & 255;
  const png = await codec.encode(
    pixels,
    { type: 'image/png', xmp: '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>', pixelsPerMetre: 11811 },
    neverAborted,
  );
  if (!png.ok) throw new Error(png.error.kind);
  return png.value;
}

describe('a PNG with extras', () => {
  test('holds each extra once, where libvips finds it', async () => {
    const png = await encoded();
    const text = Buffer.from(png).toString('latin1');
    for (const type of ['pHYs', 'iCCP', 'IHDR', 'IEND']) expect(text.split(type).length - 1).toBe(1);
    const found = await sharp(png).metadata();
    expect(found.density).toBe(300);
    expect(Buffer.compare(found.icc as Buffer, Buffer.from(profile.icc))).toBe(0);
    expect(found.xmpAsString).toContain('x:xmpmeta');
  });

  test('comes back with the same numbers, half-transparent ones too, and the same profile', async () => {
    const back = await codec.decode(await encoded(), neverAborted);
    if (!back.ok) throw new Error(back.error.kind);
    expect(back.value.profile).toEqual(profile);
    const expected = patternPixels(20, 10).data;
    for (let i = 3; i < expected.length; i += 4) expected[i] = (i * 7) & 255;
    expect([...back.value.data]).toEqual([...expected]);
  });
});

describe('a header', () => {
  const plain = sharp({ create: { width: 33, height: 21, channels: 3, background: '#123' } });
  test.each(['png', 'jpeg', 'webp'] as const)('of %s tells the size before anything is decoded', async (format) => {
    expect(headerExtent(new Uint8Array(await plain.clone()[format]().toBuffer()))).toEqual({ width: 33, height: 21 });
  });

  test('that claims a huge or an empty picture is refused by it', async () => {
    const png = await encoded();
    const claim = (width: number, height: number) => {
      const bytes = png.slice(0, 100);
      new DataView(bytes.buffer).setUint32(16, width);
      new DataView(bytes.buffer).setUint32(20, height);
      return refuseByHeader(bytes, 'a.png')?.kind;
    };
    expect([claim(30_001, 1), claim(20_000, 20_000), claim(0, 5), claim(20_000, 10_000)]).toEqual([
      'too-large',
      'too-large',
      'damaged',
      undefined,
    ]);
  });
});
