/** Puts a report where it was asked for, whole or not at all; an older one there is replaced, a picture never. */
import { neverAborted } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { checkTarget, findInput, type InputFile, writeWhole } from './files.ts';
import type { EditJob, GenerateJob, MergeJob } from './jobs.ts';
import { type EditReport, type FailureReport, type GenerateReport, type MergeReport, reportText } from './report.ts';
import { splitReference } from './splitReference.ts';

const gate = { temporary: () => Promise.resolve(), mayCommit: () => Promise.resolve(true) };

/** Every file that a job reads, or names as its output. */
function picturesOf(job: EditJob | GenerateJob | MergeJob): string[] {
  const output = job.output.kind === 'file' ? [job.output.path] : [];
  if (job.kind === 'generate') return output;
  const mask = job.region?.kind === 'mask' ? [job.region.path] : [];
  if (job.kind === 'merge') return [job.source, job.result, ...mask, ...output];
  const references = job.references.map((given) => {
    const split = splitReference(given);
    return split.ok ? split.value.path : given;
  });
  return [job.input, ...mask, ...references, ...output];
}

/** `written` is the output, when there is one by now. `write-failed` when the report would take a picture's place. */
export async function writeReport(
  path: string,
  report: EditReport | GenerateReport | MergeReport | FailureReport,
  job: EditJob | GenerateJob | MergeJob,
  written: string | null,
): Promise<Failure | null> {
  const pictures: InputFile[] = [];
  for (const picture of [...picturesOf(job), ...(written === null ? [] : [written])]) {
    const found = await findInput(picture);
    if (found !== null) pictures.push(found);
  }
  const trouble = await checkTarget(path, true, pictures);
  if (trouble !== null) return trouble;
  const bytes = new TextEncoder().encode(reportText(report));
  const outcome = await writeWhole({ kind: 'replace', path }, bytes, gate, neverAborted);
  return outcome.ok ? null : outcome.error;
}
