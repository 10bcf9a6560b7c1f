/** The layer list as rows: the host's flat list (top first, parents by reference) becomes an indented one. */
import type { LayerInfo, LayerRef } from '../../shared/core/host.ts';

export interface LayerRow {
  readonly layer: LayerInfo;
  /** 0 at the top level. */
  readonly depth: number;
  readonly hasChildren: boolean;
  readonly isOpen: boolean;
  /** Hidden itself or inside a hidden group. */
  readonly isDimmed: boolean;
}

export function layerRows(layers: readonly LayerInfo[], closed: ReadonlySet<LayerRef>): readonly LayerRow[] {
  const children = new Map<LayerRef | null, LayerInfo[]>();
  const known = new Set(layers.map((layer) => layer.ref));
  for (const layer of layers) {
    const parent = layer.parent !== null && known.has(layer.parent) ? layer.parent : null;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [layer]);
    else siblings.push(layer);
  }
  const rows: LayerRow[] = [];
  const visit = (parent: LayerRef | null, depth: number, isDimmed: boolean): void => {
    for (const layer of children.get(parent) ?? []) {
      const inside = children.get(layer.ref) ?? [];
      const isOpen = !closed.has(layer.ref);
      const dimmed = isDimmed || !layer.visible;
      rows.push({ layer, depth, hasChildren: inside.length > 0, isOpen, isDimmed: dimmed });
      if (isOpen) visit(layer.ref, depth + 1, dimmed);
    }
  };
  visit(null, 0, false);
  return rows;
}
