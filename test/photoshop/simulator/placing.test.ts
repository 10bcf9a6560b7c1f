/** Behaviours 10 and 16 of the handbook's §14: how large and where a placed file comes out, and what moves it. */
import { encode } from 'fast-png';
import { encode as encodeJpeg } from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import { withPngExtras } from '../../../shared/codecs/pngChunks.ts';
import { type Bench, bench, type Loose, messageOf, portrait, smallPlan } from './support.ts';

const offset = (horizontal: number, vertical: number, unit = 'pixelsUnit'): object => ({
  _obj: 'offset',
  horizontal: { _unit: unit, _value: horizontal },
  vertical: { _unit: unit, _value: vertical },
});

async function token(ps: Bench, width: number, height: number, ppi?: number): Promise<string> {
  const { localFileSystem, formats } = ps.uxp.storage;
  const folder = await localFileSystem.getTemporaryFolder();
  const file = await folder.createFile('take.png', { overwrite: true });
  const { data } = portrait(width, height);
  const png = encode({ width, height, channels: 4, data: new Uint8Array(data) });
  await file.write(ppi === undefined ? png : withPngExtras(png, { pixelsPerMetre: ppi / 0.0254 }), { format: formats.binary });
  return localFileSystem.createSessionToken(file);
}

const place = (path: string, rest: object = {}): object => ({
  _obj: 'placeEvent',
  null: { _path: path, _kind: 'local' },
  linked: false,
  freeTransformCenterState: { _enum: 'quadCenterState', _value: 'QCSAverage' },
  offset: offset(0, 0),
  ...rest,
});

const active = (ps: Bench): Loose => ps.inspect.document().activeLayers[0];
const quad = (ps: Bench): readonly number[] => active(ps).smart.quad;
const transformOf = async (ps: Bench): Promise<number[]> => {
  const target = [{ _property: 'smartObjectMore' }, { _ref: 'layer', _id: active(ps).id }];
  const [{ smartObjectMore }] = await ps.action.batchPlay([{ _obj: 'get', _target: target }], {});
  return smartObjectMore.transform;
};

