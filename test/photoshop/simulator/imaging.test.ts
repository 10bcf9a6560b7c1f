/** Behaviours 5 to 8 of the handbook's §14: getPixels, dispose, createImageDataFromBuffer, putPixels. */
import { describe, expect, test } from 'vitest';
import type { Pixels16 } from '../../../shared/core/pixels.ts';
import { plainPixels } from '../../contracts/memoryHost.ts';
import { type Bench, bench, code1, idOf, type Loose, messageOf, portrait, put, readLayer, rgba, smallPlan, sRgb } from './support.ts';

const buffer = (ps: Bench, data: unknown, options: object): Promise<Loose> => ps.imaging.createImageDataFromBuffer(data, options);

describe('getPixels', () => {
  test('trims a layer to its pixels and says where they are', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const { data, told } = await readLayer(ps, { layerID: idOf(ps, 'portrait'), sourceBounds: { left: 0, top: 0, right: 64, bottom: 48 } });
    expect(told).toMatchObject({
      width: 40,
      height: 30,
      components: 4,
      sourceBounds: { left: 8, top: 5, right: 48, bottom: 35 },
      level: 0,
    });
    expect(data).toEqual(new Uint8Array(portrait().data));
    const part = await readLayer(ps, { layerID: idOf(ps, 'portrait'), sourceBounds: { left: 40, top: 0, right: 60, bottom: 7 } });
    expect(part.told).toMatchObject({ sourceBounds: { left: 40, top: 5, right: 48, bottom: 7 }, width: 8, height: 2 });
    ps.assertClean();
  });

  test('trims transparent edges inside a layer as well', async () => {
    const ps = bench();
    const pixels = plainPixels(10, 10, [9, 9, 9, 0]);
    pixels.data.set([1, 2, 3, 255], (4 * 10 + 6) * 4);
    ps.user.open({ extent: { width: 20, height: 20 }, layers: [{ name: 'dot', pixels, at: { x: 3, y: 2 } }] });
    const { data, told } = await readLayer(ps, { layerID: idOf(ps, 'dot') });
    expect(told.sourceBounds).toEqual({ left: 9, top: 6, right: 10, bottom: 7 });
    expect([...data]).toEqual([1, 2, 3, 255]);
  });

  test('answers 3 components of what has a Background, 4 of what has transparency, 3 matted on white by applyAlpha', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    expect((await readLayer(ps, {})).told).toMatchObject({ components: 3, hasAlpha: false, width: 64, height: 48 });
    expect((await readLayer(ps, { layerID: idOf(ps, 'Background') })).told.components).toBe(3);
    ps.user.open({
      extent: { width: 8, height: 8 },
      layers: [{ name: 'half', pixels: plainPixels(4, 4, [255, 0, 0, 128]), at: { x: 2, y: 2 } }],
    });
    const open = await readLayer(ps, {});
    expect(open.told).toMatchObject({ components: 4, hasAlpha: true, sourceBounds: { left: 2, top: 2, right: 6, bottom: 6 } });
    ps.user.open(smallPlan());
    ps.user.setVisible('Background', false);
    expect((await readLayer(ps, {})).told).toMatchObject({ components: 4, sourceBounds: { left: 8, top: 5, right: 48, bottom: 35 } });
    ps.user.close();
    const matted = await readLayer(ps, { applyAlpha: true });
    expect(matted.told.components).toBe(3);
    expect([...matted.data.subarray(0, 3)]).toEqual([255, 127, 127]);
  });

  test('reads 16 bits from 0 to 32768, or to 65535 with fullRange', async () => {
    const ps = bench();
    const deep: Pixels16 = {
      width: 2,
      height: 1,
      profile: { name: sRgb, icc: null },
      data: Uint16Array.of(0, 32896, 65535, 65535, 257, 0, 1, 65535),
    };
    ps.user.open({ extent: { width: 2, height: 1 }, depth: 16, layers: [{ name: 'deep', deep }] });
    const { data, told } = await readLayer(ps, { layerID: idOf(ps, 'deep') });
    expect(told.componentSize).toBe(16);
    expect([...data]).toEqual([0, 16448, 32768, 32768, 129, 0, 1, 32768]);
    await ps.modal(async () => {
      const { imageData } = await ps.imaging.getPixels({ layerID: idOf(ps, 'deep') });
      expect([...(await imageData.getData({ fullRange: true }))].slice(2, 4)).toEqual([65535, 65535]);
      expect([...(await imageData.getData({ chunky: false }))]).toEqual([0, 129, 16448, 0, 32768, 1, 32768, 32768]);
      imageData.dispose();
    });
  });

  test('fails with Code: -1 when 8 bits are asked of 16', async () => {
    const ps = bench();
    ps.user.open(smallPlan({ depth: 16 }));
    expect(await messageOf(() => readLayer(ps, { componentSize: 8 }))).toBe(code1);
    expect((await readLayer(ps, { componentSize: -1 })).told.componentSize).toBe(16);
  });

  test('reads 32 bits as linear floats, whose profile’s name cannot be asked for', async () => {
    const ps = bench();
    ps.user.open(smallPlan({ depth: 32 }));
    const { data, told } = await readLayer(ps, { colorProfile: sRgb });
    expect(data).toBeInstanceOf(Float32Array);
    expect(told.colorProfile).toBe('sRGB IEC61966-2.1 (Linear RGB Profile)');
    expect(ps.app.activeDocument.colorProfileName).toBe(told.colorProfile);
    expect(await messageOf(() => readLayer(ps, { colorProfile: told.colorProfile }))).toContain(code1);
  });

  test('brings Photoshop down on CMYK, and fails on Bitmap, Indexed and Multichannel', async () => {
    for (const mode of ['Bitmap', 'Indexed', 'Multichannel', 'Duotone'] as const) {
      const ps = bench();
      ps.user.open(smallPlan({ mode, layers: [{ name: 'Background', pixels: portrait(64, 48), background: true }] }));
      expect(await messageOf(() => readLayer(ps, {}))).toBe(code1);
    }
    const ps = bench();
    ps.user.open(smallPlan({ mode: 'CMYK' }));
    expect(await messageOf(() => readLayer(ps, {}))).toContain('Photoshop has crashed');
    expect(ps.inspect.crashed).toContain('CMYK');
    expect(await messageOf(() => ps.app.activeDocument)).toContain('Photoshop has crashed');
    expect(() => ps.assertClean()).toThrow('crashed');
  });

  test('without a profile answers the document’s numbers, with one converts', async () => {
    const ps = bench();
    ps.user.open(smallPlan({ profile: 'Adobe RGB (1998)' }));
    const own = await readLayer(ps, { layerID: idOf(ps, 'portrait') });
    expect(own.told.colorProfile).toBe('Adobe RGB (1998)');
    expect(own.data).toEqual(ps.inspect.pixels('portrait').data);
    const converted = await readLayer(ps, { layerID: idOf(ps, 'portrait'), colorProfile: sRgb });
    const source = portrait().data;
    const worst = Math.max(...[...converted.data].map((v, i) => Math.abs(v - source[i])));
    expect(worst).toBeGreaterThan(0);
    // There and back through 8 bits: dark colours lose a few steps.
    expect([...converted.data].filter((v, i) => Math.abs(v - source[i]) > 3).length / source.length).toBeLessThan(0.01);
    expect(await messageOf(() => readLayer(ps, { colorProfile: 'No such profile' }))).toContain(code1);
  });

  test('reads Gray and Lab as RGB when asked', async () => {
    const gray = bench();
    gray.user.open(smallPlan({ mode: 'Grayscale', profile: 'Gray Gamma 2.2' }));
    expect((await readLayer(gray, {})).told).toMatchObject({ components: 1, colorSpace: 'Grayscale' });
    const asRgb = await readLayer(gray, { colorSpace: 'RGB', colorProfile: sRgb });
    expect(asRgb.told.components).toBe(3);
    expect(Math.abs(asRgb.data[0] - asRgb.data[1])).toBeLessThanOrEqual(1);
    const lab = bench();
    lab.user.open(smallPlan({ mode: 'Lab' }));
    const { data } = await readLayer(lab, { layerID: idOf(lab, 'portrait'), colorSpace: 'RGB', colorProfile: sRgb });
    const source = portrait().data;
    expect([...data].filter((v, i) => Math.abs(v - source[i]) > 4).length / source.length).toBeLessThan(0.05);
  });

  test('uses a level of the pyramid for a small targetSize, and tells bounds in its pixels', async () => {
    const ps = bench();
    ps.user.open({
      extent: { width: 800, height: 400 },
      layers: [{ name: 'Background', pixels: plainPixels(800, 400, [1, 2, 3, 255]), background: true }],
    });
    const { told } = await readLayer(ps, { targetSize: { width: 100 } });
    expect(told).toMatchObject({ width: 100, height: 50, level: 3, sourceBounds: { left: 0, top: 0, right: 100, bottom: 50 } });
    const half = await readLayer(ps, { targetSize: { height: 150 }, sourceBounds: { left: 200, top: 100, right: 800, bottom: 400 } });
    expect(half.told).toMatchObject({ width: 300, height: 150, level: 1, sourceBounds: { left: 100, top: 50, right: 400, bottom: 200 } });
  });

  test('where there is nothing: rejects, or answers nothing, by quirk', async () => {
    const strict = bench();
    strict.user.open(smallPlan());
    const nothing = { layerID: idOf(strict, 'portrait'), sourceBounds: { left: 50, top: 40, right: 60, bottom: 48 } };
    expect(await messageOf(() => readLayer(strict, nothing))).toBe(code1);
    const mild = bench({ quirks: { emptyRead: 'empty' } });
    mild.user.open(smallPlan());
    expect((await readLayer(mild, { ...nothing, layerID: idOf(mild, 'portrait') })).told).toMatchObject({ width: 0, height: 0 });
  });

  test('a group or adjustment layer by its id: rejects, or is rendered, by quirk', async () => {
    const plan = smallPlan({}, [{ name: 'all', children: [{ name: 'inner', pixels: portrait(4, 4) }] }]);
    const strict = bench();
    strict.user.open(plan);
    expect(await messageOf(() => readLayer(strict, { layerID: idOf(strict, 'all') }))).toBe(code1);
    const mild = bench({ quirks: { groupRead: 'rendered' } });
    mild.user.open(plan);
    expect((await readLayer(mild, { layerID: idOf(mild, 'all') })).data).toEqual(new Uint8Array(portrait(4, 4).data));
  });

  test('reads an earlier state of history by its id', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const [opened] = await ps.modal(() => ps.app.activeDocument.historyStates);
    ps.user.paint('portrait', { x: 8, y: 5, width: 40, height: 30 }, [1, 2, 3]);
    const layerID = idOf(ps, 'portrait');
    expect((await readLayer(ps, { layerID, historyStateID: opened.id })).data).toEqual(new Uint8Array(portrait().data));
    expect((await readLayer(ps, { layerID })).data[0]).toBe(1);
    expect(await messageOf(() => readLayer(ps, { layerID, historyStateID: 9999 }))).toContain('history state');
  });

  test('more pixels than a test allows in one call fail', async () => {
    const ps = bench({ quirks: { mostPixelsPerCall: 1000 } });
    ps.user.open(smallPlan());
    expect(await messageOf(() => readLayer(ps, {}))).toBe(code1);
    expect((await readLayer(ps, { sourceBounds: { left: 0, top: 0, right: 50, bottom: 20 } })).told.width).toBe(50);
  });

  test('fails with −32005 where a test has it so, and reads well from a flattened duplicate', async () => {
    const ps = bench({ quirks: { smartRead: 'fails' } });
    ps.user.open(smallPlan({}, [{ name: 'placed', kind: 'smart-object', pixels: portrait(4, 4) }]));
    expect(await messageOf(() => readLayer(ps, {}))).toBe(
      'Photoshop Error. Code: -32005. Message: Could not update smart object files ^0.',
    );
    await ps.modal(async () => {
      const copy = await ps.app.activeDocument.duplicate('copy', true);
      await copy.flatten();
      const { imageData } = await ps.imaging.getPixels({ documentID: copy.id });
      imageData.dispose();
      copy.closeWithoutSaving();
    });
    expect(ps.inspect.documents).toHaveLength(1);
    ps.assertClean();
  });
});

