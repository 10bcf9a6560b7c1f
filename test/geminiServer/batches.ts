/**
 * Batch jobs. A job moves one step at each look (pending, running, done), so that a test needs no waiting; its requests
 * are run when it is done.
 */
import { randomBytes } from 'node:crypto';
import { Refusal, serviceError } from './serviceError.ts';

export interface BatchItem {
  readonly key: string | null;
  readonly request: Record<string, unknown>;
}

export type BatchState =
  | 'BATCH_STATE_PENDING'
  | 'BATCH_STATE_RUNNING'
  | 'BATCH_STATE_SUCCEEDED'
  | 'BATCH_STATE_FAILED'
  | 'BATCH_STATE_CANCELLED'
  | 'BATCH_STATE_EXPIRED';

interface Batch {
  readonly name: string;
  readonly model: string;
  readonly displayName: string;
  readonly items: readonly BatchItem[];
  /** Answers go to a file when the requests came from one. */
  readonly fromFile: boolean;
  readonly createdAt: number;
  state: BatchState;
  updatedAt: number;
  response: Record<string, unknown> | null;
}

/** One item's outcome: `{response}` or `{error}`. */
export type RunItem = (model: string, item: BatchItem) => Promise<Record<string, unknown>>;

export class BatchDesk {
  readonly #batches = new Map<string, Batch>();
  readonly #now: () => number;
  readonly #run: RunItem;
  readonly #storeFile: (lines: string) => string;

  constructor(now: () => number, run: RunItem, storeFile: (lines: string) => string) {
    this.#now = now;
    this.#run = run;
    this.#storeFile = storeFile;
  }

  create(model: string, displayName: string, items: readonly BatchItem[], fromFile: boolean): Record<string, unknown> {
    const now = this.#now();
    const name = `batches/${randomBytes(8).toString('hex')}`;
    const batch: Batch = {
      name,
      model,
      displayName,
      items,
      fromFile,
      createdAt: now,
      state: 'BATCH_STATE_PENDING',
      updatedAt: now,
      response: null,
    };
    this.#batches.set(name, batch);
    return operation(batch);
  }

  #find(name: string): Batch {
    const batch = this.#batches.get(name);
    if (batch === undefined) throw new Refusal(serviceError(404, 'Requested entity was not found.'), false);
    return batch;
  }

  async get(name: string): Promise<Record<string, unknown>> {
    const batch = this.#find(name);
    const before = operation(batch);
    await this.#advance(batch);
    return before;
  }

  async #advance(batch: Batch): Promise<void> {
    batch.updatedAt = this.#now();
    if (batch.state === 'BATCH_STATE_PENDING') {
      batch.state = 'BATCH_STATE_RUNNING';
      return;
    }
    if (batch.state !== 'BATCH_STATE_RUNNING') return;
    const results: Record<string, unknown>[] = [];
    for (const item of batch.items) {
      const outcome = await this.#run(batch.model, item);
      results.push(
        batch.fromFile ? { key: item.key, ...outcome } : { ...outcome, ...(item.key === null ? {} : { metadata: { key: item.key } }) },
      );
    }
    batch.response = batch.fromFile
      ? { responsesFile: this.#storeFile(`${results.map((result) => JSON.stringify(result)).join('\n')}\n`) }
      : { inlinedResponses: { inlinedResponses: results } };
    batch.state = 'BATCH_STATE_SUCCEEDED';
  }

  cancel(name: string): void {
    const batch = this.#find(name);
    if (batch.response === null) batch.state = 'BATCH_STATE_CANCELLED';
  }

  /** What no look can reach by itself: a job that failed, or lay for 48 hours. */
  end(name: string, state: 'BATCH_STATE_FAILED' | 'BATCH_STATE_EXPIRED'): void {
    this.#find(name).state = state;
  }

  delete(name: string): void {
    this.#find(name);
    this.#batches.delete(name);
  }

  list(): readonly Record<string, unknown>[] {
    return [...this.#batches.values()].map(operation);
  }
}

/** A long-running operation as the service writes it; counts are strings there (int64 in JSON). */
function operation(batch: Batch): Record<string, unknown> {
  const count = batch.items.length;
  const failed = failedCount(batch);
  const isDone = batch.state !== 'BATCH_STATE_PENDING' && batch.state !== 'BATCH_STATE_RUNNING';
  const metadata = {
    '@type': 'type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch',
    model: `models/${batch.model}`,
    displayName: batch.displayName,
    ...(batch.response === null ? {} : { output: batch.response, endTime: new Date(batch.updatedAt).toISOString() }),
    createTime: new Date(batch.createdAt).toISOString(),
    updateTime: new Date(batch.updatedAt).toISOString(),
    batchStats: {
      requestCount: String(count),
      ...(batch.response === null
        ? { pendingRequestCount: String(count) }
        : { successfulRequestCount: String(count - failed), ...(failed > 0 ? { failedRequestCount: String(failed) } : {}) }),
    },
    state: batch.state,
    name: batch.name,
  };
  return {
    name: batch.name,
    metadata,
    done: isDone,
    ...(batch.response === null ? {} : { response: batch.response }),
    ...(batch.state === 'BATCH_STATE_FAILED' ? { error: { code: 13, message: 'The batch failed.' } } : {}),
  };
}

function failedCount(batch: Batch): number {
  const inlined = batch.response?.inlinedResponses as { inlinedResponses: readonly { error?: unknown }[] } | undefined;
  return inlined?.inlinedResponses.filter((each) => each.error !== undefined).length ?? 0;
}
