/** How a layer looks around its picture, as far as it carries over to a picture that lies above it. */
import { isAutoLayout } from './attach.ts';
import { outlineOf, round } from './outline.ts';
import type { PlacePoint } from './placePoint.ts';

/** Corners of all kinds of nodes that have them, one by one: `cornerRadius` may be mixed. */
export const copyCorners = (from: SceneNode, to: RectangleNode | FrameNode): void => round(to, outlineOf(from));

/**
 * A blur softens the picture itself. Shadows, noise and glass belong to the layer as a whole and are there already; a
 * background blur above the layer would blur the layer.
 */
export const ownEffects = (from: SceneNode): readonly Effect[] =>
  'effects' in from ? from.effects.filter(({ type }) => type === 'LAYER_BLUR') : [];

export const isSeeThrough = (from: SceneNode): boolean =>
  'opacity' in from && (from.opacity < 1 || (from.blendMode !== 'NORMAL' && from.blendMode !== 'PASS_THROUGH'));

export function copyBlending(from: SceneNode, to: SceneNode & BlendMixin): void {
  if ('blendMode' in from && from.blendMode !== 'PASS_THROUGH') to.blendMode = from.blendMode;
}

/** What the layers that were climbed out of let through of everything in them. */
export const opacityOf = (climbed: readonly SceneNode[]): number =>
  climbed.reduce((all, node) => ('opacity' in node ? all * node.opacity : all), 1);

/** Resized as what lies right beneath it; in auto layout, that is what it would do if its place were fixed. */
export function copyConstraints({ parent, below }: PlacePoint, to: SceneNode): void {
  if (below === null || !('constraints' in to) || !('constraints' in below)) return;
  if (!isAutoLayout(parent) || below.layoutPositioning === 'ABSOLUTE') {
    to.constraints = below.constraints;
    return;
  }
  const along = (sizing: 'FIXED' | 'HUG' | 'FILL'): ConstraintType => (sizing === 'FILL' ? 'STRETCH' : 'MIN');
  to.constraints = { horizontal: along(below.layoutSizingHorizontal), vertical: along(below.layoutSizingVertical) };
}

/** Keeps its ratio when it is resized by hand, unless it has to follow a layer that does not. */
export function lockRatio(node: SceneNode): void {
  // Figma keeps no ratio of a text that is as large as its letters.
  if (!('lockAspectRatio' in node) || (node.type === 'TEXT' && node.textAutoResize !== 'NONE')) return;
  const follows = (kind: ConstraintType): boolean => kind === 'STRETCH' || kind === 'SCALE';
  if ('constraints' in node && (follows(node.constraints.horizontal) || follows(node.constraints.vertical))) return;
  node.lockAspectRatio();
}
