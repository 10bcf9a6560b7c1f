import type { Clock } from '../../shared/core/ports.ts';

/**
 * Time in a worker. A breath is a message to oneself: an abort that has arrived is heard, and none of the 4 ms are lost
 * that nested timers wait (HTML, "timers", step 11).
 */
export const workerClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve(false);
      if (ms === 0) {
        breaths.push(() => resolve(!signal.aborted));
        port2.postMessage(null);
        return;
      }
      const stop = (): void => {
        clearTimeout(timer);
        resolve(false);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve(true);
      }, ms);
      signal.addEventListener('abort', stop, { once: true });
    }),
};

const breaths: (() => void)[] = [];
const { port1, port2 } = new MessageChannel();
port1.onmessage = () => breaths.shift()?.();
