import { groundText, type Prompt, type RoundText, roundsBlock } from './promptText.ts';

export interface EditRoundsVars {
  /** In the order in which they were given; at least one. */
  readonly rounds: readonly RoundText[];
  /** How many reference pictures follow the layer. */
  readonly references: number;
  /** Where all of them apply, in words; null when one of them applies everywhere. */
  readonly place: string | null;
  /** #rrggbb of the flat ground that is keyed out; null when no background is to go. */
  readonly ground: string | null;
}

/**
 * All rounds of a conversation at once, on the untouched layer: instructions are flattened, not pixels (handbook: gemini
 * §10). "Make the coat red", "now yellow" must not give a red coat and a yellow something, so the order is kept and the
 * list says how to read it.
 */
export const editRoundsPrompt: Prompt<EditRoundsVars> = {
  id: 'edit/rounds',
  version: 1,
  build: ({ rounds, references, place, ground }) =>
    [
      `Edit ${references > 0 ? 'image 1, the layer' : 'this picture'} as the ${rounds.length} instructions below say, all in one edit${place === null ? '' : `, only ${place}`}. They were given one after another, each about the result of those before it:`,
      roundsBlock(rounds),
      'Show only the state after the last instruction. A later instruction refines, corrects or takes back an earlier one: where they differ, the later one holds; “now”, “more”, “instead”, “again” and “it” speak of what the instruction just before was about. What no later instruction touches stays as the earlier ones made it.',
      ...(references > 0 ? ['Use the other pictures only as their labels say; do not show them in the result.'] : []),
      ...(ground === null ? [] : [groundText(ground)]),
      'Change nothing that no instruction asks for: persons and their features, objects, text, colours, light, grain.',
      'Keep framing, scale, and camera unchanged; do not crop or zoom, and add no border.',
      'Describe in one sentence what you changed, then output the final image only.',
    ].join('\n'),
};
