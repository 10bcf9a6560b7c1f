/** Adds a node to the layer tree where it is wanted on the page, without moving anything else. */
import { type Lay, relativeTo } from './geometry.ts';
import type { Parent, PlacePoint } from './placePoint.ts';

/** The index in `children` (back first) that is seen right above `below`. */
function indexAbove(parent: Parent, below: SceneNode | null): number {
  const { children } = parent;
  // "First on top" draws the children of an auto-layout frame the other way round.
  const isReversed = 'itemReverseZIndex' in parent && isAutoLayout(parent) && parent.itemReverseZIndex;
  const at = below === null ? -1 : children.findIndex(({ id }) => id === below.id);
  if (at < 0) return isReversed ? 0 : children.length;
  return isReversed ? at : at + 1;
}

export const isAutoLayout = (parent: BaseNode): boolean => 'layoutMode' in parent && parent.layoutMode !== 'NONE';

/**
 * In auto layout a new child takes part in the flow, where its place cannot be set, until it is made absolute. It is hidden
 * until then: the flow passes hidden children over, so that nothing is squeezed and stretched for a moment, which what lies in it
 * might not survive. Only a full grid gives a hidden child a row of its own as well.
 */
export function attach(
  node: SceneNode & LayoutMixin,
  { parent, below }: Pick<PlacePoint, 'parent' | 'below'>,
  lay: Pick<Lay, 'toPage' | 'own'>,
): void {
  node.layoutGrow = 0;
  node.layoutAlign = 'INHERIT';
  const rows = gridRows(parent);
  const place = relativeTo(parent, lay);
  node.visible = false;
  // Numbers stay as they are when it is moved: in its place from the first moment, it does not stretch a group.
  node.relativeTransform = place;
  parent.insertChild(indexAbove(parent, below), node);
  if (isAutoLayout(parent)) node.layoutPositioning = 'ABSOLUTE';
  if (rows !== null && gridRows(parent) !== rows) (parent as Parent & GridLayoutMixin).gridRowCount = rows;
  node.relativeTransform = place;
  node.visible = true;
}

const gridRows = (parent: Parent): number | null => ('layoutMode' in parent && parent.layoutMode === 'GRID' ? parent.gridRowCount : null);
