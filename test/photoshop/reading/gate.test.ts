/** The one gate: who enters when, what happens when somebody is inside already, and what Escape does. */
import { describe, expect, it } from 'vitest';
import { explain } from '../../../shared/core/failure.ts';
import { ok } from '../../../shared/core/result.ts';
import { plainPixels } from '../../contracts/memoryHost.ts';
import { breath } from '../handClock.ts';
import { answerOf, never, openHost, place, putAsk } from '../openHost.ts';

const plan = {
  title: 'Model.psd',
  extent: { width: 40, height: 30 },
  layers: [{ name: 'photo', pixels: plainPixels(40, 30, [9, 8, 7, 255]) }],
};
const bounds = { x: 0, y: 0, width: 4, height: 4 };

describe.each(['25.0.0', '27.9.1'])('another plug-in is inside (%s)', (version) => {
  it('waits and tries again, and then goes on', async () => {
    const { ps, host, clock } = openHost(plan, { version });
    const leave = ps.user.holdModal();
    const reading = host.readPixels({ of: 'visible', bounds }, never);
    await clock.pass(300);
    leave();
    answerOf(await clock.until(reading));
  });

  it('says so after a while, and has changed nothing', async () => {
    const { ps, host, clock } = openHost(plan, { version });
    const leave = ps.user.holdModal('');
    const answer = await clock.until(place(host, putAsk('visible')));
    expect(answer).toMatchObject({ ok: false, error: { kind: 'host' } });
    if (!answer.ok) expect(explain(answer.error).sentence).toMatch(/Photoshop is busy .* then try again\. Nothing was changed\.$/);
    leave();
    expect(ps.inspect.history()).toEqual(['Open']);
    answerOf(await place(host, putAsk('visible')));
  });

  it('lets the looks that wait behind one that was refused wait no longer, so that a step comes to its turn', async () => {
    const { ps, host, clock } = openHost(plan, { version });
    const leave = ps.user.holdModal();
    const began = clock.now();
    const looks = Array.from({ length: 8 }, () => host.layers());
    const answers = await clock.until(Promise.all(looks));
    expect(answers.map((answer) => !answer.ok && answer.error.kind)).toEqual(Array(8).fill('host'));
    const eight = clock.now() - began;
    const again = clock.now();
    await clock.until(host.layers());
    expect(eight).toBeLessThanOrEqual(clock.now() - again);
    leave();
    answerOf(await host.layers());
  });

  it('stops waiting when the caller cancels', async () => {
    const { ps, host, clock } = openHost(plan, { version });
    const leave = ps.user.holdModal();
    const stop = new AbortController();
    const reading = host.readPixels({ of: 'visible', bounds }, stop.signal);
    await breath();
    stop.abort();
    expect(await clock.until(reading)).toEqual({ ok: false, error: { kind: 'cancelled' } });
    leave();
  });
});

it('who cancels while another is inside has the answer at once', async () => {
  const { host } = openHost(plan);
  const stop = new AbortController();
  let leave: () => void = () => {};
  const inside = host.step('Retake', never, async () => {
    await new Promise<void>((resolve) => {
      leave = resolve;
    });
    return ok(1);
  });
  await breath();
  const waiting = host.readPixels({ of: 'visible', bounds }, stop.signal);
  stop.abort();
  expect(await waiting).toEqual({ ok: false, error: { kind: 'cancelled' } });
  leave();
  answerOf(await inside);
});

it('never begins the work twice, even when the work itself meets a collision', async () => {
  const { host, ps } = openHost(plan);
  let began = 0;
  const answer = await host.step('Retake', never, async () => {
    began++;
    throw Object.assign(new Error('host is in a modal state'), { number: 9 });
  });
  expect([began, answer.ok]).toEqual([1, false]);
  expect(ps.inspect.history()).toEqual(['Open']);
});

it('short looks that wait together share one modal scope', async () => {
  const { ps, host } = openHost(plan);
  answerOf(await host.document());
  const entered = (): number => ps.inspect.events.filter(({ event }) => event === 'modalJavaScriptScopeEnter').length;
  const before = entered();
  const answers = await Promise.all([host.readPixels({ of: 'visible', bounds }, never), host.document(), host.layers(), host.selection()]);
  expect(answers.every(({ ok }) => ok)).toBe(true);
  expect(entered() - before).toBe(2);
});

it('is not held between two accesses, while a model works', async () => {
  const { ps, host } = openHost(plan);
  answerOf(await host.readPixels({ of: 'visible', bounds }, never));
  expect(ps.inspect.isModal).toBe(false);
});

it.each([
  ['25.0.0', undefined],
  ['25.9.0', undefined],
  ['25.10.0', 2],
  ['27.9.1', 2],
])('asks Photoshop to wait by itself where it can (%s)', async (version, timeOut) => {
  const { ps, host } = openHost(plan, { version });
  const { core } = ps.modules.photoshop;
  const { executeAsModal } = core;
  const asked: { timeOut?: number; commandName: string }[] = [];
  (core as { executeAsModal: unknown }).executeAsModal = (target: never, options: (typeof asked)[number]) => {
    asked.push(options);
    return executeAsModal(target, options);
  };
  answerOf(await host.readPixels({ of: 'visible', bounds }, never));
  expect(asked).toEqual([{ commandName: 'Retake: reading Model.psd', ...(timeOut === undefined ? {} : { timeOut }) }]);
});

it('shows how far it is once the work has taken a while, not before', async () => {
  const { ps, host, clock } = openHost({ ...plan, extent: { width: 2000, height: 4000 } });
  const { imaging } = ps.modules.photoshop;
  const { getPixels } = imaging;
  (imaging as { getPixels: unknown }).getPixels = async (ask: never) => {
    await clock.pass(600);
    return getPixels(ask);
  };
  answerOf(await host.readPixels({ of: 'visible', bounds: { x: 0, y: 0, width: 2000, height: 4000 } }, never));
  expect(ps.inspect.progress.map(({ value }) => value)).toEqual([1]);
  expect(ps.inspect.progress[0].commandName).toBe('Retake: reading Model.psd');
});

it('Escape ends a read, and the next one works', async () => {
  const { ps, host } = openHost({ ...plan, extent: { width: 3000, height: 3000 } });
  const reading = host.readPixels({ of: 'visible', bounds: { x: 0, y: 0, width: 3000, height: 3000 } }, never);
  while (!ps.inspect.isModal) await Promise.resolve();
  ps.user.pressEscape();
  expect(await reading).toEqual({ ok: false, error: { kind: 'cancelled' } });
  answerOf(await host.readPixels({ of: 'visible', bounds }, never));
});

it('an abort of the caller ends a read', async () => {
  const { host, ps } = openHost({ ...plan, extent: { width: 3000, height: 3000 } });
  const stop = new AbortController();
  const reading = host.readPixels({ of: 'visible', bounds: { x: 0, y: 0, width: 3000, height: 3000 } }, stop.signal);
  while (!ps.inspect.isModal) await Promise.resolve();
  stop.abort();
  expect(await reading).toEqual({ ok: false, error: { kind: 'cancelled' } });
});

it('a document that was closed is told as that', async () => {
  const { ps, host, documentId } = openHost(plan);
  ps.user.open({ ...plan, title: 'other' });
  ps.user.close(documentId);
  for (const answer of [
    await host.document(),
    await host.layers(),
    await host.selection(),
    await host.state(),
    await place(host, putAsk('visible')),
  ]) {
    expect(answer).toEqual({ ok: false, error: { kind: 'no-document' } });
  }
});
