/**
 * Composing in a worker: an answer is laid over its subject there, and the page gets pixels back. What was compared stays
 * in the worker until it is looked at, or until the page has no more use for it.
 */
import { neverAborted } from '../core/abort.ts';
import { type LaidOver, type LayAsk, type LayOver, layOver, takeDeep } from '../core/edit/layOver.ts';
import type { Composition, Subject } from '../core/edit/types.ts';
import type { Evidence } from '../core/explain/heatMaps.ts';
import type { Failure } from '../core/failure.ts';
import { boundsOf } from '../core/geometry.ts';
import { cropPixels, type Pixels, type Pixels16 } from '../core/pixels.ts';
import type { Clock } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Answers, Caller, Given } from '../line/line.ts';

/** `evidence` is the number by which it can be asked for. */
type LaidInWorker = Omit<LaidOver, 'evidence'> & { readonly evidence: number | null };

export type ComposingCalls = {
  layOver: {
    readonly ask: { readonly subject: Subject; readonly answer: Pixels; readonly ask: LayAsk };
    readonly answer: Result<LaidInWorker, Failure>;
  };
  /** Asked for once: what was compared is let go with the answer, unless that is null because of an abort. */
  evidence: { readonly ask: number; readonly answer: Evidence | null };
  release: { readonly ask: number; readonly answer: null };
};

/** The worker's end. */
export function composingAnswers(clock: Clock, lay: LayOver = layOver): Answers<ComposingCalls> {
  const kept = new Map<number, NonNullable<Composition['evidence']>>();
  let last = 0;
  return {
    async layOver({ subject, answer, ask }, signal) {
      const laid = await lay(subject, answer, ask, clock, signal);
      if (!laid.ok) return { answer: laid, give: [] };
      const { evidence, ...rest } = laid.value;
      if (evidence === null) return { answer: ok({ ...rest, evidence: null }), give: buffersOf(rest) };
      kept.set(++last, evidence);
      // The evidence may be drawn from the very pixels that are placed.
      const own = { ...rest, pixels: copyOf(rest.pixels), mask: rest.mask && { ...rest.mask, data: rest.mask.data.slice() } };
      return { answer: ok({ ...own, evidence: last }), give: buffersOf(own) };
    },
    async evidence(number, signal) {
      const made = (await kept.get(number)?.(signal)) ?? null;
      if (made === null) return { answer: null, give: [] };
      kept.delete(number);
      const pictures = [made.before, made.answer, made.result];
      return { answer: made, give: [...pictures.map(({ data }) => data.buffer), made.coverage.buffer] };
    },
    async release(number) {
      kept.delete(number);
      return { answer: null, give: [] };
    },
  };
}

const copyOf = (pixels: Pixels | Pixels16): Pixels | Pixels16 => cropPixels(pixels, { x: 0, y: 0 }, boundsOf(pixels));

const buffersOf = ({ pixels, mask, answer }: Pick<Composition, 'pixels' | 'mask' | 'answer'>): Given<unknown>['give'] =>
  [pixels.data, mask?.data, answer?.pixels.data].flatMap((data) => (data === undefined ? [] : [data.buffer]));

/**
 * The page's end: the same as `layOver`, in a worker that starts with the first answer. Where none can start, where it
 * breaks off, or where it cannot do it (its memory may be smaller), this thread does it instead: the answer may have
 * been paid for.
 */
export function layOverInWorker(line: () => Caller<ComposingCalls>, onFallback: (cause: unknown) => void): LayOver {
  const unseen = new FinalizationRegistry<{ readonly caller: Caller<ComposingCalls>; readonly number: number }>(({ caller, number }) => {
    caller.call('release', number, neverAborted).catch(() => undefined);
  });

  return async (subject, answer, ask, clock, signal) => {
    try {
      const caller = line();
      const laid = await caller.call('layOver', { subject, answer, ask }, signal);
      if (!laid.ok) return laid;
      takeDeep(subject);
      const { evidence: number, ...rest } = laid.value;
      if (number === null) return ok({ ...rest, evidence: null });
      const evidence = askedOnce((stop) => caller.call('evidence', number, stop));
      unseen.register(evidence, { caller, number });
      return ok({ ...rest, evidence });
    } catch (cause) {
      onFallback(cause);
      return layOver(subject, answer, ask, clock, signal);
    }
  };
}

/** Remembers what came; without a worker any more there is nothing to look at. */
function askedOnce(look: NonNullable<Composition['evidence']>): NonNullable<Composition['evidence']> {
  let seen: Evidence | null = null;
  return async (signal) => {
    if (signal.aborted) return null;
    seen ??= await look(signal).catch(() => null);
    return seen;
  };
}
