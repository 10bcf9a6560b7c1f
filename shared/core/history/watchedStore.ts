/** A store that tells of each entry of the history as it is written, so that whoever shows the takes need not read them all again. */
import type { DocumentStore } from '../ports.ts';
import { readEach, readEntry } from './entries.ts';
import { kindOfKey } from './keys.ts';
import { laterBookmark, laterMarks } from './mergeHistories.ts';
import { decodeBookmark, decodeMarks, decodeTake } from './savedEntries.ts';
import type { History } from './take.ts';
import { withBookmark, withMarks, withTake } from './tree.ts';

/** `onChange` gets a function that adds the entry to a history; the same entry twice changes nothing. */
export function watchedStore(store: DocumentStore, onChange: (add: (history: History) => History) => void): DocumentStore {
  return {
    entryLimitBytes: store.entryLimitBytes,
    blobs: store.blobs,
    read: (key) => store.read(key),
    remove: (key) => store.remove(key),
    keys: () => store.keys(),
    ...(store.readMany === undefined ? {} : { readMany: (keys: readonly string[]) => readEach(store, keys) }),
    async write(key, bytes) {
      const written = await store.write(key, bytes);
      if (!written.ok || kindOfKey(key) === null) return written;
      // What was written may be the first line of an entry in parts.
      const whole = await readEntry(store, key);
      const add = whole.ok && whole.value !== null ? adding(key, whole.value) : null;
      if (add !== null) onChange(add);
      return written;
    },
  };
}

function adding(key: string, bytes: Uint8Array): ((history: History) => History) | null {
  switch (kindOfKey(key)) {
    case 'take': {
      const entry = decodeTake(bytes);
      return entry.kind === 'read' ? (history) => withTake(history, entry.value) : null;
    }
    case 'marks': {
      const entry = decodeMarks(bytes);
      if (entry.kind !== 'read') return null;
      return (history) => {
        const before = history.marks.get(entry.value.id);
        return withMarks(history, before === undefined ? entry.value : laterMarks(before, entry.value));
      };
    }
    case 'bookmark': {
      const entry = decodeBookmark(bytes);
      if (entry.kind !== 'read') return null;
      return (history) => {
        const before = history.bookmarks.get(entry.value.name);
        return withBookmark(history, before === undefined ? entry.value : laterBookmark(before, entry.value));
      };
    }
    case null:
      return null;
  }
}
