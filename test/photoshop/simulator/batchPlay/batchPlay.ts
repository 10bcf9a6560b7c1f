/** require('photoshop').action.batchPlay: checks, then plays commands one after another; a failing one *resolves* as an error. */
import { CommandFailure, type NumberedError, notAvailable, userCancelled, wrongArgument } from '../errors.ts';
import type { Command, Environment } from './command.ts';
import type { Descriptor } from './descriptor.ts';
import { documentCommands } from './documents.ts';
import { getCommands } from './get.ts';
import { layerCommands } from './layers.ts';
import { placingCommands } from './placing.ts';
import { selectionCommands } from './selections.ts';
import { setCommand } from './set.ts';

const commands: ReadonlyMap<string, Command> = new Map([
  ...Object.entries(getCommands),
  ...Object.entries(layerCommands),
  ...Object.entries(selectionCommands),
  ...Object.entries(placingCommands),
  ...Object.entries(documentCommands),
  ['set', setCommand],
]);

const reads = new Set(['get', 'multiGet']);

export function createBatchPlay(environment: Environment): (list: unknown, options?: unknown) => Promise<object[]> {
  const { app } = environment;

  async function play(command: Descriptor): Promise<object> {
    const run = commands.get(command._obj ?? '');
    try {
      if (run === undefined) throw notAvailable(String(command._obj));
      const answer = await run(environment, command);
      // As after the user's own commands; a modal scope keeps it quiet.
      if (!reads.has(command._obj ?? '')) app.events.tell(command._obj ?? '', command);
      return answer;
    } catch (cause) {
      if (app.crashed !== null) throw cause;
      const failure = asFailure(cause);
      if (failure === null) throw cause;
      return { _obj: 'error', message: failure.message, result: failure.result };
    }
  }

  return async (list, options) => {
    app.alive();
    if (!Array.isArray(list)) throw wrongArgument(1, 'array', list);
    if (options !== undefined && (typeof options !== 'object' || options === null)) throw wrongArgument(2, 'object', options);
    for (const command of list) {
      if (typeof command !== 'object' || command === null) throw wrongArgument(1, 'array of descriptors', command);
      if (typeof command._obj !== 'string') throw new Error('A descriptor needs _obj');
    }
    const writing = list.find(({ _obj }) => !reads.has(_obj));
    if (writing !== undefined) app.mayWrite(writing._obj);
    else if (app.modal.inside()?.isCancelled) throw userCancelled();
    const answers: object[] = [];
    for (const command of list as Descriptor[]) {
      // Photoshop's own thread does the work: the plug-in's is free meanwhile, and Escape may come.
      await Promise.resolve();
      if (app.modal.inside()?.isCancelled) throw userCancelled();
      const answer = await play(command);
      answers.push(answer);
      if ((answer as Descriptor)._obj === 'error' && (options as { continueOnError?: boolean })?.continueOnError !== true) break;
    }
    return answers;
  };
}

function asFailure(cause: unknown): { message: string; result: number } | null {
  if (cause instanceof CommandFailure) return cause;
  const { number, message } = cause as NumberedError;
  return typeof number === 'number' ? { message, result: number } : null;
}
