/** What a browser's trace says of how long a page's own thread was held, told by its tasks. */
import { writeFile } from 'node:fs/promises';
import type { Browser, Frame, Page } from 'playwright-core';

export interface Held {
  readonly step: string;
  /** Time on the processor. */
  readonly 'longest task, ms': number;
  readonly 'tasks over 25 ms, in all': number;
  /** Time that passed, which is longer where other work had the processor. */
  readonly 'longest passed, ms': number;
  readonly 'all tasks, ms': number;
  readonly 'took, ms': number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  /** Microseconds: that passed, and on the processor. */
  readonly dur?: number;
  readonly tdur?: number;
}

const tasks = ['toplevel', 'blink.user_timing', '__metadata'];
const profile = ['devtools.timeline', 'v8', 'blink', 'cc', 'disabled-by-default-devtools.timeline', 'disabled-by-default-v8.cpu_profiler'];

/** Carries `work` out and tells of the tasks of the thread of `where` meanwhile, and of half a second after. */
export async function heldThreads(
  browser: Browser,
  page: Page,
  where: Page | Frame,
  step: string,
  work: () => Promise<unknown>,
  traceFile?: string,
): Promise<Held> {
  await browser.startTracing(page, { categories: traceFile === undefined ? tasks : [...tasks, ...profile] });
  // What starting to trace took is nobody's.
  await where.evaluate((mark) => void performance.mark(mark), begins);
  const since = performance.now();
  await work();
  const took = performance.now() - since;
  await page.waitForTimeout(500);
  await where.evaluate((mark) => void performance.mark(mark), ends);
  const trace = await browser.stopTracing();
  if (traceFile !== undefined) await writeFile(traceFile, trace);
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const held = tasksOf(traceEvents);
  const ms = (microseconds: number): number => Math.round(microseconds / 100) / 10;
  return {
    step,
    'longest task, ms': ms(Math.max(0, ...held.map(({ tdur = 0 }) => tdur))),
    'tasks over 25 ms, in all': held.filter(({ tdur = 0 }) => tdur > 25_000).length,
    'longest passed, ms': ms(Math.max(0, ...held.map(({ dur = 0 }) => dur))),
    'all tasks, ms': ms(held.reduce((sum, { tdur = 0 }) => sum + tdur, 0)),
    'took, ms': Math.round(took),
  };
}

const begins = 'work begins';
const ends = 'work ends';

/** Of the thread that made the mark, from then on. */
function tasksOf(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const place = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const mark = events.find(({ name }) => name === begins);
  if (mark === undefined || !events.some(({ name }) => name === ends)) throw new Error('The trace does not hold all of the work.');
  return events.filter((event) => event.name === 'ThreadControllerImpl::RunTask' && event.ts > mark.ts && place(event) === place(mark));
}

/** Of each figure by itself. */
export function median(runs: readonly Held[]): Held {
  const middle = (figures: readonly number[]): number => [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)];
  const entries = Object.keys(runs[0]).map((key) => {
    const figures = runs.map((run) => run[key as keyof Held]);
    return [key, typeof figures[0] === 'string' ? figures[0] : middle(figures as number[])];
  });
  return Object.fromEntries(entries);
}
