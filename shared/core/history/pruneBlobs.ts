import type { Failure } from '../failure.ts';
import type { DocumentStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { roundBlobsByTake } from './keptRounds.ts';
import { planPrune } from './planPrune.ts';
import { readHistory } from './readHistory.ts';

/** Of a document file: some forty answers at 1K as PNG, a hundred and more as JPEG. */
export const documentBudgetBytes = 64_000_000;

/**
 * Keeps a document's blobs within a budget, before it is saved. Answers what to tell the user, '' when nothing was done.
 */
export async function pruneBlobs(store: DocumentStore, budgetBytes = documentBudgetBytes): Promise<Result<string, Failure>> {
  const blobs = await store.blobs.list();
  if (!blobs.ok) return blobs;
  if (blobs.value.reduce((sum, { byteLength }) => sum + byteLength, 0) <= budgetBytes) return ok('');
  const read = await readHistory(store);
  if (!read.ok) return read;
  const rounds = await roundBlobsByTake(store.blobs, read.value.history);
  if (!rounds.ok) return rounds;
  const plan = planPrune(read.value.history, blobs.value, budgetBytes, rounds.value);
  for (const { hash } of plan.remove) {
    const removed = await store.blobs.remove(hash);
    if (!removed.ok) return removed;
  }
  return ok(plan.note);
}
