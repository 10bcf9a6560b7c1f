/** Where a placed take came from stands in the document's XMP too, for other programs: with IPTC's word for what the picture is now. */
import { expect, test } from 'vitest';
import { parseVersion } from '../../photoshop-uxp/host/hostVersion.ts';
import { createModalGate } from '../../photoshop-uxp/host/modal.ts';
import { followDocuments, type Sitting } from '../../photoshop-uxp/panel/followDocuments.ts';
import { createPluginFiles } from '../../photoshop-uxp/store/pluginFiles.ts';
import type { PhotoshopModules } from '../../photoshop-uxp/types/modules.ts';
import { createPortableCodec } from '../../shared/codecs/portableCodec.ts';
import { keepTake } from '../../shared/core/history/keepTake.ts';
import { err } from '../../shared/core/result.ts';
import { contractProvenance } from '../contracts/hostContract.ts';
import { plainPixels } from '../contracts/memoryHost.ts';
import { exiftool, hasExiftool } from '../documents/otherReaders.ts';
import { valueIn } from '../documents/valueIn.ts';
import { CountingIds } from '../fakes/fakeClock.ts';
import { makeTake } from '../history/makeTake.ts';
import { answerOf, never, openHost, place, putAsk } from './openHost.ts';

const path = '/Users/me/Pictures/Model.psd';

async function sitting() {
  const { ps, documentId, clock } = openHost({
    title: 'Model.psd',
    extent: { width: 40, height: 30 },
    layers: [{ name: 'photo', pixels: plainPixels(40, 30, [9, 8, 7, 255]) }],
  });
  const modules = ps.modules as unknown as PhotoshopModules;
  const fronts: (Sitting | null)[] = [];
  const following = followDocuments({
    modules,
    gate: createModalGate(modules.photoshop.core, parseVersion('27.9.1'), clock),
    clock,
    ids: new CountingIds(),
    codec: createPortableCodec(),
    files: createPluginFiles(modules.uxp.storage),
    hostOptions: {},
    isRunning: () => false,
    onFront: (front) => fronts.push(front),
  });
  await expect.poll(() => fronts.length).toBe(1);
  const xmp = (): string => ps.inspect.document(documentId).xmp;
  const { host, store } = fronts[0] as Sitting;
  const rested = (text: string) => expect.poll(async () => clock.pass(100).then(xmp)).toContain(text);
  return { ps, clock, host, store, following, xmp, rested };
}

test('it is written once the step has lasted and the entries have rested, and leaves the history alone', async () => {
  const { ps, clock, host, following, xmp, rested } = await sitting();
  const failed = await host.step('Retake', never, async (step) => {
    await step.placePixels(putAsk('visible'));
    return err({ kind: 'no-selection' } as const);
  });
  expect(failed.ok).toBe(false);
  await clock.pass(400);
  expect(xmp()).not.toContain('<retake:takeId>');

  const layer = answerOf(await place(host, putAsk('visible')));
  await rested(`<retake:takeId>${contractProvenance.takeId}</retake:takeId>`);
  expect(xmp()).toContain(`<retake:layerId>${layer.slice('layer-'.length)}</retake:layerId>`);
  expect(xmp()).toContain(`<Iptc4xmpExt:DigitalSourceType>${contractProvenance.digitalSourceType}</Iptc4xmpExt:DigitalSourceType>`);
  expect(ps.inspect.history()).toEqual(['Open', 'Retake: make the jacket red']);

  following.stop();
});

test('undone and placed again it names the layer that it has now', async () => {
  const { ps, host, store, following, xmp, rested } = await sitting();
  valueIn(await keepTake(store, makeTake(contractProvenance.takeId, {})));
  const numbers = () => [...xmp().matchAll(/<retake:layerId>(\d+)</g)].map(([, id]) => `layer-${id}`);
  const first = answerOf(await place(host, putAsk('visible')));
  await rested('<retake:layerId>');
  expect(numbers()).toEqual([first]);
  ps.user.undo();
  const second = answerOf(await place(host, putAsk('visible')));
  expect(second).not.toBe(first);
  await rested(`<retake:layerId>${second.slice('layer-'.length)}<`);
  expect(numbers()).toEqual([second]);
  following.stop();
});

test.skipIf(!hasExiftool)('strangers read it in the saved file', async () => {
  const { ps, host, following, rested } = await sitting();
  answerOf(await place(host, putAsk('visible')));
  await rested('DigitalSourceType');
  await ps.user.saveAs(path);
  const told = exiftool(ps.disk.files.get(path) as Uint8Array, 'psd');
  expect(told['XMP-iptcExt:DigitalSourceType']).toMatch(/compositeWithTrainedAlgorithmicMedia|Composite/i);
  following.stop();
});
