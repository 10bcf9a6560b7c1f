/** Opening a file: how many messages it takes, older and newer forms, files that cannot be written or hold no more. */
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { carrierOf } from '../../../figma-plugin/ui/store/carrierPng.ts';
import { createFigmaSettings } from '../../../figma-plugin/ui/store/figmaSettings.ts';
import { explain } from '../../../shared/core/failure.ts';
import { absorbHistory } from '../../../shared/core/history/absorbHistory.ts';
import { keepMarks, keepTake } from '../../../shared/core/history/keepTake.ts';
import { readHistory, setAside } from '../../../shared/core/history/readHistory.ts';
import { encodeTake } from '../../../shared/core/history/savedEntries.ts';
import { changedMarks } from '../../../shared/core/history/tree.ts';
import { createMemoryStore } from '../../../shared/core/memoryStore.ts';
import { fromUtf8, toUtf8 } from '../../../shared/core/text.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { makeTake } from '../../history/makeTake.ts';
import { createFigmaFile, type FigmaFile, type TreeNode } from '../simulator/index.ts';
import { ourTexts, type Runtime, setOurText, startPlugin } from './runtime.ts';

let file: FigmaFile;
let plugin: Runtime;
beforeEach(() => {
  file = createFigmaFile();
  plugin = startPlugin(file.user);
});

describe('opening a file with thousands of takes', () => {
  it('takes a few messages, and one more for each change', async () => {
    const most = 2500;
    valueIn(await keepTake(plugin.store(), makeTake('take-0')));
    const shelf = ourTexts(file).find(({ key }) => key.startsWith('e/')) ?? { node: '', key: '' };
    file.build((figma) => {
      const node = figma.root.findOne(({ id }) => id === shelf.node);
      for (let i = 1; i < most; i++)
        node?.setSharedPluginData(
          'retake',
          `e/take/take-${i}~${i + 1}.old-sitting`,
          `t${fromUtf8(encodeTake(makeTake(`take-${i}`, { order: i + 1 })))}`,
        );
    });
    const later = startPlugin(file.join('bob'));
    const store = later.store();
    const { history } = valueIn(await readHistory(store));
    expect(history.takes.size).toBe(most);
    // The keys, and five hundred entries at a time.
    expect(later.sent.length).toBeLessThanOrEqual(1 + most / 500);

    const opened = later.sent.length;
    valueIn(await keepMarks(store, changedMarks(history, 'take-7', { isFavourite: true }, 'bob')));
    // Two looks and the write.
    expect(later.sent.length - opened).toBeLessThanOrEqual(3);
    // Read again, nothing is fetched again.
    const written = later.sent.length;
    const again = valueIn(await readHistory(store)).history;
    expect(again.marks.size).toBe(1);
    expect(later.sent.length - written).toBeLessThanOrEqual(2 + most / 500);
  }, 300_000);
});

