/**
 * A generateContent answer, read with suspicion: any field may be missing, null, or new. Pure. Decides which pictures
 * count: thoughts never do, and of the others the last one with data is the result.
 */
import type { RawPart, Usage } from '../../core/model.ts';
import { fromBase64 } from '../base64.ts';

export interface Reply {
  /** As they came, signatures included. */
  readonly parts: readonly RawPart[];
  /** The result: the last picture that is not a thought. null bytes: it is not base64. */
  readonly picture: { readonly claimedType: string; readonly bytes: Uint8Array | null } | null;
  /** Every other picture, oldest first, thoughts among them; those that are not base64 left out. */
  readonly others: readonly Uint8Array[];
  /** Thoughts left out. */
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

export function readAnswer(json: unknown): Reply {
  const answer = fields(json);
  const candidate = fields(list(answer.candidates)[0]);
  const parts = list(fields(candidate.content).parts).filter((part) => typeof part === 'object' && part !== null) as readonly RawPart[];
  const withData = parts.filter((part) => pictureData(part) !== '');
  const result = withData.filter((part) => part.thought !== true).at(-1);
  return {
    parts,
    picture:
      result === undefined ? null : { claimedType: text(fields(result.inlineData).mimeType), bytes: fromBase64(pictureData(result)) },
    others: withData.filter((part) => part !== result).flatMap((part) => fromBase64(pictureData(part)) ?? []),
    text: parts
      .map((part) => (part.thought === true ? '' : text(part.text)))
      .filter((words) => words !== '')
      .join('\n')
      .trim(),
    finishReason: text(candidate.finishReason),
    finishMessage: text(candidate.finishMessage),
    blockReason: text(fields(answer.promptFeedback).blockReason),
    usage: usageOf(answer.usageMetadata),
    modelVersion: text(answer.modelVersion),
    responseId: text(answer.responseId),
  };
}

const pictureData = (part: RawPart): string => text(fields(part.inlineData).data);

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
