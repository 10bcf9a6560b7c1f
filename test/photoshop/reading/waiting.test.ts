/** Somebody else holds Photoshop for longer than a moment: what the user has asked for says that it waits, until it does not. */
import { describe, expect, it } from 'vitest';
import { parseVersion } from '../../../photoshop-uxp/host/hostVersion.ts';
import { createModalGate } from '../../../photoshop-uxp/host/modal.ts';
import { createPhotoshopHost } from '../../../photoshop-uxp/host/photoshopHost.ts';
import type { PhotoshopModules } from '../../../photoshop-uxp/types/modules.ts';
import { createPortableCodec } from '../../../shared/codecs/portableCodec.ts';
import { plainPixels } from '../../contracts/memoryHost.ts';
import { answerOf, never, openHost, place, putAsk } from '../openHost.ts';

const plan = {
  title: 'Model.psd',
  extent: { width: 40, height: 30 },
  layers: [{ name: 'photo', pixels: plainPixels(40, 30, [9, 8, 7, 255]) }],
};
const bounds = { x: 0, y: 0, width: 4, height: 4 };
const placing = 'Retake: make the jacket red';

describe.each(['25.0.0', '27.9.1'])('another plug-in is inside (%s)', (version) => {
  function opened() {
    const { ps, documentId, clock } = openHost(plan, { version });
    const told: (string | null)[] = [];
    const modules = ps.modules as unknown as PhotoshopModules;
    const gate = createModalGate(modules.photoshop.core, parseVersion(version), clock, (ask) => told.push(ask?.name ?? null));
    const host = createPhotoshopHost({ modules, documentId, clock, codec: createPortableCodec(), gate });
    return { ps, host, clock, told };
  }

  it('for a moment: nothing is told', async () => {
    const { ps, host, clock, told } = opened();
    const leave = ps.user.holdModal();
    const put = place(host, putAsk('visible'));
    await clock.pass(100);
    leave();
    answerOf(await clock.until(put));
    expect(told).toEqual([]);
  });

  it('longer: what waits is told, and once it goes on that is told too', async () => {
    const { ps, host, clock, told } = opened();
    const leave = ps.user.holdModal();
    const put = place(host, putAsk('visible'));
    await clock.pass(300);
    await clock.pass(300);
    expect(told).toEqual([placing]);
    leave();
    answerOf(await clock.until(put));
    expect(told).toEqual([placing, null]);
  });

  it('too long: it is told until it was refused', async () => {
    const { ps, host, clock, told } = opened();
    const leave = ps.user.holdModal();
    const answer = await clock.until(place(host, putAsk('visible')));
    expect([answer.ok, told]).toEqual([false, [placing, null]]);
    leave();
  });

  it('and who waits cancels: that is told no more', async () => {
    const { ps, host, clock, told } = opened();
    const leave = ps.user.holdModal();
    const stop = new AbortController();
    const put = place(host, putAsk('visible'), stop.signal);
    await clock.pass(600);
    stop.abort();
    expect(told).toEqual([placing, null]);
    expect(await clock.until(put)).toEqual({ ok: false, error: { kind: 'cancelled' } });
    leave();
  });

  it('while the panel only looks: nothing is told, until a step stands in line behind', async () => {
    const { ps, host, clock, told } = opened();
    const leave = ps.user.holdModal();
    const looks = [host.layers(), host.selection(), host.smallPicture('visible', 20, never)];
    await clock.pass(300);
    await clock.pass(300);
    expect(told).toEqual([]);
    const put = place(host, putAsk('visible'));
    expect(told).toEqual([placing]);
    leave();
    await clock.until(Promise.all(looks));
    answerOf(await clock.until(put));
    expect(told).toEqual([placing, null]);
  });
});

it('a run looks as patiently as it places: it outlasts what the panel does not, is told, and is cancelled at once', async () => {
  const { ps, documentId, clock } = openHost(plan);
  const told: (string | null)[] = [];
  const modules = ps.modules as unknown as PhotoshopModules;
  const gate = createModalGate(modules.photoshop.core, parseVersion('27.9.1'), clock, (ask) => told.push(ask?.name ?? null));
  const host = createPhotoshopHost({ modules, documentId, clock, codec: createPortableCodec(), gate });
  const looking = 'Retake: looking at the layers';
  let leave = ps.user.holdModal();
  const panel = host.layers();
  const run = host.forRun(never).layers();
  expect((await clock.until(panel)).ok).toBe(false);
  leave();
  answerOf(await clock.until(run));
  expect(told).toEqual([looking, null]);

  leave = ps.user.holdModal();
  const stop = new AbortController();
  const cancelled = host.forRun(stop.signal).layers();
  await clock.pass(600);
  stop.abort();
  expect(await clock.until(cancelled)).toEqual({ ok: false, error: { kind: 'cancelled' } });
  expect(told).toEqual([looking, null, looking, null]);
  leave();
});

it('work that is inside itself is no waiting, however long it takes', async () => {
  const { ps, documentId, clock } = openHost(plan);
  const told: unknown[] = [];
  const modules = ps.modules as unknown as PhotoshopModules;
  const gate = createModalGate(modules.photoshop.core, parseVersion('27.9.1'), clock, (ask) => told.push(ask));
  const host = createPhotoshopHost({ modules, documentId, clock, codec: createPortableCodec(), gate });
  const put = host.step('Retake', never, async (step) => {
    await clock.pass(5000);
    return step.placePixels(putAsk('visible'));
  });
  const read = host.readPixels({ of: 'visible', bounds }, never);
  answerOf(await clock.until(put));
  answerOf(await clock.until(read));
  expect(told).toEqual([]);
});
