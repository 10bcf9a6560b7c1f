/** Times what the command does around the walk, and reads the peak of memory. */
import type { Clock } from '../../shared/core/ports.ts';

export interface Watch {
  /** ms since the last lap, or since the start. */
  lap(): number;
  /** ms since the start. */
  total(): number;
}

export function startWatch(clock: Clock): Watch {
  const startedAt = clock.now();
  let since = startedAt;
  return {
    lap() {
      const now = clock.now();
      const ms = now - since;
      since = now;
      return ms;
    },
    total: () => clock.now() - startedAt,
  };
}

/** Of this process; Node gives kilobytes. */
export const peakRssMb = (): number => Math.round(process.resourceUsage().maxRSS / 1024);
