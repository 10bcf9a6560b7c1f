/** An answer may hold several pictures: the last is the round's take, and each other one a take beside it (docs/decisions/0011). */
import { partFields, type Round } from './round.ts';
import type { History, Take } from './take.ts';

/** Whether it is a picture of an answer whose round became another take: its instructions alone would not make it again. */
export function isFurtherPicture(history: History, { id, turn, said, pictures: { answer } }: Take): boolean {
  const [only] = said;
  if (turn === null || answer === null || said.length !== 1 || only.kind !== 'picture' || only.hash !== answer.hash) return false;
  for (const other of history.takes.values())
    if (
      other.id !== id &&
      other.turn === turn &&
      other.pictures.answer?.hash !== answer.hash &&
      other.said.some((part) => part.kind === 'picture' && part.hash === answer.hash)
    )
      return true;
  return false;
}

/** Which of an answer's pictures is meant: 1 is the first that is no thought. */
export interface PictureMeant {
  readonly number: number;
  readonly count: number;
}

/** Null for the last one, which needs no saying, and for one that the answer does not hold. */
export function pictureMeant({ parts }: Round, { pictures: { answer } }: Take): PictureMeant | null {
  const hashes = parts.flatMap((part) => {
    const { thought, inlineData } = partFields(part);
    return thought === true || inlineData === undefined ? [] : [typeof part === 'string' ? null : part.hash];
  });
  const at = answer === null || hashes.at(-1) === answer.hash ? -1 : hashes.indexOf(answer.hash);
  return at < 0 ? null : { number: at + 1, count: hashes.length };
}
