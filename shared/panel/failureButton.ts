/** What the button beside a failure says; null when there is nothing to press. */
import { explain, type Failure } from '../core/failure.ts';
import { findModel } from '../core/models/registry.ts';
import { exhaustive } from '../core/result.ts';
import type { FailedWork } from './state.ts';

export function failureButton(failure: Failure, failed: FailedWork): string | null {
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
      return 'Choose a layer';
    case 'choose-file':
      return failed === 'reference' ? null : 'Choose a file';
    case 'choose-region':
      return 'Draw a region';
    case 'shrink':
    case 'none':
      return null;
    default:
      return exhaustive(nextAction);
  }
}
