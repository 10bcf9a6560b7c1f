/**
 * Reading and writing files so that nothing is lost: sizes are limited before reading, an output is whole or not there,
 * and what was read as an input is never written over unless that was asked for.
 */
import { randomBytes } from 'node:crypto';
import { constants, readFileSync } from 'node:fs';
import { access, chmod, chown, type FileHandle, link, open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Failure, WriteTrouble } from '../../shared/core/failure.ts';
import { sha256Hex } from '../../shared/core/hash.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';

/** Node reads at most 2 GiB into one buffer; a PSD may not be larger either. */
export const inputLimitBytes = 2 ** 31 - 1;

/** An input as it was when it was read; enough to recognise the file under another name, or changed. */
export interface InputFile {
  readonly path: string;
  readonly name: string;
  readonly device: number;
  readonly inode: number;
  readonly byteLength: number;
  readonly modifiedMs: number;
}

export async function readInput(
  path: string,
  signal: AbortSignal,
): Promise<Result<{ readonly file: InputFile; readonly bytes: Uint8Array }, Failure>> {
  let handle: FileHandle | null = null;
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await handle.stat();
    if (found.isDirectory()) return err({ kind: 'read-failed', path, why: 'folder', message: '' });
    if (!found.isFile()) return err({ kind: 'read-failed', path, why: 'not-a-file', message: '' });
    const file = describe(path, found);
    const { name } = file;
    if (found.size > inputLimitBytes)
      return err({ kind: 'too-large', name, got: `${(found.size / 2 ** 30).toFixed(1)} GB`, limit: '2 GB' });
    const buffer = await handle.readFile();
    if (signal.aborted) return err({ kind: 'cancelled' });
    return ok({
      file,
      bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length),
    });
  } catch (cause) {
    return err(readFailure(path, cause));
  } finally {
    await handle?.close();
  }
}

const describe = (path: string, found: { dev: number; ino: number; size: number; mtimeMs: number }): InputFile => ({
  path,
  name: basename(path),
  device: found.dev,
  inode: found.ino,
  byteLength: found.size,
  modifiedMs: found.mtimeMs,
});

/** The file at `path` without reading it; null when there is none. */
export async function findInput(path: string): Promise<InputFile | null> {
  try {
    return describe(path, await stat(path));
  } catch {
    return null;
  }
}

export const codeOf = (cause: unknown): string => (cause instanceof Error && 'code' in cause ? String(cause.code) : '');

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

export function readFailure(path: string, cause: unknown): Failure {
  switch (codeOf(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { kind: 'not-found', path };
    case 'EACCES':
    case 'EPERM':
      return { kind: 'read-failed', path, why: 'permission', message: '' };
    case 'ENXIO':
      return { kind: 'read-failed', path, why: 'not-a-file', message: '' };
    default:
      return { kind: 'read-failed', path, why: 'other', message: messageOf(cause) };
  }
}

export function writeFailure(path: string, cause: unknown): Failure {
  const trouble: Partial<Record<string, WriteTrouble>> = {
    EACCES: 'permission',
    EPERM: 'permission',
    EROFS: 'permission',
    ENOSPC: 'disk-full',
    EDQUOT: 'disk-full',
    ENOENT: 'no-folder',
    ENOTDIR: 'no-folder',
    EEXIST: 'exists',
  };
  return { kind: 'write-failed', path, why: trouble[codeOf(cause)] ?? 'other', message: messageOf(cause) };
}

async function statOrNull(path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw cause;
  }
}

/**
 * Where a file will be written, checked before anything is paid for: the folder exists and may be written to, the name
 * is free or may be replaced, and it is none of `inputs`, under whatever name or link.
 */
export async function checkTarget(path: string, replace: boolean, inputs: readonly InputFile[]): Promise<Failure | null> {
  try {
    const folder = await stat(dirname(path));
    if (!folder.isDirectory()) return { kind: 'write-failed', path, why: 'no-folder', message: '' };
    const existing = await statOrNull(path);
    if (existing?.isDirectory()) return { kind: 'write-failed', path, why: 'other', message: 'It is a folder.' };
    if (existing !== null && inputs.some((input) => input.device === existing.dev && input.inode === existing.ino))
      return { kind: 'write-failed', path, why: 'is-input', message: '' };
    if (existing !== null && !replace) return { kind: 'write-failed', path, why: 'exists', message: '' };
    if (existing !== null) await access(path, constants.W_OK);
    await access(dirname(path), constants.W_OK);
    return null;
  } catch (cause) {
    return writeFailure(path, cause);
  }
}

/** The first name of `nameOf(1)`, `nameOf(2)`, … that is free, starting at `from`. */
export async function freeName(nameOf: (n: number) => string, from = 1): Promise<Result<{ path: string; n: number }, Failure>> {
  for (let n = from; ; n++) {
    const path = nameOf(n);
    try {
      if ((await statOrNull(path)) === null) return ok({ path, n });
    } catch (cause) {
      return err(writeFailure(path, cause));
    }
  }
}

