import type { PictureType } from './ports.ts';

/** What encoded bytes are, by their first ones; null for anything that is not PNG, JPEG or WebP. Labels are never trusted. */
export function pictureTypeOf(bytes: Uint8Array): PictureType | null {
  const at = (offset: number, ...expected: readonly number[]) => expected.every((byte, i) => bytes[offset + i] === byte);
  if (at(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (at(0, 0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (at(0, 0x52, 0x49, 0x46, 0x46) && at(8, 0x57, 0x45, 0x42, 0x50)) return 'image/webp';
  return null;
}
