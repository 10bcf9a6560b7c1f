import { expect, test } from 'vitest';
import { type LayOver, layOver } from '../../shared/core/edit/layOver.ts';
import { rectangleMask } from '../../shared/core/pixels.ts';
import { patternPixels } from '../contracts/memoryHost.ts';
import { allOf } from '../fakes/fakeModel.ts';
import { bench, key, send, settled } from '../page/panelBench.ts';

test('the card’s picture is the take as it was placed, also when it was looked at while its answer was still being laid over', async () => {
  const slowly: LayOver = async (...given) => {
    await settled();
    return layOver(...given);
  };
  const { panel, host } = await bench({ script: [allOf(200, 0, 0)], environmentKey: key, layOver: slowly });
  host.select({ of: host.refOf('Desk'), region: rectangleMask({ x: 40, y: 30, width: 8, height: 8 }) });
  await settled();
  const seen = new Set<string>();
  panel.subscribe(() => {
    const { focused, pictures } = panel.state().takes;
    const picture = pictures.get(focused?.picture ?? '');
    if (picture !== undefined) seen.add(picture);
  });
  await send(panel, 'make it red');
  await settled();
  await settled();
  const { focused, pictures } = panel.state().takes;
  expect(focused?.status.kind).toBe('done');
  // The region lies elsewhere, so this corner is the layer's own; the bench's codec makes a grey of every answer.
  const [red, green, blue] = patternPixels(64, 48, 2).data;
  expect([...seen]).toEqual(['64 by 48, first 9,9,9', `64 by 48, first ${red},${green},${blue}`]);
  expect(pictures.get(focused?.picture ?? '')).toBe([...seen][1]);
});
