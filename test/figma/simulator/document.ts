/**
 * The file: nodes as immutable plain data under their identifiers, and the bytes of its pictures. Each change goes through
 * here, where it is noted for undo and for whoever listens. Order among siblings is a number of the child's own, as in Figma,
 * so that the edits of two people merge field by field and undoing one's does not undo the other's.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Journal } from './undo.ts';
import { kept } from './values.ts';

export interface NodeData {
  readonly id: string;
  readonly type: string;
  readonly parent: string | null;
  readonly position: number;
  readonly props: Readonly<Record<string, unknown>>;
  /** Plugin data and relaunch buttons, by the key that `pluginData.ts` makes. */
  readonly data: Readonly<Record<string, string>>;
}

export interface Change {
  readonly id: string;
  readonly before: NodeData | null;
  readonly after: NodeData | null;
}

export interface StoredImage {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** The file knows of it, but the picture cannot be fetched. */
  readonly isLost: boolean;
}

export const rootId = '0:0';

export class SimDocument {
  readonly images = new Map<string, StoredImage>();
  /** Who edits now: changes are noted in this person's journal. */
  journal: Journal | null = null;
  private nodes = new Map<string, NodeData>();
  private readonly childrenOf = new Map<string, readonly string[]>();
  private counters = new Map<string, number>();
  private readonly listeners = new Set<(change: Change) => void>();

  constructor(name: string, documentColorProfile: string) {
    this.nodes.set(rootId, { id: rootId, type: 'DOCUMENT', parent: null, position: 0, props: { name, documentColorProfile }, data: {} });
  }

  onChange(listener: (change: Change) => void): void {
    this.listeners.add(listener);
  }

  find(id: string): NodeData | null {
    return this.nodes.get(id) ?? null;
  }

  /** Raises for a node that is not there: callers have looked before. */
  at(id: string): NodeData {
    const node = this.nodes.get(id);
    if (node === undefined) throw new Error(`no node ${id}`);
    return node;
  }

  all(): Iterable<NodeData> {
    return this.nodes.values();
  }

  /** Back first. */
  children(id: string): readonly string[] {
    return this.childrenOf.get(id) ?? [];
  }

  /** From the parent up to the root. */
  *ancestors(id: string): Generator<NodeData> {
    for (let up = this.at(id).parent; up !== null; up = this.at(up).parent) yield this.at(up);
  }

  /** The node itself first, then all in it, in the order of the layer tree. */
  *subtree(id: string): Generator<NodeData> {
    yield this.at(id);
    for (const child of this.children(id)) yield* this.subtree(child);
  }

  pageOf(id: string): NodeData | null {
    const node = this.at(id);
    if (node.type === 'PAGE') return node;
    for (const up of this.ancestors(id)) if (up.type === 'PAGE') return up;
    return null;
  }

  /** A new identifier of a person's session. */
  nextId(session: number | string): string {
    const count = (this.counters.get(String(session)) ?? 0) + 1;
    this.counters.set(String(session), count);
    return `${session}:${count}`;
  }

  create(
    id: string,
    type: string,
    parent: string | null,
    index: number,
    props: Record<string, unknown>,
    data: Record<string, string> = {},
  ) {
    const position = parent === null ? 0 : this.positionAt(parent, index, null);
    this.write({ id, type, parent, position, props: kept(props), data });
  }

  setProp(id: string, name: string, value: unknown): void {
    const node = this.at(id);
    const next = kept(value);
    if (isDeepStrictEqual(node.props[name], next)) return;
    this.write({ ...node, props: { ...node.props, [name]: next } });
  }

  setProps(id: string, props: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(props)) this.setProp(id, name, value);
  }

  setData(id: string, key: string, text: string | null): void {
    const node = this.at(id);
    const { [key]: old, ...rest } = node.data;
    if (old === (text ?? undefined)) return;
    this.write({ ...node, data: text === null ? rest : { ...node.data, [key]: text } });
  }

  /** `index` counts among the siblings without the node itself. */
  move(id: string, parent: string, index: number): void {
    this.write({ ...this.at(id), parent, position: this.positionAt(parent, index, id) });
  }

  delete(id: string): void {
    for (const node of [...this.subtree(id)].reverse()) this.replace(node.id, null);
  }

  /** Puts a state of one node in place, as undo does. */
  replace(id: string, after: NodeData | null): void {
    const before = this.find(id);
    if (before === after) return;
    if (after === null) this.nodes.delete(id);
    else this.nodes.set(id, after);
    if (before?.parent !== after?.parent || before?.position !== after?.position) {
      if (before != null && before.parent !== null) this.unlist(id, before.parent);
      if (after != null && after.parent !== null) this.list(after, after.parent);
    }
    const change = { id, before, after };
    this.journal?.note(change);
    for (const listener of this.listeners) listener(change);
  }

  private unlist(id: string, parent: string): void {
    this.childrenOf.set(
      parent,
      this.children(parent).filter((child) => child !== id),
    );
  }

  private list({ id, position }: NodeData, parent: string): void {
    const siblings = this.children(parent);
    // From the top: that is where most new nodes come.
    let at = siblings.length;
    while (at > 0 && this.at(siblings[at - 1]).position > position) at--;
    this.childrenOf.set(parent, [...siblings.slice(0, at), id, ...siblings.slice(at)]);
  }

  private write(node: NodeData): void {
    this.replace(node.id, node);
  }

  private positionAt(parent: string, index: number, moving: string | null): number {
    const siblings = this.children(parent).filter((id) => id !== moving);
    const below = index > 0 ? this.at(siblings[Math.min(index, siblings.length) - 1]).position : null;
    const above = index < siblings.length ? this.at(siblings[index]).position : null;
    if (below === null && above === null) return 1;
    if (above === null) return below! + 1;
    if (below === null) return above - 1;
    const middle = (below + above) / 2;
    if (middle > below && middle < above) return middle;
    // Halved too often: space the siblings out anew.
    siblings.forEach((id, i) => {
      this.write({ ...this.at(id), position: i + 1 });
    });
    return index + 0.5;
  }
}
