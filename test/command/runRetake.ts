/**
 * Runs the built command as a user's shell does: a process of its own, in a folder of its own, with an environment that
 * is only what a test says. Builds it first when a source is newer than the build.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const entry = join(root, 'standalone/bin/retake.js');

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

/** One test file builds, the others wait for it. */
export async function ensureBuilt(): Promise<void> {
  const lock = join(root, 'node_modules/.cache/retake-build.lock');
  for (let tries = 0; !isBuilt(); tries++) {
    try {
      mkdirSync(lock, { recursive: false });
    } catch {
      if (tries > 150) throw new Error('another build does not end');
      await new Promise((resolve) => setTimeout(resolve, 200));
      continue;
    }
    try {
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

export function start(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Running {
  let since = Date.now();
  const child = spawn(process.execPath, [entry, ...args], { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
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
    rmSync(this.path, { recursive: true, force: true });
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
