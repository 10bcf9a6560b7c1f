/** Drawing, moving and resizing the region: rectangles in document pixels, whole numbers, always inside the document. */
import type { Bounds, Extent, Point } from '../../shared/core/geometry.ts';

/** Compass points of the handles; 'inside' moves the whole, 'new' draws another. */
export type Grip = 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w' | 'nw' | 'inside' | 'new';

export const handles: readonly Exclude<Grip, 'inside' | 'new'>[] = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'];

/** Where a handle sits on the region, 0 to 1 in each direction. */
export const handlePlace = (grip: Grip): Point => ({
  x: grip.includes('w') ? 0 : grip.includes('e') ? 1 : 0.5,
  y: grip.includes('n') ? 0 : grip.includes('s') ? 1 : 0.5,
});

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

function between(a: Point, b: Point, document: Extent): Bounds {
  const x0 = clamp(Math.floor(Math.min(a.x, b.x)), 0, document.width);
  const y0 = clamp(Math.floor(Math.min(a.y, b.y)), 0, document.height);
  const x1 = clamp(Math.ceil(Math.max(a.x, b.x)), 0, document.width);
  const y1 = clamp(Math.ceil(Math.max(a.y, b.y)), 0, document.height);
  return { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
}

/**
 * The region after the pointer went from `from` to `to` (document px, fractions allowed) with `grip`. `isSquare` keeps
 * equal sides while a corner is drawn. Width or height 0 means that nothing was drawn.
 */
export function dragRegion(grip: Grip, start: Bounds, from: Point, to: Point, document: Extent, isSquare = false): Bounds {
  if (grip === 'inside') {
    return {
      x: clamp(Math.round(start.x + to.x - from.x), 0, document.width - start.width),
      y: clamp(Math.round(start.y + to.y - from.y), 0, document.height - start.height),
      width: start.width,
      height: start.height,
    };
  }
  if (grip === 'new') return between(from, isSquare ? squared(from, to) : to, document);
  const right = start.x + start.width;
  const bottom = start.y + start.height;
  const dx = Math.round(to.x - from.x);
  const dy = Math.round(to.y - from.y);
  const a = { x: grip.includes('w') ? start.x + dx : start.x, y: grip.includes('n') ? start.y + dy : start.y };
  const b = { x: grip.includes('e') ? right + dx : right, y: grip.includes('s') ? bottom + dy : bottom };
  const moved = between(a, b, document);
  // Dragged onto its own opposite edge, a region keeps one pixel rather than vanish.
  return {
    x: Math.min(moved.x, document.width - 1),
    y: Math.min(moved.y, document.height - 1),
    width: Math.max(1, moved.width),
    height: Math.max(1, moved.height),
  };
}

function squared(from: Point, to: Point): Point {
  const side = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  return { x: from.x + side * (to.x < from.x ? -1 : 1), y: from.y + side * (to.y < from.y ? -1 : 1) };
}

/** Moves by arrow keys. */
export const nudgeRegion = (region: Bounds, by: Point, document: Extent): Bounds =>
  dragRegion('inside', region, { x: 0, y: 0 }, by, document);
