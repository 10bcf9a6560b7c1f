/**
 * Writes down one round while it runs: as pending before the model is asked, as answered right after, and how it ended.
 * A document that cannot keep it stops nothing, because the layer is there and perhaps paid for; the user is told once.
 */
import { explain, type Failure } from '../failure.ts';
import { sha256Hex } from '../hash.ts';
import { keepTake } from '../history/keepTake.ts';
import { readHistory, setAside } from '../history/readHistory.ts';
import type { History, PictureRef, Take } from '../history/take.ts';
import { emptyHistory } from '../history/take.ts';
import type { DocumentStore } from '../ports.ts';

export interface TakeRecord {
  /** The history as it was when the round began; empty when none could be read. */
  readonly history: History;
  keep(take: Take): Promise<void>;
  /** Keeps bytes beside the document and answers their hash; when there is no room the hash still names them. */
  keepBlob(bytes: Uint8Array, what: string): Promise<string>;
  /** The picture as encoded, kept. */
  keepPicture(
    picture: { readonly bytes: Uint8Array; readonly type: PictureRef['type'] },
    size: { width: number; height: number },
    what: string,
  ): Promise<PictureRef>;
  /** Ends the round as failed or cancelled, and answers the failure for the caller to pass on. */
  fail(take: Take, failure: Failure, tookMs: number): Promise<{ readonly ok: false; readonly error: Failure }>;
  notes(): readonly string[];
}

export async function openRecord(store: DocumentStore): Promise<TakeRecord> {
  const read = await readHistory(store);
  const opening = read.ok ? [...read.value.notes] : [];
  /** What could not be kept, and why. */
  const lost = new Map<string, Failure>();
  if (!read.ok) opening.push(`The history of this document could not be read: ${explain(read.error).sentence}`);
  else if (!(await setAside(store, read.value.damaged)).ok)
    opening.push('Damaged entries of the history could not be moved out of the way.');

  const keep = async (take: Take): Promise<void> => {
    const kept = await keepTake(store, take);
    if (!kept.ok) lost.set('This take', kept.error);
  };
  const keepBlob = async (bytes: Uint8Array, what: string): Promise<string> => {
    const written = await store.blobs.write(bytes);
    if (written.ok) return written.value;
    lost.set(what, written.error);
    return sha256Hex(bytes);
  };
  return {
    history: read.ok ? read.value.history : emptyHistory,
    keep,
    keepBlob,
    async keepPicture({ bytes, type }, { width, height }, what) {
      return { hash: await keepBlob(bytes, what), type, width, height, byteLength: bytes.length };
    },
    async fail(take, failure, tookMs) {
      const { title, sentence } = explain(failure);
      const state = failure.kind === 'cancelled' ? 'cancelled' : 'failed';
      await keep({ ...take, state, tookMs, failure: { kind: failure.kind, title, sentence } });
      return { ok: false, error: failure };
    },
    notes: () => [...opening, ...lossNotes(lost)],
  };
}

/** A sentence for each reason: a disk that is full refuses all of them. */
function lossNotes(lost: ReadonlyMap<string, Failure>): readonly string[] {
  const reasons = new Map<Failure['kind'], { readonly whats: string[]; readonly sentence: string }>();
  for (const [what, failure] of lost) {
    const reason = reasons.get(failure.kind) ?? { whats: [], sentence: explain(failure).sentence };
    reason.whats.push(reason.whats.length === 0 ? what : `${what[0].toLowerCase()}${what.slice(1)}`);
    reasons.set(failure.kind, reason);
  }
  return [...reasons.values()].map(({ whats, sentence }) => `${listed(whats)} could not be kept with the document: ${sentence}`);
}

const listed = (whats: readonly string[]): string =>
  whats.length === 1 ? whats[0] : `${whats.slice(0, -1).join(', ')} and ${whats[whats.length - 1]}`;
