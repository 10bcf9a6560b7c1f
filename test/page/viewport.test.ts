import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  center,
  fitView,
  maxScale,
  minScale,
  nextStep,
  pan,
  previousStep,
  toDocument,
  zoomText,
  zoomTo,
} from '../../standalone/page/viewport.ts';

const stage = { width: 1000, height: 700 };

describe('the view of the document', () => {
  test('fits a large document inside the margin, in the middle', () => {
    const view = fitView({ width: 4000, height: 2000 }, stage, 50);
    expect(view.scale).toBeCloseTo(900 / 4000);
    expect(view.x).toBe(50);
    expect(view.y).toBe(125);
  });

  test('does not blow a small document up', () => {
    expect(fitView({ width: 100, height: 100 }, stage, 50)).toEqual({ scale: 1, x: 450, y: 300 });
  });

  test('lies on whole device pixels, so that 100 % is crisp', () => {
    const view = center({ width: 333, height: 221 }, { width: 1001, height: 700 }, 1);
    expect(Number.isInteger(view.x) && Number.isInteger(view.y)).toBe(true);
  });

  test('zooms around the pointer: the document point under it stays', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 8, noNaN: true }),
        fc.double({ min: 0.05, max: 8, noNaN: true }),
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 0, max: 700 }),
        (from, to, x, y) => {
          const before = { scale: from, x: 120, y: -40 };
          const at = toDocument(before, { x, y });
          const after = toDocument(zoomTo(before, to, { x, y }), { x, y });
          // Half a device pixel of rounding, in document pixels.
          expect(Math.abs(after.x - at.x)).toBeLessThanOrEqual(0.51 / to);
          expect(Math.abs(after.y - at.y)).toBeLessThanOrEqual(0.51 / to);
        },
      ),
    );
  });

  test('stays within its steps, and steps always move on', () => {
    expect(zoomTo({ scale: 1, x: 0, y: 0 }, 1e9, { x: 0, y: 0 }).scale).toBe(maxScale);
    expect(zoomTo({ scale: 1, x: 0, y: 0 }, 0, { x: 0, y: 0 }).scale).toBe(minScale);
    for (let scale = minScale; scale < maxScale; scale = nextStep(scale)) {
      expect(nextStep(scale)).toBeGreaterThan(scale);
      expect(previousStep(nextStep(scale))).toBe(scale);
    }
  });

  test('is never panned wholly out of sight', () => {
    const document = { width: 300, height: 200 };
    const far = pan({ scale: 2, x: 0, y: 0 }, { x: -1e6, y: 1e6 }, document, stage, 48);
    expect(far.x + 600).toBe(48);
    expect(far.y).toBe(700 - 48);
  });

  test('is named in per cent', () => {
    expect([zoomText(1), zoomText(0.666), zoomText(0.083)]).toEqual(['100 %', '67 %', '8.3 %']);
  });
});
