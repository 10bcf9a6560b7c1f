import { describe, expect, test, vi } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { concat } from '../../shared/core/bytes/byteWriter.ts';
import { fromSrgb, toSrgb } from '../../shared/core/color/convert.ts';
import { type Pixels, type Pixels16, sRGB } from '../../shared/core/pixels.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import type { DocumentHost } from '../../standalone/documents/document.ts';
import { documentFromPixels, openDocument } from '../../standalone/documents/openDocument.ts';
import { type PsdFile, type PsdHeader, readContainer, writeContainer } from '../../standalone/documents/psd/container.ts';
import { packPlane, unpackPlane } from '../../standalone/documents/psd/planes.ts';
import { writeLayer } from '../../standalone/documents/psd/writeLayer.ts';
import { contractProvenance, contractStory } from '../contracts/hostContract.ts';
import { patternPixels, plainPixels } from '../contracts/memoryHost.ts';
import { adobeRgbIcc, buildPsd, photo, withRawResource } from './buildPsd.ts';
import { exiftool, hasExiftool, hasPsdTools, psdTools } from './otherReaders.ts';
import { valueIn } from './valueIn.ts';

// Other programs are started here; on a busy machine that alone takes seconds.
vi.setConfig({ testTimeout: 180_000 });

const codec = createNodeCodec();
const open = async (bytes: Uint8Array, name = 'x.psd'): Promise<DocumentHost> =>
  valueIn(await openDocument(bytes, name, codec, neverAborted));

const place = async (
  host: DocumentHost,
  above: string,
  pixels: Pixels | Pixels16 = plainPixels(6, 5, [250, 128, 3, 255]),
): Promise<string> =>
  valueIn(
    await host.step('Retake', neverAborted, (step) =>
      step.placePixels({
        pixels,
        bounds: { x: 2, y: 1, width: pixels.width, height: pixels.height },
        mask: null,
        name: 'take',
        group: 'said',
        above,
        provenance: contractProvenance,
        story: contractStory,
      }),
    ),
  );

/** A file of one or no layer with samples that need all their bits; value at place i is (i * 2579 + c * 7) mod 65536. */
function deepFile(mode: 1 | 3, depth: 8 | 16, layered: boolean, packing: 'raw' | 'packed'): Uint8Array {
  const header: PsdHeader = { large: false, channels: mode === 1 ? 1 : 3, width: 16, height: 12, depth, mode };
  const plane = (c: number): Uint8Array => {
    const out = new Uint8Array(16 * 12 * (depth / 8));
    for (let i = 0; i < 16 * 12; i++) {
      const value = (i * 2579 + c * 7) & 0xffff;
      if (depth === 16) out[i * 2] = value >> 8;
      out[depth === 16 ? i * 2 + 1 : i] = value & 255;
    }
    return out;
  };
  const packed = (c: number): Uint8Array =>
    packing === 'raw' ? concat([Uint8Array.of(0, 0), plane(c)]) : packPlane(plane(c), 16, 12, depth, false);
  const channels = Array.from({ length: header.channels }, (_, id) => ({ id, packed: packed(id) }));
  const bounds = { x: 0, y: 0, width: 16, height: 12 };
  const file: PsdFile = {
    header,
    colorModeData: new Uint8Array(0),
    resources: [],
    layers: layered ? [writeLayer({ name: 'deep', bounds, layerId: 7, role: 'layer', channels, maskBounds: null }, header)] : [],
    mergedAlpha: false,
    globalMask: new Uint8Array(0),
    blocks: ['home'],
    home: layered && depth === 16 ? 'Lr16' : 'layer-info',
    merged: concat([Uint8Array.of(0, 0), ...channels.map(({ id }) => plane(id))]),
  };
  return writeContainer(file);
}

