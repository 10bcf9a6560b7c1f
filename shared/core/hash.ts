import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Pace } from './pace.ts';
import { toUtf8 } from './text.ts';

export const toHex = bytesToHex;

/** SHA-256 of bytes, or of a text's UTF-8, in lower-case hex. */
export const sha256Hex = (data: Uint8Array | string): string => bytesToHex(sha256(typeof data === 'string' ? toUtf8(data) : data));

const known = new WeakMap<Uint8Array, string>();

/** Of bytes that nobody changes (an answer's pictures), which several places ask for: hashed once. */
export function hashOnce(bytes: Uint8Array): string {
  const hash = known.get(bytes) ?? sha256Hex(bytes);
  known.set(bytes, hash);
  return hash;
}

/** So that `hashOnce` knows it: a picture of 4K takes a fifth of a second, which must not pass in one go. */
export async function hashAhead(bytes: Uint8Array, pace: Pace): Promise<void> {
  const hash = known.get(bytes) ?? (await hashRun(bytes, pace));
  if (hash !== null) known.set(bytes, hash);
}

/** About 5 ms of hashing. */
const runBytes = 1 << 19;

/** The same for many bytes, with pauses; null when aborted. A 12 MP layer takes about half a second. */
export async function hashRun(data: Uint8Array, pace: Pace): Promise<string | null> {
  const hash = sha256.create();
  for (let at = 0; at < data.length; at += runBytes) {
    if (await pace.breathe()) return null;
    hash.update(data.subarray(at, at + runBytes));
  }
  return bytesToHex(hash.digest());
}
