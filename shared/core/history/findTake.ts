/** A take as somebody types it: its identifier, enough of the beginning, a bookmark, or `latest`. */
import type { Failure } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import { shorten } from '../text.ts';
import type { History, Take } from './take.ts';
import { hiddenTakes, search, takesInOrder } from './tree.ts';

const mostNear = 6;

/** `no-such-take` names those that come near, none where there are no takes at all; `ambiguous-take` those that it could be. */
export function findTake(history: History, typed: string): Result<Take, Failure> {
  const text = typed.trim();
  const exact = history.takes.get(text);
  if (exact !== undefined) return ok(exact);
  const bookmarked = history.takes.get(history.bookmarks.get(text)?.take ?? '');
  if (bookmarked !== undefined) return ok(bookmarked);
  const inOrder = takesInOrder(history);
  if (text.toLowerCase() === 'latest') {
    const hidden = hiddenTakes(history);
    const latest = inOrder.filter(({ id, state }) => state === 'done' && !hidden.has(id)).pop();
    if (latest !== undefined) return ok(latest);
  }
  const wanted = text.toLowerCase();
  const matches = wanted === '' ? [] : inOrder.filter(({ id }) => id.toLowerCase().startsWith(wanted));
  if (matches.length === 1) return ok(matches[0]);
  if (matches.length > 1) return err({ kind: 'ambiguous-take', name: text, matches: matches.map((take) => namedTake(history, take)) });
  return err({ kind: 'no-such-take', name: text, near: near(history, inOrder, wanted).map((take) => namedTake(history, take)) });
}

/** "3f2a91c0 (make the coat red)". */
export const namedTake = (history: History, take: Take): string =>
  `${shortId(history, take.id)} (${shorten(history.marks.get(take.id)?.name ?? take.instruction, 40)})`;

/** As few characters as tell it from all others, at least 8. */
export function shortId(history: History, id: string): string {
  const isShared = (start: string): boolean => {
    for (const other of history.takes.keys()) if (other !== id && other.startsWith(start)) return true;
    return false;
  };
  let length = Math.min(8, id.length);
  while (length < id.length && isShared(id.slice(0, length))) length++;
  return id.slice(0, length);
}

/** Those whose words hold it, else those that begin most alike, else the latest. */
function near(history: History, inOrder: readonly Take[], wanted: string): readonly Take[] {
  const worded = wanted === '' ? [] : search(history, wanted);
  if (worded.length > 0) return worded.slice(-mostNear).reverse();
  const alike = (id: string): number => {
    let n = 0;
    while (n < wanted.length && id[n]?.toLowerCase() === wanted[n]) n++;
    return n;
  };
  return [...inOrder]
    .reverse()
    .sort((a, b) => alike(b.id) - alike(a.id))
    .slice(0, mostNear);
}
