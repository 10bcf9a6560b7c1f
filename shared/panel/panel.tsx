/**
 * The panel that every host shows: 280 to 520 px wide, laid out with flex and margins only, because Photoshop's
 * runtime knows neither grid nor gap.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { IconButton } from './icons.tsx';
import { FailureNotice } from './parts/failureNotice.tsx';
import { InstructionField } from './parts/instructionField.tsx';
import { ModelNotice, ModelSelect, SizeField } from './parts/modelBar.tsx';
import { ReferenceList } from './parts/referenceList.tsx';
import { RunStrip } from './parts/runStrip.tsx';
import { SettingsView } from './parts/settingsView.tsx';
import { SubjectCard } from './parts/subjectCard.tsx';
import { TakeList } from './parts/takeList.tsx';
import type { PanelActions, PanelState } from './state.ts';

export interface PanelProps {
  readonly state: PanelState;
  readonly actions: PanelActions;
  /** Whether the send key is ⌘ rather than Ctrl. */
  readonly isApple: boolean;
  /** Settings that the host adds of its own. */
  readonly settings?: ComponentChildren;
}

export function Panel({ state, actions, isApple, settings }: PanelProps): JSX.Element {
  const instruction = useRef<HTMLTextAreaElement>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const newest = state.takes[0]?.id;
  const failed = state.run.kind === 'failed' ? state.run : null;
  // A result or a failure that lies below the fold would look like nothing had happened.
  useEffect(() => {
    if (newest === undefined && failed === null) return;
    scroll.current?.querySelector(failed === null ? '.rt-takes' : '.rt-failure')?.scrollIntoView({ block: 'nearest' });
  }, [newest, failed]);

  if (state.view === 'settings')
    return (
      <div class="rt-panel">
        <SettingsView state={state} actions={actions}>
          {settings}
        </SettingsView>
      </div>
    );
  return (
    <section
      class="rt-panel"
      aria-label="Retake"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && state.run.kind === 'running') {
          event.stopPropagation();
          actions.cancel();
        }
      }}
    >
      <div class="rt-head">
        <ModelSelect model={state.model} actions={actions} />
        <IconButton icon="settings" label="Settings" onPress={actions.showSettings} />
      </div>
      <div class="rt-scroll" ref={scroll}>
        <ModelNotice state={state} actions={actions} />
        <SubjectCard state={state} actions={actions} />
        <InstructionField state={state} actions={actions} field={instruction} />
        {failed === null ? null : <FailureNotice run={failed} actions={actions} focusInstruction={() => instruction.current?.focus()} />}
        <ReferenceList state={state} actions={actions} />
        <SizeField model={state.model} actions={actions} />
        <label class="rt-check rt-keep" title="Off, all of the answer is placed, with everything else that the model made differently.">
          <input type="checkbox" checked={state.keepRest} onChange={(event) => actions.setKeepRest(event.currentTarget.checked)} />
          Keep everything else as it is
        </label>
        <label
          class="rt-check rt-keep"
          title="A model returns the whole picture in slightly other colours. On, that is undone; off, its colours stay."
        >
          <input type="checkbox" checked={state.matchColours} onChange={(event) => actions.setMatchColours(event.currentTarget.checked)} />
          Match the layer’s colours
        </label>
        <TakeList state={state} actions={actions} />
      </div>
      <RunStrip state={state} actions={actions} isApple={isApple} />
    </section>
  );
}
