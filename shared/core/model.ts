import type { AbortSignal } from './abort.ts';
import type { Failure } from './failure.ts';
import type { Extent } from './geometry.ts';
import type { Pixels } from './pixels.ts';
import type { PictureType } from './ports.ts';
import type { Result } from './result.ts';

/** A picture model behind one shape: Gemini, Imagen, the offline model, a fake in a test. */
export interface ImageModel {
  /** One request, one answer; retries that the handbook names happen inside. Never throws. */
  edit(request: EditRequest, signal: AbortSignal): Promise<Result<EditAnswer, Failure>>;
  /** What the service offers to this key; null from a model that has no service. */
  available(signal: AbortSignal): Promise<Result<readonly AvailableModel[] | null, Failure>>;
}

export interface AvailableModel {
  readonly id: string;
  readonly displayName: string;
  /** Names as the service gives them, for example 'generateContent'. */
  readonly methods: readonly string[];
}

export type SizeClass = '512' | '1K' | '2K' | '4K';

export type ThinkingLevel = 'minimal' | 'low' | 'medium' | 'high';

/** The output shape that is asked for; `extent` is what the model is known to deliver for it, null when not published. */
export interface Cell {
  /** Nominal ratio as the wire names it ("16:9"); null when the model takes none. */
  readonly ratio: string | null;
  readonly size: SizeClass | null;
  readonly extent: Extent;
}

export type PictureRole = 'subject' | 'reference' | 'character' | 'style' | 'object' | 'background';

export interface LabelledPicture {
  readonly role: PictureRole;
  /** The text sent before the picture; '' for a picture that stands alone. */
  readonly label: string;
  readonly pixels: Pixels;
}

/** The one request object: all that matters to an edit is here and nowhere else. */
export interface EditRequest {
  readonly model: string;
  readonly cell: Cell;
  /** The layer first, then references. Empty for text-to-image. sRGB, opaque. */
  readonly pictures: readonly LabelledPicture[];
  /** As the user typed it. */
  readonly instruction: string;
  readonly prompt: CompiledPrompt;
  /** Earlier turns, oldest first; [] for a stateless edit. */
  readonly turns: readonly Turn[];
  readonly thinking: ThinkingLevel | null;
}

export interface CompiledPrompt {
  readonly id: string;
  readonly version: number;
  /** The whole text that is sent, the instruction within it. */
  readonly text: string;
}

/** Roles alternate, and a user's turn comes first. */
export type Turn =
  | { readonly role: 'user'; readonly text: string; readonly pictures: readonly TurnPicture[] }
  /** The model's own parts, returned to it byte-identical, signatures included. */
  | { readonly role: 'model'; readonly parts: readonly RawPart[] };

/** A picture of an earlier turn, in the bytes that went out then. */
export interface TurnPicture extends EncodedPicture {
  readonly role: PictureRole;
  readonly label: string;
}

/** A part as the service sent it: the very characters of its JSON, in which it also returns. */
export type RawPart = string;

export interface EncodedPicture {
  /** By the bytes themselves, never by what the service claims. */
  readonly type: PictureType;
  readonly bytes: Uint8Array;
}

export interface AnswerPicture extends EncodedPicture {
  readonly pixels: Pixels;
}

/** One thing that a model said: words, or a picture. */
export type AnswerPart = { readonly kind: 'text'; readonly text: string } | ({ readonly kind: 'picture' } & EncodedPicture);

export interface EditAnswer {
  /** The last picture that is not a thought. */
  readonly picture: AnswerPicture;
  /** Words and pictures in the model's order, `picture` among them; thoughts left out. */
  readonly said: readonly AnswerPart[];
  /** Pictures that the model marked as thoughts, oldest first. */
  readonly drafts: readonly EncodedPicture[];
  /** All that it sent, thoughts included, for a later turn. */
  readonly parts: readonly RawPart[];
  readonly usage: Usage | null;
  readonly modelVersion: string;
  readonly responseId: string;
  readonly finishReason: string;
  /** The pictures as they went out, in the request's order. */
  readonly sent: readonly SentPicture[];
  readonly timingsMs: { readonly encode: number; readonly request: number; readonly decode: number };
  /** 1 without retries. */
  readonly attempts: number;
}

/** What a model said instead of making a picture: a question, most often. Answering it goes on from here. */
export interface WordsOnly {
  readonly parts: readonly RawPart[];
  readonly usage: Usage | null;
}

export interface SentPicture extends EncodedPicture, Extent {
  readonly byteLength: number;
  /** SHA-256 of the encoded bytes, hex. */
  readonly hash: string;
}

export interface Usage {
  readonly promptTokens: number;
  readonly candidateTokens: number;
  readonly thoughtTokens: number;
  readonly totalTokens: number;
  /** Of the candidate tokens, those of pictures; null when the service gave no details. */
  readonly imageTokens: number | null;
}
