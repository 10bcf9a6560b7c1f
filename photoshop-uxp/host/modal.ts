/**
 * The one gate to Photoshop: every access, reads too, happens inside `executeAsModal`, one at a time, and never longer
 * than the access takes. Source: Adobe's page on executeAsModal; since 27.9 imaging and history refuse outside of it.
 */
import { type AbortSignal, createAbort } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import type { Clock } from '../../shared/core/ports.ts';
import { err, type Result } from '../../shared/core/result.ts';
import type { ExecuteAsModalOptions, ExecutionContext, PsCore } from '../types/modules.ts';
import { classify, HostError, isBusy } from './hostError.ts';
import { type HostVersion, isAtLeast } from './hostVersion.ts';

export interface ModalScope {
  readonly context: ExecutionContext;
  /** Aborts when the caller cancels, and when the user presses Escape or the progress bar's button. */
  readonly signal: AbortSignal;
  /** 0 to 1. Shown once the work has taken a while, as Photoshop would show it at once. */
  progress(done: number): void;
  /** What was done lasts from here on: a cancel that arrives now comes too late to be told as one. */
  keep(): void;
}

export interface ModalAsk {
  /** Named for the user, in the progress bar: "Retake: reading “Model”". */
  readonly name: string;
  /** The document's name, for messages. */
  readonly title: string;
  /** Short reads that wait together share one scope, so that a panel that looks does not enter three times. */
  readonly isBrief?: boolean;
  /** The user has not asked for it, so that nothing is told while it waits; the same holds for short reads. */
  readonly isAside?: boolean;
}

/** What waits because somebody else has held Photoshop for a while; null when nothing does any more. */
export type TellWait = (ask: ModalAsk | null) => void;

export interface ModalGate {
  /** A failure, or a throw, leaves the scope as a throw: Photoshop then rolls a suspended history back. */
  run<T>(ask: ModalAsk, signal: AbortSignal, work: (scope: ModalScope) => Promise<Result<T, Failure>>): Promise<Result<T, Failure>>;
}

/** Pauses between attempts to enter, ms; a user who types a text or drags a handle is done by then, or will be a while. */
const pausesMs = [120, 250, 500, 1000, 2000];
const briefPausesMs = [120, 250];
/** Seconds that Photoshop is asked to wait by itself, where it can (25.10). */
const timeOutSeconds = 2;
/** Photoshop shows its own bar after two seconds; ours is asked for when it is clear that this takes as long. */
const quietMs = 1000;
/** Others hold Photoshop for moments all the time; a user wonders after half a second. */
const untilToldMs = 500;

interface Waiting {
  readonly ask: ModalAsk;
  readonly signal: AbortSignal;
  /** Runs within a scope; never throws. */
  readonly work: (context: ExecutionContext) => Promise<Result<unknown, Failure>>;
  readonly answer: (result: Result<unknown, Failure>) => void;
}

