import type { AnswerPart } from './model.ts';

/** The words among what a model said, a line for each part; '' when there are none. */
export const wordsIn = (said: readonly (AnswerPart | { readonly kind: 'picture' })[]): string =>
  said
    .flatMap((part) => (part.kind === 'text' && part.text !== '' ? [part.text] : []))
    .join('\n')
    .trim();
