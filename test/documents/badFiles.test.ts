import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { explain } from '../../shared/core/failure.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { contractProvenance, contractStory } from '../contracts/hostContract.ts';
import { patternPixels, plainPixels } from '../contracts/memoryHost.ts';
import { buildPsd, photo, richPsd } from './buildPsd.ts';
import { valueIn } from './valueIn.ts';

const codec = createNodeCodec();
const open = (bytes: Uint8Array, name = 'file.psd') => openDocument(bytes, name, codec, neverAborted);

async function failureOf(bytes: Uint8Array, name = 'file.psd') {
  const result = await open(bytes, name);
  if (result.ok) throw new Error('expected a failure, got a document');
  return result.error;
}

const text = (...parts: readonly (string | number)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part].map((char) => char.charCodeAt(0)))));

/** Header of a PSD that announces what it likes. */
function psdHeader(fields: {
  width?: number;
  height?: number;
  depth?: number;
  mode?: number;
  channels?: number;
  version?: number;
}): Uint8Array {
  const bytes = new Uint8Array(26 + 12 + 200);
  const view = new DataView(bytes.buffer);
  bytes.set(text('8BPS'));
  view.setUint16(4, fields.version ?? 1);
  view.setUint16(12, fields.channels ?? 3);
  view.setUint32(14, fields.height ?? 10);
  view.setUint32(18, fields.width ?? 10);
  view.setUint16(22, fields.depth ?? 8);
  view.setUint16(24, fields.mode ?? 3);
  return bytes;
}

/** Header and beginning of a PNG that announces `side` in both directions, in 1 kB. */
function pngBomb(side: number): Uint8Array {
  const png = new Uint8Array(1000);
  png.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  new DataView(png.buffer).setUint32(16, side);
  new DataView(png.buffer).setUint32(20, side);
  png.set([8, 6, 0, 0, 0], 24);
  return png;
}

describe('What is not a picture is named in words', () => {
  test.each([
    ['a GIF animation', text('GIF89a', 1, 0, 1, 0)],
    ['a HEIC picture', text(0, 0, 0, 24, 'ftypheic', 0, 0, 0, 0)],
    ['an AVIF picture', text(0, 0, 0, 24, 'ftypavif', 0, 0, 0, 0)],
    ['a TIFF or camera raw picture', text('II*', 0, 8, 0, 0, 0)],
    ['a PDF document', text('%PDF-1.7\n')],
    ['an SVG drawing, not a picture of pixels', text('<?xml version="1.0"?>\n<svg xmlns="x"/>')],
    ['a web page, not a picture', text('<!DOCTYPE html><html></html>')],
    ['text, not a picture', text('Dear Sir or Madam')],
    ['of a kind that is not known', text(0, 1, 2, 3, 0, 0)],
  ])('%s', async (found, bytes) => {
    expect(await failureOf(bytes, 'x.psd')).toEqual({ kind: 'not-a-picture', name: 'x.psd', found });
  });
});