/** Told what is about to be made, and asked whether the last step may still be taken. */
export interface WriteGate {
  temporary(path: string): Promise<void>;
  mayCommit(): Promise<boolean>;
}

export type Target =
  | { readonly kind: 'new'; readonly path: string }
  | { readonly kind: 'replace'; readonly path: string }
  /** Only while the file is still the one that was read. */
  | { readonly kind: 'in-place'; readonly input: InputFile };

/** One step at a time, so that a cancel is heard in between. */
const chunkBytes = 8 * 2 ** 20;

/** Writes into a temporary file beside the target, flushes it to the disk, and renames it; on any failure none of it stays. */
export async function writeWhole(target: Target, bytes: Uint8Array, gate: WriteGate, signal: AbortSignal): Promise<Result<void, Failure>> {
  const named = target.kind === 'in-place' ? target.input.path : target.path;
  let temporary: string | null = null;
  let handle: FileHandle | null = null;
  let unlock = async (): Promise<void> => {};
  try {
    const path = target.kind === 'new' ? target.path : await followLinks(named);
    const aside = join(dirname(path), `.retake-${randomBytes(6).toString('hex')}.tmp`);
    await gate.temporary(aside);
    handle = await open(aside, 'wx');
    temporary = aside;
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      if (signal.aborted) return err({ kind: 'cancelled' });
      await handle.writeFile(bytes.subarray(at, at + chunkBytes));
    }
    await handle.sync();
    await handle.close();
    handle = null;
    if (target.kind === 'in-place') unlock = await lockFile(path, gate, signal);
    const existing = target.kind === 'new' ? null : await statOrNull(path);
    if (existing !== null) await keepOwner(aside, existing);
    if (target.kind === 'in-place' && (existing === null || !isUnchanged(target.input, existing)))
      return err({ kind: 'write-failed', path: named, why: 'changed', message: '' });
    if (!(await gate.mayCommit())) return err({ kind: 'cancelled' });
    if (target.kind === 'new') {
      await takeName(aside, path);
    } else {
      await rename(aside, path);
      temporary = null;
    }
    return ok(undefined);
  } catch (cause) {
    return err(writeFailure(named, cause));
  } finally {
    await handle?.close().catch(() => {});
    if (temporary !== null) await unlink(temporary).catch(() => {});
    await unlock();
  }
}

const lockWaitMs = 20;
const mostLockWaits = 500;

/**
 * Between the look at whether a file is still the one that was read, and the rename, no other run may do the same: both
 * would find it unchanged, and the later would erase the earlier's takes. A lock whose owner is gone counts for nothing.
 */
async function lockFile(path: string, gate: WriteGate, signal: AbortSignal): Promise<() => Promise<void>> {
  const lock = join(dirname(path), `.retake-lock-${sha256Hex(path).slice(0, 12)}`);
  for (let waits = 0; waits < mostLockWaits && !signal.aborted; waits++) {
    try {
      const handle = await open(lock, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      await gate.temporary(lock);
      return () => unlink(lock).catch(() => {});
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw cause;
      const owner = Number(await readFile(lock, 'utf8').catch(() => '0'));
      // Still empty while its owner writes it.
      if (owner > 0 && !isRunning(owner)) await unlink(lock).catch(() => {});
      else await new Promise((resolve) => setTimeout(resolve, lockWaitMs));
    }
  }
  throw new Error('another run of Retake holds it');
}

/** Whether there is a process of that number on this machine that still does something. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (cause) {
    // It is there, and another user's.
    return codeOf(cause) === 'EPERM';
  }
}

/** Killed, and nobody has asked for its end, as happens to all orphans in many a container. Linux alone tells. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Gives `aside` the name `path`, which must be free: a hard link cannot replace a file, as a rename silently would. */
async function takeName(aside: string, path: string): Promise<void> {
  try {
    await link(aside, path);
  } catch (cause) {
    // FAT, some network disks and some mounts know no hard links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES'].includes(codeOf(cause))) throw cause;
    if ((await statOrNull(path)) !== null) throw Object.assign(new Error('the name was taken meanwhile'), { code: 'EEXIST' });
    await rename(aside, path);
  }
}

/** The file that takes another's place has its permissions, and its owner where that may be said. */
async function keepOwner(aside: string, existing: { mode: number; uid: number; gid: number }): Promise<void> {
  await chown(aside, existing.uid, existing.gid).catch(() => {});
  await chmod(aside, existing.mode & 0o777);
}

/** A link stays a link: what it points to is replaced. */
async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return path;
    throw cause;
  }
}

const isUnchanged = (read: InputFile, now: { dev: number; ino: number; size: number; mtimeMs: number }): boolean =>
  read.device === now.dev && read.inode === now.ino && read.byteLength === now.size && read.modifiedMs === now.mtimeMs;
