/** Two people in one file: neither erases what the other wrote, whatever Figma does with changes of one node, and whoever undoes. */
import { beforeEach, describe, expect, it } from 'vitest';
import { keepBookmark, keepMarks, keepTake } from '../../../shared/core/history/keepTake.ts';
import { readHistory } from '../../../shared/core/history/readHistory.ts';
import { changedBookmark, changedMarks } from '../../../shared/core/history/tree.ts';
import { toUtf8 } from '../../../shared/core/text.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { makeTake } from '../../history/makeTake.ts';
import { createFigmaFile, type FigmaFile, type SimPerson } from '../simulator/index.ts';
import { historyIn, ourTexts, type Runtime, setOurText, startPlugin } from './runtime.ts';

let file: FigmaFile;
let ann: Runtime;
let bob: Runtime;
beforeEach(() => {
  file = createFigmaFile();
  ann = startPlugin(file.join('ann'));
  bob = startPlugin(file.join('bob'));
});

/** All nodes that a person has made or changed. */
const touchedBy = (person: SimPerson): readonly string[] => {
  const { steps, uncommitted } = person.undoSteps();
  return [...steps.flat(), ...uncommitted];
};

describe('two people in one file', () => {
  it('keep their takes, marks and bookmarks beside one another', async () => {
    const [a, b] = [ann.store(), bob.store()];
    await Promise.all([
      ...Array.from({ length: 8 }, (_, i) => keepTake(a, makeTake(`ann-${i}`, { order: i }))),
      ...Array.from({ length: 8 }, (_, i) => keepTake(b, makeTake(`bob-${i}`, { order: i }))),
    ]);
    const history = await historyIn(a);
    expect(history.takes.size).toBe(16);
    await Promise.all([
      keepMarks(a, changedMarks(history, 'ann-1', { isFavourite: true }, 'ann')),
      keepMarks(b, changedMarks(history, 'ann-2', { note: 'too red' }, 'bob')),
      keepBookmark(a, changedBookmark(history, 'final', 'ann-1', 'ann')),
      keepBookmark(b, changedBookmark(history, 'other', 'bob-1', 'bob')),
    ]);
    for (const store of [a, b, ann.store(), bob.store()]) {
      const seen = await historyIn(store);
      expect([...seen.takes.keys()].sort()).toEqual([...history.takes.keys()].sort());
      expect(seen.marks.get('ann-1')?.isFavourite).toBe(true);
      expect(seen.marks.get('ann-2')?.note).toBe('too red');
      expect([...seen.bookmarks.keys()].sort()).toEqual(['final', 'other']);
    }
  });

  it('write the same take at the same moment, and the one that is further counts for both', async () => {
    const [a, b] = [ann.store(), bob.store()];
    valueIn(await keepTake(a, makeTake('one', { state: 'pending', placed: null })));
    await historyIn(b);
    const failed = makeTake('one', { state: 'failed', placed: null });
    // Both have read the pending one; whichever message arrives last, the placed take is not lost.
    await Promise.all([keepTake(a, makeTake('one')), keepTake(b, failed)]);
    for (const store of [a, b, ann.store()]) expect((await historyIn(store)).takes.get('one')?.state).toBe('done');
    // And the other way round.
    await Promise.all([keepTake(b, makeTake('two')), keepTake(a, makeTake('two', { state: 'failed', placed: null }))]);
    for (const store of [a, b, bob.store()]) expect((await historyIn(store)).takes.get('two')?.state).toBe('done');
  });

  it('never write to a node of the other’s', async () => {
    const [a, b] = [ann.store(), bob.store()];
    for (const store of [a, b, a, b]) {
      valueIn(await keepTake(store, makeTake('shared')));
      const { history } = valueIn(await readHistory(store));
      valueIn(await keepMarks(store, changedMarks(history, 'shared', { note: `${history.marks.size}` }, 'w')));
      valueIn(await store.blobs.write(toUtf8('the same picture')));
      valueIn(await store.write('aside/one', toUtf8('damaged')));
      valueIn(await store.remove('aside/one'));
    }
    // The page is marked by both, under a key of each.
    const [byAnn, byBob] = [ann, bob].map(({ person }) => new Set(touchedBy(person)));
    expect(byAnn.size).toBeGreaterThan(3);
    expect([...byAnn].filter((id) => byBob.has(id))).toEqual(['0:1']);
    expect(valueIn(await ann.store().keys()).filter((key) => key.startsWith('aside/'))).toEqual([]);
  });

  it('lose nothing when Figma takes all plug-in data of a node from whoever was offline', async () => {
    const [a, b] = [ann.store(), bob.store()];
    valueIn(await keepTake(a, makeTake('before')));
    valueIn(await keepTake(b, makeTake('also-before')));
    const before = ourTexts(file);
    valueIn(await keepTake(a, makeTake('meanwhile')));
    // Bob comes back: of each node that he changed, his copy of the data is what counts.
    for (const { node, key } of ourTexts(file)) if (touchedBy(bob.person).includes(node)) setOurText(file, node, key, '');
    for (const { node, key, text } of before) if (touchedBy(bob.person).includes(node)) setOurText(file, node, key, text);
    valueIn(await keepTake(b, makeTake('after')));
    for (const store of [a, b, ann.store(), bob.store()])
      expect([...(await historyIn(store)).takes.keys()].sort()).toEqual(['after', 'also-before', 'before', 'meanwhile']);
  });

  it('undo what they like, and take nothing of the other’s along', async () => {
    const [a, b] = [ann.store(), bob.store()];
    valueIn(await keepTake(a, makeTake('ann')));
    valueIn(await keepTake(b, makeTake('bob')));
    while (ann.person.undo());
    expect([...(await historyIn(bob.store())).takes.keys()]).toEqual(['bob']);
    valueIn(await keepTake(a, makeTake('ann-again')));
    for (const store of [a, b, bob.store()]) expect([...(await historyIn(store)).takes.keys()].sort()).toEqual(['ann', 'ann-again', 'bob']);
  });

  it('keep one picture each where both have it, and free both', async () => {
    const [a, b] = [ann.store(), bob.store()];
    const bytes = toUtf8('x'.repeat(10_000));
    const [hash] = (await Promise.all([a.blobs.write(bytes), b.blobs.write(bytes)])).map(valueIn);
    for (const store of [a, b]) expect(valueIn(await store.blobs.list())).toEqual([{ hash, byteLength: 10_000 }]);
    valueIn(await a.blobs.remove(hash));
    for (const store of [a, b, bob.store()]) {
      expect(valueIn(await store.blobs.list())).toEqual([]);
      expect(valueIn(await store.blobs.read(hash))).toBe(null);
    }
    // Written again, it is there again.
    valueIn(await b.blobs.write(bytes));
    expect(valueIn(await ann.store().blobs.read(hash))).toEqual(bytes);
  });

  it('are told of what the other writes, and not of their own', async () => {
    const [a, b] = [ann.store(), bob.store()];
    valueIn(await b.lookAgain());
    let told = 0;
    b.onOthers(() => told++);
    valueIn(await keepTake(b, makeTake('bob')));
    valueIn(await b.lookAgain());
    expect(told).toBe(0);
    valueIn(await keepTake(a, makeTake('ann')));
    valueIn(await b.lookAgain());
    expect(told).toBe(1);
    valueIn(await b.lookAgain());
    expect(told).toBe(1);
  });

  it('may sit at two machines as one person, or in two windows of one', async () => {
    const window = startPlugin(file.join('ann in a second window'));
    const [a, b] = [ann.store(), window.store('ann')];
    await Promise.all(Array.from({ length: 6 }, (_, i) => keepTake(i % 2 ? a : b, makeTake(`take-${i}`, { order: i }))));
    for (const store of [a, b, bob.store()]) expect((await historyIn(store)).takes.size).toBe(6);
  });
});
