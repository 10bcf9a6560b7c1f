/** A take that was placed in Photoshop, saved, and opened by our own PSD host, and the other way round: the same layers, names, numbers and story. */
import { expect, it } from 'vitest';
import { createPhotoshopHost } from '../../../photoshop-uxp/host/photoshopHost.ts';
import type { PhotoshopModules } from '../../../photoshop-uxp/types/modules.ts';
import { createPortableCodec } from '../../../shared/codecs/portableCodec.ts';
import type { LayerInfo } from '../../../shared/core/host.ts';
import type { Mask } from '../../../shared/core/pixels.ts';
import { createNodeCodec } from '../../../standalone/command/nodeCodec.ts';
import { openDocument } from '../../../standalone/documents/openDocument.ts';
import { contractStory } from '../../contracts/hostContract.ts';
import { patternPixels } from '../../contracts/memoryHost.ts';
import { HandClock } from '../handClock.ts';
import { answerOf, never, openHost, place, putAsk, refOf } from '../openHost.ts';
import { createPhotoshop } from '../simulator/index.ts';

const path = '/Users/me/Pictures/Model.psd';
const bounds = { x: 3, y: 2, width: 12, height: 9 };
const mask: Mask = { bounds, data: new Uint8ClampedArray(108).map((_, i) => (i % 12 < 6 ? 255 : 90)) };
const put = { pixels: patternPixels(12, 9, 5), bounds, mask };
const outline = (layers: readonly LayerInfo[]) => layers.map(({ name, ref, kind, hasMask }) => [name, ref, kind, hasMask]);

it.each([8, 16] as const)('from Photoshop to our own, with %i bits', async (depth) => {
  const { ps, host } = openHost({
    title: 'Model.psd',
    extent: { width: 40, height: 30 },
    depth,
    layers: [{ name: 'photo', pixels: patternPixels(40, 30, 3) }],
  });
  const take = answerOf(await place(host, putAsk(await refOf(host, 'photo'), put)));
  await ps.user.saveAs(path);
  const own = answerOf(await openDocument(ps.disk.files.get(path) as Uint8Array, 'Model.psd', createNodeCodec(), never));
  expect(outline(answerOf(await own.layers()))).toEqual(outline(answerOf(await host.layers())));
  expect(answerOf(await own.readStory(take))).toBe(contractStory);
  const [here, there] = [
    answerOf(await host.readPixels({ of: take, bounds }, never)),
    answerOf(await own.readPixels({ of: take, bounds }, never)),
  ];
  expect(Math.max(...here.pixels.data.map((v, i) => Math.abs(v - there.pixels.data[i])))).toBeLessThanOrEqual(1);
});

it('from our own to Photoshop', async () => {
  const first = openHost({
    title: 'Model.psd',
    extent: { width: 40, height: 30 },
    layers: [{ name: 'photo', pixels: patternPixels(40, 30, 3) }],
  });
  await first.ps.user.saveAs(path);
  const own = answerOf(await openDocument(first.ps.disk.files.get(path) as Uint8Array, 'Model.psd', createNodeCodec(), never));
  const [photo] = answerOf(await own.layers());
  const take = answerOf(await own.step('Retake', never, (step) => step.placePixels(putAsk(photo.ref, put))));
  first.ps.disk.files.set(path, answerOf(await own.save('psd', never)));

  const ps = createPhotoshop({ disk: first.ps.disk });
  const documentId = await ps.user.openFile(path);
  const modules = ps.modules as unknown as PhotoshopModules;
  const host = createPhotoshopHost({ modules, documentId, clock: new HandClock(), codec: createPortableCodec() });
  expect(outline(answerOf(await host.layers()))).toEqual(outline(answerOf(await own.layers())));
  expect(answerOf(await host.readStory(take))).toBe(contractStory);
  const { pixels } = answerOf(await host.readPixels({ of: take, bounds }, never));
  expect([...pixels.data].filter((_, i) => i % 4 === 3)).toEqual([...mask.data]);
  ps.assertClean();
});
