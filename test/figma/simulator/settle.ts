/** What follows from an edit by itself: instances follow components, groups their children, frames lay out anew. */
import type { SimDocument } from './document.ts';
import { fitGroup, hasLayout } from './geometry.ts';
import { instancesOf, syncInstance } from './instances.ts';
import { layOut } from './layout.ts';
import { isGroupLike } from './nodeKinds.ts';

const maxPasses = 12;

export function settle(document: SimDocument, changed: Set<string>): void {
  for (let pass = 0; changed.size > 0 && pass < maxPasses; pass++) {
    const dirty = [...changed];
    changed.clear();
    follow(document, dirty);
    // Deepest first: what hugs has to know how large its contents are.
    const around = new Map<string, number>();
    for (const id of [...dirty, ...changed]) {
      const line = lineage(document, id);
      line.forEach((one, i) => {
        around.set(one, line.length - i);
      });
    }
    for (const [id] of [...around].sort((a, b) => b[1] - a[1])) arrange(document, id);
  }
}

/** The node and all around it, outermost last; of a node that is gone, nothing. */
function lineage(document: SimDocument, id: string): readonly string[] {
  return document.find(id) === null ? [] : [id, ...[...document.ancestors(id)].map((up) => up.id)];
}

function arrange(document: SimDocument, id: string): void {
  const node = document.find(id);
  if (node === null) return;
  if (isGroupLike(node.type)) {
    if (document.children(id).length === 0) document.delete(id);
    else fitGroup(document, id);
  } else if (hasLayout(node)) layOut(document, id);
}

function follow(document: SimDocument, dirty: readonly string[]): void {
  const components = new Set<string>();
  for (const id of dirty) for (const one of lineage(document, id)) if (document.at(one).type === 'COMPONENT') components.add(one);
  for (const component of components) for (const instance of instancesOf(document, component)) syncInstance(document, instance);
}
