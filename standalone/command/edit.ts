/** `retake edit`: a file in, the same document with one take more out. */

import { checkInstruction } from '../../shared/core/edit/compileRequest.ts';
import { editLayer } from '../../shared/core/edit/editLayer.ts';
import { droppedSentence } from '../../shared/core/edit/fitContext.ts';
import type { Reference } from '../../shared/core/edit/types.ts';
import { explain, type Failure } from '../../shared/core/failure.ts';
import { journaled } from '../../shared/core/history/journaled.ts';
import { type TakeContext, wordsOf } from '../../shared/core/history/take.ts';
import type { LayerRef } from '../../shared/core/host.ts';
import type { EditAnswer } from '../../shared/core/model.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import type { Result } from '../../shared/core/result.ts';
import { err, ok } from '../../shared/core/result.ts';
import type { DocumentHost } from '../documents/document.ts';
import type { ServiceAccess } from './environment.ts';
import { checkTarget, type InputFile } from './files.ts';
import type { JobPorts } from './jobPorts.ts';
import type { EditJob } from './jobs.ts';
import { keeping } from './keepAnswer.ts';
import { chooseLayer, defaultLayer } from './layerChoice.ts';
import { modelFor } from './modelChoice.ts';
import { nodeClock, nodeIds } from './nodeClock.ts';
import { openWithHistory } from './openWithHistory.ts';
import { outputFolder, planEditOutput } from './outputName.ts';
import { readReference, readRegion } from './readPicture.ts';
import { type EditReport, findingsReport, noFindings, numbersOf } from './report.ts';
import { saveEdited } from './saveEdited.ts';
import { chooseTake } from './takeChoice.ts';
import { peakRssMb, startWatch } from './watch.ts';

export async function runEdit(
  job: EditJob,
  access: ServiceAccess,
  codec: PictureCodec,
  ports: JobPorts,
): Promise<Result<EditReport, Failure>> {
  const { signal } = ports;
  const watch = startWatch(nodeClock);

  const chosen = modelFor(job.model, access, codec);
  if (!chosen.ok) return chosen;
  const { entry, model, warning } = chosen.value;
  const trouble = checkInstruction(job.instruction, entry);
  if (trouble !== null) return err(trouble);

  ports.stage('open', `Opening ${job.input}`);
  const opened = await openWithHistory(job.input, codec, signal, (input) => outputFolder(job.output, input));
  if (!opened.ok) return opened;
  const { file, document, info, journals, opened: history } = opened.value;
  const { extent } = info;

  const from = job.from === null ? null : await chooseTake(document, job.from);
  if (from !== null && !from.ok) return from;
  const layer = await layerOf(document, job.layer, from?.value.origin ?? null);
  if (!layer.ok) return layer;
  const region = job.region === null ? null : await readRegion(job.region, extent, codec, signal);
  if (region !== null && !region.ok) return region;
  const inputs: InputFile[] = [file];
  if (region?.value.file) inputs.push(region.value.file);
  const references: Reference[] = [];
  for (const given of job.references) {
    const read = await readReference(given, codec, signal);
    if (!read.ok) return read;
    inputs.push(read.value.file);
    references.push(read.value.reference);
  }

  // Everything that can be known beforehand is checked before a picture is paid for.
  const output = await planEditOutput(job.output, file, document.format, inputs);
  if (!output.ok) return output;
  const reportTrouble = job.report === null ? null : await checkTarget(job.report, true, inputs);
  if (reportTrouble !== null) return err(reportTrouble);
  const openMs = watch.lap();
  if (warning !== null) ports.warn(warning);

  for (const note of history.notes) ports.warn(note);
  ports.journal(journals.path, false);

  const keep = keeping();
  const keepAnswer = (answer: EditAnswer): void => {
    keep.take(answer);
    ports.journal(journals.path, entry.wire !== 'offline');
  };
  // A person can still stop it; the report says it once more of what was made.
  const tellContext = ({ dropped }: TakeContext): void => {
    if (dropped.length > 0) ports.warn(droppedSentence(dropped, 'before'));
  };
  const store = journaled(document.store, journals.own);
  const edited = await editLayer(
    { host: document, model, entry, store, clock: nodeClock, ids: nodeIds, codec, keepAnswer, tellContext },
    {
      of: layer.value.of,
      region: region?.value.mask ?? null,
      instruction: job.instruction,
      references,
      size: job.size,
      thinking: job.thinking,
      keep: job.whole ? 'nothing' : 'rest',
      tone: job.keepTone ? 'keep' : 'auto',
      ...(from === null ? {} : { from: from.value.take.id }),
      way: job.way,
    },
    signal,
    ({ stage }) => ports.stage(stage, stage === 'ask' ? `Asking ${entry.nick}` : stageText[stage]),
  );
  if (!edited.ok) return keep.failing(edited.error, ports);
  const unkept = store.trouble();
  if (unkept !== null) ports.warn(`No journal could be kept while this ran: ${explain(unkept).sentence}`);
  watch.lap();

  const toSave = { document, edited: edited.value, model: entry.nick, input: job.input, choice: job.output, plan: output.value };
  const saved = await saveEdited(toSave, codec, ports, watch);
  if (!saved.ok) return keep.failing(saved.error, ports);
  await journals.remove();

  const { take, saveMs, writeMs } = saved.value;
  const { cell, sent, result, attempts, timingsMs, notes, provenance, composition } = edited.value;
  const { findings } = composition;
  return ok({
    schema: 1,
    source: extent,
    result,
    layer: {
      of: take.source.of,
      name: take.source.name,
      placed: { ref: take.placed?.layer ?? edited.value.layer, bounds: numbersOf(composition.bounds) },
    },
    ...(findings === null ? noFindings : findingsReport(findings)),
    model: provenance.model,
    modelVersion: provenance.modelVersion,
    description: wordsOf(take),
    take: {
      id: take.id,
      parent: take.parent,
      way: take.context.way,
      chosenBy: take.context.chosenBy,
      why: take.context.why,
      dropped: take.context.dropped,
    },
    usage: take.usage,
    costUsd: take.costUsd,
    attempts,
    cell,
    sent: sent.map(({ bytes: _, ...picture }) => picture),
    timingsMs: { ...timingsMs, open: openMs, save: saveMs, write: writeMs, total: watch.total() },
    peakRssMb: peakRssMb(),
    provenance,
    notes: [
      ...new Set([
        ...document.notes,
        ...layer.value.notes,
        ...(region?.value.notes ?? []),
        ...history.notes,
        ...notes,
        ...saved.value.notes,
      ]),
    ],
    output: saved.value.output,
  });
}

const stageText = {
  read: 'Reading the layer',
  compile: 'Preparing the request',
  compose: 'Fitting the answer',
  place: 'Placing the layer',
  record: 'Recording the take',
} as const;

async function layerOf(
  document: DocumentHost,
  asked: string | null,
  origin: LayerRef | 'visible' | null,
): Promise<Result<{ readonly of: LayerRef | 'visible'; readonly notes: readonly string[] }, Failure>> {
  const layers = await document.layers();
  if (!layers.ok) return layers;
  if (asked !== null) {
    const chosen = chooseLayer(asked, layers.value);
    return chosen.ok ? ok({ of: chosen.value, notes: [] }) : chosen;
  }
  if (origin !== null && (origin === 'visible' || layers.value.some(({ ref }) => ref === origin))) return ok({ of: origin, notes: [] });
  const of = defaultLayer(layers.value);
  const notes = of === 'visible' ? ['No layer was named, so all that shows was edited; --layer names one.'] : [];
  return ok({ of, notes });
}
