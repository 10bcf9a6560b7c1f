/** The last rooms of every walk that ends in a take: its layers are placed in one step, and it is remembered. */
import type { AbortSignal } from '../abort.ts';
import type { Failure } from '../failure.ts';
import { recordTake } from '../history/recordTake.ts';
import type { Take } from '../history/take.ts';
import type { Host, LayerRef, PlaceAsk } from '../host.ts';
import type { DocumentStore } from '../ports.ts';
import type { Result } from '../result.ts';
import type { Composition } from './types.ts';

/** The layer that shows the take; the full answer, where there is one, lies hidden beneath. */
export function placeTake(
  host: Host,
  { pixels, bounds, mask, answer }: Composition,
  names: Pick<PlaceAsk, 'name' | 'group' | 'above' | 'provenance'>,
  signal: AbortSignal,
): Promise<Result<LayerRef, Failure>> {
  const full = answer === null ? {} : { answer: { ...answer, name: 'Full answer' } };
  return host.step(`Retake: ${names.group}`, signal, (step) => step.placePixels({ pixels, bounds, mask, ...full, ...names }));
}

/** Answers notes: the layer is there and perhaps paid for, so a history that cannot grow is no failure. */
export async function rememberTake(store: DocumentStore, take: Take): Promise<readonly string[]> {
  const recorded = await recordTake(store, take);
  return recorded.ok ? [] : ['This take could not be added to the document’s history.'];
}
