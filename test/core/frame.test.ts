import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planFrame } from '../../shared/core/edit/frame.ts';
import { area, contains } from '../../shared/core/geometry.ts';
import { builtInModels, cellsOf, findModel, sizeClassesOf, trueRatio } from '../../shared/core/models/registry.ts';

const editors = builtInModels.filter((model) => model.wire !== 'imagen');
const extents = fc.record({ width: fc.integer({ min: 1, max: 12_000 }), height: fc.integer({ min: 1, max: 12_000 }) });

describe('the frame that a layer is sent in', () => {
  test('has the true ratio of its cell to within half a pixel, holds the whole layer, and is never sent enlarged', () => {
    fc.assert(
      fc.property(extents, fc.constantFrom(...editors), (extent, model) => {
        const frame = planFrame(extent, model, null);
        if (frame === null) throw new Error('no frame');
        const { cell, padded, at, sent } = frame;
        expect(contains({ x: 0, y: 0, ...padded }, { ...at, ...extent })).toBe(true);
        expect(padded.width === extent.width || padded.height === extent.height).toBe(true);
        if (cell.ratio !== null) {
          const ratio = trueRatio(cell.extent);
          expect(
            Math.min(Math.abs(padded.width - padded.height * ratio), Math.abs(padded.height - padded.width / ratio)),
          ).toBeLessThanOrEqual(0.5 * Math.max(1, ratio));
        }
        expect(sent.width).toBeLessThanOrEqual(padded.width);
        expect(sent.height).toBeLessThanOrEqual(padded.height);
        expect(Math.max(sent.width, sent.height)).toBeLessThanOrEqual(Math.max(model.maxSendSidePx, 1));
      }),
    );
  });

  test('wastes no more than any other cell would, but for rounding', () => {
    fc.assert(
      fc.property(extents, (extent) => {
        const model = findModel('gemini-nano-banana-2.1');
        const frame = planFrame(extent, model, null);
        if (frame === null) throw new Error('no frame');
        for (const cell of cellsOf(model)) {
          const ratio = trueRatio(cell.extent);
          const other =
            extent.width / extent.height > ratio ? (extent.width * extent.width) / ratio : extent.height * extent.height * ratio;
          expect(area(extent) / area(frame.padded)).toBeGreaterThan(
            area(extent) / other - 0.006 - 1 / Math.min(extent.width, extent.height),
          );
        }
      }),
    );
  });

  test.each([
    [{ width: 512, height: 512 }, '1:1', '1K', { width: 512, height: 512 }],
    [{ width: 1920, height: 1080 }, '16:9', '2K', { width: 1935, height: 1080 }],
    [{ width: 4000, height: 3000 }, '4:3', '4K', { width: 4018, height: 3000 }],
    [{ width: 1376, height: 768 }, '16:9', '1K', { width: 1376, height: 768 }],
    [{ width: 100, height: 1000 }, '1:8', '1K', { width: 125, height: 1000 }],
    [{ width: 9000, height: 9000 }, '1:1', '4K', { width: 9000, height: 9000 }],
  ])('of %o is %s at %s', (extent, ratio, size, padded) => {
    const frame = planFrame(extent, findModel('gemini-nano-banana-2.1'), null);
    expect(frame).toMatchObject({ cell: { ratio, size }, padded });
  });

  test('keeps the size class that the user asked for, and is refused where the model has none such', () => {
    expect(planFrame({ width: 4000, height: 3000 }, findModel('gemini-nano-banana-2.1'), '1K')?.cell.size).toBe('1K');
    expect(planFrame({ width: 300, height: 300 }, findModel('gemini-nano-banana-2.1'), '4K')?.cell.size).toBe('4K');
    expect(planFrame({ width: 300, height: 300 }, findModel('gemini-3.1-flash-lite-image'), '2K')).toBeNull();
    expect(planFrame({ width: 300, height: 300 }, findModel('gemini-2.5-flash-image'), '1K')).toBeNull();
  });

  test('follows the input for a model that takes no shape', () => {
    const frame = planFrame({ width: 3000, height: 1000 }, findModel('gemini-2.0-flash-preview-image-generation'), null);
    expect(frame).toEqual({
      cell: { ratio: null, size: null, extent: { width: 1024, height: 341 } },
      padded: { width: 3000, height: 1000 },
      at: { x: 0, y: 0 },
      sent: { width: 1024, height: 341 },
    });
  });

  test('a 12 megapixel layer goes out at what the model can see', () => {
    const frame = planFrame({ width: 4000, height: 3000 }, findModel('gemini-nano-banana-2.1'), null);
    expect(frame?.sent).toEqual({ width: 2048, height: 1529 });
    expect(sizeClassesOf(findModel('gemini-nano-banana-2.1'))).toEqual(['1K', '2K', '4K']);
  });
});
