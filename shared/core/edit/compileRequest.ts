/**
 * Second room: a subject and an instruction become the one request object, and the things that composing will need to
 * undo what was done to the picture on the way out (padding, matte, keyed ground).
 */
import type { AbortSignal } from '../abort.ts';
import { toSrgb } from '../color/convert.ts';
import { type Color, chooseGround, chooseMatte, flatten, toHex } from '../compose/matte.ts';
import { resample, resize } from '../compose/resample.ts';
import type { Failure } from '../failure.ts';
import { type Bounds, longSide } from '../geometry.ts';
import type { CompiledPrompt, EditRequest, LabelledPicture, SizeClass } from '../model.ts';
import { type ModelEntry, sizeClassesOf } from '../models/registry.ts';
import { createPace } from '../pace.ts';
import { coveredBounds, hasTransparency, type Mask, type Pixels } from '../pixels.ts';
import type { Clock } from '../ports.ts';
import { continueEditPrompt } from '../prompts/continueEdit.ts';
import { cutOutPrompt } from '../prompts/cutOut.ts';
import { editLayerPrompt } from '../prompts/editLayer.ts';
import { editRegionPrompt } from '../prompts/editRegion.ts';
import { editRoundsPrompt } from '../prompts/editRounds.ts';
import { readIntent } from '../prompts/intent.ts';
import { compile, pictureName } from '../prompts/promptText.ts';
import { err, ok, type Result } from '../result.ts';
import { toUtf8 } from '../text.ts';
import { type Frame, planFrame } from './frame.ts';
import type { Told } from './prepareContext.ts';
import type { EditAsk, Reference, Subject } from './types.ts';

export interface CompiledRequest {
  readonly request: EditRequest;
  readonly frame: Frame;
  /** The layer as it goes out, or would: in a conversation it is known already. */
  readonly layer: Pixels;
  /** The colour that transparent parts were laid on; null when the subject is opaque. */
  readonly matte: Color | null;
  /** The flat ground that the model was asked for and that is keyed out; null for an ordinary edit. */
  readonly ground: Color | null;
}

/** Longer instructions are refused before anything is paid. Four bytes are about a token. */
export const instructionLimitBytes = (model: ModelEntry): number => Math.min(20_000, model.inputTokens * 4);

export function checkInstruction(instruction: string, model: ModelEntry): Failure | null {
  const bytes = toUtf8(instruction.trim()).length;
  const limitBytes = instructionLimitBytes(model);
  if (bytes === 0) return { kind: 'bad-instruction', why: 'empty', bytes, limitBytes };
  if (bytes > limitBytes) return { kind: 'bad-instruction', why: 'too-long', bytes, limitBytes };
  return null;
}

export function checkReferences(references: readonly Reference[], model: ModelEntry): Failure | null {
  const { total, ...perRole } = model.references;
  if (references.length > total)
    return { kind: 'bad-reference', name: references[total].name, why: `${model.nick} takes at most ${total} references` };
  // A model without slots of a role's own takes the picture as an ordinary reference; its label still says the role.
  for (const role of ['character', 'style', 'object'] as const) {
    const ofRole = references.filter((reference) => reference.role === role);
    if (perRole[role] > 0 && ofRole.length > perRole[role])
      return {
        kind: 'bad-reference',
        name: ofRole[perRole[role]].name,
        why: `${model.nick} takes at most ${perRole[role]} ${role} references`,
      };
  }
  return null;
}

export const badSize = (size: SizeClass, model: ModelEntry): Failure => ({
  kind: 'bad-option',
  option: 'size',
  got: size,
  wanted:
    sizeClassesOf(model).length === 0
      ? `no size at all: ${model.nick} has one only`
      : `${sizeClassesOf(model).join(', ')} for ${model.nick}`,
});

/** References are read, not returned: their shape does not matter, only their size. */
const referenceSidePx = 1536;

const roleText: Record<Reference['role'], string> = {
  reference: 'a reference',
  character: 'the character: keep this person’s features exactly',
  style: 'a reference for the style only, not for what it shows',
  object: 'an object to use as it is',
  background: 'a reference for the background',
};

