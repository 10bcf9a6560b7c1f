/**
 * What went wrong when the service did not answer with content: HTTP errors by status and machine-readable reason (words
 * decide only where Google gives nothing else), and exchanges that broke. Pure.
 */
import type { Failure, KeyTrouble } from '../../core/failure.ts';
import type { ModelEntry } from '../../core/models/registry.ts';
import { exhaustive } from '../../core/result.ts';
import { shorten } from '../../core/text.ts';
import type { Exchange } from './exchange.ts';
import { after, never, once, type Verdict } from './verdict.ts';

/** google.rpc.Status, read with suspicion. */
interface ServiceError {
  readonly code: number;
  readonly status: string;
  readonly message: string;
  readonly reason: string;
  readonly retryDelayMs: number | null;
  readonly quotas: readonly { readonly id: string; readonly value: string }[];
}

/** The error in a body, also when it stands in an array, as streams and proxies send it; null when there is none. */
export function readServiceError(json: unknown): ServiceError | null {
  const holder = record(Array.isArray(json) ? json[0] : json);
  if (typeof holder.error !== 'object' || holder.error === null) return null;
  const error = record(holder.error);
  const details = list(error.details).map(record);
  const detail = (type: string) => record(details.find((each) => String(each['@type']).endsWith(type)));
  return {
    code: typeof error.code === 'number' ? error.code : 0,
    status: text(error.status),
    message: text(error.message),
    reason: text(detail('google.rpc.ErrorInfo').reason),
    retryDelayMs: durationMs(detail('google.rpc.RetryInfo').retryDelay),
    quotas: list(detail('google.rpc.QuotaFailure').violations)
      .map(record)
      .map((violation) => ({ id: text(violation.quotaId), value: text(violation.quotaValue) })),
  };
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** google.protobuf.Duration in JSON: "22s", "22.104s". */
const durationMs = (value: unknown): number | null => {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(text(value))?.[1];
  return seconds === undefined ? null : Math.ceil(Number(seconds) * 1000);
};

/** The JSON of a 200 that holds no error, and its text; null for everything that `classifyError` is for. */
export function contentOf(exchange: Exchange): { readonly json: object; readonly body: string } | null {
  if (exchange.kind !== 'answered' || exchange.status !== 200) return null;
  const { json, body } = exchange;
  return typeof json === 'object' && json !== null && readServiceError(json) === null ? { json, body } : null;
}

/** `exchange` is one that `contentOf` finds nothing in. `model` is the identifier that was asked for. */
export function classifyError(exchange: Exchange, model: string, entry: ModelEntry): Verdict {
  switch (exchange.kind) {
    case 'aborted':
      return never({ kind: 'cancelled' });
    case 'unsendable':
      return never({ kind: 'bad-request', said: exchange.said });
    case 'unreachable':
      return once({ kind: 'offline', said: exchange.said });
    case 'blocked':
      // A browser says as little of a broken connection; the request may then have arrived, so it is not sent again.
      return never({ kind: 'offline', said: exchange.said });
    case 'lost':
      return never({ kind: 'bad-reply', why: `the connection broke before the answer was complete (${exchange.said})` });
    case 'answered': {
      const error = readServiceError(exchange.json);
      if (error !== null) return classifyServiceError(error, exchange, model, entry);
      return classifyForeignBody(exchange);
    }
    default:
      return exhaustive(exchange);
  }
}

type Answered = Extract<Exchange, { kind: 'answered' }>;

function classifyServiceError(error: ServiceError, exchange: Answered, model: string, entry: ModelEntry): Verdict {
  const said = error.message;
  // An error inside a 200 is as good as its code says.
  const status = exchange.status === 200 ? error.code : exchange.status;
  const trouble = keyTrouble(error);
  if (trouble !== null) return never({ kind: 'unauthorised', reason: trouble, said });
  if (error.reason === 'BILLING_DISABLED') return never({ kind: 'not-available', reason: 'billing', said });
  if (status === 429) return classifyQuota(error, exchange);
  if (status === 401) return never({ kind: 'unauthorised', reason: 'invalid', said });
  if (status === 403) return never({ kind: 'unauthorised', reason: 'denied', said });
  if (status === 404) return never({ kind: 'retired-model', model, successor: entry.successor, said });
  if (status === 413) return never(tooLarge);
  if (status === 504) return once({ kind: 'overloaded', status, said });
  if (status >= 500 || status === 408) return after({ kind: 'overloaded', status, said }, error.retryDelayMs ?? exchange.retryAfterMs);
  if (error.status === 'FAILED_PRECONDITION' && /location/i.test(said)) return never({ kind: 'not-available', reason: 'location', said });
  if (error.status === 'FAILED_PRECONDITION' && /billing|free tier/i.test(said))
    return never({ kind: 'not-available', reason: 'billing', said });
  if (/payload size exceeds/i.test(said)) return never(tooLarge);
  if (error.status === 'INVALID_ARGUMENT' && /thought[_ ]signature/i.test(said)) return never({ kind: 'lost-conversation', said });
  const failure: Failure = { kind: 'bad-request', said };
  return isAboutShape(said) ? { failure, retry: { kind: 'respell' } } : never(failure);
}

const tooLarge: Failure = { kind: 'too-large', name: 'request', got: 'larger than the service takes', limit: '100 MB' };

/** API versions spell the picture's shape differently, and name the field that they do not know. */
const isAboutShape = (said: string): boolean =>
  /unknown name|cannot find field/i.test(said) && /image_?config|aspect_?ratio|image_?size/i.test(said);

function keyTrouble({ reason, message, status }: ServiceError): KeyTrouble | null {
  switch (reason) {
    case 'API_KEY_INVALID':
      return /expired/i.test(message) ? 'expired' : 'invalid';
    case 'API_KEY_EXPIRED':
      return 'expired';
    case 'API_KEY_SERVICE_BLOCKED':
    case 'API_KEY_HTTP_REFERRER_BLOCKED':
    case 'API_KEY_IP_ADDRESS_BLOCKED':
    case 'API_KEY_ANDROID_APP_BLOCKED':
    case 'API_KEY_IOS_APP_BLOCKED':
      return 'restricted';
    case 'SERVICE_DISABLED':
      return 'service-disabled';
    default:
      // Google gives no reason with these.
      if (status === 'PERMISSION_DENIED' && /unregistered callers/i.test(message)) return 'missing';
      if (status === 'PERMISSION_DENIED' && /reported as leaked/i.test(message)) return 'leaked';
      if (status === 'INVALID_ARGUMENT' && /^api key expired/i.test(message)) return 'expired';
      if (status === 'INVALID_ARGUMENT' && /^api key not valid/i.test(message)) return 'invalid';
      return null;
  }
}

function classifyQuota(error: ServiceError, exchange: Answered): Verdict {
  const said = error.message;
  const isZero = error.quotas.some((quota) => quota.value === '0') || /limit: 0(?![\d.])/.test(said);
  if (isZero) return never({ kind: 'quota-exhausted', reason: 'no-free-tier', said });
  if (error.quotas.some((quota) => /PerDay/.test(quota.id))) return never({ kind: 'quota-exhausted', reason: 'day', said });
  const waitMs = error.retryDelayMs ?? exchange.retryAfterMs;
  return after({ kind: 'rate-limited', retryAfterMs: waitMs, said }, waitMs);
}

/** Not Google's words: a proxy, a login page, a wrong address. */
function classifyForeignBody({ status, body, retryAfterMs }: Answered): Verdict {
  const said = titleOf(body);
  if (status === 429) return after({ kind: 'rate-limited', retryAfterMs, said }, retryAfterMs);
  if (status === 413) return never(tooLarge);
  if (status === 504) return once({ kind: 'overloaded', status, said });
  if (status >= 500 || status === 408) return after({ kind: 'overloaded', status, said }, retryAfterMs);
  if (status === 200 && body.trim() === '') return never({ kind: 'bad-reply', why: 'its answer was empty' });
  const what = body.trimStart().startsWith('<') ? 'a web page' : body.trimStart().startsWith('{') ? 'broken JSON' : 'something else';
  const hint = what === 'broken JSON' ? '' : ' Check the service address, and whether a proxy or a login page stands in between';
  return never({ kind: 'bad-reply', why: `${what} came instead of an answer (status ${status}).${hint}` });
}

/** The title of a web page, or the first words of a short text. */
function titleOf(body: string): string {
  const title = /<title>([^<]*)/i.exec(body)?.[1];
  if (title !== undefined) return shorten(title, 120);
  return body.includes('<') ? '' : shorten(body, 120);
}
