/**
 * How often a request is repeated, and how long is waited before. The service's own wait is honoured; where it names none
 * the wait doubles from a second, shortened by chance so that many clients do not return together. All waiting together
 * stays within a minute: a longer one is the user's to decide.
 */
import type { AbortSignal } from '../../core/abort.ts';
import type { Failure } from '../../core/failure.ts';
import type { Clock } from '../../core/ports.ts';
import { err, exhaustive, ok, type Result } from '../../core/result.ts';
import type { ShapeSpelling } from './buildRequest.ts';
import type { Verdict } from './verdict.ts';

const patienceMs = 60_000;
const firstWaitMs = 1000;
const longestWaitMs = 20_000;
/** Requests in all, however they failed: each may be billed. */
const mostAttempts = 4;

/** How this attempt differs from the first. */
export interface Attempt {
  readonly spelling: ShapeSpelling;
  readonly insistsOnImage: boolean;
}

export interface Attempted<T> {
  readonly value: T;
  /** 1 without retries. */
  readonly attempts: number;
}

/** `random` gives 0 up to 1, as Math.random does. */
export async function withPatience<T>(
  ask: (attempt: Attempt) => Promise<Result<T, Verdict>>,
  clock: Clock,
  signal: AbortSignal,
  random: () => number,
): Promise<Result<Attempted<T>, Failure>> {
  let attempt: Attempt = { spelling: 'imageConfig', insistsOnImage: false };
  let waitedMs = 0;
  const usedUp = new Set<string>();
  for (let attempts = 1; ; attempts++) {
    const answer = await ask(attempt);
    if (answer.ok) return ok({ value: answer.value, attempts });
    const { failure, retry } = answer.error;
    if (retry.kind === 'never' || attempts >= mostAttempts) return err(failure);
    let waitMs = 0;
    switch (retry.kind) {
      case 'after':
        waitMs = retry.waitMs ?? backOffMs(attempts, random());
        break;
      case 'once':
        if (usedUp.has(failure.kind)) return err(failure);
        usedUp.add(failure.kind);
        waitMs = backOffMs(1, random());
        break;
      case 'insist':
        if (attempt.insistsOnImage) return err(failure);
        attempt = { ...attempt, insistsOnImage: true };
        break;
      case 'respell':
        if (attempt.spelling === 'responseFormat') return err(failure);
        attempt = { ...attempt, spelling: 'responseFormat' };
        break;
      default:
        return exhaustive(retry);
    }
    if (waitedMs + waitMs > patienceMs) return err(failure);
    waitedMs += waitMs;
    if (waitMs > 0 && !(await clock.sleep(waitMs, signal))) return err({ kind: 'cancelled' });
    if (signal.aborted) return err({ kind: 'cancelled' });
  }
}

/** 1 s, 2 s, 4 s … at most 20 s, less up to half by chance. */
export const backOffMs = (attempt: number, chance: number): number =>
  Math.round(Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1)) * (1 - chance / 2));
