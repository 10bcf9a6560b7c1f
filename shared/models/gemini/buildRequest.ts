/**
 * The one place that knows the shape of a generateContent request. Pure: prepared pictures and words in, the SDK's
 * parameters out. In a user turn the layer comes first, a text names each picture that has a label, and the prompt
 * is last; the shape of the answer is always stated, because it would otherwise follow the last picture.
 */
import type { Content, GenerateContentConfig, Part, ThinkingLevel as WireThinkingLevel } from '@google/genai/web';
import type { Cell, ThinkingLevel, Turn } from '../../core/model.ts';
import type { ModelEntry } from '../../core/models/registry.ts';
import { finalImageOnly } from '../../core/prompts/promptText.ts';
import { assert, exhaustive } from '../../core/result.ts';
import type { PreparedPicture } from './preparePictures.ts';
import { type StandIns, standInsFor } from './returnParts.ts';

/** Which of its two spellings of the picture's shape the service is asked with. The first is right on v1beta. */
export type ShapeSpelling = 'imageConfig' | 'responseFormat';

export type PreparedTurn =
  | { readonly role: 'user'; readonly text: string; readonly pictures: readonly PreparedPicture[] }
  | Extract<Turn, { role: 'model' }>;

export interface RequestParts {
  readonly entry: ModelEntry;
  readonly model: string;
  readonly cell: Cell;
  readonly turns: readonly PreparedTurn[];
  readonly pictures: readonly PreparedPicture[];
  readonly promptText: string;
  readonly thinking: ThinkingLevel | null;
  readonly spelling: ShapeSpelling;
  /** After an answer in words: ask for the picture alone once more. */
  readonly insistsOnImage: boolean;
}

export interface GenerateParameters {
  readonly model: string;
  readonly contents: Content[];
  readonly config: GenerateContentConfig;
}

export interface BuiltRequest {
  /** What the SDK is given; the model's own parts are stood in for. */
  readonly parameters: GenerateParameters;
  readonly standIns: StandIns;
}

export function buildRequest(request: RequestParts): BuiltRequest {
  const { entry, cell, thinking, turns } = request;
  const promptText = request.insistsOnImage ? `${request.promptText}\n${finalImageOnly}` : request.promptText;
  const level = thinking !== null && entry.thinking.levels.includes(thinking) ? thinking : null;
  const returned = turns.flatMap((turn) => (turn.role === 'model' ? turn.parts : []));
  const standIns = standInsFor(returned, [promptText, ...turns.flatMap(textsOf), ...request.pictures.map(({ label }) => label)]);
  return {
    parameters: {
      model: request.model,
      contents: [...turnContents(turns, standIns), { role: 'user', parts: userParts(request.pictures, promptText) }],
      config: {
        // Both, always: 2.0 Flash takes nothing else, and with IMAGE alone a refusal's words are lost.
        responseModalities: ['TEXT', 'IMAGE'],
        ...(level === null ? {} : { thinkingConfig: { thinkingLevel: level.toUpperCase() as WireThinkingLevel } }),
        ...shapeConfig(entry, cell, request.spelling),
        // The SDK would otherwise ask, and pay, again by itself when an answer ends with CONTINUATION.
        automaticContinuation: false,
      },
    },
    standIns,
  };
}

const textsOf = (turn: PreparedTurn): readonly string[] =>
  turn.role === 'user' ? [turn.text, ...turn.pictures.map(({ label }) => label)] : [];

function turnContents(turns: readonly PreparedTurn[], standIns: StandIns): Content[] {
  let index = 0;
  return turns.map((turn): Content => {
    switch (turn.role) {
      case 'user':
        return { role: 'user', parts: userParts(turn.pictures, turn.text) };
      case 'model':
        return { role: 'model', parts: turn.parts.map(() => ({ text: standIns.textOf(index++) })) };
      default:
        return exhaustive(turn);
    }
  });
}

function userParts(pictures: readonly PreparedPicture[], text: string): Part[] {
  const shown = pictures.flatMap(({ label, data, type }): Part[] => {
    const picture: Part = { inlineData: { mimeType: type, data } };
    return label === '' ? [picture] : [{ text: label }, picture];
  });
  return [...shown, { text }];
}

function shapeConfig(entry: ModelEntry, { ratio, size }: Cell, spelling: ShapeSpelling): Partial<GenerateContentConfig> {
  const fields: { aspectRatio?: string; imageSize?: string } = {};
  if (entry.shapeFields !== 'none' && ratio !== null) fields.aspectRatio = ratio;
  if (entry.shapeFields === 'ratio-and-size' && size !== null) fields.imageSize = size;
  if (Object.keys(fields).length === 0) return {};
  switch (spelling) {
    case 'imageConfig':
      return { imageConfig: fields };
    case 'responseFormat':
      // The SDK knows this field only for Vertex, so it goes beside the fields that it maps.
      return { httpOptions: { extraBody: { generationConfig: { responseFormat: { image: asEnums(fields) } } } } };
    default:
      return exhaustive(spelling);
  }
}

const numberNames: Readonly<Record<string, string>> = {
  1: 'ONE',
  2: 'TWO',
  3: 'THREE',
  4: 'FOUR',
  5: 'FIVE',
  8: 'EIGHT',
  9: 'NINE',
  16: 'SIXTEEN',
  21: 'TWENTY_ONE',
};

const sizeNames: Readonly<Record<string, string>> = { '512': 'FIVE_TWELVE', '1K': 'ONE_K', '2K': 'TWO_K', '4K': 'FOUR_K' };

/** "16:9" as ASPECT_RATIO_SIXTEEN_BY_NINE, "2K" as IMAGE_SIZE_TWO_K. */
function asEnums({ aspectRatio, imageSize }: { aspectRatio?: string; imageSize?: string }): Record<string, string> {
  const enums: Record<string, string> = {};
  if (aspectRatio !== undefined) {
    const [width, height] = aspectRatio.split(':').map((side) => numberNames[side]);
    assert(width !== undefined && height !== undefined, `no enum value for the ratio ${aspectRatio}`);
    enums.aspectRatio = `ASPECT_RATIO_${width}_BY_${height}`;
  }
  if (imageSize !== undefined) enums.imageSize = `IMAGE_SIZE_${sizeNames[imageSize]}`;
  return enums;
}

/** Bytes of the request, near enough: pictures and texts are nearly all of it, and base64 is ASCII. */
export function requestBytes({ parameters, standIns }: BuiltRequest): number {
  let bytes = 2048;
  for (const { parts = [] } of parameters.contents)
    for (const part of parts) bytes += 64 + (part.inlineData?.data?.length ?? 0) + 3 * (part.text?.length ?? 0);
  for (const part of standIns.parts) bytes += part.length + 2 * (part.match(/[^\0-\x7f]/g)?.length ?? 0);
  return bytes;
}
