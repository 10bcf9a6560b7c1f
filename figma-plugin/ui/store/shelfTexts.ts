/**
 * How entries and blobs become texts on a shelf. A text never changes under its key: each write has a key of its own, with the
 * number of the write and who wrote it, so what two people write at the same time stands side by side. The first letter of a
 * text tells its form.
 */
import { fromBase64, toBase64 } from '../../../shared/core/base64.ts';
import { fromUtf8, toUtf8 } from '../../../shared/core/text.ts';
import type { KeptPicture, ShelfText } from '../../wire/storeCalls.ts';
import { takeNamespace } from '../../wire/takeData.ts';

/** One write of something. */
export interface Head {
  /** The key on the shelf. */
  readonly key: string;
  /** What was written: `e/` and an entry's key, `b/` and a blob's hash and length; `x/` and either, taken away. */
  readonly of: string;
  /** 1 + the highest that the writer had seen. */
  readonly number: number;
  readonly writer: string;
}

export const headOf = (of: string, number: number, writer: string): Head => ({ key: `${of}~${number}.${writer}`, of, number, writer });

export function readHeadKey(key: string): Head | null {
  const [, of, number, writer] = /^([ebx]\/.*)~(\d{1,15})\.([\w-]{1,80})$/s.exec(key) ?? [];
  return of === undefined ? null : { key, of, number: Number(number), writer };
}

export const compareHeads = (a: Head, b: Head): number => a.number - b.number || (a.writer < b.writer ? -1 : a.writer > b.writer ? 1 : 0);

const partKey = (key: string, i: number): string => `${key}#${i}`;

/** The key of the text that a part belongs to; null for what is no part. */
export const wholeOfPart = (key: string): string | null => /^(.*)#\d+$/s.exec(key)?.[1] ?? null;

/**
 * Figma takes 100 kB for namespace, key and value together, in UTF-8 (plug-in API, setSharedPluginData). Whether these are
 * 1000 or 1024 bytes, and what else is counted, it does not say.
 */
export const mostTextBytes = 99_000;

/** Most bytes of an entry: longer ones are not read as parts of a history either. */
export const entryLimitBytes = 4 << 20;

/** Words as they are, so that others can read them; other bytes as Base64. */
export function bytesToText(bytes: Uint8Array): string {
  const words = bytes.every((byte) => byte >= 32 || byte === 10) ? fromUtf8(bytes) : null;
  return words === null ? `b${toBase64(bytes)}` : `t${words}`;
}

/** null for what is neither. */
export function textToBytes(text: string): Uint8Array | null {
  if (text.startsWith('t')) return toUtf8(text.slice(1));
  return text.startsWith('b') ? fromBase64(text.slice(1)) : null;
}

export const pictureToText = (kept: KeptPicture): string => JSON.stringify(kept);

export function textToPicture(text: string): KeptPicture | null {
  if (!text.startsWith('{')) return null;
  try {
    const { as, hash } = JSON.parse(text) as Partial<KeptPicture>;
    return (as === 'picture' || as === 'carrier') && typeof hash === 'string' ? { as, hash } : null;
  } catch {
    return null;
  }
}

/** The heads that a head `x/…` takes away, by their keys. */
export const goneToText = (keys: readonly string[]): string => JSON.stringify(keys);

export function textToGone(text: string): readonly string[] {
  try {
    const keys: unknown = JSON.parse(text);
    return Array.isArray(keys) ? keys.filter((key): key is string => typeof key === 'string') : [];
  } catch {
    return [];
  }
}

/** A text within Figma's limit: parts first, and last the head, which says how many there are. */
export function inParts(key: string, text: string): readonly ShelfText[] {
  const room = mostTextBytes - toUtf8(takeNamespace + partKey(key, 9999)).length;
  // A character of a text has at most three bytes in UTF-8.
  if (text.length * 3 <= room) return [{ key, text }];
  const bytes = toUtf8(text);
  if (bytes.length <= room) return [{ key, text }];
  const parts: ShelfText[] = [];
  for (let at = 0; at < bytes.length; ) {
    let end = Math.min(at + room, bytes.length);
    while (end < bytes.length && (bytes[end] & 0xc0) === 0x80) end--;
    parts.push({ key: partKey(key, parts.length), text: fromUtf8(bytes.subarray(at, end)) });
    at = end;
  }
  return [...parts, { key, text: `s${parts.length}` }];
}

/** How many parts a head speaks of; 0 for a text in one piece. */
export const partsNamed = (head: string): number => (/^s\d{1,4}$/.test(head) ? Number(head.slice(1)) : 0);

export const partKeys = (key: string, count: number): readonly string[] => Array.from({ length: count }, (_, i) => partKey(key, i));
