/**
 * What every store does for a history: rounds are kept as they run, two writers never erase each other, and whichever
 * write the program dies at, what was paid for is found again. `historyContract('A folder', make)`.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { openRecord } from '../../shared/core/edit/takeRecord.ts';
import { absorbHistory } from '../../shared/core/history/absorbHistory.ts';
import { keepMarks, keepTake } from '../../shared/core/history/keepTake.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import { noPictures, type Take } from '../../shared/core/history/take.ts';
import { branchesOf, changedMarks, nextOrder, pathTo, takesInOrder } from '../../shared/core/history/tree.ts';
import type { DocumentStore } from '../../shared/core/ports.ts';
import { valueIn } from '../documents/valueIn.ts';
import { makeTake } from '../history/makeTake.ts';

export interface HistoryUnderTest {
  readonly store: DocumentStore;
  /** What a later program finds: after a kill, what had been written by then, and what its journal brings back. */
  reopen(): Promise<DocumentStore>;
}

/** Raised by a store that has died: whoever called it is gone with it. */
export class Died extends Error {}

/** A program's life, as a store under test is given it. */
export interface Life {
  /** Whatever changes something durable, as one step: the last one is done or not done, and none comes after. */
  step<T>(work: () => Promise<T>): Promise<T>;
  /** The same store, each change of which is a step. */
  of(store: DocumentStore): DocumentStore;
}

/** Ends at the n-th step, before or after it took effect. */
export function lifeOf(steps: number, ends: 'before' | 'after'): Life {
  let taken = 0;
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if (taken >= steps) throw new Died();
    taken++;
    if (taken === steps && ends === 'before') throw new Died();
    const done = await work();
    if (taken === steps) throw new Died();
    return done;
  };
  return {
    step,
    of: (store) => ({
      entryLimitBytes: store.entryLimitBytes,
      read: (key) => store.read(key),
      keys: () => store.keys(),
      write: (key, bytes) => step(() => store.write(key, bytes)),
      remove: (key) => step(() => store.remove(key)),
      blobs: {
        read: (hash) => store.blobs.read(hash),
        list: () => store.blobs.list(),
        write: (bytes) => step(() => store.blobs.write(bytes)),
        remove: (hash) => step(() => store.blobs.remove(hash)),
      },
    }),
  };
}

const pictureOf = (id: string): Uint8Array => new TextEncoder().encode(`the picture of ${id}`);

/** What was told to be kept, as far as the run came: the promises that must hold afterwards. */
interface Kept {
  readonly asked: string[];
  /** The picture's write came back. */
  readonly blobs: string[];
  readonly answered: string[];
  readonly done: string[];
}

/** Four rounds as `editLayer` writes them, one of them refused, with a branch and marks. */
async function rounds(store: DocumentStore, kept: Kept): Promise<void> {
  const plan = [
    { id: 'one', parent: null, ends: 'done' },
    { id: 'two', parent: 'one', ends: 'failed' },
    { id: 'three', parent: 'one', ends: 'done' },
    { id: 'four', parent: 'three', ends: 'done' },
  ] as const;
  for (const { id, parent, ends } of plan) {
    const record = await openRecord(store);
    const asked: Take = { ...makeTake(id, { parent, order: nextOrder(record.history), state: 'pending', placed: null }), provenance: null };
    await record.keep(asked);
    kept.asked.push(id);
    if (ends === 'failed') {
      await record.fail(asked, { kind: 'refused', reason: 'unsafe-output', said: '' }, 10);
      continue;
    }
    const answer = await record.keepPicture({ bytes: pictureOf(id), type: 'image/png' }, { width: 4, height: 3 }, 'The picture');
    kept.blobs.push(id);
    const answered: Take = { ...asked, state: 'answered', pictures: { ...noPictures, answer } };
    await record.keep(answered);
    kept.answered.push(id);
    await record.keep({ ...answered, state: 'done', placed: { layer: `layer-${id}`, bounds: asked.source.bounds } });
    kept.done.push(id);
    if (record.notes().length > 0) throw new Error(record.notes().join(' '));
  }
  const { history } = valueIn(await readHistory(store));
  valueIn(await keepMarks(store, changedMarks(history, 'three', { verdict: 'kept' }, 'w')));
}

