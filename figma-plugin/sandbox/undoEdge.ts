/**
 * Where one undo entry ends. What the history notes right after a layer was placed (that its run is done) belongs to the layer's
 * entry: as an entry of its own it would be undone first, and show nothing. So an entry is closed when its run has ended, when it
 * has been quiet for a moment, or when the next one begins.
 */
import { type After, after } from './after.ts';

export interface UndoEdge {
  /** Closes what is open now: before a step, so that undoing it takes nothing else along. */
  closeNow(): void;
  /** After a step. */
  closeSoon(): void;
  /** Something was written that belongs to what is about to be closed, if anything is. */
  touched(): void;
  /** A run has more to write after its step; several may be under way. */
  runBegins(): void;
  runEnds(): void;
  /** Runs around closing later on: whatever must not become part of the entry is taken out and put back by it. */
  around(wrap: (close: () => void) => void): void;
  /** What is set for a moment only, and so must be in no entry: `out` sets it back, `back` sets it again. */
  keepOut(passing: Passing): void;
}

export interface Passing {
  out(): void;
  back(): void;
}

/** An edit of the user's own in this time becomes part of the entry. */
const quietMs = 400;
/** How long a run may need for its note on a slow machine: pictures are made for it, and sent over. */
const noteMs = 10_000;

export function createUndoEdge(figma: PluginAPI, inAWhile: After = after): UndoEdge {
  /** Calls the closing off. */
  let closing: (() => void) | null = null;
  let runs = 0;
  let wrap = (close: () => void): void => close();
  const passing: Passing[] = [];
  const commit = (): void => {
    for (const { out } of passing) out();
    figma.commitUndo();
    for (const { back } of passing) back();
  };
  const stop = (): void => {
    closing?.();
    closing = null;
  };
  const closeIn = (ms: number): void => {
    stop();
    closing = inAWhile(() => {
      closing = null;
      wrap(commit);
    }, ms);
  };
  const closeSoon = (): void => closeIn(runs > 0 ? noteMs : quietMs);
  const closeNow = (): void => {
    stop();
    commit();
  };
  // The last moment in which it can be: the user's next edit would become part of it.
  figma.on('close', () => {
    if (closing !== null) closeNow();
  });
  return {
    closeNow,
    closeSoon,
    touched() {
      if (closing !== null) closeSoon();
    },
    runBegins() {
      runs++;
    },
    runEnds() {
      runs = Math.max(0, runs - 1);
      if (closing !== null) closeIn(0);
    },
    around(given) {
      wrap = given;
    },
    keepOut(given) {
      passing.push(given);
    },
  };
}
