/**
 * What a script learns from the exit code: 2 change what you gave, 3 say it in other words, 4 see to the key or the
 * account, 5 try again later, 130 you stopped it. 1 is a mistake of ours.
 */
import type { Failure } from '../../shared/core/failure.ts';
import { exhaustive } from '../../shared/core/result.ts';

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 130;

export const exitCodes = { done: 0, internal: 1, usage: 2, noImage: 3, key: 4, service: 5, cancelled: 130 } as const satisfies Record<
  string,
  ExitCode
>;

/** Shown at the end of `--help`. */
export const exitCodeText = `Exit codes:
  0    done
  2    bad usage or input, or the output could not be written
  3    the model gave no picture; its words are shown
  4    no key, or the service refused the key or the account
  5    network, quota or service trouble, after retries
  130  cancelled; no output was written`;

export function exitCodeOf(failure: Failure): ExitCode {
  switch (failure.kind) {
    case 'no-document':
    case 'no-selection':
    case 'read-only':
    case 'not-found':
    case 'read-failed':
    case 'not-a-picture':
    case 'damaged':
    case 'unsupported':
    case 'too-large':
    case 'no-such-layer':
    case 'ambiguous-layer':
    case 'no-such-take':
    case 'ambiguous-take':
    case 'only-back':
    case 'lost-take':
    // Asking again later does not help; going on from the layer or from a take does.
    case 'lost-conversation':
    case 'empty-layer':
    case 'bad-region':
    case 'bad-mask':
    case 'bad-instruction':
    case 'bad-reference':
    case 'bad-option':
    case 'bad-request':
    case 'retired-model':
    case 'cannot-edit':
    case 'write-failed':
    case 'store-full':
    case 'corrupt':
    case 'host':
      return exitCodes.usage;
    case 'refused':
    case 'no-image':
      return exitCodes.noImage;
    case 'no-key':
    case 'unauthorised':
    // Location and billing: the service knows the key and still says no.
    case 'not-available':
      return exitCodes.key;
    case 'rate-limited':
    case 'quota-exhausted':
    case 'offline':
    case 'timed-out':
    case 'overloaded':
    // The service answered with something that is not its own format, or with a broken picture: later may be better.
    case 'bad-reply':
      return exitCodes.service;
    case 'cancelled':
      return exitCodes.cancelled;
    default:
      return exhaustive(failure);
  }
}
