/** Questions to Figma's main thread. A line that breaks becomes a failure here, once. */
import { type AbortSignal, neverAborted } from '../../../shared/core/abort.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import { err, type Result } from '../../../shared/core/result.ts';
import type { Caller } from '../../../shared/line/line.ts';
import type { HostCalls } from '../../wire/hostCalls.ts';

export type Ask = <K extends keyof HostCalls>(what: K, ask: HostCalls[K]['ask'], signal?: AbortSignal) => Promise<HostCalls[K]['answer']>;

export function asker(caller: Caller<HostCalls>): Ask {
  return async (what, ask, signal = neverAborted) => {
    if (signal.aborted) return err({ kind: 'cancelled' } satisfies Failure) as Result<never, Failure>;
    try {
      return await caller.call(what, ask, signal);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      return err({ kind: 'host', operation: operations[what], message: message.split('\n')[0] } satisfies Failure) as Result<
        never,
        Failure
      >;
    }
  };
}

const operations: Readonly<Record<keyof HostCalls, string>> = {
  scene: 'Reading the selection',
  looks: 'Reading layers',
  readImage: 'Reading a picture',
  renderNode: 'Rendering a layer',
  readStory: 'Reading a take',
  beginStep: 'Changing the document',
  place: 'Placing the take',
  remove: 'Removing a layer',
  setVisible: 'Showing or hiding a layer',
  endStep: 'Changing the document',
  addPlaceholder: 'Showing a placeholder',
  dropPlaceholder: 'Removing a placeholder',
  beginRun: 'Beginning a run',
  endRun: 'Ending a run',
  select: 'Selecting',
  undo: 'Undoing',
};
