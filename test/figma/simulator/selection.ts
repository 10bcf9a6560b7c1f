/** What is selected on a page: each node once, nothing that lies in something selected, and what is gone is not. */

import type { SimDocument } from './document.ts';
import { nodeRef } from './nodeRules.ts';
import type { Run } from './run.ts';
import type { SimUser } from './user.ts';
import { HostRef, refuse } from './values.ts';

export function selectedIds(document: SimDocument, user: SimUser, page: string): readonly string[] {
  return (user.selection.get(page) ?? []).filter((id) => document.find(id) !== null && document.pageOf(id)?.id === page);
}

export const selectionOf = (run: Run, page: string): readonly HostRef[] =>
  selectedIds(run.document, run.user, page).map((id) => nodeRef(run.document.at(id)));

export function setSelection(run: Run, page: string, nodes: unknown): void {
  const where = 'set_selection';
  if (!Array.isArray(nodes)) refuse(where, `Property "selection" failed validation: Expected array, received ${typeof nodes}`);
  for (const node of nodes) {
    if (!(node instanceof HostRef) || node.kind !== 'node') refuse(where, 'Property "selection" failed validation: Expected node');
    const found = run.document.find(node.id);
    if (found === null) refuse(where, `The node with id "${node.id}" does not exist`);
    if (run.document.pageOf(node.id)?.id !== page || found.type === 'PAGE') {
      refuse(where, 'The selection of a page can only include nodes in that page');
    }
  }
  select(
    run.document,
    run.user,
    page,
    nodes.map((node: HostRef) => node.id),
  );
}

export function select(document: SimDocument, user: SimUser, page: string, ids: readonly string[]): void {
  const all = new Set(ids);
  const direct = [...all].filter((id) => ![...document.ancestors(id)].some((up) => all.has(up.id)));
  user.selection.set(page, direct);
}
