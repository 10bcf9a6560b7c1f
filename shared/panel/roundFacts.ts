/**
 * What the kept rounds of takes weigh, by the hash of their turn. A round is a small blob of words that never changes, so
 * each is read once, when somebody asks about it; no picture is read.
 */
import { factsOf, type RoundFacts } from '../core/edit/fitContext.ts';
import { readRound } from '../core/history/round.ts';
import type { Take } from '../core/history/take.ts';
import type { BlobStore } from '../core/ports.ts';

export interface RoundFactsCache {
  /** Null when the document does not keep the round; undefined when it is not known yet and is being read. */
  of(take: Take): RoundFacts | null | undefined;
  /** A round is written after the take that names it: those that were not there are looked for again. */
  lookAgain(): void;
  clear(): void;
}

export interface RoundFactsPorts {
  /** Of the document that is shown; null without one. */
  blobs(): BlobStore | null;
  /** Something has become known. */
  onChange(): void;
}

export function createRoundFacts({ blobs, onChange }: RoundFactsPorts): RoundFactsCache {
  let known = new Map<string, RoundFacts | null>();
  let wanted = new Set<string>();
  let isReading = false;

  async function readWanted(): Promise<void> {
    isReading = true;
    // Whoever asks for one asks for all of a path's in the same breath.
    await Promise.resolve();
    while (wanted.size > 0) {
      const store = blobs();
      const [into, hashes] = [known, [...wanted]];
      const rounds = await Promise.all(hashes.map((hash) => (store === null ? null : readRound(store, hash))));
      // Another document was opened meanwhile.
      if (into !== known) continue;
      for (const [i, round] of rounds.entries()) {
        known.set(hashes[i], round?.ok === true && round.value !== null ? factsOf(round.value) : null);
        wanted.delete(hashes[i]);
      }
      onChange();
    }
    isReading = false;
  }

  return {
    of({ turn }) {
      if (turn === null) return null;
      const facts = known.get(turn);
      if (facts !== undefined) return facts;
      wanted.add(turn);
      if (!isReading) void readWanted();
      return undefined;
    },
    lookAgain() {
      for (const [turn, facts] of known) if (facts === null) known.delete(turn);
    },
    clear() {
      known = new Map();
      wanted = new Set();
    },
  };
}
