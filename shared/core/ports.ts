import type { AbortSignal } from './abort.ts';
import type { Failure } from './failure.ts';
import type { Pixels, Pixels16 } from './pixels.ts';
import type { Result } from './result.ts';

/** Time, as a port, so that tests own it. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC; used for dates and for durations. */
  now(): number;
  /** Resolves `true` after `ms`, or `false` as soon as `signal` aborts. `sleep(0)` lets the host breathe. */
  sleep(ms: number, signal: AbortSignal): Promise<boolean>;
}

/** Identifiers that are unique within a document. */
export interface Ids {
  next(): string;
}

/** The setting that holds the API key; a host with a safer place than its other settings keeps it there. */
export const apiKeySetting = 'gemini.key';

/** Per user, never per document: the API key lives here and nowhere else. */
export interface Settings {
  get(key: string): Promise<Result<string | null, Failure>>;
  set(key: string, value: string): Promise<Result<void, Failure>>;
  remove(key: string): Promise<Result<void, Failure>>;
}

/** Kept with the document: small entries by key, and bytes by their own hash beside them. */
export interface DocumentStore {
  /** Most bytes that one entry may have, its key not counted. */
  readonly entryLimitBytes: number;
  read(key: string): Promise<Result<Uint8Array | null, Failure>>;
  /** Several in one call, where each is a journey (a worker, a database); others are read one by one. */
  readMany?(keys: readonly string[]): Promise<Result<readonly (Uint8Array | null)[], Failure>>;
  /** Whole or not at all; `store-full` when it does not fit. */
  write(key: string, bytes: Uint8Array): Promise<Result<void, Failure>>;
  remove(key: string): Promise<Result<void, Failure>>;
  /** What was written last comes last, where the store knows. */
  keys(): Promise<Result<readonly string[], Failure>>;
  readonly blobs: BlobStore;
}

/** Bytes by their own SHA-256 in hex, written once: pictures as encoded, turns of a conversation. Where they lie is the host's affair. */
export interface BlobStore {
  /** Null when it is not here (pruned, lost, never was); bytes that are not the hash's are `corrupt`. */
  read(hash: string): Promise<Result<Uint8Array | null, Failure>>;
  /** Answers the hash; the same bytes twice are kept once. `store-full` when they do not fit. */
  write(bytes: Uint8Array): Promise<Result<string, Failure>>;
  remove(hash: string): Promise<Result<void, Failure>>;
  /** What was written first comes first, where the store knows. */
  list(): Promise<Result<readonly BlobInfo[], Failure>>;
}

export interface BlobInfo {
  readonly hash: string;
  readonly byteLength: number;
}

export type PictureType = 'image/png' | 'image/jpeg' | 'image/webp';

export interface EncodeOptions {
  type: PictureType;
  /** 1 to 100, JPEG and lossy WebP only; 4:4:4 chroma is always kept. */
  quality?: number;
  /** PNG only: an XMP packet and the resolution to carry along. The pixels' own profile is embedded in any case. */
  xmp?: string;
  pixelsPerMetre?: number;
}

/**
 * Encoded bytes to pixels and back; a host's own codecs behind one shape.
 * `decode` applies EXIF orientation, keeps the file's own RGB profile and numbers (anything but RGB becomes sRGB, more
 * than 8 bits become 8; `decodeDeep` keeps them), takes the first frame, and refuses by header before it allocates.
 */
export interface PictureCodec {
  decode(bytes: Uint8Array, signal: AbortSignal): Promise<Result<Pixels, Failure>>;
  /** A PNG keeps 16 bits; the other types have 8. */
  encode(pixels: Pixels | Pixels16, options: EncodeOptions, signal: AbortSignal): Promise<Result<Uint8Array, Failure>>;
}
