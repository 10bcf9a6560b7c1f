/**
 * Lets a long computation share one thread: every loop over rows asks its pace whether to go on. The host gets to breathe
 * at least every `sliceMs`, and an abort is seen at the next row.
 */
import type { AbortSignal } from './abort.ts';
import type { Clock } from './ports.ts';

export interface Pace {
  /** True when the work must stop. Cheap enough for every row of a picture. */
  breathe(): Promise<boolean> | boolean;
}

/** For work that is short, or that nothing waits beside. */
export const unhurried: Pace = { breathe: () => false };

/** A third of the 50 ms that a single-threaded host may be held, because the longest step without a breath takes as long again. */
const defaultSliceMs = 16;

export function createPace(clock: Clock, signal: AbortSignal, sliceMs = defaultSliceMs): Pace {
  let since = clock.now();
  return {
    breathe() {
      if (signal.aborted) return true;
      const now = clock.now();
      if (now - since < sliceMs) return false;
      return clock.sleep(0, signal).then((slept) => {
        since = clock.now();
        return !slept;
      });
    },
  };
}

/** Breathes between two pieces of work; true when the work must stop. */
export async function isStopped(pace: Pace): Promise<boolean> {
  const stop = pace.breathe();
  return stop !== false && (await stop);
}
