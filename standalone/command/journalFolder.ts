/**
 * The journal of a run: a hidden folder beside the output, named after the input and the process. It is removed when the
 * output is there; after a kill it stays, and the next run on the same file finds it.
 */
import { readdir, realpath, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '../../shared/core/hash.ts';
import type { DocumentStore } from '../../shared/core/ports.ts';
import { isRunning } from './files.ts';
import { createFolderStore } from './folderStore.ts';

export interface Journals {
  /** Of this run; not there before its first write. */
  readonly own: DocumentStore;
  readonly path: string;
  /** Of runs that are over. */
  readonly leftOver: readonly DocumentStore[];
  /** After the output was written: this run's own, and those that were left over. */
  remove(): Promise<void>;
}

/** A run on another machine that shares the folder cannot be seen; a day without a write is taken for its end. */
const othersEndAfterMs = 24 * 60 * 60 * 1000;

export async function openJournals(folder: string, input: string): Promise<Journals> {
  const machine = sha256Hex(hostname()).slice(0, 6);
  const prefix = `.retake-journal-${sha256Hex(await realpath(input)).slice(0, 12)}-`;
  const path = join(folder, `${prefix}${machine}-${process.pid}`);
  const over: string[] = [];
  // A folder that is not there is told of by whoever checks the output.
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    const [where, pid] = name.slice(prefix.length).split('-');
    const found = join(folder, name);
    const isOver = where === machine ? found === path || !isRunning(Number(pid)) : await isOlderThan(found, othersEndAfterMs);
    if (isOver) over.push(found);
  }
  // A number that comes again must not mix two runs.
  const own = over.includes(path) ? `${path}-${Date.now()}` : path;
  return {
    own: createFolderStore(own),
    path: own,
    leftOver: over.map((each) => createFolderStore(each)),
    async remove() {
      for (const each of [own, ...over]) await rm(each, { recursive: true, force: true }).catch(() => {});
    },
  };
}

async function isOlderThan(path: string, ms: number): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > ms;
}
