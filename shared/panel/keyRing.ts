/**
 * Which API key is in use and where it came from. A key that the user gave wins over the environment's; one given for
 * this session only is never written to the settings. The key leaves this module only towards the model's adapter.
 */
import type { AbortSignal } from '../core/abort.ts';
import { explain, type Failure } from '../core/failure.ts';
import { apiKeySetting, type Settings } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { KeyState, KeyTest } from './state.ts';

export interface KeyRing {
  current(): string | null;
  state(): KeyState;
  load(): Promise<Result<void, Failure>>;
  use(key: string, keep: boolean): Promise<Result<void, Failure>>;
  test(signal: AbortSignal): Promise<void>;
  forget(): Promise<Result<void, Failure>>;
}

type Held = { readonly key: string; readonly from: 'settings' | 'session' | 'environment' };

export function createKeyRing(
  settings: Settings,
  environmentKey: string | null,
  ask: (key: string, signal: AbortSignal) => Promise<Result<unknown, Failure>>,
  onChange: () => void,
): KeyRing {
  const fromEnvironment: Held | null = environmentKey ? { key: environmentKey, from: 'environment' } : null;
  let held: Held | null = fromEnvironment;
  let test: KeyTest = { kind: 'untested' };

  const become = (next: Held | null, tested: KeyTest): void => {
    held = next;
    test = tested;
    onChange();
  };

  return {
    current: () => held?.key ?? null,

    // Four characters tell keys apart and give nothing away of the 39; a shorter text is shown as dots alone.
    state: () => ({ held: held === null ? null : { ending: held.key.length >= 20 ? held.key.slice(-4) : '', from: held.from }, test }),

    async load() {
      const stored = await settings.get(apiKeySetting);
      if (!stored.ok) return stored;
      if (stored.value) become({ key: stored.value, from: 'settings' }, { kind: 'untested' });
      return ok(undefined);
    },

    async use(key, keep) {
      become({ key, from: keep ? 'settings' : 'session' }, { kind: 'untested' });
      if (!keep) return settings.remove(apiKeySetting);
      const kept = await settings.set(apiKeySetting, key);
      // As where storage is full: it is in use all the same, and must not be called saved.
      if (!kept.ok && held?.key === key) become({ key, from: 'session' }, test);
      return kept;
    },

    async test(signal) {
      const tested = held;
      if (tested === null) return;
      become(tested, { kind: 'testing' });
      const answer = await ask(tested.key, signal);
      if (held !== tested) return;
      become(tested, answer.ok ? { kind: 'accepted' } : { kind: 'failed', explanation: explain(answer.error) });
    },

    async forget() {
      become(fromEnvironment, { kind: 'untested' });
      return settings.remove(apiKeySetting);
    },
  };
}
