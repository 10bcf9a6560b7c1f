import type { Failure } from '../../shared/core/failure.ts';
import type { Settings } from '../../shared/core/ports.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';

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
