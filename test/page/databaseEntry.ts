/** Runs in the page of `database.test.ts`: stores of the browser's database, called from outside with plain data. */
import { base64 } from '@scure/base';
import type { DocumentStore } from '../../shared/core/ports.ts';
import { createDatabaseStore, forgetOldDocuments, openDatabase } from '../../standalone/page/databaseStore.ts';

const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return { base64: base64.encode(value) };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  return value;
};

const opening = openDatabase();

Object.assign(globalThis, {
  async callStore(document: string, part: 'store' | 'blobs', method: string, asked: readonly unknown[]): Promise<unknown> {
    const store: DocumentStore = createDatabaseStore(await opening, document);
    const given = asked.map((each) =>
      typeof each === 'object' && each !== null && 'base64' in each ? base64.decode((each as { base64: string }).base64) : each,
    );
    const owner = (part === 'store' ? store : store.blobs) as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    return plain(await owner[method](...given));
  },
  async damageBlob(document: string, hash: string): Promise<void> {
    const transaction = (await opening).transaction('blobs', 'readwrite');
    transaction.objectStore('blobs').put({ bytes: Uint8Array.of(1, 2, 3), at: 1 }, [document, hash]);
    await new Promise((resolve) => {
      transaction.oncomplete = resolve;
    });
  },
  forgetOldDocuments: async (now: number) => forgetOldDocuments(await opening, now),
});
