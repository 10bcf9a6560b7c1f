/** `retake merge`: a source and somebody's edit of it in, the change alone out. No model is asked. */
import { maskedWithin } from '../../shared/core/edit/layPixelsOver.ts';
import { mergeAnswer } from '../../shared/core/edit/mergeAnswer.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { boundsOf } from '../../shared/core/geometry.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import { checkTarget, type InputFile } from './files.ts';
import type { JobPorts } from './jobPorts.ts';
import type { MergeJob } from './jobs.ts';
import { defaultLayer } from './layerChoice.ts';
import { nodeClock, nodeIds } from './nodeClock.ts';
import { openInput } from './openInput.ts';
import { planEditOutput } from './outputName.ts';
import { readPicture, readRegion } from './readPicture.ts';
import { findingsReport, type MergeReport } from './report.ts';
import { peakRssMb, startWatch } from './watch.ts';

export async function runMerge(job: MergeJob, codec: PictureCodec, ports: JobPorts): Promise<Result<MergeReport, Failure>> {
  const { signal } = ports;
  const watch = startWatch(nodeClock);

  ports.stage('open', `Opening ${job.source}`);
  const opened = await openInput(job.source, codec, signal);
  if (!opened.ok) return opened;
  const { file, document, info } = opened.value;
  const { extent } = info;
  const layers = await document.layers();
  if (!layers.ok) return layers;
  const of = defaultLayer(layers.value);

  const result = await readPicture(job.result, codec, signal);
  if (!result.ok) return result;
  const region = job.region === null ? null : await readRegion(job.region, extent, codec, signal);
  if (region !== null && !region.ok) return region;
  const inputs: InputFile[] = [file, result.value.file];
  if (region?.value.file) inputs.push(region.value.file);
  const output = await planEditOutput(job.output, file, document.format, inputs, 'merged');
  if (!output.ok) return output;
  const reportTrouble = job.report === null ? null : await checkTarget(job.report, true, inputs);
  if (reportTrouble !== null) return err(reportTrouble);
  const decodeMs = watch.lap();

  ports.stage('compose', 'Finding the change');
  const merged = await mergeAnswer(
    { host: document, store: document.store, clock: nodeClock, ids: nodeIds, codec },
    {
      of,
      region: region?.value.mask ?? null,
      answer: result.value.pixels,
      name: result.value.file.name,
      file: result.value.bytes,
      tone: job.keepTone ? 'keep' : 'auto',
      whole: job.whole,
    },
    signal,
  );
  if (!merged.ok) return merged;
  const { findings, composition } = merged.value;
  const composeMs = watch.lap();

  ports.stage('save', 'Encoding the result');
  const encoded =
    output.value.format === 'png'
      ? await codec.encode(maskedWithin(boundsOf(extent), composition), { type: 'image/png' }, signal)
      : await document.save(output.value.format, signal);
  if (!encoded.ok) return encoded;
  const encodeMs = watch.lap();
  ports.stage('write', 'Writing the file');
  const written = await output.value.write(encoded.value, ports.gate, signal);
  if (!written.ok) return written;

  return ok({
    schema: 1,
    source: extent,
    result: { width: result.value.pixels.width, height: result.value.pixels.height },
    ...findingsReport(findings),
    timingsMs: { decode: decodeMs, ...findings.timingsMs, compose: composeMs, encode: encodeMs, total: watch.total() },
    peakRssMb: peakRssMb(),
    notes: [...new Set([...document.notes, ...result.value.notes, ...(region?.value.notes ?? []), ...merged.value.notes])],
    provenance: merged.value.provenance,
    output: written.value,
  });
}
