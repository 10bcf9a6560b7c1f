import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { toUtf8 } from './text.ts';

/** SHA-256 of bytes, or of a text's UTF-8, in lower-case hex. */
export const sha256Hex = (data: Uint8Array | string): string => bytesToHex(sha256(typeof data === 'string' ? toUtf8(data) : data));
