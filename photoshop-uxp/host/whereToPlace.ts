/** Next to which layer a take's group goes. The source itself is never written, whatever locks it has. */
import type { LayerRef } from '../../shared/core/host.ts';
import { groupsOf, idOf, type LayerRow } from './layerRows.ts';
import { togetherIds } from './together.ts';

export interface Place {
  /** The group goes right above it. */
  readonly anchor: LayerRow;
  /** Where that is not right above the source, why, for the user. */
  readonly note: string | null;
}

export function placeAbove(rows: readonly LayerRow[], above: LayerRef | 'visible'): Place {
  // Of several layers, above the topmost that is still there.
  const of = above === 'visible' ? [] : (togetherIds(above) ?? [idOf(above)]);
  const source = rows.find(({ id }) => of.includes(id));
  const top = rows[0];
  if (source === undefined)
    return { anchor: top, note: above === 'visible' ? null : 'The layer that the take was made from is gone; it was placed on top.' };
  // Nothing can be added inside a group that is locked: the take goes above the outermost of these.
  const locked = groupsOf(source)
    .filter((group) => group.isLocked)
    .at(-1);
  if (locked !== undefined)
    return { anchor: onTopOfClipped(rows, locked), note: `The group “${locked.name}” is locked; the take was placed above it.` };
  return { anchor: onTopOfClipped(rows, source), note: null };
}

/** Layers that are clipped to one, and those that share its base, stay together: between them the group would be clipped too. */
function onTopOfClipped(rows: readonly LayerRow[], row: LayerRow): LayerRow {
  const siblings = rows.filter(({ parent }) => parent === row.parent);
  let at = siblings.indexOf(row);
  while (at > 0 && siblings[at - 1].isClipped) at--;
  return siblings[at];
}
