/**
 * Runs a job in a process of its own, so that this one always hears Ctrl-C. Decoding or composing can hold a process
 * for a second, and even `process.exit` waits for native work; a killed process does not. Measured: stopping a running
 * libvips encode took minutes from within, and milliseconds from here.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { rmSync, unlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Failure } from '../../shared/core/failure.ts';
import { exhaustive } from '../../shared/core/result.ts';
import type { Done, Job, SupervisorMessage, WorkerMessage } from './jobs.ts';
import { whenStopped } from './stopSignals.ts';

export type Ending =
  | { readonly kind: 'done'; readonly done: Done }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly kept: string | null }
  /** A mistake of ours, or no memory left. */
  | { readonly kind: 'crashed'; readonly message: string };

export interface Watcher {
  stage(what: string): void;
  warn(text: string): void;
}

/** How long the worker may take to stop by itself, which lets it close its connection in good order. */
const graceMs = 50;

export function supervise(job: Job, watcher: Watcher): Promise<Ending> {
  return new Promise((resolve) => {
    // Before the worker exists, so that there is no moment in between.
    whenStopped(() => cancel());
    const worker = fork(fileURLToPath(new URL('./worker.js', import.meta.url)), {
      // A session of its own: the terminal's Ctrl-C comes here only, and this process decides.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    const send = (message: SupervisorMessage) => {
      if (worker.connected) worker.send(message, () => {});
    };
    let ending: Ending | null = null;
    let isCommitted = false;
    let isCancelled = false;
    let isOver = false;
    const temporaries: string[] = [];
    let journal: Extract<WorkerMessage, { kind: 'journal' }> | null = null;
    let lastWords = '';
    worker.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-2000);
    });

    const cancel = () => {
      // Once the last rename has begun, the output counts; the worker has milliseconds to go, and so has what is told of it.
      if (isCommitted || isOver) return;
      isCancelled = true;
      send({ kind: 'cancel' });
      setTimeout(() => worker.kill('SIGKILL'), graceMs);
    };

    worker.on('message', (message: WorkerMessage) => {
      switch (message.kind) {
        case 'stage':
          if (!isCancelled) watcher.stage(message.what);
          return;
        case 'warning':
          if (!isCancelled) watcher.warn(message.text);
          return;
        case 'temporary':
          temporaries.push(message.path);
          return;
        case 'journal':
          journal = message;
          return;
        case 'ready':
          isCommitted = !isCancelled;
          send({ kind: 'commit', go: isCommitted });
          return;
        case 'done':
        case 'failed':
        case 'crashed':
          ending = message;
          // Nothing of it matters any more; its own way out could wait for native threads.
          worker.kill('SIGKILL');
          return;
        default:
          exhaustive(message);
      }
    });

    whenGone(worker, (trouble) => {
      isOver = true;
      for (const path of temporaries) removeQuietly(path);
      if (journal !== null && !journal.isPaid) rmSync(journal.path, { recursive: true, force: true });
      if (isCancelled) resolve({ kind: 'failed', failure: { kind: 'cancelled' }, kept: null });
      else resolve(ending ?? { kind: 'crashed', message: [trouble, lastWords.trim()].filter((part) => part !== '').join('\n') });
    });
    send({ kind: 'job', job });
  });
}

/** After the process has ended and all it said has arrived. */
function whenGone(worker: ChildProcess, then: (trouble: string) => void): void {
  let open = 2;
  let trouble = '';
  const one = () => {
    if (--open === 0) then(trouble);
  };
  worker.once('exit', (code, signal) => {
    trouble = signal === 'SIGABRT' ? 'The working process ran out of memory.' : `The working process ended early (${signal ?? code}).`;
    one();
  });
  worker.once('disconnect', one);
  worker.once('error', (cause) => {
    trouble = cause.message;
    if (worker.pid === undefined) then(trouble);
  });
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Renamed or removed already.
  }
}
