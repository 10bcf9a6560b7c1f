/** What the strip and the tree share: the small picture of a take, its words for who hears them, and the keys that walk. */
import type { JSX, TargetedKeyboardEvent } from 'preact';
import { Icon, type IconName } from '../icons.tsx';
import type { TakeRow, TakesActions, TakesState } from '../takesState.ts';

/** Stands in where there is no picture: still waiting, or none came. */
const placeholders: Readonly<Record<TakeRow['status']['kind'], IconName>> = {
  pending: 'clock',
  answered: 'clock',
  worded: 'question',
  failed: 'warning',
  cancelled: 'close',
  done: 'picture',
  gone: 'picture',
  hidden: 'picture',
  kept: 'picture',
  discarded: 'picture',
};

export function TakePicture({ row, pictures }: { readonly row: TakeRow; readonly pictures: TakesState['pictures'] }): JSX.Element {
  const address = row.thumbnail === null ? undefined : pictures.get(row.thumbnail);
  return (
    <span class={`rt-take-picture rt-is-${row.status.kind}`}>
      {/* Named by the row around it. */}
      {address === undefined ? <Icon name={placeholders[row.status.kind]} /> : <img src={address} alt="" draggable={false} />}
    </span>
  );
}

/** "Take 4, make the coat red, layer deleted, favourite". */
export const spokenRow = (row: TakeRow): string =>
  [
    `Take ${row.number}`,
    row.title,
    row.status.text,
    row.isFavourite ? 'favourite' : '',
    ...row.bookmarks.map((name) => `bookmark ${name}`),
    row.isStart ? 'the next edit goes on from here' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');

/** The hashes of the small pictures from `first` to `last` that are not at hand. */
export const missingPictures = ({ rows, pictures }: TakesState, first: number, last: number): readonly string[] =>
  rows.slice(first, last + 1).flatMap(({ thumbnail }) => (thumbnail === null || pictures.has(thumbnail) ? [] : [thumbnail]));

/** Rows that a page key moves by. */
const pageRows = 8;

/**
 * Arrows walk through time along `axis`; across it they follow the tree: to the take that a take continues, and to the newest
 * of those that continue it.
 */
export function walkByKeys(
  event: TargetedKeyboardEvent<HTMLElement>,
  axis: 'x' | 'y',
  state: TakesState,
  actions: Pick<TakesActions, 'focusTake' | 'startFrom' | 'discard' | 'restore' | 'setFavourite' | 'compare'>,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  // A row that has the focus itself is pressed by Enter, as any button.
  const isOnRow = event.target !== event.currentTarget;
  const { rows, focused } = state;
  const at = focused === null ? -1 : rows.findIndex(({ id }) => id === focused.id);
  const row = rows[at];
  const go = (index: number): void => {
    const to = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (to !== undefined) actions.focusTake(to.id);
  };
  const along = axis === 'y' ? { ArrowDown: 1, ArrowUp: -1 } : { ArrowRight: 1, ArrowLeft: -1 };
  const steps: Readonly<Record<string, number>> = { ...along, PageDown: pageRows, PageUp: -pageRows, Home: -rows.length, End: rows.length };
  const step = steps[event.key];
  const toParent = axis === 'y' ? 'ArrowLeft' : 'ArrowDown';
  const toChild = axis === 'y' ? 'ArrowRight' : 'ArrowUp';
  if (step !== undefined) go(at < 0 ? 0 : at + step);
  else if (event.key === toParent) {
    if (focused?.parent != null) actions.focusTake(focused.parent.id);
  } else if (event.key === toChild) {
    const child = focused === null ? undefined : state.rows.find(({ parentId }) => parentId === focused.id);
    if (child !== undefined) actions.focusTake(child.id);
  } else if (row === undefined) return;
  else if (event.key === 'Enter' && !isOnRow) actions.startFrom(row.id);
  else if (event.key === 'Delete' || event.key === 'Backspace') (row.isDiscarded ? actions.restore : actions.discard)(row.id);
  else if (event.key === 'f' || event.key === '*') actions.setFavourite(row.id, !row.isFavourite);
  else if (event.key === 'c') actions.compare(row.id, null);
  else return;
  event.preventDefault();
  event.stopPropagation();
}
