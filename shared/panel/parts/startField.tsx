/** Where the next edit starts and how the model is told of the rounds before: chosen for the user, shown, and overridden here. */
import type { JSX } from 'preact';
import { Icon, IconButton } from '../icons.tsx';
import type { PanelActions, PanelState } from '../state.ts';
import type { WayChoice } from '../takesState.ts';
import { Segments } from './segments.tsx';

const ways: Readonly<Record<WayChoice, string>> = { auto: 'Auto', fresh: 'Fresh', continue: 'Continue', 'from-take': 'This take' };

export interface StartFieldProps {
  readonly state: Pick<PanelState, 'takes' | 'run'>;
  readonly actions: Pick<PanelActions, 'takes'>;
}

export function StartField({ state: { takes }, actions }: StartFieldProps): JSX.Element | null {
  const { next, pictures } = takes;
  if (!next.hasChoice) return null;
  if (next.take === null)
    return (
      <div class="rt-block rt-start">
        <div class="rt-start-take">
          <span class="rt-quiet rt-clip rt-grow">From the source, without the takes before</span>
          {next.latest === null ? null : (
            <button type="button" class="rt-link" onClick={actions.takes.startFromLatest}>
              After take {next.latest.number}
            </button>
          )}
        </div>
      </div>
    );
  const address = next.take.thumbnail === null ? undefined : pictures.get(next.take.thumbnail);
  return (
    <div class="rt-block rt-start">
      <div class="rt-start-take">
        <span class="rt-thumb rt-thumb-small rt-checker">{address === undefined ? null : <img src={address} alt="" />}</span>
        <span class="rt-clip rt-grow" title={next.take.title}>
          <span class="rt-quiet">After take {next.take.number} · </span>
          {next.take.title}
        </span>
        <IconButton icon="close" label="Start from the source instead" onPress={() => actions.takes.startFrom(null)} />
      </div>
      <Segments group="rt-way" label={{ text: 'How to go on' }} names={ways} chosen={next.chosen} onChoose={actions.takes.setWay} />
      <p class="rt-quiet rt-why">
        {next.chosen === 'auto' && next.goesBackTo === null ? <strong>{ways[next.way]}. </strong> : null}
        {next.why}
      </p>
      {next.dropped === '' ? null : (
        <p class="rt-left-out">
          <Icon name="info" />
          <span>{next.dropped}</span>
        </p>
      )}
    </div>
  );
}
