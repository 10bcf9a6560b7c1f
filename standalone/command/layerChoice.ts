/**
 * Which layer the user means: by name, by its path through the groups, or by `#` and its identifier. What names one
 * layer only is taken; anything else is answered with names that do.
 */
import type { Failure } from '../../shared/core/failure.ts';
import type { LayerInfo, LayerRef } from '../../shared/core/host.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';

/** "Group/Name" of each layer, in the order given. */
export function layerPaths(layers: readonly LayerInfo[]): readonly string[] {
  const byRef = new Map(layers.map((layer) => [layer.ref, layer]));
  const pathOf = (layer: LayerInfo): string => {
    const parent = layer.parent === null ? undefined : byRef.get(layer.parent);
    return parent === undefined ? layer.name : `${pathOf(parent)}/${layer.name}`;
  };
  return layers.map(pathOf);
}

/** Indices of the layers that `asked` could mean. */
function meant(asked: string, layers: readonly LayerInfo[], paths: readonly string[]): number[] {
  const all = layers.map((_, i) => i);
  // "#12", and "#12 Group/Name" as our own lists write it.
  const id = /^#(\S+)/.exec(asked)?.[1];
  const byId = id === undefined ? [] : all.filter((i) => layers[i].ref === id);
  if (byId.length > 0) return byId;
  return all.filter((i) => layers[i].name === asked || paths[i] === asked || paths[i].endsWith(`/${asked}`));
}

/** `no-such-layer` with all there are, or `ambiguous-layer` with a name for each that would be understood. */
export function chooseLayer(asked: string, layers: readonly LayerInfo[]): Result<LayerRef, Failure> {
  const paths = layerPaths(layers);
  const found = meant(asked, layers, paths);
  if (found.length === 1) return ok(layers[found[0]].ref);
  if (found.length === 0) return err({ kind: 'no-such-layer', name: asked, existing: paths });
  const clear = (i: number) => (meant(paths[i], layers, paths).length === 1 ? paths[i] : `#${layers[i].ref} ${paths[i]}`);
  return err({ kind: 'ambiguous-layer', name: asked, matches: found.map(clear) });
}

/** Without a word from the user: the only layer, else all that shows. */
export const defaultLayer = (layers: readonly LayerInfo[]): LayerRef | 'visible' => (layers.length === 1 ? layers[0].ref : 'visible');
