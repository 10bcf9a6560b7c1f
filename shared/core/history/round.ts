/**
 * One round as a later request needs it: the user's turn and the model's own parts. Kept as a small blob of words; its
 * pictures are blobs of their own, so that an answer is kept once whether it is shown or returned to the model.
 */
import { fromBase64, toBase64 } from '../base64.ts';
import type { Failure } from '../failure.ts';
import { hashAhead, hashOnce, sha256Hex } from '../hash.ts';
import type { PictureRole, RawPart, Turn, TurnPicture } from '../model.ts';
import type { Pace } from '../pace.ts';
import type { BlobStore, PictureType } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { fromUtf8, toUtf8 } from '../text.ts';

export interface Round {
  readonly schema: 1;
  readonly user: {
    readonly text: string;
    /** The subject, references that a list of rounds repeated, and the round's own. */
    readonly pictures: readonly RoundPicture[];
    /** How many of the references were repeated. */
    readonly repeated: number;
  };
  /** What the layer looked like, in the size in which it goes out: whether it was painted on since. */
  readonly subject: SubjectLook;
  readonly parts: readonly RoundPart[];
  /** Blob: the region's coverage as a grey PNG, as large as the take's region; null for a rectangle, or none. */
  readonly mask: string | null;
}

export interface SubjectLook {
  /** SHA-256 of the pixels, hex. */
  readonly hash: string;
  readonly width: number;
  readonly height: number;
}

export interface RoundPicture {
  readonly role: PictureRole;
  readonly label: string;
  readonly type: PictureType;
  readonly hash: string;
  readonly byteLength: number;
}

/** The characters of a part; with a picture those around its base64, whose bytes are the blob. */
export type RoundPart = RawPart | { readonly before: string; readonly hash: string; readonly after: string; readonly byteLength: number };

export interface RoundToKeep {
  readonly text: string;
  readonly pictures: readonly TurnPicture[];
  readonly repeated: number;
  readonly subject: SubjectLook;
  readonly parts: readonly RawPart[];
  /** A picture of the region, where it is no rectangle. */
  readonly mask: Uint8Array | null;
}

export interface PackedRound {
  /** Of the blob that `readRound` takes. */
  readonly hash: string;
  /** All that is to be kept, and what it is, for the user. */
  readonly blobs: readonly { readonly bytes: Uint8Array; readonly what: string }[];
}

/**
 * The hash is known before anything is written, so that a take can name its round first: a picture that was sent is
 * never a picture that nobody names, which is how a paid answer is found after a kill.
 */
export async function packRound({ text, pictures, repeated, subject, parts, mask }: RoundToKeep, pace: Pace): Promise<PackedRound> {
  const blobs: PackedRound['blobs'][number][] = [];
  const pack = async (bytes: Uint8Array, what: string): Promise<string> => {
    blobs.push({ bytes, what });
    await hashAhead(bytes, pace);
    return hashOnce(bytes);
  };
  const userPictures: Round['user']['pictures'][number][] = [];
  for (const { role, label, type, bytes } of pictures)
    userPictures.push({ role, label, type, hash: await pack(bytes, 'A picture that was sent'), byteLength: bytes.length });
  const answered: RoundPart[] = [];
  for (const part of parts) {
    const split = splitPart(part);
    if (split === null) answered.push(part);
    else {
      const { before, bytes, after } = split;
      answered.push({ before, hash: await pack(bytes, 'A picture of the model’s'), after, byteLength: bytes.length });
    }
  }
  const round: Round = {
    schema: 1,
    user: {
      text,
      pictures: userPictures,
      repeated,
    },
    subject,
    parts: answered,
    mask: mask === null ? null : await pack(mask, 'The region'),
  };
  return { hash: await pack(toUtf8(JSON.stringify(round)), 'What the model was told'), blobs };
}

interface SplitPart {
  readonly before: string;
  readonly bytes: Uint8Array;
  readonly after: string;
}

const unpadded = (base64: string): string => base64.replace(/=+$/, '');

