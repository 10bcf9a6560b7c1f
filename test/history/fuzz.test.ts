/**
 * The tree against a naive model: two windows on one document do whatever users do, in any order, and meet now and then.
 * The model keeps plain lists and works everything out anew. A failing seed is printed with its operations; run it alone
 * with RETAKE_SEED=n, and more of them with RETAKE_SEEDS=n.
 */
import { expect, test } from 'vitest';
import { keepBookmark, keepMarks, keepTake } from '../../shared/core/history/keepTake.ts';
import { mergeHistories } from '../../shared/core/history/mergeHistories.ts';
import { blobsOf, planPrune } from '../../shared/core/history/planPrune.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import { emptyHistory, type History, noPictures, type Take, type TakeState } from '../../shared/core/history/take.ts';
import {
  branchesOf,
  changedBookmark,
  changedMarks,
  hiddenTakes,
  type MarksChange,
  nextOrder,
  pathTo,
  search,
  takesInOrder,
  withBookmark,
  withMarks,
  withTake,
} from '../../shared/core/history/tree.ts';
import { createMemoryStore } from '../../shared/core/memoryStore.ts';
import { valueIn } from '../documents/valueIn.ts';
import { makeTake, pictureRef, randomOf } from './makeTake.ts';

/** What the model knows of one window: plain lists, and no cleverness. */
interface Naive {
  takes: { id: string; parent: string | null; order: number; state: TakeState; instruction: string; blobs: string[] }[];
  marks: {
    id: string;
    name: string | null;
    note: string;
    isFavourite: boolean;
    verdict: string | null;
    revision: number;
    writer: string;
  }[];
  bookmarks: { name: string; take: string | null; revision: number; writer: string }[];
  /** Pictures by hash: those that are there, and those that went with what was discarded. */
  stored: string[];
  lost: string[];
}

const nothing = (): Naive => ({ takes: [], marks: [], bookmarks: [], stored: [], lost: [] });
const union = (a: string[], b: string[]): string[] => [...new Set([...a, ...b])];
const copy = (naive: Naive): Naive => structuredClone(naive);
const rank = ['pending', 'answered', 'cancelled', 'failed', 'done'];

function naiveMarks(naive: Naive, id: string): Naive['marks'][number] {
  let found = naive.marks.find((marks) => marks.id === id);
  if (found === undefined) {
    found = { id, name: null, note: '', isFavourite: false, verdict: null, revision: 0, writer: '' };
    naive.marks.push(found);
  }
  return found;
}

function naiveMerge(into: Naive, from: Naive): void {
  for (const take of copy(from).takes) {
    const mine = into.takes.find(({ id }) => id === take.id);
    if (mine === undefined) into.takes.push(take);
    else if (rank.indexOf(take.state) > rank.indexOf(mine.state)) Object.assign(mine, take);
  }
  const later = <T extends { revision: number; writer: string }>(a: T, b: T): boolean =>
    a.revision > b.revision || (a.revision === b.revision && a.writer > b.writer);
  for (const marks of copy(from).marks) {
    const mine = into.marks.find(({ id }) => id === marks.id);
    if (mine === undefined) into.marks.push(marks);
    else if (later(marks, mine)) Object.assign(mine, marks);
  }
  for (const bookmark of copy(from).bookmarks) {
    const mine = into.bookmarks.find(({ name }) => name === bookmark.name);
    if (mine === undefined) into.bookmarks.push(bookmark);
    else if (later(bookmark, mine)) Object.assign(mine, bookmark);
  }
  into.stored = union(into.stored, from.stored);
  into.lost = union(into.lost, from.lost);
}

function naiveHidden(naive: Naive): string[] {
  const verdictOf = (id: string): string | null => naive.marks.find((marks) => marks.id === id)?.verdict ?? null;
  const above = (id: string): string[] => {
    const parent = naive.takes.find((take) => take.id === id)?.parent ?? null;
    return parent === null || !naive.takes.some((take) => take.id === parent) ? [] : [parent, ...above(parent)];
  };
  const isUnder = (id: string): boolean => {
    for (const each of [id, ...above(id)]) {
      if (verdictOf(each) === 'kept') return false;
      if (verdictOf(each) === 'discarded') return true;
    }
    return false;
  };
  const leadsToKept = (id: string): boolean => naive.takes.some((take) => verdictOf(take.id) === 'kept' && above(take.id).includes(id));
  return naive.takes.filter(({ id }) => isUnder(id) && !leadsToKept(id)).map(({ id }) => id);
}

