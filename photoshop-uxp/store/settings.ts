/**
 * The user's settings: the key in UXP's secureStorage, which Adobe calls a cache (it may be found empty at any time), everything
 * else in a file of the plug-in's folder, where a key is never written.
 */
import type { Failure } from '../../shared/core/failure.ts';
import { apiKeySetting, type Settings } from '../../shared/core/ports.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import { fromUtf8, toUtf8 } from '../../shared/core/text.ts';
import { messageOf } from '../host/hostError.ts';
import type { UxpSecureStorage } from '../types/modules.ts';
import type { PluginFiles } from './pluginFiles.ts';

const path = 'settings.json';

export function createUxpSettings(secure: UxpSecureStorage, files: PluginFiles): Settings {
  let turn: Promise<unknown> = Promise.resolve();

  async function guarded<T>(operation: string, work: () => Promise<T>): Promise<Result<T, Failure>> {
    try {
      return ok(await work());
    } catch (cause) {
      return err({ kind: 'host', operation, message: messageOf(cause) });
    }
  }

  async function read(): Promise<Result<Record<string, string>, Failure>> {
    const bytes = await files.read(path);
    if (!bytes.ok) return bytes;
    try {
      const kept: unknown = JSON.parse(fromUtf8(bytes.value ?? toUtf8('{}')) ?? '');
      if (typeof kept === 'object' && kept !== null)
        return ok(Object.fromEntries(Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === 'string')));
    } catch {
      // A file that was cut short holds nothing that cannot be chosen again.
    }
    return ok({});
  }

  /** One change after another: each is made on what the one before has written. */
  function change(edit: (kept: Record<string, string>) => void): Promise<Result<void, Failure>> {
    const run = turn.then(async (): Promise<Result<void, Failure>> => {
      const kept = await read();
      if (!kept.ok) return kept;
      edit(kept.value);
      return files.write(path, toUtf8(JSON.stringify(kept.value)));
    });
    turn = run;
    return run;
  }

  return {
    async get(key) {
      if (key === apiKeySetting)
        return guarded('Reading the key', async () => {
          const bytes = await secure.getItem(key);
          return bytes === null || bytes === undefined || bytes.length === 0 ? null : fromUtf8(bytes);
        });
      const kept = await read();
      return kept.ok ? ok(kept.value[key] ?? null) : kept;
    },
    async set(key, value) {
      if (key !== apiKeySetting)
        return change((kept) => {
          kept[key] = value;
        });
      // An empty value is rejected, and means the same as none.
      return value === '' ? this.remove(key) : guarded('Keeping the key', () => secure.setItem(key, value));
    },
    async remove(key) {
      if (key !== apiKeySetting)
        return change((kept) => {
          delete kept[key];
        });
      return guarded('Forgetting the key', async () => {
        // Rejected where there is none.
        if ((await secure.getItem(key)) != null) await secure.removeItem(key);
      });
    },
  };
}
