/** The edge of Figma's main thread: what Figma raises is caught here, once, and told as a `Failure`. */
import type { Failure } from '../../shared/core/failure.ts';
import { err, type Result } from '../../shared/core/result.ts';
import type { Given } from '../../shared/line/line.ts';

/** `operation` completes "The application refused: …". */
export async function guarded<T>(operation: string, work: () => Promise<Result<T, Failure>>): Promise<Given<Result<T, Failure>>> {
  try {
    return { answer: await work(), give: [] };
  } catch (cause) {
    return { answer: err(failureOf(operation, cause)), give: [] };
  }
}

/** QuickJS and Figma word their errors otherwise than a browser does (handbook: Figma, exact strings). */
export function failureOf(operation: string, cause: unknown): Failure {
  const message = cause instanceof Error ? cause.message : String(cause);
  const gone = /node with id "?([^"\s]+)"? does not exist/.exec(message);
  if (gone !== null) return { kind: 'no-such-layer', name: gone[1], existing: [] };
  return { kind: 'host', operation, message: message.replace(/\.+$/, '') };
}
