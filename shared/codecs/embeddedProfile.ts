/** The colour profile that a JPEG or WebP carries. Sources: ICC.1:2022, annex B.4 (APP2 segments); RFC 9649 (ICCP). */
import { pictureTypeOf } from '../core/pictureType.ts';

/** The RGB profile in a JPEG's APP2 segments or a WebP's ICCP chunk; null when there is none. */
export function embeddedProfile(bytes: Uint8Array): Uint8Array | null {
  const icc = pictureTypeOf(bytes) === 'image/jpeg' ? jpegProfile(bytes) : webpProfile(bytes);
  // Bytes 16–19 name the colour space the profile is for; only RGB ones fit what a decoder gives.
  return icc !== null && String.fromCharCode(...icc.subarray(16, 20)) === 'RGB ' ? icc : null;
}

function jpegProfile(bytes: Uint8Array): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 2; at + 18 < bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda; at += 2 + view.getUint16(at + 2)) {
    if (bytes[at + 1] === 0xe2 && String.fromCharCode(...bytes.subarray(at + 4, at + 15)) === 'ICC_PROFILE')
      parts[bytes[at + 16] - 1] = bytes.subarray(at + 18, at + 2 + view.getUint16(at + 2));
  }
  if (parts.length === 0) return null;
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function webpProfile(bytes: Uint8Array): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    if (String.fromCharCode(...bytes.subarray(at, at + 4)) === 'ICCP') return bytes.slice(at + 8, at + 8 + size);
    at += 8 + size + (size & 1);
  }
  return null;
}
