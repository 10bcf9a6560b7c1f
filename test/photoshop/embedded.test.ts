/** What the host does beyond the port, on the simulated Photoshop: small pictures, and answers that go with the document. */
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { receivedName } from '../../shared/core/edit/placeTake.ts';
import { sha256Hex } from '../../shared/core/hash.ts';
import { contractProvenance } from '../contracts/hostContract.ts';
import { patternPixels, plainPixels } from '../contracts/memoryHost.ts';
import { answerOf, hostOf, never, openHost, place, putAsk } from './openHost.ts';
import { createPhotoshop } from './simulator/index.ts';

const path = '/Users/me/Pictures/kept.psd';
const jpeg = await sharp({ create: { width: 9, height: 7, channels: 3, background: '#2a8f4a' } })
  .jpeg()
  .toBuffer();
const answer = new Uint8Array(jpeg);

const plan = {
  extent: { width: 64, height: 48 },
  title: 'kept',
  layers: [
    { name: 'photo', pixels: patternPixels(40, 30, 3), at: { x: 4, y: 5 } },
    { name: 'ground', pixels: plainPixels(64, 48, [9, 90, 200, 255]) },
  ],
};

const withAnswer = (answerHash: string) => putAsk('visible', { provenance: { ...contractProvenance, answerHash } });

test('the answer’s own file is embedded with its take, in the same history step, and read again on another machine', async () => {
  const hash = sha256Hex(answer);
  const { ps, host } = openHost(plan, { answerFile: async (asked) => (asked === hash ? answer : null) });
  const states = ps.inspect.history().length;
  answerOf(await place(host, withAnswer(hash)));
  expect(ps.inspect.history().length).toBe(states + 1);
  const names = answerOf(await host.layers()).map(({ name, visible }) => `${name}${visible ? '' : ' (hidden)'}`);
  expect(names.slice(0, 3)).toEqual(['make the jacket red', 'take', `${receivedName} (hidden)`]);
  await ps.user.saveAs(path);

  const other = createPhotoshop({ disk: ps.disk });
  const again = hostOf(other, await other.user.openFile(path));
  other.user.selectLayers('ground');
  expect(answerOf(await again.embeddedFile(hash))).toEqual(answer);
  expect(answerOf(await again.embeddedFile('0'.repeat(64)))).toBe(null);
  expect(answerOf(await again.selection()).of).toBe(answerOf(await again.layers()).find(({ name }) => name === 'ground')?.ref);
  expect([...ps.disk.files.keys()].filter((name) => name.startsWith('/plugin-temp'))).toEqual([]);
  other.assertClean();
});

test('in CMYK too, with its take, and read again on another machine', async () => {
  const hash = sha256Hex(answer);
  const { ps, host } = openHost({ ...plan, mode: 'CMYK' }, { answerFile: async () => answer, placeAs: () => 'smart-object' });
  answerOf(await place(host, withAnswer(hash)));
  const names = answerOf(await host.layers()).map(({ name, kind, visible }) => `${name}, ${kind}${visible ? '' : ' (hidden)'}`);
  expect(names.slice(0, 3)).toEqual(['make the jacket red, group', 'take, smart-object', `${receivedName}, smart-object (hidden)`]);
  expect(ps.inspect.history()).toHaveLength(2);
  await ps.user.saveAs(path);

  const other = createPhotoshop({ disk: ps.disk });
  const again = hostOf(other, await other.user.openFile(path));
  expect(answerOf(await again.embeddedFile(hash))).toEqual(answer);
  expect(other.inspect.history()).toEqual(['Open']);
  other.assertClean();
});

test('a file that Photoshop does not take leaves the take as it is without', async () => {
  const { host } = openHost(plan, { answerFile: async () => Uint8Array.of(1, 2, 3) });
  answerOf(await place(host, withAnswer('a'.repeat(64))));
  expect(answerOf(await host.layers()).map(({ name }) => name)).toEqual(['make the jacket red', 'take', 'photo', 'ground']);
});

test('small pictures show a layer and everything, as large as asked', async () => {
  const { host } = openHost(plan);
  const { ref } = answerOf(await host.layers())[0];
  const small = answerOf(await host.smallPicture(ref, 20, never));
  expect([small?.width, small?.height]).toEqual([20, 15]);
  const all = answerOf(await host.smallPicture('visible', 32, never));
  expect([all?.width, all?.height]).toEqual([32, 24]);
  expect([...(all?.data.slice(0, 3) ?? [])]).toEqual([9, 90, 200]);
  expect(answerOf(await host.smallPicture('layer-999', 20, never))).toBe(null);
});

test('undo and clearing the selection are Photoshop’s own', async () => {
  const { ps, host } = openHost(plan);
  const before = answerOf(await host.layers());
  answerOf(await place(host, withAnswer('')));
  answerOf(await host.stepBack());
  expect(answerOf(await host.layers())).toEqual(before);
  ps.user.select({ kind: 'rectangle', bounds: { x: 2, y: 3, width: 8, height: 8 } });
  expect(answerOf(await host.selection()).region).not.toBe(null);
  answerOf(await host.deselect());
  expect(answerOf(await host.selection()).region).toBe(null);
});
