/** The document's takes below the instruction: the strip, and the take that is looked at. */
import type { JSX } from 'preact';
import { Icon } from '../icons.tsx';
import type { PanelActions, PanelState } from '../state.ts';
import { TakeCard } from './takeCard.tsx';
import { TakeStrip } from './takeStrip.tsx';

export interface TakesSectionProps {
  readonly state: Pick<PanelState, 'takes' | 'can' | 'run' | 'subject'>;
  readonly actions: Pick<PanelActions, 'takes' | 'setTakeVisible' | 'undo' | 'showTakes'>;
  readonly focusInstruction: () => void;
}

export function TakesSection({ state, actions, focusInstruction }: TakesSectionProps): JSX.Element | null {
  const { takes } = state;
  if (takes.total === 0 && takes.copied === null && takes.notes.length === 0 && !state.can.pickFiles) return null;
  return (
    <section class="rt-block rt-takes" aria-label="Takes">
      <div class="rt-label-line">
        <span class="rt-label">
          Takes <span class="rt-count rt-quiet rt-figure">{takes.total}</span>
        </span>
        <span class="rt-links">
          {takes.copied === null ? null : (
            <button
              type="button"
              class="rt-link rt-quiet-link"
              disabled={state.run.kind === 'running' || takes.busy !== null}
              title={`Place “${takes.copied}” in this document`}
              onClick={actions.takes.pasteTake}
            >
              Paste
            </button>
          )}
          {state.can.pickFiles && state.subject.kind !== 'no-document' ? (
            <button
              type="button"
              class="rt-link rt-quiet-link"
              disabled={state.run.kind === 'running' || takes.busy !== null}
              title="A branch of takes that was exported as ZIP"
              onClick={actions.takes.pickFile}
            >
              Import
            </button>
          ) : null}
          {state.can.undo && takes.total > 0 ? (
            <button type="button" class="rt-link rt-quiet-link" disabled={state.run.kind === 'running'} onClick={actions.undo}>
              Undo
            </button>
          ) : null}
          {takes.total > 0 ? (
            <button type="button" class="rt-link rt-quiet-link" onClick={actions.showTakes}>
              All takes
            </button>
          ) : null}
        </span>
      </div>
      {takes.notes.length === 0 ? null : (
        <ul class="rt-notes">
          {takes.notes.map((note) => (
            <li key={note}>
              <Icon name="warning" size={12} />
              <span>{note}</span>
            </li>
          ))}
        </ul>
      )}
      {takes.rows.length === 0 ? null : <TakeStrip state={state} actions={actions} />}
      {takes.busy === null ? null : (
        <p class="rt-quiet rt-busy" role="status">
          {takes.busy}…
        </p>
      )}
      {takes.focused === null ? null : (
        <TakeCard key={takes.focused.id} take={takes.focused} state={state} actions={actions} focusInstruction={focusInstruction} />
      )}
    </section>
  );
}
