import type { History, Take } from '../history/take.ts';
import { takesInOrder, withTake } from '../history/tree.ts';

/** "Take 3 · Nano Banana 2.1": a layer has the number that its take has in every list, where rounds that failed count too. */
export function takeName(history: History, take: Take, from: string): string {
  const all = history.takes.has(take.id) ? history : withTake(history, take);
  return `Take ${takesInOrder(all).findIndex(({ id }) => id === take.id) + 1} · ${from}`;
}
