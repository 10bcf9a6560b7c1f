/**
 * Places of nodes. Figma writes a matrix as two rows, [[a, c, e], [b, d, f]], and the core as CSS does. Figma's matrices have
 * unit axes: a node's size is apart from them.
 */
import { composeAffine, invertAffine, mapPoint } from '../../../shared/core/compose/affine.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import type { Extent } from '../../../shared/core/geometry.ts';
import type { Box } from '../../wire/hostCalls.ts';
import { affineOf } from '../scene/fillGeometry.ts';

/** How a node lies on its page: its own units, and where they go. */
export interface Lay {
  readonly size: Extent;
  readonly toPage: Affine;
  /** The same as a node's own transform counts it, so that numbers stay as they are where nothing has to be reckoned. */
  readonly own?: { readonly container: string; readonly transform: Transform };
}

export const transformOf = ([a, b, c, d, e, f]: Affine): Transform => [
  [a, c, e],
  [b, d, f],
];

export const moved = ([a, b, c, d, e, f]: Affine, x: number, y: number): Affine => [a, b, c, d, e + x, f + y];

export const layOf = (node: BaseNode & DimensionAndPositionMixin): Lay => ({
  size: { width: node.width, height: node.height },
  toPage: affineOf(node.absoluteTransform),
  ...(node.parent === null ? {} : { own: { container: containerOf(node.parent).id, transform: node.relativeTransform } }),
});

/** The same place with unit axes: what scale there is goes into the size. */
export function unitLay({ size, toPage: [a, b, c, d, e, f] }: Lay): Lay {
  const across = Math.hypot(a, b) || 1;
  const down = Math.hypot(c, d) || 1;
  return {
    size: { width: size.width * across, height: size.height * down },
    toPage: [a / across, b / across, c / down, d / down, e, f],
  };
}

export const cornersOf = ({ width, height }: Extent) => [
  { x: 0, y: 0 },
  { x: width, y: 0 },
  { x: 0, y: height },
  { x: width, y: height },
];

/** Axis-aligned around it, in the units that `to` maps its own to. */
export function boxAround(size: Extent, to: Affine): Box {
  return union(cornersOf(size).map((corner) => ({ ...mapPoint(to, corner), width: 0, height: 0 })));
}

export function union(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

export const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** Half a unit is not seen. */
export const isWithin = (inner: Box, outer: Box, slack = 0.5): boolean =>
  inner.x >= outer.x - slack &&
  inner.y >= outer.y - slack &&
  inner.x + inner.width <= outer.x + outer.width + slack &&
  inner.y + inner.height <= outer.y + outer.height + slack;

/** What carries `from` to `to`; null when nothing moved, so that places stay exact. */
export function motion(from: Affine, to: Affine): Affine | null {
  const back = invertAffine(from);
  if (back === null || from.every((n, i) => Math.abs(n - to[i]) < 1e-4)) return null;
  return composeAffine(to, back);
}

/**
 * What a node's `relativeTransform` counts from: the nearest ancestor that is a container. Groups and boolean groups are none
 * (Figma's page on `relativeTransform`).
 */
export function containerOf(parent: BaseNode): BaseNode {
  let at = parent;
  while ((at.type === 'GROUP' || at.type === 'BOOLEAN_OPERATION' || at.type === 'TRANSFORM_GROUP') && at.parent !== null) at = at.parent;
  return at;
}

/** A place on the page, as `relativeTransform` of a child of `parent`. */
export function relativeTo(parent: BaseNode, { toPage, own }: Pick<Lay, 'toPage' | 'own'>): Transform {
  const container = containerOf(parent);
  if (own?.container === container.id) return own.transform;
  const fromPage = 'absoluteTransform' in container ? invertAffine(affineOf(container.absoluteTransform)) : null;
  return transformOf(fromPage === null ? toPage : composeAffine(fromPage, toPage));
}