describe('Limits are held before anything is decoded', () => {
  test('an empty file is damaged', async () => {
    expect(await failureOf(new Uint8Array(0))).toMatchObject({ kind: 'damaged', why: 'the file is empty' });
  });

  test('30,001 px a side and more than 200 megapixels are too large, in a PNG of 1 kB too', async () => {
    expect(await failureOf(pngBomb(30001), 'bomb.png')).toMatchObject({ kind: 'too-large', limit: expect.stringContaining('30000 px') });
    expect(await failureOf(pngBomb(30000), 'bomb.png')).toMatchObject({
      kind: 'too-large',
      limit: expect.stringContaining('200 megapixels'),
    });
    expect(await failureOf(psdHeader({ width: 30001 }))).toMatchObject({ kind: 'too-large' });
    expect(await failureOf(psdHeader({ width: 20000, height: 20000 }))).toMatchObject({ kind: 'too-large', got: '20000 × 20000 px' });
    expect(await failureOf(psdHeader({ width: 250000, height: 100, version: 2 }))).toMatchObject({ kind: 'too-large' });
  });

  test('a size of zero is damaged', async () => {
    expect(await failureOf(psdHeader({ width: 0 }))).toMatchObject({ kind: 'damaged' });
    expect(await failureOf(pngBomb(0), 'zero.png')).toMatchObject({ kind: 'damaged' });
  });

  test.each([
    ['CMYK', { mode: 4, channels: 4 }],
    ['Lab', { mode: 9 }],
    ['Indexed Colour', { mode: 2, channels: 1 }],
    ['Bitmap', { mode: 0, channels: 1, depth: 1 }],
    ['Duotone', { mode: 8, channels: 1 }],
    ['Multichannel', { mode: 7 }],
    ['32 bits', { depth: 32 }],
  ])('%s is refused with what to do instead', async (named, header) => {
    const failure = await failureOf(psdHeader(header));
    expect(failure).toMatchObject({ kind: 'unsupported' });
    expect(explain(failure).sentence).toContain(named);
    expect(explain(failure).sentence).toContain('this file stays as it is');
  });

  test('a layer that claims more than 200 megapixels is refused', async () => {
    const bytes = buildPsd({ extent: { width: 8, height: 8 }, layers: [{ name: 'huge', pixels: plainPixels(8, 8, [1, 2, 3, 255]) }] });
    const view = new DataView(bytes.buffer);
    const resources = 26 + 4 + view.getUint32(26);
    const record = resources + 4 + view.getUint32(resources) + 4 + 4 + 2;
    view.setInt32(record + 8, 20000);
    view.setInt32(record + 12, 20000);
    expect(await failureOf(bytes)).toMatchObject({ kind: 'too-large', name: 'file.psd: huge' });
  });
});

describe('A damaged file', () => {
  test('that is cut short at any place is damaged, and says where it ends', async () => {
    const bytes = richPsd();
    for (let length = 4; length < bytes.length; length += length < 3000 ? 13 : 397) {
      expect(await failureOf(bytes.slice(0, length))).toMatchObject({ kind: 'damaged', why: expect.stringMatching(/ends|before/) });
    }
  });

  test('of raster kind that is cut short is damaged', async () => {
    for (const name of ['coffee.png', 'rocket.jpg']) {
      const bytes = photo(name);
      for (const share of [0.0005, 0.3, 0.9]) {
        expect(await failureOf(bytes.slice(0, Math.max(12, Math.floor(bytes.length * share))), name)).toMatchObject({
          kind: 'damaged',
          name,
        });
      }
    }
  });

  test('never raises and never hangs, whichever bytes are wrong', { timeout: 180_000 }, async () => {
    const original = richPsd();
    const flips = fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(flips, async (places) => {
        const bytes = original.slice();
        for (const [at, value] of places) bytes[at] = value;
        const opened = await open(bytes);
        if (!opened.ok) return;
        const host = opened.value;
        const layers = valueIn(await host.layers());
        const bounds = { x: 0, y: 0, width: 40, height: 30 };
        for (const { ref } of layers) await host.readPixels({ of: ref, bounds }, neverAborted);
        await host.composite(neverAborted, ['nothing']);
        await host.step('Retake', neverAborted, (step) =>
          step.placePixels({
            pixels: patternPixels(40, 30),
            bounds,
            mask: null,
            name: 'x',
            group: 'y',
            above: layers[0]?.ref ?? 'visible',
            provenance: contractProvenance,
            story: contractStory,
          }),
        );
        await host.save('psd', neverAborted);
        await host.save('psb', neverAborted);
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  test('with a wrong extension opens all the same, and says what it is', async () => {
    const host = valueIn(await open(photo('coffee.png'), 'coffee.jpg'));
    expect(host.format).toBe('png');
    expect(host.notes).toEqual(['The file is named .jpg and is a PNG.']);
  });
});