describe('A 16-bit document', () => {
  test.each(['raw', 'packed'] as const)('keeps its layers in 16 bits while a take is added beside them (%s)', async (packing) => {
    const bytes = deepFile(3, 16, true, packing);
    const host = await open(bytes);
    expect(valueIn(await host.document()).depth).toBe(16);
    expect(host.notes[0]).toContain('16 bits');
    const read = valueIn(await host.readPixels({ of: 'layer-7', bounds: { x: 0, y: 0, width: 16, height: 12 } }, neverAborted)).pixels;
    expect(read.data[5 * 4]).toBe(Math.round((5 * 2579) / 257));
    await place(host, 'layer-7');
    const saved = valueIn(await host.save('psd', neverAborted));
    const [before, after] = [readContainer(bytes), readContainer(saved)];
    expect(after.home).toBe('Lr16');
    expect(after.layers.map(({ record }) => record.name)).toEqual(['deep', '</Layer group>', 'take', 'said']);
    expect(Buffer.from(after.layers[0].raw)).toEqual(Buffer.from(before.layers[0].raw));
    expect(after.layers[0].channels.map((c) => Buffer.from(c))).toEqual(before.layers[0].channels.map((c) => Buffer.from(c)));
    const green = unpackPlane(after.layers[2].channels[2], 6, 5, 16, false);
    expect([...green.subarray(0, 2)]).toEqual([128, 128]);
    const again = await open(saved);
    const taken = valueIn(await again.readPixels({ of: 'layer-8', bounds: { x: 2, y: 1, width: 6, height: 5 } }, neverAborted)).pixels;
    expect([...taken.data.subarray(0, 4)]).toEqual([250, 128, 3, 255]);
  });

  test('changes its merged picture only where the take shows', async () => {
    const bytes = deepFile(3, 16, true, 'raw');
    const host = await open(bytes);
    await place(host, 'visible');
    const [before, after] = [readContainer(bytes), readContainer(valueIn(await host.save('psd', neverAborted)))];
    let changed = 0;
    for (let i = 2; i < before.merged.length; i += 2) {
      if (before.merged[i] !== after.merged[i] || before.merged[i + 1] !== after.merged[i + 1]) changed++;
    }
    expect(changed).toBeGreaterThan(80);
    expect(changed).toBeLessThanOrEqual(6 * 5 * 3);
  });

  test.skipIf(!hasPsdTools)('is read by psd-tools with the take', async () => {
    const host = await open(deepFile(3, 16, true, 'packed'));
    await place(host, 'layer-7');
    const read = psdTools(valueIn(await host.save('psd', neverAborted)));
    expect(read.depth).toBe(16);
    expect(read.layers.map(({ name }) => name)).toEqual(['deep', 'said']);
    expect(read.layers[1].children?.[0]).toMatchObject({ name: 'take', offset: [2, 1], size: [6, 5] });
  });

  const fine = (): Pixels16 => ({
    width: 6,
    height: 5,
    profile: sRGB,
    data: Uint16Array.from({ length: 6 * 5 * 4 }, (_, i) => (i % 4 === 3 ? 65535 : (i * 541 + 3) & 0xffff)),
  });

  test('hands its layers over with all their bits when asked, beside the 8', async () => {
    const host = await open(deepFile(3, 16, true, 'packed'));
    const bounds = { x: 1, y: 2, width: 10, height: 8 };
    const { pixels, deep } = valueIn(await host.readPixels({ of: 'layer-7', bounds, depth: 16 }, neverAborted));
    const at = (x: number, y: number) => ((bounds.y + y) * 16 + bounds.x + x) * 2579;
    expect([...(deep?.data.subarray(43 * 4, 44 * 4) ?? [])]).toEqual([
      at(3, 4) & 0xffff,
      (at(3, 4) + 7) & 0xffff,
      (at(3, 4) + 14) & 0xffff,
      65535,
    ]);
    expect(pixels.data[43 * 4]).toBe(Math.round((at(3, 4) & 0xffff) / 257));
    expect(valueIn(await host.readPixels({ of: 'layer-7', bounds }, neverAborted)).deep).toBeUndefined();
  });

  test('keeps all the bits of a take', async () => {
    const host = await open(deepFile(3, 16, true, 'raw'));
    await place(host, 'layer-7', fine());
    const again = await open(valueIn(await host.save('psd', neverAborted)));
    const read = await again.readPixels({ of: 'layer-8', bounds: { x: 2, y: 1, width: 6, height: 5 }, depth: 16 }, neverAborted);
    expect(valueIn(read).deep?.data).toEqual(fine().data);
  });

  test('of a profile takes a take there and back to within 2 of 65,535', async () => {
    const bytes = withRawResource(deepFile(3, 16, true, 'raw'), 1039, adobeRgbIcc());
    const host = await open(bytes);
    const deep = fine();
    // Within Adobe RGB lies all of sRGB.
    await place(host, 'layer-7', deep);
    const read = await host.readPixels({ of: 'layer-8', bounds: { x: 2, y: 1, width: 6, height: 5 }, depth: 16 }, neverAborted);
    const { pixels, deep: back } = valueIn(read);
    const worst = deep.data.reduce((most, level, i) => Math.max(most, Math.abs(level - (back?.data[i] ?? 0))), 0);
    expect(worst).toBeLessThanOrEqual(2);
    expect(Math.abs(pixels.data[0] * 257 - deep.data[0])).toBeLessThan(400);
  });

  test('of 8 bits rounds a take that has more', async () => {
    const host = await open(deepFile(3, 8, true, 'raw'));
    await place(host, 'layer-7', fine());
    const read = await host.readPixels({ of: 'layer-8', bounds: { x: 2, y: 1, width: 6, height: 5 }, depth: 16 }, neverAborted);
    const { pixels, deep } = valueIn(read);
    expect(deep).toBeUndefined();
    expect([...pixels.data]).toEqual([...fine().data].map((level) => Math.round(level / 257)));
  });

  test('without layers gets a Background from its merged picture, all bits kept', async () => {
    const bytes = deepFile(3, 16, false, 'raw');
    const host = await open(bytes);
    const [background] = valueIn(await host.layers());
    expect(background.name).toBe('Background');
    await place(host, background.ref);
    const after = readContainer(valueIn(await host.save('psd', neverAborted)));
    expect(after.home).toBe('Lr16');
    const plane = unpackPlane(after.layers[0].channels[0], 16, 12, 16, false);
    expect(Buffer.from(plane)).toEqual(Buffer.from(bytes.slice(bytes.length - 16 * 12 * 6, bytes.length - 16 * 12 * 4)));
  });
});

