import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Clock, Ids } from '../../shared/core/ports.ts';

/** Time that passes only when somebody sleeps. `slept` lists every wait, ms. */
export class FakeClock implements Clock {
  readonly slept: number[] = [];
  private time: number;

  constructor(startMs = Date.UTC(2026, 10, 23, 12)) {
    this.time = startMs;
  }

  now(): number {
    return this.time;
  }

  pass(ms: number): void {
    this.time += ms;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    this.slept.push(ms);
    this.time += ms;
    await Promise.resolve();
    return !signal.aborted;
  }
}

/** take-1, take-2, … */
export class CountingIds implements Ids {
  private count = 0;
  next(): string {
    this.count += 1;
    return `take-${this.count}`;
  }
}
