/**
 * Cancellation as the core sees it: the part of the platform's `AbortSignal` that it needs. The core is
 * compiled without DOM or Node types, so it names the shape itself; every platform's own `AbortSignal` fits it.
 */
export interface AbortSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** For calls that nobody can cancel. */
export const neverAborted: AbortSignal = {
  aborted: false,
  addEventListener() {},
  removeEventListener() {},
};
