/** The core's small ports in a browser. Time-outs and identifiers are the platform's own. */
import type { AbortSignal } from '../core/abort.ts';
import type { Clock, Ids } from '../core/ports.ts';
import { timedSleep } from '../threads/timedSleep.ts';

export const browserClock: Clock = { now: () => Date.now(), sleep: timedSleep };

/** `randomUUID` is there in secure contexts only, which a frame of origin null need not be. */
export const browserIds: Ids = {
  next: () => {
    const { randomUUID }: Partial<Crypto> = crypto;
    return randomUUID === undefined ? uuidOf(crypto.getRandomValues(new Uint8Array(16))) : crypto.randomUUID();
  },
};

/** Version 4: RFC 9562, 5.4. */
function uuidOf(random: Uint8Array): string {
  const bytes = random.slice();
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

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
