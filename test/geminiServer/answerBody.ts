/**
 * The body of a good answer: parts in the service's order, thoughts only when they were asked for, signatures where it
 * puts them, and usage that adds up the way it does there.
 */
import { randomBytes } from 'node:crypto';
import type { ServedModel } from './catalogue.ts';
import type { AnswerChange } from './failures.ts';
import type { GenerateRequest, Part, Signatures } from './generateRequest.ts';

/** What a picture maker gives back; without a picture the answer is words alone. */
export interface MadeAnswer {
  readonly picture: { readonly bytes: Uint8Array; readonly type: string } | null;
  readonly text: string;
}

export type PictureMaker = (request: GenerateRequest) => Promise<MadeAnswer>;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

export function answerBody(
  request: GenerateRequest,
  model: ServedModel,
  made: MadeAnswer,
  change: AnswerChange,
  signatures: Signatures,
): Record<string, unknown> {
  const parts: Part[] = [];
  if (request.includeThoughts) parts.push({ text: '**Planning the edit**\n\nI look at the picture and decide what stays.', thought: true });
  const drafts = made.picture === null ? 0 : change.drafts === undefined ? (request.includeThoughts ? 1 : 0) : 2;
  for (let i = 0; i < drafts; i++)
    parts.push({ ...pictureOf(draftOf(made, i), {}), ...(change.drafts === 'unflagged' ? {} : { thought: true }) });
  const words: Part[] = made.text === '' || change.words === 'none' ? [] : [{ text: made.text }];
  const picture: Part[] = made.picture === null ? [] : [pictureOf(made, change)];
  parts.push(...(change.words === 'last' ? [...picture, ...words] : [...words, ...picture]));
  const omits = new Set(change.without ?? []);
  if (!omits.has('thoughtSignature')) sign(parts, signatures);
  return {
    candidates: [
      { content: { parts, ...(omits.has('role') ? {} : { role: 'model' }) }, finishReason: change.finishReason ?? 'STOP', index: 0 },
    ],
    ...(omits.has('usageMetadata') ? {} : { usageMetadata: usageOf(request, model, made, drafts, change) }),
    ...(omits.has('modelVersion') ? {} : { modelVersion: request.model }),
    ...(omits.has('responseId') ? {} : { responseId: randomBytes(12).toString('base64url') }),
  };
}

function pictureOf(made: MadeAnswer, change: AnswerChange): Part {
  if (made.picture === null) return {};
  const { bytes, type } = made.picture;
  return { inlineData: { mimeType: change.claimedType ?? type, data: damaged(bytes, change.damage) } };
}

/** The same picture in other bytes: a JPEG comment tells the drafts from the result. */
function draftOf(made: MadeAnswer, index: number): MadeAnswer {
  if (made.picture?.type !== 'image/jpeg') return made;
  const comment = new TextEncoder().encode(`draft ${index + 1}`);
  const { bytes, type } = made.picture;
  const marked = [bytes.subarray(0, 2), new Uint8Array([0xff, 0xfe, 0, comment.length + 2]), comment, bytes.subarray(2)];
  return { ...made, picture: { bytes: new Uint8Array(Buffer.concat(marked)), type } };
}

function damaged(bytes: Uint8Array, damage: AnswerChange['damage']): string {
  switch (damage) {
    case 'empty-data':
      return '';
    case 'not-base64':
      return '%%% not base64 %%%';
    case 'garbage':
      return base64(new TextEncoder().encode('this was never a picture, whatever the type says'));
    case 'truncated':
      return base64(bytes.subarray(0, Math.floor(bytes.length / 3)));
    case undefined:
      return base64(bytes);
  }
}

/** The first part that is not a thought, and every later picture that is not one. */
function sign(parts: readonly Part[], signatures: Signatures): void {
  let isFirst = true;
  for (const part of parts) {
    if (part.thought === true) continue;
    if (isFirst || part.inlineData !== undefined) part.thoughtSignature = signatures.issue(part);
    isFirst = false;
  }
}

const textTokens = (text: string): number => Math.ceil(text.length / 4);

const pictureTokensBySize: Readonly<Record<string, number>> = { '512': 747, '1K': 1120, '2K': 1680, '4K': 2520 };

/** Unflagged drafts are billed like results; thought tokens are counted beside the candidate's. */
function usageOf(request: GenerateRequest, model: ServedModel, made: MadeAnswer, drafts: number, change: AnswerChange) {
  const each = request.imageSize === null ? 1290 : (pictureTokensBySize[request.imageSize] ?? 1120);
  const images = made.picture === null ? 0 : each * (1 + (change.drafts === 'unflagged' ? drafts : 0));
  const promptImages = request.turns.reduce((sum, turn) => sum + turn.pictures.length, 0) * model.pictureTokens;
  const promptText = request.turns.reduce((sum, turn) => sum + textTokens(turn.text), 0);
  const candidates = images + textTokens(made.text);
  const thoughts = request.includeThoughts || request.thinkingLevel !== null ? 150 : 0;
  return {
    promptTokenCount: promptText + promptImages,
    candidatesTokenCount: candidates,
    totalTokenCount: promptText + promptImages + candidates + thoughts,
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
    promptTokensDetails: [
      { modality: 'TEXT', tokenCount: promptText },
      ...(promptImages > 0 ? [{ modality: 'IMAGE', tokenCount: promptImages }] : []),
    ],
    ...(images > 0 ? { candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: images }] } : {}),
  };
}

export function countTokensBody(request: GenerateRequest, model: ServedModel): Record<string, unknown> {
  const { promptTokenCount, promptTokensDetails } = usageOf(request, model, { picture: null, text: '' }, 0, {});
  return { totalTokens: promptTokenCount, promptTokensDetails };
}
