/** The layers that the core is told of: those beside what is selected, and our takes with what they were made from. */
import type { NodeId, NodeLook } from '../../wire/hostCalls.ts';
import { readPaintRef, takeNamespace } from '../../wire/takeData.ts';
import { isScene, pageOf } from './around.ts';
import { isHousekeeping, lookAt, ourPaints } from './lookAt.ts';

/** Of a page with thousands of layers, those about what is selected: the rest is nobody's parent or source. */
export const mostListed = 400;

export async function listAround(
  figma: PluginAPI,
  container: BaseNode & ChildrenMixin,
  selected: readonly SceneNode[],
): Promise<readonly NodeLook[]> {
  const page = pageOf(container) ?? figma.currentPage;
  // A page other than the current one has no children until then.
  await page.loadAsync();
  // Figma keeps an index of these: nothing is walked.
  const ours = page.findAllWithCriteria({ sharedPluginData: { namespace: takeNamespace } });
  const withData = new Set(ours.map(({ id }) => id));
  const looks = new Map<NodeId, NodeLook>();

  const list = (node: SceneNode, parent: NodeId | null): void => {
    if (looks.has(node.id)) return;
    const hasData = withData.has(node.id) || parent === null;
    if (hasData && isHousekeeping(node)) return;
    const look = lookAt(node, parent, hasData);
    if (hasData) for (const paint of ourPaints(node, look)) looks.set(paint.id, paint);
    looks.set(node.id, look);
    if (node.type === 'GROUP' && look.grid === null) listChildren(node);
  };
  const listChildren = (parent: BaseNode & ChildrenMixin): void => {
    const { children } = parent;
    const around = nearest(children, selected);
    for (let i = Math.min(children.length, around.end) - 1; i >= around.start; i--) {
      if (looks.size >= mostListed) return;
      list(children[i], parent.type === 'GROUP' ? parent.id : null);
    }
  };
  listChildren(container);

  for (const node of [...ours].reverse()) if (isTake(node)) list(node, null);
  for (const node of selected) list(node, null);
  for (const source of sourcesOf(looks.values())) {
    if (looks.has(source)) continue;
    const node = await figma.getNodeByIdAsync(readPaintRef(source)?.node ?? source);
    if (isScene(node)) list(node, null);
  }
  return [...looks.values()];
}

/** Of more children than are listed, as many before as behind the selected one. */
function nearest(children: readonly SceneNode[], selected: readonly SceneNode[]): { readonly start: number; readonly end: number } {
  if (children.length <= mostListed) return { start: 0, end: children.length };
  const ids = new Set(selected.flatMap((node) => [node.id, node.parent?.id]));
  const middle = children.findIndex(({ id }) => ids.has(id));
  const start = middle < 0 ? children.length - mostListed : Math.min(Math.max(0, middle - mostListed / 2), children.length - mostListed);
  return { start, end: start + mostListed };
}

/** Of a take that is a further fill the key ends in a hash. */
const isTake = (node: SceneNode): boolean =>
  node.getSharedPluginDataKeys(takeNamespace).some((key) => key === 'grid' || key.startsWith('grid-'));

function sourcesOf(looks: Iterable<NodeLook>): ReadonlySet<NodeId> {
  const ids = new Set<NodeId>();
  for (const { grid } of looks) for (const id of grid === null ? [] : namedSources(grid)) ids.add(id);
  return ids;
}

/** Data that anybody may have written. */
function namedSources(grid: string): readonly NodeId[] {
  try {
    const { sources } = JSON.parse(grid) as { sources?: unknown };
    return Array.isArray(sources) ? sources.filter((each): each is string => typeof each === 'string') : [];
  } catch {
    return [];
  }
}
