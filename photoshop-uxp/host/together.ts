/**
 * Several layers as one: what they show together, in their order, without what lies between them and without what groups around
 * them do. To the core that is one layer, named by the numbers of all.
 */
import { union } from '../../shared/core/geometry.ts';
import type { LayerRef } from '../../shared/core/host.ts';
import { groupsOf, idOf, isShown, type LayerRow, refOf } from './layerRows.ts';

export interface TogetherRow extends LayerRow {
  /** Top first; none lies within another. */
  readonly members: readonly LayerRow[];
}

export const isTogether = (row: LayerRow): row is TogetherRow => 'members' in row;

/** The same whatever the order in which they were selected. */
export const togetherRef = (ids: readonly number[]): LayerRef =>
  [...ids]
    .sort((a, b) => a - b)
    .map(refOf)
    .join(',');

/** Null when it does not name several of Photoshop's layers. */
export function togetherIds(ref: LayerRef): readonly number[] | null {
  const ids = ref.split(',').map(idOf);
  return ids.length > 1 && ids.every((id) => id !== null) ? ids : null;
}

/** A group that is selected with layers of its own is selected alone. */
export function outermost(rows: readonly LayerRow[], ids: readonly number[]): readonly LayerRow[] {
  const wanted = new Set(ids);
  return rows.filter((row) => wanted.has(row.id) && !groupsOf(row).some(({ id }) => wanted.has(id)));
}

/** Null when one of them is gone. */
export function togetherRow(rows: readonly LayerRow[], ids: readonly number[]): TogetherRow | null {
  const members = outermost(rows, ids);
  if (members.length < 2 || !ids.every((id) => rows.some((row) => row.id === id))) return null;
  return {
    id: 0,
    name: `${members.length} layers`,
    kind: 'group',
    parent: null,
    isArtboard: false,
    isBackground: false,
    // An adjustment shows nothing of its own: it changes the others.
    bounds: members
      .filter(({ kind }) => kind !== 'adjustment')
      .map(({ bounds }) => bounds)
      .reduce(union, { x: 0, y: 0, width: 0, height: 0 }),
    isVisible: members.some(isShown),
    isLocked: members.some(({ isLocked, isBackground }) => isLocked || isBackground),
    opacity: 1,
    fillOpacity: 1,
    hasUserMask: false,
    isMaskPlain: true,
    hasVectorMask: false,
    hasEffects: false,
    isClipped: false,
    members,
  };
}

/** What a layer that is clipped is clipped to; null when it is not, or lies on nothing. */
export function baseOf(rows: readonly LayerRow[], row: LayerRow): LayerRow | null {
  if (!row.isClipped) return null;
  const siblings = rows.filter(({ parent }) => parent === row.parent);
  return siblings.slice(siblings.indexOf(row)).find(({ isClipped }) => !isClipped) ?? null;
}
