/**
 * UXP's fetch as the models use it: headers as a plain object, because a stand-in for `Headers` means nothing to the host, and no
 * `signal` unless there is one: UXP raises over `signal: undefined`, in which the SDK is generous. Bodies are read whole.
 */
import type { AbortSignal } from '../../shared/core/abort.ts';
import { PlainHeaders } from './plainHeaders.ts';

export interface RequestParts {
  readonly method?: string;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly signal?: AbortSignal | null;
}

export interface ResponseParts {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly headers: unknown;
  text(): Promise<string>;
}

export type HostFetch = (url: string, init?: Record<string, unknown>) => Promise<ResponseParts>;

/** With the shape of the platform's `fetch`, as far as it is used. */
export const uxpFetch =
  (fetch: HostFetch) =>
  async (url: unknown, { method, headers, body, signal }: RequestParts = {}): Promise<ResponseParts & { json(): Promise<unknown> }> => {
    const given = [...new PlainHeaders(headers)];
    const init = {
      ...(method === undefined ? {} : { method }),
      ...(given.length === 0 ? {} : { headers: Object.fromEntries(given) }),
      ...(body === undefined || body === null ? {} : { body }),
      ...(signal === undefined || signal === null ? {} : { signal }),
    };
    const response = await fetch(String(url), init);
    const { ok, status, statusText } = response;
    return {
      ok,
      status,
      statusText,
      headers: new PlainHeaders(response.headers),
      text: () => response.text(),
      json: async () => JSON.parse(await response.text()),
    };
  };
