import { instructionBlock, type Prompt } from './promptText.ts';

export interface EditRegionVars {
  readonly instruction: string;
  readonly references: number;
  /** Where the region lies in the picture that is sent, in words ("in the upper left"). */
  readonly place: string;
}

/** Change one part of a picture; the rest is shown for context and put back by us afterwards. */
export const editRegionPrompt: Prompt<EditRegionVars> = {
  id: 'edit/region',
  version: 1,
  build: ({ instruction, references, place }) =>
    [
      `Edit ${references > 0 ? 'image 1, the layer' : 'this picture'}, as the instruction says, only ${place}:`,
      instructionBlock(instruction),
      ...(references > 0 ? ['Use the other pictures only as their labels say; do not show them in the result.'] : []),
      'The change joins its surroundings without a seam: same light, perspective, style, focus and grain.',
      'Everything outside that part stays identical. Keep framing, scale, and camera unchanged; do not crop or zoom, and add no border.',
      'Describe in one sentence what you changed, then output the final image only.',
    ].join('\n'),
};
