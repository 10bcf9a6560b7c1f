/** A run as one history state: suspended while it lasts, committed as a whole, or rolled back. */
import type { Failure } from '../../shared/core/failure.ts';
import type { Result } from '../../shared/core/result.ts';
import type { HistorySuspension } from '../types/modules.ts';
import type { ModalScope } from './modal.ts';

/** The identifier that a suspension has while an Action plays: the Action commits it, and a commit of ours throws. */
const ownedByAction = 4294967295;

export interface OneStep {
  /** How to take back by hand what was made, where the suspension is not ours to roll back. */
  onUndo(undo: () => Promise<unknown>): void;
}

export async function inOneStep<T>(
  { context, signal, keep }: ModalScope,
  documentId: number,
  name: string,
  work: (step: OneStep) => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  const undos: (() => Promise<unknown>)[] = [];
  const suspension = await context.hostControl.suspendHistory({ documentID: documentId, name });
  const isOurs = idOf(suspension) !== ownedByAction;
  const takeBack = async (): Promise<void> => {
    // A cancelled scope may refuse even this; the throw that then leaves it rolls back all the same.
    const back = isOurs ? [() => context.hostControl.resumeHistory(suspension, false)] : undos.reverse();
    for (const undo of back) await undo().catch(() => undefined);
  };
  try {
    const result = await work({ onUndo: (undo) => undos.push(undo) });
    if (!result.ok || signal.aborted || context.isCancelled) await takeBack();
    else {
      if (isOurs) await context.hostControl.resumeHistory(suspension, true);
      keep();
    }
    return result;
  } catch (cause) {
    await takeBack();
    throw cause;
  }
}

/** Given back as it came: documented as a number, declared as an object around one. */
const idOf = (suspension: HistorySuspension): number => (typeof suspension === 'number' ? suspension : suspension.historySuspensionID);
