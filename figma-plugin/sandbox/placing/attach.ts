/** Adds a node to the layer tree where it is wanted on the page, without moving anything else. */
import type { Affine } from '../../../shared/core/compose/types.ts';
import { relativeTo, transformOf } from './geometry.ts';
import type { Parent, PlacePoint } from './placePoint.ts';

/** The index in `children` (back first) that is seen right above `below`. */
export function indexAbove(parent: Parent, below: SceneNode | null): number {
  const { children } = parent;
  // "First on top" draws the children of an auto-layout frame the other way round.
  const isReversed = 'itemReverseZIndex' in parent && isAutoLayout(parent) && parent.itemReverseZIndex;
  const at = below === null ? -1 : children.findIndex(({ id }) => id === below.id);
  if (at < 0) return isReversed ? 0 : children.length;
  return isReversed ? at : at + 1;
}

export const isAutoLayout = (parent: BaseNode): boolean => 'layoutMode' in parent && parent.layoutMode !== 'NONE';

/**
 * In auto layout a node first takes part in the flow, where its place cannot be set: it must not stretch then, and leaves the
 * flow at once.
 */
export function attach(node: SceneNode & LayoutMixin, { parent, below }: Pick<PlacePoint, 'parent' | 'below'>, toPage: Affine): void {
  node.layoutGrow = 0;
  node.layoutAlign = 'INHERIT';
  parent.insertChild(indexAbove(parent, below), node);
  settle(node, parent, toPage);
}

/** For what is in `parent` already. */
export function settle(node: SceneNode & LayoutMixin, parent: Parent, toPage: Affine): void {
  if (isAutoLayout(parent)) node.layoutPositioning = 'ABSOLUTE';
  node.relativeTransform = transformOf(relativeTo(parent, toPage));
}
