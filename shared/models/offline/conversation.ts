/**
 * What an instruction means after earlier ones: "more", "now blue" and "undo that" are about the last step that still
 * stands. Every step is carried out from a picture (its base), so that a step can be done again in another way instead
 * of on top of itself.
 */
import type { EditRequest, RawPart, Turn } from '../../core/model.ts';
import type { Pixels } from '../../core/pixels.ts';
import { readPictureMeant } from '../../core/prompts/continueEdit.ts';
import { readInstructions, readPictureOffsets } from '../../core/prompts/promptText.ts';
import type { NamedColor } from './colors.ts';
import type { Command, Effect } from './commands.ts';
import { interpret, type Meaning } from './interpret.ts';

/** A picture of the conversation: pixels of this request, encoded ones of an earlier turn, or a part of the model's own. */
export type Base =
  | { readonly kind: 'pixels'; readonly pixels: Pixels }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'part'; readonly data: string };

export type Resolved =
  | { readonly kind: 'commands'; readonly commands: readonly Command[]; readonly base: Base | null }
  | { readonly kind: 'back'; readonly base: Base | null }
  | { readonly kind: 'nothing-before' }
  | { readonly kind: 'unknown' };

interface Step {
  readonly commands: readonly Command[];
  /** What the step was carried out on; null when the conversation does not hold it. */
  readonly base: Base | null;
}

export function resolve(request: EditRequest): Resolved {
  const steps: Step[] = [];
  let latest: Base | null = null;
  for (const [i, turn] of request.turns.entries()) {
    if (turn.role === 'model') {
      // The turn that follows may point at another of its pictures than the last one.
      const next = request.turns[i + 1];
      const following = next === undefined ? request.prompt.text : next.role === 'user' ? next.text : '';
      latest = pictureOf(turn.parts, readPictureMeant(following)) ?? latest;
      continue;
    }
    latest = subjectOf(turn) ?? latest;
    // A turn that tells earlier rounds over again begins anew with them.
    for (const instruction of readInstructions(turn.text)) advance(steps, interpret(instruction), latest);
  }
  const own = request.pictures.find((picture) => picture.role === 'subject') ?? request.pictures[0];
  const now: Base | null = own === undefined ? latest : { kind: 'pixels', pixels: own.pixels };
  if (readInstructions(request.prompt.text).length > 1) return flattened(request, now);
  const meaning = interpret(request.instruction);
  if (meaning.kind === 'unknown') return { kind: 'unknown' };
  if (meaning.kind === 'undo') {
    const last = steps[steps.length - 1];
    return last === undefined ? { kind: 'nothing-before' } : { kind: 'back', base: last.base ?? now };
  }
  const step = stepOf(steps, meaning, now);
  return step === null ? { kind: 'nothing-before' } : { kind: 'commands', ...step };
}

/** Several rounds in one request: the steps that still stand after the last of them, one after another, on one picture. */
function flattened(request: EditRequest, base: Base | null): Resolved {
  const steps: Step[] = [];
  const offsets = readPictureOffsets(request.prompt.text);
  for (const [i, instruction] of readInstructions(request.prompt.text).entries()) {
    const meaning = interpret(instruction);
    if (meaning.kind === 'unknown') return { kind: 'unknown' };
    if (meaning.kind === 'undo' && steps.length === 0) return { kind: 'nothing-before' };
    if (meaning.kind !== 'undo' && stepOf(steps, meaning, base) === null) return { kind: 'nothing-before' };
    const moved = meaning.kind === 'commands' ? withPictures(meaning.commands, offsets[i] ?? 0) : null;
    advance(steps, moved === null ? meaning : { kind: 'commands', commands: moved }, base);
  }
  if (steps.length === 0) return { kind: 'back', base };
  return { kind: 'commands', commands: steps.flatMap(({ commands }) => commands), base };
}

/** References counted as the list counts them. */
const withPictures = (commands: readonly Command[], offset: number): readonly Command[] =>
  commands.map((command) => {
    const { effect } = command;
    if (!('to' in effect) || effect.to.kind !== 'reference') return command;
    return { ...command, effect: { ...effect, to: { kind: 'reference', index: effect.to.index + offset } } };
  });

/** Carries one earlier instruction into the list of steps that stand. */
function advance(steps: Step[], meaning: Meaning, latest: Base | null): void {
  if (meaning.kind === 'undo') {
    steps.pop();
    return;
  }
  const step = stepOf(steps, meaning, latest);
  if (step === null) return;
  // "now blue" and "less" take the place of the step they change.
  if (meaning.kind === 'instead' || meaning.kind === 'weaker') steps.pop();
  steps.push(step);
}

function stepOf(steps: readonly Step[], meaning: Meaning, now: Base | null): Step | null {
  const last = steps[steps.length - 1];
  switch (meaning.kind) {
    case 'commands':
      return { commands: meaning.commands, base: now };
    case 'again':
      return last === undefined ? null : { commands: last.commands.map((command) => scaled(command, meaning.factor)), base: now };
    case 'weaker':
      return last === undefined
        ? null
        : { commands: last.commands.map((command) => scaled(command, meaning.factor)), base: last.base ?? now };
    case 'instead': {
      const commands = last?.commands.map((command) => recolored(command, meaning.color));
      if (last !== undefined && commands?.some((command, i) => command !== last.commands[i])) return { commands, base: last.base ?? now };
      // A colour alone, and nothing before it to recolour: the picture takes it.
      return {
        commands: [{ effect: { kind: 'recolor', to: { kind: 'named', color: meaning.color } }, target: { kind: 'whole' } }],
        base: now,
      };
    }
    case 'undo':
    case 'unknown':
      return null;
  }
}

function scaled(command: Command, factor: number): Command {
  const { effect } = command;
  if (!('amount' in effect)) return command;
  return { ...command, effect: { ...effect, amount: effect.amount * factor } as Effect };
}

function recolored(command: Command, color: NamedColor): Command {
  const { effect } = command;
  switch (effect.kind) {
    case 'recolor':
    case 'tint':
      return { ...command, effect: { ...effect, to: { kind: 'named', color } } };
    case 'text':
    case 'shape':
      return { ...command, effect: { ...effect, color } };
    case 'cutOut':
      return { ...command, effect: { ...effect, fill: color } };
    default:
      return command;
  }
}

function subjectOf(turn: Extract<Turn, { role: 'user' }>): Base | null {
  const subject = turn.pictures.find((picture) => picture.role === 'subject') ?? turn.pictures[0];
  return subject === undefined ? null : { kind: 'bytes', bytes: subject.bytes };
}

/** Of the pictures among a model's parts that are no thoughts, the one of that number, else the last. */
function pictureOf(parts: readonly RawPart[], number: number | null): Base | null {
  const pictures = parts.flatMap((part): readonly Base[] => {
    const { thought, inlineData } = fieldsOf(part);
    const data = (inlineData as { data?: unknown } | undefined)?.data;
    return thought !== true && typeof data === 'string' && data !== '' ? [{ kind: 'part', data }] : [];
  });
  return (number === null ? undefined : pictures[number - 1]) ?? pictures.at(-1) ?? null;
}

function fieldsOf(part: RawPart): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(part) as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}
