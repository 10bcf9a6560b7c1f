/** A history laid out for lists: numbers, depths, parents and layers of all takes, in one pass. */
import type { LayerInfo, LayerRef } from '../host.ts';
import type { History, Take } from './take.ts';
import { hiddenTakes, soundParents, takesInOrder } from './tree.ts';

export interface TakeIndex {
  readonly history: History;
  readonly inOrder: readonly Take[];
  readonly hidden: ReadonlySet<string>;
  numberOf(id: string): number;
  parentOf(take: Take): string | null;
  depthOf(id: string): number;
  childCount(id: string): number;
  bookmarksOf(id: string): readonly string[];
  /** Layers of the document that show it. */
  layersOf(take: Take): readonly LayerInfo[];
}

export function indexTakes(history: History, layers: ReadonlyMap<LayerRef, LayerInfo>): TakeIndex {
  const inOrder = takesInOrder(history);
  const parentOf = soundParents(history);
  const numbers = new Map<string, number>();
  const depths = new Map<string, number>();
  const children = new Map<string, number>();
  /** An undone take may have left its layer's identifier to a later one: the latest has it. */
  const shownBy = new Map<LayerRef, string>();
  inOrder.forEach((take, at) => {
    numbers.set(take.id, at + 1);
    for (const ref of [...(take.placed === null ? [] : [take.placed.layer]), ...(history.marks.get(take.id)?.layers ?? [])])
      shownBy.set(ref, take.id);
  });
  for (const take of inOrder) {
    const parent = parentOf(take);
    if (parent !== null) children.set(parent, (children.get(parent) ?? 0) + 1);
    const path: Take[] = [];
    for (let at: Take | undefined = take; at !== undefined && !depths.has(at.id); ) {
      path.push(at);
      const up = parentOf(at);
      at = up === null ? undefined : history.takes.get(up);
    }
    for (const each of path.reverse()) {
      const up = parentOf(each);
      depths.set(each.id, up === null ? 1 : (depths.get(up) ?? 0) + 1);
    }
  }
  const bookmarks = new Map<string, string[]>();
  for (const { name, take } of history.bookmarks.values())
    if (take !== null) bookmarks.set(take, [...(bookmarks.get(take) ?? []), name].sort());
  return {
    history,
    inOrder,
    hidden: hiddenTakes(history),
    numberOf: (id) => numbers.get(id) ?? 0,
    parentOf,
    depthOf: (id) => depths.get(id) ?? 1,
    childCount: (id) => children.get(id) ?? 0,
    bookmarksOf: (id) => bookmarks.get(id) ?? [],
    layersOf: ({ id, placed }) =>
      [...(placed === null ? [] : [placed.layer]), ...(history.marks.get(id)?.layers ?? [])].flatMap((ref) => {
        const layer = layers.get(ref);
        return layer !== undefined && shownBy.get(ref) === id ? [layer] : [];
      }),
  };
}
