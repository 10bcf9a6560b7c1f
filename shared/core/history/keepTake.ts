/**
 * Adds to what a document remembers, one small entry at a time. Whoever else wrote the same entry is merged with, never
 * written over; an entry that cannot be read is set aside first.
 */
import type { Failure } from '../failure.ts';
import type { DocumentStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { readEntry, writeEntry } from './entries.ts';
import { bookmarkKey, kindOfKey, marksKey, takeKey } from './keys.ts';
import { furtherTake, laterBookmark, laterMarks } from './mergeHistories.ts';
import { setAside } from './readHistory.ts';
import { decodeBookmark, decodeMarks, decodeTake, encodeBookmark, encodeMarks, encodeTake, type ReadEntry } from './savedEntries.ts';
import type { Bookmark, Take, TakeMarks } from './take.ts';

const takeForm: EntryForm<Take> = { decode: decodeTake, encode: encodeTake, choose: furtherTake };
const marksForm: EntryForm<TakeMarks> = { decode: decodeMarks, encode: encodeMarks, choose: laterMarks };
const bookmarkForm: EntryForm<Bookmark> = { decode: decodeBookmark, encode: encodeBookmark, choose: laterBookmark };

export const keepTake = (store: DocumentStore, take: Take): Promise<Result<Take, Failure>> =>
  keepEntry(store, takeKey(take.id), take, takeForm);

export const keepMarks = (store: DocumentStore, marks: TakeMarks): Promise<Result<TakeMarks, Failure>> =>
  keepEntry(store, marksKey(marks.id), marks, marksForm);

export const keepBookmark = (store: DocumentStore, bookmark: Bookmark): Promise<Result<Bookmark, Failure>> =>
  keepEntry(store, bookmarkKey(bookmark.name), bookmark, bookmarkForm);

/** An entry as another store holds it: merged where it is read, kept as it is where it is not. */
export async function keepBytes(store: DocumentStore, key: string, bytes: Uint8Array): Promise<Result<unknown, Failure>> {
  switch (kindOfKey(key)) {
    case 'take':
      return keepDecoded(store, key, bytes, takeForm);
    case 'marks':
      return keepDecoded(store, key, bytes, marksForm);
    case 'bookmark':
      return keepDecoded(store, key, bytes, bookmarkForm);
    case null:
      return store.write(key, bytes);
  }
}

async function keepDecoded<T>(store: DocumentStore, key: string, bytes: Uint8Array, form: EntryForm<T>): Promise<Result<unknown, Failure>> {
  const read = form.decode(bytes);
  // The first line of a long entry, whose parts were written before.
  return read.kind === 'read' ? keepEntry(store, key, read.value, form) : store.write(key, bytes);
}

/**
 * Which of two copies of one entry says more, for stores that may hold several: what a newer version wrote, then what can be
 * read, then the further one. null where neither can be read.
 */
export function furtherCopy(key: string, a: Uint8Array, b: Uint8Array): Uint8Array | null {
  switch (kindOfKey(key)) {
    case 'take':
      return furtherOf(a, b, takeForm);
    case 'marks':
      return furtherOf(a, b, marksForm);
    case 'bookmark':
      return furtherOf(a, b, bookmarkForm);
    case null:
      return null;
  }
}

function furtherOf<T>(a: Uint8Array, b: Uint8Array, form: EntryForm<T>): Uint8Array | null {
  const [first, second] = [form.decode(a), form.decode(b)];
  if (first.kind === 'newer' || second.kind === 'newer') return first.kind === second.kind ? null : first.kind === 'newer' ? a : b;
  if (first.kind === 'unreadable' || second.kind === 'unreadable') return first.kind === 'read' ? a : second.kind === 'read' ? b : null;
  return form.choose(first.value, second.value) === first.value ? a : b;
}

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
