/**
 * What a take was judged by, made again from what the document keeps: its answer is laid over its source once more, in
 * the same way, and compared. Where something of that is gone, the figures that were written down remain.
 */
import type { AbortSignal } from '../abort.ts';
import type { Evidence } from '../explain/heatMaps.ts';
import { explain, type Failure } from '../failure.ts';
import type { Extent } from '../geometry.ts';
import type { History, Take, TakeFindings } from '../history/take.ts';
import { pinnedTo } from '../host.ts';
import { err, ok, type Result } from '../result.ts';
import { type KeptPorts, readKept } from './readKept.ts';
import type { Composition } from './types.ts';

/** The figures, with the reason for what was done about the colours where it is known. */
export type ToldFindings = Omit<TakeFindings, 'tone' | 'laid'> & {
  readonly tone: TakeFindings['tone'] & { readonly reason: string | null };
};

export type Explained =
  | {
      readonly kind: 'compared';
      readonly findings: ToldFindings;
      readonly evidence: Evidence;
      /** Of the subject. */
      readonly source: Extent;
      readonly notes: readonly string[];
    }
  /** No pictures; `missing` says why. */
  | { readonly kind: 'figures'; readonly findings: ToldFindings | null; readonly missing: string };

/** Of a composition that was just made; null when it was not compared with its subject, or when aborted. */
export async function explainComposition(
  { findings, evidence, notes }: Pick<Composition, 'findings' | 'evidence' | 'notes'>,
  { width, height }: Extent,
  signal: AbortSignal,
): Promise<Extract<Explained, { kind: 'compared' }> | null> {
  const made = findings === null || evidence === null ? null : await evidence(signal);
  if (made === null || findings === null || signal.aborted) return null;
  const { mode, registration, tone, change, kept } = findings;
  const told = { mode, registration, tone, change, changedPixelsOutside: kept.changedPixelsOutside };
  return { kind: 'compared', findings: told, evidence: made, source: { width, height }, notes };
}

/** Fails with `cancelled` only. */
export async function explainTake(
  ports: KeptPorts,
  history: History,
  take: Take,
  signal: AbortSignal,
): Promise<Result<Explained, Failure>> {
  const figures = (missing: string): Result<Explained, Failure> => {
    if (take.findings === null) return ok({ kind: 'figures', findings: null, missing });
    const { laid: _, ...findings } = take.findings;
    return ok({ kind: 'figures', findings: { ...findings, tone: { ...findings.tone, reason: null } }, missing });
  };
  const fallBack = (failure: Failure) => (failure.kind === 'cancelled' ? err(failure) : figures(missingText(failure, take)));

  const host = await pinnedTo(ports.host, take.source.of, take.source.bounds);
  if (!host.ok) return fallBack(host.error);
  const kept = await readKept({ ...ports, host: host.value }, history, take, signal);
  if (!kept.ok) return fallBack(kept.error);
  const composed = await kept.value.compose({}, signal);
  if (!composed.ok) return fallBack(composed.error);
  if (composed.value.findings === null)
    return figures('This take was cut out of its background, not laid over its layer, so nothing was compared.');
  const compared = await explainComposition(composed.value, kept.value.subject.bounds, signal);
  if (signal.aborted) return err({ kind: 'cancelled' });
  if (compared === null) return figures('The pictures could not be made again.');
  const isAsBefore = take.findings === null || isLike(take.findings, compared.findings);
  return ok(isAsBefore ? compared : { ...compared, notes: [otherwise(take.findings), ...compared.notes] });
}

function missingText(failure: Failure, { source, instruction }: Take): string {
  switch (failure.kind) {
    case 'lost-take':
      return 'The picture that this take was made from is not kept in the document, so it cannot be laid over its layer again.';
    case 'no-such-layer':
    case 'empty-layer':
    case 'bad-region':
      return `“${source.name}”, which “${instruction}” was made from, is no longer there as it was, so there is nothing to compare with.`;
    default:
      return explain(failure).sentence;
  }
}

/** The figures that are shown agree as far as they are shown. */
const isLike = (then: TakeFindings, now: ToldFindings): boolean =>
  then.mode === now.mode &&
  then.registration.accepted === now.registration.accepted &&
  Math.abs(then.change.fraction - now.change.fraction) < 0.0005 &&
  Math.abs(then.tone.maxShift - now.tone.maxShift) < 0.05;

const otherwise = (then: TakeFindings | null): string =>
  `Laid over once more, this take comes out otherwise than when it was made${
    then?.mode === 'delta' ? ` (${(then.change.fraction * 100).toFixed(1)} % then)` : ''
  }: what lies beneath it has changed since.`;
