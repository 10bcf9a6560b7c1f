/**
 * A take whose picture is kept becomes a layer, without asking the model again: one of several pictures of an answer, a
 * take whose layer was deleted, a round that was broken off after it was paid for.
 */
import type { AbortSignal } from '../abort.ts';
import type { Failure } from '../failure.ts';
import { keepMarks } from '../history/keepTake.ts';
import { changedMarks, marksOf } from '../history/tree.ts';
import { pinnedTo } from '../host.ts';
import { err, ok, type Result } from '../result.ts';
import { type Finished, finishTake } from './finishTake.ts';
import { readKept } from './readKept.ts';
import { startStages } from './stages.ts';
import { laidAs } from './takeFindings.ts';
import { openRecord } from './takeRecord.ts';
import type { EditAsk, EditPorts, OnProgress } from './types.ts';

export interface PlaceKeptAsk extends Pick<EditAsk, 'tone' | 'keep'> {
  /** Its identifier. */
  readonly take: string;
}

/** `notes` of all that was done. */
export type PlaceKeptOutcome = Finished;

export async function placeKept(
  given: Omit<EditPorts, 'model' | 'entry'>,
  ask: PlaceKeptAsk,
  signal: AbortSignal,
  onProgress: OnProgress = () => {},
): Promise<Result<PlaceKeptOutcome, Failure>> {
  const { store, clock, ids } = given;
  const stages = startStages(clock, onProgress);
  stages.begin('read');
  const record = await openRecord(store);
  const { history } = record;
  const take = history.takes.get(ask.take);
  if (take === undefined) return err({ kind: 'no-such-take', name: ask.take, near: [] });
  if (take.provenance === null) return err({ kind: 'lost-take', name: take.instruction });
  const host = await pinnedTo(given.host, take.source.of, take.source.bounds);
  if (!host.ok) return host;
  const ports = { ...given, host: host.value };
  const kept = await readKept(ports, history, take, signal);
  if (!kept.ok) return kept;
  const { subject, compose } = kept.value;
  const finished = await finishTake(
    ports,
    {
      take,
      parent: take.parent === null ? take : (history.takes.get(take.parent) ?? take),
      provenance: take.provenance,
      subject,
      compose: (stop) => compose(ask, stop),
      of: take.source.of,
      laid: laidAs(ask, take.findings?.laid),
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
    notes: [...subject.notes, ...finished.value.composition.notes, ...finished.value.notes, ...record.notes()],
  });
}
