/**
 * Places and sizes in document pixels: origin top left, whole numbers, pixel centres at +0.5.
 * `Bounds` is half open: it covers x … x + width - 1.
 */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Extent {
  readonly width: number;
  readonly height: number;
}

export interface Bounds extends Point, Extent {}

export const boundsOf = (extent: Extent): Bounds => ({ x: 0, y: 0, width: extent.width, height: extent.height });

export const area = (extent: Extent): number => extent.width * extent.height;

export const isEmpty = (extent: Extent): boolean => extent.width <= 0 || extent.height <= 0;

export const longSide = (extent: Extent): number => Math.max(extent.width, extent.height);

/** The common part; width and height are 0 where there is none. */
export function intersection(a: Bounds, b: Bounds): Bounds {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.max(0, Math.min(a.x + a.width, b.x + b.width) - x);
  const height = Math.max(0, Math.min(a.y + a.height, b.y + b.height) - y);
  return { x, y, width, height };
}

export function union(a: Bounds, b: Bounds): Bounds {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

export const pad = (bounds: Bounds, px: number): Bounds => ({
  x: bounds.x - px,
  y: bounds.y - px,
  width: bounds.width + 2 * px,
  height: bounds.height + 2 * px,
});

export const contains = (outer: Bounds, inner: Bounds): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

export const sameBounds = (a: Bounds, b: Bounds): boolean => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

/** "640 × 480", as messages and panels write a size. */
export const sizeText = (extent: Extent): string => `${extent.width} × ${extent.height}`;
