/** What is kept of a history, and what becomes of it when it is damaged, old, new, huge or cut off. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256Hex } from '../../shared/core/hash.ts';
import { keepBookmark, keepMarks, keepTake } from '../../shared/core/history/keepTake.ts';
import { mergeHistories } from '../../shared/core/history/mergeHistories.ts';
import { readHistory, setAside } from '../../shared/core/history/readHistory.ts';
import { decodeTake, encodeTake } from '../../shared/core/history/savedEntries.ts';
import { tellStory, understandStory } from '../../shared/core/history/story.ts';
import type { Bookmark, History, Take, TakeMarks, TakeState } from '../../shared/core/history/take.ts';
import { branchesOf, changedMarks, nextOrder, pathTo, takesInOrder, withMarks, withTake } from '../../shared/core/history/tree.ts';
import { createMemoryStore } from '../../shared/core/memoryStore.ts';
import type { DocumentStore } from '../../shared/core/ports.ts';
import { toUtf8 } from '../../shared/core/text.ts';
import { valueIn } from '../documents/valueIn.ts';
import { hashOf, historyOf, makeTake, pictureRef } from './makeTake.ts';

const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../fixtures/history/${name}`, import.meta.url)));
const read = async (store: DocumentStore) => valueIn(await readHistory(store));

async function storeOf(...takes: readonly Take[]): Promise<{ store: DocumentStore; entries: Map<string, Uint8Array> }> {
  const entries = new Map<string, Uint8Array>();
  const store = createMemoryStore(entries);
  for (const take of takes) valueIn(await keepTake(store, take));
  return { store, entries };
}

describe('a history that is kept', () => {
  test('comes back as it was, every field of it', async () => {
    const take = makeTake('one', {
      region: { x: 1, y: 2, width: 3, height: 4 },
      said: [
        { kind: 'text', text: 'Straße ✓ 🦊\n"quoted"' },
        { kind: 'picture', hash: hashOf(9) },
      ],
      pictures: {
        answer: pictureRef(9),
        composed: pictureRef(8, 'layer'),
        mask: pictureRef(7, 'layer'),
        thumbnail: pictureRef(6, 'image/jpeg'),
      },
      turn: hashOf(5),
      findings: {
        mode: 'delta',
        registration: { accepted: true, confidence: 0.93, residualPx: 0.31, reason: null },
        tone: { applied: true, maxShift: 7.5 },
        change: { fraction: 0.124, bounds: { x: 5, y: 6, width: 7, height: 8 } },
        changedPixelsOutside: 0,
        laid: { tone: 'keep', keep: 'nothing' },
      },
      scores: [{ name: 'kept', value: null, evidence: 'not scored' }],
      failure: { kind: 'host', title: 'No', sentence: 'It said no.' },
    });
    const { store } = await storeOf(take, makeTake('two', { parent: 'one', order: 2, provenance: null, usage: null, placed: null }));
    const marks: TakeMarks = {
      ...changedMarks(historyOf(), 'one', { name: 'the coat', note: 'a\nb', isFavourite: true, verdict: 'kept', layers: ['layer-9'] }, 'w'),
    };
    const bookmark: Bookmark = { name: 'client / final ✓', take: 'one', revision: 3, writer: 'w' };
    valueIn(await keepMarks(store, marks));
    valueIn(await keepBookmark(store, bookmark));
    const { history, notes, damaged } = await read(store);
    expect(history.takes.get('one')).toEqual(take);
    expect(history.marks.get('one')).toEqual(marks);
    expect(history.bookmarks.get(bookmark.name)).toEqual(bookmark);
    expect([notes, damaged]).toEqual([[], []]);
  });

  test('of version 1 is read, and is left for older versions to go on with', async () => {
    const entries = new Map([['history', fixture('v1.json')]]);
    const store = createMemoryStore(entries);
    const { history, notes } = await read(store);
    expect(notes).toEqual([]);
    expect(takesInOrder(history).map(({ id, parent, order, state, instruction }) => ({ id, parent, order, state, instruction }))).toEqual([
      { id: 'a1f0', parent: null, order: 1, state: 'done', instruction: 'make the jacket red' },
      { id: 'b2e9', parent: 'a1f0', order: 2, state: 'done', instruction: 'now yellow' },
    ]);
    expect(history.takes.get('a1f0')).toMatchObject({
      said: [{ kind: 'text', text: 'The jacket is red now.' }],
      placed: { layer: 'layer-2' },
      costUsd: 0.0364,
    });
    valueIn(await keepTake(store, makeTake('c', { parent: 'b2e9', order: nextOrder(history) })));
    expect(pathTo((await read(store)).history, 'c').map(({ id }) => id)).toEqual(['a1f0', 'b2e9', 'c']);
    expect(entries.get('history')).toEqual(fixture('v1.json'));
  });

  test('of version 2 is read as it was written by the first program that knew it', async () => {
    const saved = JSON.parse(new TextDecoder().decode(fixture('v2.json'))) as Record<string, string>;
    const { history, notes } = await read(createMemoryStore(new Map(Object.entries(saved).map(([key, text]) => [key, toUtf8(text)]))));
    expect(notes).toEqual([]);
    expect(takesInOrder(history).map(({ id }) => id)).toEqual(['one', 'two']);
    expect(history.marks.get('two')?.verdict).toBe('discarded');
    expect(history.bookmarks.get('final')?.take).toBe('one');
  });

  test('without a word on how it was laid, as takes were written at first, has its findings', async () => {
    const findings = {
      mode: 'whole',
      registration: { accepted: false, confidence: 0, residualPx: null, reason: 'another scene' },
      tone: { applied: false, maxShift: 0 },
      change: { fraction: 1, bounds: null },
      changedPixelsOutside: 0,
    };
    const store = createMemoryStore(new Map([['take/one', sealedTake({ ...makeTake('one'), findings })]]));
    expect((await read(store)).history.takes.get('one')?.findings).toEqual({ ...findings, laid: null });
  });

  test('without a word on its prompt, as takes were written at first, has the one that its answer names', async () => {
    const { prompt, ...answered } = makeTake('one');
    const { prompt: _, ...asked } = makeTake('two', { order: 2, state: 'pending', provenance: null, placed: null });
    const entries = new Map([
      ['take/one', sealedTake(answered)],
      ['take/two', sealedTake(asked)],
    ]);
    const { history } = await read(createMemoryStore(entries));
    expect([...history.takes.values()].map((take) => take.prompt)).toEqual([prompt, null]);
  });

  test('never goes back: a pending take written late does not undo an ended one', async () => {
    const { store } = await storeOf(makeTake('one'));
    expect(valueIn(await keepTake(store, makeTake('one', { state: 'pending', placed: null }))).state).toBe('done');
    expect((await read(store)).history.takes.get('one')?.state).toBe('done');
  });

  test.each([100_000, 4_000, 300])('in a store of %i bytes an entry, a long take is split and nothing is lost', async (entryLimitBytes) => {
    const entries = new Map<string, Uint8Array>();
    const store = createMemoryStore(entries, new Map(), { entryLimitBytes, blobLimitBytes: 1e9 });
    const long = (word: string) =>
      makeTake('one', { instruction: word.repeat(20_000), said: [{ kind: 'text', text: '🦊'.repeat(30_000) }] });
    valueIn(await keepTake(store, { ...long('x'), state: 'pending' }));
    valueIn(await keepTake(store, long('y')));
    expect((await read(store)).history.takes.get('one')).toEqual(long('y'));
    for (const [key, bytes] of entries) expect(bytes.length, key).toBeLessThanOrEqual(entryLimitBytes);
    // The parts of the version before are gone.
    const short = createMemoryStore(new Map(), new Map(), { entryLimitBytes, blobLimitBytes: 1e9 });
    valueIn(await keepTake(short, long('y')));
    expect([...entries.keys()].sort()).toEqual([...valueIn(await short.keys())].sort());
  });
});

/** With the right hash over whatever is given. */
function sealedTake(take: unknown): Uint8Array {
  const body = JSON.stringify(take);
  return toUtf8(`${JSON.stringify({ schema: 2, hash: sha256Hex(body) })}\n${body}`);
}

