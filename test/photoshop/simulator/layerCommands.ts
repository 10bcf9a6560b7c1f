/**
 * What can be done to the layers of a document, by whichever way it is asked: batchPlay, the DOM, the user. Each makes
 * one history state, or throws CommandFailure and changes nothing.
 */
import { isEmpty, type Point, union } from '../../../shared/core/geometry.ts';
import { composite } from './blend.ts';
import type { DocumentState, NextId, SimDocument } from './document.ts';
import { convertLayer } from './documentCommands.ts';
import { CommandFailure, noSuch, notAvailable } from './errors.ts';
import {
  blankLayer,
  contentBounds,
  copyLayer,
  everyLayer,
  findLayer,
  insertLayers,
  type Layer,
  type LayerKind,
  mapLayer,
  moveLayer,
  type Spot,
  withoutLayers,
} from './layer.ts';
import { createSamples, depthOf, fullOf, noBounds, type Plane, planeAt } from './raster.ts';

export const newLayer = (nextId: NextId, name: string, kind: LayerKind, rest: Partial<Layer> = {}): Layer => ({
  ...blankLayer,
  ...(kind === 'group' ? { children: [], blendMode: 'passThrough' } : {}),
  ...rest,
  id: nextId(),
  name,
  kind,
});

export function requireLayer(document: SimDocument, id: number): Layer {
  const found = findLayer(document.state.layers, id);
  if (found === null) throw noSuch(`layer (id ${id})`);
  return found.layer;
}

export function activeLayer(document: SimDocument): Layer {
  const layer = document.activeLayers.at(0);
  if (layer === undefined) throw noSuch('current layer');
  return layer;
}

/** In Quick Mask and in modes without layers nothing can be added. */
export function requireLayered(document: SimDocument, command: string): void {
  const { mode } = document.state;
  if (document.quickMask || mode === 'Bitmap' || mode === 'Indexed' || mode === 'Multichannel') throw notAvailable(command);
}

/** New layers come above the topmost selected one. */
export function newSpot(document: SimDocument): Spot {
  const layer = document.activeLayers.at(0);
  return layer === undefined ? { at: 'top' } : { at: 'above', id: layer.id };
}

export function addLayers(document: SimDocument, name: string, layers: readonly Layer[], spot: Spot = newSpot(document)): void {
  const { state } = document;
  document.change(name, {
    ...state,
    layers: insertLayers(state.layers, spot, layers),
    activeIds: layers.map(({ id }) => id),
  });
}

export function changeLayer(document: SimDocument, name: string, id: number, change: (layer: Layer) => Layer): void {
  requireLayer(document, id);
  const { state } = document;
  const layers = mapLayer(state.layers, id, change);
  if (layers !== state.layers) document.change(name, { ...state, layers });
}

/** Shown or hidden; history does not record it by itself (History Options: "Make Layer Visibility Changes Undoable" is off). */
export function showLayers(document: SimDocument, ids: readonly number[], visible: boolean): void {
  let { layers } = document.state;
  for (const id of ids) {
    requireLayer(document, id);
    layers = mapLayer(layers, id, (layer) => (layer.visible === visible ? layer : { ...layer, visible }));
  }
  if (layers !== document.state.layers) document.amend({ ...document.state, layers });
}

export function selectLayers(document: SimDocument, ids: readonly number[]): void {
  for (const id of ids) requireLayer(document, id);
  const isSame = ids.length === document.state.activeIds.length && ids.every((id, i) => document.state.activeIds[i] === id);
  if (!isSame) document.amend({ ...document.state, activeIds: ids });
}

export function deleteLayers(document: SimDocument, ids: readonly number[]): void {
  const { state } = document;
  const gone = new Set(ids);
  for (const id of ids) if (requireLayer(document, id).locks.all) throw notAvailable('Delete');
  const layers = withoutLayers(state.layers, gone);
  if (layers.length === 0) throw notAvailable('Delete');
  const order = everyLayer(state.layers).map(({ layer }) => layer.id);
  const left = everyLayer(layers).map(({ layer }) => layer.id);
  const after = left.find((id) => order.indexOf(id) > order.indexOf(ids[0])) ?? left.at(-1);
  document.change('Delete Layer', { ...state, layers, activeIds: after === undefined ? [] : [after] });
}

export function groupLayers(document: SimDocument, nextId: NextId, ids: readonly number[], name: string, rest: Partial<Layer> = {}): Layer {
  requireLayered(document, 'Group Layers');
  const { state } = document;
  const members = everyLayer(state.layers).filter(({ layer }) => ids.includes(layer.id));
  if (members.length === 0 || members.length !== new Set(ids).size) throw notAvailable('Group Layers');
  if (members.some(({ layer }) => layer.isBackground)) throw notAvailable('Group Layers');
  const group = newLayer(nextId, name, 'group', { ...rest, children: members.map(({ layer }) => layer) });
  const marker = insertLayers(state.layers, { at: 'above', id: members[0].layer.id }, [{ ...group, children: [] }]);
  const layers = mapLayer(withoutLayers(marker, new Set(ids)), group.id, () => group);
  document.change('Group Layers', { ...state, layers, activeIds: [group.id] });
  return group;
}

