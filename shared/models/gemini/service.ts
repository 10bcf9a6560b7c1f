/** What every call to the service needs, and the checks that need no call. */
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';

export const officialAddress = 'https://generativelanguage.googleapis.com';
export const apiVersion = 'v1beta';

export interface Address {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly apiKey: string;
}

/**
 * A key that could not even be written into a header, and an address that is none, are told before anything is sent. An
 * empty address is Google's own.
 */
export function checkAddress(apiKey: string, baseUrl: string): Result<Address, Failure> {
  const key = apiKey.trim();
  if (key === '') return err({ kind: 'unauthorised', reason: 'missing', said: '' });
  if (!/^[\x21-\x7e]+$/.test(key)) return err({ kind: 'unauthorised', reason: 'invalid', said: '' });
  const address = (baseUrl.trim() || officialAddress).replace(/\/+$/, '');
  if (!isWebAddress(address))
    return err({ kind: 'bad-option', option: 'the service address', got: address, wanted: 'an address that begins with https://' });
  return ok({ apiKey: key, baseUrl: address });
}

function isWebAddress(address: string): boolean {
  try {
    return /^https?:$/.test(new URL(address).protocol);
  } catch {
    return false;
  }
}

/** Takes the key out of whatever a service or a proxy said, and whatever else looks like one. */
export function withoutKey(failure: Failure, apiKey: string): Failure {
  const clean = (words: string) => (apiKey === '' ? words : words.split(apiKey).join('…')).replace(/AIza[\w-]{20,}/g, '…');
  const cleaned = Object.entries(failure).map(([name, value]) => [
    name,
    typeof value === 'string' && name !== 'kind' ? clean(value) : value,
  ]);
  return Object.fromEntries(cleaned) as Failure;
}
