/**
 * Steps: all that one run does to the file is one undo entry, or nothing. They wait for one another. What was pending before is
 * committed first, so that undoing a step never takes an edit of the user's along.
 */
import type { AbortSignal } from '../../../shared/core/abort.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import { err, ok, type Result } from '../../../shared/core/result.ts';
import type { NodeId } from '../../wire/hostCalls.ts';
import type { UndoEdge } from '../undoEdge.ts';

export interface Step {
  readonly id: number;
  /** How to take back what was done so far, in the order it was done. */
  readonly undo: (() => void)[];
  /** Put off to the end of the step, so that a failing one has removed nothing. */
  readonly atEnd: (() => void | Promise<void>)[];
  /** Shown to the user when the step is kept. */
  readonly made: SceneNode[];
  /** What these were made from, and what makes way for them. */
  readonly from: NodeId[];
}

interface Open extends Step {
  /** The work that is under way. */
  busy: Promise<unknown>;
  isEnding: boolean;
}

interface StepHooks {
  /** Right before a step's first change, and right after its last one; also when it is taken back. */
  readonly before: () => void;
  readonly after: (kept: Step | null) => void;
}

export interface Steps {
  begin(signal: AbortSignal): Promise<Result<{ readonly step: number }, Failure>>;
  /** Runs `work` in the step; one piece of work at a time. */
  within<T>(id: number, work: (step: Step) => Promise<Result<T, Failure>>): Promise<Result<T, Failure>>;
  end(id: number, keep: boolean): Promise<Result<null, Failure>>;
  /** Runs `work`, which waits for nothing, where no step is under way. False for a caller who has gone. */
  whenIdle(work: () => void, signal: AbortSignal): Promise<boolean>;
  /** Takes back what is open, at once: the panel that would have ended it is gone. */
  abandon(): void;
}

/** A step that nobody has asked anything of for so long is taken back: its panel is gone, and others wait for it. */
const idleMs = 120_000;

export function createSteps(undoEdge: UndoEdge, hooks: StepHooks): Steps {
  let last = 0;
  let open: Open | null = null;
  let idle: number | null = null;
  const waiting: (() => void)[] = [];

  const watchIdle = (): void => {
    if (idle !== null) clearTimeout(idle);
    idle = open === null ? null : setTimeout(abandon, idleMs);
  };

  const close = (kept: Step | null): void => {
    open = null;
    watchIdle();
    try {
      hooks.after(kept);
    } finally {
      waiting.shift()?.();
    }
  };

  const takeBack = (step: Step): void => {
    for (const undo of [...step.undo].reverse()) {
      try {
        undo();
      } catch {
        // The user has removed it meanwhile: then nothing of it stays either.
      }
    }
  };

  const abandon = (): void => {
    const step = open;
    if (step === null) return;
    takeBack(step);
    close(null);
  };

  const gone = (): Result<never, Failure> => err({ kind: 'host', operation: 'place the take', message: 'this step has ended already' });

  async function whenIdle(work: () => void, signal: AbortSignal): Promise<boolean> {
    while (open !== null && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const go = (): void => {
          signal.removeEventListener('abort', go);
          const at = waiting.indexOf(go);
          if (at >= 0) waiting.splice(at, 1);
          resolve();
        };
        waiting.push(go);
        signal.addEventListener('abort', go, { once: true });
      });
    }
    if (!signal.aborted) work();
    // It may have been this one's turn, and that of one more.
    if (open === null) waiting.shift()?.();
    return !signal.aborted;
  }

  function start(): Step {
    const step: Open = { id: ++last, undo: [], atEnd: [], made: [], from: [], busy: Promise.resolve(), isEnding: false };
    open = step;
    watchIdle();
    try {
      hooks.before();
      undoEdge.closeNow();
    } catch (cause) {
      close(null);
      throw cause;
    }
    return step;
  }

  return {
    async begin(signal) {
      let step = 0;
      const began = await whenIdle(() => {
        step = start().id;
      }, signal);
      return began ? ok({ step }) : err({ kind: 'cancelled' });
    },

    within(id, work) {
      const step = open;
      if (step === null || step.id !== id || step.isEnding) return Promise.resolve(gone());
      watchIdle();
      const run = async (): ReturnType<typeof work> => {
        if (open !== step) return gone();
        const done = await work(step);
        // Abandoned while it worked: what it did after that is taken back too.
        if (open !== step) {
          takeBack(step);
          return gone();
        }
        return done;
      };
      const result = step.busy.then(run);
      step.busy = result.catch(() => {});
      return result;
    },

    async end(id, keep) {
      const step = open;
      if (step === null || step.id !== id || step.isEnding) return keep ? gone() : ok(null);
      step.isEnding = true;
      await step.busy;
      try {
        if (keep) {
          for (const finish of step.atEnd) await finish();
          if (open !== step) return gone();
          undoEdge.closeSoon();
        }
      } catch (cause) {
        if (open === step) abandon();
        throw cause;
      }
      if (keep) close(step);
      else if (open === step) abandon();
      return ok(null);
    },

    whenIdle,
    abandon,
  };
}
