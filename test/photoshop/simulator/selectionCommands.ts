/** Selections: shapes, how they are combined, feather, grow and shrink. Values run to the document's own full. */
import { type Bounds, intersection, isEmpty, pad, union } from '../../../shared/core/geometry.ts';
import type { SimDocument } from './document.ts';
import { coveredPart, createSamples, cropPlane, type Depth, depthOf, fullOf, type Plane, planeAt } from './raster.ts';

export type Combine = 'set' | 'addTo' | 'subtractFrom' | 'intersectWith';

export type Shape =
  | { readonly kind: 'rectangle'; readonly bounds: Bounds }
  | { readonly kind: 'ellipse'; readonly bounds: Bounds }
  | { readonly kind: 'polygon'; readonly points: readonly { readonly x: number; readonly y: number }[] };

export function shapePlane(depth: Depth, shape: Shape): Plane {
  const full = fullOf(depth);
  if (shape.kind === 'rectangle') {
    const data = createSamples(depth, shape.bounds.width * shape.bounds.height).fill(full);
    return { bounds: shape.bounds, data, outside: 0 };
  }
  const bounds = shape.kind === 'ellipse' ? shape.bounds : around(shape.points);
  const isIn = shape.kind === 'ellipse' ? ellipseTest(bounds) : polygonTest(shape.points);
  const data = createSamples(depth, bounds.width * bounds.height);
  // Sixteen samples a pixel: an anti-aliased edge.
  for (let y = 0; y < bounds.height; y++) {
    for (let x = 0; x < bounds.width; x++) {
      let hits = 0;
      for (let s = 0; s < 16; s++) if (isIn(bounds.x + x + ((s & 3) + 0.5) / 4, bounds.y + y + ((s >> 2) + 0.5) / 4)) hits++;
      data[y * bounds.width + x] = (full * hits) / 16;
    }
  }
  return { bounds, data, outside: 0 };
}

function around(points: readonly { x: number; y: number }[]): Bounds {
  const x = Math.floor(Math.min(...points.map((p) => p.x)));
  const y = Math.floor(Math.min(...points.map((p) => p.y)));
  return { x, y, width: Math.ceil(Math.max(...points.map((p) => p.x))) - x, height: Math.ceil(Math.max(...points.map((p) => p.y))) - y };
}

const ellipseTest =
  ({ x, y, width, height }: Bounds) =>
  (px: number, py: number): boolean =>
    ((px - x - width / 2) / (width / 2)) ** 2 + ((py - y - height / 2) / (height / 2)) ** 2 <= 1;

const polygonTest =
  (points: readonly { x: number; y: number }[]) =>
  (px: number, py: number): boolean => {
    let isIn = false;
    for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
      const [a, b] = [points[i], points[j]];
      if (a.y > py !== b.y > py && px < ((b.x - a.x) * (py - a.y)) / (b.y - a.y) + a.x) isIn = !isIn;
    }
    return isIn;
  };

/** Gaussian-like: three box passes, within the plane's bounds grown by twice the radius. */
export function feathered(plane: Plane, radiusPx: number): Plane {
  if (radiusPx <= 0) return plane;
  const bounds = pad(plane.bounds, Math.ceil(radiusPx * 2));
  let data: ArrayLike<number> = cropPlane(plane, bounds);
  const box = Math.max(1, Math.round(radiusPx));
  for (let pass = 0; pass < 2; pass++) data = boxBlur(data, bounds.width, bounds.height, box, plane.outside);
  const out = createSamples(depthOf(plane.data), data.length);
  const round = out instanceof Float32Array ? (v: number) => v : Math.round;
  for (let i = 0; i < out.length; i++) out[i] = round(data[i]);
  return { bounds, data: out, outside: plane.outside };
}

function boxBlur(source: ArrayLike<number>, width: number, height: number, radius: number, outside: number): Float64Array {
  const across = new Float64Array(width * height);
  const down = new Float64Array(width * height);
  blurLines(source, across, height, width, width, 1, radius, outside);
  blurLines(across, down, width, height, 1, width, radius, outside);
  return down;
}