describe('A greyscale document', () => {
  test('reads as grey and takes in grey', async () => {
    const host = await open(deepFile(1, 8, true, 'packed'));
    const bounds = { x: 0, y: 0, width: 16, height: 12 };
    const read = valueIn(await host.readPixels({ of: 'layer-7', bounds }, neverAborted)).pixels;
    expect([...read.data.subarray(4, 8)]).toEqual([2579 & 255, 2579 & 255, 2579 & 255, 255]);
    const ref = await place(host, 'layer-7');
    const taken = valueIn(await host.readPixels({ of: ref, bounds: { x: 2, y: 1, width: 1, height: 1 } }, neverAborted)).pixels;
    expect(taken.data[0]).toBe(taken.data[1]);
    const saved = readContainer(valueIn(await host.save('psd', neverAborted)));
    expect(saved.layers[2].record.channels.map(({ id }) => id)).toEqual([-1, 0]);
    expect(host.notes.join(' ')).toContain('greyscale');
  });
});

describe('The merged picture', () => {
  const withMerged = (real: number): Uint8Array =>
    withRawResource(
      buildPsd(
        { extent: { width: 9, height: 7 }, layers: [{ name: 'a', pixels: patternPixels(9, 7) }] },
        { merged: plainPixels(9, 7, [255, 255, 255, 255]) },
      ),
      1057,
      Uint8Array.from([0, 0, 0, 1, real, 0, 0, 0, 0, 0, 0, 0, 0]),
    );

  test('of the file is what shows, because it may hold what only Photoshop draws', async () => {
    const host = await open(withMerged(1));
    expect([...valueIn(await host.composite(neverAborted)).data.subarray(0, 3)]).toEqual([255, 255, 255]);
  });

  test('is drawn from the layers when the file says that it has none', async () => {
    const host = await open(withMerged(0));
    expect(valueIn(await host.composite(neverAborted)).data).toEqual(patternPixels(9, 7).data);
  });

  test('keeps transparency through saving and opening', async () => {
    const pixels = patternPixels(9, 7);
    for (let i = 3; i < pixels.data.length; i += 4) pixels.data[i] = (i * 5) & 255;
    const host = documentFromPixels(pixels, 'made.png', null, codec);
    const again = await open(valueIn(await host.save('psd', neverAborted)));
    const shown = valueIn(await again.composite(neverAborted));
    const layer = valueIn(await again.readPixels({ of: 'layer-1', bounds: { x: 0, y: 0, width: 9, height: 7 } }, neverAborted)).pixels;
    expect(layer.data).toEqual(pixels.data);
    for (let i = 0; i < pixels.data.length; i += 4) {
      expect(shown.data[i + 3]).toBe(pixels.data[i + 3]);
      // Mixed with white at 8 bits, a colour of little alpha is known only roughly.
      if (pixels.data[i + 3] > 200) expect(Math.abs(shown.data[i] - pixels.data[i])).toBeLessThanOrEqual(1);
    }
  });
});

