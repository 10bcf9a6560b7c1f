/** Where the user says what should change. Ctrl or Cmd with Enter sends; recent instructions come back with one press. */
import type { JSX, RefObject } from 'preact';
import { useState } from 'preact/hooks';
import type { PanelActions, PanelState } from '../state.ts';

export interface InstructionFieldProps {
  readonly state: Pick<PanelState, 'instruction' | 'recent' | 'run' | 'model'>;
  readonly actions: Pick<PanelActions, 'setInstruction' | 'send'>;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

export function InstructionField({ state, actions, field }: InstructionFieldProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const isRunning = state.run.kind === 'running';
  const example = state.model.entry.wire === 'offline' ? 'make the orange suit blue' : 'make the jacket dark green corduroy';
  return (
    <div class="rt-block">
      <div class="rt-label-line">
        <label class="rt-label" for="rt-instruction">
          Instruction
        </label>
        {state.recent.length === 0 ? null : (
          <button type="button" class="rt-link rt-quiet-link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Close' : 'Recent'}
          </button>
        )}
      </div>
      <textarea
        id="rt-instruction"
        class="rt-text rt-instruction"
        ref={field}
        rows={3}
        placeholder={`For example: ${example}`}
        value={state.instruction}
        readOnly={isRunning}
        spellcheck
        onInput={(event) => actions.setInstruction(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
          event.preventDefault();
          event.stopPropagation();
          actions.send();
        }}
      />
      {isOpen && state.recent.length > 0 ? (
        <ul class="rt-recent" aria-label="Recent instructions">
          {state.recent.map((text) => (
            <li key={text}>
              <button
                type="button"
                class="rt-recent-item rt-clip"
                title={text}
                onClick={() => {
                  actions.setInstruction(text);
                  setOpen(false);
                  field.current?.focus();
                }}
              >
                {text}
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
