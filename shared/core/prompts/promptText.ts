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

/** The user's words in a prompt of ours, one round's after the other; the whole text when it holds no instruction block. */
export function readInstructions(promptText: string): readonly string[] {
  const open = promptText.indexOf('<instruction>');
  const close = promptText.lastIndexOf('</instruction>');
  if (open < 0 || close < open) return [promptText.trim()];
  // Between two blocks stands nothing but what `roundsBlock` puts there, so that tags in the user's own words separate nothing.
  return promptText
    .slice(open + '<instruction>'.length, close)
    .split(/\n<\/instruction>\n\d+\.[^\n]*\n<instruction>\n/)
    .map((words) => words.trim());
}

/** One round of a conversation in a list: what was asked, and what the list must say about it. */
export interface RoundText {
  readonly instruction: string;
  /** Where it applies ("in the part that …"); null for everywhere. */
  readonly place: string | null;
  /** What the model had asked, when the instruction is the user's reply; null otherwise. */
  readonly question: string | null;
  /** What the model said beside its picture; null where the list does not tell. */
  readonly answer: string | null;
  /** How many of its pictures' numbers the round's own "image 2" lies behind the list's; 0 when they agree. */
  readonly pictureOffset: number;
}

/** A numbered list with each round's words in a block of its own. */
export const roundsBlock = (rounds: readonly RoundText[]): string =>
  rounds.map((round, i) => `${i + 1}.${remarks(round)}\n${instructionBlock(round.instruction)}`).join('\n');

function remarks({ place, question, answer, pictureOffset }: RoundText): string {
  const remarks = [
    ...(place === null ? [] : [`only ${place}`]),
    ...(question === null ? [] : [`in reply to your question “${oneLine(question)}”`]),
    ...(answer === null ? [] : [`you answered “${oneLine(answer)}”`]),
    ...(pictureOffset === 0 ? [] : [`what it calls image 2 is image ${pictureOffset + 2} here, and so on`]),
  ];
  return remarks.length === 0 ? '' : ` (${remarks.join('; ')})`;
}

const oneLine = (words: string): string => words.trim().replace(/\s+/g, ' ');

/** Whether a prompt of ours limits the change to a part of the picture (`placeText`). */
export const isLimited = (promptText: string): boolean =>
  /\bonly in the part that spans\b/.test(promptText.split('<instruction>')[0] ?? '');

/** For each round of a list, how much its pictures' numbers are behind the list's; [0] for a prompt without a list. */
export function readPictureOffsets(promptText: string): readonly number[] {
  const heads = promptText.match(/^\d+\.[^\n]*(?=\n<instruction>$)/gm) ?? [''];
  return heads.map((head) => Number(/what it calls image 2 is image (\d+) here, and so on\)$/.exec(head)?.[1] ?? 2) - 2);
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