describe('image data', () => {
  test('cannot be used once disposed; what is not disposed is counted', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const image = await buffer(ps, new Uint8Array(16), rgba(2, 2));
    expect(ps.inspect.undisposed).toBe(1);
    expect(() => ps.assertClean()).toThrow('1 image data not disposed');
    expect(image.dispose()).toBeUndefined();
    expect(await messageOf(() => image.getData())).toBe('The image data was disposed');
    expect(await messageOf(() => ps.modal(() => ps.imaging.putPixels({ layerID: idOf(ps, 'portrait'), imageData: image })))).toBe(
      'The image data was disposed',
    );
    expect(ps.inspect.undisposed).toBe(0);
    ps.assertClean();
  });

  test('beyond 600 MB Photoshop warns, or refuses by quirk; the most at one time is known', async () => {
    const big = new Uint8Array(4096);
    const near = { memoryMarkBytes: 6000 };
    const ask = { width: big.length / 64, height: 64, components: 1, colorSpace: 'Grayscale', colorProfile: 'Gray Gamma 2.2' };
    const warned = bench({ quirks: near });
    const images = [await buffer(warned, big, ask), await buffer(warned, big, ask)];
    expect(warned.inspect.alerts).toEqual(['Plugin memory usage increased to: 600MB.']);
    for (const image of images) image.dispose();
    expect(warned.inspect.imageBytes).toEqual({ now: 0, most: 2 * big.length });
    const refused = bench({ quirks: { ...near, memoryLimit: 'refuse' } });
    const first = await buffer(refused, big, ask);
    expect(await messageOf(() => buffer(refused, big, ask))).toBe('Plugin exceeds memory limit. Currently used memory 600.');
    first.dispose();
  });

  test('comes from a buffer of the right length, type and named colour space only', async () => {
    const ps = bench();
    expect(await messageOf(() => buffer(ps, new Uint8Array(15), rgba(2, 2)))).toContain('15 elements');
    expect(await messageOf(() => buffer(ps, new Uint8Array(16), { width: 2, height: 2, components: 4 }))).toContain(
      'colorSpace is required',
    );
    expect(await messageOf(() => buffer(ps, new Uint8ClampedArray(16), rgba(2, 2)))).toContain('Argument 1 has an invalid type');
    expect(await messageOf(() => buffer(ps, [1, 2], rgba(1, 1)))).toContain('Argument 1 has an invalid type');
    expect(await messageOf(() => buffer(ps, new Uint8Array(8), { ...rgba(2, 2), components: 2 }))).toContain('do not make RGB');
    for (const [array, size] of [
      [new Uint8Array(4), 8],
      [new Uint16Array(4), 16],
      [new Float32Array(4), 32],
    ] as const) {
      const image = await buffer(ps, array, rgba(1, 1));
      expect(image.componentSize).toBe(size);
      image.dispose();
    }
  });

  test('takes planar and full-range buffers', async () => {
    const ps = bench();
    const image = await buffer(ps, Uint16Array.of(65535, 0, 1, 2, 3, 4), { ...rgba(2, 1), components: 3, chunky: false, fullRange: true });
    expect([...(await image.getData())]).toEqual([32768, 1, 2, 0, 1, 2]);
    image.dispose();
  });

  test('is encoded as JPEG from 8-bit RGB without alpha alone', async () => {
    const ps = bench();
    const rgb = await buffer(ps, new Uint8Array(8 * 8 * 3).fill(128), { ...rgba(8, 8), components: 3 });
    const text = await ps.imaging.encodeImageData({ imageData: rgb, base64: true });
    expect(Buffer.from(text, 'base64').subarray(0, 3)).toEqual(Buffer.of(0xff, 0xd8, 0xff));
    expect((await ps.imaging.encodeImageData({ imageData: rgb })).slice(0, 2)).toEqual([0xff, 0xd8]);
    const alpha = await buffer(ps, new Uint8Array(4), rgba(1, 1));
    expect(await messageOf(() => ps.imaging.encodeImageData({ imageData: alpha }))).toContain(code1);
    for (const image of [rgb, alpha]) image.dispose();
  });

  test('its class cannot be called', async () => {
    const ps = bench();
    expect(await messageOf(() => ps.imaging.createImageData({}))).toBe(
      "Class constructor PhotoshopImageData cannot be invoked without 'new'",
    );
  });
});

