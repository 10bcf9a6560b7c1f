/**
 * An edit from the keyboard alone, with the panel hidden: a line in Figma's window says that it runs and how it went. Whatever
 * needs the user (a failure, a question, a key) brings the panel out, with the instruction in its field. Then the plug-in ends.
 */
import type { PanelController } from '../../shared/panel/controller.ts';
import type { RunState } from '../../shared/panel/state.ts';
import type { Notice, NoticeButton } from '../wire/panelCalls.ts';

export interface QuickWindow {
  showPanel(): void;
  notify(notice: Notice): void;
  dropNotice(): void;
  /** Ends the plug-in. */
  close(): void;
}

export interface QuickRun {
  pressed(button: NoticeButton): void;
  /** The last notice went by itself. */
  gone(): void;
}

/** `instruction` null repeats the last one. */
export async function quickRun(panel: PanelController, window: QuickWindow, instruction: string | null): Promise<QuickRun> {
  let isDone = false;
  let isOut = false;
  let stop = (): void => {};

  const bringOut = (): void => {
    stop();
    isOut = true;
    window.dropNotice();
    window.showPanel();
  };
  const controls: QuickRun = {
    pressed: (button) => (button === 'cancel' ? panel.actions.cancel() : bringOut()),
    // As long as it runs, only the notice went; the run goes on.
    gone: () => {
      if (isDone && !isOut) window.close();
    },
  };

  const of = await panel.subjectRead();
  const words = instruction ?? panel.state().recent[0] ?? '';
  panel.actions.showEdit();
  panel.actions.setInstruction(words);
  const { key, model } = panel.state();
  if (words === '' || (key.held === null && !model.isChosen)) {
    bringOut();
    return controls;
  }
  if (of === null) {
    window.notify({ text: 'Select the layer that should change, then run Retake again.', isError: true, button: 'open', stays: false });
    isDone = true;
    return controls;
  }

  let hasBegun = false;
  const follow = (): void => {
    const { run } = panel.state();
    if (run.kind === 'running') {
      hasBegun = true;
      return;
    }
    if (run.kind === 'idle' && !hasBegun) return;
    stop();
    ended(run);
  };
  const ended = (run: Exclude<RunState, { kind: 'running' }>): void => {
    if (run.kind === 'idle') {
      isDone = true;
      window.notify({ text: `Retake: ${words}`, isError: false, button: 'open', stays: false });
    } else if (isCancelled(run)) {
      // The user's own word: nothing is left to say.
      window.dropNotice();
      window.close();
    } else bringOut();
  };
  stop = panel.subscribe(follow);
  window.notify({ text: `Retake is working: ${words}`, isError: false, button: 'cancel', stays: true });
  panel.actions.send();
  // Going back is done at once, without a run.
  if (!hasBegun && panel.state().run.kind === 'idle') {
    stop();
    ended({ kind: 'idle' });
  }
  return controls;
}

const isCancelled = (run: RunState): boolean =>
  run.kind === 'failed' && run.failed === 'edit' && run.tone === 'neutral' && run.button === null;
