/**
 * What of a conversation is sent when it outgrows a request. Pictures go, the oldest first, and never words: first those
 * that the user sent, then, with its picture, a round of the model's becomes words. The last round stays whole, because
 * its picture is what is edited; the model's own parts are sent to the byte or not at all.
 */
import type { ModelEntry } from '../models/registry.ts';

export interface RoundSize {
  /** Of its words, the user's and the model's. */
  readonly textBytes: number;
  /** Bytes of each picture that the user sent. */
  readonly pictures: readonly number[];
  /** Bytes of each of the model's. */
  readonly made: readonly number[];
}

export interface Fit {
  /** The first rounds, told in words only. */
  readonly folded: number;
  /** The rounds, counted as they are now, whose own pictures are left out; those that are told in words are among them. */
  readonly bare: number;
  /** In words, for the user. */
  readonly dropped: readonly string[];
}

/** Of the 100 MB that the service takes; the rest is for what we do not count (handbook: gemini §4.1). */
const mostBytes = 95 * 1024 * 1024;
/** What a picture is to the larger models; the others count less (handbook: gemini §2.3). */
const tokensPerPicture = 1120;
const bytesPerToken = 3;

/** Null when not even the last round fits. `now` is what is asked, with its pictures. */
export function fitConversation(rounds: readonly RoundSize[], now: Omit<RoundSize, 'made'>, entry: ModelEntry): Fit | null {
  for (const fit of lesser(rounds.length)) if (fits(rounds, now, fit, entry)) return { ...fit, dropped: droppedWords(rounds, fit) };
  return null;
}

/** Everything, then less and less, the oldest first. */
function* lesser(count: number): Generator<{ readonly folded: number; readonly bare: number }> {
  yield { folded: 0, bare: 0 };
  for (let round = 0; round < count; round++) {
    yield { folded: round, bare: round + 1 };
    if (round < count - 1) yield { folded: round + 1, bare: round + 1 };
  }
}

function fits(
  rounds: readonly RoundSize[],
  now: Omit<RoundSize, 'made'>,
  { folded, bare }: Pick<Fit, 'folded' | 'bare'>,
  entry: ModelEntry,
): boolean {
  const user = [...rounds.slice(bare).flatMap(({ pictures }) => pictures), ...now.pictures];
  const made = rounds.slice(folded).flatMap((round) => round.made);
  const text = [...rounds, now].reduce((sum, { textBytes }) => sum + textBytes, 0);
  const bytes = [...user, ...made].reduce((sum, size) => sum + (size * 4) / 3 + 256, text);
  const tokens = (user.length + made.length) * tokensPerPicture + text / bytesPerToken;
  return bytes <= mostBytes && tokens <= entry.inputTokens && user.length <= entry.references.total + 1;
}

function droppedWords(rounds: readonly RoundSize[], { folded, bare }: Pick<Fit, 'folded' | 'bare'>): readonly string[] {
  const count = (sizes: readonly (readonly number[])[]) => sizes.reduce((sum, each) => sum + each.length, 0);
  const sent = count(rounds.slice(0, bare).map(({ pictures }) => pictures));
  const made = count(rounds.slice(0, folded).map((round) => round.made));
  const of = (rounds: number) => (rounds === 1 ? 'the first round' : `the first ${rounds} rounds`);
  return [
    ...(sent === 0 ? [] : [`${pictures(sent)} that you sent in ${of(bare)}`]),
    ...(made === 0 ? [] : [`${pictures(made)} that the model made in ${of(folded)}; their words are kept`]),
  ];
}

const pictures = (count: number): string => (count === 1 ? 'a picture' : `${count} pictures`);
