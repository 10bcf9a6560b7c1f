/**
 * The story of an edit, told once: find how the round continues, read the subject, compile the prompt, ask the model,
 * compose, place the take, record it. Every host and every front end walks through here.
 */
import { type AbortSignal, neverAborted } from '../abort.ts';
import type { Failure } from '../failure.ts';
import type { Extent } from '../geometry.ts';
import { hashAhead, hashOnce, hashRun } from '../hash.ts';
import { type PackedRound, packRound, type SubjectLook } from '../history/round.ts';
import { noPictures, type PictureRef, type SaidPart, type Take } from '../history/take.ts';
import { nextOrder } from '../history/tree.ts';
import { pinnedTo } from '../host.ts';
import type { AnswerPart, EditAnswer, EncodedPicture, RawPart, SentPicture, TurnPicture } from '../model.ts';
import { costOf } from '../models/registry.ts';
import { createPace } from '../pace.ts';
import { coveredBounds, type Pixels } from '../pixels.ts';
import type { Clock } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { type CompiledRequest, compileRequest } from './compileRequest.ts';
import { composeAnswer } from './composeAnswer.ts';
import { finishTake } from './finishTake.ts';
import { droppedSentence } from './fitContext.ts';
import { placeKept } from './placeKept.ts';
import { type Lost, type PreparedContext, prepareContext } from './prepareContext.ts';
import { provenanceOf } from './provenanceOf.ts';
import { readSubject } from './readSubject.ts';
import { regionBytes } from './regionMask.ts';
import { startStages } from './stages.ts';
import { laidAs } from './takeFindings.ts';
import { thumbnailOf } from './takePictures.ts';
import { openRecord, type TakeRecord } from './takeRecord.ts';
import type { EditAsk, EditOutcome, EditPorts, OnProgress, Subject } from './types.ts';

