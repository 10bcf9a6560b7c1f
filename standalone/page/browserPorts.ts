/** The core's small ports in a browser. Time-outs, storage and identifiers are the platform's own. */
import type { Failure } from '../../shared/core/failure.ts';
import type { Clock, Ids, Settings } from '../../shared/core/ports.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import { timedSleep } from '../worker/timedSleep.ts';

export const browserClock: Clock = { now: () => Date.now(), sleep: timedSleep };

export const browserIds: Ids = { next: () => crypto.randomUUID() };

/** `localStorage` of this origin; a browser that forbids it answers a failure, and what was set lasts for the page. */
export function createBrowserSettings(storage: Storage): Settings {
  const attempt = async <T>(operation: string, work: () => T): Promise<Result<T, Failure>> => {
    try {
      return ok(work());
    } catch (cause) {
      return err({ kind: 'host', operation, message: cause instanceof Error ? cause.message : String(cause) });
    }
  };
  const named = (key: string): string => `retake.${key}`;
  return {
    get: (key) => attempt('Reading the settings', () => storage.getItem(named(key))),
    set: (key, value) => attempt('Saving the settings', () => storage.setItem(named(key), value)),
    remove: (key) => attempt('Saving the settings', () => storage.removeItem(named(key))),
  };
}

/** Resolves when the browser has painted once more, so that long work does not begin before its "working" shows. */
export const painted = (signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(!signal.aborted))));
