import type { Clock } from '../core/ports.ts';
import { timedSleep } from './timedSleep.ts';

/**
 * Time in a worker. A breath is a message to oneself: an abort that has arrived is heard, and none of the 4 ms are lost
 * that nested timers wait (HTML, "timers", step 11).
 */
export const workerClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => {
    if (ms > 0 || signal.aborted) return timedSleep(ms, signal);
    return new Promise((resolve) => {
      breaths.push(() => resolve(!signal.aborted));
      port2.postMessage(null);
    });
  },
};

const breaths: (() => void)[] = [];
const { port1, port2 } = new MessageChannel();
port1.onmessage = () => breaths.shift()?.();
