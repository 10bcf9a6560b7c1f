/** The takes of the document as a film strip, newest first; the one whose details show below has a frame. */
import type { JSX } from 'preact';
import { Icon } from '../icons.tsx';
import type { PanelActions, PanelState } from '../state.ts';
import { usePlainControls, useRowFocus } from './plainControls.tsx';
import { missingPictures, spokenRow, TakePicture, walkByKeys } from './takeRows.tsx';
import { WindowedList } from './windowedList.tsx';

const itemPx = 64;

export interface TakeStripProps {
  readonly state: Pick<PanelState, 'takes'>;
  readonly actions: Pick<PanelActions, 'takes'>;
}

export function TakeStrip({ state: { takes: state }, actions: { takes: actions } }: TakeStripProps): JSX.Element {
  const { rows, focused, pictures } = state;
  const at = focused === null ? null : rows.findIndex(({ id }) => id === focused.id);
  const isPlain = usePlainControls();
  const Frame = isPlain ? 'button' : 'span';
  useRowFocus(focused === null ? null : `rt-strip-${focused.id}`);
  return (
    <WindowedList
      axis="x"
      class="rt-strip"
      items={rows}
      itemPx={itemPx}
      inSight={at}
      onWindow={(first, last) => actions.showPictures(missingPictures(state, first, last))}
      attributes={{
        role: 'listbox',
        // Where rows take the focus themselves, the list does not.
        ...(isPlain ? {} : { tabIndex: 0 }),
        'aria-label': 'Takes, newest first',
        'aria-orientation': 'horizontal',
        'aria-activedescendant': focused === null ? undefined : `rt-strip-${focused.id}`,
        onKeyDown: (event) => walkByKeys(event, 'x', state, actions),
      }}
      render={(index) => {
        const row = rows[index];
        const isFocused = row.id === focused?.id;
        return (
          <Frame
            key={row.id}
            id={`rt-strip-${row.id}`}
            class={`rt-frame${isFocused ? ' rt-on' : ''}${row.isDiscarded ? ' rt-dim' : ''}`}
            role="option"
            aria-selected={isFocused}
            aria-label={spokenRow(row)}
            aria-setsize={rows.length}
            aria-posinset={index + 1}
            title={`${row.number} · ${row.title}\n${row.status.text}`}
            onClick={() => actions.focusTake(row.id)}
          >
            <TakePicture row={row} pictures={pictures} />
            <span class="rt-frame-number rt-figure">
              {row.number}
              {row.isFavourite ? <Icon name="star" size={10} filled /> : null}
              {row.isStart ? <span class="rt-start-dot" /> : null}
            </span>
          </Frame>
        );
      }}
    />
  );
}
