/**
 * The model that needs no key and no network. It is not AI and says so in every answer: it knows a small vocabulary and
 * ordinary image processing. To the rest of Retake it behaves as a real picture model does: it answers on the cell's
 * grid, as a JPEG, slightly displaced and toned, with words beside the picture, and it sees the earlier turns.
 */
import type { AbortSignal } from '../../core/abort.ts';
import { fromBase64, toBase64 } from '../../core/base64.ts';
import type { Failure } from '../../core/failure.ts';
import { area, type Extent } from '../../core/geometry.ts';
import type { AnswerPicture, EditAnswer, EditRequest, ImageModel, RawPart } from '../../core/model.ts';
import type { Pixels } from '../../core/pixels.ts';
import type { Clock, PictureCodec } from '../../core/ports.ts';
import { isLimited, readGround } from '../../core/prompts/promptText.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { carryOut, type Surroundings } from './carryOut.ts';
import { colorOfHex } from './colors.ts';
import type { Command } from './commands.ts';
import { type Base, resolve } from './conversation.ts';
import { describeBack, describeEdit, describePainting, describeUnknown, nothingBefore, nothingToEdit } from './describe.ts';
import { type Drift, drawDrift, driftTone, noDrift } from './drift.ts';
import { run, type Work } from './pace.ts';
import { paintFromWords } from './painting.ts';
import { hashPixels, hashText } from './random.ts';
import { resample, stretch } from './resample.ts';

export const offlineVersion = 'offline-1';

export interface OfflineOptions {
  readonly codec: PictureCodec;
  readonly clock: Clock;
  /** Another seed gives another drift to the same request; 0 when left out. */
  readonly seed?: number;
  /** false leaves the picture exactly where it was, apart from the cell's grid and JPEG. */
  readonly drift?: boolean;
}

/** Above this a picture is worked on at half the cell's size and enlarged, as the real models' 4K is said to be. */
const workPx = 5_000_000;
const jpegQuality = 92;

const cancelled: Failure = { kind: 'cancelled' };
const inWords = (said: string): Failure => ({ kind: 'no-image', reason: 'words-only', said });

export function createOffline(options: OfflineOptions): ImageModel {
  return {
    edit: (request, signal) => edit(options, request, signal),
    available: async () => ok(null),
  };
}

interface Made {
  readonly pixels: Pixels;
  readonly text: string;
}

async function edit(options: OfflineOptions, request: EditRequest, signal: AbortSignal): Promise<Result<EditAnswer, Failure>> {
  const { codec, clock } = options;
  const started = clock.now();
  if (signal.aborted) return err(cancelled);
  const base = await plan(options, request, signal);
  if (!base.ok) return base;
  let seed = hashText(`${options.seed ?? 0}\n${request.instruction}\n${request.cell.extent.width}x${request.cell.extent.height}`);
  for (const picture of request.pictures) seed = hashPixels(picture.pixels, seed);
  if (base.value.picture !== null) seed = hashPixels(base.value.picture, seed);

  const made = await run(make(request, base.value, seed, options.drift ?? true), clock, signal);
  if (made === 'aborted') return err(cancelled);
  if (!made.ok) return err(inWords(made.error));

  const bytes = await codec.encode(made.value.pixels, { type: 'image/jpeg', quality: jpegQuality }, signal);
  if (!bytes.ok) return bytes;
  const encoded = clock.now();
  const pixels = await codec.decode(bytes.value, signal);
  if (!pixels.ok) return pixels;
  const picture: AnswerPicture = { type: 'image/jpeg', bytes: bytes.value, pixels: pixels.value };
  const responseId = `offline-${seed.toString(16).padStart(8, '0')}${hashText(request.prompt.text, seed).toString(16).padStart(8, '0')}`;
  return ok({
    picture,
    said: [
      { kind: 'text', text: made.value.text },
      { kind: 'picture', type: 'image/jpeg', bytes: bytes.value },
    ],
    drafts: [],
    parts: partsOf(made.value.text, bytes.value, responseId),
    usage: { promptTokens: 0, candidateTokens: 0, thoughtTokens: 0, totalTokens: 0, imageTokens: 0 },
    modelVersion: offlineVersion,
    responseId,
    finishReason: 'STOP',
    // Nothing left this machine.
    sent: [],
    timingsMs: { encode: 0, request: encoded - started, decode: clock.now() - encoded },
    attempts: 1,
  });
}

/** As the service sends them: words, then the picture, each with a signature that must come back unchanged. */
function partsOf(text: string, bytes: Uint8Array, responseId: string): readonly RawPart[] {
  return [
    JSON.stringify({ text, thoughtSignature: btoa(`${responseId}/0`) }),
    JSON.stringify({ inlineData: { mimeType: 'image/jpeg', data: toBase64(bytes) }, thoughtSignature: btoa(`${responseId}/1`) }),
  ];
}

