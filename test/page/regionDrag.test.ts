import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundsOf, contains } from '../../shared/core/geometry.ts';
import { dragRegion, handles, nudgeRegion } from '../../standalone/page/regionDrag.ts';

const document = { width: 200, height: 100 };
const start = { x: 50, y: 20, width: 60, height: 40 };

describe('a region under the pointer', () => {
  test('covers every pixel that the pointer touched, from any corner', () => {
    const wanted = { x: 10, y: 5, width: 21, height: 11 };
    expect(dragRegion('new', start, { x: 10.2, y: 5.9 }, { x: 30.1, y: 15.5 }, document)).toEqual(wanted);
    expect(dragRegion('new', start, { x: 30.1, y: 15.5 }, { x: 10.2, y: 5.9 }, document)).toEqual(wanted);
  });

  test('is empty when nothing was drawn', () => {
    expect(dragRegion('new', start, { x: 10, y: 5 }, { x: 10, y: 5 }, document)).toMatchObject({ width: 0, height: 0 });
    expect(dragRegion('new', start, { x: -40, y: 5 }, { x: -10, y: 15 }, document).width).toBe(0);
  });

  test('is square with the modifier held', () => {
    const drawn = dragRegion('new', start, { x: 10, y: 10 }, { x: 40, y: 22 }, document, true);
    expect([drawn.width, drawn.height]).toEqual([30, 30]);
  });

  test('keeps its size when it is moved against an edge', () => {
    expect(dragRegion('inside', start, { x: 60, y: 30 }, { x: 900, y: -900 }, document)).toEqual({ x: 140, y: 0, width: 60, height: 40 });
  });

  test('moves one edge with an edge handle and two with a corner', () => {
    expect(dragRegion('e', start, { x: 110, y: 40 }, { x: 120, y: 90 }, document)).toEqual({ ...start, width: 70 });
    expect(dragRegion('nw', start, { x: 50, y: 20 }, { x: 40, y: 10 }, document)).toEqual({ x: 40, y: 10, width: 70, height: 50 });
  });

  test('turns over when a handle passes the opposite edge', () => {
    expect(dragRegion('w', start, { x: 50, y: 40 }, { x: 130, y: 40 }, document)).toEqual({ x: 110, y: 20, width: 20, height: 40 });
  });

  test('follows the arrow keys', () => {
    expect(nudgeRegion(start, { x: -10, y: 1 }, document)).toEqual({ ...start, x: 40, y: 21 });
  });

  test('never leaves the document and never vanishes under a handle', () => {
    const point = fc.record({ x: fc.double({ min: -500, max: 700, noNaN: true }), y: fc.double({ min: -500, max: 700, noNaN: true }) });
    fc.assert(
      fc.property(fc.constantFrom(...handles, 'inside' as const), point, point, (grip, from, to) => {
        const region = dragRegion(grip, start, from, to, document);
        expect(contains(boundsOf(document), region)).toBe(true);
        expect(region.width).toBeGreaterThanOrEqual(1);
        expect(region.height).toBeGreaterThanOrEqual(1);
        expect(Object.values(region).every(Number.isInteger)).toBe(true);
      }),
    );
  });
});
