/** `figma.clientStorage`: 5 MB per plugin on this machine, structured values, everything later. */

import type { Run } from './run.ts';
import { sendable } from './uiWindow.ts';
import { refuse, utf8Bytes } from './values.ts';

const maxBytes = 5 * 1024 * 1024;

function shelf(run: Run): Map<string, unknown> {
  const id = run.pluginId ?? '';
  const found = run.user.storage.get(id);
  if (found !== undefined) return found;
  const made = new Map<string, unknown>();
  run.user.storage.set(id, made);
  return made;
}

const bytesOf = (key: string, value: unknown): number =>
  utf8Bytes(key) + (value instanceof Uint8Array ? value.length : utf8Bytes(JSON.stringify(value, bytesAsLength) ?? ''));
/** Bytes inside of a structure count as bytes, not as the JSON of numbers. */
const bytesAsLength = (_key: string, value: unknown): unknown => (value instanceof Uint8Array ? 'x'.repeat(value.length) : value);

const keyOf = (key: unknown, where: string): string =>
  typeof key === 'string' ? key : refuse(where, `Expected "key" to have type string but got ${typeof key} instead`);

export const clientStorageMethods: Readonly<Record<string, (run: Run, ...given: unknown[]) => unknown>> = {
  getAsync: (run, key) => sendable(shelf(run).get(keyOf(key, 'getAsync')), 'getAsync'),
  setAsync(run, key, value) {
    const name = keyOf(key, 'setAsync');
    const copy = sendable(value, 'setAsync', 'value');
    const others = [...shelf(run)].filter(([other]) => other !== name).reduce((sum, [other, one]) => sum + bytesOf(other, one), 0);
    if (others + bytesOf(name, copy) > maxBytes) refuse('setAsync', 'Quota exceeded: clientStorage is limited to 5 MB per plugin');
    shelf(run).set(name, copy);
  },
  deleteAsync: (run, key) => {
    shelf(run).delete(keyOf(key, 'deleteAsync'));
  },
  keysAsync: (run) => [...shelf(run).keys()],
};
