/** Time and identifiers from Node. */
import { randomUUID } from 'node:crypto';
import type { Clock, Ids } from '../../shared/core/ports.ts';

export const nodeClock: Clock = {
  now: Date.now,
  sleep(ms, signal) {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve(false);
        return;
      }
      // A breath, not a wait: a timer would lose a millisecond each time.
      if (ms === 0) {
        setImmediate(() => resolve(!signal.aborted));
        return;
      }
      const wake = () => {
        signal.removeEventListener('abort', stop);
        resolve(true);
      };
      const stop = () => {
        clearTimeout(timer);
        resolve(false);
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener('abort', stop, { once: true });
    });
  },
};

export const nodeIds: Ids = { next: randomUUID };
