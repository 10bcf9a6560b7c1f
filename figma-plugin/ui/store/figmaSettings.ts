/** The user's settings on this machine, in Figma's `clientStorage`. The API key lies there and nowhere else; never in a file. */
import type { Settings } from '../../../shared/core/ports.ts';
import { ok } from '../../../shared/core/result.ts';
import { asked } from '../parentLine.ts';
import type { StoreLine } from './figmaShelf.ts';

export function createFigmaSettings(line: StoreLine): Settings {
  const set = async (key: string, value: string | null) => {
    const done = await asked(line, 'setSetting', { key, value });
    return done.ok ? ok(undefined) : done;
  };
  return {
    get: (key) => asked(line, 'getSetting', { key }),
    set,
    remove: (key) => set(key, null),
  };
}
