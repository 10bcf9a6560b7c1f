/**
 * A generateContent answer, read with suspicion: any field may be missing, null, or new. Pure. Decides which pictures
 * count: thoughts never do, and of the others the last one with data is the result.
 */
import { fromBase64 } from '../../core/base64.ts';
import type { AnswerPart, EncodedPicture, RawPart, Usage } from '../../core/model.ts';
import { pictureTypeOf } from '../../core/pictureType.ts';
import { wordsIn } from '../../core/said.ts';
import { partTexts } from './partTexts.ts';

export interface Reply {
  /** As they came, signatures included. */
  readonly parts: readonly RawPart[];
  /** The result: the last picture that is not a thought. null bytes: it is not base64. */
  readonly picture: { readonly claimedType: string; readonly bytes: Uint8Array | null } | null;
  /** Words and pictures in the model's order, thoughts and what cannot be read left out. */
  readonly said: readonly AnswerPart[];
  /** Pictures that are thoughts. */
  readonly drafts: readonly EncodedPicture[];
  /** The words of `said`. */
  readonly text: string;
  /** '' when the service gave none. */
  readonly finishReason: string;
  readonly finishMessage: string;
  readonly blockReason: string;
  readonly usage: Usage | null;
  readonly modelVersion: string;
  readonly responseId: string;
}

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** `json` is what `body` parses to. */
export function readAnswer(json: unknown, body: string): Reply {
  const answer = fields(json);
  const candidate = fields(list(answer.candidates)[0]);
  const parts = list(fields(candidate.content).parts).map(fields);
  const isThought = (part: Fields) => part.thought === true;
  const result = parts.filter((part) => !isThought(part) && pictureData(part) !== '').at(-1);
  const said = parts.filter((part) => !isThought(part)).flatMap(saidOf);
  return {
    parts: partTexts(body).filter((part) => part.startsWith('{')),
    picture:
      result === undefined ? null : { claimedType: text(fields(result.inlineData).mimeType), bytes: fromBase64(pictureData(result)) },
    said,
    drafts: parts.filter(isThought).flatMap(pictureOf),
    text: wordsIn(said),
    finishReason: text(candidate.finishReason),
    finishMessage: text(candidate.finishMessage),
    blockReason: text(fields(answer.promptFeedback).blockReason),
    usage: usageOf(answer.usageMetadata),
    modelVersion: text(answer.modelVersion),
    responseId: text(answer.responseId),
  };
}

function saidOf(part: Fields): readonly AnswerPart[] {
  const words = text(part.text);
  return words === '' ? pictureOf(part).map((picture) => ({ kind: 'picture', ...picture })) : [{ kind: 'text', text: words }];
}

/** [] when there is none, or its bytes are none of the types we read. */
function pictureOf(part: Fields): readonly EncodedPicture[] {
  const data = pictureData(part);
  const bytes = data === '' ? null : fromBase64(data);
  const type = bytes === null ? null : pictureTypeOf(bytes);
  return bytes === null || type === null ? [] : [{ type, bytes }];
}

const pictureData = (part: Fields): string => text(fields(part.inlineData).data);

/** null when the service gave no counts. */
function usageOf(metadata: unknown): Usage | null {
  const usage = fields(metadata);
  if (Object.keys(usage).length === 0) return null;
  const details = usage.candidatesTokensDetails;
  const images = list(details)
    .map(fields)
    .filter((detail) => detail.modality === 'IMAGE');
  return {
    promptTokens: count(usage.promptTokenCount),
    candidateTokens: count(usage.candidatesTokenCount),
    thoughtTokens: count(usage.thoughtsTokenCount),
    totalTokens: count(usage.totalTokenCount),
    imageTokens: Array.isArray(details) ? images.reduce((sum, detail) => sum + count(detail.tokenCount), 0) : null,
  };
}
