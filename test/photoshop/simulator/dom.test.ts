/** The DOM, and behaviour 12 of the handbook's §14: what changes under a plug-in while its request runs. */
import { describe, expect, test } from 'vitest';
import { type Bench, bench, type Loose, messageOf, portrait, readLayer, smallPlan } from './support.ts';

const layerOf = (ps: Bench, name: string): Loose => ps.app.activeDocument.layers.getByName(name);

describe('documents', () => {
  test('tell mode, depth, profile and size; numbers are pixels', async () => {
    const ps = bench();
    expect(ps.app.activeDocument).toBeNull();
    ps.user.open(smallPlan({ mode: 'CMYK', depth: 16, ppi: 300 }));
    expect(ps.app.activeDocument).toMatchObject({
      title: 'small.psd',
      width: 64,
      height: 48,
      resolution: 300,
      mode: 'CMYKColorMode',
      bitsPerChannel: 'bitDepth16',
      colorProfileName: 'U.S. Web Coated (SWOP) v2',
      quickMaskMode: false,
      saved: true,
    });
    expect(ps.app.activeDocument.backgroundLayer.name).toBe('Background');
    ps.user.open(smallPlan({ profile: '' }));
    expect(ps.app.activeDocument).toMatchObject({ colorProfileName: 'None', colorProfileType: 'none' });
    expect(ps.app.documents.map(({ title }: Loose) => title)).toHaveLength(2);
    expect(ps.app.getColorProfiles()).toContain('sRGB IEC61966-2.1');
    expect(ps.app.getColorProfiles('Gray')).toContain('Gray Gamma 2.2');
    expect(ps.app.convertUnits(72, 'pt', 'px', 300)).toBe(300);
  });

  test('a duplicate is read in place of what imaging cannot read, and leaves the original untouched', async () => {
    const ps = bench();
    const id = ps.user.open(smallPlan({ mode: 'CMYK' }));
    const before = ps.inspect.document().state;
    const data = await ps.modal(async () => {
      const copy = await ps.app.activeDocument.duplicate('for reading', true);
      expect(ps.app.activeDocument.id).toBe(copy.id);
      await copy.changeMode('RGBColorMode');
      await copy.convertProfile('sRGB IEC61966-2.1');
      await copy.crop({ left: 8, top: 5, right: 18, bottom: 15 });
      const { imageData } = await ps.imaging.getPixels({ documentID: copy.id });
      const read = await imageData.getData();
      imageData.dispose();
      copy.closeWithoutSaving();
      return read;
    });
    expect(data).toHaveLength(10 * 10 * 3);
    expect(ps.app.activeDocument.id).toBe(id);
    expect(ps.inspect.document().state).toBe(before);
    ps.assertClean();
  });

  test('a profile of another mode, or of no name, is refused', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    for (const name of ['Gray Gamma 2.2', 'No such profile']) {
      expect(await messageOf(() => ps.modal(() => ps.app.activeDocument.convertProfile(name)))).toContain('not currently available');
    }
    await ps.modal(() => ps.app.activeDocument.convertProfile('Display P3'));
    expect(ps.app.activeDocument.colorProfileName).toBe('Display P3');
  });

  test('when one closes, the one that was in front before comes to the front', async () => {
    const ps = bench();
    const first = ps.user.open(smallPlan());
    ps.user.open(smallPlan({ title: 'second.psd' }));
    ps.user.switchTo(first);
    await ps.modal(async () => {
      const copy = await ps.app.activeDocument.duplicate();
      copy.closeWithoutSaving();
    });
    expect(ps.app.activeDocument.id).toBe(first);
    ps.user.close();
    expect(ps.app.activeDocument.title).toBe('second.psd');
    ps.user.close();
    expect(ps.app.activeDocument).toBeNull();
  });

  test('activeLayers can be set from 26.9 on', async () => {
    const set = (ps: Bench): Promise<string> =>
      messageOf(() =>
        ps.modal(() => {
          ps.app.activeDocument.activeLayers = [layerOf(ps, 'portrait')];
        }),
      );
    const now = bench();
    now.user.open(smallPlan());
    await set(now);
    expect(now.app.activeDocument.activeLayers.map(({ name }: Loose) => name)).toEqual(['portrait']);
    const older = bench({ version: '26.8.0' });
    older.user.open(smallPlan());
    expect(await set(older)).toContain('only a getter');
    await older.play({ _obj: 'select', _target: [{ _ref: 'layer', _name: 'portrait' }] });
    expect(older.app.activeDocument.activeLayers[0].name).toBe('portrait');
  });

  test('cropping moves layers and the selection, and trims the Background alone', async () => {
    const ps = bench();
    ps.user.open(smallPlan({ selection: { kind: 'rectangle', bounds: { x: 12, y: 9, width: 4, height: 4 } } }));
    await ps.modal(() => ps.app.activeDocument.crop({ left: 10, top: 8, right: 30, bottom: 28 }));
    expect(ps.app.activeDocument).toMatchObject({ width: 20, height: 20 });
    expect(ps.inspect.pixels('portrait').bounds).toEqual({ x: -2, y: -3, width: 40, height: 30 });
    expect(ps.inspect.pixels('Background').bounds).toEqual({ x: 0, y: 0, width: 20, height: 20 });
    expect(ps.app.activeDocument.selection.bounds).toMatchObject({ left: 2, top: 1 });
  });

  test('resizing scales layers, masks, selections and placed pictures', async () => {
    const ps = bench();
    ps.user.open(
      smallPlan({ selection: { kind: 'rectangle', bounds: { x: 8, y: 4, width: 8, height: 8 } } }, [
        { name: 'placed', kind: 'smart-object', pixels: portrait(20, 10), at: { x: 10, y: 6 } },
      ]),
    );
    await ps.modal(() => ps.app.activeDocument.resizeImage(128, 96));
    expect(ps.inspect.pixels('portrait').bounds).toEqual({ x: 16, y: 10, width: 80, height: 60 });
    expect(ps.inspect.layer('placed').smart?.quad.slice(0, 4)).toEqual([20, 12, 60, 12]);
    expect(ps.app.activeDocument.selection.bounds).toMatchObject({ left: 16, top: 8, right: 32, bottom: 24 });
  });
});