export async function compileRequest(
  subject: Subject,
  ask: EditAsk,
  told: Told,
  model: ModelEntry,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result<CompiledRequest, Failure>> {
  const trouble = checkInstruction(told.instruction, model) ?? checkReferences(ask.references, model);
  if (trouble !== null) return err(trouble);
  const frame = planFrame(subject.bounds, model, ask.size);
  if (frame === null) return err(badSize(ask.size as SizeClass, model));

  const pace = createPace(clock, signal);
  const matte = hasTransparency(subject.pixels) ? chooseMatte(subject.pixels) : null;
  const opaque = matte === null ? subject.pixels : flatten(subject.pixels, matte);
  // Positions outside the layer fall on its edge pixels, so this pads by extension, not with bars.
  const step = { x: frame.padded.width / frame.sent.width, y: frame.padded.height / frame.sent.height };
  const sent = await resample(
    opaque,
    { start: -frame.at.x, step: step.x, length: frame.sent.width },
    { start: -frame.at.y, step: step.y, length: frame.sent.height },
    pace,
  );
  if (sent === null) return err({ kind: 'cancelled' });

  const references: LabelledPicture[] = [];
  for (const { role, pixels: given } of [...told.references, ...ask.references]) {
    const pixels = await referencePixels(given, pace);
    if (pixels === null) return err({ kind: 'cancelled' });
    if (role !== 'subject') references.push({ role, label: `${pictureName(references.length + 1)}, ${roleText[role]}:`, pixels });
  }
  const layer: LabelledPicture = {
    role: 'subject',
    label: references.length === 0 ? '' : `${pictureName(0)}, the layer to edit:`,
    pixels: sent,
  };
  // In a conversation the subject is the model's own picture, which its turn holds.
  const pictures = told.turns.length === 0 ? [layer, ...references] : references;

  const isCutOut = told.instructions.some((instruction) => readIntent(instruction) === 'cut-out');
  const ground = subject.region === null && isCutOut ? chooseGround(subject.pixels) : null;
  return ok({
    request: {
      model: model.id,
      cell: frame.cell,
      pictures,
      instruction: told.instruction,
      prompt: promptFor(subject, ask.region, told, references.length, ground),
      turns: told.turns,
      thinking: ask.thinking,
    },
    frame,
    layer: sent,
    matte,
    ground,
  });
}

function promptFor(subject: Subject, asked: Mask | null, told: Told, references: number, color: Color | null): CompiledPrompt {
  const { instruction } = told;
  const ground = color === null ? null : toHex(color);
  const placeOf = (region: Bounds | null) => (region === null ? null : placeText(region, subject.bounds));
  if (told.turns.length > 0) {
    const place = placeOf(asked && coveredBounds(asked));
    return compile(continueEditPrompt, { instruction, references, place, ground, isReply: told.isReply, meant: told.meant });
  }
  if (told.earlier.length > 0) return compile(editRoundsPrompt, { ...roundsOf(told, asked, placeOf), references, ground });
  if (ground !== null) return compile(cutOutPrompt, { instruction, references, ground });
  const place = placeOf(subject.region && coveredBounds(subject.region));
  if (place !== null) return compile(editRegionPrompt, { instruction, references, place });
  return compile(editLayerPrompt, { instruction, references });
}

/** One place for all of them where they agree, else one for each. */
function roundsOf(told: Told, asked: Mask | null, placeOf: (region: Bounds | null) => string | null) {
  const { instruction, question, pictureOffset } = told;
  const last = { instruction, region: asked && coveredBounds(asked), question, answer: null, pictureOffset };
  const rounds = [...told.earlier, last].map(({ region, ...round }) => ({ ...round, place: placeOf(region) }));
  const [{ place }] = rounds;
  const isOnePlace = rounds.every((round) => round.place === place);
  return isOnePlace ? { rounds: rounds.map((round) => ({ ...round, place: null })), place } : { rounds, place: null };
}

async function referencePixels(given: Pixels, pace: ReturnType<typeof createPace>): Promise<Pixels | null> {
  const pixels = toSrgb(given);
  const opaque = hasTransparency(pixels) ? flatten(pixels, chooseMatte(pixels)) : pixels;
  const scale = referenceSidePx / longSide(pixels);
  if (scale >= 1) return opaque;
  return resize(
    opaque,
    { width: Math.max(1, Math.round(pixels.width * scale)), height: Math.max(1, Math.round(pixels.height * scale)) },
    pace,
  );
}

/** Where a region lies in the picture that is sent, in words and in per cent: a drawn marking would leave its ink. */
export function placeText(region: Bounds, picture: Bounds): string {
  const left = (region.x - picture.x) / picture.width;
  const top = (region.y - picture.y) / picture.height;
  const right = left + region.width / picture.width;
  const bottom = top + region.height / picture.height;
  const third = (from: number, to: number, low: string, high: string) => {
    const middle = (from + to) / 2;
    return middle < 0.38 ? low : middle > 0.62 ? high : '';
  };
  const words = [third(top, bottom, 'upper', 'lower'), third(left, right, 'left', 'right')].filter((word) => word !== '').join(' ');
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  return `in the part that spans ${percent(left)} to ${percent(right)} of the width and ${percent(top)} to ${percent(bottom)} of the height (${words === '' ? 'the middle' : `the ${words}`})`;
}
