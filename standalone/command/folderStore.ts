/**
 * A document's store in a folder: one file an entry, one file a blob. A file is written under another name, flushed to the
 * disk and renamed, so that each is the old one or the new one, whenever the program or the machine stops.
 */
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../shared/core/failure.ts';
import { sha256Hex } from '../../shared/core/hash.ts';
import { verified } from '../../shared/core/memoryStore.ts';
import type { DocumentStore } from '../../shared/core/ports.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import { toUtf8 } from '../../shared/core/text.ts';
import { codeOf, readFailure, writeFailure } from './files.ts';

/** The file operations that change something, each of which may be the last before a kill. */
export interface FolderFiles {
  makeFolder(path: string): Promise<void>;
  /** Bytes under that name, flushed to the disk. */
  writeNew(path: string, bytes: Uint8Array): Promise<void>;
  /** Replaces what has the new name. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

export const nodeFiles: FolderFiles = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true });
  },
  async writeNew(path, bytes) {
    const handle = await open(path, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  rename,
  async remove(path) {
    await unlink(path).catch((cause: unknown) => {
      if (codeOf(cause) !== 'ENOENT') throw cause;
    });
  },
};

const newline = 10;

/** Nothing is made before the first write. Files are named by the hash of their key, which may hold any character. */
export function createFolderStore(folder: string, files: FolderFiles = nodeFiles): DocumentStore {
  const entryFolder = join(folder, 'entries');
  const blobFolder = join(folder, 'blobs');
  let turn: Promise<unknown> = Promise.resolve();
  let count = 0;

  /** One change after another; what the file system refuses becomes a failure. */
  const changing = <T>(path: string, work: () => Promise<T>): Promise<Result<T, Failure>> => {
    const run = turn.then(async (): Promise<Result<T, Failure>> => {
      try {
        return ok(await work());
      } catch (cause) {
        if (codeOf(cause) === '') throw cause;
        return err(writeFailure(path, cause));
      }
    });
    turn = run.catch(() => undefined);
    return run;
  };
  const put = async (into: string, path: string, bytes: Uint8Array): Promise<void> => {
    await files.makeFolder(into);
    const aside = `${path}.${process.pid}-${++count}.tmp`;
    try {
      await files.writeNew(aside, bytes);
      await files.rename(aside, path);
    } catch (cause) {
      await files.remove(aside).catch(() => {});
      throw cause;
    }
    await syncFolder(into);
  };

  const entryPath = (key: string): string => join(entryFolder, sha256Hex(key));
  const blobPath = (hash: string): string => join(blobFolder, hash);

  return {
    entryLimitBytes: Number.POSITIVE_INFINITY,
    async read(key) {
      const bytes = await bytesAt(entryPath(key));
      return bytes.ok && bytes.value !== null ? ok(bytes.value.slice(bytes.value.indexOf(newline) + 1)) : bytes;
    },
    write(key, bytes) {
      const copy = withKey(key, bytes);
      return changing(entryPath(key), () => put(entryFolder, entryPath(key), copy));
    },
    remove: (key) => changing(entryPath(key), () => files.remove(entryPath(key))),
    async keys() {
      const names = await namesIn(entryFolder);
      if (!names.ok) return names;
      const found: { readonly key: string; readonly at: number }[] = [];
      for (const name of names.value) {
        const path = join(entryFolder, name);
        const bytes = await bytesAt(path);
        if (!bytes.ok) return bytes;
        const key = bytes.value === null ? null : keyOf(bytes.value);
        if (key !== null) found.push({ key, at: (await stat(path)).mtimeMs });
      }
      return ok(found.sort((a, b) => a.at - b.at).map(({ key }) => key));
    },
    blobs: {
      async read(hash) {
        const bytes = await bytesAt(blobPath(hash));
        return bytes.ok && bytes.value !== null ? verified(hash, bytes.value) : bytes;
      },
      async write(bytes) {
        const copy = bytes.slice();
        const hash = sha256Hex(copy);
        const before = await bytesAt(blobPath(hash));
        if (before.ok && before.value !== null && verified(hash, before.value).ok) return ok(hash);
        const written = await changing(blobPath(hash), () => put(blobFolder, blobPath(hash), copy));
        return written.ok ? ok(hash) : written;
      },
      remove: (hash) => changing(blobPath(hash), () => files.remove(blobPath(hash))),
      async list() {
        const names = await namesIn(blobFolder);
        if (!names.ok) return names;
        const found = names.value.map(async (hash) => ({ hash, file: await stat(blobPath(hash)) }));
        try {
          const inOrder = (await Promise.all(found)).sort((a, b) => a.file.mtimeMs - b.file.mtimeMs);
          return ok(inOrder.map(({ hash, file }) => ({ hash, byteLength: file.size })));
        } catch (cause) {
          return err(readFailure(blobFolder, cause));
        }
      },
    },
  };
}

/** The key stands before the bytes, on a line of its own, as JSON. */
function withKey(key: string, bytes: Uint8Array): Uint8Array {
  const head = toUtf8(`${JSON.stringify(key)}\n`);
  const all = new Uint8Array(head.length + bytes.length);
  all.set(head);
  all.set(bytes, head.length);
  return all;
}

function keyOf(bytes: Uint8Array): string | null {
  try {
    const key: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(newline))));
    return typeof key === 'string' ? key : null;
  } catch {
    return null;
  }
}

async function bytesAt(path: string): Promise<Result<Uint8Array | null, Failure>> {
  try {
    return ok(new Uint8Array(await readFile(path)));
  } catch (cause) {
    return codeOf(cause) === 'ENOENT' ? ok(null) : err(readFailure(path, cause));
  }
}

/** Files that were not finished are passed over. */
async function namesIn(folder: string): Promise<Result<readonly string[], Failure>> {
  try {
    return ok((await readdir(folder)).filter((name) => /^[0-9a-f]{64}$/.test(name)));
  } catch (cause) {
    return codeOf(cause) === 'ENOENT' ? ok([]) : err(readFailure(folder, cause));
  }
}

/** So that the new name survives a loss of power; not every file system lets a folder be opened. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
