/**
 * Where the next edit starts, and in which way it goes on: what the user chose, else the latest take of what is selected.
 * "Go back two" moves it without an edit.
 */
import type { Bounds } from '../core/geometry.ts';
import type { Take } from '../core/history/take.ts';
import type { TakeIndex } from '../core/history/takeIndex.ts';
import { pathTo, takeAt } from '../core/history/tree.ts';
import type { LayerRef, Selection } from '../core/host.ts';
import type { ModelEntry } from '../core/models/registry.ts';
import type { FollowedHistory } from './followHistory.ts';
import { type NextAsk, nextStart } from './nextStart.ts';
import type { NextStart, WayChoice } from './takesState.ts';

export interface StartChoice {
  /** As the walk will choose it. */
  next(): NextStart;
  /** The take that the next edit goes on from; null for the source. */
  take(): Take | null;
  way(): WayChoice;
  selected(): LayerRef | 'visible' | null;
  /** Back to what is chosen for the user, in every respect. */
  reset(): void;
  /** Another document: nothing is selected yet. */
  clear(): void;
  followSelection(selection: Selection): void;
  followInstruction(instruction: string): void;
  /** null starts from what is selected. */
  from(id: string | null): void;
  fromLatest(): void;
  setWay(way: WayChoice): void;
  /** From where `take` was made, and in its way if that was chosen by the user. */
  whereItBegan(take: Take): void;
  /** It is not to be gone on from any more. */
  leave(id: string): void;
  /** Does what the words ask for when going back is all that they ask for; undefined when it was not. */
  goBack(): { readonly to: Take | null } | undefined;
}

export interface StartPorts extends Pick<NextAsk, 'factsOf'> {
  readonly followed: Pick<FollowedHistory, 'history' | 'index' | 'layers'>;
  entry(): ModelEntry;
  /** How many references go along. */
  references(): number;
  select(of: LayerRef | 'visible'): void;
  setShown(take: Take, isShown: boolean): void;
}

type Start = { readonly kind: 'latest' } | { readonly kind: 'source' } | { readonly kind: 'take'; readonly id: string };

const latest: Start = { kind: 'latest' };

export function createStartChoice({ followed, entry, references, factsOf, select, setShown }: StartPorts): StartChoice {
  let start: Start = latest;
  let way: WayChoice = 'auto';
  let selected: LayerRef | 'visible' | null = null;
  let region: Bounds | null = null;
  let instruction = '';
  let found: { readonly index: TakeIndex; readonly selected: LayerRef | 'visible' | null; readonly take: Take | null } | null = null;

  const begins = (take: Take): LayerRef | 'visible' => (pathTo(followed.history(), take.id)[0] ?? take).source.of;

  /** Asked for with every state that is shown; among thousands of takes it is worth remembering. */
  function latestOfSelected(): Take | null {
    const index = followed.index();
    if (found?.index !== index || found.selected !== selected) found = { index, selected, take: findLatest(index) };
    return found.take;
  }

  /** The take that the selected layer leads to: the one that it shows, else the latest that was made from it. */
  function findLatest(index: TakeIndex): Take | null {
    if (selected === null) return null;
    const shown = takeAt(index.history, selected);
    if (shown !== null && index.layersOf(shown).some(({ ref }) => ref === selected)) return shown;
    for (let n = index.inOrder.length - 1; n >= 0; n--) {
      const take = index.inOrder[n];
      if (take.state === 'done' && !index.hidden.has(take.id) && index.layersOf(take).length > 0 && begins(take) === selected) return take;
    }
    return null;
  }

  function startTake(): Take | null {
    if (start.kind === 'source') return null;
    if (start.kind === 'take') return followed.history().takes.get(start.id) ?? null;
    return latestOfSelected();
  }

  function next(): NextStart {
    return nextStart({
      index: followed.index(),
      of: selected ?? 'visible',
      region,
      isLayer: (of) => of === 'visible' || followed.layers().has(of),
      take: startTake(),
      latest: start.kind === 'source' ? latestOfSelected() : null,
      isChosen: start.kind === 'take',
      chosen: way,
      instruction,
      entry: entry(),
      references: references(),
      factsOf,
    });
  }

  /** Selects what the take began with, when it is there and something else is selected. */
  function selectOrigin(take: Take): void {
    const origin = begins(take);
    if (selected !== origin && (origin === 'visible' || followed.layers().has(origin))) select(origin);
  }

  return {
    next,
    take: startTake,
    way: () => way,
    selected: () => selected,
    reset() {
      [start, way] = [latest, 'auto'];
    },
    clear() {
      [start, way, selected] = [latest, 'auto', null];
    },
    followSelection({ of, region: drawn }) {
      region = drawn?.bounds ?? null;
      if (selected === of) return;
      const history = followed.history();
      const chosen = start.kind === 'take' ? history.takes.get(start.id) : undefined;
      // Another layer was selected than what the chosen take is about.
      if (of !== null && (chosen === undefined || (begins(chosen) !== of && takeAt(history, of)?.id !== chosen.id))) start = latest;
      selected = of;
    },
    followInstruction(words) {
      instruction = words;
    },
    from(id) {
      const take = id === null ? undefined : followed.history().takes.get(id);
      start = take === undefined ? (latestOfSelected() === null ? latest : { kind: 'source' }) : { kind: 'take', id: take.id };
      if (take !== undefined) selectOrigin(take);
    },
    fromLatest() {
      start = latest;
    },
    setWay(chosen) {
      way = chosen;
    },
    whereItBegan(take) {
      start = take.parent === null ? { kind: 'source' } : { kind: 'take', id: take.parent };
      way = take.context.chosenBy === 'user' ? take.context.way : 'auto';
      selectOrigin(take);
    },
    leave(id) {
      if (start.kind === 'take' && start.id === id) start = latest;
    },
    goBack() {
      const back = next().goesBackTo;
      const from = startTake();
      if (back === null || from === null) return undefined;
      const path = pathTo(followed.history(), from.id);
      for (const left of path.slice(path.findIndex(({ id }) => id === back.id) + 1)) setShown(left, false);
      const to = back.id === null ? null : (followed.history().takes.get(back.id) ?? null);
      if (to !== null) setShown(to, true);
      start = to === null ? { kind: 'source' } : { kind: 'take', id: to.id };
      return { to };
    },
  };
}
