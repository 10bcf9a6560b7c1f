/** Time in the test's hand: short pauses pass at once, longer ones when the test lets time pass. */
import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Clock } from '../../shared/core/ports.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: (slept: boolean) => void;
}

const shortMs = 100;

export class HandClock implements Clock {
  /** Every wait, ms. */
  readonly slept: number[] = [];
  private time = Date.UTC(2026, 10, 28, 12);
  private sleepers: Sleeper[] = [];

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal: AbortSignal): Promise<boolean> {
    this.slept.push(ms);
    if (signal.aborted) return Promise.resolve(false);
    if (ms <= shortMs) {
      this.time += ms;
      return Promise.resolve().then(() => !signal.aborted);
    }
    return new Promise((resolve) => {
      const onAbort = (): void => wake(false);
      const wake = (slept: boolean): void => {
        this.sleepers = this.sleepers.filter((one) => one !== sleeper);
        signal.removeEventListener('abort', onAbort);
        resolve(slept);
      };
      const sleeper = { until: this.time + ms, wake };
      this.sleepers.push(sleeper);
      signal.addEventListener('abort', onAbort);
    });
  }

  /** Lets time pass, and what waited for it go on. */
  async pass(ms: number): Promise<void> {
    this.time += ms;
    for (const { until, wake } of [...this.sleepers]) if (until <= this.time) wake(true);
    await breath();
  }

  /** Lets as much time pass as `work` takes. */
  async until<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    // What fails is the caller's to see, below.
    done.catch(() => undefined);
    for (let i = 0; i < 1000 && !isDone; i++) await this.pass(shortMs);
    return done;
  }
}

/** Everything that is ready to run does. */
export const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
