/** Entry of the `retake` command. It only wires: what was typed, who does it, how it is told, and the exit code. */
import { resolve } from 'node:path';
import type { Failure } from '../../shared/core/failure.ts';
import { assert, exhaustive } from '../../shared/core/result.ts';
import { readEnvironment } from './environment.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exitCodes.ts';
import { historyJson, historyText } from './historyText.ts';
import type { EditJob, GenerateJob, Job, MergeJob } from './jobs.ts';
import { modelsJson, modelsText } from './models.ts';
import { serveUntilStopped } from './open.ts';
import { parseCommandLine } from './program.ts';
import { failureReport } from './report.ts';
import { writeReport } from './reportFile.ts';
import { type Ending, supervise } from './supervise.ts';
import { createTerminal } from './terminal.ts';
import { failureText, layersJson, layersText, mergeText, summaryText } from './words.ts';

const terminal = createTerminal(process.stdout, process.stderr, process.env);

async function run(): Promise<ExitCode> {
  const typed = parseCommandLine(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
  switch (typed.kind) {
    case 'edit':
    case 'generate':
    case 'merge':
      return make(typed.job);
    case 'layers': {
      const ending = await worked(typed.job);
      if (ending.kind !== 'done') return ended(ending);
      assert(ending.done.kind === 'layers', `a job for layers ended as ${ending.done.kind}`);
      terminal.print(typed.asJson ? layersJson(ending.done.listing) : layersText(ending.done.listing));
      return exitCodes.done;
    }
    case 'history': {
      const ending = await worked(typed.job);
      if (ending.kind !== 'done') return ended(ending);
      assert(ending.done.kind === 'history', `a job for the history ended as ${ending.done.kind}`);
      terminal.print(typed.asJson ? historyJson(ending.done.listing) : historyText(ending.done.listing));
      return exitCodes.done;
    }
    case 'export': {
      const ending = await worked(typed.job);
      if (ending.kind !== 'done') return ended(ending);
      assert(ending.done.kind === 'export', `an export ended as ${ending.done.kind}`);
      terminal.print(ending.done.output);
      return exitCodes.done;
    }
    case 'models':
      return listModels(typed.asJson);
    case 'open': {
      const served = await serveUntilStopped(typed.input, typed.port, (url) => {
        terminal.print(url);
        if (terminal.isWatched) terminal.say('Open this address in a browser. Ctrl-C stops it.');
      });
      return served.ok ? exitCodes.done : failed(served.error);
    }
    case 'end':
      return typed.exitCode;
    default:
      return exhaustive(typed);
  }
}

async function worked(job: Job): Promise<Ending> {
  const ending = await supervise(job, terminal);
  terminal.still();
  return ending;
}

function failed(failure: Failure, kept: string | null = null): ExitCode {
  terminal.fail(failureText(failure, kept));
  return exitCodeOf(failure);
}

function ended(ending: Exclude<Ending, { kind: 'done' }>): ExitCode {
  if (ending.kind === 'failed') return failed(ending.failure, ending.kept);
  terminal.fail(`Retake itself failed. Nothing was written; please report this:\n${ending.message}`);
  return exitCodes.internal;
}

/** `edit`, `generate` and `merge`: the path on stdout, the rest for who watches. */
async function make(job: EditJob | GenerateJob | MergeJob): Promise<ExitCode> {
  if (job.report !== null && job.output.kind === 'file' && resolve(job.report) === resolve(job.output.path))
    return failed({ kind: 'bad-option', option: '--report', got: job.report, wanted: 'another file than --output' });
  const ending = await worked(job);
  if (ending.kind !== 'done') {
    const code = ended(ending);
    // Of a failure, the report is a courtesy; a second complaint would hide the first.
    if (job.report !== null && ending.kind === 'failed') await writeReport(job.report, failureReport(ending.failure, code), job, null);
    return code;
  }
  assert('report' in ending.done, `an edit ended as ${ending.done.kind}`);
  const { report } = ending.done;
  for (const note of report.notes) terminal.warn(note);
  if (terminal.isWatched) terminal.say('model' in report ? summaryText(report) : mergeText(report));
  terminal.print(report.output);
  const trouble = job.report === null ? null : await writeReport(job.report, report, job, report.output);
  return trouble === null ? exitCodes.done : failed(trouble);
}

/** The list is printed in any case; what the service said decides the exit code. */
async function listModels(asJson: boolean): Promise<ExitCode> {
  const access = readEnvironment(process.env);
  let ending: Ending | null = null;
  if (!access.ok) ending = { kind: 'failed', failure: access.error, kept: null };
  else if (access.value.apiKey !== null) ending = await worked({ kind: 'available' });
  if (ending?.kind === 'failed' && ending.failure.kind === 'cancelled') return ended(ending);
  const service = ending?.kind === 'done' && ending.done.kind === 'available' ? ending.done.models : null;
  const failure = ending?.kind === 'failed' ? ending.failure : null;
  terminal.print(asJson ? modelsJson(service, failure) : modelsText(service));
  return ending === null || ending.kind === 'done' ? exitCodes.done : ended(ending);
}

// Not `process.exit`: what was printed into a pipe must arrive first.
process.exitCode = await run();
