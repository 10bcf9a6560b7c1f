/** All takes of the document: search, the tree, and the one that is looked at. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon, IconButton } from '../icons.tsx';
import type { PanelActions, PanelState } from '../state.ts';
import type { TakeFilter } from '../takesState.ts';
import { Choice, usePlainControls } from './plainControls.tsx';
import { TakeCard } from './takeCard.tsx';
import { TakeTree } from './takeTree.tsx';

export interface TakesViewProps {
  readonly state: Pick<PanelState, 'takes' | 'can' | 'run'>;
  readonly actions: Pick<PanelActions, 'takes' | 'setTakeVisible' | 'showEdit'>;
}

const filters: readonly (readonly [TakeFilter, string])[] = [
  ['all', 'All'],
  ['favourites', 'Favourites'],
  ['discarded', 'Discarded'],
];

export function TakesView({ state, actions }: TakesViewProps): JSX.Element {
  const { takes } = state;
  const field = useRef<HTMLInputElement>(null);
  const isPlain = usePlainControls();
  useEffect(() => {
    document.querySelector<HTMLElement>(isPlain ? '.rt-tree-row.rt-on' : '.rt-tree')?.focus({ preventScroll: true });
  }, [isPlain]);
  return (
    <section class="rt-settings rt-takes-view" aria-label="All takes">
      <div class="rt-head">
        <IconButton icon="back" label="Back" onPress={actions.showEdit} />
        <strong class="rt-grow">
          Takes <span class="rt-count rt-quiet rt-figure">{takes.total}</span>
        </strong>
      </div>
      <div class="rt-finder">
        <span class="rt-search">
          <Icon name="search" />
          <input
            ref={field}
            class="rt-text"
            type="search"
            aria-label="Search the takes"
            placeholder="Search words, names, notes"
            value={takes.words}
            onInput={(event) => actions.takes.setWords(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape' || takes.words === '') return;
              event.preventDefault();
              event.stopPropagation();
              actions.takes.setWords('');
            }}
          />
        </span>
        <span class="rt-chips" role="radiogroup" aria-label="Which takes">
          {filters.map(([show, text]) => (
            <Choice
              key={show}
              class="rt-chip"
              group="rt-take-filter"
              isChosen={takes.show === show}
              onChoose={() => actions.takes.setFilter(show)}
            >
              {text}
            </Choice>
          ))}
          <span class="rt-quiet rt-figure rt-hits" role="status">
            {takes.words === '' && takes.show === 'all' ? '' : takes.rows.length === 1 ? '1 take' : `${takes.rows.length} takes`}
          </span>
        </span>
      </div>
      {takes.rows.length === 0 ? (
        <div class="rt-none">
          <Icon name={takes.words === '' ? 'tree' : 'search'} />
          <p>{emptyText(state.takes)}</p>
        </div>
      ) : (
        <TakeTree state={state} actions={actions} />
      )}
      {takes.focused === null ? null : (
        <div class="rt-drawer">
          <TakeCard key={takes.focused.id} take={takes.focused} state={state} actions={actions} focusInstruction={actions.showEdit} />
        </div>
      )}
    </section>
  );
}

function emptyText({ words, show, total }: PanelState['takes']): string {
  if (words !== '') return `Nothing is called, asks for or says “${words}”.`;
  if (show === 'favourites') return 'No favourites yet. The star beside a take makes it one.';
  if (show === 'discarded') return 'Nothing was discarded.';
  return total === 0 ? 'No takes yet. Each edit becomes one, and stays with the document.' : 'Every take was discarded.';
}
