/** "About this host": what it finds out, under each of the ways that reports differ, and that nothing of its trying stays. */
import { describe, expect, it } from 'vitest';
import { type ProbePorts, probeHost } from '../../photoshop-uxp/panel/probeHost.ts';
import { watchRequests } from '../../photoshop-uxp/runtime/watchRequests.ts';
import type { PhotoshopModules } from '../../photoshop-uxp/types/modules.ts';
import { plainPixels } from '../contracts/memoryHost.ts';
import { openHost } from './openHost.ts';
import type { PhotoshopOptions } from './simulator/index.ts';

const plan = {
  title: 'Model.psd',
  extent: { width: 8, height: 6 },
  layers: [{ name: 'photo', pixels: plainPixels(8, 6, [9, 8, 7, 255]) }],
};

function opened(options: PhotoshopOptions = {}) {
  const { ps, clock } = openHost(plan, options);
  const ports: ProbePorts = {
    modules: ps.modules as unknown as PhotoshopModules,
    globals: ps.globals(),
    missing: ['TextEncoder'],
    requests: { answered: 0, longestText: 0, longestMs: 0 },
    createCanvas: () => null,
    supports: null,
  };
  const probed = async (more: Partial<ProbePorts> = {}) =>
    Object.fromEntries((await probeHost({ ...ports, ...more })).map(({ name, answer }) => [name, answer]));
  return { ps, clock, probed };
}

describe('what nobody documents', () => {
  it.each([
    ['25.0.0', 'works'],
    ['27.9.1', 'refused: The requested functionality is only allowed from inside a modal scope.'],
  ])('reading outside a modal scope (%s)', async (version, answer) => {
    const { probed } = opened({ version });
    expect(await probed()).toMatchObject({ 'Reading pixels outside a modal scope': answer, 'Reading pixels inside': 'works' });
  });

  it.each([
    ['works', 'is kept, without a history state'],
    ['fails', /^refused: /],
  ] as const)('setting a document’s XMP (%s)', async (documentXmp, answer) => {
    const { ps, probed } = opened({ quirks: { documentXmp } });
    const { state } = ps.inspect.document();
    const { 'The document’s XMP': told } = await probed();
    expect(told).toMatch(answer);
    expect([ps.inspect.document().xmp, ps.inspect.documents.length]).toEqual(['', 1]);
    expect(ps.inspect.document().state).toBe(state);
  });

  it('how much the key store keeps, whose key stays as it was', async () => {
    const { ps, probed } = opened();
    ps.keys.entries.set('retake.apiKey', Uint8Array.of(1, 2, 3));
    expect(await probed()).toMatchObject({ 'Key store': 'keeps 131072 bytes and more' });
    const { secureStorage } = ps.modules.uxp.storage;
    const { setItem } = secureStorage;
    Object.assign(secureStorage, {
      setItem: async (key: string, value: string | Uint8Array) => {
        if (value.length > 2000) throw new Error('Value is too large');
        return setItem.call(secureStorage, key, value);
      },
    });
    expect(await probed()).toMatchObject({ 'Key store': 'keeps 1024 bytes, refuses 16384: Value is too large' });
    ps.keys.isBroken = true;
    expect((await probed())['Key store']).toMatch(/^keeps 0 bytes, refuses 1: /);
    ps.keys.isBroken = false;
    expect([...ps.keys.entries]).toEqual([['retake.apiKey', Uint8Array.of(1, 2, 3)]]);
  });

  it('how long and how large answers were, once there were any', async () => {
    const { clock, probed } = opened();
    const requests = watchRequests(async () => {
      await clock.pass(83_000);
      return { ok: true, status: 200, statusText: 'OK', headers: null, text: async () => 'x'.repeat(12_300_000) };
    }, clock);
    expect(await probed({ requests: requests.figures() })).toMatchObject({ Requests: expect.stringContaining('edit once') });
    await (await requests.fetch('https://example.com/')).text();
    await requests.fetch('https://example.com/');
    expect(requests.figures().answered).toBe(1);
    expect(await probed({ requests: requests.figures() })).toMatchObject({
      'Longest answer read': '12.3 million characters',
      'Longest wait for one': '83 s',
    });
  });

  it('globals that this UXP has, told from stand-ins of ours', async () => {
    const answers = await opened().probed();
    expect(answers['Stand-ins in use']).toBe('TextEncoder');
    for (const name of ['FormData', 'Intl', 'WebAssembly', 'Worker']) expect(answers[name]).toMatch(/^(absent|present)$/);
  });
});
