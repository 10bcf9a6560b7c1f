/** The outline of a layer as plain data, for what has to be drawn again when the layer may be gone. */

import { exhaustive } from '../../../shared/core/result.ts';

export type Outline =
  | { readonly kind: 'rounded'; readonly radii: readonly [number, number, number, number]; readonly smoothing: number }
  | { readonly kind: 'ellipse'; readonly arc: ArcData }
  | { readonly kind: 'polygon'; readonly points: number }
  | { readonly kind: 'star'; readonly points: number; readonly inner: number }
  | { readonly kind: 'drawn'; readonly paths: VectorPaths; readonly radius: number };

/**
 * Null for what is drawn as a plain rectangle. Text too: what is asked for changes letters more often than it keeps them, and a dashed
 * line around each is hardly seen; the box says where the take will be. So does that of a line, which has no area.
 */
export function outlineOf(node: SceneNode): Outline | null {
  if (node.type === 'ELLIPSE') return { kind: 'ellipse', arc: node.arcData };
  if (node.type === 'POLYGON') return { kind: 'polygon', points: node.pointCount };
  if (node.type === 'STAR') return { kind: 'star', points: node.pointCount, inner: node.innerRadius };
  if (node.type === 'VECTOR') {
    // Corners that differ are in its network, which cannot be set in one go (dynamic-page): they are drawn sharp.
    return drawn(node.vectorPaths, typeof node.cornerRadius === 'number' ? node.cornerRadius : 0);
  }
  if (node.type === 'BOOLEAN_OPERATION') return drawn(node.fillGeometry, 0);
  if (!('topLeftRadius' in node)) return null;
  const { topLeftRadius, topRightRadius, bottomRightRadius, bottomLeftRadius } = node;
  const smoothing = 'cornerSmoothing' in node ? node.cornerSmoothing : 0;
  return { kind: 'rounded', radii: [topLeftRadius, topRightRadius, bottomRightRadius, bottomLeftRadius], smoothing };
}

/** Longer ones are drawings of thousands of points, which are copied anew at each step of another run. */
const mostPathCharacters = 50_000;

/** Null for lines that close around nothing: their box is seen better. */
function drawn(paths: VectorPaths, radius: number): Outline | null {
  const told = paths.map(({ windingRule, data }) => ({ windingRule, data: spaced(data) }));
  const isLong = told.reduce((sum, { data }) => sum + data.length, 0) > mostPathCharacters;
  return isLong || told.every(({ windingRule }) => windingRule === 'NONE') ? null : { kind: 'drawn', paths: told, radius };
}

/** `vectorPaths` wants its commands and numbers apart (Figma's page on VectorPath); `fillGeometry` is told without spaces. */
const spaced = (data: string): string => (data.match(/[a-z]|-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) ?? []).join(' ');

export function round(node: RectangleNode | FrameNode, outline: Outline | null): void {
  if (outline?.kind !== 'rounded') return;
  [node.topLeftRadius, node.topRightRadius, node.bottomRightRadius, node.bottomLeftRadius] = outline.radii;
  node.cornerSmoothing = outline.smoothing;
}

export type Shape = RectangleNode | EllipseNode | PolygonNode | StarNode | VectorNode;

/** The kinds of nodes that `makeShape` makes. */
export const shapeTypes = ['RECTANGLE', 'ELLIPSE', 'POLYGON', 'STAR', 'VECTOR'] as const;

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
    case 'drawn':
      return makeDrawn(figma, outline, onMade);
    default:
      return exhaustive(outline);
  }
}

function makeDrawn(
  figma: PluginAPI,
  { paths, radius }: Extract<Outline, { kind: 'drawn' }>,
  onMade: (node: Shape) => void,
): VectorNode | RectangleNode {
  const node = figma.createVector();
  onMade(node);
  try {
    node.vectorPaths = paths;
    if (radius > 0) node.cornerRadius = radius;
    return node;
  } catch {
    // A path that Figma tells of, and does not take: its box shows the place.
    node.remove();
    const box = figma.createRectangle();
    onMade(box);
    return box;
  }
}
