/** Near the end of every walk: the layers of a take are placed in one step. */
import type { AbortSignal } from '../abort.ts';
import type { Failure } from '../failure.ts';
import type { Host, LayerRef, PlaceAsk } from '../host.ts';
import type { Result } from '../result.ts';
import type { Composition } from './types.ts';

/** The layer that shows the take; the full answer, where there is one, lies hidden beneath. */
export function placeTake(
  host: Host,
  { pixels, bounds, mask, answer }: Composition,
  names: Pick<PlaceAsk, 'name' | 'group' | 'above' | 'provenance' | 'story'>,
  signal: AbortSignal,
): Promise<Result<LayerRef, Failure>> {
  const full = answer === null ? {} : { answer: { ...answer, name: 'Full answer' } };
  return host.step(`Retake: ${names.group}`, signal, (step) => step.placePixels({ pixels, bounds, mask, ...full, ...names }));
}
