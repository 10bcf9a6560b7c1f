import type { TakeFindings } from '../history/take.ts';
import type { Findings } from './types.ts';

/** What of the findings is worth keeping with the document. */
export const takeFindings = ({ mode, registration, tone, change, kept }: Findings): TakeFindings => ({
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
});
