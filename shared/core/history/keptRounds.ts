import type { Failure } from '../failure.ts';
import type { BlobStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { readRound, roundBlobs } from './round.ts';
import type { History } from './take.ts';

/** By take: the blobs that its kept round names, beside those of its entry. A round that is not here names none. */
export async function roundBlobsByTake(
  blobs: BlobStore,
  history: History,
): Promise<Result<ReadonlyMap<string, readonly string[]>, Failure>> {
  const named = new Map<string, readonly string[]>();
  for (const { id, turn } of history.takes.values()) {
    if (turn === null) continue;
    const round = await readRound(blobs, turn);
    if (!round.ok && round.error.kind !== 'corrupt') return round;
    if (round.ok && round.value !== null) named.set(id, roundBlobs(round.value));
  }
  return ok(named);
}
