import sharp from 'sharp';
import { expect, test, vi } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { countChangedOutside } from '../../shared/core/edit/layOver.ts';
import { layPixelsOver } from '../../shared/core/edit/layPixelsOver.ts';
import { mergeAnswer } from '../../shared/core/edit/mergeAnswer.ts';
import { readSubject } from '../../shared/core/edit/readSubject.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import { type Pixels, pixelsFrom, rectangleMask } from '../../shared/core/pixels.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { MemoryHost, plainPixels } from '../contracts/memoryHost.ts';
import { valueIn } from '../documents/valueIn.ts';

vi.setConfig({ testTimeout: 60_000 });
const codec = createNodeCodec();
let count = 0;
const clock = { now: () => performance.now(), sleep: async () => true };
const ids = { next: () => `id-${++count}` };

async function coffee(): Promise<Pixels> {
  const file = new URL('../fixtures/photos/coffee.png', import.meta.url).pathname;
  return pixelsFrom({ width: 600, height: 400 }, await sharp(file).ensureAlpha().raw().toBuffer());
}

function withPatch(source: Pixels, left: number, color: readonly [number, number, number, number]): Pixels {
  const out = pixelsFrom(source, source.data.slice());
  for (let y = 100; y < 160; y++) for (let x = left; x < left + 60; x++) out.data.set(color, (y * source.width + x) * 4);
  return out;
}

const ask = (of: string, answer: Pixels) =>
  ({ of, region: null, answer, name: 'edited.png', answerHash: '', tone: 'auto', whole: false }) as const;

test('a merge keeps the full answer hidden beneath the change, and is recorded as a take', async () => {
  const source = await coffee();
  const host = new MemoryHost({ extent: source, layers: [{ name: 'photo', pixels: source }] });
  const merged = valueIn(
    await mergeAnswer(
      { host, store: host.store, clock, ids, codec },
      ask(host.refOf('photo'), withPatch(source, 200, [20, 160, 60, 255])),
      neverAborted,
    ),
  );
  expect(merged.findings).toMatchObject({ mode: 'delta', kept: { changedPixelsOutside: 0 } });
  const layers = valueIn(await host.layers());
  expect(layers.map(({ name, visible }) => [name, visible])).toEqual([
    ['edited.png', true],
    ['Take 1 · merged', true],
    ['Full answer', false],
    ['photo', true],
  ]);
  const { history } = valueIn(await readHistory(host.store));
  expect([...history.takes.values()].map(({ model }) => model)).toEqual(['merged']);
});

test('a take that holds only a change is read, for the next edit, with what it was made from beneath it', async () => {
  const source = await coffee();
  const host = new MemoryHost({ extent: source, layers: [{ name: 'photo', pixels: source }] });
  const ports = { host, store: host.store, clock, ids, codec };
  const once = withPatch(source, 200, [20, 160, 60, 255]);
  const first = valueIn(await mergeAnswer(ports, ask(host.refOf('photo'), once), neverAborted));
  const second = valueIn(await mergeAnswer(ports, ask(first.layer, withPatch(once, 400, [170, 40, 40, 255])), neverAborted));
  expect(second.take.parent).toBe(first.take.id);
  const { history } = valueIn(await readHistory(host.store));
  const subject = valueIn(await readSubject(host, second.layer, null, history, neverAborted));
  expect(subject.bounds).toEqual({ x: 0, y: 0, width: 600, height: 400 });
  const at = (x: number, y: number) => [...subject.pixels.data.subarray((y * 600 + x) * 4, (y * 600 + x) * 4 + 4)];
  expect(at(10, 10)).toEqual([...source.data.subarray((10 * 600 + 10) * 4, (10 * 600 + 10) * 4 + 4)]);
  for (const [c, level] of at(230, 130).entries()) expect(Math.abs(level - [20, 160, 60, 255][c])).toBeLessThan(6);
  for (const [c, level] of at(430, 130).entries()) expect(Math.abs(level - [170, 40, 40, 255][c])).toBeLessThan(6);
});

test('the count of pixels changed outside the mask sees one that is, and none inside', () => {
  const before = plainPixels(8, 8, [10, 20, 30, 255]);
  const after = plainPixels(8, 8, [10, 20, 30, 255]);
  const mask = rectangleMask({ x: 0, y: 0, width: 8, height: 8 });
  mask.data.fill(0, 0, 32);
  after.data[40 * 4] = 99;
  expect(countChangedOutside(before, after, mask)).toBe(0);
  after.data[3 * 4 + 3] = 254;
  after.data[5 * 4 + 1] = 21;
  expect(countChangedOutside(before, after, mask)).toBe(2);
});

test('laying over keeps what is beneath to the bit where nothing is on top', () => {
  const under = plainPixels(2, 1, [10, 20, 30, 200]);
  const over = plainPixels(2, 1, [200, 100, 0, 0]);
  over.data.set([200, 100, 0, 255], 4);
  expect([...layPixelsOver(under, over).data]).toEqual([10, 20, 30, 200, 200, 100, 0, 255]);
  over.data[7] = 128;
  expect([...layPixelsOver(under, over).data.subarray(4)]).toEqual([117, 65, 13, 228]);
});
