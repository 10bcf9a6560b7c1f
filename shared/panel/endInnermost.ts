import type { PanelController } from './controller.ts';

/** What Escape ends: the run, else what lies over the edit, else the notice of a failure. Answers whether there was any. */
export function endInnermost({ actions, state }: Pick<PanelController, 'actions' | 'state'>): boolean {
  const { run, takes, view } = state();
  if (run.kind === 'running') actions.cancel();
  else if (takes.explained !== null) actions.takes.stopExplaining();
  else if (takes.compared !== null) actions.takes.stopComparing();
  else if (view !== 'edit') actions.showEdit();
  else if (run.kind === 'failed') actions.dismissFailure();
  else return false;
  return true;
}
