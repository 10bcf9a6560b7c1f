/**
 * Two histories of one document become one, whoever wrote them and in whatever order they meet. Each entry is chosen by
 * a total order, so merging is commutative, associative and idempotent, and nobody erases another's takes.
 */

import { bookmarkText, marksText, takeText } from './savedEntries.ts';
import type { Bookmark, History, Take, TakeMarks, TakeState } from './take.ts';

/** How far a run has come. A placed take beats the failure of another try to place it. */
const progress: Record<TakeState, number> = { pending: 0, answered: 1, cancelled: 2, failed: 3, done: 4 };

export function mergeHistories(a: History, b: History): History {
  return {
    schema: 2,
    takes: mergeMaps(a.takes, b.takes, furtherTake),
    marks: mergeMaps(a.marks, b.marks, laterMarks),
    bookmarks: mergeMaps(a.bookmarks, b.bookmarks, laterBookmark),
  };
}

export const furtherTake = (a: Take, b: Take): Take =>
  pick(a, b, a === b ? 0 : progress[a.state] - progress[b.state] || compareTexts(takeText(a), takeText(b)));

export const laterMarks = (a: TakeMarks, b: TakeMarks): TakeMarks =>
  pick(a, b, compareRevisions(a, b) || compareTexts(marksText(a), marksText(b)));

export const laterBookmark = (a: Bookmark, b: Bookmark): Bookmark =>
  pick(a, b, compareRevisions(a, b) || compareTexts(bookmarkText(a), bookmarkText(b)));

const compareRevisions = (a: { revision: number; writer: string }, b: { revision: number; writer: string }): number =>
  a.revision - b.revision || compareTexts(a.writer, b.writer);

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const pick = <T>(a: T, b: T, order: number): T => (order >= 0 ? a : b);

function mergeMaps<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>, choose: (a: T, b: T) => T): ReadonlyMap<string, T> {
  if (b.size === 0 || a === b) return a;
  const merged = new Map(a);
  for (const [key, theirs] of b) {
    const ours = merged.get(key);
    merged.set(key, ours === undefined ? theirs : choose(ours, theirs));
  }
  return merged;
}
