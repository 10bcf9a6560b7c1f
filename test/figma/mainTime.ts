import type { After } from '../../figma-plugin/sandbox/after.ts';

/** The time of Figma's main thread, for its code in this process: it stands still until a test lets it pass. */
export class MainTime {
  private nowMs = 0;
  private readonly waiting = new Set<{ readonly atMs: number; readonly work: () => void }>();

  readonly after: After = (work, ms) => {
    const one = { atMs: this.nowMs + ms, work };
    this.waiting.add(one);
    return () => this.waiting.delete(one);
  };

  /** What comes due meanwhile is done, in its order, and what comes due by that. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (let next = this.next(); next !== null && next.atMs <= untilMs; next = this.next()) {
      this.waiting.delete(next);
      this.nowMs = next.atMs;
      next.work();
    }
    this.nowMs = untilMs;
  }

  private next() {
    return [...this.waiting].reduce<{ readonly atMs: number; readonly work: () => void } | null>(
      (first, one) => (first === null || one.atMs < first.atMs ? one : first),
      null,
    );
  }
}
