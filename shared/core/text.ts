import { utf8 } from '@scure/base';

/** UTF-8 on every host: some have no TextEncoder. */
export const toUtf8 = (text: string): Uint8Array => utf8.decode(wellFormed(text));

/** Lone surrogates become U+FFFD, as they do in a TextEncoder. */
export const wellFormed = (text: string): string => text.replace(loneSurrogate, '\ufffd');

const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Null when the bytes are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.encode(bytes);
  } catch {
    return null;
  }
}

/** At most `limit` characters, cut at a word where one is near, with an ellipsis. */
export function shorten(text: string, limit: number): string {
  const line = text.trim().replace(/\s+/g, ' ');
  const characters = [...line];
  if (characters.length <= limit) return line;
  const cut = characters.slice(0, limit - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > limit * 0.6 ? cut.slice(0, space) : cut).replace(/[\s,;:.–-]+$/, '')}…`;
}

/** As a file's name: "Make the suit blue!" → "make-the-suit-blue". '' where there is neither letter nor digit. */
export function fileStem(text: string, mostCharacters: number): string {
  const words = text
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .join('-');
  return [...words].slice(0, mostCharacters).join('').replace(/-+$/, '');
}
