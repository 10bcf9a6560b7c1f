import { groundText, instructionBlock, type Prompt } from './promptText.ts';

export interface CutOutVars {
  readonly instruction: string;
  readonly references: number;
  /** #rrggbb, far from every colour of the picture. */
  readonly ground: string;
}

/** Free the subject from its background: asked for on a flat ground, which is then keyed out. */
export const cutOutPrompt: Prompt<CutOutVars> = {
  id: 'edit/cut-out',
  version: 1,
  build: ({ instruction, references, ground }) =>
    [
      `Edit ${references > 0 ? 'image 1, the layer' : 'this picture'}, as the instruction says:`,
      instructionBlock(instruction),
      ...(references > 0 ? ['Use the other pictures only as their labels say; do not show them in the result.'] : []),
      groundText(ground),
      'The subject itself stays exactly as it is, with every fine edge and strand. Keep framing, scale, and camera unchanged; do not crop or zoom.',
      'Describe in one sentence what you changed, then output the final image only.',
    ].join('\n'),
};
