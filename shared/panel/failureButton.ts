/** What the button beside a failure says, and what a press of it does. */
import { explain, type Failure } from '../core/failure.ts';
import { defaultModelId, findModel } from '../core/models/registry.ts';
import { exhaustive } from '../core/result.ts';
import type { HostActions } from './ports.ts';
import type { FailedWork } from './state.ts';

/** null when there is nothing to press: nothing helps, or this host cannot do it. */
export function failureButton(failure: Failure, failed: FailedWork, can: HostActions['can']): string | null {
  if ((failure.kind === 'retired-model' || failure.kind === 'cannot-edit') && failure.successor !== null)
    return `Use ${findModel(failure.successor).nick}`;
  const { nextAction } = explain(failure);
  switch (nextAction) {
    case 'retry':
      return failed === 'edit' ? 'Try again' : null;
    case 'rephrase':
      return 'Change the words';
    case 'answer':
      return 'Answer';
    case 'open-settings':
      return 'Open settings';
    case 'choose-model':
      return 'Use the default model';
    case 'choose-take':
      return 'Choose a take';
    case 'choose-layer':
      return can.chooseLayer ? 'Choose a layer' : null;
    case 'choose-file':
      return can.chooseFile && failed !== 'reference' ? 'Choose a file' : null;
    case 'choose-region':
      return can.drawRegion ? 'Draw a region' : null;
    case 'shrink':
    case 'none':
      return null;
    default:
      return exhaustive(nextAction);
  }
}

export interface FailureActs {
  send(): void;
  showSettings(): void;
  showTakes(): void;
  chooseModel(id: string): void;
  chooseFile(): void;
  chooseLayer(): void;
  drawRegion(): void;
}

/** What a press of the button does; null where the panel puts the cursor into the instruction, or nothing is to be done. */
export function actFor(failure: Failure, failed: FailedWork, acts: FailureActs): (() => void) | null {
  const { successor } = failure.kind === 'retired-model' || failure.kind === 'cannot-edit' ? failure : { successor: null };
  if (successor !== null) return () => acts.chooseModel(successor);
  const { nextAction } = explain(failure);
  switch (nextAction) {
    case 'retry':
      return failed === 'edit' ? acts.send : null;
    case 'open-settings':
      return acts.showSettings;
    case 'choose-model':
      return () => acts.chooseModel(defaultModelId);
    case 'choose-file':
      return acts.chooseFile;
    case 'choose-take':
      return acts.showTakes;
    case 'choose-layer':
      return acts.chooseLayer;
    case 'choose-region':
      return acts.drawRegion;
    case 'rephrase':
    case 'answer':
    case 'shrink':
    case 'none':
      return null;
    default:
      return exhaustive(nextAction);
  }
}
