/** Copies of nodes with all that is in them, and groups made of several. */
import type { NodeData, SimDocument } from './document.ts';
import { absoluteTransform, setTransform } from './geometry.ts';
import { sublayerId } from './instances.ts';
import { inverse, times } from './matrix.ts';
import { mayWrite, present } from './nodeRules.ts';
import { initialProps } from './properties.ts';
import { mayMove, put } from './reparenting.ts';
import type { Run } from './run.ts';
import { HostRef, refuse } from './values.ts';

/** A copy on top of `parent`; answers its identifier. Plugin data goes with it. */
export function copyNode(run: Run, id: string, parent: string): string {
  const { document } = run;
  return copyInto(document, document.at(id), parent, () => document.nextId(run.user.session));
}

function copyInto(document: SimDocument, node: NodeData, parent: string, nextId: () => string): string {
  const id = nextId();
  const { overridden, key, ...props } = node.props;
  const type = node.type === 'SLOT' ? 'FRAME' : node.type;
  const keeps = type === 'INSTANCE' ? { overridden: overridden ?? [] } : type === 'COMPONENT' ? { key: `key-${id}` } : {};
  document.create(id, type, parent, document.children(parent).length, { ...props, ...keeps }, { ...node.data });
  const within = `I${node.id.replace(/^I/, '')};`;
  for (const child of document.children(node.id)) {
    const part = document.at(child);
    // The parts of an instance are told by the instance they are in.
    if (type === 'INSTANCE') copyParts(document, part, id, (old) => sublayerId(id, old.slice(within.length)));
    else copyInto(document, part, id, nextId);
  }
  return id;
}

function copyParts(document: SimDocument, node: NodeData, parent: string, rename: (id: string) => string): void {
  const id = rename(node.id);
  document.create(id, node.type, parent, document.children(parent).length, { ...node.props }, { ...node.data });
  for (const child of document.children(node.id)) copyParts(document, document.at(child), id, rename);
}

/** Puts nodes into a new group or boolean operation, where they are. */
export function gather(
  run: Run,
  type: string,
  where: string,
  nodes: unknown,
  parent: unknown,
  index: unknown,
  props: Record<string, unknown> = {},
) {
  const { document } = run;
  if (!Array.isArray(nodes) || nodes.length === 0) refuse(where, 'First argument must be an array of at least one node');
  if (!(parent instanceof HostRef)) refuse(where, 'Second argument must be a parent node');
  const into = present(run, parent.id, where);
  mayWrite(run, into.id, where);
  const ids = nodes.map((node: HostRef) => present(run, node.id, where).id);
  for (const child of ids) mayMove(run, document.at(child), into, where);
  const siblings = document.children(into.id);
  const at = typeof index === 'number' ? index : siblings.length;
  if (at > siblings.length) refuse(where, 'Cannot insert node at index greater than the number of existing siblings');
  const places = ids.map((child) => absoluteTransform(document, child));
  const id = document.nextId(run.user.session);
  document.create(id, type, into.id, at, { ...initialProps(type), ...props });
  // Back to front as they lay.
  const order = new Map([...document.subtree('0:0')].map((node, i) => [node.id, i]));
  for (const child of [...ids].sort((a, b) => order.get(a)! - order.get(b)!)) {
    put(document, id, document.children(id).length, child);
  }
  ids.forEach((child, i) => {
    setAbsolute(document, child, places[i]);
  });
  return new HostRef('node', id, type);
}

function setAbsolute(document: SimDocument, id: string, place: ReturnType<typeof absoluteTransform>): void {
  const now = absoluteTransform(document, id);
  const own = document.at(id).props.relativeTransform as typeof place | undefined;
  const around = times(
    now,
    inverse(
      own ?? [
        [1, 0, 0],
        [0, 1, 0],
      ],
    ),
  );
  setTransform(document, id, times(inverse(around), place));
}

export function ungroup(run: Run, id: string): readonly HostRef[] {
  const { document } = run;
  const group = present(run, id, 'ungroup');
  mayWrite(run, id, 'ungroup');
  const index = document.children(group.parent!).indexOf(id);
  const children = [...document.children(id)];
  const places = children.map((child) => absoluteTransform(document, child));
  children.forEach((child, i) => {
    put(document, group.parent!, index + 1 + i, child);
    setAbsolute(document, child, places[i]);
  });
  if (document.find(id) !== null) document.delete(id);
  return children.map((child) => new HostRef('node', child, document.at(child).type));
}
