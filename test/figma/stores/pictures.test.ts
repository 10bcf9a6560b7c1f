/** Where pictures and other bytes lie in a Figma file: what is shown of them (nothing), what holds them, and what frees them. */
import { beforeEach, describe, expect, it } from 'vitest';
import { sceneCalls } from '../../../figma-plugin/sandbox/scene/sceneCalls.ts';
import { createUndoEdge } from '../../../figma-plugin/sandbox/undoEdge.ts';
import { neverAborted } from '../../../shared/core/abort.ts';
import { sha256Hex } from '../../../shared/core/hash.ts';
import { keepTake } from '../../../shared/core/history/keepTake.ts';
import type { PictureType } from '../../../shared/core/ports.ts';
import { toUtf8 } from '../../../shared/core/text.ts';
import { createNodeCodec } from '../../../standalone/command/nodeCodec.ts';
import { patternPixels, plainPixels } from '../../contracts/memoryHost.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { makeTake } from '../../history/makeTake.ts';
import { createFigmaFile, type FigmaFile, type TreeNode } from '../simulator/index.ts';
import { ourTexts, type Runtime, startPlugin } from './runtime.ts';

const encoded = async (width: number, height: number, type: PictureType): Promise<Uint8Array> =>
  valueIn(
    await createNodeCodec().encode(
      width > 1000 ? plainPixels(width, height, [9, 90, 200, 255]) : patternPixels(width, height),
      { type },
      neverAborted,
    ),
  );
const png = await encoded(40, 30, 'image/png');

let file: FigmaFile;
let plugin: Runtime;
beforeEach(() => {
  file = createFigmaFile();
  plugin = startPlugin(file.user);
});

/** How a blob is kept. */
function formOf(hash: string): { readonly as: string; readonly hash: string } {
  const found = ourTexts(file).find(({ key }) => key.startsWith(`b/${hash}`));
  return found?.text.startsWith('{') ? JSON.parse(found.text) : { as: 'text', hash: '' };
}

const frame = (): TreeNode | undefined => file.tree('0:1').children.find(({ name }) => name === 'Retake history');
const picturesIn = (node: TreeNode): readonly TreeNode[] => [
  ...(Array.isArray(node.props.fills) && node.props.fills.length > 0 ? [node] : []),
  ...node.children.flatMap(picturesIn),
];

describe('bytes of every kind are kept', () => {
  const gif = Uint8Array.from([
    ...toUtf8('GIF89a'),
    1,
    0,
    1,
    0,
    0x80,
    0,
    0,
    0,
    0,
    0,
    255,
    255,
    255,
    0x2c,
    0,
    0,
    0,
    0,
    1,
    0,
    1,
    0,
    0,
    2,
    2,
    0x44,
    1,
    0,
    0x3b,
  ]);
  it.each([
    ['a PNG', async () => png, 'picture'],
    ['a JPEG', () => encoded(64, 64, 'image/jpeg'), 'picture'],
    ['a GIF', async () => gif, 'picture'],
    ['a PNG of 1 × 1', () => encoded(1, 1, 'image/png'), 'picture'],
    ['a picture of 4096 pixels a side', () => encoded(4096, 8, 'image/png'), 'picture'],
    ['an answer above 4096 pixels', () => encoded(5056, 3392, 'image/png'), 'carrier'],
    ['a WebP', () => encoded(300, 300, 'image/webp'), 'carrier'],
    ['a long turn', async () => toUtf8(JSON.stringify({ parts: 'ü'.repeat(60_000) })), 'carrier'],
    ['a short turn', async () => toUtf8('{"parts":[]}'), 'text'],
    ['nothing', async () => new Uint8Array(0), 'text'],
    ['the beginning of a PNG alone', async () => png.subarray(0, 20), 'text'],
    [
      'a large file that only begins like a JPEG',
      async () => new Uint8Array(9000).fill(7).map((byte, i) => [0xff, 0xd8, 0xff][i] ?? byte),
      'carrier',
    ],
  ] as const)('%s', async (_, make, as) => {
    const bytes = await make();
    const hash = valueIn(await plugin.store().blobs.write(bytes));
    expect(formOf(hash).as).toBe(as);
    const again = startPlugin(file.join('bob')).store();
    expect(valueIn(await again.blobs.list())).toEqual([{ hash, byteLength: bytes.length }]);
    expect(sha256Hex(valueIn(await again.blobs.read(hash)) ?? '')).toBe(hash);
    // Whatever Figma forgets of a file that is closed, this it does not.
    file.reopen();
    expect(sha256Hex(valueIn(await startPlugin(file.user).store().blobs.read(hash)) ?? '')).toBe(hash);
    if (as === 'picture') expect(Buffer.compare(file.imageBytes(formOf(hash).hash) ?? png.subarray(0, 0), bytes)).toBe(0);
  });
});

