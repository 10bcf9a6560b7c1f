/**
 * What of the rounds before goes out with the next one, found from their words and the sizes of their pictures. Pure, and
 * no picture is read for it, so that what will be left out can be told before anything is sent.
 */
import { isSigned, ownReferences, type Round } from '../history/round.ts';
import { type Take, wordsOf } from '../history/take.ts';
import type { LayerRef } from '../host.ts';
import type { ModelEntry } from '../models/registry.ts';
import { shorten, toUtf8 } from '../text.ts';
import { type ContextChoice, type ContextQuestion, chooseContext } from './chooseContext.ts';
import { type Fit, fitConversation, type RoundSize } from './fitConversation.ts';

/** Of a kept round, what its size depends on. */
export interface RoundFacts {
  /** Of what the user was made to say. */
  readonly textBytes: number;
  /** Bytes of each picture that the user sent, and of each of the model's. */
  readonly sent: readonly number[];
  readonly made: readonly number[];
  /** How many references it brought itself. */
  readonly references: number;
  readonly isSigned: boolean;
}

export const factsOf = (round: Round): RoundFacts => ({
  textBytes: bytesOf(round.user.text),
  sent: round.user.pictures.map(({ byteLength }) => byteLength),
  // A part that could not be split is nearly all base64.
  made: round.parts.flatMap((part) =>
    typeof part !== 'string' ? [part.byteLength] : part.length > 100_000 ? [(part.length * 3) / 4] : [],
  ),
  references: ownReferences(round).length,
  isSigned: isSigned(round),
});

export interface NextRound {
  readonly instruction: string;
  /** How many references it brings. */
  readonly references: number;
  readonly entry: ModelEntry;
}

/** About what our own words around an instruction take, and a reference as it is sent. */
const ownTextBytes = 1500;
const guessedBytes = 2_500_000;

/** Null when not even the last round fits. */
export function fitTurns(
  rounds: readonly { readonly take: Take; readonly facts: RoundFacts }[],
  { instruction, references, entry }: NextRound,
): Fit | null {
  const sizes = rounds.map(({ take, facts }): RoundSize => {
    const { textBytes, sent, made } = facts;
    return { textBytes: textBytes + bytesOf(wordsOf(take)), pictures: sent, made };
  });
  const now = { textBytes: bytesOf(instruction) + ownTextBytes, pictures: Array.from({ length: references }, () => guessedBytes) };
  return fitConversation(sizes, now, entry);
}

/** Of each round's references, oldest round first, how many a list repeats beside the next round's own: the oldest go. */
export function fitReferences(counts: readonly number[], { references, entry }: Omit<NextRound, 'instruction'>): readonly number[] {
  let room = Math.max(0, entry.references.total - references);
  return [...counts]
    .reverse()
    .map((count) => {
      const kept = Math.min(count, room);
      room -= kept;
      return kept;
    })
    .reverse();
}

/** References of older rounds than these are not looked for: no list is as long. */
export const mostReferenced = 40;

/** `left`: how many of its references are left out. [] for none. */
export const droppedReferences = (rounds: readonly { readonly take: Take; readonly left: number }[]): readonly string[] =>
  rounds.flatMap(({ take, left }) =>
    left > 0 ? [`${left === 1 ? 'a reference' : `${left} references`} of “${shorten(take.instruction, 40)}”`] : [],
  );

/** `dropped` as `TakeContext` has it; '' when there is none. */
export const droppedSentence = (dropped: readonly string[], when: 'before' | 'after'): string =>
  dropped.length === 0
    ? ''
    : `To stay within the model’s limits, these ${when === 'before' ? 'will not be' : 'were not'} sent: ${dropped.join('; ')}.`;

export const noLongerFits = 'The conversation no longer fits into one request.';

export interface Foreseen {
  readonly choice: ContextChoice;
  readonly dropped: readonly string[];
}

export interface ForeseeAsk extends Omit<ContextQuestion, 'left'> {
  readonly left: Omit<NonNullable<ContextQuestion['left']>, 'turn'>;
  /** How many references go along. */
  readonly references: number;
  /** Of the take's round: null when it is not kept, undefined when it is not known yet and taken to be whole. */
  readonly factsOf: (take: Take) => RoundFacts | null | undefined;
}

/** As the walk will choose and fit it, as far as rounds are known; a picture that is lost is found only by the walk. */
export function foreseeContext(of: LayerRef | 'visible', ask: ForeseeAsk): Foreseen {
  const choose = (more: Partial<ContextQuestion>) => chooseContext(of, { ...ask, ...more });
  const choice = choose({ left: { ...ask.left, turn: (take) => turnState(take, ask.factsOf(take)) } });
  if (choice.kind !== 'ask' || choice.way !== 'continue') return { choice, dropped: droppedOf(choice, ask) };
  const rounds = choice.rounds.flatMap((take) => {
    const facts = ask.factsOf(take) ?? null;
    return facts === null ? [] : [{ take, facts }];
  });
  if (rounds.length < choice.rounds.length) return { choice, dropped: [] };
  const fit = fitTurns(rounds, { ...ask, instruction: choice.instruction });
  if (fit !== null) return { choice, dropped: fit.dropped };
  const instead = choose({ way: 'auto', left: { ...ask.left, turn: () => 'gone' } });
  return {
    choice: instead.kind === 'ask' ? { ...instead, why: `${noLongerFits} ${instead.why}` } : instead,
    dropped: droppedOf(instead, ask),
  };
}

const turnState = (take: Take, facts: RoundFacts | null | undefined): 'whole' | 'gone' | 'unsigned' =>
  take.turn === null || facts === null ? 'gone' : facts === undefined || facts.isSigned ? 'whole' : 'unsigned';

function droppedOf(choice: ContextChoice, ask: ForeseeAsk): readonly string[] {
  if (choice.kind !== 'ask' || choice.way !== 'fresh') return [];
  const rounds = choice.rounds.slice(-mostReferenced);
  const counts = rounds.map((take) => ask.factsOf(take)?.references ?? 0);
  const kept = fitReferences(counts, ask);
  return droppedReferences(rounds.map((take, i) => ({ take, left: counts[i] - kept[i] })));
}

const bytesOf = (text: string): number => toUtf8(text).length;
