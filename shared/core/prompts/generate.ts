import { instructionBlock, type Prompt } from './promptText.ts';

export interface GenerateVars {
  readonly instruction: string;
}

/** A new picture from words alone. */
export const generatePrompt: Prompt<GenerateVars> = {
  id: 'generate/picture',
  version: 1,
  build: ({ instruction }) =>
    [
      'Make a picture, as the instruction says:',
      instructionBlock(instruction),
      'Describe it in one sentence, then output the final image only.',
    ].join('\n'),
};
