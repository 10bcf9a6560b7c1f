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

export interface AbortController {
  readonly signal: AbortSignal;
  abort(): void;
}

/** The platform's own, for hosts whose scripts have none (Figma's main thread, Photoshop below some versions). */
export function createAbort(): AbortController {
  const listeners = new Set<() => void>();
  let aborted = false;
  return {
    signal: {
      get aborted() {
        return aborted;
      },
      addEventListener: (_, listen) => {
        listeners.add(listen);
      },
      removeEventListener: (_, listen) => {
        listeners.delete(listen);
      },
    },
    abort() {
      if (aborted) return;
      aborted = true;
      const told = [...listeners];
      listeners.clear();
      for (const listen of told) listen();
    },
  };
}
