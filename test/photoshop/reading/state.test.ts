/** What stands in the way, and what to know before: as data, and as a refusal when nobody asked. */
import { describe, expect, it } from 'vitest';
import { explain } from '../../../shared/core/failure.ts';
import { plainPixels } from '../../contracts/memoryHost.ts';
import { answerOf, never, openHost, place, putAsk } from '../openHost.ts';
import type { PhotoshopPlan } from '../simulator/index.ts';

const plan = (more: Partial<PhotoshopPlan>): PhotoshopPlan => ({
  title: 'Model.psd',
  extent: { width: 8, height: 6 },
  layers: [{ name: 'photo', pixels: plainPixels(8, 6, [90, 90, 90, 255]), background: true }],
  ...more,
});

describe('blocks before anything is sent, and says what to do', () => {
  it.each([
    ['quick-mask', plan({ quickMask: true }), '27.9.1', /Press Q/],
    ['bitmap', plan({ mode: 'Bitmap' }), '27.9.1', /Grayscale, then RGB Color/],
    ['indexed', plan({ mode: 'Indexed' }), '27.9.1', /Image ▸ Mode ▸ RGB Color/],
    ['duotone', plan({ mode: 'Duotone' }), '27.9.1', /Image ▸ Mode ▸ RGB Color/],
    ['multichannel', plan({ mode: 'Multichannel' }), '27.9.1', /Image ▸ Mode ▸ RGB Color/],
    [
      'too-large',
      plan({ extent: { width: 30_001, height: 6 }, layers: [{ name: 'photo', pixels: plainPixels(1, 1, [1, 1, 1, 255]) }] }),
      '27.9.1',
      /Image Size/,
    ],
    ['old-host', plan({}), '24.4.0', /Update Photoshop/],
  ] as const)('%s', async (kind, document, version, whatToDo) => {
    const { host, ps } = openHost(document, { version });
    const { state } = ps.inspect.document();
    const { blockers } = answerOf(await host.state());
    expect(blockers.map((note) => note.kind)).toEqual([kind]);
    expect(blockers[0].whatToDo).toMatch(whatToDo);
    expect(answerOf(await host.selection())).toMatchObject({ region: null });
    const refusals = [
      await host.readPixels({ of: 'visible', bounds: { x: 0, y: 0, width: 4, height: 4 } }, never),
      await place(host, putAsk('visible')),
    ];
    for (const refused of refusals) {
      expect(refused).toMatchObject({ ok: false, error: { kind: 'unsupported', name: 'Model.psd' } });
      if (!refused.ok) expect(explain(refused.error).sentence).toMatch(whatToDo);
    }
    expect(ps.inspect.document().state).toBe(state);
  });
});

describe('warns, and works', () => {
  it.each([
    ['32-bit', plan({ depth: 32 })],
    ['cmyk', plan({ mode: 'CMYK' })],
    ['lab', plan({ mode: 'Lab' })],
    ['grey', plan({ mode: 'Grayscale' })],
    ['untagged', plan({ profile: '' })],
  ] as const)('%s', async (kind, document) => {
    const { host } = openHost(document);
    const { blockers, warnings } = answerOf(await host.state());
    expect([blockers, warnings.map((note) => note.kind)]).toEqual([[], [kind]]);
    answerOf(await host.readPixels({ of: 'visible', bounds: { x: 0, y: 0, width: 4, height: 4 } }, never));
  });

  it('says nothing about an ordinary document', async () => {
    expect(answerOf(await openHost(plan({})).host.state())).toEqual({ blockers: [], warnings: [] });
  });
});
