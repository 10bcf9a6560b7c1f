/** The line to the worker that composes, with its far end in this thread: breaking off, aborting, and letting go. */
import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { type LayOver, layOver } from '../../shared/core/edit/layOver.ts';
import type { Subject } from '../../shared/core/edit/types.ts';
import { type Pixels, pixelsFrom } from '../../shared/core/pixels.ts';
import type { Clock } from '../../shared/core/ports.ts';
import { lineToWorker, type ToWorker } from '../../shared/line/line.ts';
import { type ComposingCalls, composingAnswers, layOverInWorker } from '../../shared/threads/composing.ts';
import { type Intercept, startFarEnd } from '../fakes/farEnd.ts';

const clock: Clock = {
  now: () => performance.now(),
  sleep: (_, signal) => new Promise((resolve) => setTimeout(() => resolve(!signal.aborted))),
};
const ask = { scope: 'unknown', tone: 'auto', whole: false, matte: null } as const;

/** Blobs of colour that can be registered. */
function picture(): Pixels {
  const data = new Uint8ClampedArray(160 * 120 * 4);
  for (let i = 0; i < 160 * 120; i++) {
    const [x, y] = [i % 160, Math.floor(i / 160)];
    const level = 128 + 60 * Math.sin(x / 7 + y / 11) + 50 * Math.sin((x * y) / 900) + ((x * 31 + y * 17) % 13);
    data.set([level, 255 - level, level * 0.6, 255], i * 4);
  }
  return pixelsFrom({ width: 160, height: 120 }, data);
}

function patched(): Pixels {
  const { data } = picture();
  for (let y = 40; y < 80; y++) for (let x = 60; x < 100; x++) data.set([200, 30, 40, 255], (y * 160 + x) * 4);
  return pixelsFrom({ width: 160, height: 120 }, data);
}

const subject = (): Subject => ({
  of: 'visible',
  name: 'blobs',
  bounds: { x: 10, y: 20, width: 160, height: 120 },
  pixels: picture(),
  region: null,
  notes: [],
});

interface Far {
  readonly instead?: Intercept;
  readonly lay?: LayOver;
  readonly farClock?: Clock;
}

function farEnd({ instead = () => false, lay, farClock = clock }: Far = {}) {
  const seen: ToWorker[] = [];
  const fallbacks: string[] = [];
  let started = 0;
  const start = startFarEnd<ComposingCalls>(
    () => composingAnswers(farClock, lay),
    (message, gone) => {
      seen.push(message);
      return instead(message, gone);
    },
  );
  const line = lineToWorker<ComposingCalls>({
    clock,
    start: (...ends) => {
      started++;
      return start(...ends);
    },
  });
  const port = layOverInWorker(line, (cause) => fallbacks.push(String(cause)));
  return { port, seen, fallbacks, started: () => started };
}

describe('composing in a worker', () => {
  test('answers what this thread would, evidence too, and leaves the subject its pixels', async () => {
    const { port, fallbacks } = farEnd();
    const given = subject();
    const there = await port(given, patched(), ask, clock, neverAborted);
    const here = await layOver(subject(), patched(), ask, clock, neverAborted);
    if (!there.ok || !here.ok) throw new Error('not composed');
    expect(here.value.findings.mode).toBe('delta');
    const plain = ({ evidence: _, findings: { timingsMs: __, ...findings }, ...rest }: typeof here.value) => ({ ...rest, findings });
    expect(plain(there.value)).toEqual(plain(here.value));
    expect(await there.value.evidence?.(neverAborted)).toEqual(await here.value.evidence?.(neverAborted));
    expect(given.pixels.data).toHaveLength(160 * 120 * 4);
    expect(fallbacks).toEqual([]);
  });

  test('keeps what was compared until it is looked at, through an abort too, and gives it once', async () => {
    const { port, seen } = farEnd();
    const laid = await port(subject(), patched(), ask, clock, neverAborted);
    if (!laid.ok) throw new Error('not composed');
    const stopped = new AbortController();
    stopped.abort();
    expect(await laid.value.evidence?.(stopped.signal)).toBeNull();
    const first = await laid.value.evidence?.(neverAborted);
    expect(first?.coverage.some((level) => level > 0)).toBe(true);
    expect(await laid.value.evidence?.(neverAborted)).toBe(first);
    expect(seen.filter((message) => message.kind === 'call' && message.what === 'evidence')).toHaveLength(1);
  });

  test('is aborted in the worker', async () => {
    const abort = new AbortController();
    // It breathes at every row, and the abort comes at one of them.
    let time = 0;
    let breaths = 0;
    const farClock: Clock = {
      now: () => (time += 1000),
      sleep: (ms, signal) => {
        if (++breaths === 20) abort.abort();
        return clock.sleep(ms, signal);
      },
    };
    const { port, seen, fallbacks } = farEnd({ farClock });
    expect(await port(subject(), patched(), ask, clock, abort.signal)).toEqual({ ok: false, error: { kind: 'cancelled' } });
    expect(seen.map(({ kind }) => kind)).toEqual(['call', 'abort']);
    expect(breaths).toBeLessThan(30);
    expect(fallbacks).toEqual([]);
  });

  test('goes on in this thread when the worker breaks off, and starts another for the next answer', async () => {
    let isDying = true;
    const { port, fallbacks, started } = farEnd({
      instead: (message, gone) => {
        if (message.kind !== 'call' || !isDying) return false;
        isDying = false;
        gone('out of memory');
        return true;
      },
    });
    const first = await port(subject(), patched(), ask, clock, neverAborted);
    expect(first.ok && first.value.findings.mode).toBe('delta');
    expect(fallbacks).toEqual(['Error: out of memory']);
    const second = await port(subject(), patched(), ask, clock, neverAborted);
    expect(second.ok && second.value.findings.mode).toBe('delta');
    expect([fallbacks.length, started()]).toEqual([1, 2]);
  });

  test('does what the worker raised an error over, and tells the error', async () => {
    const { port, fallbacks } = farEnd({
      lay: async () => {
        throw new RangeError('Array buffer allocation failed');
      },
    });
    const laid = await port(subject(), patched(), ask, clock, neverAborted);
    expect(laid.ok && laid.value.findings.mode).toBe('delta');
    expect(fallbacks).toEqual([expect.stringContaining('Array buffer allocation failed')]);
  });

  test('has nothing to look at any more once the worker is gone, and loses no take by it', async () => {
    let breakOff = (): void => {};
    const { port } = farEnd({
      instead: (_message, gone) => {
        breakOff = () => gone('gone');
        return false;
      },
    });
    const laid = await port(subject(), patched(), ask, clock, neverAborted);
    breakOff();
    if (!laid.ok) throw new Error('not composed');
    expect(await laid.value.evidence?.(neverAborted)).toBeNull();
    expect(laid.value.pixels.data.length).toBeGreaterThan(0);
  });
});
