/** UXP's fetch: only the hosts that the manifest names, and the whole body at once. */
import type { Manifest } from './manifest.ts';

/** What lies behind an allowed host. */
export type Network = (url: string, init: RequestInit) => Promise<Response>;

export function createFetch(manifest: Manifest, network: Network): (url: unknown, init?: RequestInit) => Promise<object> {
  const domains = manifest.requiredPermissions?.network?.domains ?? [];
  return async (input, init = {}) => {
    if ('signal' in init && (init.signal === undefined || init.signal === null)) {
      throw new TypeError("Failed to execute 'fetch': member signal is not of type AbortSignal.");
    }
    const url =
      typeof input === 'string' ? input : String((input as { url?: string; href?: string }).href ?? (input as { url?: string }).url);
    if (!isAllowed(url, domains)) throw new Error(`Permission denied to the url ${url}. Manifest entry not found.`);
    const response = await network(url, init);
    // Nothing is delivered in pieces: the answer is there when all of it is.
    const body = new Uint8Array(await response.arrayBuffer());
    return answerOf(response, body);
  };
}

const isAddress = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.startsWith('[');

function isAllowed(text: string, domains: readonly string[] | 'all'): boolean {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return false;
  }
  if (isAddress(url.hostname)) return false;
  if (domains === 'all') return true;
  return domains.some((domain) => {
    const match = /^(?:(https?|wss?):\/\/)?(\*\.)?([^/:*]+)(?::(\d+|\*))?\/?$/.exec(domain);
    if (match === null) return false;
    const [, scheme, wild, host, port] = match;
    if (scheme !== undefined && `${scheme}:` !== url.protocol) return false;
    if (port !== undefined && port !== '*' && port !== url.port) return false;
    return wild === undefined ? url.hostname === host : url.hostname.endsWith(`.${host}`);
  });
}

function answerOf(response: Response, body: Uint8Array): object {
  let isUsed = false;
  const use = (): Uint8Array => {
    if (isUsed) throw new TypeError('body stream already read');
    isUsed = true;
    return body;
  };
  const { status, statusText, ok, url, headers } = response;
  return {
    status,
    statusText,
    ok,
    url,
    headers,
    /** No stream to read from. */
    body: null,
    get bodyUsed(): boolean {
      return isUsed;
    },
    arrayBuffer: async (): Promise<ArrayBuffer> => use().slice().buffer as ArrayBuffer,
    text: async (): Promise<string> => new TextDecoder().decode(use()),
    json: async (): Promise<unknown> => JSON.parse(new TextDecoder().decode(use())),
    blob: async (): Promise<Blob> => new Blob([use() as BlobPart]),
    clone: () => answerOf(response, body),
  };
}
