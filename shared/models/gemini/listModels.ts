/** What the service offers to a key, and whether it takes the key at all. Neither costs anything. */
import type { AbortSignal as CoreSignal } from '../../core/abort.ts';
import type { Failure } from '../../core/failure.ts';
import type { AvailableModel } from '../../core/model.ts';
import type { ModelEntry } from '../../core/models/registry.ts';
import { defaultModelId, findModel } from '../../core/models/registry.ts';
import type { Clock } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { classifyError, contentOf } from './classifyError.ts';
import { withDeadline } from './deadline.ts';
import { exchange, type Fetch } from './exchange.ts';
import { withPatience } from './patience.ts';
import { patientFetch } from './patientFetch.ts';
import { type Address, apiVersion, checkAddress, withoutKey } from './service.ts';
import { never, type Verdict } from './verdict.ts';

const deadlineMs = 30_000;
const pageSize = 200;
/** A service that never ends its list is not believed. */
const mostPages = 20;

export interface ServiceAccess {
  readonly apiKey: string;
  /** '' for Google's own. */
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly fetch?: Fetch;
  readonly random?: () => number;
}

/** Every page of the list. */
export async function listModels(access: ServiceAccess, signal: CoreSignal): Promise<Result<readonly AvailableModel[], Failure>> {
  const address = checkAddress(access.apiKey, access.baseUrl);
  if (!address.ok) return address;
  const models: AvailableModel[] = [];
  let pageToken = '';
  for (let i = 0; i < mostPages; i++) {
    const query = `pageSize=${pageSize}${pageToken === '' ? '' : `&pageToken=${encodeURIComponent(pageToken)}`}`;
    const page = await withPatience(
      () => getPage(address.value, query, access, signal),
      access.clock,
      signal,
      access.random ?? Math.random,
    );
    if (!page.ok) return err(withoutKey(page.error, address.value.apiKey));
    models.push(...page.value.value.models);
    pageToken = page.value.value.nextPageToken;
    if (pageToken === '') break;
  }
  return ok(models);
}

/** Asks for one model, once: quick to say what is wrong with a key. */
export async function testKey(access: ServiceAccess, signal: CoreSignal): Promise<Result<void, Failure>> {
  const address = checkAddress(access.apiKey, access.baseUrl);
  if (!address.ok) return address;
  const page = await getPage(address.value, 'pageSize=1', access, signal);
  return page.ok ? ok(undefined) : err(withoutKey(page.error.failure, address.value.apiKey));
}

interface Page {
  readonly models: readonly AvailableModel[];
  readonly nextPageToken: string;
}

async function getPage(address: Address, query: string, access: ServiceAccess, signal: CoreSignal): Promise<Result<Page, Verdict>> {
  const url = `${address.baseUrl}/${apiVersion}/models?${query}`;
  const exchanged = await withDeadline(
    (limit) =>
      exchange(
        (fetch) => fetch(url, { headers: { 'x-goog-api-key': address.apiKey }, signal: limit }),
        access.fetch ?? patientFetch,
        limit,
      ),
    deadlineMs,
    access.clock,
    signal,
  );
  if (!exchanged.ok) return err(never(exchanged.error));
  const page = readPage(contentOf(exchanged.value)?.json ?? null);
  if (page !== null) return ok(page);
  const verdict = classifyError(exchanged.value, 'the list of models', anyModel);
  // A list that is not there means a wrong address, not a retired model.
  if (verdict.failure.kind === 'retired-model') return err(never({ kind: 'bad-reply', why: 'there is no list of models at its address' }));
  return err(verdict);
}

const anyModel: ModelEntry = findModel(defaultModelId);

/** null when it is no list. */
function readPage(json: object | null): Page | null {
  if (json === null || Array.isArray(json)) return null;
  const { models = [], nextPageToken = '' } = json as { models?: unknown; nextPageToken?: unknown };
  if (!Array.isArray(models)) return null;
  return {
    nextPageToken: String(nextPageToken),
    models: models.flatMap((model: { name?: unknown; displayName?: unknown; supportedGenerationMethods?: unknown } | null) =>
      typeof model?.name === 'string'
        ? {
            id: model.name.replace(/^models\//, ''),
            displayName: typeof model.displayName === 'string' ? model.displayName : '',
            methods: Array.isArray(model.supportedGenerationMethods) ? model.supportedGenerationMethods.map(String) : [],
          }
        : [],
    ),
  };
}
