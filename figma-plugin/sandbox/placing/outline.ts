/** The outline of a layer as plain data, for what has to be drawn again when the layer may be gone. */

import { exhaustive } from '../../../shared/core/result.ts';

export type Outline =
  | { readonly kind: 'rounded'; readonly radii: readonly [number, number, number, number]; readonly smoothing: number }
  | { readonly kind: 'ellipse'; readonly arc: ArcData }
  | { readonly kind: 'polygon'; readonly points: number }
  | { readonly kind: 'star'; readonly points: number; readonly inner: number };

/** Null for what is drawn as a plain rectangle. */
export function outlineOf(node: SceneNode): Outline | null {
  if (node.type === 'ELLIPSE') return { kind: 'ellipse', arc: node.arcData };
  if (node.type === 'POLYGON') return { kind: 'polygon', points: node.pointCount };
  if (node.type === 'STAR') return { kind: 'star', points: node.pointCount, inner: node.innerRadius };
  if (!('topLeftRadius' in node)) return null;
  const { topLeftRadius, topRightRadius, bottomRightRadius, bottomLeftRadius } = node;
  const smoothing = 'cornerSmoothing' in node ? node.cornerSmoothing : 0;
  return { kind: 'rounded', radii: [topLeftRadius, topRightRadius, bottomRightRadius, bottomLeftRadius], smoothing };
}

export function round(node: RectangleNode | FrameNode, outline: Outline | null): void {
  if (outline?.kind !== 'rounded') return;
  [node.topLeftRadius, node.topRightRadius, node.bottomRightRadius, node.bottomLeftRadius] = outline.radii;
  node.cornerSmoothing = outline.smoothing;
}

export type Shape = RectangleNode | EllipseNode | PolygonNode | StarNode;

/** The kinds of nodes that `makeShape` makes. */
export const shapeTypes = ['RECTANGLE', 'ELLIPSE', 'POLYGON', 'STAR'] as const;

/** A new node of that outline, of no size yet; told of at once, so that none is left behind by what fails afterwards. */
export function makeShape(figma: PluginAPI, outline: Outline | null, onMade: (node: Shape) => void): Shape {
  const made = <S extends Shape>(node: S): S => {
    onMade(node);
    return node;
  };
  switch (outline?.kind) {
    case undefined:
      return made(figma.createRectangle());
    case 'rounded': {
      const node = made(figma.createRectangle());
      round(node, outline);
      return node;
    }
    case 'ellipse': {
      const node = made(figma.createEllipse());
      node.arcData = outline.arc;
      return node;
    }
    case 'polygon': {
      const node = made(figma.createPolygon());
      node.pointCount = outline.points;
      return node;
    }
    case 'star': {
      const node = made(figma.createStar());
      node.pointCount = outline.points;
      node.innerRadius = outline.inner;
      return node;
    }
    default:
      return exhaustive(outline);
  }
}
