/**
 * One HTTP exchange as plain data, whoever sends it (the SDK, or fetch itself). Read from the wire rather than from what
 * the SDK throws or returns, because that loses the Retry-After header, an `error` inside a 200, and which of a
 * TypeError's many causes it was. Decides what a broken exchange is: never sent, or lost on the way.
 */
export type Exchange =
  /** `json` is undefined when the body is not JSON. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly json: unknown;
      readonly body: string;
      readonly retryAfterMs: number | null;
    }
  /** Certainly nothing was sent. */
  | { readonly kind: 'unreachable'; readonly said: string }
  /** The page was not allowed to say more; most often nothing was sent. */
  | { readonly kind: 'blocked'; readonly said: string }
  /** Sent, and the connection ended before the whole answer; the service may have worked and billed. */
  | { readonly kind: 'lost'; readonly said: string }
  | { readonly kind: 'aborted' }
  /** Not sent, because the request could not be made at all. */
  | { readonly kind: 'unsendable'; readonly said: string };

export type Fetch = typeof globalThis.fetch;

/** Runs `send` with a fetch that takes notes. Never rejects. */
export async function exchange(send: (fetch: Fetch) => Promise<unknown>, fetch: Fetch, signal: AbortSignal): Promise<Exchange> {
  if (signal.aborted) return { kind: 'aborted' };
  let seen: Exchange | null = null;
  const watched: Fetch = async (input, init) => {
    let status: number | null = null;
    try {
      const response = await fetch(input, { ...init, headers: sentHeaders(init?.headers) });
      status = response.status;
      const body = await response.text();
      const json = parsed(body);
      seen = { kind: 'answered', status, json, body, retryAfterMs: retryAfterMs(response.headers.get('retry-after')) };
      return replay(response, body, json);
    } catch (cause) {
      seen = signal.aborted ? { kind: 'aborted' } : broken(cause, status !== null);
      throw cause;
    }
  };
  try {
    await send(watched);
  } catch (cause) {
    // Whatever the sender made of the exchange, the notes are better; without notes it failed before it began.
    seen ??= signal.aborted ? { kind: 'aborted' } : { kind: 'unsendable', said: messageOf(cause) };
  }
  return seen ?? { kind: 'unsendable', said: 'no request was made' };
}

/**
 * The SDK names itself in a User-Agent header too. Chromium drops it, other browsers would ask leave for it in the
 * preflight, and the service refuses a preflight with any header outside its short list.
 */
function sentHeaders(init: HeadersInit | undefined): Headers {
  const headers = new Headers(init);
  headers.delete('user-agent');
  return headers;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The body again, for a sender that reads it itself. */
function replay(response: Response, body: string, json: unknown): Response {
  const { ok, status, statusText, headers } = response;
  const again = {
    ok,
    status,
    statusText,
    headers,
    text: () => Promise.resolve(body),
    json: () => (json === undefined ? Promise.reject(new SyntaxError('The body is not JSON.')) : Promise.resolve(json)),
  };
  return again as unknown as Response;
}

/** Seconds, or an HTTP date; dates are left alone, for the clock of the machine may be wrong. */
const retryAfterMs = (header: string | null): number | null =>
  header !== null && /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) * 1000 : null;

/** Error codes of a connection that never came to be (Node and undici); anything else may have been sent. */
const neverSent =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ENETDOWN|EHOSTUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)$|^(ERR_TLS|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED)/;

function broken(cause: unknown, hasStatus: boolean): Exchange {
  const said = messageOf(cause);
  if (hasStatus) return { kind: 'lost', said };
  const code = codeOf(cause);
  if (code === null) return { kind: 'blocked', said };
  return neverSent.test(code) ? { kind: 'unreachable', said: `${said} (${code})` } : { kind: 'lost', said: `${said} (${code})` };
}

/** Node hides the reason in `cause`, and for several addresses in `errors` of that. */
function codeOf(thrown: unknown): string | null {
  const { cause } = (thrown ?? {}) as { cause?: { code?: unknown; errors?: readonly { code?: unknown }[] } };
  const code = cause?.code ?? cause?.errors?.[0]?.code;
  return typeof code === 'string' ? code : null;
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