describe('a history that was damaged', () => {
  const broken: readonly [string, (bytes: Uint8Array) => Uint8Array][] = [
    ['cut short', (bytes) => bytes.subarray(0, bytes.length - 20)],
    ['cut to nothing', () => new Uint8Array(0)],
    ['altered in one byte', (bytes) => bytes.map((byte, i) => (i === bytes.length - 40 ? byte ^ 1 : byte))],
    ['overwritten with zeros', (bytes) => new Uint8Array(bytes.length)],
    ['of no known version', (bytes) => toUtf8(new TextDecoder().decode(bytes).replace('"schema":2', '"schema":"two"'))],
    ['whole, but of a take without an order', () => sealedTake({ ...makeTake('one'), order: undefined })],
    ['whole, but of a take that is its own parent', () => sealedTake({ ...makeTake('one'), parent: 'one' })],
  ];

  test.each(broken)('%s costs that entry alone, which is set aside and never thrown away', async (_, damage) => {
    const { store, entries } = await storeOf(makeTake('one'), makeTake('two', { parent: 'one', order: 2 }));
    const bad = damage(entries.get('take/one') as Uint8Array);
    entries.set('take/one', bad);
    const { history, notes, damaged } = await read(store);
    expect([...history.takes.keys()]).toEqual(['two']);
    expect(notes).toEqual([
      'One entry of the history could not be read and is set aside; the rest goes on.',
      'One take continues a take that is not here, and is shown without it.',
    ]);
    valueIn(await setAside(store, damaged));
    const aside = [...entries].find(([key]) => key.startsWith('aside/') && key.endsWith('/take/one'));
    expect(aside?.[1]).toEqual(bad);
    expect((await read(store)).damaged).toEqual([]);
    // The other window still has it, and brings it back.
    valueIn(await keepTake(store, makeTake('one')));
    expect([...(await read(store)).history.takes.keys()].sort()).toEqual(['one', 'two']);
    expect(entries.get(aside?.[0] as string)).toEqual(bad);
  });

  test('written over by a take of the same name, is set aside before', async () => {
    const { store, entries } = await storeOf(makeTake('one'));
    entries.set('take/one', toUtf8('rubbish'));
    valueIn(await keepTake(store, makeTake('one')));
    expect([...entries.entries()].filter(([key]) => key.startsWith('aside/')).map(([, bytes]) => new TextDecoder().decode(bytes))).toEqual([
      'rubbish',
    ]);
  });

  test('any bytes whatever never raise', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom('take/a', 'marks/a', 'bookmark/a', 'history', 'take/b'), fc.uint8Array()),
        async (given) => {
          const { history } = await read(createMemoryStore(new Map(Object.entries(given))));
          expect(history.takes.size).toBe(0);
        },
      ),
    );
  });

  test('any one bit flipped is noticed', () => {
    const bytes = encodeTake(makeTake('one'));
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const flipped = bytes.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      expect(decodeTake(flipped).kind, `bit ${bit}`).not.toBe('read');
    }
  });

  test('of a newer version stays where it is, unseen and untouched, also by a write', async () => {
    const { store, entries } = await storeOf(makeTake('one'));
    const newer = toUtf8('{"schema":3,"hash":"…"}\nwhatever a later version writes');
    entries.set('take/later', newer);
    const { history, notes, damaged } = await read(store);
    expect([...history.takes.keys()]).toEqual(['one']);
    expect([notes, damaged]).toEqual([
      ['One entry of the history was written by a newer version of Retake; it stays in the document, unseen.'],
      [],
    ]);
    valueIn(await keepTake(store, makeTake('later')));
    expect(entries.get('take/later')).toEqual(newer);
  });

  test('of version 1 that was cut short is set aside', async () => {
    const cut = fixture('v1.json').subarray(0, 300);
    const entries = new Map([['history', cut]]);
    const store = createMemoryStore(entries);
    const { notes, damaged } = await read(store);
    expect(notes[0]).toContain('could not be read');
    valueIn(await setAside(store, damaged));
    expect([...entries.values()]).toEqual([cut]);
    expect((await read(store)).notes).toEqual([]);
  });

  test('with a circle of parents is a tree all the same', async () => {
    const { store } = await storeOf(
      makeTake('a', { parent: 'c', order: 1 }),
      makeTake('b', { parent: 'a', order: 2 }),
      makeTake('c', { parent: 'b', order: 3 }),
      makeTake('d', { parent: 'c', order: 4 }),
    );
    const { history, notes } = await read(store);
    const branches = branchesOf(history);
    expect(branches.roots.map(({ id }) => id)).toEqual(['a']);
    expect(branches.childrenOf('c').map(({ id }) => id)).toEqual(['d']);
    expect(pathTo(history, 'd').map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    expect(notes).toEqual(['One take continues a take that is not here, and is shown without it.']);
  });

  test('with its clock gone backwards keeps the order in which takes were made', async () => {
    const { store } = await storeOf(
      makeTake('one', { order: 1, at: 2_000 }),
      makeTake('two', { order: 2, at: 1_000 }),
      makeTake('three', { order: 3, at: -5 }),
    );
    expect(takesInOrder((await read(store)).history).map(({ id }) => id)).toEqual(['one', 'two', 'three']);
  });

  test('with a million entries is read in bounded memory, the newest of them', async () => {
    const one = encodeTake(makeTake('t999999', { order: 999_999 }));
    const last = 'take/t999999';
    const keys = Array.from({ length: 1_000_000 }, (_, i) => `take/t${i}`);
    let reads = 0;
    const store: DocumentStore = {
      ...createMemoryStore(),
      keys: async () => ({ ok: true, value: keys }),
      read: async (key) => {
        reads++;
        return { ok: true, value: key === last ? one : toUtf8('{}') };
      },
    };
    const { history, notes } = await read(store);
    expect([...history.takes.keys()]).toEqual(['t999999']);
    expect(reads).toBe(100_000);
    expect(notes[0]).toBe('The document holds 1000000 entries of history; the newest 100000 are shown.');
  });

  test('in a line of a hundred thousand descendants is walked without running out of stack', () => {
    const takes = Array.from({ length: 100_000 }, (_, i) => makeTake(`t${i}`, { parent: i === 0 ? null : `t${i - 1}`, order: i + 1 }));
    const history = historyOf(...takes);
    expect(pathTo(history, 't99999').length).toBe(100_000);
    expect(branchesOf(history).roots.length).toBe(1);
  });
});

