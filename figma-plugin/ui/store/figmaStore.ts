/**
 * A document's store in a Figma file: it goes wherever the file goes, and two people write to it at once. Each write stands
 * beside those of others; where there are several of one entry, the history's own order says which is further.
 */
import type { Failure } from '../../../shared/core/failure.ts';
import { furtherCopy } from '../../../shared/core/history/keepTake.ts';
import type { DocumentStore } from '../../../shared/core/ports.ts';
import { err, ok, type Result } from '../../../shared/core/result.ts';
import { toUtf8 } from '../../../shared/core/text.ts';
import type { ShelfWriter } from '../../wire/storeCalls.ts';
import { createFigmaBlobs } from './figmaBlobs.ts';
import { createFigmaShelf, type StoreLine } from './figmaShelf.ts';
import { bytesToText, compareHeads, entryLimitBytes, type Head, textToBytes } from './shelfTexts.ts';

export interface FigmaStore extends DocumentStore {
  /** Asks whether others have written, or an undo has changed what is there; one small message when not. */
  lookAgain(): Promise<Result<null, Failure>>;
  /** Told by any look that finds so. */
  onOthers(listen: () => void): () => void;
  /** Who wrote an entry last, as `MACHINE-SITTING`; null when it is not there. As of the last look. */
  lastWriter(key: string): string | null;
}

const entryOf = (key: string): string => `e/${key}`;

/** What is no text of ours is handed on as it is, to be set aside as damaged. */
const said = (text: string): Uint8Array => textToBytes(text) ?? toUtf8(text);

/** `hasEnded`: a writer (`MACHINE-SITTING`) is an earlier sitting of this machine that nobody works in any more. */
export function createFigmaStore(line: StoreLine, writer: ShelfWriter, hasEnded: (writer: string) => boolean = () => false): FigmaStore {
  const shelf = createFigmaShelf(line, writer, hasEnded);

  /** Copies are few: one of each machine that ever changed the entry, and those of sittings that may be going on. */
  function entry(key: string): Uint8Array | null {
    let chosen: Uint8Array | null = null;
    for (const head of shelf.heads.get(entryOf(key)) ?? []) {
      const text = shelf.text(head);
      if (text === null) continue;
      const bytes = said(text);
      chosen = chosen === null ? bytes : (furtherCopy(key, chosen, bytes) ?? bytes);
    }
    return chosen === null ? null : chosen.slice();
  }

  async function readMany(keys: readonly string[]): Promise<Result<readonly (Uint8Array | null)[], Failure>> {
    const looked = await shelf.look(keys.map(entryOf));
    return looked.ok ? ok(keys.map(entry)) : looked;
  }

  return {
    entryLimitBytes,
    readMany,
    async read(key) {
      const found = await readMany([key]);
      return found.ok ? ok(found.value[0]) : found;
    },
    async write(key, bytes) {
      if (bytes.length > entryLimitBytes) return err({ kind: 'store-full', bytes: bytes.length, limitBytes: entryLimitBytes });
      const written = await shelf.put(entryOf(key), bytesToText(bytes), (earlier) => {
        const further = furtherCopy(key, said(earlier), bytes);
        return further === null || further === bytes;
      });
      return written.ok ? ok(undefined) : written;
    },
    async remove(key) {
      const removed = await shelf.takeAway(entryOf(key));
      return removed.ok ? ok(undefined) : removed;
    },
    async keys() {
      const looked = await shelf.look([]);
      if (!looked.ok) return looked;
      const last: (readonly [string, Head])[] = [];
      for (const [of, heads] of shelf.heads) if (of.startsWith('e/')) last.push([of.slice(2), heads[heads.length - 1]]);
      return ok(last.sort(([, a], [, b]) => compareHeads(a, b)).map(([key]) => key));
    },
    blobs: createFigmaBlobs(line, shelf),
    lookAgain: () => shelf.look([]),
    onOthers: shelf.onOthers,
    lastWriter: (key) => shelf.heads.get(entryOf(key))?.at(-1)?.writer ?? null,
  };
}
