/** Where the next edit starts and how it continues, as the walk will choose it, for the user to see before anything is sent. */
import type { Take } from '../core/history/take.ts';
import type { TakeIndex } from '../core/history/takeIndex.ts';
import type { ModelEntry } from '../core/models/registry.ts';
import { titleOf } from './listTakes.ts';
import type { NextStart, WayChoice } from './takesState.ts';

export interface NextAsk {
  readonly index: TakeIndex;
  /** The take it goes on from; null starts from the source. */
  readonly take: Take | null;
  /** Where it could go on from instead. */
  readonly latest: Take | null;
  readonly isChosen: boolean;
  readonly chosen: WayChoice;
  readonly instruction: string;
  readonly entry: ModelEntry;
}

export function nextStart({ index, take, latest, isChosen, chosen }: NextAsk): NextStart {
  return {
    take:
      take === null
        ? null
        : {
            id: take.id,
            number: index.numberOf(take.id),
            title: titleOf(index.history, take),
            thumbnail: take.pictures.thumbnail?.hash ?? null,
          },
    latest: latest === null ? null : { id: latest.id, number: index.numberOf(latest.id) },
    isChosen,
    chosen,
    way: 'fresh',
    why: '',
    dropped: [],
    hasChoice: false,
  };
}