describe('two histories', () => {
  const states: readonly TakeState[] = ['pending', 'answered', 'done', 'failed', 'cancelled'];
  const ids = fc.constantFrom('a', 'b', 'c');
  const takes = fc.array(
    fc
      .tuple(ids, fc.option(ids), fc.constantFrom(...states), fc.nat(3), fc.constantFrom('red', 'night'))
      .map(([id, parent, state, order, instruction]) => makeTake(id, { parent: parent === id ? null : parent, state, order, instruction })),
  );
  const marks = fc.array(
    fc.record({
      id: ids,
      name: fc.option(fc.constantFrom('x', 'y')),
      note: fc.constantFrom('', 'n'),
      isFavourite: fc.boolean(),
      verdict: fc.constantFrom('kept' as const, 'discarded' as const, null),
      layers: fc.constantFrom<readonly string[]>([], ['layer-1']),
      revision: fc.nat(2),
      writer: fc.constantFrom('v', 'w'),
    }),
  );
  const bookmarks = fc.array(fc.record({ name: ids, take: fc.option(ids), revision: fc.nat(2), writer: fc.constantFrom('v', 'w') }));
  const histories = fc.record({ takes, marks, bookmarks }).map(
    (parts): History => ({
      schema: 2,
      takes: new Map(parts.takes.map((take) => [take.id, take])),
      marks: new Map(parts.marks.map((each) => [each.id, each])),
      bookmarks: new Map(parts.bookmarks.map((each) => [each.name, each])),
    }),
  );
  const plain = ({ takes: t, marks: m, bookmarks: b }: History) => [t, m, b].map((map) => [...map].sort(([x], [y]) => (x < y ? -1 : 1)));

  test('merge to the same, whichever comes first', () => {
    fc.assert(
      fc.property(histories, histories, (a, b) => {
        expect(plain(mergeHistories(a, b))).toEqual(plain(mergeHistories(b, a)));
      }),
    );
  });
  test('merge to the same, whichever are merged first', () => {
    fc.assert(
      fc.property(histories, histories, histories, (a, b, c) => {
        expect(plain(mergeHistories(mergeHistories(a, b), c))).toEqual(plain(mergeHistories(a, mergeHistories(b, c))));
      }),
    );
  });
  test('merge to no more than they were, when they are one', () => {
    fc.assert(
      fc.property(histories, histories, (a, b) => {
        expect(plain(mergeHistories(a, a))).toEqual(plain(a));
        const both = mergeHistories(a, b);
        expect(plain(mergeHistories(both, b))).toEqual(plain(both));
      }),
    );
  });
  test('merge without losing a take of either', () => {
    fc.assert(
      fc.property(histories, histories, (a, b) => {
        const both = mergeHistories(a, b);
        for (const id of [...a.takes.keys(), ...b.takes.keys()]) expect(both.takes.has(id)).toBe(true);
      }),
    );
  });
});