export function createModalGate(core: PsCore, version: HostVersion, clock: Clock, tell: TellWait = () => {}): ModalGate {
  const waiting: Waiting[] = [];
  let isOpen = false;
  /** Who has been kept out for so long that it is told; those in line behind wait as long. */
  let keptOut: Waiting | null = null;
  let told: ModalAsk | null = null;

  function tellWait(): void {
    const line = keptOut === null ? [] : [keptOut, ...waiting];
    const next = line.find(({ ask, signal }) => !ask.isBrief && !ask.isAside && !signal.aborted)?.ask ?? null;
    if (next === told) return;
    told = next;
    tell(next);
  }

  /** Answers how to say that the waiting is over. */
  function startWait(of: Waiting): () => void {
    const over = createAbort();
    void clock.sleep(untilToldMs, over.signal).then((slept) => {
      if (!slept || over.signal.aborted) return;
      keptOut = of;
      tellWait();
    });
    return () => {
      over.abort();
      keptOut = null;
      tellWait();
    };
  }

  async function pump(): Promise<void> {
    if (isOpen) return;
    isOpen = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await enter(next);
    isOpen = false;
  }

  async function enter(first: Waiting): Promise<void> {
    const endWait = startWait(first);
    try {
      await tryToEnter(first, endWait);
    } finally {
      endWait();
    }
  }

  async function tryToEnter(first: Waiting, endWait: () => void): Promise<void> {
    const pauses = first.ask.isBrief ? briefPausesMs : pausesMs;
    for (let attempt = 0; ; attempt++) {
      if (first.signal.aborted) return first.answer(err({ kind: 'cancelled' }));
      const answers: [Waiting, Result<unknown, Failure>][] = [];
      try {
        await core.executeAsModal((context) => {
          endWait();
          return runIn(context, first, answers);
        }, optionsOf(first.ask));
      } catch (cause) {
        if (answers.length === 0 && isBusy(cause)) {
          if (attempt >= pauses.length) return refuse(first);
          await clock.sleep(pauses[attempt], first.signal);
          continue;
        }
        // A failure was thrown on purpose. What had succeeded and whose scope then ended in a throw did not last.
        const failure = classify(cause, first.ask.name, first.ask.title);
        if (answers.length === 0) answers.push([first, err(failure)]);
        for (const answer of answers) if (answer[1].ok) answer[1] = err(failure);
      }
      for (const [{ answer }, result] of answers) answer(result);
      return;
    }
  }

  /** Short reads that wait behind one that was refused would only be refused too, and keep a step waiting. */
  function refuse(first: Waiting): void {
    first.answer(err(busy(first.ask)));
    if (!first.ask.isBrief) return;
    for (const brief of waiting.filter(({ ask }) => ask.isBrief)) {
      waiting.splice(waiting.indexOf(brief), 1);
      brief.answer(err(busy(brief.ask)));
    }
  }

  async function runIn(context: ExecutionContext, first: Waiting, answers: [Waiting, Result<unknown, Failure>][]): Promise<void> {
    for (let next: Waiting | undefined = first; next !== undefined; ) {
      const result: Result<unknown, Failure> = next.signal.aborted ? err({ kind: 'cancelled' }) : await next.work(context);
      answers.push([next, result]);
      if (!first.ask.isBrief && !result.ok) throw new HostError(`${first.ask.name}: rolled back`);
      next = first.ask.isBrief && waiting[0]?.ask.isBrief ? waiting.shift() : undefined;
    }
  }

  const optionsOf = ({ name }: ModalAsk): ExecuteAsModalOptions => ({
    commandName: name,
    ...(isAtLeast(version, '25.10') ? { timeOut: timeOutSeconds } : {}),
  });

  /** Work that a scope can run: cancelled from either side, its throws classified. */
  const guarded =
    <T>(ask: ModalAsk, signal: AbortSignal, work: (scope: ModalScope) => Promise<Result<T, Failure>>) =>
    async (context: ExecutionContext): Promise<Result<T, Failure>> => {
      const stop = createAbort();
      const onAbort = (): void => stop.abort();
      signal.addEventListener('abort', onAbort);
      context.onCancel = onAbort;
      const since = clock.now();
      const progress = (done: number): void => {
        if (clock.now() - since >= quietMs) context.reportProgress({ value: done, commandName: ask.name });
      };
      let isKept = false;
      const keep = (): void => {
        isKept = true;
      };
      const isStopped = (): boolean => !isKept && (stop.signal.aborted || context.isCancelled);
      try {
        const result = await work({ context, signal: stop.signal, progress, keep });
        return isStopped() ? err({ kind: 'cancelled' }) : result;
      } catch (cause) {
        return err(isStopped() ? { kind: 'cancelled' } : classify(cause, ask.name, ask.title));
      } finally {
        signal.removeEventListener('abort', onAbort);
        context.onCancel = undefined;
      }
    };

  return {
    run<T>(ask: ModalAsk, signal: AbortSignal, work: (scope: ModalScope) => Promise<Result<T, Failure>>) {
      if (signal.aborted) return Promise.resolve(err({ kind: 'cancelled' } as const));
      return new Promise<Result<T, Failure>>((resolve) => {
        const entry: Waiting = {
          ask,
          signal,
          work: guarded(ask, signal, work),
          answer(result) {
            signal.removeEventListener('abort', leave);
            signal.removeEventListener('abort', tellWait);
            resolve(result as Result<T, Failure>);
          },
        };
        // Whoever cancels while another is inside need not wait for that one.
        const leave = (): void => {
          const at = waiting.indexOf(entry);
          if (at < 0) return;
          waiting.splice(at, 1);
          entry.answer(err({ kind: 'cancelled' }));
        };
        signal.addEventListener('abort', leave);
        // Whatever becomes of it: who cancels is not told of any more.
        signal.addEventListener('abort', tellWait);
        waiting.push(entry);
        tellWait();
        void pump();
      });
    },
  };
}

const busy = ({ name }: ModalAsk): Failure => ({
  kind: 'host',
  operation: name,
  message:
    'Photoshop is busy with something else (a dialog, a text being typed, a transformation, or another plug-in). Finish or cancel that, then try again',
});
