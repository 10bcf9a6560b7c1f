/** Documents as PSD files: read by others, and opened again with all that a plug-in left in them. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { createPortableCodec } from '../../../shared/codecs/portableCodec.ts';
import { neverAborted } from '../../../shared/core/abort.ts';
import type { Mask } from '../../../shared/core/pixels.ts';
import { openDocument } from '../../../standalone/documents/openDocument.ts';
import { patternPixels } from '../../contracts/memoryHost.ts';
import { richPsd } from '../../documents/buildPsd.ts';
import { hasImageMagick, hasPsdTools, imageMagick, inFile, psdTools } from '../../documents/otherReaders.ts';
import { valueIn } from '../../documents/valueIn.ts';
import type { PhotoshopPlan } from './index.ts';
import { type Bench, bench, type Loose, portrait, smallPlan } from './support.ts';

const ramp: Mask = { bounds: { x: 10, y: 6, width: 30, height: 20 }, data: new Uint8ClampedArray(600).map((_, i) => (i % 30) * 8) };
const story = JSON.stringify({ take: 't1', words: 'Entferne den Hut 🎩' });

const plan = (rest: Partial<PhotoshopPlan> = {}): PhotoshopPlan =>
  smallPlan({ ppi: 300, xmp: '<x:xmpmeta xmlns:x="adobe:ns:meta/"><!-- retake --></x:xmpmeta>', ...rest }, [
    {
      name: 'remove the hat 場面',
      children: [
        {
          name: 'change',
          pixels: portrait(),
          at: { x: 8, y: 5 },
          mask: ramp,
          blendMode: 'multiply',
          opacity: 0.5,
          generatorSettings: { retake: story },
        },
        { name: 'answer', kind: 'smart-object', pixels: portrait(20, 10), at: { x: -3, y: 40 }, visible: false },
      ],
    },
  ]);

async function saved(rest: Partial<PhotoshopPlan>): Promise<{ ps: Bench; bytes: Uint8Array }> {
  const ps = bench();
  ps.user.open(plan(rest));
  await ps.user.saveAs('/Users/me/Pictures/edit.psd');
  return { ps, bytes: ps.disk.files.get('/Users/me/Pictures/edit.psd') as Uint8Array };
}

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a saved document', () => {
  test.skipIf(!hasPsdTools)('is read by psd-tools: layers, groups, masks, generator settings, XMP', async () => {
    const { ps, bytes } = await saved({});
    const read = psdTools(bytes);
    expect(read).toMatchObject({ size: [64, 48], depth: 8 });
    expect(read.resources).toContain(1060);
    const [background, , , group] = read.layers;
    expect(background).toMatchObject({ name: 'Background', size: [64, 48] });
    expect(group).toMatchObject({ name: 'remove the hat 場面', kind: 'group' });
    const change = group.children?.find(({ name }) => name === 'change');
    expect(change).toMatchObject({ blend: 'mul ', opacity: 128, story, mask: { bbox: [10, 6, 40, 26], outside: 0 } });
    expect(change?.maskHash).toBe(hash(ps.inspect.mask('change')?.data as Uint8Array));
    expect(change?.pixels).toBe(hash(ps.inspect.pixels('change').data as Uint8Array));
    expect(group.children?.find(({ name }) => name === 'answer')).toMatchObject({ kind: 'smartobject', visible: false, offset: [-3, 40] });
  });

  test.skipIf(!hasPsdTools)('has 16 bits where the document has', async () => {
    const { bytes } = await saved({ depth: 16 });
    const read = psdTools(bytes);
    expect(read.depth).toBe(16);
    expect(read.layers.map(({ name }) => name)).toEqual(['Background', 'portrait', 'note', 'remove the hat 場面']);
    const inside = read.layers[3].children?.find(({ name }) => name === 'change');
    expect(inside).toMatchObject({ story, mask: { bbox: [10, 6, 40, 26] }, offset: [8, 5], size: [40, 30] });
  });

  test.skipIf(!hasImageMagick).each([8, 16] as const)(
    'is read by ImageMagick at %i bits, its merged picture to the number',
    async (depth) => {
      const { ps, bytes } = await saved({ depth });
      expect(imageMagick(bytes)[0]).toBe('64x48+0+0');
      const args = (path: string): string[] => [`${path}[0]`, '+profile', '*', '-depth', String(depth), '-endian', 'LSB', 'rgb:-'];
      const raw = inFile(bytes, 'psd', (path) => execFileSync('convert', args(path), { stdio: ['ignore', 'pipe', 'pipe'] }));
      const values = depth === 8 ? new Uint8Array(raw) : new Uint16Array(new Uint8Array(raw).buffer);
      const { data } = ps.inspect.composite();
      const expected = Array.from({ length: 64 * 48 * 3 }, (_, i) => data[Math.floor(i / 3) * 4 + (i % 3)]).map((v) =>
        depth === 8 ? v : Math.round((v * 65535) / 32768),
      );
      expect(Array.from(values)).toEqual(expected);
    },
  );

  test.skipIf(!hasImageMagick)('has the layers’ own 16 bits, as ImageMagick reads them', async () => {
    const { ps, bytes } = await saved({ depth: 16 });
    const args = (path: string): string[] => [`${path}[2]`, '+profile', '*', '-depth', '16', '-endian', 'LSB', 'rgb:-'];
    const raw = inFile(bytes, 'psd', (path) => execFileSync('convert', args(path), { stdio: ['ignore', 'pipe', 'pipe'] }));
    const { data } = ps.inspect.pixels('portrait');
    const expected = Array.from({ length: (data.length / 4) * 3 }, (_, i) =>
      Math.round((data[Math.floor(i / 3) * 4 + (i % 3)] * 65535) / 32768),
    );
    expect(Array.from(new Uint16Array(new Uint8Array(raw).buffer))).toEqual(expected);
  });

  test.each([8, 16] as const)('is read by Retake’s own reader of files at %i bits, the stories on its layers among it', async (depth) => {
    const { bytes } = await saved({ depth });
    const host = valueIn(await openDocument(bytes, 'edit.psd', createPortableCodec(), neverAborted));
    const layers = valueIn(await host.layers());
    expect(layers.map(({ name }) => name)).toEqual(['remove the hat 場面', 'change', 'answer', 'note', 'portrait', 'Background']);
    const { ref } = layers[1];
    expect(valueIn(await host.readStory(ref))).toBe(story);
    const portraitRef = layers[4].ref;
    const { pixels } = valueIn(await host.readPixels({ of: portraitRef, bounds: { x: 8, y: 5, width: 40, height: 30 } }, neverAborted));
    expect(pixels.data).toEqual(portrait().data);
  });

  test('a file that another program wrote opens: layers, groups, masks, blend modes', async () => {
    const ps = bench();
    ps.disk.files.set('/Users/me/Pictures/rich.psd', richPsd());
    await ps.user.openFile('/Users/me/Pictures/rich.psd');
    const flat = (nodes: ReturnType<typeof ps.inspect.tree>): string[] =>
      nodes.flatMap((node) => [node.name, ...flat(node.children ?? [])]);
    expect(flat(ps.inspect.tree())).toEqual(['hidden note', 'Szene 場面', 'shade', 'portrait', 'props', 'glow 🌟', 'half', 'ground']);
    expect(ps.inspect.layer('shade')).toMatchObject({ blendMode: 'multiply', clipping: true });
    expect(ps.inspect.mask('portrait')).toMatchObject({ bounds: { x: 10, y: 6, width: 37, height: 30 }, outside: 255 });
    expect(ps.inspect.pixels('half').data).toEqual(new Uint8Array(patternPixels(30, 25, 5).data));
    expect(ps.app.activeDocument.resolution).toBe(300);
  });

  test.each([8, 16] as const)('opens again at %i bits as it was: pixels, masks, ids, provenance, XMP, placed files', async (depth) => {
    const { ps } = await saved({ depth });
    const before = ps.inspect.document().state;
    const next = bench({ disk: ps.disk, keys: ps.keys });
    await next.user.openFile('/Users/me/Pictures/edit.psd');
    const after = next.inspect.document();
    expect(after.xmp).toContain('retake');
    expect(next.inspect.tree()).toEqual(ps.inspect.tree());
    expect(after.state.layers).toEqual(before.layers.map((layer) => expect.objectContaining({ id: layer.id, name: layer.name })));
    for (const name of ['change', 'portrait', 'Background', 'answer']) expect(next.inspect.pixels(name)).toEqual(ps.inspect.pixels(name));
    expect(next.inspect.mask('change')?.data).toEqual(ps.inspect.mask('change')?.data);
    expect(next.inspect.layer('change').generatorSettings.get('retake')).toBe(story);
    expect(next.inspect.layer('answer').smart?.quad).toEqual(ps.inspect.layer('answer').smart?.quad);
    expect(after.state).toMatchObject({ resolution: 300, depth, profile: 'sRGB IEC61966-2.1' });
    const layer = await next.modal(() => next.app.activeDocument.createPixelLayer());
    expect(before.layers.map(({ id }) => id)).not.toContain(layer.id);
  });

  test('artboards, locks, labels and fills stay', async () => {
    const ps = bench();
    ps.user.open(
      smallPlan({}, [
        { name: 'screen', artboard: true, children: [{ name: 'inner', pixels: portrait(4, 4), fillOpacity: 0.5 }] },
        { name: 'words', pixels: portrait(4, 4), locked: true, clipping: true },
      ]),
    );
    await ps.user.saveAs('/Users/me/Pictures/screens.psd');
    const before = ps.inspect.document().state.layers;
    const next = bench({ disk: ps.disk });
    await next.user.openFile('/Users/me/Pictures/screens.psd');
    const after = next.inspect.document().state.layers;
    const told = (layers: typeof before): object[] =>
      layers.map(({ raster, children, ...rest }) => ({ ...rest, inside: told(children ?? []) }));
    expect(told(after)).toEqual(told(before));
    if (hasPsdTools)
      expect(psdTools(ps.disk.files.get('/Users/me/Pictures/screens.psd') as Uint8Array).layers.at(-1)?.kind).toBe('artboard');
  });

  test('provenance goes along with Save As and with a copy of the layer in another document', async () => {
    const ps = bench();
    const first = ps.user.open(plan());
    await ps.user.saveAs('/Users/me/Pictures/other.psd');
    expect(ps.app.activeDocument.title).toBe('other.psd');
    const second = ps.user.open(smallPlan({ title: 'target.psd', depth: 16 }));
    ps.user.switchTo(first);
    ps.user.duplicateLayer('change', second);
    expect(ps.inspect.layer('change', second).generatorSettings.get('retake')).toBe(story);
    ps.user.switchTo(second);
    const [answer] = await ps.action.batchPlay(
      [
        {
          _obj: 'get',
          _target: [
            { _property: 'generatorSettings' },
            { _ref: 'layer', _id: ps.inspect.layer('change').id },
            { _ref: 'document', _id: second },
          ],
          property: 'retake',
        },
      ],
      {},
    );
    expect(answer.generatorSettings.json).toBe(story);
  });
});

test('the DOM saves through an entry of the plug-in, and says when the disk is full', async () => {
  const ps = bench();
  ps.user.open(plan());
  const { localFileSystem } = ps.uxp.storage;
  const folder = await localFileSystem.getDataFolder();
  const file = await folder.createFile('copy.psd');
  await ps.modal(() => ps.app.activeDocument.saveAs.psd(file, {}, true));
  expect(ps.app.activeDocument.title).toBe('small.psd');
  const reopened = await ps.modal(async () => (await ps.app.open(file)).layers.map(({ name }: Loose) => name));
  expect(reopened[0]).toBe('remove the hat 場面');
  ps.disk.freeBytes = 100;
  const again = await folder.createFile('full.psd');
  await expect(ps.modal(() => ps.app.activeDocument.saveAs.psd(again))).rejects.toThrow('disk is full');
  await expect(ps.modal(() => ps.app.open(again))).rejects.toThrow('Photoshop Error. Code: -1. Message: Could not open…');
});

test('saves what shows as PNG, with 16 bits where the document has them', async () => {
  for (const depth of [8, 16] as const) {
    const ps = bench();
    ps.user.open(plan({ depth }));
    const file = await (await ps.uxp.storage.localFileSystem.getTemporaryFolder()).createFile('shown.png');
    await ps.modal(() => ps.app.activeDocument.saveAs.png(file, {}, true));
    const png = decode(ps.disk.files.get('/plugin-temp/shown.png') as Uint8Array);
    expect(png).toMatchObject({ width: 64, height: 48, depth, channels: 4 });
    const { data } = ps.inspect.composite();
    expect(Array.from(png.data)).toEqual(Array.from(data, (v) => (depth === 8 ? v : Math.round((v * 65535) / 32768))));
  }
});
