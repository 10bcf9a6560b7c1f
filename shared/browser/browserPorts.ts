/** The core's small ports in a browser. Time-outs and identifiers are the platform's own. */
import type { AbortSignal } from '../core/abort.ts';
import type { Clock, Ids } from '../core/ports.ts';
import { timedSleep } from '../threads/timedSleep.ts';

export const browserClock: Clock = { now: () => Date.now(), sleep: timedSleep };

export const browserIds: Ids = { next: () => crypto.randomUUID() };

/** Resolves when the browser has painted once more, so that long work does not begin before its "working" shows. */
export const painted = (signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(!signal.aborted))));

/** "Online" says only that there is some network. */
export const browserNetwork = {
  isOnline: (): boolean => navigator.onLine,
  watch(listen: () => void): void {
    addEventListener('online', listen);
    addEventListener('offline', listen);
  },
};
