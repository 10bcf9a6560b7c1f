/**
 * Composes one pair of pictures again and again, in a process that holds nothing else, and prints what it measured as JSON.
 * `large.ts` starts it: FOLDER holds `pictures.json` (two extents) and the two pictures as plain RGBA.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compose } from '../../shared/core/compose/compose.ts';
import { layOver } from '../../shared/core/edit/layOver.ts';
import type { Subject } from '../../shared/core/edit/types.ts';
import { boundsOf, type Extent } from '../../shared/core/geometry.ts';
import { type Pixels, pixelsFrom } from '../../shared/core/pixels.ts';

/** One composition; wall time, and time of the processor in this process (its garbage collector's threads included). */
export interface Run {
  readonly ms: number;
  readonly cpuMs: number;
  /** The longest time between two breaths. */
  readonly heldMs: number;
  readonly heldCpuMs: number;
  /** Largest resident size above what the pictures left, bytes, the delta included. */
  readonly residentBytes: number;
}

export interface StagedRun extends Run {
  readonly stages: Readonly<Record<'register' | 'tone' | 'change' | 'lift', number>>;
}

export interface LargeRuns {
  readonly fraction: number;
  /** The first of the process, before anything was compiled, and those from the third on. */
  readonly first: Run;
  readonly warm: readonly StagedRun[];
  /** Composing, the full answer beneath, laying over and counting, as an edit does it. */
  readonly laidOver: readonly Run[];
  /** Time from an abort to the end, ms; of the moments that were reached. */
  readonly stops: readonly number[];
}

const ask = { region: null, tone: 'auto', scope: 'unknown', whole: false } as const;
const cpuNow = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const breath = (): Promise<void> => new Promise((next) => setImmediate(next));
const signalOf = () => ({ aborted: false, addEventListener: () => {}, removeEventListener: () => {} });

async function measured(work: (clock: { now(): number; sleep(): Promise<boolean> }) => Promise<void>): Promise<Run> {
  globalThis.gc?.();
  await breath();
  const resident = process.memoryUsage.rss();
  let largest = resident;
  let heldMs = 0;
  let heldCpuMs = 0;
  let since = performance.now();
  let sinceCpu = cpuNow();
  const start = since;
  const startCpu = sinceCpu;
  const mark = (): void => {
    heldMs = Math.max(heldMs, performance.now() - since);
    heldCpuMs = Math.max(heldCpuMs, cpuNow() - sinceCpu);
    largest = Math.max(largest, process.memoryUsage.rss());
  };
  await work({
    now: () => performance.now(),
    sleep: async () => {
      mark();
      await breath();
      since = performance.now();
      sinceCpu = cpuNow();
      return true;
    },
  });
  const ms = performance.now() - start;
  const cpuMs = cpuNow() - startCpu;
  mark();
  return { ms, cpuMs, heldMs, heldCpuMs, residentBytes: largest - resident };
}

/** An abort that is asked for after so many ms, whoever holds the thread then. */
async function stopAfter(source: Pixels, answer: Pixels, ms: number): Promise<number | null> {
  const signal = signalOf();
  const start = performance.now();
  const clock = {
    now: () => {
      const now = performance.now();
      if (now - start > ms) signal.aborted = true;
      return now;
    },
    sleep: async () => {
      await breath();
      return !signal.aborted;
    },
  };
  const composed = await compose(source, answer, ask, clock, signal);
  return composed === null ? performance.now() - start - ms : null;
}

async function main(folder: string): Promise<LargeRuns> {
  const extents = JSON.parse(readFileSync(join(folder, 'pictures.json'), 'utf8')) as { source: Extent; answer: Extent };
  const [source, answer] = (['source', 'answer'] as const).map((name) => pixelsFrom(extents[name], readFileSync(join(folder, name))));
  const runs: StagedRun[] = [];
  let fraction = 0;
  for (let k = 0; k < 7; k++) {
    let stages: StagedRun['stages'] = { register: 0, tone: 0, change: 0, lift: 0 };
    const run = await measured(async (clock) => {
      const result = await compose(source, answer, ask, clock, signalOf());
      if (result === null) throw new Error('not aborted');
      fraction = result.change.fraction;
      stages = result.timingsMs;
    });
    runs.push({ ...run, stages });
  }
  const laidOver: Run[] = [];
  const subject: Subject = { of: 'visible', name: 'layer', bounds: boundsOf(source), pixels: source, region: null, notes: [] };
  for (let k = 0; k < 3; k++)
    laidOver.push(
      await measured(async (clock) => {
        const result = await layOver(subject, answer, { scope: 'unknown', tone: 'auto', whole: false, matte: null }, clock, signalOf());
        if (!result.ok) throw new Error('not laid over');
      }),
    );
  const typicalMs = runs.map(({ ms }) => ms).sort((p, q) => p - q)[runs.length >> 1];
  const stops: number[] = [];
  for (let k = 0; k < 20; k++) {
    const stop = await stopAfter(source, answer, (typicalMs * (k + 0.5)) / 20);
    if (stop !== null) stops.push(stop);
  }
  return { fraction, first: runs[0], warm: runs.slice(2), laidOver, stops };
}

process.stdout.write(JSON.stringify(await main(process.argv[2])));
