/**
 * A take whose picture is kept becomes a layer, without asking the model again: one of several pictures of an answer, a
 * take whose layer was deleted, a round that was broken off after it was paid for.
 */
import type { AbortSignal } from '../abort.ts';
import { chooseGround, chooseMatte } from '../compose/matte.ts';
import type { Failure } from '../failure.ts';
import { keepMarks } from '../history/keepTake.ts';
import type { History, Take } from '../history/take.ts';
import { changedMarks, marksOf } from '../history/tree.ts';
import { cellsOf, findModel } from '../models/registry.ts';
import { hasTransparency, type Mask, rectangleMask } from '../pixels.ts';
import { readIntent } from '../prompts/intent.ts';
import { err, ok, type Result } from '../result.ts';
import { conversationOf, soundPath } from './chooseContext.ts';
import { type Finished, finishTake } from './finishTake.ts';
import { planFrame } from './frame.ts';
import { unionOf } from './prepareContext.ts';
import { readSubject } from './readSubject.ts';
import { startStages } from './stages.ts';
import { openRecord } from './takeRecord.ts';
import type { EditAsk, EditPorts, OnProgress } from './types.ts';

export interface PlaceKeptAsk extends Pick<EditAsk, 'tone' | 'keep'> {
  /** Its identifier. */
  readonly take: string;
}

/** `notes` of all that was done. */
export type PlaceKeptOutcome = Finished;

export async function placeKept(
  ports: Omit<EditPorts, 'model' | 'entry'>,
  ask: PlaceKeptAsk,
  signal: AbortSignal,
  onProgress: OnProgress = () => {},
): Promise<Result<PlaceKeptOutcome, Failure>> {
  const { host, store, codec, clock, ids } = ports;
  const stages = startStages(clock, onProgress);
  stages.begin('read');
  const record = await openRecord(store);
  const { history } = record;
  const take = history.takes.get(ask.take);
  if (take === undefined) return err({ kind: 'no-such-take', name: ask.take, near: [] });
  const bytes = take.pictures.answer === null ? ok(null) : await store.blobs.read(take.pictures.answer.hash);
  if (!bytes.ok) return bytes;
  if (bytes.value === null || take.provenance === null) return err({ kind: 'lost-take', name: take.instruction });
  const picture = await codec.decode(bytes.value, signal);
  if (!picture.ok) return picture;

  const region = regionOf(history, take);
  const subject = await readSubject(host, take.source.of, region, history, signal, { bounds: take.source.bounds });
  if (!subject.ok) return subject;
  const entry = findModel(take.model);
  const size = cellsOf(entry).find(({ extent }) => extent.width === picture.value.width && extent.height === picture.value.height)?.size;
  const frame = planFrame(subject.value.bounds, entry, size ?? null) ?? planFrame(subject.value.bounds, entry, null);
  if (frame === null) return err({ kind: 'cannot-edit', model: take.model, successor: entry.successor });
  const { instructions } = take.context;
  const { pixels } = subject.value;
  const isCutOut = region === null && instructions.some((instruction) => readIntent(instruction) === 'cut-out');
  const finished = await finishTake(
    { ...ports, entry },
    {
      take,
      parent: take.parent === null ? take : (history.takes.get(take.parent) ?? take),
      provenance: take.provenance,
      subject: subject.value,
      frame: { frame, matte: hasTransparency(pixels) ? chooseMatte(pixels) : null, ground: isCutOut ? chooseGround(pixels) : null },
      picture: picture.value,
      instructions,
      ask: {
        of: take.source.of,
        ...(ask.tone === undefined ? {} : { tone: ask.tone }),
        ...(ask.keep === undefined ? {} : { keep: ask.keep }),
      },
    },
    record,
    stages,
    signal,
  );
  if (!finished.ok) return finished;
  // Where a run placed it first is not changed afterwards: the new layer is one more that shows it.
  if (take.placed !== null) {
    const layers = [...marksOf(history, take.id).layers, finished.value.layer];
    await keepMarks(store, changedMarks(history, take.id, { layers }, ids.next()));
  }
  return ok({
    ...finished.value,
    notes: [...subject.value.notes, ...finished.value.composition.notes, ...finished.value.notes, ...record.notes()],
  });
}

/** Where the round's picture may show: with a list or a conversation, also where the rounds before it might. */
function regionOf(history: History, take: Take): Mask | null {
  const path = soundPath(history, take.id);
  const shown = take.context.way === 'from-take' ? [take] : take.context.way === 'continue' ? conversationOf(path) : path;
  return unionOf(shown.map(({ region }) => region && rectangleMask(region)));
}
