/** How a take stands, in words for the user: how its run ended, the user's verdict, and whether its layer is there. */
import { isQuestion } from '../failure.ts';
import { findModel } from '../models/registry.ts';
import { type Take, wordsOf } from './take.ts';
import type { TakeIndex } from './takeIndex.ts';

export interface TakeStatus {
  /** `worded`: the model asked or said something and drew nothing, which is no mishap. */
  readonly kind: 'pending' | 'answered' | 'done' | 'worded' | 'failed' | 'cancelled' | 'gone' | 'hidden' | 'kept' | 'discarded';
  /** '' for a take that is done and shows. */
  readonly text: string;
}

/** `isRunning`: its run is going on now, here. */
export function takeStatus(index: TakeIndex, take: Take, isRunning: boolean): TakeStatus {
  const hasAnswer = take.pictures.answer !== null;
  if (index.hidden.has(take.id)) return { kind: 'discarded', text: 'Discarded' };
  switch (take.state) {
    case 'pending':
      return isRunning
        ? { kind: 'pending', text: `Waiting for ${findModel(take.model).nick}` }
        : { kind: 'cancelled', text: 'Running elsewhere, or broken off' };
    case 'answered':
      return isRunning ? { kind: 'answered', text: 'Fitting the answer' } : { kind: 'answered', text: 'Answered, not placed yet' };
    case 'failed':
      return take.failure?.kind === 'no-image' && take.said.length > 0
        ? { kind: 'worded', text: isQuestion(wordsOf(take)) ? 'Asked a question' : 'Answered in words' }
        : { kind: 'failed', text: `Failed: ${take.failure?.title ?? 'no reason is known'}` };
    case 'cancelled':
      return { kind: 'cancelled', text: hasAnswer ? 'Cancelled, its answer is kept' : 'Cancelled' };
    case 'done':
      return placedStatus(index, take);
  }
}

function placedStatus(index: TakeIndex, take: Take): TakeStatus {
  const layers = index.layersOf(take);
  if (layers.length === 0) return { kind: 'gone', text: take.placed === null ? 'Not in this document' : 'Layer deleted' };
  if (index.history.marks.get(take.id)?.verdict === 'kept') return { kind: 'kept', text: 'Kept' };
  return layers.some(({ visible }) => visible) ? { kind: 'done', text: '' } : { kind: 'hidden', text: 'Hidden' };
}
