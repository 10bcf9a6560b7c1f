import type { LaidAs, TakeFindings } from '../history/take.ts';
import type { EditAsk, Findings } from './types.ts';

/** What of the findings is worth keeping with the document. */
export const takeFindings = ({ mode, registration, tone, change, kept }: Findings, laid: LaidAs): TakeFindings => ({
  mode,
  registration: {
    accepted: registration.accepted,
    confidence: registration.confidence,
    residualPx: registration.residualPx,
    reason: registration.reason,
  },
  tone: { applied: tone.applied, maxShift: tone.maxShift },
  change,
  changedPixelsOutside: kept.changedPixelsOutside,
  laid,
});

/** As is asked for, else as it was laid `before`. */
export const laidAs = ({ tone, keep }: Pick<EditAsk, 'tone' | 'keep'>, before: LaidAs | null = null): LaidAs => ({
  tone: tone ?? before?.tone ?? 'auto',
  keep: keep ?? before?.keep ?? 'rest',
});