describe('what earlier versions kept', () => {
  it.each(['v1', 'v2'])('is read from a file: %s', async (version) => {
    const saved = readFileSync(`test/fixtures/history/${version}.json`, 'utf8');
    const before = createMemoryStore();
    if (version === 'v1') valueIn(await before.write('history', toUtf8(saved)));
    else
      for (const [key, text] of Object.entries(JSON.parse(saved) as Record<string, string>)) valueIn(await before.write(key, toUtf8(text)));
    const known = valueIn(await readHistory(before));
    expect(known.history.takes.size).toBeGreaterThan(0);
    valueIn(await absorbHistory(plugin.store(), before));
    if (version === 'v1') valueIn(await plugin.store().write('history', toUtf8(saved)));
    const { history, notes } = valueIn(await readHistory(startPlugin(file.join('bob')).store()));
    expect(history).toEqual(known.history);
    expect(notes).toEqual(known.notes);
  });

  it('of a newer version stays where it is, untouched and told of', async () => {
    const newer = toUtf8('{"schema":3,"hash":"x"}\n{"new":true}');
    const store = plugin.store();
    valueIn(await store.write('take/new', newer));
    const bob = startPlugin(file.join('bob')).store();
    const { history, notes } = valueIn(await readHistory(bob));
    expect(history.takes.size).toBe(0);
    expect(notes.join()).toContain('newer version');
    // An older version that knows nothing of it does not win, whoever writes last.
    valueIn(await keepTake(bob, makeTake('new')));
    valueIn(await bob.write('take/new', encodeTake(makeTake('new'))));
    expect(valueIn(await startPlugin(file.join('cy')).store().read('take/new'))).toEqual(newer);
  });

  it('and was damaged is set aside, and costs nothing but itself', async () => {
    const store = plugin.store();
    for (const id of ['one', 'two']) valueIn(await keepTake(store, makeTake(id)));
    const { node, key } = ourTexts(file).find((each) => each.key.startsWith('e/take/one')) ?? { node: '', key: '' };
    setOurText(file, node, key, 'what another plug-in left here');
    const bob = startPlugin(file.join('bob')).store();
    const { history, notes, damaged } = valueIn(await readHistory(bob));
    expect([...history.takes.keys()]).toEqual(['two']);
    expect(notes.join()).toContain('set aside');
    valueIn(await setAside(bob, damaged));
    const cy = startPlugin(file.join('cy')).store();
    expect(valueIn(await readHistory(cy)).damaged).toEqual([]);
    const [aside] = valueIn(await cy.keys()).filter((each) => each.startsWith('aside/'));
    expect(fromUtf8(valueIn(await cy.read(aside)) ?? new Uint8Array(0))).toBe('what another plug-in left here');
  });

  it('is not mistaken in what others keep in the same names', async () => {
    file.build((figma) => {
      const node = figma.createRectangle();
      node.setSharedPluginData('retake', 'shelf', 'not ours');
      for (const key of ['gen', 'e/', 'e/take/x', 'x/e/take/one~1.a-b', 'b/zz.1~1.a-b', 'e/take/one~1.a-b#0'])
        node.setSharedPluginData('retake', key, '[1');
    });
    const store = plugin.store();
    expect(valueIn(await store.keys())).toEqual([]);
    valueIn(await keepTake(store, makeTake('one')));
    expect(valueIn(await readHistory(startPlugin(file.join('bob')).store())).history.takes.size).toBe(1);
    expect(valueIn(await store.blobs.list())).toEqual([]);
  });
});

/** Vitest compares arrays of this length element by element. */
const isSame = (a: Uint8Array | null, b: Uint8Array): boolean => a !== null && Buffer.compare(a, b) === 0;

describe('a long entry', () => {
  const [old, fresh] = ['ä'.repeat(150_000), '🦊'.repeat(90_000)].map(toUtf8);
  /** Figma raises at the n-th text that is set while the fresh entry is written, and `after` it where `isOver`. */
  async function failingAt(n: number, isOver: boolean) {
    const each = createFigmaFile();
    let [isWriting, set] = [false, 0];
    const store = startPlugin(each.user, {
      beforeCall(method) {
        if (!isWriting || method !== 'setSharedPluginData') return;
        set++;
        if (isOver ? set >= n : set === n) throw new Error('in setSharedPluginData: The file is full.');
      },
    }).store();
    valueIn(await store.write('take/one', old));
    isWriting = true;
    const written = await store.write('take/one', fresh);
    isWriting = false;
    return { file: each, store, written, hasFailed: set >= n };
  }

  it('leaves nothing of itself where Figma takes only a part of it', async () => {
    let n = 1;
    for (let goesOn = true; goesOn; n++) {
      const { file: each, store, written, hasFailed } = await failingAt(n, false);
      goesOn = hasFailed;
      if (!hasFailed) {
        expect(written.ok).toBe(true);
        continue;
      }
      expect(written).toMatchObject({ ok: false, error: { kind: 'store-full' } });
      expect(isSame(valueIn(await store.read('take/one')), old)).toBe(true);
      expect(ourTexts(each).filter(({ key }) => key.includes('#')).length).toBe(Math.ceil(old.length / 98_900));
      // And it can be written later.
      valueIn(await store.write('take/one', fresh));
      expect(isSame(valueIn(await startPlugin(each.join('bob')).store().read('take/one')), fresh)).toBe(true);
    }
    expect(n).toBeGreaterThan(6);
  });

  it('is the old one or the new one, whatever the last thing is that Figma took', async () => {
    let n = 1;
    for (let goesOn = true; goesOn; n++) {
      const { file: each, hasFailed } = await failingAt(n, true);
      goesOn = hasFailed;
      const read = valueIn(await startPlugin(each.join('bob')).store().read('take/one'));
      expect(isSame(read, old) || isSame(read, fresh)).toBe(true);
    }
    expect(n).toBeGreaterThan(6);
  });

  it('leaves no part behind when a later one is written', async () => {
    const store = plugin.store();
    valueIn(await store.write('take/one', old));
    valueIn(await store.write('take/one', fresh));
    expect(ourTexts(file).filter(({ key }) => key.includes('#')).length).toBe(Math.ceil(fresh.length / 98_900));
    valueIn(await store.remove('take/one'));
    expect(ourTexts(file).filter(({ key }) => key.startsWith('e/'))).toEqual([]);
  });
});

