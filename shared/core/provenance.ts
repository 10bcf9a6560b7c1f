/**
 * Where a layer came from, as it is kept in the document (XMP for files). Never a key, never a picture.
 * `digitalSourceType` is IPTC's term for how a picture was made.
 * Source: http://cv.iptc.org/newscodes/digitalsourcetype/
 */
export interface Provenance {
  readonly schema: 1;
  readonly takeId: string;
  /** The take that this one continues, or null when it was made from the layer itself. */
  readonly parentTakeId: string | null;
  /** The identifier that was asked for, and the one that the service says it ran. */
  readonly model: string;
  readonly modelVersion: string;
  readonly responseId: string;
  readonly instruction: string;
  readonly prompt: { readonly id: string; readonly version: number };
  /** SHA-256 in hex of the picture's bytes as sent ('' when none was), of the full prompt text, and of the answer's bytes. */
  readonly inputHash: string;
  readonly promptHash: string;
  readonly answerHash: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly digitalSourceType: DigitalSourceType;
  readonly software: string;
}

const vocabulary = 'http://cv.iptc.org/newscodes/digitalsourcetype/';

/** Edited with a generative model; wholly made by one; changed by an algorithm that was not trained (the offline model). */
export const digitalSourceTypes = {
  composite: `${vocabulary}compositeWithTrainedAlgorithmicMedia`,
  generated: `${vocabulary}trainedAlgorithmicMedia`,
  algorithm: `${vocabulary}algorithmicallyEnhanced`,
} as const;

export type DigitalSourceType = (typeof digitalSourceTypes)[keyof typeof digitalSourceTypes];
