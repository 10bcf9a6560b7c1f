/**
 * Takes, marks and bookmarks as they are kept: a line that says the schema and the hash of what follows, then JSON with
 * its fields in a fixed order. Reading is suspicious: whatever does not fit is told in words, never guessed at.
 */
import type { Bounds } from '../geometry.ts';
import { sha256Hex } from '../hash.ts';
import { fromUtf8, toUtf8 } from '../text.ts';
import type { Bookmark, LaidAs, PictureRef, SaidPart, Take, TakeFindings, TakeMarks } from './take.ts';

export const savedSchema = 2;

/** Larger claims are not even parsed: the longest instruction takes 20 kB. */
export const mostEntryBytes = 4 << 20;

/** What an entry holds, or why it cannot be read; `newer` is left where it is for the version that wrote it. */
export type ReadEntry<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'newer' }
  | { readonly kind: 'unreadable'; readonly why: string };

const unreadable = (why: string): { readonly kind: 'unreadable'; readonly why: string } => ({ kind: 'unreadable', why });

export const takeText = (take: Take): string => JSON.stringify(readTake(take));
export const marksText = (marks: TakeMarks): string => JSON.stringify(readMarks(marks));
export const bookmarkText = (bookmark: Bookmark): string => JSON.stringify(readBookmark(bookmark));

export const encodeTake = (take: Take): Uint8Array => sealed(takeText(take));
export const encodeMarks = (marks: TakeMarks): Uint8Array => sealed(marksText(marks));
export const encodeBookmark = (bookmark: Bookmark): Uint8Array => sealed(bookmarkText(bookmark));

export const decodeTake = (bytes: Uint8Array): ReadEntry<Take> => opened(bytes, readTake);
export const decodeMarks = (bytes: Uint8Array): ReadEntry<TakeMarks> => opened(bytes, readMarks);
export const decodeBookmark = (bytes: Uint8Array): ReadEntry<Bookmark> => opened(bytes, readBookmark);

const sealed = (body: string): Uint8Array => toUtf8(`${JSON.stringify({ schema: savedSchema, hash: sha256Hex(body) })}\n${body}`);

function opened<T>(bytes: Uint8Array, read: (value: unknown) => T): ReadEntry<T> {
  if (bytes.length > mostEntryBytes) return unreadable(`it has ${bytes.length} bytes`);
  const text = fromUtf8(bytes);
  if (text === null) return unreadable('it is no text');
  const end = text.indexOf('\n');
  const head = parsed(end < 0 ? text : text.slice(0, end));
  if (head === null || typeof head !== 'object') return unreadable('it does not begin as an entry does');
  const { schema, hash } = head as { schema?: unknown; hash?: unknown };
  if (typeof schema === 'number' && schema > savedSchema) return { kind: 'newer' };
  if (schema !== savedSchema) return unreadable('it names no known version');
  const body = text.slice(end + 1);
  if (end < 0 || sha256Hex(body) !== hash) return unreadable('it was cut short or altered');
  return readWith(read, parsed(body));
}

/** Runs a reader, which raises `Misfit` at the first field that does not fit. */
export function readWith<T>(read: (value: unknown) => T, value: unknown): ReadEntry<T> {
  try {
    return { kind: 'read', value: read(value) };
  } catch (cause) {
    if (cause instanceof Misfit) return unreadable(cause.message);
    throw cause;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

class Misfit extends Error {}

type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Misfit(`${what} is missing`);
  return value as Fields;
}

export function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Misfit(`${what} is no text`);
  return value;
}

export function finite(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Misfit(`${what} is no number`);
  return value;
}

function counting(value: unknown, what: string): number {
  const count = finite(value, what);
  if (!Number.isSafeInteger(count) || count < 0) throw new Misfit(`${what} is no count`);
  return count;
}

function flag(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new Misfit(`${what} is neither true nor false`);
  return value;
}

export function listOf<T>(value: unknown, what: string, read: (item: unknown, what: string) => T): readonly T[] {
  if (!Array.isArray(value)) throw new Misfit(`${what} is no list`);
  return value.map((item) => read(item, what));
}

function oneOf<T extends string>(value: unknown, what: string, known: readonly T[]): T {
  if (!known.includes(value as T)) throw new Misfit(`${what} is unknown`);
  return value as T;
}

export const orNull = <T>(value: unknown, what: string, read: (value: unknown, what: string) => T): T | null =>
  value === null || value === undefined ? null : read(value, what);

