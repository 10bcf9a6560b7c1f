/** From a model's picture to a take that is seen: composed, placed and recorded. An edit ends so, and so does placing again. */
import type { AbortSignal } from '../abort.ts';
import type { Failure } from '../failure.ts';
import { tellStory } from '../history/story.ts';
import type { LaidAs, Take } from '../history/take.ts';
import type { LayerRef } from '../host.ts';
import { findModel } from '../models/registry.ts';
import type { Provenance } from '../provenance.ts';
import { ok, type Result } from '../result.ts';
import { shorten } from '../text.ts';
import { placeInTree, placeTake } from './placeTake.ts';
import type { startStages } from './stages.ts';
import { takeFindings } from './takeFindings.ts';
import { takeName } from './takeName.ts';
import { layerRefs, makeThumbnail } from './takePictures.ts';
import type { TakeRecord } from './takeRecord.ts';
import type { Composition, EditAsk, EditPorts, Subject } from './types.ts';

export interface Answered {
  readonly take: Take;
  readonly parent: Take | null;
  readonly provenance: Provenance;
  readonly subject: Subject;
  readonly compose: (signal: AbortSignal) => Promise<Result<Composition, Failure>>;
  /** What the round was asked of. */
  readonly of: EditAsk['of'];
  readonly laid: LaidAs;
}

export interface Finished {
  readonly take: Take;
  readonly layer: LayerRef;
  readonly composition: Composition;
  readonly notes: readonly string[];
}

export type FinishPorts = Pick<EditPorts, 'host' | 'clock' | 'codec'>;

/** Layer lists show about this many characters of a name. */
const nameLength = 60;

export async function finishTake(
  { host, clock, codec }: FinishPorts,
  { take: answered, parent, provenance, subject, compose, of, laid }: Answered,
  record: TakeRecord,
  stages: Pick<ReturnType<typeof startStages>, 'begin'>,
  signal: AbortSignal,
): Promise<Result<Finished, Failure>> {
  const began = clock.now();
  const elapsed = () => answered.tookMs + clock.now() - began;
  const { history } = record;

  stages.begin('compose');
  const composition = await compose(signal);
  if (!composition.ok) return record.fail(answered, composition.error, elapsed());
  const refs = await layerRefs(composition.value, clock, signal);
  if (refs === null) return record.fail(answered, { kind: 'cancelled' }, elapsed());
  const small = await makeThumbnail(subject, composition.value, codec, clock, signal);
  const thumbnail = small && (await record.keepPicture(small, small.pixels, 'The thumbnail'));
  const { findings } = composition.value;
  const composed: Take = {
    ...answered,
    pictures: { ...answered.pictures, ...refs, thumbnail },
    findings: findings === null ? null : takeFindings(findings, laid),
  };

  stages.begin('place');
  const { bounds } = composition.value;
  const place = await placeInTree(host, history, { parent, of: subject.of, selected: of, bounds });
  if (!place.ok) return record.fail(composed, place.error, elapsed());
  const names = {
    name: takeName(history, answered, findModel(answered.model).nick),
    group: shorten(answered.instruction, nameLength),
    above: place.value.above,
    provenance,
    story: tellStory(history, composed),
    ...(subject.canvas === undefined ? {} : { canvas: subject.canvas }),
  };
  const layer = await placeTake(host, composition.value, names, signal, place.value.hide, subject);
  if (!layer.ok) return record.fail(composed, layer.error, elapsed());

  stages.begin('record');
  const take: Take = {
    ...composed,
    state: 'done',
    placed: { layer: layer.value, bounds },
    tookMs: elapsed(),
  };
  await record.keep(take);
  return ok({
    take,
    layer: layer.value,
    composition: composition.value,
    notes: [...place.value.hidden.map(hiddenNote), ...(host.stepNotes?.() ?? [])],
  });
}

const hiddenNote = (instruction: string): string =>
  `The take “${shorten(instruction, 40)}” was hidden: it lies where this one does, and would have covered it. Show it to see both.`;