/** What is to be done, and to which picture; null for none (a picture from words alone). */
interface Plan {
  readonly picture: Pixels | null;
  /** null: go back to the picture as it is. */
  readonly commands: readonly Command[] | null;
}

async function plan(options: OfflineOptions, request: EditRequest, signal: AbortSignal): Promise<Result<Plan, Failure>> {
  const isFirst = request.pictures.length === 0 && request.turns.every((turn) => turn.role === 'user' && turn.pictures.length === 0);
  if (isFirst) return ok({ picture: null, commands: [] });
  const resolved = resolve(request);
  switch (resolved.kind) {
    case 'unknown':
      // A cut-out is asked for by the prompt itself; the user's words may be about anything ("just the shoe").
      if (readGround(request.prompt.text) === null) return err(inWords(describeUnknown(request.instruction)));
      return withPicture(options, currentOf(request), [cutOut], signal);
    case 'nothing-before':
      return err(inWords(nothingBefore));
    case 'back':
      return withPicture(options, resolved.base, null, signal);
    case 'commands':
      return withPicture(options, resolved.base, resolved.commands, signal);
  }
}

const cutOut: Command = { effect: { kind: 'cutOut', fill: null }, target: { kind: 'whole' } };

function currentOf(request: EditRequest): Base | null {
  const picture = request.pictures.find(({ role }) => role === 'subject') ?? request.pictures[0];
  return picture === undefined ? null : { kind: 'pixels', pixels: picture.pixels };
}

async function withPicture(
  options: OfflineOptions,
  base: Base | null,
  commands: readonly Command[] | null,
  signal: AbortSignal,
): Promise<Result<Plan, Failure>> {
  if (base === null) return err(inWords(nothingToEdit));
  if (base.kind === 'pixels') return ok({ picture: base.pixels, commands });
  const bytes = base.kind === 'bytes' ? base.bytes : fromBase64(base.data);
  if (bytes === null) return err({ kind: 'bad-request', said: 'The picture in an earlier turn is not base64.' });
  const decoded = await options.codec.decode(bytes, signal);
  if (!decoded.ok)
    return decoded.error.kind === 'cancelled'
      ? decoded
      : err({ kind: 'bad-request', said: 'The picture in an earlier turn cannot be read.' });
  return ok({ picture: decoded.value, commands });
}

function* make(request: EditRequest, { picture, commands }: Plan, seed: number, isDrifting: boolean): Work<Result<Made, string>> {
  const { extent } = request.cell;
  const shrink = area(extent) > workPx ? 2 : 1;
  const work: Extent = { width: Math.ceil(extent.width / shrink), height: Math.ceil(extent.height / shrink) };
  if (picture === null) {
    const painting = yield* paintFromWords(request.instruction, work, seed);
    return ok({ pixels: shrink === 1 ? painting.pixels : yield* stretch(painting.pixels, extent), text: describePainting(painting.used) });
  }
  const drift = isDrifting ? drawDrift(seed) : noDrift;
  let pixels = yield* seen(picture, work, drift);
  if (isDrifting) yield* driftTone(pixels, drift);
  if (commands !== null) {
    const fill = readGround(request.prompt.text);
    const ground = fill === null ? null : (colorOfHex(fill)?.rgb ?? null);
    const subject = request.pictures.findIndex(({ role }) => role === 'subject');
    const around: Surroundings = {
      isRegion: isLimited(request.prompt.text),
      references: request.pictures.filter((_, i) => i !== Math.max(0, subject)).map((reference) => reference.pixels),
      fill: ground,
    };
    // The ground that the prompt asks for comes last, so that nothing else recolours it.
    const wanted = ground === null ? commands : [...commands.filter((command) => command.effect.kind !== 'cutOut'), cutOut];
    for (const command of wanted) {
      const changed = yield* carryOut(pixels, command, around);
      if (!changed.ok) return changed;
      pixels = changed.value;
    }
    if (shrink !== 1) pixels = yield* stretch(pixels, extent);
    return ok({ pixels, text: describeEdit(wanted) });
  }
  if (shrink !== 1) pixels = yield* stretch(pixels, extent);
  return ok({ pixels, text: describeBack });
}

/** The picture as the model draws it anew: on the cell's grid, stretched and moved by the drift. */
function seen(picture: Pixels, extent: Extent, drift: Drift): Work<Pixels> {
  const axis = (length: number, sourceLength: number, scale: number, shift: number): { scale: number; shift: number } => {
    // result = scale · (source - 1/2) + 1/2 + shift, as shares of the side; solved for the source.
    const perPixel = sourceLength / length;
    return { scale: perPixel / scale, shift: sourceLength * (0.5 - (0.5 + shift) / scale) };
  };
  return resample(
    picture,
    extent,
    axis(extent.width, picture.width, drift.scaleX, drift.shiftX),
    axis(extent.height, picture.height, drift.scaleY, drift.shiftY),
  );
}
