import { instructionBlock, type Prompt } from './promptText.ts';

export interface EditLayerVars {
  readonly instruction: string;
  /** How many reference pictures follow the layer. */
  readonly references: number;
}

/** Change a whole layer as told, and nothing else. */
export const editLayerPrompt: Prompt<EditLayerVars> = {
  id: 'edit/layer',
  version: 1,
  build: ({ instruction, references }) =>
    [
      `Edit ${references > 0 ? 'image 1, the layer' : 'this picture'}, as the instruction says:`,
      instructionBlock(instruction),
      ...(references > 0 ? ['Use the other pictures only as their labels say; do not show them in the result.'] : []),
      'Change only what the instruction asks for. Everything else stays exactly as it is: persons and their features, objects, text, colours, light, grain.',
      'Keep framing, scale, and camera unchanged; do not crop or zoom, and add no border.',
      'Describe in one sentence what you changed, then output the final image only.',
    ].join('\n'),
};
