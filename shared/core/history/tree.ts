/**
 * Pure operations on the tree of takes. Each answers a new history; none of them can make a cycle or lose a take, and
 * what they answer is whole also where parents are missing or lines of descent run in a circle in what was read.
 */
import type { LayerRef } from '../host.ts';
import { furtherTake } from './mergeHistories.ts';
import type { Bookmark, History, Take, TakeMarks } from './take.ts';
import { wordsOf } from './take.ts';

/** By order, then by identifier: the same on every machine, whatever its clock says. */
export function takesInOrder(history: History): readonly Take[] {
  return [...history.takes.values()].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** For the next take: 1 + the highest that is known. */
export function nextOrder(history: History): number {
  let highest = 0;
  for (const { order } of history.takes.values()) if (order > highest) highest = order;
  return highest + 1;
}

/** Adds a take, or moves its run on; a take that has come further stays as it is. */
export function withTake(history: History, take: Take): History {
  const known = history.takes.get(take.id);
  const chosen = known === undefined ? take : furtherTake(known, take);
  return chosen === known ? history : { ...history, takes: new Map(history.takes).set(take.id, chosen) };
}

export const marksOf = (history: History, id: string): TakeMarks => history.marks.get(id) ?? unmarked(id);

const unmarked = (id: string): TakeMarks => ({
  id,
  name: null,
  note: '',
  isFavourite: false,
  verdict: null,
  layers: [],
  revision: 0,
  writer: '',
});

export type MarksChange = Partial<Pick<TakeMarks, 'name' | 'note' | 'isFavourite' | 'verdict' | 'layers'>>;

/** The marks that `writer` would keep next; every change is one revision. */
export const changedMarks = (history: History, id: string, change: MarksChange, writer: string): TakeMarks => {
  const before = marksOf(history, id);
  return { ...before, ...change, revision: before.revision + 1, writer };
};

export const withMarks = (history: History, marks: TakeMarks): History => ({
  ...history,
  marks: new Map(history.marks).set(marks.id, marks),
});

/** The bookmark that `writer` would keep next; a null take removes it. */
export function changedBookmark(history: History, name: string, take: string | null, writer: string): Bookmark {
  return { name, take, revision: (history.bookmarks.get(name)?.revision ?? 0) + 1, writer };
}

export const withBookmark = (history: History, bookmark: Bookmark): History => ({
  ...history,
  bookmarks: new Map(history.bookmarks).set(bookmark.name, bookmark),
});

/** The tree as it can be walked: children by parent, and the root that a take without a known parent becomes. */
export interface Branches {
  /** In order. */
  readonly roots: readonly Take[];
  childrenOf(id: string): readonly Take[];
}

const none: readonly Take[] = [];

/**
 * One pass over all takes. A take whose parent is not here begins a tree of its own, and so does the earliest of those
 * that descend from one another in a circle.
 */
export function branchesOf(history: History): Branches {
  const parents = soundParents(history);
  const roots: Take[] = [];
  const children = new Map<string, Take[]>();
  for (const take of takesInOrder(history)) {
    const parent = parents(take);
    if (parent === null) roots.push(take);
    else if (children.has(parent)) children.get(parent)?.push(take);
    else children.set(parent, [take]);
  }
  return { roots, childrenOf: (id) => children.get(id) ?? none };
}

/** The parent that a take counts as having: null where it is missing, and where following it would end in a circle. */
export function soundParents(history: History): (take: Take) => string | null {
  const { takes } = history;
  const sound = new Set<string>();
  const cut = new Set<string>();
  for (const start of takes.values()) {
    const path: Take[] = [];
    const onPath = new Set<string>();
    let at: Take | undefined = start;
    while (at !== undefined && !sound.has(at.id)) {
      if (onPath.has(at.id)) {
        const circle = path.slice(path.findIndex(({ id }) => id === at?.id));
        cut.add(circle.reduce((a, b) => (b.order < a.order || (b.order === a.order && b.id < a.id) ? b : a)).id);
        break;
      }
      path.push(at);
      onPath.add(at.id);
      at = at.parent === null || cut.has(at.id) ? undefined : takes.get(at.parent);
    }
    for (const { id } of path) sound.add(id);
  }
  return ({ id, parent }) => (parent === null || cut.has(id) || !takes.has(parent) ? null : parent);
}

/** From the first round to the take itself; [] when it is unknown. Ends where a parent is missing, or comes again. */
export function pathTo(history: History, id: string): readonly Take[] {
  const path: Take[] = [];
  const seen = new Set<string>();
  for (
    let at = history.takes.get(id);
    at !== undefined && !seen.has(at.id);
    at = at.parent === null ? undefined : history.takes.get(at.parent)
  ) {
    seen.add(at.id);
    path.push(at);
  }
  return path.reverse();
}

export const isDiscarded = (history: History, id: string): boolean => history.marks.get(id)?.verdict === 'discarded';

/** What lists leave out: a discarded take, and all that follows from it but the lines that lead to a take that was kept. */
export function hiddenTakes(history: History): ReadonlySet<string> {
  const branches = branchesOf(history);
  const hidden = new Set<string>();
  const parents = soundParents(history);
  const down: { readonly take: Take; readonly under: boolean }[] = branches.roots.map((take) => ({ take, under: false }));
  const keptBelow: Take[] = [];
  for (let next = down.pop(); next !== undefined; next = down.pop()) {
    const { take } = next;
    const verdict = history.marks.get(take.id)?.verdict ?? null;
    const under = verdict === 'kept' ? false : next.under || verdict === 'discarded';
    if (under) hidden.add(take.id);
    else if (verdict === 'kept') keptBelow.push(take);
    for (const child of branches.childrenOf(take.id)) down.push({ take: child, under });
  }
  for (const take of keptBelow)
    for (let up = parents(take); up !== null && hidden.delete(up); ) up = parents(history.takes.get(up) as Take);
  return hidden;
}

/** The latest take that a layer shows: an undone take may have left its layer's identifier to a later one. */
export function takeAt(history: History, layer: LayerRef | 'visible'): Take | null {
  let latest: Take | null = null;
  for (const take of history.takes.values()) {
    if (take.placed?.layer !== layer && !history.marks.get(take.id)?.layers.includes(layer)) continue;
    if (latest === null || take.order > latest.order || (take.order === latest.order && take.id > latest.id)) latest = take;
  }
  return latest;
}

/** The layers that a take was placed as and copied to, less those whose identifier a later take has now. */
export const layersOf = (history: History, { id, placed }: Take): readonly LayerRef[] =>
  [...(placed === null ? [] : [placed.layer]), ...(history.marks.get(id)?.layers ?? [])].filter((ref) => takeAt(history, ref)?.id === id);

/** Every layer that shows a take, copies too. */
export const layersOfTakes = (history: History): readonly LayerRef[] =>
  [...history.takes.values()].flatMap(({ id, placed }) => [
    ...(placed === null ? [] : [placed.layer]),
    ...(history.marks.get(id)?.layers ?? []),
  ]);

/** Takes that hold every one of the words, whatever their case: in instructions, answers, names, notes and layer names. */
export function search(history: History, words: string): readonly Take[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return takesInOrder(history).filter((take) => {
    const marks = history.marks.get(take.id);
    const text = [take.instruction, wordsOf(take), take.source.name, marks?.name ?? '', marks?.note ?? ''].join('\n').toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
