import type { History } from '../history/take.ts';

/** "Take 3 · Nano Banana 2.1": numbered by what was placed, whatever failed in between. */
export function takeName(history: History, from: string): string {
  let placed = 0;
  for (const take of history.takes.values()) if (take.placed !== null) placed++;
  return `Take ${placed + 1} · ${from}`;
}
