/**
 * A branch of takes as a file of its own: a ZIP with every picture and a `story.json` that says what they are. Anybody can
 * read it, and it can be brought back into another document. No key is in it.
 */
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import type { AbortSignal } from '../core/abort.ts';
import { headOf, type TakeCopy } from '../core/edit/copyTake.ts';
import type { Failure } from '../core/failure.ts';
import type { Bounds } from '../core/geometry.ts';
import { sha256Hex } from '../core/hash.ts';
import { readBounds, readMarks, readTake, readWith } from '../core/history/savedEntries.ts';
import type { Take, TakeMarks } from '../core/history/take.ts';
import { pictureTypeOf } from '../core/pictureType.ts';
import type { PictureCodec, PictureType } from '../core/ports.ts';
import { err, ok, type Result } from '../core/result.ts';
import { fileStem } from '../core/text.ts';
import { software } from '../core/version.ts';

const schema = 1;
const storyName = 'story.json';
/** A ZIP that claims more than this unpacked is not one of ours. */
const mostBytes = 2 ** 31;

/** What `story.json` holds. A name that is not there any more is null. */
interface Story {
  readonly schema: typeof schema;
  readonly software: string;
  readonly document: string;
  readonly head: string;
  readonly rounds: readonly {
    readonly take: Take;
    readonly marks: TakeMarks | null;
    /** As it looks; PNG with XMP. */
    readonly result: string | null;
  }[];
  /** What the head's layer adds, with its mask as alpha, and where. */
  readonly layer: { readonly file: string; readonly bounds: Bounds } | null;
  readonly blobs: readonly { readonly hash: string; readonly file: string }[];
}

export interface ArchivedResult {
  readonly take: string;
  readonly png: Uint8Array;
}

const endings: Readonly<Record<PictureType, string>> = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp' };

/** "01-make-the-suit-blue". */
export function takeFileName({ instruction }: Pick<Take, 'instruction'>, number: number): string {
  return `${String(number).padStart(2, '0')}-${fileStem(instruction, 40) || 'take'}`;
}

export async function writeTakeArchive(
  copy: TakeCopy,
  results: readonly ArchivedResult[],
  codec: PictureCodec,
  signal: AbortSignal,
): Promise<Result<Uint8Array, Failure>> {
  const files: Record<string, Uint8Array> = {};
  const names = new Map(copy.takes.map((take, n) => [take.id, takeFileName(take, n + 1)]));
  const resultOf = new Map<string, string>();
  for (const { take, png } of results) {
    const file = `${names.get(take)}.png`;
    resultOf.set(take, file);
    files[file] = png;
  }
  const blobs = [...copy.blobs].map(([hash, bytes]) => {
    const file = blobName(copy.takes, names, hash, bytes);
    files[file] = bytes;
    return { hash, file };
  });
  let layer: Story['layer'] = null;
  if (copy.layer !== null) {
    const png = await codec.encode(copy.layer.pixels, { type: 'image/png' }, signal);
    if (!png.ok) return png;
    files['layer.png'] = png.value;
    layer = { file: 'layer.png', bounds: copy.layer.bounds };
  }
  const story: Story = {
    schema,
    software,
    document: copy.title,
    head: headOf(copy).id,
    rounds: copy.takes.map((take) => ({
      take,
      marks: copy.marks.find(({ id }) => id === take.id) ?? null,
      result: resultOf.get(take.id) ?? null,
    })),
    layer,
    blobs,
  };
  files[storyName] = strToU8(JSON.stringify(story, null, 2));
  // Pictures are packed already.
  return ok(zipSync(files, { level: 0 }));
}

function blobName(takes: readonly Take[], names: ReadonlyMap<string, string>, hash: string, bytes: Uint8Array): string {
  const type = pictureTypeOf(bytes);
  if (type === null) return `conversation/${hash.slice(0, 16)}.json`;
  const of = takes.find(({ pictures }) => pictures.answer?.hash === hash);
  return of === undefined ? `pictures/${hash.slice(0, 16)}.${endings[type]}` : `answers/${names.get(of.id)}.${endings[type]}`;
}

/** `damaged` when it is no archive of takes; `unsupported` when a newer version wrote it. Blobs that do not fit their hash are left out. */
export async function readTakeArchive(
  bytes: Uint8Array,
  name: string,
  codec: PictureCodec,
  signal: AbortSignal,
): Promise<Result<TakeCopy, Failure>> {
  const damaged = (why: string): Result<never, Failure> => err({ kind: 'damaged', name, why });
  let files: Readonly<Record<string, Uint8Array>>;
  try {
    let total = 0;
    files = unzipSync(bytes, { filter: ({ originalSize }) => (total += originalSize) <= mostBytes });
  } catch (cause) {
    return damaged(`it is no readable ZIP (${cause instanceof Error ? cause.message : String(cause)})`);
  }
  const told = files[storyName];
  if (told === undefined) return damaged(`there is no ${storyName} in it`);
  let value: unknown;
  try {
    value = JSON.parse(strFromU8(told));
  } catch {
    return damaged(`its ${storyName} was cut short or altered`);
  }
  const given = (value ?? {}) as Partial<Record<keyof Story, unknown>>;
  if (typeof given.schema === 'number' && given.schema > schema)
    return err({ kind: 'unsupported', name, feature: 'it was exported by a newer version of Retake', instead: 'Update Retake.' });
  if (given.schema !== schema || !Array.isArray(given.rounds) || given.rounds.length === 0) return damaged('it tells of no takes');
  const takes: Take[] = [];
  const marks: TakeMarks[] = [];
  for (const round of given.rounds as readonly { take?: unknown; marks?: unknown }[]) {
    const take = readWith(readTake, round?.take);
    if (take.kind !== 'read') return damaged(take.kind === 'unreadable' ? take.why : 'a take of a newer version is in it');
    takes.push(take.value);
    const mark = readWith(readMarks, round?.marks);
    if (mark.kind === 'read') marks.push(mark.value);
  }
  const blobs = new Map<string, Uint8Array>();
  for (const entry of Array.isArray(given.blobs) ? (given.blobs as readonly { hash?: unknown; file?: unknown }[]) : []) {
    const blob = typeof entry?.file === 'string' ? files[entry.file] : undefined;
    if (blob !== undefined && typeof entry.hash === 'string' && sha256Hex(blob) === entry.hash) blobs.set(entry.hash, blob);
  }
  const layer = await readLayer(given.layer, files, codec, signal);
  if (layer !== null && !layer.ok) return layer;
  const title = typeof given.document === 'string' ? given.document : name;
  return ok({ title, takes, marks, layer: layer === null ? null : layer.value, blobs });
}

async function readLayer(
  told: unknown,
  files: Readonly<Record<string, Uint8Array>>,
  codec: PictureCodec,
  signal: AbortSignal,
): Promise<Result<NonNullable<TakeCopy['layer']>, Failure> | null> {
  const { file, bounds } = (told ?? {}) as { file?: unknown; bounds?: unknown };
  const png = typeof file === 'string' ? files[file] : undefined;
  const place = readWith((value) => readBounds(value, 'the layer'), bounds);
  if (png === undefined || place.kind !== 'read') return null;
  const pixels = await codec.decode(png, signal);
  if (!pixels.ok) return pixels;
  const { width, height } = pixels.value;
  return width === place.value.width && height === place.value.height ? ok({ pixels: pixels.value, bounds: place.value }) : null;
}
