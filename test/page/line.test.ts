/** The line to a worker, with its far end in this thread: what large arrays on it must not do. */
import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { type Answers, lineToWorker } from '../../shared/line/line.ts';
import { startFarEnd } from '../fakes/farEnd.ts';

type SumCalls = { sum: { readonly ask: SumAsk; readonly answer: { readonly sum: number; readonly isAborted: boolean } } };

interface SumAsk {
  readonly name: string;
  readonly arrays: readonly (Uint8ClampedArray | Float32Array)[];
}

/** Several pieces, the last of them short. */
const bytes = 2_500_000;
function large(): Uint8ClampedArray {
  const array = new Uint8ClampedArray(bytes);
  for (let i = 0; i < bytes; i++) array[i] = (i * 31 + (i >> 12)) & 255;
  return array;
}

/** Weighted by place, so that what is exchanged shows. */
function sumOf(list: SumAsk['arrays']): number {
  let sum = 0;
  for (const array of list) for (let i = 0; i < array.length; i++) sum += array[i] * ((i % 251) + 1);
  return sum;
}

/** A line whose clock counts time by breaths: each look at it is 20 ms later. */
function line() {
  const arrived: string[] = [];
  const answers: Answers<SumCalls> = {
    async sum({ name, arrays }, signal) {
      arrived.push(name);
      return { answer: { sum: sumOf(arrays), isAborted: signal.aborted }, give: [] };
    },
  };
  let now = 0;
  let breaths = 0;
  const clock = {
    now: () => {
      now += 20;
      return now;
    },
    sleep: async () => {
      breaths++;
      return new Promise<boolean>((resolve) => setTimeout(() => resolve(true)));
    },
  };
  let breakOff = (): void => {};
  const start = startFarEnd<SumCalls>(() => answers);
  const caller = lineToWorker<SumCalls>({
    clock,
    start: (hear, gone) => {
      breakOff = () => gone('out of memory');
      return start(hear, gone);
    },
  })();
  return { caller, arrived, breaths: () => breaths, breakOff: () => breakOff() };
}

describe('a line to a worker', () => {
  test('copies large arrays in pieces, to the byte, and leaves this end its own', async () => {
    const { caller, breaths } = line();
    const array = large();
    const floats = Float32Array.from({ length: 500_001 }, (_, i) => i % 7);
    const part = array.subarray(1, bytes - 5);
    const { sum } = await caller.call('sum', { name: 'all', arrays: [part, floats, part] }, neverAborted);
    expect(sum).toBe(sumOf([part, floats, part]));
    expect([array.length, floats.length]).toEqual([bytes, 500_001]);
    expect(breaths()).toBeGreaterThanOrEqual(4);
  });

  test('sends a small ask at once, and one after a large one after it', async () => {
    const { caller, arrived, breaths } = line();
    const small = { name: 'small', arrays: [new Uint8ClampedArray([3])] };
    await caller.call('sum', small, neverAborted);
    expect(breaths()).toBe(0);
    const both = [caller.call('sum', { name: 'large', arrays: [large()] }, neverAborted), caller.call('sum', small, neverAborted)];
    expect((await Promise.all(both)).map(({ sum }) => sum)).toEqual([sumOf([large()]), 3]);
    expect(arrived).toEqual(['small', 'large', 'small']);
    await caller.call('sum', small, neverAborted);
    expect(arrived).toHaveLength(4);
  });

  test('hears an abort while it copies', async () => {
    const { caller } = line();
    const abort = new AbortController();
    const asked = caller.call('sum', { name: 'large', arrays: [large()] }, abort.signal);
    abort.abort();
    expect(await asked).toMatchObject({ isAborted: true });
  });

  test('ends an ask that is still being copied when the worker breaks off', async () => {
    const { caller, arrived, breakOff } = line();
    const asked = caller.call('sum', { name: 'large', arrays: [large()] }, neverAborted);
    breakOff();
    await expect(asked).rejects.toThrow('out of memory');
    expect(arrived).toEqual([]);
  });
});
