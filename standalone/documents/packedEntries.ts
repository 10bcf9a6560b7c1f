/** Entries by key as one text for the XMP packet: lengths and bytes, deflated. Five thousand takes have about a megabyte. */
import { base64, utf8 } from '@scure/base';
import { unzlibSync, zlibSync } from 'fflate';
import { ByteReader, Damaged } from './psd/byteReader.ts';
import { ByteWriter } from './psd/byteWriter.ts';

/** A packet may claim anything; a history of a million takes is not opened whole. */
const mostRawBytes = 1 << 28;

export function packEntries(entries: ReadonlyMap<string, Uint8Array>): string {
  const raw = new ByteWriter();
  for (const [key, bytes] of entries) {
    const name = utf8.decode(key);
    raw.u16(name.length).bytes(name).u32(bytes.length).bytes(bytes);
  }
  const packed = new ByteWriter().u32(raw.length).bytes(zlibSync(raw.join(), { level: 6 }));
  return base64.encode(packed.join());
}

/** Null when it cannot be read at all; one that ends early gives what it still holds. */
export function unpackEntries(text: string): ReadonlyMap<string, Uint8Array> | null {
  const raw = inflated(text);
  if (raw === null) return null;
  const entries = new Map<string, Uint8Array>();
  const reader = new ByteReader(raw, 'the history');
  try {
    while (reader.left > 0) {
      const key = utf8.encode(reader.take(reader.u16('a key'), 'a key'));
      entries.set(key, reader.take(reader.u32('an entry'), 'an entry'));
    }
  } catch (cause) {
    if (!(cause instanceof Damaged)) return null;
  }
  return entries;
}

function inflated(text: string): Uint8Array | null {
  try {
    const packed = new ByteReader(base64.decode(text.replace(/\s+/g, '')), 'the history');
    const byteLength = packed.u32('the history');
    if (byteLength > mostRawBytes) return null;
    return unzlibSync(packed.rest(), { out: new Uint8Array(byteLength) });
  } catch {
    return null;
  }
}