async function expectKept(store: DocumentStore, kept: Kept): Promise<void> {
  const { history, notes } = valueIn(await readHistory(store));
  expect(notes).toEqual([]);
  for (const id of kept.asked) expect(history.takes.has(id), `${id} was asked`).toBe(true);
  const blobs = valueIn(await store.blobs.list());
  for (const id of kept.blobs) {
    const answer = history.takes.get(id)?.pictures.answer ?? null;
    // Between the picture and the entry that names it, the picture is there by itself.
    const hash = answer?.hash ?? blobs.find(({ byteLength }) => byteLength === pictureOf(id).length)?.hash;
    expect(valueIn(await store.blobs.read(hash ?? '')), `the paid picture of ${id}`).toEqual(pictureOf(id));
  }
  for (const id of kept.answered) expect(history.takes.get(id)?.pictures.answer, `${id} was answered`).not.toBe(null);
  for (const id of kept.done) expect(history.takes.get(id)?.state, `${id} was done`).toBe('done');
  // Every take can be reached, and none twice.
  const branches = branchesOf(history);
  const reached: string[] = [];
  const down = [...branches.roots];
  for (let take = down.pop(); take !== undefined; take = down.pop()) {
    reached.push(take.id);
    down.push(...branches.childrenOf(take.id));
  }
  expect(reached.sort()).toEqual([...history.takes.keys()].sort());
  expect(takesInOrder(history).map(({ order }) => order)).toEqual([...history.takes.keys()].map((_, i) => i + 1));
}

const nothingKept = (): Kept => ({ asked: [], blobs: [], answered: [], done: [] });

export function historyContract(
  name: string,
  /** Whatever of it is durable goes through `life`. */
  make: (life: Life) => Promise<HistoryUnderTest>,
): void {
  const unwrapped = (): Promise<HistoryUnderTest> => make(lifeOf(Number.POSITIVE_INFINITY, 'after'));

  describe(`${name} keeps a history`, () => {
    let under: HistoryUnderTest;
    beforeEach(async () => {
      under = await unwrapped();
    });

    it('through rounds, a refusal and a branch, and again after reopening', async () => {
      const kept = nothingKept();
      await rounds(under.store, kept);
      for (const store of [under.store, await under.reopen()]) {
        await expectKept(store, kept);
        const { history } = valueIn(await readHistory(store));
        expect(pathTo(history, 'four').map(({ id }) => id)).toEqual(['one', 'three', 'four']);
        expect(history.takes.get('two')).toMatchObject({ state: 'failed', failure: { kind: 'refused' } });
        expect(history.marks.get('three')?.verdict).toBe('kept');
      }
    });

    it('of two writers who know nothing of each other', async () => {
      const kept = nothingKept();
      await rounds(under.store, kept);
      const other = await unwrapped();
      valueIn(await keepTake(other.store, makeTake('theirs', { order: 1 })));
      valueIn(await keepTake(other.store, makeTake('one', { state: 'pending', placed: null })));
      const hash = valueIn(await other.store.blobs.write(pictureOf('theirs')));
      const absorbed = valueIn(await absorbHistory(under.store, other.store));
      expect(absorbed.takes.map(({ id }) => id)).toEqual(['theirs']);
      const again = await under.reopen();
      const { history } = valueIn(await readHistory(again));
      expect([...history.takes.keys()].sort()).toEqual(['four', 'one', 'theirs', 'three', 'two']);
      expect(history.takes.get('one')?.state).toBe('done');
      expect(valueIn(await again.blobs.read(hash))).toEqual(pictureOf('theirs'));
    });

    it('whose take is longer than an entry may be', async () => {
      const long = makeTake('long', { said: [{ kind: 'text', text: 'ä'.repeat(120_000) }] });
      valueIn(await keepTake(under.store, long));
      expect(valueIn(await readHistory(await under.reopen())).history.takes.get('long')).toEqual(long);
    });

    it.each(['before', 'after'] as const)(
      'when the program dies at any one of its writes, %s it',
      async (when) => {
        for (let n = 1; ; n++) {
          const each = await make(lifeOf(n, when));
          const kept = nothingKept();
          let hasDied = false;
          try {
            await rounds(each.store, kept);
          } catch (cause) {
            if (!(cause instanceof Died)) throw cause;
            hasDied = true;
          }
          const again = await each.reopen();
          await expectKept(again, kept);
          // And the next program goes on from there.
          valueIn(await keepTake(again, makeTake('next', { order: nextOrder(valueIn(await readHistory(again)).history) })));
          if (!hasDied) {
            expect(n).toBeGreaterThan(10);
            return;
          }
        }
        // As many runs as there are writes, each with what the store takes to be durable.
      },
      600_000,
    );
  });
}
