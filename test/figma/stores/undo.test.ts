/** What the user's undo does to a history that lies in the file: never more than the user sees, and never for good. */
import { beforeEach, describe, expect, it } from 'vitest';
import { neverAborted } from '../../../shared/core/abort.ts';
import { keepTake } from '../../../shared/core/history/keepTake.ts';
import { readHistory } from '../../../shared/core/history/readHistory.ts';
import { noPictures, type Take } from '../../../shared/core/history/take.ts';
import type { DocumentStore } from '../../../shared/core/ports.ts';
import { createNodeCodec } from '../../../standalone/command/nodeCodec.ts';
import { patternPixels } from '../../contracts/memoryHost.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { makeTake } from '../../history/makeTake.ts';
import { createFigmaFile, type FigmaFile } from '../simulator/index.ts';
import { type Runtime, startPlugin } from './runtime.ts';

const png = valueIn(await createNodeCodec().encode(patternPixels(40, 30), { type: 'image/png' }, neverAborted));

let file: FigmaFile;
let plugin: Runtime;
let store: DocumentStore;
beforeEach(() => {
  file = createFigmaFile();
  plugin = startPlugin(file.user);
  store = plugin.store();
});

const stateIn = async (from: DocumentStore, id: string): Promise<Take['state'] | null> => {
  const { history, notes } = valueIn(await readHistory(from));
  expect(notes).toEqual([]);
  return history.takes.get(id)?.state ?? null;
};
const colleague = (): DocumentStore => startPlugin(file.join('bob')).store('bob');

/** A run as `editLayer` keeps it, with a layer as a step of the plug-in places it. */
async function runOnce(id: string): Promise<{ readonly layer: string; readonly answer: string }> {
  const asked: Take = { ...makeTake(id, { state: 'pending', placed: null }), provenance: null };
  valueIn(await keepTake(store, asked));
  const hash = valueIn(await store.blobs.write(png));
  const answer = { hash, type: 'image/png' as const, width: 40, height: 30, byteLength: png.length };
  const answered: Take = { ...asked, state: 'answered', pictures: { ...noPictures, answer } };
  valueIn(await keepTake(store, answered));
  plugin.undoEdge.closeNow();
  const layer = plugin.figma.createRectangle();
  plugin.undoEdge.closeSoon();
  valueIn(await keepTake(store, { ...answered, state: 'done', placed: { layer: layer.id, bounds: asked.source.bounds } }));
  plugin.time.pass(500);
  return { layer: layer.id, answer: hash };
}

