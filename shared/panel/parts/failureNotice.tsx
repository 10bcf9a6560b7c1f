/** What went wrong, in a title and a sentence, and the next thing to do as a button. */
import type { JSX } from 'preact';
import { Icon, IconButton } from '../icons.tsx';
import type { PanelActions, RunState } from '../state.ts';

export interface FailureNoticeProps {
  readonly run: Extract<RunState, { kind: 'failed' }>;
  readonly actions: Pick<PanelActions, 'followFailure' | 'dismissFailure'>;
  /** Puts the cursor into the instruction. */
  readonly focusInstruction: () => void;
}

export function FailureNotice({ run, actions, focusInstruction }: FailureNoticeProps): JSX.Element {
  const { explanation, button, tone } = run;
  const isAboutWords = explanation.nextAction === 'rephrase' || explanation.nextAction === 'answer';
  return (
    <div class={`rt-notice rt-failure${tone === 'danger' ? ' rt-notice-danger' : ''}`} role="alert">
      <div class="rt-notice-line">
        <Icon name={tone === 'danger' ? 'warning' : 'info'} />
        <span class="rt-notice-words">
          <strong>{explanation.title}</strong>
          <span class="rt-failure-sentence">{explanation.sentence}</span>
        </span>
        <IconButton icon="close" label="Dismiss" onPress={actions.dismissFailure} />
      </div>
      {button === null ? null : (
        <div class="rt-notice-acts">
          <button
            type="button"
            class="rt-button"
            onClick={() => {
              actions.followFailure();
              if (isAboutWords) focusInstruction();
            }}
          >
            {button}
          </button>
        </div>
      )}
    </div>
  );
}