/** Running sums along `count` lines of `length`; a step to the next line, and one along it. */
function blurLines(
  from: ArrayLike<number>,
  to: Float64Array,
  count: number,
  length: number,
  line: number,
  along: number,
  radius: number,
  outside: number,
): void {
  const value = (start: number, i: number): number => (i < 0 || i >= length ? outside : from[start + i * along]);
  for (let l = 0; l < count; l++) {
    const start = l * line;
    let sum = 0;
    for (let i = -radius; i <= radius; i++) sum += value(start, i);
    for (let i = 0; i < length; i++) {
      to[start + i * along] = sum / (2 * radius + 1);
      sum += value(start, i + radius + 1) - value(start, i - radius);
    }
  }
}

/** Grows (or, with a negative radius, shrinks) by a square of that radius. */
export function grown(plane: Plane, radiusPx: number): Plane {
  const radius = Math.round(Math.abs(radiusPx));
  const bounds = radiusPx > 0 ? pad(plane.bounds, radius) : plane.bounds;
  const source = cropPlane(plane, bounds);
  const pick = radiusPx > 0 ? Math.max : Math.min;
  const across = source.slice();
  const out = source.slice();
  const pass = (from: typeof source, to: typeof source, dx: number, dy: number): void => {
    for (let y = 0; y < bounds.height; y++) {
      for (let x = 0; x < bounds.width; x++) {
        let best = from[y * bounds.width + x];
        for (let i = -radius; i <= radius; i++) {
          const [sx, sy] = [x + i * dx, y + i * dy];
          const isInside = sx >= 0 && sy >= 0 && sx < bounds.width && sy < bounds.height;
          best = pick(best, isInside ? from[sy * bounds.width + sx] : plane.outside);
        }
        to[y * bounds.width + x] = best;
      }
    }
  };
  pass(source, across, 1, 0);
  pass(across, out, 0, 1);
  return { bounds, data: out, outside: plane.outside };
}

export function combined(old: Plane | null, added: Plane, how: Combine): Plane | null {
  if (how === 'set' || (old === null && how === 'addTo')) return orNull(added);
  if (old === null) return null;
  const bounds = how === 'intersectWith' ? intersection(old.bounds, added.bounds) : union(old.bounds, added.bounds);
  if (isEmpty(bounds)) return null;
  const data = cropPlane(old, bounds);
  const full = fullOf(depthOf(data));
  for (let y = 0, i = 0; y < bounds.height; y++) {
    for (let x = 0; x < bounds.width; x++, i++) {
      const value = planeAt(added, bounds.x + x, bounds.y + y);
      data[i] =
        how === 'addTo' ? Math.max(data[i], value) : how === 'intersectWith' ? Math.min(data[i], value) : Math.min(data[i], full - value);
    }
  }
  return orNull({ bounds, data, outside: how === 'intersectWith' ? Math.min(old.outside, added.outside) : old.outside });
}

/** Nothing selected is no selection. */
const orNull = (plane: Plane): Plane | null => (plane.outside === 0 && isEmpty(coveredPart(plane)) ? null : plane);

export function setSelection(document: SimDocument, name: string, selection: Plane | null): void {
  const { state } = document;
  if (selection === null && state.selection === null) return;
  document.change(name, { ...state, selection: selection === null ? null : orNull(selection) });
}

/** All that was not selected, over the canvas. */
export function inverseSelection(document: SimDocument): Plane {
  const { selection, depth } = document.state;
  const full = fullOf(depth);
  const bounds = document.canvas;
  const data = selection === null ? createSamples(depth, bounds.width * bounds.height) : cropPlane(selection, bounds);
  for (let i = 0; i < data.length; i++) data[i] = full - data[i];
  return { bounds, data, outside: 0 };
}