describe('layers', () => {
  test('have a tree, locks, kinds and the Background’s limits', async () => {
    const ps = bench();
    ps.user.open(
      smallPlan({}, [
        { name: 'group', children: [{ name: 'inner', pixels: portrait(4, 4), at: { x: 60, y: 46 } }] },
        { name: 'words', kind: 'text', pixels: portrait(4, 4), locked: true },
      ]),
    );
    const [group, words] = ps.app.activeDocument.layers;
    expect(group.kind).toBe(ps.constants.LayerKind.GROUP);
    expect(group.layers[0].parent.id).toBe(group.id);
    expect(group.parent).toBeNull();
    // Clipped to the canvas, whose corner the layer leaves.
    expect(group.layers[0].bounds).toMatchObject({ left: 60, top: 46, right: 64, bottom: 48 });
    expect(words).toMatchObject({ kind: 'text', locked: true, allLocked: true, layers: null });
    const background = layerOf(ps, 'Background');
    expect(background).toMatchObject({ isBackgroundLayer: true, locked: true });
    for (const change of [
      (one: Loose) => (one.blendMode = 'multiply'),
      (one: Loose) => (one.opacity = 50),
      (one: Loose) => (one.allLocked = false),
    ]) {
      expect(await messageOf(() => ps.modal(() => change(background)))).toContain('Code: -1');
    }
    expect(await messageOf(() => ps.modal(() => words.delete()))).toContain('not currently available');
  });

  test('artboards are listed, their layers as any others', () => {
    const ps = bench();
    ps.user.open(smallPlan({}, [{ name: 'screen', artboard: true, children: [{ name: 'inner', pixels: portrait(4, 4) }] }]));
    expect(ps.app.activeDocument.artboards.map(({ name }: Loose) => name)).toEqual(['screen']);
    expect(layerOf(ps, 'screen').layers[0].name).toBe('inner');
  });

  test('a layer is created above the active one, moved into a group and named; a group is made around layers', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    ps.user.selectLayers('portrait');
    await ps.modal(async () => {
      const document = ps.app.activeDocument;
      const layer = await document.createPixelLayer({ name: 'change', opacity: 80, color: 'violet' });
      const group = await document.createLayerGroup({ name: 'take', fromLayers: [layer] });
      const answer = await document.createPixelLayer({ name: 'answer' });
      answer.move(layer, ps.constants.ElementPlacement.PLACEAFTER);
      answer.visible = false;
      expect(group.layers.map(({ name }: Loose) => name)).toEqual(['change', 'answer']);
    });
    expect(ps.inspect.tree().map(({ name }) => name)).toEqual(['note', 'take', 'portrait', 'Background']);
    expect(ps.inspect.layer('change')).toMatchObject({ opacity: 80, color: 'violet' });
  });
});

