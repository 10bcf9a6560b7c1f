/** Where the next edit starts and how it continues, as the walk will choose it, for the user to see before anything is sent. */
import type { ContextChoice } from '../core/edit/chooseContext.ts';
import { droppedSentence, type ForeseeAsk, foreseeContext } from '../core/edit/fitContext.ts';
import type { Bounds } from '../core/geometry.ts';
import type { Take } from '../core/history/take.ts';
import type { TakeIndex } from '../core/history/takeIndex.ts';
import type { LayerRef } from '../core/host.ts';
import type { ModelEntry } from '../core/models/registry.ts';
import { exhaustive } from '../core/result.ts';
import { titleOf } from './listTakes.ts';
import type { NextStart, WayChoice } from './takesState.ts';

export interface NextAsk {
  readonly index: TakeIndex;
  /** What is selected. */
  readonly of: LayerRef | 'visible';
  readonly region: Bounds | null;
  readonly isLayer: (of: LayerRef | 'visible') => boolean;
  /** The take it goes on from; null starts from the source. */
  readonly take: Take | null;
  /** Where it could go on from instead. */
  readonly latest: Take | null;
  readonly isChosen: boolean;
  readonly chosen: WayChoice;
  readonly instruction: string;
  readonly entry: ModelEntry;
  /** How many references go along. */
  readonly references: number;
  readonly factsOf: ForeseeAsk['factsOf'];
}

export function nextStart(ask: NextAsk): NextStart {
  const { index, take, latest, isChosen, chosen } = ask;
  const shown = {
    take: take === null ? null : named(index, take),
    latest: latest === null ? null : { id: latest.id, number: index.numberOf(latest.id) },
    isChosen,
    chosen,
    hasChoice: take !== null || latest !== null,
    dropped: '',
  };
  const { choice, dropped } = foreseeContext(ask.of, questionOf(ask));
  switch (choice.kind) {
    case 'ask':
      return { ...shown, way: choice.way, why: choice.why, dropped: droppedSentence(dropped, 'before'), goesBackTo: null };
    case 'back':
      return { ...shown, way: 'fresh', why: backText(choice), goesBackTo: { id: choice.to?.id ?? null } };
    case 'lost':
      return {
        ...shown,
        way: 'fresh',
        why: `Neither the layer nor the picture of take ${index.numberOf(choice.parent.id)} is there any more.`,
        goesBackTo: null,
      };
    default:
      return exhaustive(choice);
  }
}

const questionOf = ({ index, region, isLayer, take, chosen, instruction, entry, references, factsOf }: NextAsk): ForeseeAsk => ({
  instruction,
  way: chosen,
  from: take?.id ?? null,
  region,
  history: index.history,
  entry,
  references,
  factsOf,
  left: {
    layer: isLayer,
    result: (each) => index.layersOf(each).length > 0 || each.pictures.answer !== null,
  },
});

const named = (index: TakeIndex, take: Take): NonNullable<NextStart['take']> => ({
  id: take.id,
  number: index.numberOf(take.id),
  title: titleOf(index.history, take),
  thumbnail: take.pictures.thumbnail?.hash ?? null,
});

const backText = ({ to }: Extract<ContextChoice, { kind: 'back' }>): string =>
  to === null ? 'Goes back to the source. Nothing is sent.' : `Goes back to “${to.instruction}”. Nothing is sent.`;
