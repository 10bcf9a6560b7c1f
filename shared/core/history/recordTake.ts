/**
 * Last room: the take is added to what the document remembers. The saved form has a schema number; what cannot be read
 * is set aside under a name of its own, never overwritten.
 */
import type { Failure } from '../failure.ts';
import type { DocumentStore } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { fromUtf8, toUtf8 } from '../text.ts';
import type { Take } from './take.ts';

export interface History {
  readonly schema: 1;
  readonly takes: readonly Take[];
}

const key = 'history';
const empty: History = { schema: 1, takes: [] };

/** `corrupt` when something is there that this version cannot read. */
export async function readHistory(store: DocumentStore): Promise<Result<History, Failure>> {
  const bytes = await store.read(key);
  if (!bytes.ok) return bytes;
  if (bytes.value === null) return ok(empty);
  const history = parse(bytes.value);
  return history === null ? err({ kind: 'corrupt', what: 'The history of this document' }) : ok(history);
}

export async function recordTake(store: DocumentStore, take: Take): Promise<Result<History, Failure>> {
  let history = await readHistory(store);
  if (!history.ok) {
    if (history.error.kind !== 'corrupt') return history;
    const aside = await setAside(store, take.at);
    if (!aside.ok) return aside;
    history = ok(empty);
  }
  const next: History = { schema: 1, takes: [...history.value.takes, take] };
  const written = await store.write(key, toUtf8(JSON.stringify(next)));
  return written.ok ? ok(next) : written;
}

async function setAside(store: DocumentStore, at: number): Promise<Result<void, Failure>> {
  const bytes = await store.read(key);
  if (!bytes.ok) return bytes;
  return bytes.value === null ? ok(undefined) : store.write(`${key}.set-aside-${at}`, bytes.value);
}

function parse(bytes: Uint8Array): History | null {
  const text = fromUtf8(bytes);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { schema, takes } = value as { schema?: unknown; takes?: unknown };
    return schema === 1 && Array.isArray(takes) && takes.every(isTake) ? { schema, takes } : null;
  } catch {
    return null;
  }
}

const isTake = (value: unknown): value is Take =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Take).id === 'string' &&
  typeof (value as Take).instruction === 'string' &&
  typeof (value as Take).placed?.layer === 'string';