describe('a page that is copied into another file', () => {
  it('brings its history, and what is removed there is no other node', async () => {
    const store = plugin.store();
    const picture = carrierOf(toUtf8('a picture'));
    const hash = valueIn(await store.blobs.write(picture));
    valueIn(await keepTake(store, makeTake('one')));

    const other = createFigmaFile();
    other.addImage(picture);
    other.build((figma) => copyOf(figma, file.tree('0:1').children[0], figma.currentPage));
    // Other nodes have got the identifiers that those had.
    const mine = new Set(other.build((figma) => Array.from({ length: 12 }, () => figma.createRectangle().id)));
    const copied = startPlugin(other.user).store();
    expect(valueIn(await readHistory(copied)).history.takes.size).toBe(1);
    expect(valueIn(await copied.blobs.read(hash))).toEqual(picture);
    valueIn(await copied.blobs.remove(hash));
    expect(valueIn(await copied.blobs.list())).toEqual([]);
    for (const id of mine) expect(other.exists(id)).toBe(true);
    other.reopen();
    expect(
      other.user.edit((figma) => figma.root.findAll((node) => node.type === 'RECTANGLE' && JSON.stringify(node.fills).includes('IMAGE'))),
    ).toEqual([]);
  });
});

/** By hand: another file has no way to a node of this one. */
function copyOf(figma: PluginAPI, { type, name, props, data, children }: TreeNode, into: ChildrenMixin): void {
  const node = type === 'FRAME' ? figma.createFrame() : figma.createRectangle();
  node.name = name;
  node.fills = props.fills as Paint[];
  for (const [key, text] of Object.entries(data)) node.setSharedPluginData('retake', key.replace('shared/retake/', ''), text);
  into.appendChild(node);
  if ('children' in node) for (const child of children) copyOf(figma, child, node);
}

describe('a file that cannot be written', () => {
  it('is read, and says so when it is written to', async () => {
    const view = createFigmaFile({ access: 'view' });
    const store = startPlugin(view.user).store();
    expect(valueIn(await readHistory(store)).history.takes.size).toBe(0);
    const kept = await keepTake(store, makeTake('one'));
    expect(kept).toMatchObject({ ok: false, error: { kind: 'host', operation: 'Writing the history into the file' } });
    expect((await store.blobs.write(new Uint8Array(9000))).ok).toBe(false);
    expect(view.tree().children[0].children).toEqual([]);
  });
});

describe('settings on the machine', () => {
  const settings = () => createFigmaSettings(plugin.line);

  it('are kept by key, for this person alone', async () => {
    valueIn(await settings().set('gemini.key', 'AIzaSecret'));
    valueIn(await settings().set('panel.size', '320x560'));
    expect(valueIn(await settings().get('gemini.key'))).toBe('AIzaSecret');
    valueIn(await settings().remove('gemini.key'));
    valueIn(await settings().remove('gemini.key'));
    expect(valueIn(await settings().get('gemini.key'))).toBe(null);
    const bob = createFigmaSettings(startPlugin(file.join('bob')).line);
    expect(valueIn(await bob.get('panel.size'))).toBe(null);
  });

  it('never come into the file', async () => {
    valueIn(await settings().set('gemini.key', 'AIzaSecret'));
    valueIn(await keepTake(plugin.store(), makeTake('one')));
    expect(JSON.stringify(file.tree())).not.toContain('AIzaSecret');
  });

  it('say in a sentence when there is no room left, and keep what was there', async () => {
    valueIn(await settings().set('recents', 'a'));
    const full = await settings().set('recents', 'x'.repeat(6_000_000));
    expect(full.ok).toBe(false);
    if (!full.ok) expect(explain(full.error).sentence).toContain('5 MB');
    expect(valueIn(await settings().get('recents'))).toBe('a');
  });

  it('are null where another version kept something else under the name', async () => {
    await plugin.figma.clientStorage.setAsync('retake.panel.size', { width: 3 });
    expect(valueIn(await settings().get('panel.size'))).toBe(null);
  });
});