export async function editLayer(
  given: EditPorts,
  ask: EditAsk,
  signal: AbortSignal,
  onProgress: OnProgress = () => {},
): Promise<Result<EditOutcome, Failure>> {
  const { model, entry, clock, ids } = given;
  const stages = startStages(clock, onProgress);
  const at = clock.now();
  const elapsed = () => clock.now() - at;

  stages.begin('read');
  const host = await pinnedTo(given.host, ask.of);
  if (!host.ok) return host;
  const ports = { ...given, host: host.value };
  const opened = await openForEdit(ports, ask, await openRecord(ports.store), signal);
  if (!opened.ok) return opened;
  let { record } = opened.value;
  let start = await begin(ports, ask, opened.value.prepared, record, stages, signal);
  if (!start.ok) return start;

  const asked: Take = {
    id: ids.next(),
    parent: start.value.prepared.parent?.id ?? null,
    order: nextOrder(record.history),
    state: 'pending',
    instruction: ask.instruction.trim(),
    region: ask.region && coveredBounds(ask.region),
    context: start.value.prepared.context,
    said: [],
    pictures: noPictures,
    turn: null,
    prompt: promptOf(start.value.compiled),
    provenance: null,
    model: entry.id,
    source: sourceOf(start.value.subject),
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
  ports.tellContext?.(start.value.prepared.context);
  let answer = await model.edit(start.value.compiled.request, signal);
  if (!answer.ok && answer.error.kind === 'lost-conversation' && start.value.prepared.context.way === 'continue') {
    // Refused before anything was made, and not billed: the same is asked in a way that needs no earlier turn.
    const lost = { why: 'The service did not take the conversation back.', mayPlace: true };
    const anew = await openForEdit(ports, ask, record, signal, lost);
    start = anew.ok ? await begin(ports, ask, anew.value.prepared, anew.value.record, stages, signal) : anew;
    if (!start.ok) return record.fail(asked, start.error, elapsed());
    record = anew.ok ? anew.value.record : record;
    stages.begin('ask');
    ports.tellContext?.(start.value.prepared.context);
    answer = await model.edit(start.value.compiled.request, signal);
  }
  const { prepared, subject, compiled } = start.value;
  const { request } = compiled;
  const known = {
    ...asked,
    parent: prepared.parent?.id ?? null,
    context: prepared.context,
    prompt: promptOf(compiled),
    source: sourceOf(subject),
  };
  const begun = start.value;
  const pack: PackTurn = (parts, sent) => packTurn(ports, ask, begun, parts, sent, signal);
  if (!answer.ok) {
    const { take, turn } = await withQuestion(known, answer.error, entry, pack);
    const failed = await record.fail(take, answer.error, elapsed());
    if (turn !== null) await keepTurn(record, turn);
    return failed;
  }

  const { picture, said, usage, sent } = answer.value;
  for (const { bytes } of [picture, ...said.filter((part) => part.kind === 'picture')])
    await hashAhead(bytes, createPace(clock, neverAborted));
  const provenance = provenanceOf(entry, request, answer.value, { takeId: asked.id, parentTakeId: known.parent, at });
  ports.keepAnswer?.(answer.value, provenance);
  const turn = await pack(answer.value.parts, sent);
  const answered: Take = {
    ...known,
    state: 'answered',
    said: said.map(saidPart),
    pictures: { ...noPictures, answer: await record.keepPicture(picture, picture.pixels, 'The model’s picture') },
    turn: turn.hash,
    provenance,
    usage,
    costUsd: costOf(entry, request.cell.size, usage),
    tookMs: elapsed(),
  };
  await record.keep(answered);
  await keepTurn(record, turn);
  const others = await keepOthers(ports, answered, answer.value, record, signal);

  const { instructions } = prepared.context;
  const round = {
    take: answered,
    parent: prepared.parent,
    provenance,
    subject,
    compose: (stop: AbortSignal) => composeAnswer(subject, compiled, picture.pixels, instructions, ask, clock, stop, ports.layOver),
    of: ask.of,
    laid: laidAs(ask),
  };
  const finished = await finishTake(ports, round, record, stages, signal);
  if (!finished.ok) return finished;

  const { take, layer, composition } = finished.value;
  return ok({
    take,
    others,
    layer,
    composition,
    cell: request.cell,
    sent,
    result: { width: picture.pixels.width, height: picture.pixels.height },
    picture,
    provenance,
    timingsMs: stages.end(answer.value.timingsMs),
    attempts: answer.value.attempts,
    notes: [...notesOn(prepared, others, ask), ...subject.notes, ...composition.notes, ...finished.value.notes, ...record.notes()],
  });
}

interface Opened {
  readonly record: TakeRecord;
  readonly prepared: PreparedContext;
}

/** A take whose result is to be edited and that no layer shows is placed again first. */
async function openForEdit(
  ports: EditPorts,
  ask: EditAsk,
  record: TakeRecord,
  signal: AbortSignal,
  lost: Lost | null = null,
): Promise<Result<Opened, Failure>> {
  const prepared = await prepareContext(ports, ask, record.history, signal, lost);
  if (!prepared.ok || prepared.value.missing === null) return prepared.ok ? ok({ record, prepared: prepared.value }) : prepared;
  const placed = await placeKept(ports, { take: prepared.value.missing.id }, signal);
  if (!placed.ok) return placed;
  const later = await openRecord(ports.store);
  const again = await prepareContext(ports, { ...ask, from: placed.value.take.id }, later.history, signal, lost);
  return again.ok ? ok({ record: later, prepared: again.value }) : again;
}

interface Begun {
  readonly prepared: PreparedContext;
  readonly subject: Subject;
  readonly compiled: CompiledRequest;
  readonly look: SubjectLook;
}

async function begin(
  ports: EditPorts,
  ask: EditAsk,
  prepared: PreparedContext,
  record: TakeRecord,
  stages: ReturnType<typeof startStages>,
  signal: AbortSignal,
): Promise<Result<Begun, Failure>> {
  const { host, entry, clock } = ports;
  const { subject: place, told } = prepared;
  const subject = await readSubject(host, place.of, place.region, record.history, signal, place);
  if (!subject.ok) return subject;
  stages.begin('compile');
  const compiled = await compileRequest(subject.value, ask, told, entry, clock, signal);
  if (!compiled.ok) return compiled;
  const look = await lookOf(compiled.value.layer, clock, signal);
  if (look === null) return err({ kind: 'cancelled' });
  // The model would give back what the user has painted over since, and the composer would take that for its change.
  if (place.look !== null && isOther(place.look, look)) return beginOnChanged(ports, ask, record, stages, signal);
  return ok({ prepared, subject: subject.value, compiled: compiled.value, look });
}

/** In a way that needs no earlier turn. A kept picture is not placed for it: it too holds what was painted over. */
async function beginOnChanged(
  ports: EditPorts,
  ask: EditAsk,
  record: TakeRecord,
  stages: ReturnType<typeof startStages>,
  signal: AbortSignal,
): Promise<Result<Begun, Failure>> {
  const lost = { why: 'The layer has changed since the conversation began.', mayPlace: false };
  const prepared = await prepareContext(ports, ask, record.history, signal, lost);
  return prepared.ok ? begin(ports, ask, prepared.value, record, stages, signal) : prepared;
}

async function lookOf({ data, width, height }: Pixels, clock: Clock, signal: AbortSignal): Promise<SubjectLook | null> {
  const hash = await hashRun(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), createPace(clock, signal));
  return hash === null ? null : { hash, width, height };
}

/** Of another size, which the user chose, it cannot be told. */
const isOther = (before: SubjectLook, now: SubjectLook): boolean =>
  before.width === now.width && before.height === now.height && before.hash !== now.hash;

const promptOf = ({ request: { prompt } }: CompiledRequest): Take['prompt'] => ({ id: prompt.id, version: prompt.version });

const sourceOf = ({ of, name, bounds }: Subject): Take['source'] => ({ of, name, bounds });

const saidPart = (part: AnswerPart): SaidPart => (part.kind === 'text' ? part : { kind: 'picture', hash: hashOnce(part.bytes) });

