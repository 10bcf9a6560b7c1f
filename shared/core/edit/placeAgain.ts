/**
 * A take that was placed in one state of a document, placed in another: somebody else has saved the file meanwhile, and
 * what they made stays.
 */
import type { AbortSignal } from '../abort.ts';
import type { Failure } from '../failure.ts';
import { absorbHistory } from '../history/absorbHistory.ts';
import { keepTake } from '../history/keepTake.ts';
import { mergeHistories } from '../history/mergeHistories.ts';
import { readHistory } from '../history/readHistory.ts';
import { tellStory } from '../history/story.ts';
import type { Take } from '../history/take.ts';
import type { Host } from '../host.ts';
import type { DocumentStore } from '../ports.ts';
import type { Provenance } from '../provenance.ts';
import { ok, type Result } from '../result.ts';
import { shorten } from '../text.ts';
import { placeTake } from './placeTake.ts';
import { takeName } from './takeName.ts';
import type { Composition } from './types.ts';

export interface PlacedAgain {
  readonly take: Take;
  /** Takes of others that are in the document now. */
  readonly others: number;
}

/** `from` holds the history that the take was made in; `model` names its maker in the layer list. */
export async function placeAgain(
  into: { readonly host: Host; readonly store: DocumentStore },
  from: DocumentStore,
  made: { readonly take: Take; readonly composition: Composition; readonly provenance: Provenance; readonly model: string },
  signal: AbortSignal,
): Promise<Result<PlacedAgain, Failure>> {
  const [theirs, ours] = [await readHistory(into.store), await readHistory(from)];
  if (!theirs.ok) return theirs;
  if (!ours.ok) return ours;
  const absorbed = await absorbHistory(into.store, from, { except: [made.take.id] });
  if (!absorbed.ok) return absorbed;
  const { take, composition, provenance } = made;
  const { history } = theirs.value;
  const names = {
    name: takeName(mergeHistories(history, ours.value.history), take, made.model),
    group: shorten(take.instruction, 60),
    above: take.source.of,
    provenance,
    story: tellStory(history, { ...take, placed: null }),
  };
  const layer = await placeTake(into.host, composition, names, signal);
  if (!layer.ok) return layer;
  const placed: Take = { ...take, placed: { layer: layer.value, bounds: composition.bounds } };
  const kept = await keepTake(into.store, placed);
  if (!kept.ok) return kept;
  const others = [...history.takes.keys()].filter((id) => !ours.value.history.takes.has(id)).length;
  return ok({ take: placed, others });
}
