/**
 * What the picture shows in the model's words, for whoever cannot see it: those of the latest take that made all of the picture
 * and that shows. The words of others speak of a part.
 */
import { boundsOf, contains, type Extent } from '../../shared/core/geometry.ts';
import { kindOfKey } from '../../shared/core/history/keys.ts';
import { decodeTake } from '../../shared/core/history/savedEntries.ts';
import { type Take, wordsOf } from '../../shared/core/history/take.ts';
import type { LayerRef } from '../../shared/core/host.ts';
import type { LayerNode } from './layerTree.ts';

/** `store`: the history's entries by key. Null where no take says anything of all of it. */
export function pictureWords(extent: Extent, nodes: readonly LayerNode[], store: ReadonlyMap<string, Uint8Array>): string | null {
  const shown = new Set(shownLayers(nodes));
  let latest: Take | null = null;
  for (const [key, bytes] of store) {
    const read = kindOfKey(key) === 'take' ? decodeTake(bytes) : null;
    if (read?.kind !== 'read') continue;
    const take = read.value;
    const isOfAll = take.region === null && contains(take.source.bounds, boundsOf(extent));
    if (!isOfAll || take.placed === null || !shown.has(take.placed.layer) || wordsOf(take) === '') continue;
    if (latest === null || take.order > latest.order) latest = take;
  }
  return latest === null ? null : wordsOf(latest).replace(/\s+/g, ' ');
}

const shownLayers = (nodes: readonly LayerNode[]): readonly LayerRef[] =>
  nodes.flatMap(({ unit, children }) => (unit.record.visible ? [unit.ref, ...shownLayers(children)] : []));
