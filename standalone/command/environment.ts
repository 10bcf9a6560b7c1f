/**
 * What the command takes from its surroundings: the key and the service's address. Neither is ever written down, and
 * the key is never repeated in a message.
 */
import type { Failure } from '../../shared/core/failure.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';

export interface ServiceAccess {
  /** null when there is none; the offline model needs none. */
  readonly apiKey: string | null;
  /** null for Google's own address. */
  readonly baseUrl: string;
}

/** `bad-option` for an address that is none; `unauthorised` for a key that no HTTP header can carry. */
export function readEnvironment(env: NodeJS.ProcessEnv): Result<ServiceAccess, Failure> {
  const apiKey = env.GEMINI_API_KEY?.trim() || null;
  const baseUrl = env.GOOGLE_GEMINI_BASE_URL?.trim() ?? '';
  if (apiKey !== null && !/^[\x21-\x7e]+$/.test(apiKey)) return err({ kind: 'unauthorised', reason: 'invalid', said: '' });
  if (baseUrl !== '' && !/^https?:$/.test(protocolOf(baseUrl)))
    return err({ kind: 'bad-option', option: 'GOOGLE_GEMINI_BASE_URL', got: baseUrl, wanted: 'an address such as https://example.com' });
  return ok({ apiKey, baseUrl });
}

function protocolOf(address: string): string {
  try {
    return new URL(address).protocol;
  } catch {
    return '';
  }
}