/** Null when the part has no picture, or one whose base64 could not be written again to the letter. */
function splitPart(part: RawPart): SplitPart | null {
  const data = (fieldsOf(part).inlineData as { data?: unknown } | undefined)?.data;
  if (typeof data !== 'string' || data === '') return null;
  // The padding stays with what is around: it may be left out, or escaped.
  const bare = unpadded(data);
  const bytes = fromBase64(data);
  const at = part.indexOf(bare);
  if (bytes === null || at < 0 || unpadded(toBase64(bytes)) !== bare) return null;
  return { before: part.slice(0, at), bytes, after: part.slice(at + bare.length) };
}

function fieldsOf(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(part);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Null when it is not here; `corrupt` when it is something else than a round of this version. */
export async function readRound(blobs: BlobStore, hash: string): Promise<Result<Round | null, Failure>> {
  const bytes = await blobs.read(hash);
  if (!bytes.ok || bytes.value === null) return bytes.ok ? ok(null) : bytes;
  const text = fromUtf8(bytes.value);
  const round = text === null ? null : fieldsOf(text);
  return round !== null && isRound(round) ? ok(round) : err({ kind: 'corrupt', what: 'An earlier turn of this document' });
}

function isRound(value: unknown): value is Round {
  const { schema, user, subject, parts, mask } = value as Partial<Round>;
  const isText = (each: unknown): each is string => typeof each === 'string';
  return (
    schema === 1 &&
    isText(user?.text) &&
    typeof user.repeated === 'number' &&
    isText(subject?.hash) &&
    Array.isArray(user?.pictures) &&
    user.pictures.every(
      (each: Partial<RoundPicture> | null) => isText(each?.role) && isText(each?.label) && isText(each?.type) && isText(each?.hash),
    ) &&
    Array.isArray(parts) &&
    parts.every((each: Exclude<RoundPart, string> | string | null) =>
      isText(each) ? true : isText(each?.before) && isText(each?.hash) && isText(each?.after),
    ) &&
    (mask === null || isText(mask))
  );
}

/** The blobs without which the model's turn cannot return. */
export const partBlobs = ({ parts }: Round): readonly string[] => parts.flatMap((part) => (typeof part === 'string' ? [] : [part.hash]));

/** Every blob that the round names: for whoever prunes. */
export const roundBlobs = (round: Round): readonly string[] => [
  ...round.user.pictures.map(({ hash }) => hash),
  ...partBlobs(round),
  ...(round.mask === null ? [] : [round.mask]),
];

/** The fields of a part's JSON; those of a picture come without its base64. */
export const partFields = (part: RoundPart): Readonly<Record<string, unknown>> =>
  fieldsOf(typeof part === 'string' ? part : part.before + part.after);

/** Whether each picture that is no thought carries a signature. */
export const isSigned = ({ parts }: Round): boolean =>
  parts.every((part) => {
    const { thought, thoughtSignature, inlineData } = partFields(part);
    return inlineData === undefined || thought === true || (typeof thoughtSignature === 'string' && thoughtSignature !== '');
  });

/** The model's turn, to the letter; null when one of its pictures is gone. */
export async function modelTurn(round: Round, blobs: BlobStore): Promise<Result<Turn | null, Failure>> {
  const parts: RawPart[] = [];
  for (const part of round.parts) {
    if (typeof part === 'string') {
      parts.push(part);
      continue;
    }
    const bytes = await blobs.read(part.hash);
    if (!bytes.ok) return bytes;
    if (bytes.value === null) return ok(null);
    parts.push(part.before + unpadded(toBase64(bytes.value)) + part.after);
  }
  return ok({ role: 'model', parts });
}

/** The references that the round itself brought. */
export const ownReferences = ({ user }: Round): readonly RoundPicture[] =>
  user.pictures.filter(({ role }) => role !== 'subject').slice(user.repeated);

/** Those of `pictures` that are still here. */
export async function picturesOf(pictures: readonly RoundPicture[], blobs: BlobStore): Promise<readonly TurnPicture[]> {
  const found: TurnPicture[] = [];
  for (const { role, label, type, hash } of pictures) {
    const bytes = await blobs.read(hash);
    if (bytes.ok && bytes.value !== null && sha256Hex(bytes.value) === hash) found.push({ role, label, type, bytes: bytes.value });
  }
  return found;
}
