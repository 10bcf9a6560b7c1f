/** Pictures in plain JavaScript, held against libvips. */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createPortableCodec } from '../../shared/codecs/portableCodec.ts';
import { neverAborted } from '../../shared/core/abort.ts';
import { type Pixels, pixelsFrom, sRGB } from '../../shared/core/pixels.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { valueIn } from '../documents/valueIn.ts';
import { photo } from '../page/pageDriver.ts';

const codec = createPortableCodec();
const others = createNodeCodec();

const meanDifference = (a: Pixels, b: Pixels): number => {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i] - b.data[i]);
  return sum / a.data.length;
};

describe('JPEG', () => {
  test.each([
    ['with full chroma', '4:4:4', false],
    ['with halved chroma', '4:2:0', false],
    ['progressive', '4:4:4', true],
  ])('%s is read as libvips reads it', async (_, chromaSubsampling, progressive) => {
    const jpeg = await sharp(await photo('astronaut.png'))
      .resize(301, 203)
      .jpeg({ quality: 92, chromaSubsampling, progressive })
      .toBuffer();
    const ours = valueIn(await codec.decode(jpeg, neverAborted));
    expect(meanDifference(ours, valueIn(await others.decode(jpeg, neverAborted)))).toBeLessThan(chromaSubsampling === '4:4:4' ? 0.5 : 1.5);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('held by a camera in way %i is turned upright', async (orientation) => {
    const flat = sharp(await photo('coffee.png'))
      .resize(96, 64, { fit: 'fill' })
      .removeAlpha();
    const jpeg = await flat.withMetadata({ orientation }).jpeg({ chromaSubsampling: '4:4:4', quality: 95 }).toBuffer();
    const ours = valueIn(await codec.decode(jpeg, neverAborted));
    expect(meanDifference(ours, valueIn(await others.decode(jpeg, neverAborted)))).toBeLessThan(0.6);
  });

  test('keeps the file’s own RGB profile and its numbers', async () => {
    const jpeg = await sharp(await photo('coffee.png'))
      .resize(40, 30)
      .withIccProfile('p3')
      .jpeg()
      .toBuffer();
    const ours = valueIn(await codec.decode(jpeg, neverAborted));
    expect(ours.profile.icc).toEqual(valueIn(await others.decode(jpeg, neverAborted)).profile.icc);
    expect(ours.profile.icc).not.toBe(null);
  });

  test('that it wrote is the picture, on white where it was transparent', async () => {
    const source = valueIn(await others.decode(await photo('chelsea.png'), neverAborted));
    const jpeg = valueIn(await codec.encode(source, { type: 'image/jpeg', quality: 95 }, neverAborted));
    expect(meanDifference(valueIn(await others.decode(jpeg, neverAborted)), source)).toBeLessThan(1.5);
    expect((await sharp(jpeg).metadata()).chromaSubsampling).toBe('4:4:4');
    const clear = pixelsFrom({ width: 16, height: 16 }, new Uint8ClampedArray(1024), sRGB);
    const white = valueIn(await others.decode(valueIn(await codec.encode(clear, { type: 'image/jpeg' }, neverAborted)), neverAborted));
    expect(Math.min(...white.data)).toBeGreaterThan(250);
  });

  test('that is cut short, or is none, is refused', async () => {
    const jpeg = await sharp(await photo('coffee.png'))
      .resize(200, 150)
      .jpeg()
      .toBuffer();
    expect(await codec.decode(jpeg.subarray(0, jpeg.length / 2), neverAborted)).toMatchObject({ ok: false, error: { kind: 'damaged' } });
    expect(await codec.decode(Buffer.from('GIF89a…'), neverAborted)).toMatchObject({ ok: false, error: { kind: 'not-a-picture' } });
    const webp = await sharp(jpeg).webp().toBuffer();
    expect(await codec.decode(webp, neverAborted)).toMatchObject({ ok: false, error: { kind: 'unsupported' } });
  });
});

describe('PNG', () => {
  test('keeps half-transparent pixels, and 16 bits where it is given them', async () => {
    const half = pixelsFrom(
      { width: 4, height: 4 },
      Uint8ClampedArray.from({ length: 64 }, (_, i) => (i * 37) & 255),
      sRGB,
    );
    const again = valueIn(await codec.decode(valueIn(await codec.encode(half, { type: 'image/png' }, neverAborted)), neverAborted));
    expect(again.data).toEqual(half.data);
    const deep = { width: 2, height: 1, profile: sRGB, data: Uint16Array.from([1, 2, 3, 65535, 60000, 5, 6, 32768]) };
    const png = valueIn(await codec.encode(deep, { type: 'image/png' }, neverAborted));
    expect((await sharp(png).metadata()).depth).toBe('ushort');
  });
});