describe('the story of a layer', () => {
  test('tells its take and those before it, and is understood', () => {
    const history = historyOf(makeTake('one'), makeTake('two', { parent: 'one', order: 2, turn: hashOf(4) }));
    const take = makeTake('three', { parent: 'two', order: 3 });
    const story = understandStory(tellStory(history, take));
    expect(story).toMatchObject({ kind: 'read', value: { take: { id: 'three' }, ancestors: [{ id: 'one' }, { id: 'two', turn: null }] } });
  });

  test('stays below 90 kB however long the words are, and leaves out the earliest first', () => {
    let history = historyOf();
    for (let i = 0; i < 40; i++)
      history = withTake(
        history,
        makeTake(`t${i}`, { parent: i === 0 ? null : `t${i - 1}`, order: i + 1, instruction: 'ö'.repeat(2_000) }),
      );
    const text = tellStory(history, history.takes.get('t39') as Take);
    expect(toUtf8(text).length).toBeLessThan(90_000);
    const story = understandStory(text);
    if (story.kind !== 'read') throw new Error(story.kind);
    expect(story.value.ancestors.length).toBeGreaterThan(3);
    expect(story.value.ancestors.at(-1)?.id).toBe('t38');
    const huge = makeTake('huge', { instruction: 'x'.repeat(20_000), said: [{ kind: 'text', text: 'y'.repeat(200_000) }] });
    expect(toUtf8(tellStory(historyOf(), huge)).length).toBeLessThan(90_000);
  });

  test('that is damaged or newer is told apart', () => {
    expect(understandStory('{"schema":2,"take":').kind).toBe('unreadable');
    expect(understandStory('{"schema":2,"take":{}}').kind).toBe('unreadable');
    expect(understandStory('{"schema":3}').kind).toBe('newer');
  });
});

test('marks are one revision a change, whoever makes it', () => {
  const history = withMarks(historyOf(), changedMarks(historyOf(), 'one', { note: 'a' }, 'v'));
  expect(changedMarks(history, 'one', { note: 'b' }, 'w')).toMatchObject({ revision: 2, writer: 'w', note: 'b' });
});
