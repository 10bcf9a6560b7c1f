/** The instructions that were sent last, newest first, without repeats; kept per user. */
import type { Settings } from './ports.ts';

const settingsKey = 'recent.instructions';
const most = 12;
/** Longer ones are sent but not remembered; a list of short lines is what the panel can show. */
const longestChars = 400;

export const withRecent = (recent: readonly string[], instruction: string): readonly string[] => {
  const text = instruction.trim();
  if (text === '' || text.length > longestChars) return recent;
  return [text, ...recent.filter((other) => other !== text)].slice(0, most);
};

/** [] when nothing is kept or what is kept cannot be read. */
export async function readRecent(settings: Pick<Settings, 'get'>): Promise<readonly string[]> {
  const stored = await settings.get(settingsKey);
  if (!stored.ok || stored.value === null) return [];
  try {
    const list: unknown = JSON.parse(stored.value);
    return Array.isArray(list) ? list.filter((item) => typeof item === 'string').slice(0, most) : [];
  } catch {
    return [];
  }
}

export const writeRecent = (settings: Pick<Settings, 'set'>, recent: readonly string[]): Promise<unknown> =>
  settings.set(settingsKey, JSON.stringify(recent));