export function identifier(value: unknown, what: string): string {
  const id = text(value, what);
  if (id === '' || id.length > 200) throw new Misfit(`${what} is no identifier`);
  return id;
}

function hashText(value: unknown, what: string): string {
  const hash = text(value, what);
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new Misfit(`${what} is no hash`);
  return hash;
}

export function readBounds(value: unknown, what: string): Bounds {
  const { x, y, width, height } = fieldsOf(value, what);
  return { x: finite(x, what), y: finite(y, what), width: finite(width, what), height: finite(height, what) };
}

function readPicture(value: unknown, what: string): PictureRef {
  const { hash, type, width, height, byteLength } = fieldsOf(value, what);
  return {
    hash: hashText(hash, what),
    type: oneOf(type, what, ['image/png', 'image/jpeg', 'image/webp', 'layer']),
    width: counting(width, what),
    height: counting(height, what),
    byteLength: counting(byteLength, what),
  };
}

function readSaid(value: unknown): SaidPart {
  const part = fieldsOf(value, 'a part of the answer');
  const kind = oneOf(part.kind, 'a part of the answer', ['text', 'picture']);
  return kind === 'text' ? { kind, text: text(part.text, 'the words') } : { kind, hash: hashText(part.hash, 'a picture of the answer') };
}

function readFindings(value: unknown): TakeFindings {
  const findings = fieldsOf(value, 'the findings');
  const registration = fieldsOf(findings.registration, 'the registration');
  const tone = fieldsOf(findings.tone, 'the tone');
  const change = fieldsOf(findings.change, 'the change');
  return {
    mode: oneOf(findings.mode, 'the mode', ['delta', 'whole', 'unchanged']),
    registration: {
      accepted: flag(registration.accepted, 'the registration'),
      confidence: finite(registration.confidence, 'the confidence'),
      residualPx: orNull(registration.residualPx, 'the residual', finite),
      reason: orNull(registration.reason, 'the reason', text),
    },
    tone: { applied: flag(tone.applied, 'the tone'), maxShift: finite(tone.maxShift, 'the shift of tone') },
    change: { fraction: finite(change.fraction, 'the change'), bounds: orNull(change.bounds, 'the change', readBounds) },
    changedPixelsOutside: counting(findings.changedPixelsOutside, 'what changed outside'),
    laid: findings.laid === undefined ? null : orNull(findings.laid, 'how it was laid', readLaid),
  };
}

function readLaid(value: unknown, what: string): LaidAs {
  const laid = fieldsOf(value, what);
  return { tone: oneOf(laid.tone, what, ['auto', 'keep']), keep: oneOf(laid.keep, what, ['rest', 'nothing']) };
}

export function readUsage(value: unknown, what: string): NonNullable<Take['usage']> {
  const usage = fieldsOf(value, what);
  return {
    promptTokens: finite(usage.promptTokens, what),
    candidateTokens: finite(usage.candidateTokens, what),
    thoughtTokens: finite(usage.thoughtTokens, what),
    totalTokens: finite(usage.totalTokens, what),
    imageTokens: orNull(usage.imageTokens, what, finite),
  };
}

export function readProvenance(value: unknown): NonNullable<Take['provenance']> {
  const from = fieldsOf(value, 'the provenance');
  const said = (name: string): string => text(from[name], `the provenance’s ${name}`);
  if (from.schema !== 1) throw new Misfit('the provenance is of an unknown version');
  return {
    schema: 1,
    takeId: said('takeId'),
    parentTakeId: orNull(from.parentTakeId, 'the parent', text),
    model: said('model'),
    modelVersion: said('modelVersion'),
    responseId: said('responseId'),
    instruction: said('instruction'),
    prompt: readPrompt(from.prompt, 'the prompt'),
    inputHash: said('inputHash'),
    promptHash: said('promptHash'),
    answerHash: said('answerHash'),
    at: said('at'),
    digitalSourceType: said('digitalSourceType') as NonNullable<Take['provenance']>['digitalSourceType'],
    software: said('software'),
  };
}

function readPrompt(value: unknown, what: string): NonNullable<Take['prompt']> {
  const { id, version } = fieldsOf(value, what);
  return { id: text(id, what), version: finite(version, what) };
}

export function readSource(value: unknown): Take['source'] {
  const source = fieldsOf(value, 'the source');
  return { of: text(source.of, 'the source'), name: text(source.name, 'the source'), bounds: readBounds(source.bounds, 'the source') };
}

