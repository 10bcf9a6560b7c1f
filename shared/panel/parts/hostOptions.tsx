/** What a host leaves to the user, each as a labelled choice of a few. */
import type { JSX } from 'preact';
import { Icon } from '../icons.tsx';
import type { HostOption, PanelActions } from '../state.ts';
import { Segments } from './segments.tsx';

export interface HostOptionsProps {
  readonly options: readonly HostOption[];
  /** Tells the same option apart in two places. */
  readonly place: 'card' | 'settings';
  readonly actions: Pick<PanelActions, 'chooseOption'>;
}

/** More do not fit beside each other at 280 px. */
const mostSegments = 3;

export function HostOptions({ options, place, actions }: HostOptionsProps): JSX.Element {
  return (
    <>
      {options.map(({ id, label, choices, chosen }) => (
        <div class="rt-row" key={id}>
          <span class="rt-row-label" id={`rt-${place}-${id}`}>
            {label}
          </span>
          {choices.length <= mostSegments ? (
            <Segments
              group={`rt-${place}-${id}`}
              label={{ id: `rt-${place}-${id}` }}
              names={Object.fromEntries(choices.map((choice) => [choice.id, choice.name]))}
              chosen={chosen}
              onChoose={(choice) => actions.chooseOption(id, choice)}
            />
          ) : (
            <span class="rt-select rt-grow">
              <select
                aria-labelledby={`rt-${place}-${id}`}
                value={chosen}
                onChange={(event) => actions.chooseOption(id, event.currentTarget.value)}
              >
                {choices.map((choice) => (
                  <option key={choice.id} value={choice.id} selected={choice.id === chosen}>
                    {choice.name}
                  </option>
                ))}
              </select>
              <Icon name="chevronDown" />
            </span>
          )}
        </div>
      ))}
    </>
  );
}