describe('putPixels', () => {
  const filled = (ps: Bench): Promise<Loose> => buffer(ps, new Uint8Array(64).fill(200), rgba(4, 4));

  test('replaces the layer, or with replace: false only where it lands; width and height of the target are ignored', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    await put(ps, 'putPixels', await filled(ps), {
      layerID: idOf(ps, 'portrait'),
      replace: false,
      targetBounds: { left: 10, top: 6, width: 99, height: 99 },
      commandName: 'Paint',
    });
    expect(ps.inspect.history().at(-1)).toBe('Paint');
    const { data, bounds } = ps.inspect.pixels('portrait');
    expect(bounds).toEqual({ x: 8, y: 5, width: 40, height: 30 });
    const expected = new Uint8Array(portrait().data);
    for (let y = 1; y < 5; y++) expected.fill(200, (y * 40 + 2) * 4, (y * 40 + 6) * 4);
    expect(data).toEqual(expected);
    await put(ps, 'putPixels', await filled(ps), { layerID: idOf(ps, 'portrait'), targetBounds: { left: -2, top: 3 } });
    expect(ps.inspect.pixels('portrait').bounds).toEqual({ x: -2, y: 3, width: 4, height: 4 });
    // Off-canvas pixels are there, but the DOM tells only what lies on the canvas.
    expect(ps.app.activeDocument.layers[1].bounds).toMatchObject({ left: 0, top: 3, right: 2, bottom: 7 });
    ps.user.undo();
    expect(ps.inspect.pixels('portrait').data).toEqual(expected);
    ps.assertClean();
  });

  test('refuses smart objects, groups, text, adjustment and locked layers, and Quick Mask', async () => {
    const ps = bench();
    const refused = [
      { name: 'placed', kind: 'smart-object', pixels: portrait(4, 4) },
      { name: 'group', children: [{ name: 'inner', pixels: portrait(4, 4) }] },
      { name: 'words', kind: 'text', pixels: portrait(4, 4) },
      { name: 'curves', kind: 'adjustment' },
      { name: 'locked', pixels: portrait(4, 4), locked: true },
    ] as const;
    ps.user.open(smallPlan({}, refused));
    const before = ps.inspect.document().state;
    for (const { name } of refused)
      expect(await messageOf(async () => put(ps, 'putPixels', await filled(ps), { layerID: idOf(ps, name) }))).toContain(code1);
    ps.user.setQuickMask(true);
    expect(await messageOf(async () => put(ps, 'putPixels', await filled(ps), { layerID: idOf(ps, 'portrait') }))).toContain(code1);
    expect(await messageOf(async () => put(ps, 'putPixels', await filled(ps), { layerID: 999 }))).toContain(code1);
    expect(ps.inspect.document().state).toBe(before);
  });

  test('converts to the document’s depth and profile; a Background keeps canvas size and no transparency', async () => {
    const ps = bench();
    ps.user.open(smallPlan({ depth: 16 }));
    await put(ps, 'putPixels', await buffer(ps, Uint8Array.of(255, 128, 0, 255), rgba(1, 1)), {
      layerID: idOf(ps, 'portrait'),
      targetBounds: { left: 3, top: 4 },
    });
    expect([...ps.inspect.pixels('portrait').data]).toEqual([32768, 16448, 0, 32768]);
    await put(ps, 'putPixels', await filled(ps), { layerID: idOf(ps, 'Background'), replace: false });
    expect(ps.inspect.pixels('Background').bounds).toEqual({ x: 0, y: 0, width: 64, height: 48 });
    expect(ps.inspect.pixels('Background').data[3]).toBe(32768);
  });

  test('the next call fails once where a test has it so, and works a moment later', async () => {
    const ps = bench({ quirks: { afterPut: 'fails-once' } });
    ps.user.open(smallPlan());
    await put(ps, 'putPixels', await filled(ps), { layerID: idOf(ps, 'portrait') });
    expect(await messageOf(() => readLayer(ps, {}))).toBe('Photoshop Error. Code: -1. Message: Could not open…');
    expect((await readLayer(ps, {})).told.width).toBe(64);
  });
});
