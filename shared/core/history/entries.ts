/**
 * Entries of any length in stores that hold only short ones (Figma: 100 kB). A long entry is its first line, which names
 * the hash of the rest, and parts under that hash. Parts are written before the line that names them, so that an entry is
 * the old one or the new one, whenever the program is stopped.
 */
import { concat } from '../bytes/byteWriter.ts';
import type { Failure } from '../failure.ts';
import type { DocumentStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { fromUtf8, toUtf8 } from '../text.ts';

const partKey = (hash: string, i: number): string => `part/${hash}/${i}`;

const newline = 10;

interface Split {
  readonly hash: string;
  readonly parts: number;
}

/** Null for an entry that stands in one piece. */
function splitOf(bytes: Uint8Array): Split | null {
  // The line of a split entry is all there is of it; whole entries are longer, and are not parsed for this.
  if (bytes.length > 200) return null;
  try {
    const { hash, parts } = JSON.parse(fromUtf8(bytes) ?? '') as { hash?: unknown; parts?: unknown };
    return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) && Number.isSafeInteger(parts) && (parts as number) < 10_000
      ? { hash, parts: parts as number }
      : null;
  } catch {
    return null;
  }
}

/** How many are asked for in one call where a store can answer several. */
const batchSize = 500;

/** In the order of the keys; null where there is nothing. Parts that are missing leave an entry too short, which decoding tells. */
export async function readEntries(store: DocumentStore, keys: readonly string[]): Promise<Result<readonly (Uint8Array | null)[], Failure>> {
  const found: (Uint8Array | null)[] = [];
  for (let at = 0; at < keys.length; at += batchSize) {
    const batch = await readEach(store, keys.slice(at, at + batchSize));
    if (!batch.ok) return batch;
    for (const bytes of batch.value) {
      const split = bytes === null ? null : splitOf(bytes);
      if (split === null) found.push(bytes);
      else {
        const whole = await joined(store, split);
        if (!whole.ok) return whole;
        found.push(whole.value);
      }
    }
  }
  return ok(found);
}

export async function readEntry(store: DocumentStore, key: string): Promise<Result<Uint8Array | null, Failure>> {
  const found = await readEntries(store, [key]);
  return found.ok ? ok(found.value[0]) : found;
}

/** Bytes as they are stored, parts not joined. */
export async function readEach(store: DocumentStore, keys: readonly string[]): Promise<Result<readonly (Uint8Array | null)[], Failure>> {
  if (store.readMany !== undefined) return store.readMany(keys);
  const found: (Uint8Array | null)[] = [];
  for (const key of keys) {
    const bytes = await store.read(key);
    if (!bytes.ok) return bytes;
    found.push(bytes.value);
  }
  return ok(found);
}

async function joined(store: DocumentStore, { hash, parts }: Split): Promise<Result<Uint8Array, Failure>> {
  const read = await readEach(
    store,
    Array.from({ length: parts }, (_, i) => partKey(hash, i)),
  );
  if (!read.ok) return read;
  const head = toUtf8(`${JSON.stringify({ schema: 2, hash })}\n`);
  return ok(concat([head, ...read.value.filter((piece) => piece !== null)]));
}

/** `bytes` as `encodeTake` and its like make them. */
export async function writeEntry(store: DocumentStore, key: string, bytes: Uint8Array): Promise<Result<void, Failure>> {
  const before = await store.read(key);
  if (!before.ok) return before;
  const old = before.value === null ? null : splitOf(before.value);
  const limit = store.entryLimitBytes;
  let hash: string | null = null;
  if (bytes.length <= limit) {
    const written = await store.write(key, bytes);
    if (!written.ok) return written;
  } else {
    const end = bytes.indexOf(newline);
    const head = JSON.parse(fromUtf8(bytes.subarray(0, end)) as string) as { hash: string };
    const body = bytes.subarray(end + 1);
    const parts = Math.ceil(body.length / limit);
    hash = head.hash;
    for (let i = 0; i < parts; i++) {
      const written = await store.write(partKey(hash, i), body.subarray(i * limit, (i + 1) * limit));
      if (!written.ok) return written;
    }
    const written = await store.write(key, toUtf8(JSON.stringify({ ...head, parts })));
    if (!written.ok) return written;
  }
  return old === null || old.hash === hash ? ok(undefined) : removeParts(store, old);
}

async function removeParts(store: DocumentStore, { hash, parts }: Split): Promise<Result<void, Failure>> {
  for (let i = 0; i < parts; i++) {
    const removed = await store.remove(partKey(hash, i));
    if (!removed.ok) return removed;
  }
  return ok(undefined);
}
