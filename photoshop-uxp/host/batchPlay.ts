/** batchPlay with every answer checked: a command that fails usually resolves, with `_obj: "error"` in its place. */
import type { ActionDescriptor, PsAction } from '../types/modules.ts';
import { HostError } from './hostError.ts';

/** Plays the commands in one call, without dialogs; throws a `HostError` at the first that failed. */
export async function play(action: PsAction, commands: readonly ActionDescriptor[]): Promise<readonly ActionDescriptor[]> {
  const silent = commands.map((command) => ({ ...command, _options: { dialogOptions: 'dontDisplay' } }));
  const answers = await action.batchPlay(silent, {});
  for (const [i, answer] of answers.entries()) {
    if (answer._obj === 'error') {
      throw new HostError(
        `${commands[i]._obj}: ${answer.message ?? 'no reason given'}`,
        typeof answer.result === 'number' ? answer.result : null,
      );
    }
  }
  // Photoshop stops at a failure; an answer that is missing is one.
  if (answers.length < commands.length) throw new HostError(`${commands[answers.length]._obj}: no answer`);
  return answers;
}

export async function playOne(action: PsAction, command: ActionDescriptor): Promise<ActionDescriptor> {
  const [answer] = await play(action, [command]);
  return answer;
}

/** By identifier, so that neither the user's selection nor another active document is meant by mistake. */
export const layerTarget = (documentId: number, layerId: number) => [
  { _ref: 'layer', _id: layerId },
  { _ref: 'document', _id: documentId },
];

/** XMP is asked for as a property by reference, other properties bare (Adobe's samples and shipped plug-ins) [src]. */
export const propertyTarget = (property: string, documentId: number, layerId: number, by?: 'property') => [
  by === undefined ? { _property: property } : { _ref: by, _property: property },
  ...layerTarget(documentId, layerId),
];

/** Numbers come bare or with a unit. */
export const numberIn = (value: unknown): number | null => {
  if (typeof value === 'number') return value;
  const inner = (value as { _value?: unknown } | null | undefined)?._value;
  return typeof inner === 'number' ? inner : null;
};
