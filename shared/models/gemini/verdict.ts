import type { Failure } from '../../core/failure.ts';

/** A failure, and what may be tried before the user hears of it. */
export interface Verdict {
  readonly failure: Failure;
  readonly retry: Retry;
}

export type Retry =
  | { readonly kind: 'never' }
  /** After a wait: the service's own, or a back-off when it named none. */
  | { readonly kind: 'after'; readonly waitMs: number | null }
  /** The same once more: outcomes that are known not to be deterministic, and connections that never came to be. */
  | { readonly kind: 'once' }
  /** Once more, asking for the picture alone. */
  | { readonly kind: 'insist' }
  /** Once more with the other spelling of the picture's shape. */
  | { readonly kind: 'respell' };

export const never = (failure: Failure): Verdict => ({ failure, retry: { kind: 'never' } });
export const once = (failure: Failure): Verdict => ({ failure, retry: { kind: 'once' } });
export const after = (failure: Failure, waitMs: number | null): Verdict => ({ failure, retry: { kind: 'after', waitMs } });
