/**
 * Long work that a single-threaded host can live with. A pass over a picture is a generator that yields every few rows;
 * `run` lets the host breathe when enough time has gone by, and ends as soon as the signal aborts.
 */
import type { AbortSignal } from '../../core/abort.ts';
import type { Clock } from '../../core/ports.ts';

export type Work<T> = Generator<void, T, void>;

/** Between two breaths, ms; the house rule is 50. */
const breathEveryMs = 30;

export async function run<T>(work: Work<T>, clock: Clock, signal: AbortSignal): Promise<T | 'aborted'> {
  let breathed = clock.now();
  for (;;) {
    if (signal.aborted) return 'aborted';
    const step = work.next();
    if (step.done === true) return step.value;
    if (clock.now() - breathed < breathEveryMs) continue;
    if (!(await clock.sleep(0, signal))) return 'aborted';
    breathed = clock.now();
  }
}

/** Rows between two yields: about 32,000 pixels, well under 10 ms for the costliest pass. */
export const rowsPerYield = (width: number): number => Math.max(1, Math.floor(32_768 / width));
