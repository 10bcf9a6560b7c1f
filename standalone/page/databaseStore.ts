/**
 * A document's store in the browser's database (IndexedDB): what the page keeps of a document until it is saved. One
 * database holds all documents; each change is a transaction of its own, carried out whole or not at all.
 */
import type { Failure } from '../../shared/core/failure.ts';
import { sha256Hex, toHex } from '../../shared/core/hash.ts';
import { verified } from '../../shared/core/memoryStore.ts';
import type { DocumentStore } from '../../shared/core/ports.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';

/** Keys are [document, key] and [document, hash]; `documents` says when each was last written to. */
const parts = ['entries', 'blobs', 'documents'] as const;

/** An entry or a blob. */
interface KeptEntry {
  readonly bytes: Uint8Array;
  /** Rises with each write, so that keys can be listed in the order of writing. */
  readonly at: number;
}

export function openDatabase(name = 'retake'): Promise<IDBDatabase> {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    for (const part of parts) opening.result.createObjectStore(part);
  };
  return answerTo(opening);
}

/** All keys of one document: an array sorts after every array that it begins with. */
const allOf = (document: string): IDBKeyRange => IDBKeyRange.bound([document], [document, []]);

const answerTo = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** One transaction; its changes are on the disk when the answer comes. */
function change(database: IDBDatabase, work: (part: (name: (typeof parts)[number]) => IDBObjectStore) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(parts, 'readwrite', { durability: 'strict' });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    work((name) => transaction.objectStore(name));
  });
}

async function each(store: IDBObjectStore, range: IDBKeyRange, see: (key: string, value: unknown) => void): Promise<void> {
  const [keys, values] = await Promise.all([answerTo(store.getAllKeys(range)), answerTo(store.getAll(range))]);
  for (const [i, key] of keys.entries()) see((key as readonly string[])[1], values[i]);
}

export function createDatabaseStore(database: IDBDatabase, document: string): DocumentStore {
  const attempt = async <T>(operation: string, bytes: number, work: () => Promise<T>): Promise<Result<T, Failure>> => {
    try {
      return ok(await work());
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === 'QuotaExceededError') return err(await fullStore(bytes));
      return err({ kind: 'host', operation, message: cause instanceof Error ? cause.message : String(cause) });
    }
  };
  const reading = <T>(work: (part: (name: (typeof parts)[number]) => IDBObjectStore) => Promise<T>): Promise<Result<T, Failure>> =>
    attempt('Reading the browser’s store', 0, () => {
      const transaction = database.transaction(parts);
      return work((name) => transaction.objectStore(name));
    });
  const writing = (bytes: number, work: Parameters<typeof change>[1]): Promise<Result<void, Failure>> =>
    attempt('Writing to the browser’s store', bytes, () => change(database, work));
  let last = 0;
  const keptNow = (bytes: Uint8Array): KeptEntry => {
    last = Math.max(last + 1, Date.now());
    return { bytes: bytes.slice(), at: last };
  };

  return {
    entryLimitBytes: Number.POSITIVE_INFINITY,
    read: (key) =>
      reading(async (part) => ((await answerTo(part('entries').get([document, key]))) as KeptEntry | undefined)?.bytes ?? null),
    readMany: (keys) =>
      reading(async (part) => {
        const found = (await Promise.all(keys.map((key) => answerTo(part('entries').get([document, key]))))) as (KeptEntry | undefined)[];
        return found.map((entry) => entry?.bytes ?? null);
      }),
    write(key, bytes) {
      const kept = keptNow(bytes);
      return writing(bytes.length, (part) => {
        part('entries').put(kept, [document, key]);
        part('documents').put(Date.now(), document);
      });
    },
    remove: (key) => writing(0, (part) => part('entries').delete([document, key])),
    keys: () =>
      reading(async (part) => {
        const found: { readonly key: string; readonly at: number }[] = [];
        await each(part('entries'), allOf(document), (key, value) => found.push({ key, at: (value as KeptEntry).at }));
        return found.sort((a, b) => a.at - b.at).map(({ key }) => key);
      }),
    blobs: {
      async read(hash) {
        const bytes = await reading((part) => answerTo<KeptEntry | undefined>(part('blobs').get([document, hash])));
        if (!bytes.ok) return bytes;
        return bytes.value === undefined ? ok(null) : verified(hash, bytes.value.bytes);
      },
      async write(bytes) {
        const kept = keptNow(bytes);
        const hash = await hashBesides(kept.bytes);
        const written = await writing(bytes.length, (part) => {
          part('blobs').put(kept, [document, hash]);
          part('documents').put(Date.now(), document);
        });
        return written.ok ? ok(hash) : written;
      },
      remove: (hash) => writing(0, (part) => part('blobs').delete([document, hash])),
      list: () =>
        reading(async (part) => {
          const found: { readonly hash: string; readonly kept: KeptEntry }[] = [];
          await each(part('blobs'), allOf(document), (hash, value) => found.push({ hash, kept: value as KeptEntry }));
          return found.sort((a, b) => a.kept.at - b.kept.at).map(({ hash, kept }) => ({ hash, byteLength: kept.bytes.length }));
        }),
    },
  };
}

/** By the browser, which does it besides; where it does not (not from an address of its own machine), here. */
async function hashBesides(bytes: Uint8Array): Promise<string> {
  const { subtle }: Partial<Crypto> = crypto;
  if (subtle === undefined) return sha256Hex(bytes);
  return toHex(new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)));
}

async function fullStore(bytes: number): Promise<Failure> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate().catch((): StorageEstimate => ({}));
  return { kind: 'store-full', bytes: usage + bytes, limitBytes: quota };
}

const keptForMs = 90 * 24 * 60 * 60 * 1000;

/** Documents that nothing was written to for ninety days are let go, so that they do not pile up for ever. */
export async function forgetOldDocuments(database: IDBDatabase, now: number): Promise<void> {
  const documents = database.transaction('documents').objectStore('documents');
  const [keys, times] = await Promise.all([answerTo(documents.getAllKeys()), answerTo(documents.getAll())]);
  const old = keys.filter((_, i) => now - (times[i] as number) > keptForMs) as string[];
  for (const document of old)
    await change(database, (part) => {
      part('entries').delete(allOf(document));
      part('blobs').delete(allOf(document));
      part('documents').delete(document);
    });
}
