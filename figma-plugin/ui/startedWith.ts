/** Does what the plug-in was started with, or was asked for while it runs. */

import { exhaustive } from '../../shared/core/result.ts';
import type { PanelController } from '../../shared/panel/controller.ts';
import type { StartedWith } from '../wire/panelCalls.ts';
import { type QuickRun, type QuickWindow, quickRun } from './quickRun.ts';

/** `focusInstruction` puts the cursor there. Answers the quick run, whose notices are still to be followed. */
export async function follow(
  { command, instruction }: StartedWith,
  panel: PanelController,
  window: QuickWindow & { readonly isShown: boolean; focusInstruction(): void },
): Promise<QuickRun | null> {
  switch (command) {
    case 'open':
    case 'refine':
      panel.actions.showEdit();
      // What is selected is a take, so the next edit goes on from it.
      if (command === 'refine') await panel.subjectRead();
      window.focusInstruction();
      return null;
    case 'settings':
      panel.actions.showSettings();
      return null;
    case 'explain': {
      panel.actions.showEdit();
      const of = await panel.subjectRead();
      if (of === null || of === 'visible') return null;
      panel.actions.takes.explainLayer(of);
      return null;
    }
    case 'quick':
    case 'repeat':
      if (!window.isShown) return quickRun(panel, window, instruction);
      await panel.subjectRead();
      panel.actions.showEdit();
      panel.actions.setInstruction(instruction ?? panel.state().recent[0] ?? '');
      panel.actions.send();
      return null;
    default:
      return exhaustive(command);
  }
}
