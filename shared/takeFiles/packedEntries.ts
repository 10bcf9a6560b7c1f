/** Entries by key as one text for the XMP packet: lengths and bytes, deflated. Five thousand takes have about a megabyte. */
import { base64, utf8 } from '@scure/base';
import { Unzlib, zlibSync } from 'fflate';
import { ByteReader, Damaged } from '../core/bytes/byteReader.ts';
import { ByteWriter, concat } from '../core/bytes/byteWriter.ts';

/** A packet may claim anything; a history of a million takes is not opened whole. */
const mostRawBytes = 1 << 28;
const stepBytes = 1 << 16;

export interface UnpackedEntries {
  readonly entries: ReadonlyMap<string, Uint8Array>;
  /** False when something of it was cut off or altered; what came before is there, and each entry has a hash of its own. */
  readonly isWhole: boolean;
}

export function packEntries(entries: ReadonlyMap<string, Uint8Array>): string {
  const raw = new ByteWriter();
  for (const [key, bytes] of entries) {
    const name = utf8.decode(key);
    raw.u16(name.length).bytes(name).u32(bytes.length).bytes(bytes);
  }
  const packed = new ByteWriter().u32(raw.length).bytes(zlibSync(raw.join(), { level: 6 }));
  return base64.encode(packed.join());
}

export function unpackEntries(text: string): UnpackedEntries {
  const { raw, isWhole } = inflated(text.replace(/\s+/g, ''));
  const entries = new Map<string, Uint8Array>();
  const reader = new ByteReader(raw, 'the history');
  try {
    while (reader.left > 0) {
      const key = utf8.encode(reader.take(reader.u16('a key'), 'a key'));
      entries.set(key, reader.take(reader.u32('an entry'), 'an entry'));
    }
    return { entries, isWhole };
  } catch {
    // An entry that ends early, or a key that is no text.
    return { entries, isWhole: false };
  }
}

/** As far as it can be inflated. */
function inflated(text: string): { readonly raw: Uint8Array; readonly isWhole: boolean } {
  const parts: Uint8Array[] = [];
  let byteLength = 0;
  try {
    const packed = new ByteReader(base64.decode(wholeGroups(text)), 'the history');
    const claimed = packed.u32('the history');
    const stream = new Unzlib((part) => {
      byteLength += part.length;
      if (byteLength > mostRawBytes) throw new Damaged('the history claims too much');
      parts.push(part);
    });
    while (packed.left > 0) {
      // Never said to be the last, because that raises an error instead of giving what is there.
      stream.push(packed.take(Math.min(stepBytes, packed.left), 'the history'), false);
    }
    return { raw: concat(parts), isWhole: byteLength === claimed };
  } catch {
    return { raw: concat(parts), isWhole: false };
  }
}

/** Up to the first character that is none of base64's, in groups of four. */
function wholeGroups(text: string): string {
  const good = /^[A-Za-z0-9+/]*={0,2}/.exec(text)?.[0] ?? '';
  return good.slice(0, good.length - (good.length % 4));
}