type PackTurn = (parts: readonly RawPart[], sent: readonly SentPicture[]) => Promise<PackedRound>;

/** The take has named them before. */
async function keepTurn(record: TakeRecord, { blobs }: PackedRound): Promise<void> {
  for (const { bytes, what } of blobs) await record.keepBlob(bytes, what);
}

/** What went out and what came back, for the rounds after this one. */
async function packTurn(
  { codec, clock }: EditPorts,
  ask: EditAsk,
  { prepared, compiled: { request }, look }: Begun,
  parts: readonly RawPart[],
  sent: readonly SentPicture[],
  signal: AbortSignal,
): Promise<PackedRound> {
  const pictures: TurnPicture[] = [];
  for (const [i, { role, label, pixels }] of request.pictures.entries()) {
    // A model on this machine sends nothing, and says so.
    const bytes = sent[i] ?? (await encoded(pixels));
    if (bytes !== null) pictures.push({ role, label, type: bytes.type, bytes: bytes.bytes });
  }
  const round = {
    text: request.prompt.text,
    pictures,
    repeated: prepared.told.references.length,
    subject: look,
    parts,
    mask: await regionBytes(ask.region, codec, signal),
  };
  return packRound(round, createPace(clock, neverAborted));

  async function encoded(pixels: CompiledRequest['request']['pictures'][number]['pixels']) {
    const type = 'image/png' as const;
    const bytes = await codec.encode(pixels, { type }, signal);
    return bytes.ok ? { type, bytes: bytes.value } : null;
  }
}

/** A round that ended in words keeps them with its turn, so that a reply can be the next one. */
async function withQuestion(
  take: Take,
  failure: Failure,
  entry: EditPorts['entry'],
  pack: PackTurn,
): Promise<{ readonly take: Take; readonly turn: PackedRound | null }> {
  if (failure.kind !== 'no-image' || failure.reason !== 'words-only') return { take, turn: null };
  const said: readonly SaidPart[] = [{ kind: 'text', text: failure.said }];
  if (failure.answer === undefined || failure.answer.parts.length === 0) return { take: { ...take, said }, turn: null };
  const { parts, usage } = failure.answer;
  const turn = await pack(parts, []);
  return { take: { ...take, said, turn: turn.hash, usage, costUsd: wordsCost(entry, usage) }, turn };
}

const wordsCost = (entry: EditPorts['entry'], usage: Take['usage']): number | null =>
  usage === null || entry.price?.perMillion == null ? null : costOf(entry, null, { ...usage, imageTokens: usage.imageTokens ?? 0 });

/**
 * Pictures beside the last one become takes of their own, which nothing places: some models give drafts that they do not
 * mark as such (docs/decisions/0011). They were paid for with the main one.
 */
async function keepOthers(
  { codec, clock, ids }: EditPorts,
  main: Take,
  { said, picture }: EditAnswer,
  record: TakeRecord,
  signal: AbortSignal,
): Promise<readonly Take[]> {
  const seen = new Set([hashOnce(picture.bytes)]);
  const others: Take[] = [];
  for (const part of said) {
    if (part.kind !== 'picture' || seen.has(hashOnce(part.bytes))) continue;
    seen.add(hashOnce(part.bytes));
    const pixels = await codec.decode(part.bytes, signal);
    if (!pixels.ok) continue;
    const small = await thumbnailOf(pixels.value, codec, clock, signal);
    const id = ids.next();
    const provenance = main.provenance && { ...main.provenance, takeId: id, answerHash: hashOnce(part.bytes) };
    const other: Take = {
      ...main,
      id,
      order: main.order + 1 + others.length,
      said: [saidPart(part)],
      pictures: { ...noPictures, answer: refOf(part, pixels.value), thumbnail: small && refOf(small, small.pixels) },
      provenance,
      usage: null,
      costUsd: main.costUsd === null ? null : 0,
    };
    await record.keep(other);
    await record.keepBlob(part.bytes, 'Another picture of the model’s');
    if (small !== null) await record.keepBlob(small.bytes, 'The thumbnail');
    others.push(other);
  }
  return others;
}

const refOf = ({ type, bytes }: EncodedPicture, { width, height }: Extent): PictureRef => ({
  hash: hashOnce(bytes),
  type,
  width,
  height,
  byteLength: bytes.length,
});

function notesOn({ context }: PreparedContext, others: readonly Take[], { way = 'auto' }: EditAsk): readonly string[] {
  const { dropped, why } = context;
  return [
    ...(way !== 'auto' && way !== context.way ? [why] : []),
    ...(dropped.length === 0 ? [] : [droppedSentence(dropped, 'after')]),
    ...(others.length === 0 ? [] : [othersNote(others.length)]),
  ];
}

const othersNote = (count: number): string =>
  count === 1
    ? 'The model gave another picture beside this one; it is kept as a take of its own, not placed.'
    : `The model gave ${count} more pictures beside this one; they are kept as takes of their own, not placed.`;
