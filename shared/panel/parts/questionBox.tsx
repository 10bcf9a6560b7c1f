/** The model asked something instead of drawing: its words, and a place to answer them. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, IconButton } from '../icons.tsx';
import type { PanelActions, RunState } from '../state.ts';

export interface QuestionBoxProps {
  readonly run: Extract<RunState, { kind: 'asked' }>;
  readonly actions: Pick<PanelActions, 'answer' | 'dismissFailure'>;
  readonly sendKeys: string;
}

export function QuestionBox({ run, actions, sendKeys }: QuestionBoxProps): JSX.Element {
  const [typed, setTyped] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const isReady = typed.trim() !== '';
  const answer = (): void => {
    if (isReady) actions.answer(typed.trim());
  };
  return (
    <section class="rt-notice rt-failure rt-question" aria-label="The model asks">
      <div class="rt-notice-line">
        <Icon name="question" />
        <span class="rt-notice-words" role="alert">
          <strong>{run.modelNick} asks</strong>
          <span class="rt-failure-sentence">{run.question}</span>
        </span>
        <IconButton icon="close" label="Dismiss" onPress={actions.dismissFailure} />
      </div>
      <textarea
        ref={field}
        class="rt-text rt-answer"
        rows={2}
        aria-label="Your answer"
        placeholder="Your answer"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
          event.preventDefault();
          event.stopPropagation();
          answer();
        }}
      />
      <div class="rt-question-acts">
        <button type="button" class="rt-button rt-primary" disabled={!isReady} onClick={answer}>
          Answer
          <span class="rt-keys" aria-hidden="true">
            {sendKeys}
          </span>
        </button>
      </div>
    </section>
  );
}
