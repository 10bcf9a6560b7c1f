/**
 * Entry of the working process. It does one job and tells the supervisor everything; it prints nothing. It may be
 * killed at any moment: what it has not renamed does not count.
 */
import { rmSync } from 'node:fs';
import type { Failure } from '../../shared/core/failure.ts';
import { exhaustive, ok, type Result } from '../../shared/core/result.ts';
import { runAvailable } from './available.ts';
import { runEdit } from './edit.ts';
import { readEnvironment } from './environment.ts';
import { runExport } from './export.ts';
import { runGenerate } from './generate.ts';
import { runHistory } from './history.ts';
import type { JobPorts } from './jobPorts.ts';
import type { Done, Job, SupervisorMessage, WorkerMessage } from './jobs.ts';
import { runLayers } from './layers.ts';
import { runMerge } from './merge.ts';
import { createNodeCodec } from './nodeCodec.ts';

const abort = new AbortController();
let answerReady: ((go: boolean) => void) | null = null;
let keptPath: string | null = null;
let journal: { readonly path: string; readonly isPaid: boolean } | null = null;

/** Resolves when the message has left this process. */
const tell = (message: WorkerMessage): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });

const ports: JobPorts = {
  signal: abort.signal,
  gate: {
    temporary: (path) => tell({ kind: 'temporary', path }),
    mayCommit: () =>
      new Promise((resolve) => {
        answerReady = resolve;
        void tell({ kind: 'ready' });
      }),
  },
  stage: (stage, what) => void tell({ kind: 'stage', stage, what }),
  warn: (text) => void tell({ kind: 'warning', text }),
  journal: (path, isPaid) => {
    journal = { path, isPaid };
    void tell({ kind: 'journal', path, isPaid });
  },
  kept: (path) => {
    keptPath = path;
  },
};

async function run(job: Job): Promise<Result<Done, Failure>> {
  const access = readEnvironment(process.env);
  if (!access.ok) return access;
  const codec = createNodeCodec();
  switch (job.kind) {
    case 'edit': {
      const report = await runEdit(job, access.value, codec, ports);
      return report.ok ? ok({ kind: 'edit', report: report.value }) : report;
    }
    case 'generate': {
      const report = await runGenerate(job, access.value, codec, ports);
      return report.ok ? ok({ kind: 'generate', report: report.value }) : report;
    }
    case 'merge': {
      const report = await runMerge(job, codec, ports);
      return report.ok ? ok({ kind: 'merge', report: report.value }) : report;
    }
    case 'layers': {
      const listing = await runLayers(job, codec, ports);
      return listing.ok ? ok({ kind: 'layers', listing: listing.value }) : listing;
    }
    case 'history': {
      const listing = await runHistory(job, codec, ports);
      return listing.ok ? ok({ kind: 'history', listing: listing.value }) : listing;
    }
    case 'export': {
      const output = await runExport(job, codec, ports);
      return output.ok ? ok({ kind: 'export', output: output.value }) : output;
    }
    case 'available': {
      const models = await runAvailable(access.value, codec, ports);
      return models.ok ? ok({ kind: 'available', models: models.value }) : models;
    }
    default:
      return exhaustive(job);
  }
}

async function work(job: Job): Promise<void> {
  try {
    const result = await run(job);
    await tell(result.ok ? { kind: 'done', done: result.value } : { kind: 'failed', failure: result.error, kept: keptPath });
  } catch (cause) {
    await tell({ kind: 'crashed', message: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) });
  }
}

let working: Promise<void> | null = null;

process.on('message', (message: SupervisorMessage) => {
  switch (message.kind) {
    case 'job':
      working = work(message.job);
      return;
    case 'cancel':
      abort.abort();
      return;
    case 'commit':
      answerReady?.(message.go);
      return;
    default:
      exhaustive(message);
  }
});

/** How long work that hears of its end may take to come to it; what is deaf is left. */
const graceMs = 2000;

// The terminal's process is gone: nobody is left to answer to.
process.on('disconnect', async () => {
  abort.abort();
  answerReady?.(false);
  // What still writes to the journal would bring a part of it back.
  await Promise.race([working, new Promise((resolve) => setTimeout(resolve, graceMs))]);
  if (journal !== null && !journal.isPaid) rmSync(journal.path, { recursive: true, force: true });
  process.exit(1);
});
