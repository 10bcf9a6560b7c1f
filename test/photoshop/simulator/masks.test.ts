/** Behaviour 9 of the handbook's §14: masks and selections as pixels. */
import { describe, expect, test } from 'vitest';
import { type Plane, planeAt } from './raster.ts';
import { type Bench, bench, code1, idOf, type Loose, messageOf, portrait, put, rgba, smallPlan } from './support.ts';

const buffer = (ps: Bench, data: unknown, options: object): Promise<Loose> => ps.imaging.createImageDataFromBuffer(data, options);

describe('masks and selections', () => {
  const gray = (ps: Bench, data: Uint8Array | Uint16Array, width: number): Promise<Loose> =>
    buffer(ps, data, { width, height: data.length / width, components: 1, colorSpace: 'Grayscale', colorProfile: 'Gray Gamma 2.2' });

  test('putLayerMask makes an editable user mask of one grey component; getLayerMask reads it in the document’s depth', async () => {
    const ps = bench();
    ps.user.open(smallPlan({ depth: 16 }));
    await put(ps, 'putLayerMask', await gray(ps, Uint8Array.of(0, 128, 255, 255), 2), {
      layerID: idOf(ps, 'portrait'),
      targetBounds: { left: 9, top: 7 },
    });
    expect(ps.inspect.mask('portrait')).toMatchObject({ bounds: { x: 9, y: 7, width: 2, height: 2 }, outside: 0 });
    await ps.modal(async () => {
      const { imageData, sourceBounds } = await ps.imaging.getLayerMask({ layerID: idOf(ps, 'portrait') });
      expect(sourceBounds).toEqual({ left: 9, top: 7, right: 11, bottom: 9 });
      expect([...(await imageData.getData())]).toEqual([0, 16448, 32768, 32768]);
      imageData.dispose();
    });
    const eight = bench({ quirks: { maskDepth: 'eight' } });
    eight.user.open(smallPlan({ depth: 16, selection: { kind: 'rectangle', bounds: { x: 1, y: 1, width: 2, height: 2 } } }));
    await eight.modal(async () => {
      const { imageData } = await eight.imaging.getSelection({});
      expect([...(await imageData.getData())]).toEqual([255, 255, 255, 255]);
      imageData.dispose();
    });
    ps.assertClean();
  });

  test('refuse vector masks, colour, the Background and what is not there', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    expect(
      await messageOf(async () =>
        put(ps, 'putLayerMask', await buffer(ps, new Uint8Array(4), rgba(1, 1)), { layerID: idOf(ps, 'portrait') }),
      ),
    ).toContain('one grayscale component');
    const one = (): Promise<Loose> => gray(ps, new Uint8Array(1), 1);
    expect(await messageOf(async () => put(ps, 'putLayerMask', await one(), { layerID: idOf(ps, 'portrait'), kind: 'vector' }))).toContain(
      code1,
    );
    expect(await messageOf(async () => put(ps, 'putLayerMask', await one(), { layerID: idOf(ps, 'Background') }))).toContain(code1);
    expect(await messageOf(() => ps.modal(() => ps.imaging.getLayerMask({ layerID: idOf(ps, 'portrait') })))).toContain(code1);
    expect(await messageOf(() => ps.modal(() => ps.imaging.getSelection({})))).toContain(code1);
  });

  test('a feathered selection of any shape is read and put back', async () => {
    const ps = bench();
    ps.user.open(smallPlan({ selection: { kind: 'ellipse', bounds: { x: 10, y: 8, width: 20, height: 16 }, featherPx: 2 } }));
    const read = await ps.modal(async () => {
      const { imageData, sourceBounds } = await ps.imaging.getSelection({});
      const data = await imageData.getData();
      imageData.dispose();
      return { data, sourceBounds };
    });
    expect(new Set(read.data).size).toBeGreaterThan(10);
    expect(Math.max(...read.data)).toBe(255);
    const before = ps.inspect.document().state.selection;
    ps.user.select(null);
    expect(ps.app.activeDocument.selection.bounds).toBeNull();
    const { left, top, right } = read.sourceBounds;
    await put(ps, 'putSelection', await gray(ps, read.data, right - left), { targetBounds: { left, top } });
    await ps.modal(async () => {
      const { imageData } = await ps.imaging.getSelection({});
      expect(await imageData.getData()).toEqual(read.data);
      imageData.dispose();
    });
    expect(before).not.toBeNull();
  });

  test('feather makes a soft edge about the shape’s own, reaching beyond it', () => {
    const ps = bench();
    ps.user.open(smallPlan({ selection: { kind: 'rectangle', bounds: { x: 20, y: 16, width: 24, height: 16 }, featherPx: 4 } }));
    const row = Array.from({ length: 20 }, (_, i) => planeAt(ps.inspect.document().state.selection as Plane, 11 + i, 24));
    expect(row[0]).toBe(0);
    for (let i = 1; i < row.length; i++) expect(row[i]).toBeGreaterThanOrEqual(row[i - 1]);
    // The middle between the last pixel outside and the first inside.
    expect(Math.abs((row[8] + row[9]) / 2 - 127)).toBeLessThan(6);
    expect(row.filter((v) => v > 0 && v < 255).length).toBeGreaterThanOrEqual(12);
  });

  test('a linked mask moves with its layer; its density and switch show, and are kept in the file', async () => {
    const ps = bench();
    const bounds = { x: 8, y: 5, width: 40, height: 30 };
    ps.user.open(
      smallPlan({ layers: [{ name: 'masked', pixels: portrait(), at: bounds, mask: { bounds, data: new Uint8ClampedArray(1200) } }] }),
    );
    const set = (to: object): Promise<Loose> =>
      ps.play({ _obj: 'set', _target: [{ _ref: 'layer', _enum: 'ordinal', _value: 'targetEnum' }], to: { _obj: 'layer', ...to } });
    const alpha = (): number => ps.inspect.composite().data[(10 * 64 + 20) * 4 + 3];
    expect(alpha()).toBe(0);
    await set({ userMaskDensity: { _unit: 'percentUnit', _value: 40 } });
    expect(alpha()).toBe(153);
    await set({ userMaskEnabled: false });
    expect(alpha()).toBe(255);
    ps.user.moveLayer('masked', { x: 2, y: 1 });
    expect(ps.inspect.mask('masked')?.bounds).toEqual({ ...bounds, x: 10, y: 6 });
    await set({ userMaskLinked: false });
    ps.user.moveLayer('masked', { x: 5, y: 5 });
    expect(ps.inspect.mask('masked')?.bounds).toEqual({ ...bounds, x: 10, y: 6 });
    await ps.user.saveAs('/Users/me/masked.psd');
    const next = bench({ disk: ps.disk });
    await next.user.openFile('/Users/me/masked.psd');
    expect(next.inspect.layer('masked').mask).toMatchObject({ enabled: false, linked: false });
  });

  test('make from the selection makes a mask and deselects', async () => {
    const ps = bench();
    ps.user.open(smallPlan({ selection: { kind: 'rectangle', bounds: { x: 12, y: 9, width: 6, height: 5 } } }));
    ps.user.selectLayers('portrait');
    const make = {
      _obj: 'make',
      new: { _class: 'channel' },
      at: { _ref: 'channel', _enum: 'channel', _value: 'mask' },
      using: { _enum: 'userMaskEnabled', _value: 'revealSelection' },
    };
    expect((await ps.play(make))._obj).toBe('make');
    expect(ps.inspect.mask('portrait')?.bounds).toEqual({ x: 12, y: 9, width: 6, height: 5 });
    expect(ps.app.activeDocument.selection.bounds).toBeNull();
    expect(await ps.play(make)).toMatchObject({ _obj: 'error', result: -25920 });
  });
});
