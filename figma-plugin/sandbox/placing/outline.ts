/** The outline of a layer as plain data, for what has to be drawn again when the layer may be gone. */

export type Outline =
  | { readonly kind: 'rounded'; readonly radii: readonly [number, number, number, number]; readonly smoothing: number }
  | { readonly kind: 'ellipse'; readonly arc: ArcData };

/** Null for what is drawn as a plain rectangle. */
export function outlineOf(node: SceneNode): Outline | null {
  if (node.type === 'ELLIPSE') return { kind: 'ellipse', arc: node.arcData };
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
