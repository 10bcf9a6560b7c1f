/** What of the takes is looked at: the search, the filter, the take whose details show, and the takes of the run that is on. */
import type { Take } from '../core/history/take.ts';
import type { TakeIndex } from '../core/history/takeIndex.ts';
import { type ListAsk, type ListedTakes, listTakes } from './listTakes.ts';
import type { TakeFilter } from './takesState.ts';

export interface Looking {
  words(): string;
  show(): TakeFilter;
  setWords(words: string): void;
  setFilter(show: TakeFilter): void;
  /** null looks at the newest. */
  focus(id: string | null): void;
  /** The neighbour of a take that leaves the list: it goes on there, not from the top. */
  focusBeside(id: string): void;
  ask(): ListAsk;
  list(): ListedTakes;
  /** The one that was chosen, as long as the list has it; else its first. */
  focused(): Take | undefined;
  /** Told of takes that were written for the first time. */
  begun(ids: readonly string[]): void;
  /** Shows all, and the newest, which is the run's own. */
  runBegins(): void;
  /** Answers the latest take of the run. */
  runEnds(): Take | null;
  /** Another document. */
  clear(): void;
}

export interface LookingPorts {
  index(): TakeIndex;
  /** The take that the next edit goes on from. */
  start(): string | null;
  now(): number;
}

export function createLooking({ index, start, now }: LookingPorts): Looking {
  let words = '';
  let show: TakeFilter = 'all';
  let focusedId: string | null = null;
  let isRunning = false;
  let running: ReadonlySet<string> = new Set();
  let listed: { readonly key: readonly unknown[]; readonly takes: ListedTakes } | null = null;

  const ask = (): ListAsk => ({ words, show, start: start(), running, now: now() });

  /** 5,000 rows take some ten milliseconds; a tick of the clock must not make them again. */
  function list(): ListedTakes {
    const wanted = ask();
    const key = [index(), words, show, wanted.start, running];
    if (listed === null || listed.key.some((part, n) => part !== key[n])) listed = { key, takes: listTakes(index(), wanted) };
    return listed.takes;
  }

  return {
    words: () => words,
    show: () => show,
    setWords(next) {
      words = next;
    },
    setFilter(next) {
      show = next;
    },
    focus(id) {
      focusedId = id;
    },
    focusBeside(id) {
      const { rows } = list();
      const at = rows.findIndex((row) => row.id === id);
      focusedId = rows[at + 1]?.id ?? rows[at - 1]?.id ?? null;
    },
    ask,
    list,
    focused() {
      const { takes } = index().history;
      const { rows } = list();
      const chosen = takes.get(focusedId ?? '');
      // Details of a take that a search or a filter leaves out would be taken for what was found.
      const isListed = (words.trim() === '' && show === 'all') || rows.some(({ id }) => id === focusedId);
      return chosen !== undefined && isListed ? chosen : takes.get(rows[0]?.id ?? '');
    },
    begun(ids) {
      if (isRunning && ids.length > 0) running = new Set([...running, ...ids]);
    },
    runBegins() {
      isRunning = true;
      [words, show, focusedId] = ['', 'all', null];
    },
    runEnds() {
      const last = index()
        .inOrder.filter(({ id }) => running.has(id))
        .pop();
      isRunning = false;
      running = new Set();
      return last ?? null;
    },
    clear() {
      [words, show, focusedId, isRunning, running] = ['', 'all', null, false, new Set()];
    },
  };
}
