/**
 * Tagged blocks ("additional layer information"): signature, four-letter key, length, bytes. They end a layer record
 * and the whole layer section. `raw` includes head and padding, so that unknown blocks are written as they were read.
 * Source: Adobe Photoshop File Formats Specification, 2019, "Additional Layer Information".
 */
import type { ByteReader } from '../../../shared/core/bytes/byteReader.ts';
import { ByteWriter } from '../../../shared/core/bytes/byteWriter.ts';

export interface TaggedBlock {
  readonly key: string;
  readonly data: Uint8Array;
  readonly raw: Uint8Array;
}

/** Keys whose length takes 8 bytes in a PSB. */
const wideKeys = new Set(['LMsk', 'Lr16', 'Lr32', 'Layr', 'Mt16', 'Mt32', 'Mtrn', 'Alph', 'FMsk', 'lnk2', 'FEid', 'FXid', 'PxSD']);

/** Reads to the end of `reader`. Bytes that are no block are kept as a block without a key. */
export function readTaggedBlocks(reader: ByteReader, large: boolean): readonly TaggedBlock[] {
  const blocks: TaggedBlock[] = [];
  while (reader.left > 0) {
    const start = reader.at;
    if (!reader.nextIs('8BIM', '8B64') || reader.left < 12) {
      const raw = reader.rest();
      blocks.push({ key: '', data: raw, raw });
      break;
    }
    const signature = reader.key('a block');
    const key = reader.key('a block');
    const byteLength = reader.size(large && (signature === '8B64' || wideKeys.has(key)), `the length of block ${key}`);
    const data = reader.take(byteLength, `block ${key}`);
    // Writers disagree on padding (1, 2 or 4); the next signature decides.
    for (let i = 0; i < 3 && reader.left > 0 && !reader.nextIs('8BIM', '8B64') && reader.bytes[reader.at] === 0; i++) reader.at += 1;
    blocks.push({ key, data, raw: reader.bytes.subarray(start, reader.at) });
  }
  return blocks;
}

export function writeTaggedBlock(key: string, data: Uint8Array, large: boolean, padTo: 2 | 4): Uint8Array {
  const wide = large && wideKeys.has(key);
  return new ByteWriter()
    .key(wide ? '8B64' : '8BIM')
    .key(key)
    .size(data.length, wide)
    .bytes(data)
    .pad(padTo)
    .join();
}

/** The same block in the other container, where some lengths take another number of bytes. */
export const convertBlock = (block: TaggedBlock, large: boolean): Uint8Array =>
  wideKeys.has(block.key) ? writeTaggedBlock(block.key, block.data, large, 4) : block.raw;
