/**
 * Runs the built command as a user's shell does: a process of its own, in a folder of its own, with an environment that
 * is only what a test says. Builds it first when a source is newer than the build.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { neverAborted } from '../../shared/core/abort.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import type { TakeState } from '../../shared/core/history/take.ts';
import { readInput, writeWhole } from '../../standalone/command/files.ts';
import { createFolderStore } from '../../standalone/command/folderStore.ts';
import { valueIn } from '../documents/valueIn.ts';

const root = resolve(import.meta.dirname, '../..');
export const entry = join(root, 'standalone/bin/retake.js');

/** Newest change below a folder, ms; builds and packages left out. */
function newest(folder: string): number {
  return Math.max(
    ...readdirSync(folder, { withFileTypes: true })
      .filter((found) => found.name !== 'dist' && found.name !== 'node_modules')
      .map((found) => (found.isDirectory() ? newest(join(folder, found.name)) : statSync(join(folder, found.name)).mtimeMs)),
    0,
  );
}

function isBuilt(): boolean {
  try {
    const built = Math.min(...['retake.js', 'worker.js'].map((name) => statSync(join(root, 'standalone/dist', name)).mtimeMs));
    return built > Math.max(newest(join(root, 'shared')), newest(join(root, 'standalone')));
  } catch {
    return false;
  }
}

/** As long as tests have, less what they need beside; a machine that is busy takes many times as long as one that is not. */
const patienceMs = 100_000;

/** Until it is true; what cannot be looked at yet, or any more, is not. */
export async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  if (!(await comesTrue(isTrue, () => false))) throw new Error(`waited in vain until ${what}`);
}

/** False when it is over before, or takes too long. */
async function comesTrue(isTrue: () => boolean | Promise<boolean>, isOver: () => boolean): Promise<boolean> {
  for (const end = Date.now() + patienceMs; Date.now() < end && !isOver(); ) {
    try {
      if (await isTrue()) return true;
    } catch (cause) {
      if (!['ENOENT', 'ESRCH'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return false;
}

/** Until it is true of something that runs; false when the run was over before it could be seen. */
export const seenWhile = ({ child }: Running, isTrue: () => boolean | Promise<boolean>): Promise<boolean> =>
  comesTrue(isTrue, () => child.exitCode !== null || child.signalCode !== null);

/** One test file builds, the others wait for it. */
export async function ensureBuilt(): Promise<void> {
  const cache = join(root, 'node_modules/.cache');
  const lock = join(cache, 'retake-build.lock');
  mkdirSync(cache, { recursive: true });
  for (let tries = 0; existsSync(lock) || !isBuilt(); tries++) {
    try {
      mkdirSync(lock, { recursive: false });
    } catch {
      if (tries > 800) throw new Error('another build does not end');
      await new Promise((resolve) => setTimeout(resolve, 200));
      continue;
    }
    try {
      if (isBuilt()) return;
      const { status, stderr } = spawnSync(process.execPath, ['standalone/build.mjs', '--quiet'], { cwd: root, encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      return;
    } finally {
      rmdirSync(lock);
    }
  }
}

export interface Ended {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the moment it was stopped, or started, to its end. */
  readonly tookMs: number;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Sends a signal and answers what came of it; `tookMs` counts from here. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/** Only what a test names; the key and proxies of whoever runs the tests stay out. */
const environment = (env: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  TMPDIR: tmpdir(),
  ...env,
});

export function start(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}, program = entry): Running {
  let since = Date.now();
  const child = spawn(process.execPath, [program, ...args], { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  let exitedAt = 0;
  child.on('exit', () => {
    exitedAt = Date.now();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr, tookMs: exitedAt - since }));
  });
  return {
    child,
    ended,
    stop(signal = 'SIGINT') {
      since = Date.now();
      child.kill(signal);
      return ended;
    },
  };
}

export const retake = (args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  start(args, cwd, env).ended;

/** A folder that is gone after the test, and says what is in it. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'retake-command-'));

  at(name: string): string {
    return join(this.path, name);
  }

  /** Copies a picture of test/fixtures/photos. */
  photo(name: string, as = name): string {
    copyFileSync(join(root, 'test/fixtures/photos', name), this.at(as));
    return as;
  }

  put(name: string, bytes: Uint8Array | string): string {
    writeFileSync(this.at(name), bytes);
    return name;
  }

  read(name: string): Buffer {
    return readFileSync(this.at(name));
  }

  /** Every file with the hash of its bytes, hidden ones too. */
  contents(): Record<string, string> {
    return Object.fromEntries(
      readdirSync(this.path, { withFileTypes: true })
        .filter((found) => found.isFile())
        .map((found) => [found.name, createHash('sha256').update(this.read(found.name)).digest('hex')]),
    );
  }

  names(): string[] {
    return readdirSync(this.path).sort();
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** At most `width` at a time, answers in the order of the tasks. */
export async function inLanes<T, R>(tasks: readonly T[], width: number, work: (task: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let i = next++; i < tasks.length; i = next++) answers[i] = await work(tasks[i]);
    }),
  );
  return answers;
}

/** Process ids of its children, from Linux. */
export const childrenOf = ({ child }: Running): string[] =>
  readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ').filter(Boolean);

/** Tries until it could be done: a run may be over before this process has looked at it. */
export async function inTime<T>(attempt: () => Promise<T | null>): Promise<T> {
  for (let tries = 0; tries < 20; tries++) {
    const done = await attempt();
    if (done !== null) return done;
  }
  throw new Error('each of twenty runs was over before it could be met');
}

/** The journals in a folder, as another program finds them. */
export const journalsIn = (folder: Folder): string[] => folder.names().filter((name) => name.startsWith('.retake-journal-'));

/** The states of all takes in the journals of a folder. */
export async function statesInJournals(folder: Folder): Promise<readonly TakeState[]> {
  const states: TakeState[] = [];
  for (const name of journalsIn(folder)) {
    const read = await readHistory(createFolderStore(folder.at(name)));
    if (read.ok) states.push(...[...read.value.history.takes.values()].map(({ state }) => state));
  }
  return states;
}

/** Another run that is about to save the same file: ours waits for it before its last rename, for ten seconds. Answers how it ends. */
export async function heldByAnother(path: string): Promise<() => Promise<void>> {
  const { file: input, bytes } = valueIn(await readInput(path, neverAborted));
  let letGo = (): void => {};
  const answered = new Promise<boolean>((resolve) => {
    letGo = () => resolve(false);
  });
  let saving: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve) => {
    const mayCommit = (): Promise<boolean> => {
      resolve();
      return answered;
    };
    saving = writeWhole({ kind: 'in-place', input }, bytes, { temporary: () => Promise.resolve(), mayCommit }, neverAborted);
  });
  return async () => {
    letGo();
    await saving;
  };
}
