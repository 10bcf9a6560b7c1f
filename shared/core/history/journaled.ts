/**
 * A document's store whose writes also go to a durable journal, because a document is saved seldom and rounds are paid
 * for. The journal is written first, and may be shared: two windows on one document merge in it. Opening absorbs one that
 * was left over; a save that succeeded clears what the saved document holds.
 */
import type { Failure } from '../failure.ts';
import type { DocumentStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { unplaced } from './absorbHistory.ts';
import { readEach } from './entries.ts';
import { keepBytes } from './keepTake.ts';
import { blobsOf } from './planPrune.ts';
import { readHistory } from './readHistory.ts';
import { decodeTake, takeText } from './savedEntries.ts';

export interface JournaledStore extends DocumentStore {
  /** Why the journal could not be written; null while it can. The document goes on without it. */
  trouble(): Failure | null;
  /** After the document was saved: removes from the journal what this window wrote or found, where the document holds it. */
  clear(): Promise<Result<void, Failure>>;
}

/** `found`: keys of the journal that nobody else works on, because they were there when this window opened alone. */
export function journaled(store: DocumentStore, journal: DocumentStore, found: readonly string[] = []): JournaledStore {
  const own = new Set(found);
  let trouble: Failure | null = null;
  const noted = async (work: Promise<Result<unknown, Failure>>): Promise<void> => {
    const done = await work;
    if (!done.ok) trouble ??= done.error;
  };
  return {
    entryLimitBytes: Math.min(store.entryLimitBytes, journal.entryLimitBytes),
    read: (key) => store.read(key),
    readMany: (keys) => readEach(store, keys),
    async write(key, bytes) {
      own.add(key);
      await noted(keepBytes(journal, key, bytes));
      return store.write(key, bytes);
    },
    async remove(key) {
      await noted(journal.remove(key));
      return store.remove(key);
    },
    keys: () => store.keys(),
    blobs: {
      read: (hash) => store.blobs.read(hash),
      async write(bytes) {
        await noted(journal.blobs.write(bytes));
        return store.blobs.write(bytes);
      },
      async remove(hash) {
        await noted(journal.blobs.remove(hash));
        return store.blobs.remove(hash);
      },
      list: () => store.blobs.list(),
    },
    trouble: () => trouble,
    clear: () => clearSaved(journal, store, own),
  };
}

async function clearSaved(journal: DocumentStore, saved: DocumentStore, own: ReadonlySet<string>): Promise<Result<void, Failure>> {
  const keys = await journal.keys();
  if (!keys.ok) return keys;
  for (const key of keys.value) {
    if (!own.has(key)) continue;
    const [here, there] = [await saved.read(key), await journal.read(key)];
    if (!here.ok) return here;
    if (!there.ok) return there;
    if (here.value === null || there.value === null || !isSaved(here.value, there.value)) continue;
    const removed = await journal.remove(key);
    if (!removed.ok) return removed;
  }
  // Blobs last: without a take they are kept by whoever finds them, while a take without its blobs is a loss.
  const [rest, blobs] = [await readHistory(journal), await journal.blobs.list()];
  if (!rest.ok) return rest;
  if (!blobs.ok) return blobs;
  const needed = new Set([...rest.value.history.takes.values()].flatMap(blobsOf));
  for (const { hash } of blobs.value) {
    if (needed.has(hash)) continue;
    const removed = await journal.blobs.remove(hash);
    if (!removed.ok) return removed;
  }
  return ok(undefined);
}

/** A take that was recovered is saved without the layer that it had when it was written to the journal. */
function isSaved(here: Uint8Array, there: Uint8Array): boolean {
  if (isEqual(here, there)) return true;
  const [a, b] = [decodeTake(here), decodeTake(there)];
  return a.kind === 'read' && b.kind === 'read' && takeText(unplaced(a.value)) === takeText(unplaced(b.value));
}

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
