/** Layers as Photoshop's objects. */
import type { PsLayer } from '../types/modules.ts';
import { HostError } from './hostError.ts';

/** Wherever it lies among `layers`; throws when it is not there. */
export function findLayer(layers: ArrayLike<PsLayer>, id: number): PsLayer {
  const open = Array.from(layers);
  for (let layer = open.pop(); layer !== undefined; layer = open.pop()) {
    if (layer.id === id) return layer;
    open.push(...Array.from(layer.layers ?? []));
  }
  throw new HostError(`no layer ${id}`);
}
