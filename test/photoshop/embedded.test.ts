/** What the host does beyond the port, on the simulated Photoshop: small pictures, and answers that go with the document. */
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { createPhotoshopHost } from '../../photoshop-uxp/host/photoshopHost.ts';
import type { PhotoshopModules } from '../../photoshop-uxp/types/modules.ts';
import { neverAborted } from '../../shared/core/abort.ts';
import { receivedName } from '../../shared/core/edit/placeTake.ts';
import { sha256Hex } from '../../shared/core/hash.ts';
import { nodeClock } from '../../standalone/command/nodeClock.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { contractProvenance, contractStory } from '../contracts/hostContract.ts';
import { patternPixels, plainPixels } from '../contracts/memoryHost.ts';
import { valueIn } from '../documents/valueIn.ts';
import { createPhotoshop, type Photoshop } from './simulator/index.ts';

const path = '/Users/me/Pictures/kept.psd';
const answer = new Uint8Array(
  await sharp({ create: { width: 9, height: 7, channels: 3, background: '#2a8f4a' } })
    .png()
    .toBuffer(),
);

const hostOf = (ps: Photoshop, documentId: number, answerFile: (hash: string) => Promise<Uint8Array | null> = async () => null) =>
  createPhotoshopHost({
    modules: ps.modules as unknown as PhotoshopModules,
    documentId,
    clock: nodeClock,
    codec: createNodeCodec(),
    answerFile,
  });

const open = (ps: Photoshop): number =>
  ps.user.open({
    extent: { width: 64, height: 48 },
    title: 'kept',
    layers: [
      { name: 'photo', pixels: patternPixels(40, 30, 3), at: { x: 4, y: 5 } },
      { name: 'ground', pixels: plainPixels(64, 48, [9, 90, 200, 255]) },
    ],
  });

const place = (host: ReturnType<typeof hostOf>, answerHash: string) =>
  host.step('Retake', neverAborted, (step) =>
    step.placePixels({
      pixels: plainPixels(5, 4, [240, 130, 20, 255]),
      bounds: { x: 7, y: 9, width: 5, height: 4 },
      mask: null,
      name: 'jacket',
      group: 'make the jacket red',
      above: 'visible',
      provenance: { ...contractProvenance, answerHash },
      story: contractStory,
    }),
  );

test('the answer’s own file is embedded with its take, in the same history step, and read again on another machine', async () => {
  const ps = createPhotoshop();
  const id = open(ps);
  const hash = sha256Hex(answer);
  const host = hostOf(ps, id, async (asked) => (asked === hash ? answer : null));
  const states = ps.inspect.history().length;
  valueIn(await place(host, hash));
  expect(ps.inspect.history().length).toBe(states + 1);
  const names = valueIn(await host.layers()).map(({ name, visible }) => `${name}${visible ? '' : ' (hidden)'}`);
  expect(names.slice(0, 3)).toEqual(['make the jacket red', 'jacket', `${receivedName} (hidden)`]);
  await ps.user.saveAs(path);

  const other = createPhotoshop({ disk: ps.disk });
  const again = hostOf(other, await other.user.openFile(path));
  other.user.selectLayers('ground');
  expect(valueIn(await again.embeddedFile(hash))).toEqual(answer);
  expect(valueIn(await again.embeddedFile('0'.repeat(64)))).toBe(null);
  expect(valueIn(await again.selection()).of).toBe(valueIn(await again.layers()).find(({ name }) => name === 'ground')?.ref);
  expect([...ps.disk.files.keys()].filter((name) => name.startsWith('/plugin-temp'))).toEqual([]);
  ps.assertClean();
  other.assertClean();
});

test('a file that Photoshop does not take leaves the take as it is without', async () => {
  const ps = createPhotoshop();
  const host = hostOf(ps, open(ps), async () => Uint8Array.of(1, 2, 3));
  valueIn(await place(host, 'a'.repeat(64)));
  expect(valueIn(await host.layers()).map(({ name }) => name)).toEqual(['make the jacket red', 'jacket', 'photo', 'ground']);
  ps.assertClean();
});

test('small pictures show a layer and everything, as large as asked', async () => {
  const ps = createPhotoshop();
  const host = hostOf(ps, open(ps));
  const { ref } = valueIn(await host.layers())[0];
  const small = valueIn(await host.smallPicture(ref, 20, neverAborted));
  expect([small?.width, small?.height]).toEqual([20, 15]);
  const all = valueIn(await host.smallPicture('visible', 32, neverAborted));
  expect([all?.width, all?.height]).toEqual([32, 24]);
  expect([...(all?.data.slice(0, 3) ?? [])]).toEqual([9, 90, 200]);
  expect(valueIn(await host.smallPicture('layer-999', 20, neverAborted))).toBe(null);
  ps.assertClean();
});

test('undo and clearing the selection are Photoshop’s own', async () => {
  const ps = createPhotoshop();
  const host = hostOf(ps, open(ps));
  const before = valueIn(await host.layers());
  valueIn(await place(host, ''));
  valueIn(await host.stepBack());
  expect(valueIn(await host.layers())).toEqual(before);
  ps.user.select({ kind: 'rectangle', bounds: { x: 2, y: 3, width: 8, height: 8 } });
  expect(valueIn(await host.selection()).region).not.toBe(null);
  valueIn(await host.deselect());
  expect(valueIn(await host.selection()).region).toBe(null);
  ps.assertClean();
});
