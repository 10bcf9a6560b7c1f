import { expect, test } from 'vitest';
import { withinBars } from '../../shared/core/compose/bars.ts';
import { createPlane } from '../../shared/core/compose/planes.ts';
import type { Plane } from '../../shared/core/compose/types.ts';

const source = { width: 300, height: 200 };

/** A picture 300 px wide between black bars above and below; its lowest `darkRows` are as black as they. */
function barred(top: number, bottom: number, darkRows: number): Plane {
  const plane = createPlane({ width: 300, height: top + 200 + bottom });
  for (let y = top; y < top + 200 - darkRows; y++)
    for (let x = 0; x < 300; x++) plane.data[y * 300 + x] = 90 + 60 * Math.sin(x / 9) * Math.cos(y / 13);
  return plane;
}

const places = (found: { readonly y: number; readonly height: number }): readonly number[] => [found.y, found.y + found.height];

test('bars above and below are left out, with the soft row or two beside them', () => {
  expect(places(withinBars(barred(30, 30, 0), source))).toEqual([32, 228]);
});

test.each([20, 90])('a picture whose lowest %d rows are black too is kept whole between bars of one thickness', (darkRows) => {
  expect(places(withinBars(barred(30, 30, darkRows), source))).toEqual([32, 228]);
});

test('a picture without bars is kept whole, however dark its lower part', () => {
  expect(places(withinBars(barred(0, 0, 60), source))).toEqual([0, 200]);
});
