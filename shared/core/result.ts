/**
 * The error style of the whole project. A port or a use-case answers a `Result`; exceptions are for
 * programmer mistakes only, and `assert` and `exhaustive` are how those are raised.
 */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function err<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** Raises a programmer mistake. Never used for what a user, a file or a service can cause. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Internal error in Retake: ${message}`);
}

/** Ends a `switch` over a closed union; a missing case does not compile. */
export function exhaustive(value: never): never {
  throw new Error(`Internal error in Retake: unexpected ${JSON.stringify(value)}`);
}