describe('Colour', () => {
  const adobe = { name: 'Adobe RGB', icc: adobeRgbIcc() };

  test('of a profile comes back through sRGB within one level where both can show it', () => {
    const grey = patternPixels(40, 40);
    for (let i = 0; i < grey.data.length; i += 4) {
      grey.data[i] = 90 + (grey.data[i] % 70);
      grey.data[i + 1] = 90 + (grey.data[i + 1] % 70);
      grey.data[i + 2] = 90 + (grey.data[i + 2] % 70);
    }
    const back = toSrgb(fromSrgb(grey, adobe));
    for (let i = 0; i < grey.data.length; i++) expect(Math.abs(back.data[i] - grey.data[i])).toBeLessThanOrEqual(1);
  });

  test('of Adobe RGB becomes the sRGB that lcms computes', () => {
    // ImageMagick 6.9 (lcms2), relative colorimetric, Ghostscript’s srgb.icc: Adobe RGB 50,120,200 and 128,128,128 and 200,180,90.
    const picture = plainPixels(3, 1, [0, 0, 0, 255]);
    picture.data.set([50, 120, 200, 255, 128, 128, 128, 77, 200, 180, 90, 0]);
    const { data } = toSrgb({ ...picture, profile: adobe });
    const wanted = [0, 121, 204, 255, 129, 129, 129, 77, 209, 181, 83, 0];
    for (let i = 0; i < wanted.length; i++) expect(Math.abs(data[i] - wanted[i]), `value ${i}`).toBeLessThanOrEqual(1);
  });

  test('that is sRGB under another name is left alone', () => {
    const picture = patternPixels(5, 5);
    expect(toSrgb({ ...picture, profile: { name: 'x', icc: null } }).data).toBe(picture.data);
  });

  test('of a picture with a profile stays in its numbers in a saved PNG', async () => {
    const host = await open(photo('rocket.jpg'), 'rocket.jpg');
    const decoded = valueIn(await codec.decode(photo('rocket.jpg'), neverAborted));
    const png = valueIn(await host.save('png', neverAborted));
    const again = valueIn(await codec.decode(png, neverAborted));
    expect(Buffer.compare(Buffer.from(again.data), Buffer.from(decoded.data))).toBe(0);
    expect(again.profile.icc).toEqual(decoded.profile.icc);
  });

  test('of a profile that cannot be computed with is taken as sRGB, and said so', async () => {
    const broken = adobeRgbIcc();
    broken.set([0x4c, 0x61, 0x62, 0x20], 16);
    const host = await open(
      withRawResource(buildPsd({ extent: { width: 4, height: 4 }, layers: [{ name: 'a', pixels: patternPixels(4, 4) }] }), 1039, broken),
    );
    expect(host.notes).toEqual(['The colour profile is for Lab, not RGB; its colours are treated as sRGB.']);
  });
});

