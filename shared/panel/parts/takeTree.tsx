/** All takes of the document as a list with its tree drawn beside it. Arrow keys walk through time and along the branches. */
import type { JSX } from 'preact';
import type { LaneRow } from '../../core/history/lanes.ts';
import { Icon } from '../icons.tsx';
import type { PanelActions, PanelState } from '../state.ts';
import type { TakeRow } from '../takesState.ts';
import { usePlainControls, useRowFocus } from './plainControls.tsx';
import { missingPictures, spokenRow, TakePicture, walkByKeys } from './takeRows.tsx';
import { WindowedList } from './windowedList.tsx';

const rowPx = 52;
const lanePx = 12;

export interface TakeTreeProps {
  readonly state: Pick<PanelState, 'takes'>;
  readonly actions: Pick<PanelActions, 'takes'>;
}

export function TakeTree({ state: { takes: state }, actions: { takes: actions } }: TakeTreeProps): JSX.Element {
  const { rows, focused, pictures, laneCount } = state;
  const at = focused === null ? null : rows.findIndex(({ id }) => id === focused.id);
  const isPlain = usePlainControls();
  const Row = isPlain ? 'button' : 'div';
  useRowFocus(focused === null ? null : `rt-tree-${focused.id}`);
  return (
    <WindowedList
      axis="y"
      class="rt-tree"
      items={rows}
      itemPx={rowPx}
      inSight={at}
      onWindow={(first, last) => actions.showPictures(missingPictures(state, first, last))}
      attributes={{
        role: 'tree',
        // Where rows take the focus themselves, the list does not.
        ...(isPlain ? {} : { tabIndex: 0 }),
        'aria-label': 'Takes, newest first',
        'aria-activedescendant': focused === null ? undefined : `rt-tree-${focused.id}`,
        onKeyDown: (event) => walkByKeys(event, 'y', state, actions),
      }}
      render={(index) => {
        const row = rows[index];
        const isFocused = row.id === focused?.id;
        return (
          <Row
            key={row.id}
            id={`rt-tree-${row.id}`}
            class={`rt-tree-row${isFocused ? ' rt-on' : ''}${row.isDiscarded ? ' rt-dim' : ''}`}
            role="treeitem"
            aria-selected={isFocused}
            aria-level={row.depth}
            aria-setsize={rows.length}
            aria-posinset={index + 1}
            aria-label={spokenRow(row)}
            onClick={(event) => {
              if (event.shiftKey && focused !== null && focused.id !== row.id) actions.compare(focused.id, row.id);
              else actions.focusTake(row.id);
            }}
            onDblClick={() => actions.startFrom(row.id)}
          >
            {row.lanes === null ? null : <Lanes lanes={row.lanes} count={laneCount} row={row} />}
            <TakePicture row={row} pictures={pictures} />
            <span class="rt-tree-words">
              <span class="rt-clip rt-tree-title" title={row.title}>
                {row.title}
              </span>
              <span class="rt-clip rt-quiet rt-figure">
                {row.number} · {row.when}
                {row.status.text === '' ? null : (
                  <>
                    {' · '}
                    <span class={`rt-status-${row.status.kind}`}>{row.status.text}</span>
                  </>
                )}
              </span>
            </span>
            <span class="rt-tree-marks">
              {row.bookmarks.length === 0 ? null : (
                <span title={row.bookmarks.join(', ')}>
                  <Icon name="bookmark" filled />
                </span>
              )}
              {row.isFavourite ? <Icon name="star" filled /> : null}
            </span>
          </Row>
        );
      }}
    />
  );
}

const xOf = (lane: number): number => 8 + lane * lanePx;

function Lanes({ lanes, count, row }: { readonly lanes: LaneRow; readonly count: number; readonly row: TakeRow }): JSX.Element {
  const x = xOf(lanes.lane);
  const middle = rowPx / 2;
  const isEmpty = ['worded', 'failed', 'cancelled', 'pending'].includes(row.status.kind);
  const radius = row.isStart ? 5 : isEmpty ? 3.25 : 4;
  // They end at the dot, whose colour may let through what lies beneath it.
  const edge = (lane: number): number => (lane > lanes.lane ? x + radius : x - radius);
  const lines = [
    ...lanes.passing.map((lane) => `M${xOf(lane)} 0V${rowPx}`),
    ...lanes.children.map((lane) =>
      lane === lanes.lane ? `M${x} 0V${middle - radius}` : `M${xOf(lane)} 0Q${xOf(lane)} ${middle} ${edge(lane)} ${middle}`,
    ),
    ...(lanes.hasParent ? [`M${x} ${middle + radius}V${rowPx}`] : []),
  ];
  return (
    <svg class="rt-lanes" width={xOf(count - 1) + 12} height={rowPx} aria-hidden="true" focusable="false">
      <path class="rt-lane" d={lines.join('')} />
      <circle class={`rt-node${isEmpty ? ' rt-node-empty' : ''}${row.isStart ? ' rt-node-start' : ''}`} cx={x} cy={middle} r={radius} />
    </svg>
  );
}
