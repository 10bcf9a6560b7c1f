import type { Result } from '../../shared/core/result.ts';

/** The value of a result; a failure ends the test and is shown. */
export function valueIn<T, E>(result: Result<T, E>): T {
  if (!result.ok) throw new Error(`expected a value, got ${JSON.stringify(result.error)}`);
  return result.value;
}
