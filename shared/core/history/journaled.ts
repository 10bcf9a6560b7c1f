/**
 * A document's store whose writes also go to a durable journal, because a document is saved seldom and rounds are paid
 * for. The journal is written first. Opening absorbs one that was left over; a save that succeeded clears it.
 */
import type { Failure } from '../failure.ts';
import type { DocumentStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';

export interface JournaledStore extends DocumentStore {
  /** Why the journal could not be written; null while it can. The document goes on without it. */
  trouble(): Failure | null;
  /** After the document was saved. */
  clear(): Promise<Result<void, Failure>>;
}

export function journaled(store: DocumentStore, journal: DocumentStore): JournaledStore {
  let trouble: Failure | null = null;
  const noted = async (work: Promise<Result<unknown, Failure>>): Promise<void> => {
    const done = await work;
    if (!done.ok) trouble ??= done.error;
  };
  return {
    entryLimitBytes: Math.min(store.entryLimitBytes, journal.entryLimitBytes),
    read: (key) => store.read(key),
    ...(store.readMany === undefined
      ? {}
      : { readMany: (keys) => store.readMany?.(keys) as ReturnType<NonNullable<DocumentStore['readMany']>> }),
    async write(key, bytes) {
      await noted(journal.write(key, bytes));
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
    clear: () => clearStore(journal),
  };
}

/** Takes first: blobs without a take are kept by whoever finds them, a take without its blobs is a loss. */
export async function clearStore(store: DocumentStore): Promise<Result<void, Failure>> {
  const [keys, blobs] = [await store.keys(), await store.blobs.list()];
  if (!keys.ok) return keys;
  if (!blobs.ok) return blobs;
  for (const key of keys.value) {
    const removed = await store.remove(key);
    if (!removed.ok) return removed;
  }
  for (const { hash } of blobs.value) {
    const removed = await store.blobs.remove(hash);
    if (!removed.ok) return removed;
  }
  return ok(undefined);
}
