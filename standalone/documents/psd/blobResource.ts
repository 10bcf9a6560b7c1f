/**
 * Pictures and turns of the takes, in one image resource of the file: a mark, a version, then for each the 32 bytes of its
 * SHA-256, its length and its bytes. The number is from the range that Photoshop leaves to plug-ins and passes through.
 * Source: Adobe Photoshop File Formats Specification, 2019, "Image Resource IDs" (4000 to 4999).
 */
import { hex } from '@scure/base';
import { ByteReader, Damaged } from '../../../shared/core/bytes/byteReader.ts';
import { ByteWriter } from '../../../shared/core/bytes/byteWriter.ts';
import type { Resource } from './container.ts';
import { resourceOf } from './container.ts';

const mark = 'RTKB';
const version = 1;
const firstId = 4731;
const lastId = 4999;

const isOurs = ({ id, data }: Resource): boolean =>
  id >= firstId && id <= lastId && data.length >= 8 && String.fromCharCode(...data.subarray(0, 4)) === mark;

/** By hash, as views into the file; reading checks each against its hash. What a cut-short resource still holds is kept. */
export function readBlobs(resources: readonly Resource[]): ReadonlyMap<string, Uint8Array> {
  const blobs = new Map<string, Uint8Array>();
  for (const resource of resources.filter(isOurs)) {
    const reader = new ByteReader(resource.data, 'the kept pictures');
    reader.at = 4;
    if (reader.u32('the kept pictures') !== version) continue;
    try {
      while (reader.left > 0) {
        const hash = hex.encode(reader.take(32, 'a hash'));
        blobs.set(hash, reader.take(reader.u32('a kept picture'), 'a kept picture'));
      }
    } catch (cause) {
      if (!(cause instanceof Damaged)) throw cause;
    }
  }
  return blobs;
}

/** Replaces what was kept; a resource of the same number that is another program's stays, and ours takes the next free one. */
export function withBlobs(resources: readonly Resource[], blobs: ReadonlyMap<string, Uint8Array>): readonly Resource[] {
  // A later version's blobs are not ours to replace.
  const others = resources.filter(
    (resource) => !isOurs(resource) || new DataView(resource.data.buffer, resource.data.byteOffset).getUint32(4) !== version,
  );
  if (blobs.size === 0) return others.length === resources.length ? resources : others;
  const taken = new Set(others.map(({ id }) => id));
  let id = firstId;
  while (taken.has(id) && id < lastId) id++;
  const writer = new ByteWriter().key(mark).u32(version);
  for (const [hash, bytes] of blobs) writer.bytes(hex.decode(hash)).u32(bytes.length).bytes(bytes);
  const added = resourceOf(id, writer.join());
  // Bytes behind the last resource that could not be read as one stay the last.
  const end = others.findIndex(({ id: each }) => each === -1);
  return end < 0 ? [...others, added] : [...others.slice(0, end), added, ...others.slice(end)];
}
