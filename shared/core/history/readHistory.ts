/**
 * What a document remembers, read with suspicion: each entry by itself, so that one that is damaged costs nothing but
 * itself. Reading changes nothing; what could not be read is named, and stays where it is.
 */
import type { Failure } from '../failure.ts';
import { sha256Hex } from '../hash.ts';
import type { DocumentStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { fromUtf8 } from '../text.ts';
import { readEntries } from './entries.ts';
import { asideKey, kindOfKey, version1Key } from './keys.ts';
import { fromVersion1 } from './migrations.ts';
import { decodeBookmark, decodeMarks, decodeTake, type ReadEntry } from './savedEntries.ts';
import type { Bookmark, History, Take, TakeMarks } from './take.ts';
import { soundParents } from './tree.ts';

export interface ReadHistory {
  readonly history: History;
  /** What could not be read, in sentences for the user. */
  readonly notes: readonly string[];
  /** Keys of damaged entries; `setAside` moves them out of the way. */
  readonly damaged: readonly string[];
  /** Whether there is anything that this version could not read, or did not. */
  readonly hasUnread: boolean;
}

/** More than anybody makes; the newest are read, and memory stays bounded. */
const mostEntries = 100_000;

export async function readHistory(store: DocumentStore): Promise<Result<ReadHistory, Failure>> {
  const keys = await store.keys();
  if (!keys.ok) return keys;
  const takes = new Map<string, Take>();
  const marks = new Map<string, TakeMarks>();
  const bookmarks = new Map<string, Bookmark>();
  const damaged: string[] = [];
  let newer = 0;

  const all = keys.value.filter((key) => kindOfKey(key) !== null);
  // Stores list what was written last at the end.
  const chosen = all.slice(-mostEntries);
  const keep = <T>(key: string, into: Map<string, T>, entry: ReadEntry<T>, nameOf: (value: T) => string): void => {
    if (entry.kind === 'read') into.set(nameOf(entry.value), entry.value);
    else if (entry.kind === 'newer') newer++;
    else damaged.push(key);
  };
  const read = await readEntries(store, chosen);
  if (!read.ok) return read;
  for (const [i, bytes] of read.value.entries()) {
    const key = chosen[i];
    if (bytes === null) continue;
    const kind = kindOfKey(key);
    if (kind === 'take') keep(key, takes, decodeTake(bytes), ({ id }) => id);
    else if (kind === 'marks') keep(key, marks, decodeMarks(bytes), ({ id }) => id);
    else keep(key, bookmarks, decodeBookmark(bytes), ({ name }) => name);
  }

  const notes: string[] = [];
  if (keys.value.includes(version1Key)) {
    const bytes = await store.read(version1Key);
    if (!bytes.ok) return bytes;
    const earlier = bytes.value === null ? null : fromVersion1(fromUtf8(bytes.value) ?? '');
    if (earlier === null) damaged.push(version1Key);
    // What was kept since says more of the same take.
    for (const take of earlier?.takes ?? []) if (!takes.has(take.id)) takes.set(take.id, take);
    if (earlier !== null && earlier.unreadable > 0)
      notes.push(`${countOf(earlier.unreadable, 'take')} of an earlier version could not be read.`);
  }

  const history: History = { schema: 2, takes, marks, bookmarks };
  if (all.length > chosen.length) notes.push(`The document holds ${all.length} entries of history; the newest ${mostEntries} are shown.`);
  if (damaged.length > 0)
    notes.push(
      `${countOf(damaged.length, 'entry', 'entries')} of the history could not be read and ${damaged.length === 1 ? 'is' : 'are'} set aside; the rest goes on.`,
    );
  if (newer > 0)
    notes.push(
      `${countOf(newer, 'entry', 'entries')} of the history ${newer === 1 ? 'was' : 'were'} written by a newer version of Retake; ${newer === 1 ? 'it stays' : 'they stay'} in the document, unseen.`,
    );
  const cut = cutOff(history);
  if (cut > 0)
    notes.push(
      `${countOf(cut, 'take')} ${cut === 1 ? 'continues' : 'continue'} a take that is not here, and ${cut === 1 ? 'is' : 'are'} shown without it.`,
    );
  return ok({ history, notes, damaged, hasUnread: damaged.length + newer > 0 || all.length > chosen.length });
}

/** Moves damaged entries to keys of their own, each copied before it is removed; does nothing where there are none. */
export async function setAside(store: DocumentStore, damaged: readonly string[]): Promise<Result<void, Failure>> {
  for (const key of damaged) {
    const bytes = await store.read(key);
    if (!bytes.ok) return bytes;
    if (bytes.value === null) continue;
    const copied = await store.write(asideKey(key, sha256Hex(bytes.value)), bytes.value);
    if (!copied.ok) return copied;
    const removed = await store.remove(key);
    if (!removed.ok) return removed;
  }
  return ok(undefined);
}

/** Takes that name a parent which they cannot have. */
function cutOff(history: History): number {
  const parentOf = soundParents(history);
  let count = 0;
  for (const take of history.takes.values()) if (take.parent !== null && parentOf(take) === null) count++;
  return count;
}

const countOf = (count: number, one: string, many = `${one}s`): string => (count === 1 ? `One ${one}` : `${count} ${many}`);
