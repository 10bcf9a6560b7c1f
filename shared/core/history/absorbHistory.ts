/**
 * Brings one store's history into another: a journal that was left over, or what somebody else saved meanwhile. Only adds
 * and moves on; nothing of the receiving history is lost, and what is unreadable there comes along as it is.
 */
import type { Failure } from '../failure.ts';
import type { BlobStore, DocumentStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { keepBookmark, keepMarks, keepTake } from './keepTake.ts';
import { takeKey } from './keys.ts';
import { readHistory } from './readHistory.ts';
import type { Take } from './take.ts';

export interface Absorbed {
  /** Takes that were not here, or had not come as far. */
  readonly takes: readonly Take[];
  /** Bytes of pictures and turns that were not here. */
  readonly blobBytes: number;
  readonly notes: readonly string[];
}

export interface AbsorbHow {
  /** Takes to leave out. */
  readonly except?: readonly string[];
  /**
   * The layers that the takes name are not in this document: it was never saved, or they are another window's. They come
   * as answered, to be placed; a layer that does show one is found by its story.
   */
  readonly asUnplaced?: boolean;
}

export async function absorbHistory(
  into: DocumentStore,
  from: DocumentStore,
  { except = [], asUnplaced = false }: AbsorbHow = {},
): Promise<Result<Absorbed, Failure>> {
  const [here, there] = [await readHistory(into), await readHistory(from)];
  if (!here.ok) return here;
  if (!there.ok) return there;
  // Blobs before the takes that name them.
  const blobs = await absorbBlobs(into.blobs, from.blobs);
  if (!blobs.ok) return blobs;
  const takes: Take[] = [];
  for (const given of there.value.history.takes.values()) {
    if (except.includes(given.id)) continue;
    const take = asUnplaced ? unplaced(given) : given;
    const before = here.value.history.takes.get(take.id);
    const kept = await keepTake(into, take);
    if (!kept.ok) return kept;
    if (before === undefined || (kept.value.state !== before.state && kept.value.state === take.state)) takes.push(take);
  }
  for (const marks of there.value.history.marks.values()) {
    const kept = await keepMarks(into, marks);
    if (!kept.ok) return kept;
  }
  for (const bookmark of there.value.history.bookmarks.values()) {
    const kept = await keepBookmark(into, bookmark);
    if (!kept.ok) return kept;
  }
  const aside = await absorbUnread(into, from, except);
  return aside.ok ? ok({ takes, blobBytes: blobs.value, notes: there.value.notes }) : aside;
}

export const unplaced = (take: Take): Take =>
  take.placed === null ? take : { ...take, state: take.state === 'done' ? 'answered' : take.state, placed: null };

async function absorbBlobs(into: BlobStore, from: BlobStore): Promise<Result<number, Failure>> {
  const [here, there] = [await into.list(), await from.list()];
  if (!here.ok) return here;
  if (!there.ok) return there;
  const known = new Set(here.value.map(({ hash }) => hash));
  let byteLength = 0;
  for (const { hash } of there.value) {
    if (known.has(hash)) continue;
    const bytes = await from.read(hash);
    // A picture that is damaged there is no use here.
    if (!bytes.ok && bytes.error.kind === 'corrupt') continue;
    if (!bytes.ok) return bytes;
    if (bytes.value === null) continue;
    const written = await into.write(bytes.value);
    if (!written.ok) return written;
    byteLength += bytes.value.length;
  }
  return ok(byteLength);
}

/** Whatever else lies there, entries of newer versions among it: all that this version can read has been kept by now. */
async function absorbUnread(into: DocumentStore, from: DocumentStore, except: readonly string[]): Promise<Result<void, Failure>> {
  const [here, there] = [await into.keys(), await from.keys()];
  if (!here.ok) return here;
  if (!there.ok) return there;
  const leftOut = new Set([...here.value, ...except.map(takeKey)]);
  for (const key of there.value) {
    if (leftOut.has(key)) continue;
    const bytes = await from.read(key);
    if (!bytes.ok) return bytes;
    if (bytes.value === null) continue;
    const written = await into.write(key, bytes.value);
    if (!written.ok) return written;
  }
  return ok(undefined);
}
