import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Pace } from './pace.ts';
import { toUtf8 } from './text.ts';

/** SHA-256 of bytes, or of a text's UTF-8, in lower-case hex. */
export const sha256Hex = (data: Uint8Array | string): string => bytesToHex(sha256(typeof data === 'string' ? toUtf8(data) : data));

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
