import type { PictureMeant } from '../history/furtherPictures.ts';
import { groundText, instructionBlock, type Prompt } from './promptText.ts';

export interface ContinueEditVars {
  readonly instruction: string;
  readonly references: number;
  /** Where the change may go, in words; null for everywhere. */
  readonly place: string | null;
  /** #rrggbb of the flat ground that is keyed out; null when no background is to go. */
  readonly ground: string | null;
  /** The model asked something and has made no picture since. */
  readonly isReply: boolean;
  /** Which of the pictures of its last answer is to be changed; null for its last one. */
  readonly meant: PictureMeant | null;
}

/** The next turn of a conversation: the picture is the model's own, and goes out with its turn. */
export const continueEditPrompt: Prompt<ContinueEditVars> = {
  id: 'edit/continue',
  version: 2,
  build: ({ instruction, references, place, ground, isReply, meant }) =>
    [
      isReply
        ? 'This is the reply to what you asked. Now make the edit:'
        : `Change ${meantText(meant)}, which is image 1, as the instruction says${place === null ? '' : `, only ${place}`}:`,
      instructionBlock(instruction),
      ...(references > 0 ? ['Use the other pictures only as their labels say; do not show them in the result.'] : []),
      ...(ground === null ? [] : [groundText(ground)]),
      'Everything that the instruction does not name stays exactly as it is in that picture.',
      'Keep framing, scale, and camera unchanged; do not crop or zoom, and add no border.',
      'Describe in one sentence what you changed, then output the final image only.',
    ].join('\n'),
};

/** Its parts return as they came, so that a picture among them can only be pointed at in words. */
const meantText = (meant: PictureMeant | null): string =>
  meant === null ? 'the picture that you made last' : `picture ${meant.number} of the ${meant.count} that your last answer holds`;

/** For a stand-in of the service: which of the pictures a prompt of ours means, counted from 1; null for the last one. */
export function readPictureMeant(promptText: string): number | null {
  const number = /^Change picture (\d+) of the \d+ that your last answer holds, which is image 1,/.exec(promptText)?.[1];
  return number === undefined ? null : Number(number);
}

/** Stands for the first rounds of a conversation whose pictures are too many to be sent again. */
export const earlierRoundsText = (list: string): string =>
  `So far I gave these instructions, one after another. Your picture below shows the result of all of them:\n${list}`;
