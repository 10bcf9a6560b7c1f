/** Under which keys a history lies in a document's store. One entry for each take, so that a round writes one small entry. */
import { wellFormed } from '../text.ts';

export const takeKey = (id: string): string => `take/${id}`;
export const marksKey = (id: string): string => `marks/${id}`;
/** Names may hold any character; keys only plain ones. */
export const bookmarkKey = (name: string): string => `bookmark/${encodeURIComponent(wellFormed(name))}`;

/** Where version 1 kept all takes in one entry. It is read, and left for older versions that may open the document. */
export const version1Key = 'history';

/** What could not be read, under the key it had and the hash of its bytes: never thrown away, never written over. */
export const asideKey = (key: string, hash: string): string => `aside/${hash.slice(0, 12)}/${key}`;

export type EntryKind = 'take' | 'marks' | 'bookmark';

/** Null for keys that hold no part of the history. */
export function kindOfKey(key: string): EntryKind | null {
  const kind = key.slice(0, key.indexOf('/'));
  return kind === 'take' || kind === 'marks' || kind === 'bookmark' ? kind : null;
}
