/**
 * The entries of a document's history as Photoshop keeps them: in the document's XMP packet, in the same form as in our PSD
 * files, so that the panel, the page and the command read one another's. A packet is written whole, so it is written
 * when the entries have rested, and not for each.
 */

import { createAbort } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { createMemoryStore } from '../../shared/core/memoryStore.ts';
import type { Clock, DocumentStore } from '../../shared/core/ports.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import { type PlacedTake, readXmp, writeXmp } from '../../shared/takeFiles/xmp.ts';

export interface XmpShelf {
  /** The document's packet; null when it has none. */
  read(): Promise<Result<Uint8Array | null, Failure>>;
  write(packet: Uint8Array): Promise<Result<void, Failure>>;
  /** Of the layers that the document has now. */
  layerIds(): Promise<Result<ReadonlySet<number>, Failure>>;
}

export interface XmpEntries {
  /** Without blobs of its own: those given. */
  readonly store: DocumentStore;
  /** The document's own identifier, made when it had none; in the packet from the first write on. */
  readonly documentId: string;
  /** Where a placed take came from goes into the packet's own list, with what the whole picture has become by it (IPTC). */
  list(take: PlacedTake): void;
  /** Writes what has changed since; `ok` when there was nothing. */
  flush(): Promise<Result<void, Failure>>;
  /** Of the last flush; null when it succeeded. */
  trouble(): Failure | null;
  /** No more is written by itself. */
  close(): void;
}

/** Where the identifier lies among the entries; not one of the history's. */
const idKey = 'document/id';

/** Long enough for the entries of one round, short enough for a user who saves at once. */
const restMs = 300;

export interface XmpEntriesPorts {
  readonly shelf: XmpShelf;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly entryLimitBytes: number;
}

export async function openXmpEntries(
  { shelf, clock, newId, entryLimitBytes }: XmpEntriesPorts,
  blobsFor: (documentId: string) => Promise<DocumentStore['blobs']>,
): Promise<Result<XmpEntries, Failure>> {
  const packet = await shelf.read();
  if (!packet.ok) return packet;
  const entries = new Map(readXmp(packet.value).store);
  const known = entries.get(idKey);
  const documentId = known === undefined ? newId() : String.fromCharCode(...known);
  entries.delete(idKey);
  const memory = createMemoryStore(entries, new Map(), { entryLimitBytes, blobLimitBytes: 0 });
  const blobs = await blobsFor(documentId);

  let isChanged = false;
  let placed: readonly PlacedTake[] = [];
  let trouble: Failure | null = null;
  let flushing: Promise<Result<void, Failure>> = Promise.resolve(ok(undefined));
  let resting = createAbort();
  let isClosed = false;

  async function write(): Promise<Result<void, Failure>> {
    if (!isChanged) return ok(undefined);
    // The user may have written to the packet since (File Info): what is there now is added to.
    const [now, layers] = await Promise.all([shelf.read(), shelf.layerIds()]);
    if (!now.ok) return now;
    if (!layers.ok) return layers;
    isChanged = false;
    const id = Uint8Array.from(documentId, (character) => character.charCodeAt(0));
    const added = placed;
    const written = await shelf.write(writeXmp(now.value, added, new Map([...entries, [idKey, id]]), layers.value));
    if (written.ok) placed = placed.filter((take) => !added.includes(take));
    else isChanged = true;
    return written;
  }
  function flush(): Promise<Result<void, Failure>> {
    resting.abort();
    flushing = flushing.then(write).then((done) => {
      trouble = done.ok ? null : done.error;
      return done;
    });
    return flushing;
  }
  function changed(): void {
    isChanged = true;
    resting.abort();
    if (isClosed) return;
    resting = createAbort();
    void clock.sleep(restMs, resting.signal).then((hasRested) => (hasRested ? flush() : undefined));
  }
  const afterwards = async (work: Promise<Result<void, Failure>>): Promise<Result<void, Failure>> => {
    const done = await work;
    if (done.ok) changed();
    return done;
  };

  return ok({
    store: {
      entryLimitBytes,
      read: memory.read,
      keys: memory.keys,
      write: (key, bytes) => afterwards(memory.write(key, bytes)),
      remove: (key) => afterwards(memory.remove(key)),
      blobs,
    },
    documentId,
    list(take) {
      placed = [...placed, take];
      changed();
    },
    flush,
    trouble: () => trouble,
    close() {
      isClosed = true;
      resting.abort();
    },
  });
}
