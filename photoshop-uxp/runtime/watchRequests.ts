/** What this sitting's requests have shown of the host's `fetch`: no documentation says how long or how large an answer may be. */
import type { Clock } from '../../shared/core/ports.ts';
import type { HostFetch } from './uxpFetch.ts';

export interface RequestFigures {
  /** Requests whose answers were read to their end. */
  readonly answered: number;
  /** Characters of the longest text that was read. */
  readonly longestText: number;
  /** From asking to having read all of it, ms. */
  readonly longestMs: number;
}

export interface WatchedRequests {
  readonly fetch: HostFetch;
  figures(): RequestFigures;
}

export function watchRequests(fetch: HostFetch, clock: Pick<Clock, 'now'>): WatchedRequests {
  let figures: RequestFigures = { answered: 0, longestText: 0, longestMs: 0 };
  return {
    async fetch(url, init) {
      const began = clock.now();
      const response = await fetch(url, init);
      const { ok, status, statusText, headers } = response;
      return {
        ok,
        status,
        statusText,
        headers,
        async text() {
          const text = await response.text();
          const { answered, longestText, longestMs } = figures;
          figures = {
            answered: answered + 1,
            longestText: Math.max(longestText, text.length),
            longestMs: Math.max(longestMs, clock.now() - began),
          };
          return text;
        },
      };
    },
    figures: () => figures,
  };
}
