/**
 * Where a node may be added: the first ancestor outside everything that a new child would break. Figma refuses children
 * inside instances; in components they would show up in every instance; in boolean groups they would be cut out; what is locked
 * is left alone.
 */
import { composeAffine, invertAffine } from '../../../shared/core/compose/affine.ts';
import { isLockedAround } from '../scene/around.ts';
import { isAutoLayout } from './attach.ts';
import { boxAround, isWithin, type Lay, layOf } from './geometry.ts';

export type Parent = BaseNode & ChildrenMixin;

export interface PlacePoint {
  readonly parent: Parent;
  /** The child of `parent` that the new node lies right above; null for on top of all. */
  readonly below: SceneNode | null;
  /** What its source lies in and the new node does not, innermost first; empty when the source's own parent takes it. */
  readonly climbed: readonly SceneNode[];
  /** The outermost of them, in words: “the instance “Card””; null when nothing was climbed. */
  readonly reason: string | null;
}

/** Right above `node`, or above what had to be climbed out of. Null when it is not on a page. */
export function placePoint(node: SceneNode): PlacePoint | null {
  const ancestors: SceneNode[] = [];
  let climbed = 0;
  let reason: string | null = null;
  let child: SceneNode = node;
  for (;;) {
    const parent: (BaseNode & ChildrenMixin) | null = child.parent;
    if (parent === null) return null;
    if (parent.type === 'PAGE') break;
    const why = whyClosed(parent, child);
    ancestors.push(parent as SceneNode);
    if (why !== null) {
      climbed = ancestors.length;
      reason = why;
    }
    child = parent as SceneNode;
  }
  const out = ancestors.slice(0, climbed);
  const below = out.at(-1) ?? node;
  return { parent: below.parent as Parent, below, climbed: out, reason };
}

/** On top of what `container` holds, or above what had to be climbed out of. */
export function topOf(container: BaseNode): PlacePoint | null {
  if (container.type === 'PAGE') return { parent: container, below: null, climbed: [], reason: null };
  if (container.type === 'DOCUMENT' || !('parent' in container)) return null;
  const node = container as SceneNode;
  const point = placePoint(node);
  if (point === null) return null;
  const reason = point.reason ?? whyClosed(node, null);
  if (reason !== null) return { ...point, climbed: [node, ...point.climbed], reason };
  return { parent: node as SceneNode & Parent, below: null, climbed: [], reason: null };
}

function whyClosed(parent: BaseNode, child: SceneNode | null): string | null {
  const name = `“${parent.name}”`;
  switch (parent.type) {
    case 'INSTANCE':
      return `the instance ${name}`;
    case 'COMPONENT':
      return `the component ${name}`;
    case 'COMPONENT_SET':
      return `the component set ${name}`;
    case 'BOOLEAN_OPERATION':
      return `the boolean group ${name}`;
    case 'TRANSFORM_GROUP':
      return `the repeating group ${name}`;
  }
  if ('locked' in parent && parent.locked) return `the locked layer ${name}`;
  if (!('insertChild' in parent)) return name;
  // Above a mask a new node would become one more thing that it masks. What is masked stays under its mask, the take too:
  // outside the group it would show beyond the mask.
  if (child !== null && 'isMask' in child && child.isMask) return `the mask group ${name}`;
  return null;
}

/**
 * A group grows with what is added to it, and one in auto layout would push its neighbours: what would make it grow goes above
 * the group.
 */
export function outOfFlow(point: PlacePoint, lay: Lay): PlacePoint {
  const groups: SceneNode[] = [];
  let at: Parent = point.parent;
  while (at.type === 'GROUP' && at.parent !== null) {
    groups.push(at);
    const { parent }: { parent: Parent | null } = at;
    if (parent !== null && isAutoLayout(parent)) {
      const { size, toPage } = layOf(at);
      const toGroup = invertAffine(toPage);
      const holds = toGroup !== null && isWithin(boxAround(lay.size, composeAffine(toGroup, lay.toPage)), { x: 0, y: 0, ...size }, 1e-3);
      return holds || at.layoutPositioning === 'ABSOLUTE' ? point : { ...point, parent, below: at, climbed: [...point.climbed, ...groups] };
    }
    at = at.parent as Parent;
  }
  return point;
}

/** The nearest ancestor that is the open canvas, and its child that holds `node`; locked sections are left alone. */
export function canvasAround(node: SceneNode): { readonly canvas: Parent; readonly child: SceneNode } | null {
  let child = node;
  for (;;) {
    const parent = child.parent;
    if (parent === null) return null;
    if (parent.type === 'PAGE' || (parent.type === 'SECTION' && !isLockedAround(parent))) return { canvas: parent, child };
    child = parent as SceneNode;
  }
}
