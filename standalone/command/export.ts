/** `retake export`: a take of a document as a file of its own. The document itself is only read. */
import { basename, dirname, extname, join } from 'node:path';
import type { Failure } from '../../shared/core/failure.ts';
import { shortId } from '../../shared/core/history/findTake.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import { exportBranch, exportPicture } from '../../shared/takeFiles/exportTake.ts';
import type { JobPorts } from './jobPorts.ts';
import type { ExportJob } from './jobs.ts';
import { nodeClock } from './nodeClock.ts';
import { openWithHistory } from './openWithHistory.ts';
import { countText, planFile, planFreeName } from './outputName.ts';
import { chooseTake } from './takeChoice.ts';

/** Answers where it went. */
export async function runExport(job: ExportJob, codec: PictureCodec, ports: JobPorts): Promise<Result<string, Failure>> {
  const { signal } = ports;
  ports.stage('open', `Opening ${job.input}`);
  const opened = await openWithHistory(job.input, codec, signal);
  if (!opened.ok) return opened;
  const { file, document } = opened.value;
  const chosen = await chooseTake(document, job.take);
  if (!chosen.ok) return chosen;
  const { take, history } = chosen.value;

  const { output } = job;
  const format = output.kind === 'beside' ? 'png' : extname(output.path).slice(1).toLowerCase();
  if (format !== 'png' && format !== 'zip')
    return err({
      kind: 'bad-option',
      option: '--output',
      got: basename(output.kind === 'file' ? output.path : ''),
      wanted: 'a name ending in .png or .zip',
    });
  const stem = basename(job.input, extname(job.input));
  const nameOf = (n: number): string => join(dirname(job.input), `${stem}-${shortId(history, take.id)}${countText(n)}.png`);
  const plan = output.kind === 'beside' ? await planFreeName(nameOf, format) : await planFile(output.path, output.replace, format, [file]);
  if (!plan.ok) return plan;

  ports.stage('save', format === 'zip' ? 'Gathering the branch' : 'Reading the take');
  const make = format === 'zip' ? exportBranch : exportPicture;
  const bytes = await make({ host: document, store: document.store, codec, clock: nodeClock }, history, take, signal);
  if (!bytes.ok) return bytes;
  ports.stage('write', 'Writing the file');
  const written = await plan.value.write(bytes.value, ports.gate, signal);
  return written.ok ? ok(written.value) : written;
}