describe('by version', () => {
  test('selections come with 25.0, imaging with 24.4', () => {
    const old = bench({ version: '24.3.0' });
    old.user.open(smallPlan());
    expect(old.imaging).toBeUndefined();
    expect(old.app.activeDocument.selection).toBeUndefined();
    const newer = bench({ version: '25.0.0' });
    newer.user.open(smallPlan());
    expect(newer.app.activeDocument.selection.bounds).toBeNull();
  });
});

test('pasting needs something that was copied', async () => {
  const ps = bench();
  ps.user.open(smallPlan());
  const paste = (): Promise<Loose> => ps.modal(() => ps.app.activeDocument.paste());
  expect(await messageOf(paste)).toBe('Photoshop Error. Code: -32005. Message: Could not import the clipboard ^0.');
  await ps.modal(() => layerOf(ps, 'portrait').copy());
  ps.user.open(smallPlan({ depth: 16 }));
  await paste();
  expect(ps.inspect.pixels('Layer 1').bounds).toEqual({ x: 12, y: 9, width: 40, height: 30 });
});

describe('while a request runs', () => {
  test('another document may come to the front, and ids still reach the first', async () => {
    const ps = bench();
    const first = ps.user.open(smallPlan());
    const layerID = ps.inspect.layer('portrait').id;
    ps.user.open(smallPlan({ title: 'other.psd' }));
    expect(ps.app.activeDocument.title).toBe('other.psd');
    expect((await readLayer(ps, { documentID: first, layerID })).told.width).toBe(40);
    expect(await messageOf(() => readLayer(ps, { layerID }))).toContain('Could not find the layer');
  });

  test('documents are closed, layers deleted, flattened, converted, resized: objects that were kept notice', async () => {
    const ps = bench();
    const id = ps.user.open(smallPlan());
    const document = ps.app.activeDocument;
    const layer = layerOf(ps, 'portrait');
    ps.user.deleteLayers('portrait');
    expect(() => layer.name).toThrow('is not currently available');
    expect(await messageOf(() => readLayer(ps, { documentID: id, layerID: layer.id }))).toContain('Could not find the layer');
    ps.user.undo();
    expect(layer.name).toBe('portrait');
    ps.user.convert({ mode: 'Lab', depth: 16 });
    ps.user.resize(32, 24, 150);
    expect(document).toMatchObject({ mode: 'labColorMode', bitsPerChannel: 'bitDepth16', width: 32, resolution: 150 });
    ps.user.flatten();
    expect(document.layers).toHaveLength(1);
    ps.user.setQuickMask(true);
    expect(document.quickMaskMode).toBe(true);
    ps.user.close(id);
    expect(() => document.title).toThrow('is not currently available');
    expect(await messageOf(() => readLayer(ps, { documentID: id }))).toContain('Could not find the document');
  });
});

describe('selections', () => {
  test('are frozen in a channel and loaded again, and may leave the canvas', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    ps.user.select({
      kind: 'polygon',
      points: [
        { x: -5, y: 4 },
        { x: 20, y: 4 },
        { x: 20, y: 30 },
      ],
    });
    expect(ps.app.activeDocument.selection).toMatchObject({ solid: false, bounds: { left: -5, top: 4, right: 20 } });
    const kept = ps.inspect.document().state.selection;
    await ps.modal(() => ps.app.activeDocument.selection.save('Retake'));
    ps.user.select({ kind: 'rectangle', bounds: { x: 1, y: 1, width: 3, height: 3 } });
    expect(ps.app.activeDocument.selection.solid).toBe(true);
    await ps.modal(async () => {
      const [channel] = ps.app.activeDocument.channels;
      await ps.app.activeDocument.selection.load(channel);
      await channel.remove();
    });
    expect(ps.inspect.document().state).toMatchObject({ selection: kept, channels: [] });
    ps.user.invertSelection();
    expect(ps.app.activeDocument.selection.bounds).toMatchObject({ left: 0, top: 0, right: 64, bottom: 48 });
    ps.user.select({ kind: 'rectangle', bounds: { x: 9, y: 9, width: 1, height: 1 } });
    expect(ps.app.activeDocument.selection.bounds).toMatchObject({ left: 9, right: 10 });
    await ps.modal(() => ps.app.activeDocument.selection.deselect());
    expect(ps.app.activeDocument.selection.bounds).toBeNull();
  });
});
