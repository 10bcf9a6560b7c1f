import { expect, test } from 'vitest';
import { createCanvas, type PaintNode, paintAlone, paintNodes } from '../../standalone/documents/composite.ts';
import { plainPixels } from '../contracts/memoryHost.ts';

const bounds = { x: 0, y: 0, width: 2, height: 1 };

const plain = (color: readonly [number, number, number, number], rest: Partial<PaintNode> = {}): PaintNode => ({
  bounds,
  visible: true,
  blend: 'norm',
  opacity: 1,
  clipping: false,
  mask: null,
  pixels: () => plainPixels(2, 1, color),
  children: [],
  ...rest,
});

const group = (children: readonly PaintNode[], rest: Partial<PaintNode> = {}): PaintNode =>
  plain([0, 0, 0, 0], { pixels: null, children, ...rest });

function shown(nodes: readonly PaintNode[], x = 0): number[] {
  const canvas = createCanvas(bounds);
  paintNodes(canvas, nodes);
  return [...canvas.data.subarray(x * 4, x * 4 + 4)];
}

const ground = plain([100, 100, 100, 255]);

test('a clipped layer takes the alpha of its base, and mixes with its colour as if that were opaque', () => {
  // Half red over blue within the base, whose alpha then counts once: 100 + (127.5 - 100) · 128/255.
  const base = plain([0, 0, 255, 128]);
  const clipped = plain([255, 0, 0, 255], { clipping: true, opacity: 0.5 });
  expect(shown([base, clipped])).toEqual([128, 0, 128, 128]);
  expect(shown([ground, base, clipped])).toEqual([114, 50, 114, 255]);
});

test('a clipped layer is hidden with its base', () => {
  const base = plain([0, 0, 255, 255], { visible: false });
  expect(shown([ground, base, plain([255, 0, 0, 255], { clipping: true })])).toEqual([100, 100, 100, 255]);
});

test('a pass-through group lets its layers blend with what is beneath, an isolated one does not', () => {
  const shade = plain([128, 128, 128, 255], { blend: 'mul ' });
  expect(shown([ground, group([shade], { blend: 'pass' })])).toEqual([50, 50, 50, 255]);
  expect(shown([ground, group([shade])])).toEqual([128, 128, 128, 255]);
});

test('the opacity and the mask of a pass-through group fade between before and after', () => {
  const mask = { bounds: { x: 1, y: 0, width: 1, height: 1 }, data: Uint8Array.of(255), outside: 0, density: 255 };
  const red = plain([255, 0, 0, 255]);
  const half = group([red], { blend: 'pass', opacity: 0.5, mask });
  expect(shown([ground, half], 0)).toEqual([100, 100, 100, 255]);
  expect(shown([ground, half], 1)).toEqual([178, 50, 50, 255]);
});

test('the density of a mask limits what it takes away', () => {
  const mask = { bounds: { x: 0, y: 0, width: 1, height: 1 }, data: Uint8Array.of(0), outside: 255, density: 51 };
  expect(shown([plain([9, 9, 9, 255], { mask })], 0)[3]).toBe(204);
  expect(shown([plain([9, 9, 9, 255], { mask })], 1)[3]).toBe(255);
});

test('a layer by itself shows though it is hidden, clipped and set to multiply', () => {
  const canvas = createCanvas(bounds);
  paintAlone(canvas, plain([10, 20, 30, 255], { visible: false, clipping: true, blend: 'mul ', opacity: 0.4 }));
  expect([...canvas.data.subarray(0, 4)]).toEqual([10, 20, 30, 102]);
});
