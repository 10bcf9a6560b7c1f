import sharp from 'sharp';
import { expect, test, vi } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { countChangedOutside, layMaskedOver, layPixelsOver, maskedWithin } from '../../shared/core/edit/layPixelsOver.ts';
import { mergeAnswer } from '../../shared/core/edit/mergeAnswer.ts';
import { readSubject } from '../../shared/core/edit/readSubject.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import { type Mask, type Pixels, pixelsFrom, rectangleMask } from '../../shared/core/pixels.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { MemoryHost, plainPixels } from '../contracts/memoryHost.ts';
import { valueIn } from '../documents/valueIn.ts';

vi.setConfig({ testTimeout: 180_000 });
const codec = createNodeCodec();
const pace = { breathe: () => false };
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
  ({ of, region: null, answer, name: 'edited.png', file: null, tone: 'auto', whole: false }) as const;

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

test('the count of pixels changed outside the mask sees one that is, and none inside', async () => {
  const before = plainPixels(8, 8, [10, 20, 30, 255]);
  const after = plainPixels(8, 8, [10, 20, 30, 255]);
  after.data[40 * 4] = 99;
  const within = { x: 3, y: 4, width: 8, height: 8 };
  const mask = rectangleMask(within);
  mask.data.fill(0, 0, 32);
  const counted = (over: Mask) => countChangedOutside(before, after, within, over, pace);
  expect(await counted(mask)).toBe(0);
  after.data[3 * 4 + 3] = 254;
  after.data[5 * 4 + 1] = 21;
  expect(await counted(mask)).toBe(2);
  // What the mask does not reach lies outside it.
  expect(await counted(rectangleMask({ x: 3, y: 4, width: 6, height: 1 }))).toBe(1);
  expect(await counted(rectangleMask({ x: 0, y: 0, width: 3, height: 4 }))).toBe(3);
});

test('a masked picture lies on its subject as it does when both are of one size, and beyond its bounds too', async () => {
  const noise = (width: number, height: number, seed: number) => {
    const out = plainPixels(width, height, [0, 0, 0, 0]);
    for (let i = 0; i < out.data.length; i++) out.data[i] = (Math.imul(i + 1, seed) >>> 13) & 255;
    for (let i = 3; i < out.data.length; i += 12) out.data[i] = 255;
    return out;
  };
  const under = noise(23, 17, 2654435761);
  const within = { x: -4, y: 6, width: 23, height: 17 };
  const bounds = { x: 8, y: 2, width: 20, height: 14 };
  for (const at of [bounds, { x: 5, y: 4, width: 12, height: 9 }, { x: 100, y: 0, width: 3, height: 3 }]) {
    const mask = { bounds: at, data: noise(at.width, at.height, 40503).data.filter((_, i) => i % 4 === 1) };
    const over = { pixels: noise(20, 14, 1597334677), bounds, mask };
    const wanted = layPixelsOver(under, maskedWithin(within, over));
    expect((await layMaskedOver(under, within, over, pace))?.data).toEqual(wanted.data);
    const deep = { ...over.pixels, data: Uint16Array.from(over.pixels.data, (v) => v * 257) };
    expect((await layMaskedOver(under, within, { ...over, pixels: deep }, pace))?.data).toEqual(wanted.data);
  }
  const whole = { pixels: noise(20, 14, 1597334677), bounds, mask: null };
  expect((await layMaskedOver(under, within, whole, pace))?.data).toEqual(layPixelsOver(under, maskedWithin(within, whole)).data);
  expect(await layMaskedOver(under, within, whole, { breathe: () => true })).toBeNull();
});

test('laying over keeps what is beneath to the bit where nothing is on top', () => {
  const under = plainPixels(2, 1, [10, 20, 30, 200]);
  const over = plainPixels(2, 1, [200, 100, 0, 0]);
  over.data.set([200, 100, 0, 255], 4);
  expect([...layPixelsOver(under, over).data]).toEqual([10, 20, 30, 200, 200, 100, 0, 255]);
  over.data[7] = 128;
  expect([...layPixelsOver(under, over).data.subarray(4)]).toEqual([117, 65, 13, 228]);
});
