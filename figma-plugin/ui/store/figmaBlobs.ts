/**
 * Pictures and turns of the history in a Figma file. What Figma takes as a picture is the fill of a hidden node, byte for byte;
 * other bytes are a text when they are few, else inside a tiny picture. The index lies on the shelves, so that a list asks for
 * no picture.
 */
import { headerExtent } from '../../../shared/codecs/sniff.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import { sha256Hex } from '../../../shared/core/hash.ts';
import { verified } from '../../../shared/core/memoryStore.ts';
import { pictureTypeOf } from '../../../shared/core/pictureType.ts';
import type { BlobInfo, BlobStore } from '../../../shared/core/ports.ts';
import { ok, type Result } from '../../../shared/core/result.ts';
import { asked } from '../parentLine.ts';
import { carriedBy, carrierOf } from './carrierPng.ts';
import type { FigmaShelf, StoreLine } from './figmaShelf.ts';
import { bytesToText, textToBytes, textToPicture } from './shelfTexts.ts';

/** Of bytes that are kept as a text: all texts are loaded with the file, pictures when they are looked at. */
const mostTextBytes = 4000;

/** `createImage` takes no more (figma.md §7). */
const mostSidePx = 4096;

const blobOf = (hash: string, byteLength: number): string => `b/${hash}.${byteLength}`;

function readBlobOf(of: string): BlobInfo | null {
  const [, hash, byteLength] = /^b\/([0-9a-f]{64})\.(\d{1,15})$/.exec(of) ?? [];
  return hash === undefined ? null : { hash, byteLength: Number(byteLength) };
}

export function createFigmaBlobs(line: StoreLine, shelf: FigmaShelf): BlobStore {
  /** Read or written in this sitting, and right. */
  const sound = new Set<string>();
  let writing: Promise<unknown> = Promise.resolve();

  /** A hash has one length, unless somebody has tampered with the index. */
  const named = (hash: string): readonly string[] => [...shelf.heads.keys()].filter((of) => of.startsWith(`b/${hash}.`));

  async function bytesOf(text: string): Promise<Result<Uint8Array | null, Failure>> {
    const picture = textToPicture(text);
    if (picture === null) return ok(textToBytes(text));
    const read = await asked(line, 'readPicture', { hash: picture.hash });
    if (!read.ok || read.value === null) return read;
    return ok(picture.as === 'carrier' ? carriedBy(read.value) : read.value);
  }

  /** The first copy that is what its hash says, the latest first. */
  async function read(hash: string): Promise<Result<Uint8Array | null, Failure>> {
    const first = await shelf.look([]);
    if (!first.ok) return first;
    const names = named(hash);
    if (names.length === 0) return ok(null);
    const looked = await shelf.look(names);
    if (!looked.ok) return looked;
    let found: Result<Uint8Array | null, Failure> = ok(null);
    for (const head of names.flatMap((of) => [...(shelf.heads.get(of) ?? [])].reverse())) {
      const text = shelf.text(head);
      const bytes: Result<Uint8Array | null, Failure> = text === null ? ok(null) : await bytesOf(text);
      const checked = bytes.ok && bytes.value !== null ? verified(hash, bytes.value) : bytes;
      if (checked.ok && checked.value !== null) {
        sound.add(hash);
        return checked;
      }
      if (!checked.ok) found = checked;
    }
    return found;
  }

  async function write(bytes: Uint8Array): Promise<Result<string, Failure>> {
    const hash = sha256Hex(bytes);
    const looked = await shelf.look([]);
    if (!looked.ok) return looked;
    const of = blobOf(hash, bytes.length);
    if (shelf.heads.has(of)) {
      // Another's copy may be damaged, or its picture gone.
      const before = sound.has(hash) ? ok(bytes) : await read(hash);
      if (before.ok && before.value !== null) return ok(hash);
    }
    const kept = await keep(of, bytes);
    if (!kept.ok) return kept;
    sound.add(hash);
    return ok(hash);
  }

  async function keep(of: string, bytes: Uint8Array): Promise<Result<unknown, Failure>> {
    if (isFigmaPicture(bytes)) {
      const kept = await shelf.putPicture(of, 'picture', bytes);
      // What looks like a picture and is none goes the way of other bytes.
      if (!kept.ok || kept.value !== null) return kept;
    }
    if (bytes.length <= mostTextBytes) return shelf.put(of, bytesToText(bytes));
    const kept = await shelf.putPicture(of, 'carrier', carrierOf(bytes));
    if (!kept.ok || kept.value !== null) return kept;
    return shelf.put(of, bytesToText(bytes));
  }

  return {
    read,
    write(bytes) {
      const given = bytes.slice();
      const done = writing.then(() => write(given));
      writing = done;
      return done;
    },
    async remove(hash) {
      const looked = await shelf.look([]);
      if (!looked.ok) return looked;
      sound.delete(hash);
      for (const of of named(hash)) {
        const removed = await shelf.takeAway(of);
        if (!removed.ok) return removed;
      }
      return ok(undefined);
    },
    async list() {
      const looked = await shelf.look([]);
      if (!looked.ok) return looked;
      const found: { readonly info: BlobInfo; readonly number: number }[] = [];
      for (const [of, heads] of shelf.heads) {
        const info = readBlobOf(of);
        if (info !== null) found.push({ info, number: heads[0].number });
      }
      return ok(found.sort((a, b) => a.number - b.number).map(({ info }) => info));
    },
  };
}

/** PNG, JPEG or GIF of a size that Figma takes; the bytes decide, not a label. */
function isFigmaPicture(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x47 && bytes[1] === 0x49 && bytes[2] === 0x46) return true;
  const type = pictureTypeOf(bytes);
  const extent = type === 'image/png' || type === 'image/jpeg' ? headerExtent(bytes) : null;
  return extent !== null && Math.max(extent.width, extent.height) <= mostSidePx;
}
