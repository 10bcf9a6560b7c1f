/**
 * The story of an edit, told once: read the subject, compile the prompt, ask the model, compose, place the take,
 * record it. Every host and every front end walks through here.
 */
import type { AbortSignal } from '../abort.ts';
import type { Failure } from '../failure.ts';
import { readHistory } from '../history/recordTake.ts';
import type { Take } from '../history/take.ts';
import { costOf } from '../models/registry.ts';
import { ok, type Result } from '../result.ts';
import { shorten } from '../text.ts';
import { compileRequest } from './compileRequest.ts';
import { composeAnswer } from './composeAnswer.ts';
import { placeTake, rememberTake } from './placeTake.ts';
import { provenanceOf } from './provenanceOf.ts';
import { latestAt, readSubject } from './readSubject.ts';
import { startStages } from './stages.ts';
import type { EditAsk, EditOutcome, EditPorts, OnProgress } from './types.ts';

/** Layer lists show about this many characters of a name. */
const nameLength = 60;

export async function editLayer(
  ports: EditPorts,
  ask: EditAsk,
  signal: AbortSignal,
  onProgress: OnProgress = () => {},
): Promise<Result<EditOutcome, Failure>> {
  const { host, model, entry, store, clock, ids } = ports;
  const stages = startStages(clock, onProgress);
  const takeId = ids.next();
  const at = clock.now();

  stages.begin('read');
  // Unreadable history does not stop an edit; recording sets it aside.
  const before = await readHistory(store);
  const earlier = before.ok ? before.value.takes : [];
  const subject = await readSubject(host, ask.of, ask.region, earlier, signal);
  if (!subject.ok) return subject;
  const parent = latestAt(earlier, ask.of)?.id ?? null;

  stages.begin('compile');
  const compiled = await compileRequest(subject.value, ask, entry, clock, signal);
  if (!compiled.ok) return compiled;
  const { request } = compiled.value;

  stages.begin('ask');
  const answer = await model.edit(request, signal);
  if (!answer.ok) return answer;
  const { picture, text, usage, sent } = answer.value;
  const provenance = provenanceOf(entry, request, answer.value, { takeId, parentTakeId: parent, at });
  ports.keepAnswer?.(answer.value, provenance);

  stages.begin('compose');
  const composition = await composeAnswer(subject.value, compiled.value, picture.pixels, ask, clock, signal, ports.layOver);
  if (!composition.ok) return composition;

  stages.begin('place');
  const name = shorten(ask.instruction, nameLength);
  const takeName = `Take ${earlier.length + 1} · ${entry.nick}`;
  const layer = await placeTake(host, composition.value, { name: takeName, group: name, above: ask.of, provenance }, signal);
  if (!layer.ok) return layer;

  stages.begin('record');
  const take: Take = {
    id: takeId,
    parent,
    instruction: request.instruction,
    description: text,
    provenance,
    source: { of: ask.of, name: subject.value.name, bounds: subject.value.bounds },
    placed: { layer: layer.value, bounds: composition.value.bounds },
    usage,
    costUsd: costOf(entry, request.cell.size, usage),
    tookMs: clock.now() - at,
    at,
  };
  const historyNotes = await rememberTake(store, take);

  return ok({
    take,
    layer: layer.value,
    composition: composition.value,
    cell: request.cell,
    sent,
    result: { width: picture.pixels.width, height: picture.pixels.height },
    picture,
    timingsMs: stages.end(answer.value.timingsMs),
    attempts: answer.value.attempts,
    notes: [...subject.value.notes, ...composition.value.notes, ...historyNotes],
  });
}