const sorted = (naive: Naive): Naive['takes'] => [...naive.takes].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
const idsOf = (takes: readonly { id: string }[]): string[] => takes.map(({ id }) => id);

function compare(history: History, naive: Naive): void {
  expect(idsOf(takesInOrder(history))).toEqual(idsOf(sorted(naive)));
  expect(takesInOrder(history).map(({ state }) => state)).toEqual(sorted(naive).map(({ state }) => state));
  const has = (id: string | null): boolean => naive.takes.some((take) => take.id === id);
  const branches = branchesOf(history);
  expect(idsOf(branches.roots)).toEqual(idsOf(sorted(naive).filter(({ parent }) => !has(parent))));
  expect(idsOf(takesInOrder(history).filter(({ id }) => branches.childrenOf(id).length === 0))).toEqual(
    idsOf(sorted(naive).filter(({ id }) => !naive.takes.some(({ parent }) => parent === id))),
  );
  for (const { id } of naive.takes.slice(-3)) {
    expect(idsOf(branches.childrenOf(id))).toEqual(idsOf(sorted(naive).filter(({ parent }) => parent === id)));
    const path: string[] = [];
    for (let at = naive.takes.find((take) => take.id === id); at !== undefined; at = naive.takes.find((take) => take.id === at?.parent))
      path.unshift(at.id);
    expect(idsOf(pathTo(history, id))).toEqual(path);
  }
  expect([...hiddenTakes(history)].sort()).toEqual(naiveHidden(naive).sort());
  // Whatever was pruned in between, an answer is there, or was let go while its take was discarded.
  for (const { id, blobs } of naive.takes)
    expect(naive.stored.includes(blobs[0]) || naive.lost.includes(blobs[0]), `the answer of ${id}`).toBe(true);
  expect(idsOf(search(history, 'make RED'))).toEqual(idsOf(sorted(naive).filter(({ instruction }) => instruction.includes('red'))));
  const plain = [...history.marks.values()].map(({ layers, ...marks }) => marks).sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(plain).toEqual([...naive.marks].filter(({ revision }) => revision > 0).sort((a, b) => (a.id < b.id ? -1 : 1)));
  expect([...history.bookmarks.values()].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
    [...naive.bookmarks].sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
}

async function reloaded(history: History): Promise<History> {
  const store = createMemoryStore();
  for (const take of history.takes.values()) valueIn(await keepTake(store, take));
  for (const marks of history.marks.values()) valueIn(await keepMarks(store, marks));
  for (const bookmark of history.bookmarks.values()) valueIn(await keepBookmark(store, bookmark));
  return valueIn(await readHistory(store)).history;
}

async function play(seed: number, log: string[]): Promise<void> {
  const random = randomOf(seed);
  const windows: [History, History] = [emptyHistory, emptyHistory];
  const models: [Naive, Naive] = [nothing(), nothing()];
  let made = 0;
  for (let step = 0; step < 200; step++) {
    const w = random(2);
    const writer = 'ab'[w];
    const model = models[w];
    const some = model.takes.length === 0 ? null : model.takes[random(model.takes.length)];
    const mark = (how: string, change: MarksChange): void => {
      if (some === null) return;
      log.push(`${writer}: ${how} ${some.id}`);
      windows[w] = withMarks(windows[w], changedMarks(windows[w], some.id, change, writer));
      const { layers: _, ...said } = change;
      const marks = naiveMarks(model, some.id);
      Object.assign(marks, said, { revision: marks.revision + 1, writer });
    };
    const id = some?.id ?? '';
    switch (random(13)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        const parent = some !== null && random(4) > 0 ? some.id : null;
        const take = makeTake(`t${++made}`, {
          parent,
          order: nextOrder(windows[w]),
          state: 'pending',
          instruction: ['make it red', 'at night', 'remove the cup'][random(3)],
          pictures: { ...noPictures, answer: pictureRef(random(40)), thumbnail: pictureRef(100 + random(40), 'image/jpeg') },
        });
        log.push(`${writer}: edit ${take.id} from ${parent ?? 'the layer'}`);
        windows[w] = withTake(windows[w], take);
        const highest = Math.max(0, ...model.takes.map(({ order }) => order));
        model.takes.push({
          id: take.id,
          parent,
          order: highest + 1,
          state: 'pending',
          instruction: take.instruction,
          blobs: [...blobsOf(take)],
        });
        model.stored = union(model.stored, [...blobsOf(take)]);
        break;
      }
      case 4:
      case 5: {
        if (some === null) break;
        const state = rank[1 + random(4)] as TakeState;
        log.push(`${writer}: ${some.id} is ${state}`);
        windows[w] = withTake(windows[w], { ...(windows[w].takes.get(id) as Take), state });
        if (rank.indexOf(state) > rank.indexOf(some.state)) some.state = state;
        break;
      }
      case 6:
        mark('discard', { verdict: 'discarded' });
        break;
      case 7:
        mark('restore', { verdict: null });
        break;
      case 8:
        mark('keep', { verdict: 'kept' });
        break;
      case 9:
        mark('rename', { name: [null, 'the coat', 'night'][random(3)] });
        break;
      case 10:
        if (random(2) === 0) mark('favourite', { isFavourite: random(2) === 0 });
        else mark('note', { note: `note ${step}` });
        break;
      case 11: {
        const name = ['client', 'final'][random(2)];
        const take = some !== null && random(3) > 0 ? some.id : null;
        log.push(`${writer}: bookmark ${name} ${take}`);
        windows[w] = withBookmark(windows[w], changedBookmark(windows[w], name, take, writer));
        const mine = model.bookmarks.find((bookmark) => bookmark.name === name);
        if (mine === undefined) model.bookmarks.push({ name, take, revision: 1, writer });
        else Object.assign(mine, { take, revision: mine.revision + 1, writer });
        break;
      }
      default: {
        if (random(2) === 0) {
          log.push(`${writer}: merge`);
          windows[w] = mergeHistories(windows[w], windows[1 - w]);
          naiveMerge(model, models[1 - w]);
        } else {
          log.push(`${writer}: prune and reload`);
          const hashes = model.stored;
          const budget = random(hashes.length * 1000 + 1);
          const plan = planPrune(
            windows[w],
            hashes.map((hash) => ({ hash, byteLength: 1000 })),
            budget,
          );
          const hidden = naiveHidden(model);
          const shown = model.takes.filter((take) => !hidden.includes(take.id));
          for (const { hash, why } of plan.remove) {
            model.stored = model.stored.filter((each) => each !== hash);
            if (why === 'discarded') model.lost.push(hash);
            if (why === 'discarded')
              expect(
                shown.some(({ blobs }) => blobs.includes(hash)),
                `${hash} is shown`,
              ).toBe(false);
            else
              expect(
                model.takes.some(({ blobs }) => blobs[0] === hash),
                `${hash} is an answer`,
              ).toBe(false);
          }
          expect(plan.byteLength).toBe((hashes.length - plan.remove.length) * 1000);
          if (plan.remove.length > 0) expect(plan.byteLength + 1000).toBeGreaterThan(budget);
          windows[w] = await reloaded(windows[w]);
        }
      }
    }
    if (step % 5 === 4) compare(windows[w], model);
  }
  const [a, b] = windows;
  expect(takesInOrder(mergeHistories(a, b))).toEqual(takesInOrder(mergeHistories(b, a)));
}

const only = process.env.RETAKE_SEED;
const count = Number(process.env.RETAKE_SEEDS ?? 40);
const seeds = only === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(only)];

test.each(seeds)('whatever two windows do, the tree is what the naive model says (seed %i)', async (seed) => {
  const log: string[] = [];
  try {
    await play(seed, log);
  } catch (cause) {
    throw new Error(`RETAKE_SEED=${seed} fails after ${log.length} operations:\n${log.join('\n')}`, { cause });
  }
});
