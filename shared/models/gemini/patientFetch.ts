/**
 * The platform's fetch without Node's own limit: undici gives up after 300 s without a header, and large pictures take
 * longer. The SDK lifts that limit only when it is given no fetch; ours takes notes, so the limit is lifted here.
 */
import type { Fetch } from './exchange.ts';

interface Dispatcher {
  dispatch(options: object, handler: unknown): boolean;
}

/** Where undici keeps the dispatcher that Node's fetch uses. */
const place = Symbol.for('undici.globalDispatcher.1');

const withoutLimits: Dispatcher = {
  dispatch(options, handler) {
    const dispatcher = (globalThis as unknown as Record<symbol, Dispatcher>)[place];
    return dispatcher.dispatch({ ...options, headersTimeout: 0, bodyTimeout: 0 }, handler);
  },
};

/** True once Node has made its dispatcher, which it does with its first `Headers`. */
function hasDispatcher(): boolean {
  new Headers();
  return place in globalThis;
}

export const patientFetch: Fetch = (input, init) =>
  fetch(input, hasDispatcher() ? ({ ...init, dispatcher: withoutLimits } as RequestInit) : init);
