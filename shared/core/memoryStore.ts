/** A document's store in memory: what a file's store is while the file is open, and what tests hold others against. */
import type { Failure } from './failure.ts';
import { sha256Hex } from './hash.ts';
import type { BlobStore, DocumentStore } from './ports.ts';
import { err, ok, type Result } from './result.ts';

export interface MemoryStoreLimits {
  readonly entryLimitBytes: number;
  /** Of all blobs together. */
  readonly blobLimitBytes: number;
}

const unlimited: MemoryStoreLimits = { entryLimitBytes: Number.POSITIVE_INFINITY, blobLimitBytes: Number.POSITIVE_INFINITY };

/** Keeps its bytes in the given maps, which the caller may fill and read. Blobs are by their hash. */
export function createMemoryStore(
  entries: Map<string, Uint8Array> = new Map(),
  blobs: Map<string, Uint8Array> = new Map(),
  limits: MemoryStoreLimits = unlimited,
): DocumentStore {
  return {
    get entryLimitBytes() {
      return limits.entryLimitBytes;
    },
    async read(key) {
      return ok(entries.get(key)?.slice() ?? null);
    },
    async write(key, bytes) {
      const limitBytes = limits.entryLimitBytes;
      if (bytes.length > limitBytes) return err({ kind: 'store-full', bytes: bytes.length, limitBytes });
      entries.set(key, bytes.slice());
      return ok(undefined);
    },
    async remove(key) {
      entries.delete(key);
      return ok(undefined);
    },
    async keys() {
      return ok([...entries.keys()]);
    },
    blobs: blobsIn(blobs, limits),
  };
}

function blobsIn(blobs: Map<string, Uint8Array>, limits: MemoryStoreLimits): BlobStore {
  const total = (): number => [...blobs.values()].reduce((sum, { length }) => sum + length, 0);
  return {
    async read(hash) {
      const bytes = blobs.get(hash);
      return bytes === undefined ? ok(null) : verified(hash, bytes.slice());
    },
    async write(bytes) {
      const hash = sha256Hex(bytes);
      const before = blobs.get(hash);
      if (before !== undefined && sha256Hex(before) === hash) return ok(hash);
      const all = total() - (before?.length ?? 0) + bytes.length;
      if (all > limits.blobLimitBytes) return err({ kind: 'store-full', bytes: all, limitBytes: limits.blobLimitBytes });
      blobs.set(hash, bytes.slice());
      return ok(hash);
    },
    async remove(hash) {
      blobs.delete(hash);
      return ok(undefined);
    },
    async list() {
      return ok([...blobs].map(([hash, { length }]) => ({ hash, byteLength: length })));
    },
  };
}

/** The bytes, if they are the ones that the hash names. */
export const verified = (hash: string, bytes: Uint8Array): Result<Uint8Array, Failure> =>
  sha256Hex(bytes) === hash ? ok(bytes) : err({ kind: 'corrupt', what: `A picture of the history (${hash.slice(0, 8)}…)` });
