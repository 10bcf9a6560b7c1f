/**
 * What a layer carries of its own take, so that a copy of it in another document is understood there: the take and those
 * it continues, in words. No picture, no conversation, no key.
 */
import { toUtf8 } from '../text.ts';
import { fieldsOf, listOf, type ReadEntry, readTake, readWith, savedSchema } from './savedEntries.ts';
import type { History, Take } from './take.ts';
import { pathTo, withTake } from './tree.ts';

export interface Story {
  readonly take: Take;
  /** Those it continues, the first round first; the earliest are left out where there are too many. */
  readonly ancestors: readonly Take[];
}

/** Photoshop and Figma keep a little less than 100 kB on a layer. */
export const mostStoryBytes = 90_000;

export function tellStory(history: History, take: Take): string {
  const path = pathTo(withTake(history, take), take.id).map((each) => ({ ...each, turn: null }));
  const told = path[path.length - 1] ?? take;
  for (let from = 0; from < path.length; from++) {
    const text = storyText(told, path.slice(from, -1));
    if (fits(text)) return text;
  }
  const terse = { ...told, said: [], context: { ...told.context, instructions: [], dropped: [] } };
  const text = storyText(terse, []);
  return fits(text) ? text : storyText({ ...terse, provenance: null, findings: null, scores: [] }, []);
}

const storyText = (take: Take, ancestors: readonly Take[]): string => JSON.stringify({ schema: savedSchema, take, ancestors });

const fits = (text: string): boolean => toUtf8(text).length < mostStoryBytes;

export function understandStory(text: string): ReadEntry<Story> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', why: 'it was cut short or altered' };
  }
  const { schema } = (value ?? {}) as { schema?: unknown };
  if (typeof schema === 'number' && schema > savedSchema) return { kind: 'newer' };
  return readWith((given) => {
    const { take, ancestors } = fieldsOf(given, 'the story');
    return { take: readTake(take), ancestors: listOf(ancestors, 'the earlier takes', readTake) };
  }, value);
}
