/**
 * What the page keeps of a document between two saves, in the browser: found again by the document when it is opened after
 * a crash, a reload or a closed tab. Two tabs with one document share it, and tell each other when they have written.
 */
import type { Failure } from '../../shared/core/failure.ts';
import { sha256Hex } from '../../shared/core/hash.ts';
import { absorbHistory } from '../../shared/core/history/absorbHistory.ts';
import { type JournaledStore, journaled } from '../../shared/core/history/journaled.ts';
import { openHistory } from '../../shared/core/history/openHistory.ts';
import type { Ids, PictureCodec } from '../../shared/core/ports.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import type { DocumentHost } from '../documents/document.ts';
import { createDatabaseStore, forgetOldDocuments, openDatabase } from './databaseStore.ts';

export interface KeptDocument {
  /** What is to be written to, in place of the host's own store. */
  readonly store: JournaledStore;
  /** What opening had to say: answers that were recovered, entries that could not be read. */
  readonly notes: readonly string[];
  readonly hasRecovered: boolean;
  close(): void;
}

export interface Recovery {
  /** Brings in what was left over. `onMerged` is told when another tab has added something. */
  open(host: DocumentHost, name: string, bytes: Uint8Array, onMerged: () => void): Promise<Result<KeptDocument, Failure>>;
}

/** The head of a file tells it from others of its name and size. */
const headBytes = 1 << 16;

export const documentKey = (name: string, bytes: Uint8Array): string =>
  `${name}:${bytes.length}:${sha256Hex(bytes.subarray(0, headBytes)).slice(0, 32)}`;

export function createRecovery(ports: { readonly ids: Ids; readonly codec: PictureCodec }, now: () => number): Recovery {
  const opening = openDatabase();
  opening.then(
    (database) => forgetOldDocuments(database, now()),
    // A browser that forbids it (private windows of some) keeps nothing between two saves.
    () => {},
  );
  return {
    async open(host, name, bytes, onMerged) {
      const database = await opening.catch(() => null);
      const key = documentKey(name, bytes);
      const journal = database === null ? null : createDatabaseStore(database, key);
      const presence = await takePresence(key);
      const opened = await openHistory({ host, store: host.store, ...ports }, journal === null ? [] : [journal], {
        isOver: () => presence.isAlone,
      });
      if (!opened.ok) {
        presence.leave();
        return opened;
      }
      const channel = new BroadcastChannel(`retake ${key}`);
      channel.onmessage = async () => {
        if (journal === null) return;
        const merged = await absorbHistory(host.store, journal, { asUnplaced: true });
        if (merged.ok && merged.value.takes.length > 0) onMerged();
      };
      const left = journal === null || !presence.isAlone ? null : await journal.keys();
      const found = left?.ok ? left.value : [];
      const store =
        journal === null
          ? withoutJournal(host)
          : shared(journaled(host.store, journal, found), `retake ${key}`, () => channel.postMessage('written'));
      return ok({
        store,
        notes: opened.value.notes,
        hasRecovered: opened.value.recovered.length > 0,
        close() {
          channel.close();
          presence.leave();
        },
      });
    },
  };
}

/** Whether another tab has this document open; the browser lets go of a lock when its tab ends, however it ends. */
async function takePresence(key: string): Promise<{ readonly isAlone: boolean; leave(): void }> {
  const name = `retake ${key}`;
  const held = (await navigator.locks.query()).held ?? [];
  let leave = (): void => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  void navigator.locks.request(name, { mode: 'shared' }, () => left);
  return { isAlone: !held.some((lock) => lock.name === name), leave };
}

/** One tab at a time merges an entry into the shared journal; then it tells the others. */
function shared(store: JournaledStore, name: string, tell: () => void): JournaledStore {
  return {
    ...store,
    async write(key, bytes) {
      const written = await navigator.locks.request(`${name} writing`, () => store.write(key, bytes));
      tell();
      return written;
    },
  };
}

const withoutJournal = ({ store }: DocumentHost): JournaledStore => ({
  ...store,
  trouble: () => null,
  clear: async () => ok(undefined),
});
