/**
 * A line between two scripts that share no memory (a page and its worker, a plug-in's panel and its host's thread): calls with
 * an answer, which can be aborted, over messages of plain data. One end calls, the other answers. An end that goes away ends
 * every call that is under way, so none waits for ever. Nothing of the platform is used but `postMessage`.
 */
import { type AbortController, type AbortSignal, createAbort, neverAborted } from '../core/abort.ts';
import { createPace } from '../core/pace.ts';
import type { Clock } from '../core/ports.ts';
import { carryCopy, hasLargeArrays } from './carryCopy.ts';

/** The part of a `Worker`, of a `MessagePort` and of a worker's own scope that the line needs. */
export interface Post {
  /** What is in `transfer` (buffers, pictures) is handed over instead of being copied. */
  postMessage(message: unknown, transfer: object[]): void;
}

export type ToWorker =
  | { readonly kind: 'call'; readonly id: number; readonly what: string; readonly ask: unknown; readonly isAborted: boolean }
  | { readonly kind: 'abort'; readonly id: number };

export type FromWorker =
  /** Unasked: something happened to what is known by this number. */
  | { readonly kind: 'news'; readonly of: number; readonly news: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'raised'; readonly id: number; readonly message: string };

/** What can be called: for each name what is asked and what is answered, both plain data. */
export type Calls = Record<string, { readonly ask: unknown; readonly answer: unknown }>;

export interface Caller<C extends Calls> {
  /** Rejects when the other end raised an error or has gone away. */
  call<K extends keyof C & string>(what: K, ask: C[K]['ask'], signal: AbortSignal): Promise<C[K]['answer']>;
  /** To be given every message that comes back. */
  hear(message: FromWorker): void;
  /** Ends the line; calls under way and later ones reject with `why`. */
  end(why: string): void;
}

export interface WorkerStart {
  /** Starts a worker; `hear` is given each of its messages, `gone` is told when it cannot start or breaks off. May raise. */
  readonly start: (hear: (message: FromWorker) => void, gone: (why: string) => void) => Post & { terminate(): void };
  /** Large arrays are copied piece by piece by it, so that this thread stays awake. */
  readonly clock: Clock;
  /** Told why this thread has to do the work by itself. */
  readonly onFallback: (cause: unknown) => void;
}

/** A line to a worker that is started by the first call, and again by the next one after it broke off. */
export function lineToWorker<C extends Calls>(
  { start, clock }: Pick<WorkerStart, 'start' | 'clock'>,
  onNews: (of: number, news: unknown) => void = () => {},
): () => Caller<C> {
  let line: Caller<C> | null = null;
  return () => {
    if (line !== null) return line;
    const worker = start(
      (message) => caller.hear(message),
      (why) => {
        caller.end(why);
        worker.terminate();
        if (line === caller) line = null;
      },
    );
    const caller = createCaller<C>(worker, onNews, clock);
    line = caller;
    return caller;
  };
}

/** With a `clock`, large arrays are copied by its pace and handed over; else all of an ask is copied in one go. */
export function createCaller<C extends Calls>(to: Post, onNews: (of: number, news: unknown) => void = () => {}, clock?: Clock): Caller<C> {
  /** The last ask that is still being copied: later ones wait for it, so that all arrive in their order. */
  let copying: Promise<unknown> | null = null;
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(cause: Error): void }>();
  let last = 0;
  let ended: string | null = null;
  return {
    async call(what, ask, signal) {
      if (ended !== null) throw new Error(ended);
      const id = ++last;
      const abort = (): void => to.postMessage({ kind: 'abort', id } satisfies ToWorker, []);
      const post = (asked: unknown, give: ArrayBuffer[]): void => {
        if (!waiting.has(id)) return;
        // Raises what cannot be copied, and what there is no memory for.
        to.postMessage({ kind: 'call', id, what, ask: asked, isAborted: signal.aborted } satisfies ToWorker, give);
        signal.addEventListener('abort', abort, { once: true });
      };
      try {
        return await new Promise((resolve, reject) => {
          waiting.set(id, { resolve, reject });
          const isLarge = clock !== undefined && hasLargeArrays(ask);
          if (!isLarge && copying === null) return post(ask, []);
          const before = copying ?? Promise.resolve();
          const sent = before
            .then(() => (isLarge ? carryCopy(ask, createPace(clock, neverAborted)) : { copy: ask, give: [] }))
            .then(({ copy, give }) => post(copy, give))
            .catch(reject)
            .then(() => {
              if (copying === sent) copying = null;
            });
          copying = sent;
        });
      } finally {
        waiting.delete(id);
        signal.removeEventListener('abort', abort);
      }
    },
    hear(message) {
      if (message.kind === 'news') return onNews(message.of, message.news);
      const call = waiting.get(message.id);
      if (message.kind === 'answer') call?.resolve(message.answer);
      else call?.reject(new Error(message.message));
    },
    end(why) {
      ended = why;
      for (const { reject } of waiting.values()) reject(new Error(why));
    },
  };
}

/** An answer, and the buffers and pictures in it that this end has no more use for. */
export interface Given<A> {
  readonly answer: A;
  readonly give: readonly object[];
}

export type Answers<C extends Calls> = {
  readonly [K in keyof C]: (ask: C[K]['ask'], signal: AbortSignal) => Promise<Given<C[K]['answer']>>;
};

/** Answers what to do with each message that arrives. */
export function answerCalls<C extends Calls>(to: Post, answers: Answers<C>): (message: ToWorker) => void {
  const running = new Map<number, AbortController>();
  const answer = async ({ id, what, ask, isAborted }: ToWorker & { readonly kind: 'call' }): Promise<void> => {
    const abort = createAbort();
    if (isAborted) abort.abort();
    running.set(id, abort);
    try {
      if (!Object.hasOwn(answers, what)) throw new Error(`nobody answers “${what}”`);
      const { answer: given, give } = await answers[what](ask, abort.signal);
      to.postMessage({ kind: 'answer', id, answer: given } satisfies FromWorker, [...new Set(give)]);
    } catch (cause) {
      const message = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
      to.postMessage({ kind: 'raised', id, message } satisfies FromWorker, []);
    } finally {
      running.delete(id);
    }
  };
  return (message) => {
    if (message.kind === 'abort') running.get(message.id)?.abort();
    else void answer(message);
  };
}
