/** The document's history as rows and details of the panel. Pure: the same history and layers give the same rows. */
import type { Extent } from '../core/geometry.ts';
import { drawLanes, type LaneRow } from '../core/history/lanes.ts';
import type { History, Take } from '../core/history/take.ts';
import { alternativeText, wordsOf } from '../core/history/take.ts';
import type { TakeIndex } from '../core/history/takeIndex.ts';
import { takeStatus } from '../core/history/takeStatus.ts';
import { search } from '../core/history/tree.ts';
import { findModel, offlineModelId } from '../core/models/registry.ts';
import type { TakeDetails, TakeFilter, TakeRow } from './takesState.ts';
import { whenText } from './words.ts';

/** Lanes beside the list; at 280 px more would leave no room for words. */
const mostLanes = 5;

export interface ListAsk {
  readonly words: string;
  readonly show: TakeFilter;
  /** The take that the next edit goes on from. */
  readonly start: string | null;
  /** Takes whose run is going on now, here. */
  readonly running: ReadonlySet<string>;
  readonly now: number;
}

export interface ListedTakes {
  /** Newest first; what the words and the filter let through. */
  readonly rows: readonly TakeRow[];
  readonly laneCount: number;
  readonly discarded: number;
}

export function listTakes(index: TakeIndex, ask: ListAsk): ListedTakes {
  const { history, inOrder, hidden } = index;
  const found = ask.words.trim() === '' ? null : new Set(search(history, ask.words).map(({ id }) => id));
  const isShown = (take: Take): boolean => {
    if (found !== null && !found.has(take.id)) return false;
    if (ask.show === 'discarded') return hidden.has(take.id);
    return !hidden.has(take.id) && (ask.show === 'all' || history.marks.get(take.id)?.isFavourite === true);
  };
  const shown = inOrder.filter(isShown).reverse();
  const listed = new Set(shown.map(({ id }) => id));
  /** The nearest take above that is listed. */
  const parentShown = (take: Take): string | null => {
    let up = index.parentOf(take);
    while (up !== null && !listed.has(up)) {
      const next = history.takes.get(up);
      up = next === undefined ? null : index.parentOf(next);
    }
    return up;
  };
  const isTree = found === null && ask.show === 'all';
  const parents = shown.map((take) => (isTree ? parentShown(take) : index.parentOf(take)));
  const drawn = isTree
    ? drawLanes(
        shown.map(({ id }, n) => ({ id, parent: parents[n] })),
        mostLanes,
      )
    : null;
  return {
    rows: shown.map((take, n) => rowOf(index, take, ask, parents[n], drawn?.rows[n] ?? null)),
    laneCount: drawn?.laneCount ?? 0,
    discarded: hidden.size,
  };
}

function rowOf(index: TakeIndex, take: Take, ask: ListAsk, parentId: string | null, lanes: LaneRow | null): TakeRow {
  const marks = index.history.marks.get(take.id);
  return {
    id: take.id,
    number: index.numberOf(take.id),
    title: titleOf(index.history, take),
    status: takeStatus(index, take, ask.running.has(take.id)),
    thumbnail: take.pictures.thumbnail?.hash ?? null,
    isFavourite: marks?.isFavourite === true,
    isDiscarded: index.hidden.has(take.id),
    isStart: take.id === ask.start,
    bookmarks: index.bookmarksOf(take.id),
    when: whenText(take.at, ask.now),
    depth: index.depthOf(take.id),
    lanes,
    parentId,
  };
}

export const titleOf = (history: History, take: Take): string => history.marks.get(take.id)?.name ?? take.instruction;

export interface DetailsAsk extends ListAsk {
  /** Under which key a better picture than its small one lies, once it is read. */
  readonly large: string;
  /** What its run had to say, in this sitting. */
  readonly said: readonly string[];
  readonly canExplain: (take: Take) => boolean;
}

/** Everything about one take. */
export function detailsOf(index: TakeIndex, take: Take, ask: DetailsAsk): TakeDetails {
  const { history } = index;
  const { id } = take;
  const marks = history.marks.get(id);
  const parentId = index.parentOf(take);
  const parent = parentId === null ? undefined : history.takes.get(parentId);
  const layers = index.layersOf(take);
  const hasPicture = take.state === 'done' || take.pictures.answer !== null;
  const description = wordsOf(take);
  const { way, why, dropped, chosenBy } = take.context;
  return {
    ...rowOf(index, take, ask, parentId, null),
    instruction: take.instruction,
    description,
    note: marks?.note ?? '',
    isKept: marks?.verdict === 'kept',
    alternativeText: alternativeText(take),
    sourceName: take.source.name,
    modelNick: take.model === 'merged' ? 'From elsewhere' : findModel(take.model).nick,
    isOffline: take.model === offlineModelId,
    costUsd: take.costUsd,
    tookMs: take.tookMs,
    result: sizeOf(take),
    picture: ask.large,
    why: parent === undefined && way === 'fresh' && chosenBy === 'policy' ? '' : why,
    dropped,
    // A model that answered in words has said it already.
    notes: [...(take.failure === null || take.failure.sentence === description ? [] : [take.failure.sentence]), ...ask.said],
    parent: parent === undefined ? null : { id: parent.id, number: index.numberOf(parent.id), title: titleOf(history, parent) },
    childCount: index.childCount(id),
    layer: take.placed === null ? 'none' : layers.length === 0 ? 'gone' : layers.some(({ visible }) => visible) ? 'shown' : 'hidden',
    can: {
      continue: hasPicture,
      placeAgain: layers.length === 0 && take.pictures.answer !== null && take.provenance !== null && !ask.running.has(id),
      explain: ask.canExplain(take),
    },
  };
}

const sizeOf = ({ pictures }: Take): Extent | null => {
  const picture = pictures.answer ?? pictures.composed;
  return picture === null ? null : { width: picture.width, height: picture.height };
};