describe('Metadata', () => {
  const packet = (inner: string): Uint8Array =>
    new TextEncoder().encode(
      `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${inner}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`,
    );
  const withXmp = (xmp: Uint8Array): Uint8Array =>
    withRawResource(buildPsd({ extent: { width: 9, height: 7 }, layers: [{ name: 'a', pixels: patternPixels(9, 7) }] }), 1060, xmp);
  const xmpOf = (bytes: Uint8Array): string => {
    const resource = readContainer(bytes).resources.filter(({ id }) => id === 1060);
    expect(resource).toHaveLength(1);
    return new TextDecoder().decode(resource[0].data);
  };

  test.skipIf(!hasExiftool)('that was there stays, as exiftool reads it, and takes join it one by one', async () => {
    const before = packet(
      '<rdf:Description rdf:about="uuid:1" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Other &amp; Co"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">Grüße</rdf:li></rdf:Alt></dc:title></rdf:Description>',
    );
    let host = await open(withXmp(before));
    await place(host, 'visible');
    host = await open(valueIn(await host.save('psd', neverAborted)));
    valueIn(
      await host.step('Retake', neverAborted, (step) =>
        step.placePixels({
          pixels: plainPixels(2, 2, [1, 2, 3, 255]),
          bounds: { x: 0, y: 0, width: 2, height: 2 },
          mask: null,
          name: 'second \u0001',
          group: 'said <again> & "so" 你好',
          above: 'visible',
          provenance: { ...contractProvenance, takeId: 'take-2', instruction: 'said <again> & "so" 你好 \u0007' },
          story: contractStory,
        }),
      ),
    );
    const told = exiftool(valueIn(await host.save('psd', neverAborted)), 'psd');
    expect(told['XMP-dc:Title']).toBe('Grüße');
    expect(told['XMP-xmp:CreatorTool']).toBe('Other & Co');
    const takes = told['XMP-retake:Takes'] as Record<string, unknown>[];
    expect(takes.map(({ TakeId }) => TakeId)).toEqual(['take-1', 'take-2']);
    expect(takes[1].Instruction).toBe('said <again> & "so" 你好 \uFFFD');
  });

  test('keeps the stronger declaration that a model made the picture', async () => {
    const generated = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';
    const host = await open(
      withXmp(
        packet(`<rdf:Description rdf:about="" xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" e:DigitalSourceType="${generated}"/>`),
      ),
    );
    await place(host, 'visible');
    const xmp = xmpOf(valueIn(await host.save('psd', neverAborted)));
    expect(xmp.match(/DigitalSourceType[=>]/g)?.length).toBe(1);
    expect(xmp).toContain(`e:DigitalSourceType="${generated}"`);
  });

  test('replaces a weaker one', async () => {
    const camera = 'http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture';
    const host = await open(
      withXmp(
        packet(`<rdf:Description rdf:about="" xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" e:DigitalSourceType="${camera}"/>`),
      ),
    );
    await place(host, 'visible');
    const xmp = xmpOf(valueIn(await host.save('psd', neverAborted)));
    expect(xmp).not.toContain(camera);
    expect(xmp).toContain(contractProvenance.digitalSourceType);
  });

  test('that cannot be read is kept as a copy, and said so', async () => {
    const host = await open(withXmp(new TextEncoder().encode('<x:xmpmeta><broken')));
    expect(host.notes.join()).toContain('metadata');
    await place(host, 'visible');
    const saved = valueIn(await host.save('psd', neverAborted));
    expect(xmpOf(saved)).toContain(Buffer.from('<x:xmpmeta><broken').toString('base64'));
    expect((await open(saved)).notes).toEqual([]);
  });

  test('holds the store, and gives it back', async () => {
    const host = await open(withXmp(packet('')));
    const history = Uint8Array.from({ length: 3000 }, (_, i) => i & 255);
    valueIn(await host.store.write('history', history));
    valueIn(await host.store.write('gone', history));
    valueIn(await host.store.remove('gone'));
    const again = await open(valueIn(await host.save('psd', neverAborted)));
    expect(valueIn(await again.store.keys())).toEqual(['history']);
    expect(valueIn(await again.store.read('history'))).toEqual(history);
    expect(valueIn(await again.store.read('nothing'))).toBe(null);
    expect(await again.store.write('much', new Uint8Array(2 << 20))).toMatchObject({ ok: false, error: { kind: 'store-full' } });
  });

  test('of an undone take is not written', async () => {
    const bytes = withXmp(packet(''));
    const host = await open(bytes);
    await place(host, 'visible');
    host.undo();
    expect(host.canUndo()).toBe(false);
    expect(Buffer.compare(Buffer.from(valueIn(await host.save('psd', neverAborted))), Buffer.from(bytes))).toBe(0);
  });
});