describe('an undo after a run', () => {
  it('takes the layer away at once, and leaves the paid answer in the file', async () => {
    const { layer, answer } = await runOnce('one');
    expect(file.user.undoSteps().uncommitted).toEqual([]);
    expect(file.user.undo()).toBe(true);
    expect(file.exists(layer)).toBe(false);
    const other = colleague();
    expect(await stateIn(other, 'one')).toBe('answered');
    expect(valueIn(await other.blobs.read(answer))).toEqual(png);
    // Here it is known that it was placed: its layer is what is missing.
    expect(await stateIn(store, 'one')).toBe('done');
  });

  it('that ended the plug-in at once takes nothing of the user’s next edit along', async () => {
    plugin.undoEdge.closeNow();
    const layer = plugin.figma.createRectangle().id;
    plugin.undoEdge.closeSoon();
    valueIn(await keepTake(store, makeTake('one')));
    file.user.plugin.close();
    file.user.move(layer, 50, 0);
    file.user.undo();
    expect(file.exists(layer)).toBe(true);
    file.user.undo();
    expect(file.exists(layer)).toBe(false);
    expect(valueIn(await colleague().keys())).toEqual([]);
  });

  it('can be redone, because nobody has written in between', async () => {
    const { layer } = await runOnce('one');
    file.user.undo();
    file.user.undo();
    expect(await stateIn(store, 'one')).toBe('done');
    valueIn(await store.blobs.list());
    expect(file.user.redo()).toBe(true);
    expect(file.user.redo()).toBe(true);
    expect(file.exists(layer)).toBe(true);
    expect(await stateIn(colleague(), 'one')).toBe('done');
  });

  it('of everything loses nothing that this sitting wrote: it comes back with the next write, its picture too', async () => {
    const { answer } = await runOnce('one');
    valueIn(await keepTake(store, makeTake('long', { said: [{ kind: 'text', text: 'ä'.repeat(120_000) }] })));
    while (file.user.undo());
    expect(valueIn(await colleague().keys())).toEqual([]);
    // Nothing of ours is left in the file, and yet nothing is forgotten.
    expect(file.figma.root.children.flatMap((page) => page.children.map(({ name }) => name))).toEqual([]);
    expect(await stateIn(store, 'one')).toBe('done');
    valueIn(await keepTake(store, makeTake('two')));
    const other = colleague();
    for (const id of ['one', 'two', 'long']) expect(await stateIn(other, id)).toBe('done');
    expect(valueIn(await other.blobs.read(answer))).toEqual(png);
    // And its picture lies on a node again, so that Figma keeps it.
    file.reopen();
    expect(valueIn(await startPlugin(file.user).store().blobs.read(answer))).toEqual(png);
  });

  it('brings the earlier form of an entry back, and the later one is still the one that counts', async () => {
    valueIn(await keepTake(store, makeTake('one', { state: 'pending', placed: null })));
    plugin.figma.commitUndo();
    valueIn(await keepTake(store, makeTake('one')));
    file.user.undo();
    expect(await stateIn(colleague(), 'one')).toBe('pending');
    expect(await stateIn(store, 'one')).toBe('done');
    valueIn(await keepTake(store, makeTake('two')));
    expect(await stateIn(colleague(), 'one')).toBe('done');
  });

  it('of a removal only makes the entry be there again', async () => {
    const other = startPlugin(file.join('bob'));
    valueIn(await other.store().write('aside/one', Uint8Array.of(1)));
    valueIn(await store.remove('aside/one'));
    expect(valueIn(await colleague().keys())).toEqual([]);
    file.user.undo();
    expect(valueIn(await colleague().keys())).toEqual(['aside/one']);
    valueIn(await keepTake(store, makeTake('one')));
    expect(valueIn(await colleague().keys())).toEqual(['take/one']);
  });

  it('does not bring back what a colleague has removed meanwhile', async () => {
    const { answer } = await runOnce('one');
    const bob = startPlugin(file.join('bob')).store();
    valueIn(await bob.blobs.remove(answer));
    valueIn(await store.blobs.list());
    while (file.user.undo());
    valueIn(await keepTake(store, makeTake('two')));
    expect(await stateIn(colleague(), 'one')).toBe('done');
    expect(valueIn(await colleague().blobs.list())).toEqual([]);
    expect(JSON.stringify(file.tree())).not.toContain('imageHash');
  });

  it('tells the panel, which reads again', async () => {
    const figmaStore = plugin.store();
    valueIn(await keepTake(figmaStore, makeTake('one')));
    let told = 0;
    figmaStore.onOthers(() => told++);
    file.user.undo();
    valueIn(await figmaStore.lookAgain());
    expect(told).toBe(1);
  });
});

describe('an edit of the user’s own while the model works', () => {
  it('is a step of its own, which the run’s undo leaves alone', async () => {
    const mine = file.build((figma) => figma.createRectangle().id);
    valueIn(await keepTake(store, { ...makeTake('one', { state: 'pending', placed: null }), provenance: null }));
    file.user.move(mine, 100, 0);
    const { layer } = await runOnce('one');
    file.user.undo();
    expect(file.exists(layer)).toBe(false);
    expect(file.tree(mine).props.relativeTransform).toMatchObject([
      [1, 0, 100],
      [0, 1, 0],
    ]);
  });
});

describe('a frame that is deleted by hand', () => {
  it('takes that machine’s history along; what this sitting wrote comes back with its next write', async () => {
    const { answer } = await runOnce('one');
    const bob = startPlugin(file.join('bob'));
    valueIn(await keepTake(bob.store(), makeTake('of bob')));
    const frame = file.figma.currentPage.children.find((node) => node.getSharedPluginData('retake', 'shelf') === file.user.name);
    expect(frame?.name).toBe('Retake history');
    file.user.remove(frame?.id ?? '');
    valueIn(await keepTake(store, makeTake('two')));
    const other = colleague();
    for (const id of ['one', 'two', 'of bob']) expect(await stateIn(other, id)).toBe('done');
    expect(valueIn(await other.blobs.read(answer))).toEqual(png);
  });
});
