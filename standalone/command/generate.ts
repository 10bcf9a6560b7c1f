/** `retake generate`: words in, a picture out, as a PNG or as a document of one layer. */
import { checkInstruction } from '../../shared/core/edit/compileRequest.ts';
import { generatePicture } from '../../shared/core/edit/generatePicture.ts';
import type { Failure } from '../../shared/core/failure.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import { documentFromPixels } from '../documents/openDocument.ts';
import type { ServiceAccess } from './environment.ts';
import { checkTarget } from './files.ts';
import type { JobPorts } from './jobPorts.ts';
import type { GenerateJob } from './jobs.ts';
import { keeping } from './keepAnswer.ts';
import { modelFor } from './modelChoice.ts';
import { nodeClock, nodeIds } from './nodeClock.ts';
import { planGenerateOutput } from './outputName.ts';
import type { GenerateReport } from './report.ts';
import { peakRssMb, startWatch } from './watch.ts';

export async function runGenerate(
  job: GenerateJob,
  access: ServiceAccess,
  codec: PictureCodec,
  ports: JobPorts,
): Promise<Result<GenerateReport, Failure>> {
  const { signal } = ports;
  const watch = startWatch(nodeClock);
  const chosen = modelFor(job.model, access, codec);
  if (!chosen.ok) return chosen;
  const { entry, model, warning } = chosen.value;
  const trouble = checkInstruction(job.instruction, entry);
  if (trouble !== null) return err(trouble);
  const output = await planGenerateOutput(job.output, job.instruction);
  if (!output.ok) return output;
  const reportTrouble = job.report === null ? null : await checkTarget(job.report, true, []);
  if (reportTrouble !== null) return err(reportTrouble);
  const openMs = watch.lap();
  if (warning !== null) ports.warn(warning);

  const made = await generatePicture(
    { model, entry, clock: nodeClock, ids: nodeIds },
    { instruction: job.instruction, ratio: job.ratio, size: job.size },
    signal,
    ({ stage }) => ports.stage(stage, stage === 'ask' ? `Asking ${entry.nick}` : 'Preparing the request'),
  );
  if (!made.ok) return made;
  const { picture, description, provenance, cell, costUsd, usage, attempts, timingsMs } = made.value;
  const keep = keeping();
  keep.take({ picture });
  watch.lap();

  ports.stage('save', 'Encoding the result');
  const document = documentFromPixels(picture.pixels, job.instruction, provenance, codec);
  const encoded = await document.save(output.value.format, signal);
  if (!encoded.ok) return keep.failing(encoded.error, ports);
  const saveMs = watch.lap();

  ports.stage('write', 'Writing the file');
  const written = await output.value.write(encoded.value, ports.gate, signal);
  if (!written.ok) return keep.failing(written.error, ports);
  const writeMs = watch.lap();

  const result = { width: picture.pixels.width, height: picture.pixels.height };
  return ok({
    schema: 1,
    result,
    model: provenance.model,
    modelVersion: provenance.modelVersion,
    description,
    usage,
    costUsd,
    attempts,
    cell,
    timingsMs: { ...timingsMs, open: openMs, save: saveMs, write: writeMs, total: watch.total() },
    peakRssMb: peakRssMb(),
    provenance,
    notes: document.notes,
    output: written.value,
  });
}
