/**
 * The story of an edit, told once: read the subject, compile the prompt, ask the model, compose, place the take,
 * record it. Every host and every front end walks through here.
 */
import type { AbortSignal } from '../abort.ts';
import type { Failure } from '../failure.ts';
import { sha256Hex } from '../hash.ts';
import { tellStory } from '../history/story.ts';
import { freshContext, noPictures, type SaidPart, type Take } from '../history/take.ts';
import { nextOrder, takeAt } from '../history/tree.ts';
import { costOf } from '../models/registry.ts';
import { ok, type Result } from '../result.ts';
import { shorten } from '../text.ts';
import { compileRequest } from './compileRequest.ts';
import { composeAnswer } from './composeAnswer.ts';
import { placeTake } from './placeTake.ts';
import { provenanceOf } from './provenanceOf.ts';
import { readSubject } from './readSubject.ts';
import { startStages } from './stages.ts';
import { takeFindings } from './takeFindings.ts';
import { takeName } from './takeName.ts';
import { layerRefs, makeThumbnail } from './takePictures.ts';
import { openRecord } from './takeRecord.ts';
import type { EditAsk, EditOutcome, EditPorts, OnProgress } from './types.ts';

/** Layer lists show about this many characters of a name. */
const nameLength = 60;

export async function editLayer(
  ports: EditPorts,
  ask: EditAsk,
  signal: AbortSignal,
  onProgress: OnProgress = () => {},
): Promise<Result<EditOutcome, Failure>> {
  const { host, model, entry, store, clock, ids, codec } = ports;
  const stages = startStages(clock, onProgress);
  const at = clock.now();
  const elapsed = () => clock.now() - at;

  stages.begin('read');
  const record = await openRecord(store);
  const { history } = record;
  const subject = await readSubject(host, ask.of, ask.region, history, signal);
  if (!subject.ok) return subject;

  stages.begin('compile');
  const compiled = await compileRequest(subject.value, ask, entry, clock, signal);
  if (!compiled.ok) return compiled;
  const { request } = compiled.value;

  const asked: Take = {
    id: ids.next(),
    parent: takeAt(history, ask.of)?.id ?? null,
    order: nextOrder(history),
    state: 'pending',
    instruction: request.instruction,
    region: ask.region?.bounds ?? null,
    context: freshContext(request.instruction),
    said: [],
    pictures: noPictures,
    turn: null,
    provenance: null,
    model: entry.id,
    source: { of: ask.of, name: subject.value.name, bounds: subject.value.bounds },
    placed: null,
    findings: null,
    scores: [],
    usage: null,
    costUsd: null,
    tookMs: 0,
    at,
    failure: null,
  };
  await record.keep(asked);

  stages.begin('ask');
  const answer = await model.edit(request, signal);
  if (!answer.ok) return record.fail(asked, answer.error, elapsed());
  const { picture, said, usage, sent } = answer.value;
  const provenance = provenanceOf(entry, request, answer.value, { takeId: asked.id, parentTakeId: asked.parent, at });
  ports.keepAnswer?.(answer.value, provenance);
  const answered: Take = {
    ...asked,
    state: 'answered',
    said: said.map((part): SaidPart => (part.kind === 'text' ? part : { kind: 'picture', hash: sha256Hex(part.bytes) })),
    pictures: { ...noPictures, answer: await record.keepPicture(picture, picture.pixels, 'The model’s picture') },
    provenance,
    usage,
    costUsd: costOf(entry, request.cell.size, usage),
    tookMs: elapsed(),
  };
  await record.keep(answered);

  stages.begin('compose');
  const composition = await composeAnswer(subject.value, compiled.value, picture.pixels, ask, clock, signal, ports.layOver);
  if (!composition.ok) return record.fail(answered, composition.error, elapsed());
  const refs = await layerRefs(composition.value, clock, signal);
  if (refs === null) return record.fail(answered, { kind: 'cancelled' }, elapsed());
  const small = await makeThumbnail(subject.value, composition.value, codec, clock, signal);
  const thumbnail = small && (await record.keepPicture(small, small.pixels, 'The thumbnail'));
  const { findings } = composition.value;
  const composed: Take = {
    ...answered,
    pictures: { ...answered.pictures, ...refs, thumbnail },
    findings: findings === null ? null : takeFindings(findings),
  };

  stages.begin('place');
  const names = {
    name: takeName(history, entry.nick),
    group: shorten(ask.instruction, nameLength),
    above: ask.of,
    provenance,
    story: tellStory(history, composed),
  };
  const layer = await placeTake(host, composition.value, names, signal);
  if (!layer.ok) return record.fail(composed, layer.error, elapsed());

  stages.begin('record');
  const take: Take = {
    ...composed,
    state: 'done',
    placed: { layer: layer.value, bounds: composition.value.bounds },
    tookMs: elapsed(),
  };
  await record.keep(take);

  return ok({
    take,
    layer: layer.value,
    composition: composition.value,
    cell: request.cell,
    sent,
    result: { width: picture.pixels.width, height: picture.pixels.height },
    picture,
    provenance,
    timingsMs: stages.end(answer.value.timingsMs),
    attempts: answer.value.attempts,
    notes: [...subject.value.notes, ...composition.value.notes, ...record.notes()],
  });
}