describe('placeEvent', () => {
  test('makes the active layer a smart object in the middle; its transform is told by smartObjectMore alone', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const answer = await ps.play(place(await token(ps, 20, 10)));
    expect(answer).toMatchObject({ _obj: 'placeEvent', ID: active(ps).id });
    expect(active(ps)).toMatchObject({ name: 'take', kind: 'smartObject' });
    expect(await transformOf(ps)).toEqual([22, 19, 42, 19, 42, 29, 22, 29]);
    expect(active(ps).raster.data).toEqual(new Uint8Array(portrait(20, 10).data));
    expect(ps.inspect.history().at(-1)).toBe('Place Embedded');
  });

  test.each([
    ['says nothing', 300, undefined, 48 * (300 / 72)],
    ['says 300', 300, 300, 48],
    ['says nothing', 72, undefined, 48],
    ['says 150', 300, 150, 96],
  ] as const)('a file that %s in a document of %i ppi is as large as its inches', async (_, documentPpi, written, expectedPx) => {
    const ps = bench();
    ps.user.setResizeDuringPlace(false);
    ps.user.open({ ...smallPlan(), extent: { width: 400, height: 300 }, layers: [{ name: 'base', pixels: portrait() }], ppi: documentPpi });
    await ps.play(place(await token(ps, 48, 24, written)));
    const [left, , right] = quad(ps);
    expect(right - left).toBeCloseTo(expectedPx, 2);
  });

  test('a JPEG is as large as its density says', async () => {
    const ps = bench();
    ps.user.open({ ...smallPlan(), extent: { width: 400, height: 300 }, ppi: 300 });
    const { data: jpeg } = encodeJpeg({ width: 32, height: 16, data: new Uint8Array(portrait(32, 16).data) }, 95);
    const bytes = new Uint8Array(jpeg);
    bytes.set([1, 0, 150, 0, 150], 13);
    ps.disk.files.set('/plugin-data/take.jpg', bytes);
    const file = await ps.uxp.storage.localFileSystem.getEntryWithUrl('plugin-data:/take.jpg');
    await ps.play(place(ps.uxp.storage.localFileSystem.createSessionToken(file)));
    expect(quad(ps).slice(0, 6)).toEqual([168, 134, 232, 134, 232, 166]);
  });

  test('fits to the canvas while "Resize image during place" is on', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    await ps.play(place(await token(ps, 128, 32)));
    expect(quad(ps).slice(0, 6)).toEqual([0, 16, 64, 16, 64, 32]);
    ps.user.undo();
    ps.user.setResizeDuringPlace(false);
    await ps.play(place(await token(ps, 128, 32)));
    expect(quad(ps).slice(0, 3)).toEqual([-32, 8, 96]);
    // What the DOM tells is clipped to the canvas: not to be measured with.
    expect(ps.app.activeDocument.activeLayers[0].bounds).toMatchObject({ left: 0, top: 8, right: 64, bottom: 40 });
    await ps.play({
      _obj: 'set',
      _target: [
        { _ref: 'property', _property: 'generalPreferences' },
        { _ref: 'application', _enum: 'ordinal' },
      ],
      to: { _obj: 'generalPreferences', resizePastePlace: true },
    });
    await ps.play(place(await token(ps, 128, 32)));
    expect(quad(ps).slice(0, 3)).toEqual([0, 16, 64]);
  });

  test('may have its middle in the selection’s', async () => {
    const ps = bench({ quirks: { placedAt: 'selection' } });
    ps.user.open(smallPlan({ selection: { kind: 'rectangle', bounds: { x: 4, y: 4, width: 10, height: 8 } } }));
    await ps.play(place(await token(ps, 6, 4)));
    expect(quad(ps).slice(0, 6)).toEqual([6, 6, 12, 6, 12, 10]);
  });

  test('begins on whole pixels, whatever its size', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    await ps.play(place(await token(ps, 21, 11)));
    expect(quad(ps).slice(0, 6)).toEqual([22, 19, 43, 19, 43, 30]);
    expect(active(ps).raster.data).toEqual(new Uint8Array(portrait(21, 11).data));
  });

  test('takes the document’s depth and mode', async () => {
    const ps = bench();
    ps.user.open(smallPlan({ depth: 16 }));
    await ps.play(place(await token(ps, 4, 4)));
    expect(active(ps).raster.data).toBeInstanceOf(Uint16Array);
    const cmyk = bench();
    cmyk.user.open(smallPlan({ mode: 'CMYK' }));
    await cmyk.play(place(await token(cmyk, 4, 4)));
    expect(active(cmyk).raster.channels).toBe(5);
  });

  test('resolves as an error for a token of another run, a file that is none, and where no layer can be', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const old = await token(ps, 4, 4);
    const next = bench({ disk: ps.disk });
    next.user.open(smallPlan());
    const answer = await next.play(place(old));
    expect(answer).toMatchObject({ _obj: 'error', result: -43 });
    expect(await ps.play(place('/Users/me/take.png'))).toMatchObject({ _obj: 'error', result: -43 });
    ps.disk.files.set('/plugin-temp/take.png', new Uint8Array(20));
    expect(await ps.play(place(old))).toMatchObject({ _obj: 'error', message: 'Photoshop Error. Code: -1. Message: Could not open…' });
    ps.user.open(smallPlan({ mode: 'Indexed', layers: [{ name: 'Background', pixels: portrait(64, 48), background: true }] }));
    expect(await ps.play(place(await token(ps, 4, 4)))).toMatchObject({ _obj: 'error', result: -25920 });
  });

  test('can be told to fail, as the field reports', async () => {
    const ps = bench({ quirks: { placing: 'fails' } });
    ps.user.open(smallPlan());
    expect(await ps.play(place(await token(ps, 4, 4)))).toEqual({
      _obj: 'error',
      message: 'Photoshop Error. Code: -32005. Message: Could not update smart object files ^0.',
      result: -32005,
    });
    expect(ps.inspect.history()).toEqual(['Open']);
  });
});

