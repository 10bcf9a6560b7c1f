/** The takes of this sitting: the newest in full, the earlier ones as lines. */
import type { JSX } from 'preact';
import { sizeText } from '../../core/geometry.ts';
import { Icon, IconButton } from '../icons.tsx';
import type { PanelActions, PanelState, TakeCard } from '../state.ts';
import { durationText, priceText } from '../words.ts';

export interface TakeListProps {
  readonly state: Pick<PanelState, 'takes' | 'can' | 'run'>;
  readonly actions: Pick<PanelActions, 'setTakeVisible' | 'compareTake' | 'explainTake' | 'undo' | 'setInstruction'>;
}

export function TakeList({ state, actions }: TakeListProps): JSX.Element | null {
  const [newest, ...earlier] = state.takes;
  if (newest === undefined) return null;
  return (
    <section class="rt-block rt-takes" aria-label="Takes">
      <div class="rt-label-line">
        <span class="rt-label">{earlier.length === 0 ? 'Take' : `Takes ${state.takes.length}`}</span>
        {state.can.undo ? (
          <button type="button" class="rt-link rt-quiet-link" disabled={state.run.kind === 'running'} onClick={actions.undo}>
            Undo
          </button>
        ) : null}
      </div>
      <NewestTake take={newest} can={state.can} actions={actions} />
      {earlier.map((take) => (
        <div class="rt-reference" key={take.id}>
          <span class="rt-thumb rt-thumb-small">
            <img src={take.thumbnail} alt="" />
          </span>
          <button
            type="button"
            class="rt-plain rt-clip rt-grow"
            title={`Use these words again: ${take.instruction}`}
            onClick={() => actions.setInstruction(take.instruction)}
          >
            {take.instruction}
          </button>
          <TakeButtons take={take} can={state.can} actions={actions} />
        </div>
      ))}
    </section>
  );
}

interface TakeProps {
  readonly take: TakeCard;
  readonly can: PanelState['can'];
  readonly actions: TakeListProps['actions'];
}

function NewestTake({ take, can, actions }: TakeProps): JSX.Element {
  return (
    <article class="rt-card">
      <span class="rt-card-picture">
        <img src={take.thumbnail} alt={`Answer to “${take.instruction}”`} width={take.result.width} height={take.result.height} />
      </span>
      <div class="rt-card-body">
        <p class="rt-card-words">{take.description === '' ? take.instruction : take.description}</p>
        <p class="rt-quiet rt-figures">
          <span>{take.isOffline ? 'Offline, not AI' : take.modelNick}</span>
          <span>{priceText(take.costUsd)}</span>
          <span>{durationText(take.tookMs)}</span>
          <span>{sizeText(take.result)}</span>
        </p>
        {take.notes.length === 0 ? null : (
          <ul class="rt-notes">
            {take.notes.map((note) => (
              <li key={note}>
                <Icon name="info" size={12} />
                <span>{note}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <div class="rt-card-foot">
        <span class="rt-quiet rt-clip rt-grow">Above {take.sourceName}</span>
        <TakeButtons take={take} can={can} actions={actions} />
      </div>
    </article>
  );
}

function TakeButtons({ take, can, actions }: TakeProps): JSX.Element {
  return (
    <span class="rt-buttons">
      {can.explain ? (
        <IconButton icon="explain" label="What this take changed, and why" onPress={() => actions.explainTake(take.id)} />
      ) : null}
      {can.compare ? <IconButton icon="compare" label="Compare before and after" onPress={() => actions.compareTake(take.id)} /> : null}
      {can.toggle ? (
        <IconButton
          icon={take.visible ? 'eye' : 'eyeOff'}
          label={take.visible ? 'Hide this take' : 'Show this take'}
          onPress={() => actions.setTakeVisible(take.id, !take.visible)}
        />
      ) : null}
    </span>
  );
}
