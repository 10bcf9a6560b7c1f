/** A layer of the simulated Photoshop, and what can be asked of a tree of them. Trees are immutable, top first. */
import { type Bounds, intersection, isEmpty, type Point, union } from '../../../shared/core/geometry.ts';
import { moveRaster, noBounds, opaqueBounds, type Plane, type Raster, shifted } from './raster.ts';
import { mapQuad, type SmartContents } from './smartObject.ts';

export type LayerKind = 'pixel' | 'group' | 'smartObject' | 'text' | 'adjustment' | 'solidColor';

export interface Locks {
  readonly all: boolean;
  readonly pixels: boolean;
  readonly position: boolean;
  readonly transparency: boolean;
}

export interface LayerMask extends Plane {
  readonly enabled: boolean;
  readonly linked: boolean;
  /** Percent. */
  readonly density: number;
  readonly featherPx: number;
}

export interface Layer {
  readonly id: number;
  readonly name: string;
  readonly kind: LayerKind;
  /** The one at the bottom without transparency. */
  readonly isBackground: boolean;
  readonly isArtboard: boolean;
  readonly visible: boolean;
  /** Percent. */
  readonly opacity: number;
  readonly fillOpacity: number;
  /** As the DOM spells it: 'normal', 'passThrough', … */
  readonly blendMode: string;
  readonly clipping: boolean;
  readonly locks: Locks;
  /** Label in the layers panel. */
  readonly color: string;
  readonly raster: Raster | null;
  readonly mask: LayerMask | null;
  readonly children: readonly Layer[] | null;
  readonly smart: SmartContents | null;
  /** What an adjustment layer does. */
  readonly adjustment: 'invert' | null;
  /** JSON by namespace; a copy of the layer carries it along. */
  readonly generatorSettings: ReadonlyMap<string, string>;
  readonly xmp: string | null;
}

export const unlocked: Locks = { all: false, pixels: false, position: false, transparency: false };

export const blankLayer: Omit<Layer, 'id' | 'name' | 'kind'> = {
  isBackground: false,
  isArtboard: false,
  visible: true,
  opacity: 100,
  fillOpacity: 100,
  blendMode: 'normal',
  clipping: false,
  locks: unlocked,
  color: 'none',
  raster: null,
  mask: null,
  children: null,
  smart: null,
  adjustment: null,
  generatorSettings: new Map(),
  xmp: null,
};

export interface Placed {
  readonly layer: Layer;
  readonly parent: Layer | null;
}

/** Every layer, top first, groups before what is in them. */
export function everyLayer(layers: readonly Layer[], parent: Layer | null = null): Placed[] {
  return layers.flatMap((layer) => [{ layer, parent }, ...everyLayer(layer.children ?? [], layer)]);
}

export const findLayer = (layers: readonly Layer[], id: number): Placed | null =>
  everyLayer(layers).find(({ layer }) => layer.id === id) ?? null;

export function mapLayer(layers: readonly Layer[], id: number, change: (layer: Layer) => Layer): readonly Layer[] {
  let changed = false;
  const out = layers.map((layer) => {
    if (layer.id !== id && layer.children === null) return layer;
    const next = layer.id === id ? change(layer) : { ...layer, children: mapLayer(layer.children ?? [], id, change) };
    if (next === layer || (layer.id !== id && next.children === layer.children)) return layer;
    changed = true;
    return next;
  });
  return changed ? out : layers;
}

export function withoutLayers(layers: readonly Layer[], ids: ReadonlySet<number>): readonly Layer[] {
  return layers
    .filter((layer) => !ids.has(layer.id))
    .map((layer) => (layer.children === null ? layer : { ...layer, children: withoutLayers(layer.children, ids) }));
}

/** Where new layers go: beside a layer, into a group, or on top of all. */
export type Spot =
  | { readonly at: 'above' | 'below' | 'first-in' | 'last-in'; readonly id: number }
  | { readonly at: 'top' }
  | { readonly at: 'bottom' };

export function insertLayers(layers: readonly Layer[], spot: Spot, added: readonly Layer[]): readonly Layer[] {
  if (spot.at === 'top') return [...added, ...layers];
  if (spot.at === 'bottom') {
    const last = layers.at(-1);
    return last?.isBackground ? [...layers.slice(0, -1), ...added, last] : [...layers, ...added];
  }
  return layers.flatMap((layer) => {
    if (layer.id !== spot.id) return [layer.children === null ? layer : { ...layer, children: insertLayers(layer.children, spot, added) }];
    if (spot.at === 'above') return [...added, layer];
    if (spot.at === 'below') return layer.isBackground ? [...added, layer] : [layer, ...added];
    const children = layer.children ?? [];
    return [{ ...layer, children: spot.at === 'first-in' ? [...added, ...children] : [...children, ...added] }];
  });
}

/** Where the layer has pixels, off the canvas too. */
export function contentBounds(layer: Layer): Bounds {
  if (layer.children !== null) return layer.children.map(contentBounds).reduce(union, noBounds);
  return layer.raster === null ? noBounds : opaqueBounds(layer.raster);
}

/** As the DOM tells it: clipped to the canvas and to the pixels that are not fully transparent. */
export function toldBounds(layer: Layer, canvas: Bounds): Bounds {
  const inside = intersection(contentBounds(layer), canvas);
  return isEmpty(inside) ? noBounds : inside;
}

/** Copies with ids of their own; `nextId` gives them. */
export function copyLayer(layer: Layer, nextId: () => number, change: Partial<Layer> = {}): Layer {
  const children = layer.children?.map((child) => copyLayer(child, nextId)) ?? null;
  return { ...layer, ...change, id: nextId(), children, isBackground: false, locks: layer.isBackground ? unlocked : layer.locks };
}

export const isLocked = ({ locks }: Layer): boolean => locks.all || locks.pixels || locks.position || locks.transparency;

/** With its linked mask, its placed contents and all that is in it. */
export function moveLayer(layer: Layer, by: Point): Layer {
  const { raster, mask, smart, children } = layer;
  return {
    ...layer,
    raster: raster === null ? null : moveRaster(raster, by),
    mask: mask === null || !mask.linked ? mask : { ...mask, bounds: shifted(mask.bounds, by) },
    smart: smart === null ? null : { ...smart, quad: mapQuad(smart.quad, (x, y) => [x + by.x, y + by.y]) },
    children: children?.map((child) => moveLayer(child, by)) ?? null,
  };
}