describe('moving and scaling', () => {
  const placed = async (): Promise<Bench> => {
    const ps = bench();
    ps.user.open(smallPlan({ ppi: 300 }));
    await ps.play(place(await token(ps, 20, 10, 300)));
    return ps;
  };
  const target = [{ _ref: 'layer', _enum: 'ordinal', _value: 'targetEnum' }];

  test('pixelsUnit are pixels, distanceUnit are points, fractions are rounded', async () => {
    const ps = await placed();
    const [left, top] = quad(ps);
    await ps.play({ _obj: 'move', _target: target, to: offset(3, -2) });
    expect(quad(ps).slice(0, 2)).toEqual([left + 3, top - 2]);
    await ps.play({ _obj: 'move', _target: target, to: offset(-567 / 100, 0, 'distanceUnit') });
    // −5.67 points at 300 ppi are −23.625 pixels.
    expect(quad(ps)[0]).toBe(left + 3 - 24);
    await ps.play({ _obj: 'transform', _target: target, offset: offset(0.4, 0.6) });
    expect(quad(ps).slice(0, 2)).toEqual([left - 21, top - 1]);
    await ps.modal(() => ps.app.activeDocument.activeLayers[0].translate(2.5, 0));
    expect(quad(ps)[0]).toBe(left - 18);
  });

  test('scale by percent is about the middle, and begins on whole pixels', async () => {
    const ps = await placed();
    await ps.play({
      _obj: 'transform',
      _target: target,
      width: { _unit: 'percentUnit', _value: 50 },
      height: { _unit: 'percentUnit', _value: 50 },
    });
    expect(quad(ps).slice(0, 6)).toEqual([27, 22, 37, 22, 37, 27]);
    await ps.play({ _obj: 'placedLayerResetTransforms', _target: target });
    expect(quad(ps)[2] - quad(ps)[0]).toBeCloseTo(20, 2);
  });

  test('rectangle to quadrilateral does nothing and says nothing', async () => {
    const ps = await placed();
    const before = ps.inspect.document().state;
    const answer = await ps.play({ _obj: 'transform', _target: target, rectangle: [0, 0, 1, 1], quadrilateral: [0, 0, 9, 0, 9, 9, 0, 9] });
    expect(answer._obj).toBe('transform');
    expect(ps.inspect.document().state).toBe(before);
  });

  test('replaced contents keep the place; rasterized ones are pixels; selected layers become a smart object', async () => {
    const ps = await placed();
    const [left] = quad(ps);
    await ps.play({ _obj: 'placedLayerReplaceContents', _target: target, null: { _path: await token(ps, 20, 10, 300), _kind: 'local' } });
    expect(quad(ps)[0]).toBe(left);
    expect(ps.inspect.history().at(-1)).toBe('Replace Contents');
    const shown = active(ps).raster;
    await ps.play({ _obj: 'rasterizePlaced', _target: target });
    expect(active(ps)).toMatchObject({ kind: 'pixel', smart: null, raster: shown });
    expect(await ps.play({ _obj: 'rasterizePlaced', _target: target })).toMatchObject({ _obj: 'error' });
    ps.user.selectLayers('portrait');
    await ps.play({ _obj: 'newPlacedLayer' });
    expect(active(ps)).toMatchObject({ kind: 'smartObject', name: 'portrait' });
    expect(active(ps).raster.data).toEqual(new Uint8Array(portrait().data));
    expect(await transformOf(ps)).toEqual([8, 5, 48, 5, 48, 35, 8, 35]);
  });

  test('a replacement of another size keeps scale and middle', async () => {
    const ps = await placed();
    await ps.play({
      _obj: 'transform',
      _target: target,
      width: { _unit: 'percentUnit', _value: 50 },
      height: { _unit: 'percentUnit', _value: 50 },
    });
    const [left, top, right, , , bottom] = quad(ps);
    await ps.play({ _obj: 'placedLayerReplaceContents', _target: target, null: { _path: await token(ps, 40, 20, 300), _kind: 'local' } });
    const after = quad(ps);
    expect([after[2] - after[0], after[5] - after[1]]).toEqual([20, 10]);
    expect(Math.abs(after[0] + after[2] - left - right)).toBeLessThanOrEqual(1);
    expect(Math.abs(after[1] + after[5] - top - bottom)).toBeLessThanOrEqual(1);
  });

  test('the Background and locked layers do not move', async () => {
    const ps = await placed();
    ps.user.selectLayers('Background');
    expect(await ps.play({ _obj: 'move', _target: target, to: offset(1, 1) })).toMatchObject({ _obj: 'error' });
    ps.user.setLocked('portrait', true);
    const layer = ps.app.activeDocument.layers.find(({ name }: Loose) => name === 'portrait');
    expect(await messageOf(() => ps.modal(() => layer.translate(1, 1)))).toContain('not currently available');
  });
});

test('a scratch document of 72 ppi and duplicateLayers carry a picture 1:1 into any document', async () => {
  const ps = bench();
  const target = ps.user.open(smallPlan({ ppi: 300, depth: 16 }));
  const path = await token(ps, 20, 10);
  await ps.modal(async () => {
    const scratch = await ps.app.createDocument({ width: 20, height: 10, resolution: 72, fill: 'transparent', mode: 'RGBColorMode' });
    await ps.action.batchPlay([place(path)], {});
    const document = ps.app.documents.find(({ id }: Loose) => id === target);
    const [copy] = await scratch.duplicateLayers([scratch.activeLayers[0]], document);
    scratch.closeWithoutSaving();
    ps.app.activeDocument = document;
    await copy.translate(8, 5);
  });
  expect(ps.inspect.documents).toHaveLength(1);
  expect(quad(ps)).toEqual([8, 5, 28, 5, 28, 15, 8, 15]);
  expect([...active(ps).raster.data].map((v: number) => Math.round((v * 255) / 32768))).toEqual([...portrait(20, 10).data]);
});
