/** Moving nodes in the tree: every reason that Figma refuses for, in its words. */
import type { NodeData, SimDocument } from './document.ts';
import { canHaveChildren } from './nodeKinds.ts';
import { fontsMustBeLoaded, isInInstance, isRemote, isWithin, mayWrite, mustBeEditable, mustBeLoaded, present } from './nodeRules.ts';
import type { Run } from './run.ts';
import { enterParent } from './sizing.ts';
import { refuse } from './values.ts';

export function mayMove(run: Run, node: NodeData, parent: NodeData, where: string): void {
  const { document } = run;
  const no = (why: string): never => refuse(where, `Cannot move node. ${why}`);
  if (node.type === 'DOCUMENT') no('Node is the scene root, which cannot be reparented');
  if (parent.type === 'DOCUMENT' && node.type !== 'PAGE') no('The root node cannot have children of type other than PAGE');
  if (parent.type !== 'DOCUMENT' && node.type === 'PAGE') no('Nodes other than the root node cannot have children of type PAGE');
  if (node.id === parent.id || [...document.ancestors(parent.id)].some((up) => up.id === node.id))
    no('Doing so would create a parenting cycle');
  if (!canHaveChildren(parent.type)) no('New parent is of a type that cannot have children');
  if (parent.props.isPageDivider === true) no('PageDivider cannot have children');
  if (parent.type === 'INSTANCE' || isInInstance(document, parent.id)) no('New parent is an instance or is inside of an instance');
  if (isRemote(document, parent.id)) no('New parent is a internal, readonly-only node');
  if (isRemote(document, node.id)) no('Node is an internal, readonly-only node');
  if (isInInstance(document, node.id)) no('Node is inside of an instance');
  if (parent.type === 'COMPONENT_SET' && node.type !== 'COMPONENT')
    no('A COMPONENT_SET node cannot have children of type other than COMPONENT');
  if (node.type === 'SLOT' && !isWithin(document, parent.id, 'COMPONENT')) no('Node is not allowed SLOT node');
  const parts = [...document.subtree(node.id)];
  if (parts.some((part) => part.type === 'COMPONENT_SET') && isWithin(document, parent.id, 'COMPONENT_SET'))
    no('Reparenting would create a component set cycle');
  if (!isWithin(document, parent.id, 'COMPONENT')) return;
  if (parts.some((part) => part.type === 'COMPONENT')) no('Reparenting would create a component inside a component');
  const around = new Set([parent.id, ...[...document.ancestors(parent.id)].map((up) => up.id)]);
  if (dependsOn(document, node.id, around)) no('Reparenting would create a component cycle');
}

/** Whether a node shows, through instances however deep, one of these components. */
function dependsOn(document: SimDocument, id: string, components: ReadonlySet<string>): boolean {
  for (const { props } of document.subtree(id)) {
    if (typeof props.mainComponent === 'string' && components.has(props.mainComponent)) return true;
  }
  return false;
}

/** `index` counts before the move, as the plugin sees `children`; null puts on top. */
export function insert(run: Run, parentId: string, index: number | null, childId: string, where: string): void {
  const { document } = run;
  const parent = present(run, parentId, where);
  const child = present(run, childId, where);
  mustBeEditable(run, where);
  mayMove(run, child, parent, where);
  mustBeLoaded(run, parent, where, where);
  const siblings = document.children(parentId);
  if (index !== null && (index > siblings.length || index < 0))
    refuse(where, 'Cannot insert node at index greater than the number of existing siblings');
  fontsMustBeLoaded(run, childId, where);
  put(document, parentId, index ?? siblings.length, childId);
}

export function put(document: SimDocument, parentId: string, index: number, childId: string): void {
  const isStranger = document.at(childId).parent !== parentId;
  const before = document.children(parentId).slice(0, index);
  document.move(childId, parentId, before.filter((id) => id !== childId).length);
  if (isStranger) enterParent(document, childId, parentId);
}

export function removeNode(run: Run, id: string, where = 'remove'): void {
  const { document } = run;
  const node = present(run, id, where);
  mayWrite(run, id, where);
  const isLastPage = node.type === 'PAGE' && document.children('0:0').length === 1;
  if (node.type === 'DOCUMENT' || isLastPage || isInInstance(document, id)) refuse(where, 'Removing this node is not allowed');
  if (node.type === 'PAGE' && run.user.currentPage === id) run.user.currentPage = document.children('0:0').find((page) => page !== id)!;
  document.delete(id);
}