describe('what holds them', () => {
  it('is one hidden, locked frame at the bottom of the page, never selected, read or listed', async () => {
    const mine = file.build((figma) => figma.createRectangle().id);
    file.user.select(mine);
    const store = plugin.store();
    for (let i = 1; i < 4; i++) valueIn(await store.blobs.write(await encoded(i, 1, 'image/png')));
    valueIn(await keepTake(store, makeTake('one')));
    expect(file.user.selected()).toEqual([mine]);
    const [first, ...others] = file.tree('0:1').children;
    expect(first).toMatchObject({ name: 'Retake history', type: 'FRAME', props: { visible: false, locked: true } });
    expect(others.map(({ id }) => id)).toEqual([mine]);
    expect(file.figma.root.children.length).toBe(1);
    const pictures = picturesIn(first);
    expect(pictures.length).toBe(3);
    for (const { props } of pictures) expect(props).toMatchObject({ visible: false, locked: true });
    for (const of of [null, [mine]]) {
      const { answer } = await sceneCalls(plugin.figma, () => {}, createUndoEdge(plugin.figma)).scene(
        { of, container: null },
        neverAborted,
      );
      expect(valueIn(answer).listed.map(({ id }) => id)).toEqual([mine]);
    }
  });

  it('stays where the machine first used Retake, and no other page is loaded for it', async () => {
    const pages = file.build((figma) => [1, 2].map(() => figma.createPage().id));
    valueIn(await plugin.store().write('take/one', Uint8Array.of(1)));
    file.reopen();
    file.user.goTo(pages[1]);
    const later = startPlugin(file.user);
    const store = later.store();
    expect(valueIn(await store.keys())).toEqual(['take/one']);
    valueIn(await store.write('take/two', Uint8Array.of(2)));
    const hash = valueIn(await store.blobs.write(png));
    expect(picturesIn(file.tree('0:1')).length).toBe(1);
    expect(file.tree(pages[1]).children).toEqual([]);
    const untouched = later.figma.root.children.find(({ id }) => id === pages[0]);
    expect(() => untouched?.children).toThrow('has not been explicitly loaded');
    valueIn(await store.blobs.remove(hash));
    expect(picturesIn(file.tree('0:1'))).toEqual([]);
  });

  it('goes with a picture that is removed, and with nothing else', async () => {
    const store = plugin.store();
    const [one, two] = [valueIn(await store.blobs.write(png)), valueIn(await store.blobs.write(await encoded(8, 8, 'image/png')))];
    const kept = formOf(one);
    valueIn(await store.blobs.remove(one));
    expect(picturesIn(frame() as TreeNode).length).toBe(1);
    file.reopen();
    expect(file.imageBytes(kept.hash)).toBe(null);
    const later = startPlugin(file.user).store();
    expect(valueIn(await later.blobs.list()).map(({ hash }) => hash)).toEqual([two]);
    expect(valueIn(await later.blobs.read(one))).toBe(null);
  });

  it('is found again where a user has put it into a group or a section', async () => {
    const hash = valueIn(await plugin.store().blobs.write(png));
    file.build((figma) => {
      const section = figma.createSection();
      section.appendChild(figma.currentPage.children.find(({ name }) => name === 'Retake history') as FrameNode);
    });
    const store = startPlugin(file.join('bob')).store();
    expect(valueIn(await store.blobs.read(hash))).toEqual(png);
  });
});

describe('a picture that does not come', () => {
  it('is null where the file knows nothing of it any more, and written anew when it is there again', async () => {
    const hash = valueIn(await plugin.store().blobs.write(png));
    file.loseImage(formOf(hash).hash, 'unknown');
    const store = startPlugin(file.join('bob')).store();
    expect(valueIn(await store.blobs.read(hash))).toBe(null);
    valueIn(await store.blobs.write(png));
    expect(valueIn(await startPlugin(file.join('cy')).store().blobs.read(hash))).toEqual(png);
  });

  it('is a failure where the file knows it and cannot fetch it', async () => {
    const hash = valueIn(await plugin.store().blobs.write(png));
    file.loseImage(formOf(hash).hash, 'unreadable');
    expect(await plugin.store().blobs.read(hash)).toMatchObject({
      ok: false,
      error: { kind: 'host', operation: 'Reading the file’s history' },
    });
  });

  it('is corrupt where it is another one, and mended by writing it again', async () => {
    const store = plugin.store();
    const [hash, other] = [valueIn(await store.blobs.write(png)), valueIn(await store.blobs.write(await encoded(8, 8, 'image/png')))];
    const { node, key, text } = ourTexts(file).find((each) => each.key.startsWith(`b/${hash}`)) ?? { node: '', key: '', text: '' };
    file.build((figma) =>
      figma.root.findOne(({ id }) => id === node)?.setSharedPluginData('retake', key, text.replace(formOf(hash).hash, formOf(other).hash)),
    );
    const bob = startPlugin(file.join('bob')).store();
    expect(await bob.blobs.read(hash)).toMatchObject({ ok: false, error: { kind: 'corrupt' } });
    valueIn(await bob.blobs.write(png));
    expect(valueIn(await startPlugin(file.join('cy')).store().blobs.read(hash))).toEqual(png);
  });
});

describe('a list', () => {
  it('asks for no picture, however many there are', async () => {
    const store = plugin.store();
    for (let i = 1; i < 12; i++) valueIn(await store.blobs.write(await encoded(i, 2, 'image/png')));
    const before = plugin.sent.length;
    const later = plugin.store();
    expect(valueIn(await later.blobs.list()).length).toBe(11);
    expect(plugin.sent.slice(before)).toEqual(['readTexts']);
  });
});