/** Moves layers in the stack, in the order they have. */
export function restack(document: SimDocument, ids: readonly number[], spot: Spot): void {
  const { state } = document;
  const moved = everyLayer(state.layers)
    .map(({ layer }) => layer)
    .filter(({ id }) => ids.includes(id));
  if (moved.length === 0) throw noSuch('current layer');
  if (moved.some(({ isBackground, locks }) => isBackground || locks.all)) throw notAvailable('Move');
  if ('id' in spot) {
    requireLayer(document, spot.id);
    if (moved.some((layer) => layer.id === spot.id || findLayer(layer.children ?? [], spot.id) !== null)) throw notAvailable('Move');
  }
  document.change('Layer Order', { ...state, layers: insertLayers(withoutLayers(state.layers, new Set(ids)), spot, moved) });
}

/** Moves pixels, masks that are linked, and placed contents by whole pixels. */
export function translate(document: SimDocument, ids: readonly number[], by: Point): void {
  const whole = { x: Math.round(by.x), y: Math.round(by.y) };
  let { layers } = document.state;
  for (const id of ids) {
    const layer = requireLayer(document, id);
    if (layer.isBackground || layer.locks.all || layer.locks.position) throw notAvailable('Move');
    if (whole.x !== 0 || whole.y !== 0) layers = mapLayer(layers, id, (one) => moveLayer(one, whole));
  }
  if (layers !== document.state.layers) document.change('Move', { ...document.state, layers });
}

/** Copies right above their originals, or on top in another document, whose mode and depth they take. */
export function duplicateLayers(
  from: SimDocument,
  ids: readonly number[],
  to: SimDocument,
  nextId: NextId,
  change: { readonly name?: string; readonly spot?: Spot } = {},
): Layer[] {
  requireLayered(to, 'Duplicate Layer');
  const originals = everyLayer(from.state.layers)
    .map(({ layer }) => layer)
    .filter(({ id }) => ids.includes(id));
  if (originals.length !== new Set(ids).size || originals.length === 0) throw noSuch('current layer');
  const copies = originals.map((layer) => {
    const copy = copyLayer(
      layer,
      nextId,
      change.name === undefined ? (from === to ? { name: `${layer.name} copy` } : {}) : { name: change.name },
    );
    return from === to ? copy : convertLayer(copy, from, to.state);
  });
  const spot = change.spot ?? (from === to ? ({ at: 'above', id: originals[0].id } as const) : newSpot(to));
  const { state } = to;
  to.change('Duplicate Layer', { ...state, layers: insertLayers(state.layers, spot, copies), activeIds: copies.map(({ id }) => id) });
  return copies;
}

/** Layers, or a group by itself, become one pixel layer that shows as they did. */
export function mergeLayers(document: SimDocument, nextId: NextId, ids: readonly number[]): Layer {
  const { state } = document;
  const merged = everyLayer(state.layers)
    .map(({ layer }) => layer)
    .filter(({ id }) => ids.includes(id));
  if (merged.length === 0 || merged.some(({ isBackground, locks }) => isBackground || locks.all)) throw notAvailable('Merge Layers');
  const bounds = merged.map(contentBounds).reduce(union, noBounds);
  const raster = isEmpty(bounds) ? null : composite(merged, bounds, state.depth, document.channelCount);
  const layer = newLayer(nextId, merged[0].name, 'pixel', { raster });
  const placed = insertLayers(state.layers, { at: 'above', id: merged[0].id }, [layer]);
  document.change('Merge Layers', { ...state, layers: withoutLayers(placed, new Set(ids)), activeIds: [layer.id] });
  return layer;
}

/** The mask's coverage goes into the layer's own transparency. */
export function applyMask(document: SimDocument, id: number): void {
  const { mask, raster } = requireLayer(document, id);
  if (mask === null || raster === null) throw notAvailable('Apply Layer Mask');
  const { bounds, channels } = raster;
  const data = raster.data.slice();
  const full = fullOf(document.state.depth);
  for (let y = 0, i = channels - 1; y < bounds.height; y++) {
    for (let x = 0; x < bounds.width; x++, i += channels) data[i] = (data[i] * planeAt(mask, bounds.x + x, bounds.y + y)) / full;
  }
  changeLayer(document, 'Apply Layer Mask', id, (layer) => ({ ...layer, raster: { ...raster, data }, mask: null }));
}

/** A mask from the selection, which is gone afterwards, or one that reveals or hides all. */
export function makeMask(document: SimDocument, id: number, how: 'revealSelection' | 'hideSelection' | 'revealAll' | 'hideAll'): void {
  const layer = requireLayer(document, id);
  if (layer.isBackground || layer.mask !== null || layer.locks.all) throw notAvailable('Make');
  const { state } = document;
  const fromSelection = how === 'revealSelection' || how === 'hideSelection';
  if (fromSelection && state.selection === null) throw notAvailable('Make');
  const plane = fromSelection ? (state.selection as Plane) : plainPlane(state, how === 'revealAll');
  const shown = how === 'hideSelection' ? inverted(plane) : plane;
  const mask = { ...shown, enabled: true, linked: true, density: 100, featherPx: 0 };
  const layers = mapLayer(state.layers, id, (one) => ({ ...one, mask }));
  document.change('Add Layer Mask', { ...state, layers, selection: fromSelection ? null : state.selection });
}

const plainPlane = (state: DocumentState, isFull: boolean): Plane => ({
  bounds: noBounds,
  data: createSamples(state.depth, 0),
  outside: isFull ? fullOf(state.depth) : 0,
});

export function inverted(plane: Plane): Plane {
  const full = fullOf(depthOf(plane.data));
  const data = plane.data.slice();
  for (let i = 0; i < data.length; i++) data[i] = full - data[i];
  return { bounds: plane.bounds, data, outside: full - plane.outside };
}

export const unsupported = (what: string): CommandFailure => new CommandFailure(-1715, `The simulator does not know ${what}`);
