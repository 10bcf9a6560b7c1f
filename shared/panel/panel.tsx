/**
 * The panel that every host shows: 280 to 520 px wide, laid out with flex and margins only, because Photoshop's
 * runtime knows neither grid nor gap.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { IconButton } from './icons.tsx';
import { CompareView } from './parts/compareView.tsx';
import { EvidenceView } from './parts/evidenceView.tsx';
import { FailureNotice } from './parts/failureNotice.tsx';
import { InstructionField } from './parts/instructionField.tsx';
import { ModelNotice, ModelSelect, SizeField } from './parts/modelBar.tsx';
import { PlainControlsProvider } from './parts/plainControls.tsx';
import { QuestionBox } from './parts/questionBox.tsx';
import { ReferenceList } from './parts/referenceList.tsx';
import { RunStrip } from './parts/runStrip.tsx';
import { SettingsView } from './parts/settingsView.tsx';
import { StartField } from './parts/startField.tsx';
import { SubjectCard } from './parts/subjectCard.tsx';
import { TakesSection } from './parts/takesSection.tsx';
import { TakesView } from './parts/takesView.tsx';
import type { PanelActions, PanelState } from './state.ts';
import { sendKeys } from './words.ts';

export interface PanelProps {
  readonly state: PanelState;
  readonly actions: PanelActions;
  /** Whether the send key is ⌘ rather than Ctrl. */
  readonly isApple: boolean;
  /** Settings that the host adds of its own. */
  readonly settings?: ComponentChildren;
  /** The host has a larger place to compare takes and to explain them in. */
  readonly opensElsewhere?: boolean;
  /** Only native controls, none of them hidden: see parts/plainControls.tsx. */
  readonly plainControls?: boolean;
}

export function Panel({ plainControls = false, ...shown }: PanelProps): JSX.Element {
  return (
    <PlainControlsProvider value={plainControls}>
      <View {...shown} />
    </PlainControlsProvider>
  );
}

function View({ state, actions, isApple, settings, opensElsewhere = false }: Omit<PanelProps, 'plainControls'>): JSX.Element {
  const instruction = useRef<HTMLTextAreaElement>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const { focused, compared, explained } = state.takes;
  const failed = state.run.kind === 'failed' ? state.run : null;
  const asked = state.run.kind === 'asked' ? state.run : null;
  const arrived = state.run.kind === 'idle' && focused?.status.kind === 'done' ? focused.id : null;
  const hasRun = useRef(false);
  if (state.run.kind === 'running') hasRun.current = true;
  // A result or a failure that lies below the fold would look like nothing had happened; takes of a document that was only
  // opened are no result.
  useEffect(() => {
    if ((arrived === null || !hasRun.current) && failed === null && asked === null) return;
    scroll.current?.querySelector(failed === null && asked === null ? '.rt-takes' : '.rt-failure')?.scrollIntoView({ block: 'nearest' });
  }, [arrived, failed, asked]);
  const focusInstruction = (): void => instruction.current?.focus();

  if (state.view === 'settings')
    return (
      <div class="rt-panel">
        <SettingsView state={state} actions={actions}>
          {settings}
        </SettingsView>
      </div>
    );
  if (explained !== null && !opensElsewhere)
    return (
      <section class="rt-panel" aria-label={`What ${explained.title} changed`}>
        <div class="rt-head rt-head-back">
          <IconButton icon="back" label="Back" onPress={actions.takes.stopExplaining} />
          <strong class="rt-grow rt-clip">{explained.title}</strong>
        </div>
        <EvidenceView explained={explained} actions={actions} />
      </section>
    );
  if (compared !== null && !opensElsewhere)
    return (
      <section class="rt-panel" aria-label="Compare">
        <div class="rt-head rt-head-back">
          <IconButton icon="back" label="Back" onPress={actions.takes.stopComparing} />
          <strong class="rt-grow">Compare</strong>
        </div>
        <CompareView compared={compared} actions={actions} />
      </section>
    );
  if (state.view === 'takes')
    return (
      <div class="rt-panel">
        <TakesView state={state} actions={actions} />
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
        {failed === null ? null : <FailureNotice run={failed} actions={actions} focusInstruction={focusInstruction} />}
        {asked === null ? null : <QuestionBox run={asked} actions={actions} sendKeys={sendKeys(isApple)} />}
        <StartField state={state} actions={actions} />
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
        <TakesSection state={state} actions={actions} focusInstruction={focusInstruction} />
      </div>
      <RunStrip state={state} actions={actions} isApple={isApple} />
    </section>
  );
}
