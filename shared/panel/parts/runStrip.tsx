/** The foot of the panel: send, or how far it is and how to stop it. Its height does not change between the two. */
import type { JSX } from 'preact';
import type { PanelActions, PanelState } from '../state.ts';
import { blockOf } from '../subjectState.ts';
import { elapsedText, rangeText, sendKeys, stageText } from '../words.ts';

export interface RunStripProps {
  readonly state: Pick<PanelState, 'run' | 'model' | 'subject' | 'instruction' | 'service'>;
  readonly actions: Pick<PanelActions, 'send' | 'cancel'>;
  readonly isApple: boolean;
}

const stages = ['read', 'compile', 'ask', 'compose', 'place', 'record'] as const;

export function RunStrip({ state, actions, isApple }: RunStripProps): JSX.Element {
  const { run } = state;
  if (run.kind === 'running') {
    const position = stages.indexOf(run.stage);
    return (
      <div class="rt-foot">
        <div class="rt-run" role="status" aria-live="polite">
          <span class="rt-run-line">
            <span class="rt-clip">{run.cancelling ? 'Stopping; what arrived is kept' : stageText(run.stage, run.modelNick)}</span>
            <span class="rt-quiet rt-figure" aria-hidden="true">
              {elapsedText(run.elapsedMs)}
            </span>
          </span>
          <span class={`rt-bar${run.stage === 'ask' ? ' rt-bar-waiting' : ''}`}>
            <span class="rt-bar-done" style={{ width: `${Math.round(((position + 0.5) / stages.length) * 100)}%` }} />
          </span>
        </div>
        <button type="button" class="rt-button" disabled={run.cancelling} title="Cancel  Esc" onClick={actions.cancel}>
          Cancel
        </button>
      </div>
    );
  }
  const isReady = state.subject.kind === 'selected' && blockOf(state.subject) === null && state.instruction.trim() !== '';
  const isRegion = state.subject.kind === 'selected' && state.subject.region !== null;
  const isOffline = state.model.entry.wire === 'offline';
  return (
    <div class="rt-foot">
      <span class="rt-run">
        <span class="rt-clip">{isOffline ? 'Free, on this computer' : rangeText(state.model.estimateUsd)}</span>
        <span class="rt-quiet rt-clip">
          {isOffline ? 'Nothing is sent anywhere' : `Sends the ${isRegion ? 'region' : 'layer'} to ${state.service}`}
        </span>
      </span>
      <button type="button" class="rt-button rt-primary" disabled={!isReady} title={`Send  ${sendKeys(isApple)}`} onClick={actions.send}>
        Retake
        <span class="rt-keys" aria-hidden="true">
          {sendKeys(isApple)}
        </span>
      </button>
    </div>
  );
}