export function readPlacement(value: unknown): NonNullable<Take['placed']> {
  const placed = fieldsOf(value, 'the place');
  return { layer: text(placed.layer, 'the layer'), bounds: readBounds(placed.bounds, 'the place') };
}

function readContext(value: unknown): Take['context'] {
  const context = fieldsOf(value, 'the context');
  return {
    way: oneOf(context.way, 'the way', ['fresh', 'continue', 'from-take']),
    chosenBy: oneOf(context.chosenBy, 'who chose', ['policy', 'user']),
    why: text(context.why, 'the reason'),
    instructions: listOf(context.instructions, 'the instructions', text),
    dropped: listOf(context.dropped, 'what was left out', text),
  };
}

function readFailure(value: unknown): NonNullable<Take['failure']> {
  const failure = fieldsOf(value, 'the failure');
  return {
    kind: text(failure.kind, 'the failure'),
    title: text(failure.title, 'the failure'),
    sentence: text(failure.sentence, 'the failure'),
  };
}

function readScore(value: unknown): Take['scores'][number] {
  const score = fieldsOf(value, 'a score');
  return {
    name: text(score.name, 'a score'),
    value: orNull(score.value, 'a score', finite),
    evidence: text(score.evidence, 'the evidence'),
  };
}

/** Raises `Misfit`; answers the fields of a take and no others, in a fixed order. */
export function readTake(value: unknown): Take {
  const take = fieldsOf(value, 'the take');
  const pictures = fieldsOf(take.pictures, 'the pictures');
  const id = identifier(take.id, 'the identifier');
  const parent = orNull(take.parent, 'the parent', identifier);
  if (parent === id) throw new Misfit('it claims to be its own parent');
  const provenance = orNull(take.provenance, 'the provenance', readProvenance);
  return {
    id,
    parent,
    order: counting(take.order, 'the order'),
    state: oneOf(take.state, 'the state', ['pending', 'answered', 'done', 'failed', 'cancelled']),
    instruction: text(take.instruction, 'the instruction'),
    region: orNull(take.region, 'the region', readBounds),
    context: readContext(take.context),
    said: listOf(take.said, 'the answer', readSaid),
    pictures: {
      answer: orNull(pictures.answer, 'the answer’s picture', readPicture),
      composed: orNull(pictures.composed, 'the composed picture', readPicture),
      mask: orNull(pictures.mask, 'the mask', readPicture),
      thumbnail: orNull(pictures.thumbnail, 'the thumbnail', readPicture),
    },
    turn: orNull(take.turn, 'the turn', hashText),
    // Where nothing was written of it, the answer tells.
    prompt: orNull(take.prompt, 'the prompt', readPrompt) ?? provenance?.prompt ?? null,
    provenance,
    model: text(take.model, 'the model'),
    source: readSource(take.source),
    placed: orNull(take.placed, 'the place', readPlacement),
    findings: orNull(take.findings, 'the findings', readFindings),
    scores: listOf(take.scores, 'the scores', readScore),
    usage: orNull(take.usage, 'the usage', readUsage),
    costUsd: orNull(take.costUsd, 'the cost', finite),
    tookMs: finite(take.tookMs, 'the time'),
    at: finite(take.at, 'the date'),
    failure: orNull(take.failure, 'the failure', readFailure),
  };
}

export function readMarks(value: unknown): TakeMarks {
  const marks = fieldsOf(value, 'the marks');
  return {
    id: identifier(marks.id, 'the identifier'),
    name: orNull(marks.name, 'the name', text),
    note: text(marks.note, 'the note'),
    isFavourite: flag(marks.isFavourite, 'the favourite'),
    verdict: orNull(marks.verdict, 'the verdict', (verdict, what) => oneOf(verdict, what, ['kept', 'discarded'])),
    layers: listOf(marks.layers, 'the layers', text),
    revision: counting(marks.revision, 'the revision'),
    writer: text(marks.writer, 'the writer'),
  };
}

export function readBookmark(value: unknown): Bookmark {
  const bookmark = fieldsOf(value, 'the bookmark');
  return {
    name: text(bookmark.name, 'the name'),
    take: orNull(bookmark.take, 'the take', identifier),
    revision: counting(bookmark.revision, 'the revision'),
    writer: text(bookmark.writer, 'the writer'),
  };
}
