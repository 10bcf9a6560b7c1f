/** Giving up: by the user at any moment, and by our own deadline, told apart; nothing is left waiting. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Clock } from '../../shared/core/ports.ts';
import { failures } from '../geminiServer/failures.ts';
import { plainAnswer } from '../geminiServer/plainAnswer.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { cellOf, layer, modelAt, realClock, requestFor, soon, WaitingClock } from './gemini.ts';

let server: GeminiServer;
beforeAll(async () => {
  server = await startGeminiServer({ answer: plainAnswer, alive: 'all' });
});
afterAll(() => server.close());
beforeEach(() => {
  server.forget();
  server.always(null);
});

/** Resolves once the server has `count` requests. */
const arrived = (count: number) => expect.poll(() => server.asked.length, { ...soon, interval: 5 }).toBe(count);
const gaveUp = () => expect.poll(() => server.asked.map((request) => request.gaveUp), { ...soon, interval: 5 }).toEqual([true]);

/** How often the event loop turns before the answer is there, up to 1000: "at once" in terms of no machine. */
async function turnsUntil(answer: Promise<unknown>): Promise<number> {
  let isThere = false;
  void answer.then(() => {
    isThere = true;
  });
  let turns = 0;
  for (; !isThere && turns < 1000; turns++) await new Promise((resolve) => setImmediate(resolve));
  return turns;
}
const atOnce = 10;

const models = ['gemini-nano-banana-2.1', 'imagen-4.0-generate-001'] as const;
const requestOf = (id: (typeof models)[number]) => requestFor(id, id.startsWith('imagen') ? { pictures: [] } : {});

test.each(models)('%s: cancelled before it begins, nothing is sent', async (id) => {
  const controller = new AbortController();
  controller.abort();
  expect(await modelAt(server, id).edit(requestOf(id), controller.signal)).toEqual({ ok: false, error: { kind: 'cancelled' } });
  expect(server.requests).toEqual([]);
});

test.each(models)('%s: cancelled in flight, it returns at once and closes the connection', async (id) => {
  server.always(failures.hang);
  const controller = new AbortController();
  const answer = modelAt(server, id, { clock: realClock }).edit(requestOf(id), controller.signal);
  await arrived(1);
  controller.abort();
  expect(await turnsUntil(answer)).toBeLessThan(atOnce);
  expect(await answer).toEqual({ ok: false, error: { kind: 'cancelled' } });
  await gaveUp();
});

test.each(models)('%s: cancelled while it waits to ask again, it returns at once and asks no more', async (id) => {
  server.always(failures['quota-minute']);
  const controller = new AbortController();
  const waits: number[] = [];
  const clock: Clock = {
    ...realClock,
    sleep(ms, signal) {
      waits.push(ms);
      return realClock.sleep(ms, signal);
    },
  };
  const answer = modelAt(server, id, { clock }).edit(requestOf(id), controller.signal);
  // As long as the service says.
  await expect.poll(() => waits, { ...soon, interval: 5 }).toContain(22_104);
  controller.abort();
  expect(await turnsUntil(answer)).toBeLessThan(atOnce);
  expect(await answer).toEqual({ ok: false, error: { kind: 'cancelled' } });
  expect(server.asked.length).toBe(1);
});

test('cancelled while pictures are encoded, nothing is sent', async () => {
  const controller = new AbortController();
  const answer = modelAt(server).edit(requestFor(), controller.signal);
  controller.abort();
  expect(await answer).toEqual({ ok: false, error: { kind: 'cancelled' } });
  expect(server.requests).toEqual([]);
});

test('a platform that does not let go of its request cannot hold the user', async () => {
  const controller = new AbortController();
  let begins = (): void => {};
  const begun = new Promise<void>((resolve) => {
    begins = resolve;
  });
  const fetch = () => {
    begins();
    return new Promise<Response>(() => {});
  };
  const answer = modelAt(server, undefined, { clock: realClock, fetch }).edit(requestFor(), controller.signal);
  await begun;
  controller.abort();
  expect(await answer).toEqual({ ok: false, error: { kind: 'cancelled' } });
});

test.each([
  ['an ordinary edit', requestFor(), 300_000],
  ['a 4K edit', requestFor(undefined, { cell: cellOf('gemini-nano-banana-2.1', '1:1', '4K') }), 600_000],
  ['an edit with seven references', requestFor(undefined, { pictures: Array.from({ length: 8 }, () => layer()) }), 600_000],
])('%s times out after its own while, and is not repeated', async (_, request, afterMs) => {
  server.always(failures.hang);
  const clock = new WaitingClock();
  const answer = modelAt(server, undefined, { clock }).edit(request, new AbortController().signal);
  await arrived(1);
  clock.strike();
  expect(await answer).toEqual({ ok: false, error: { kind: 'timed-out', afterMs } });
  await gaveUp();
});

test('a deadline by the caller counts in real time', async () => {
  server.always(failures.hang);
  const answer = await modelAt(server, undefined, { clock: realClock, deadlineMs: 150 }).edit(requestFor(), new AbortController().signal);
  expect(answer).toEqual({ ok: false, error: { kind: 'timed-out', afterMs: 150 } });
});

test('a slow answer within the deadline is an answer, and leaves no timer behind', async () => {
  server.always({ kind: 'slow', delayMs: 120, next: null });
  let pending = 0;
  const clock = {
    now: realClock.now,
    sleep: async (ms: number, signal: Parameters<typeof realClock.sleep>[1]) => {
      pending += 1;
      const slept = await realClock.sleep(ms, signal);
      pending -= 1;
      return slept;
    },
  };
  const answer = await modelAt(server, undefined, { clock }).edit(requestFor(), new AbortController().signal);
  expect(answer.ok).toBe(true);
  await expect.poll(() => pending, soon).toBe(0);
});
