/** What a node lies in: what may be added to, and what of that changes what is seen of it. */

/** Nothing can be inserted in the first kind; in the others it would change every instance, or what the shape or mask cuts out. */
const closed: ReadonlySet<string> = new Set(['INSTANCE', 'COMPONENT', 'COMPONENT_SET', 'BOOLEAN_OPERATION']);
/** What lists layers of its own, and gives them their coordinates. */
const containers: ReadonlySet<string> = new Set(['PAGE', 'SECTION', 'FRAME']);

type Around = (BaseNode & ChildrenMixin) | null;

/** From the node's parent outwards, without the document. */
export function* ancestorsOf(node: BaseNode): Generator<BaseNode & ChildrenMixin> {
  for (let at: Around = node.parent; at !== null && at.type !== 'DOCUMENT'; at = at.parent) yield at;
}

export function pageOf(node: BaseNode): PageNode | null {
  if (node.type === 'PAGE') return node;
  for (const each of ancestorsOf(node)) if (each.type === 'PAGE') return each as unknown as PageNode;
  return null;
}

/** A mask cuts out what lies above it in the same parent. */
const isMasked = (parent: ChildrenMixin): boolean => parent.children.some((child) => 'isMask' in child && child.isMask);

/** The first page, section or frame around a node that may be added to. */
export function containerOf(node: BaseNode): (BaseNode & ChildrenMixin) | null {
  let found: (BaseNode & ChildrenMixin) | null = null;
  for (const each of ancestorsOf(node)) {
    if (closed.has(each.type) || (each.type !== 'PAGE' && isMasked(each))) found = null;
    else if (found === null && containers.has(each.type)) found = each;
  }
  return found;
}

export const isInInstance = (node: BaseNode): boolean => [...ancestorsOf(node)].some(({ type }) => type === 'INSTANCE');

/** Locked and hidden by what it lies in, too. */
export const isLockedAround = (node: SceneNode): boolean =>
  node.locked || [...ancestorsOf(node)].some((each) => 'locked' in each && each.locked);
export const isHiddenAround = (node: SceneNode): boolean =>
  !node.visible || [...ancestorsOf(node)].some((each) => 'visible' in each && !each.visible);

export const isScene = (node: BaseNode | null): node is SceneNode =>
  node !== null && !node.removed && node.type !== 'PAGE' && node.type !== 'DOCUMENT';
