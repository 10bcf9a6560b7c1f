/**
 * The user's abort and our own deadline, joined into one signal for the platform and told apart afterwards. Answers as
 * soon as either strikes, also when the platform is slow to let go of the request.
 */
import type { AbortSignal as CoreSignal } from '../../core/abort.ts';
import type { Failure } from '../../core/failure.ts';
import type { Clock } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** `work` must not reject. */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  deadlineMs: number,
  clock: Clock,
  signal: CoreSignal,
): Promise<Result<T, Failure>> {
  if (signal.aborted) return err({ kind: 'cancelled' });
  const controller = new AbortController();
  const finished = new AbortController();
  const stopped = new Promise<Result<T, Failure>>((resolve) => {
    const stop = (failure: Failure) => {
      resolve(err(failure));
      controller.abort();
    };
    const cancel = () => stop({ kind: 'cancelled' });
    signal.addEventListener('abort', cancel, { once: true });
    finished.signal.addEventListener('abort', () => signal.removeEventListener('abort', cancel), { once: true });
    void clock.sleep(deadlineMs, finished.signal).then((hasPassed) => {
      if (hasPassed) stop({ kind: 'timed-out', afterMs: deadlineMs });
    });
  });
  const result = await Promise.race([work(controller.signal).then((value) => ok(value)), stopped]);
  finished.abort();
  return result;
}
