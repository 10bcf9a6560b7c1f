/**
 * How our prompts are laid out, and how to read one back. The user's words stand verbatim between two tags, so that
 * nothing we say can be taken for theirs, and so that a local stand-in for the service can tell them apart too.
 */
import type { CompiledPrompt } from '../model.ts';

/** One file per intent; a change of wording is a new version. */
export interface Prompt<Vars> {
  readonly id: string;
  readonly version: number;
  build(vars: Vars): string;
}

export const compile = <Vars>(prompt: Prompt<Vars>, vars: Vars): CompiledPrompt => ({
  id: prompt.id,
  version: prompt.version,
  text: prompt.build(vars),
});

export const instructionBlock = (instruction: string): string => `<instruction>\n${instruction.trim()}\n</instruction>`;

/** The user's words in a prompt of ours; the whole text when it holds no instruction block. */
export function readInstruction(promptText: string): string {
  const open = promptText.indexOf('<instruction>');
  const close = promptText.lastIndexOf('</instruction>');
  if (open < 0 || close < open) return promptText.trim();
  return promptText.slice(open + '<instruction>'.length, close).trim();
}

const groundSentence = (color: string): string => `one perfectly flat, even colour, exactly ${color}`;

/** Asks for a plain ground that is keyed out afterwards, because no model answers with transparency. */
export const groundText = (color: string): string =>
  `Replace everything that is not the main subject with ${groundSentence(color)}: no shadow, no gradient, no texture, no outline, and nothing of that colour inside the subject.`;

/** The ground colour (#rrggbb) that a prompt of ours asks for, or null. */
export function readGround(promptText: string): string | null {
  const ours = promptText.slice(promptText.lastIndexOf('</instruction>') + 1);
  return /one perfectly flat, even colour, exactly (#[0-9a-f]{6})/.exec(ours)?.[1] ?? null;
}

/** "Image 2, a reference for the style", as labels and prompts call a picture. */
export const pictureName = (index: number): string => `Image ${index + 1}`;

/** Asked for again when a model answered in words: 0 of 24 did so once this closed the prompt (a field report). */
export const finalImageOnly = 'Output the final image only.';
