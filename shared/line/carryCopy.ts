/**
 * Copies of large arrays, made piece by piece, that a message then hands over: `postMessage` by itself copies 48 MB (the pixels
 * of 12 MP) in one task of some 60 ms.
 */
import { isStopped, type Pace } from '../core/pace.ts';

type Numbers = Uint8Array | Uint8ClampedArray | Uint16Array | Float32Array;

const largeBytes = 1 << 20;

const isLargeArray = (value: unknown): value is Numbers =>
  (value instanceof Uint8Array || value instanceof Uint8ClampedArray || value instanceof Uint16Array || value instanceof Float32Array) &&
  value.byteLength > largeBytes;

/** Lists and records; not what has a way of its own to be copied. */
const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype);

export const hasLargeArrays = (value: unknown): boolean =>
  isLargeArray(value) || (isPlain(value) && Object.values(value).some(hasLargeArrays));

/** The same plain data with large arrays of its own, and their buffers. One that occurs twice is copied once. */
export async function carryCopy(value: unknown, pace: Pace): Promise<{ readonly copy: unknown; readonly give: ArrayBuffer[] }> {
  const copies = new Map<Numbers, Numbers>();
  const copyOf = async (part: unknown): Promise<unknown> => {
    if (isLargeArray(part)) {
      const copy = copies.get(part) ?? (await copiedInPieces(part, pace));
      copies.set(part, copy);
      return copy;
    }
    if (!isPlain(part) || !hasLargeArrays(part)) return part;
    if (Array.isArray(part)) {
      const list: unknown[] = [];
      for (const one of part) list.push(await copyOf(one));
      return list;
    }
    const record: Record<string, unknown> = {};
    for (const [key, one] of Object.entries(part)) record[key] = await copyOf(one);
    return record;
  };
  const copy = await copyOf(value);
  return { copy, give: [...copies.values()].map(({ buffer }) => buffer as ArrayBuffer) };
}

async function copiedInPieces<N extends Numbers>(array: N, pace: Pace): Promise<N> {
  const copy = new (array.constructor as new (length: number) => N)(array.length);
  const piece = largeBytes / array.BYTES_PER_ELEMENT;
  for (let at = 0; at < array.length; at += piece) {
    copy.set(array.subarray(at, at + piece), at);
    await isStopped(pace);
  }
  return copy;
}
