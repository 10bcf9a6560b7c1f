/**
 * Adds to what a document remembers, one small entry at a time. Whoever else wrote the same entry is merged with, never
 * written over; an entry that cannot be read is set aside first.
 */
import type { Failure } from '../failure.ts';
import type { DocumentStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { readEntry, writeEntry } from './entries.ts';
import { bookmarkKey, marksKey, takeKey } from './keys.ts';
import { furtherTake, laterBookmark, laterMarks } from './mergeHistories.ts';
import { setAside } from './readHistory.ts';
import { decodeBookmark, decodeMarks, decodeTake, encodeBookmark, encodeMarks, encodeTake, type ReadEntry } from './savedEntries.ts';
import type { Bookmark, Take, TakeMarks } from './take.ts';

export const keepTake = (store: DocumentStore, take: Take): Promise<Result<Take, Failure>> =>
  keepEntry(store, takeKey(take.id), take, { decode: decodeTake, encode: encodeTake, choose: furtherTake });

export const keepMarks = (store: DocumentStore, marks: TakeMarks): Promise<Result<TakeMarks, Failure>> =>
  keepEntry(store, marksKey(marks.id), marks, { decode: decodeMarks, encode: encodeMarks, choose: laterMarks });

export const keepBookmark = (store: DocumentStore, bookmark: Bookmark): Promise<Result<Bookmark, Failure>> =>
  keepEntry(store, bookmarkKey(bookmark.name), bookmark, { decode: decodeBookmark, encode: encodeBookmark, choose: laterBookmark });

interface EntryForm<T> {
  decode(bytes: Uint8Array): ReadEntry<T>;
  encode(value: T): Uint8Array;
  choose(a: T, b: T): T;
}

/** Answers what the document holds afterwards: `value`, or what was further already. */
async function keepEntry<T>(store: DocumentStore, key: string, value: T, form: EntryForm<T>): Promise<Result<T, Failure>> {
  const bytes = await readEntry(store, key);
  if (!bytes.ok) return bytes;
  let chosen = value;
  if (bytes.value !== null) {
    const before = form.decode(bytes.value);
    if (before.kind === 'newer') return ok(value);
    if (before.kind === 'unreadable') {
      const aside = await setAside(store, [key]);
      if (!aside.ok) return aside;
    } else {
      chosen = form.choose(before.value, value);
      if (chosen === before.value) return ok(chosen);
    }
  }
  const written = await writeEntry(store, key, form.encode(chosen));
  return written.ok ? ok(chosen) : written;
}
