/** Commands on layers: make, delete, select, show, stack, group, masks, rasterize. */

import type { Application } from '../application.ts';
import type { SimDocument } from '../document.ts';
import { CommandFailure, notAvailable } from '../errors.ts';
import { insertLayers, type Layer, type Spot } from '../layer.ts';
import {
  addLayers,
  applyMask,
  changeLayer,
  deleteLayers,
  duplicateLayers,
  groupLayers,
  makeMask,
  mergeLayers,
  newLayer,
  requireLayered,
  restack,
  selectLayers,
  showLayers,
  translate,
  unsupported,
} from '../layerCommands.ts';
import type { Command } from './command.ts';
import { type Descriptor, documentOf, indexed, layersOf, pixels, type Reference, targetOf } from './descriptor.ts';
import { makeDocument, selectDocument } from './documents.ts';
import { locksOf } from './set.ts';

const idsOf = (layers: readonly Layer[]): number[] => layers.map(({ id }) => id);
const isMask = (reference: Reference | undefined): boolean => reference?._ref === 'channel' && reference._value === 'mask';

function make(app: Application, command: Descriptor): object {
  const target = targetOf(command);
  const made = command.new as { _class?: string; _obj?: string } | undefined;
  const kind = target[0]?._ref ?? made?._class ?? made?._obj;
  const using = command.using as (Descriptor & { name?: string }) | undefined;
  if (kind === 'document') return makeDocument(app, (made ?? command.using ?? {}) as Descriptor);
  const document = documentOf(app, target);
  switch (kind) {
    case 'layer': {
      requireLayered(document, 'Make');
      const layer = newLayer(app.nextId, using?.name ?? nextName(document, 'Layer'), 'pixel');
      addLayers(document, 'New Layer', [layer]);
      return { _obj: 'make', layerID: layer.id };
    }
    case 'layerSection': {
      requireLayered(document, 'Make');
      const name = using?.name ?? (command.name as string | undefined) ?? nextName(document, 'Group');
      const from = command.from as Reference | undefined;
      if (from !== undefined)
        return { _obj: 'make', layerSectionStart: groupLayers(document, app.nextId, idsOf(layersOf(app, [from]).layers), name).id };
      const group = newLayer(app.nextId, name, 'group');
      addLayers(document, 'New Group', [group]);
      return { _obj: 'make', layerSectionStart: group.id };
    }
    case 'adjustmentLayer': {
      requireLayered(document, 'Make');
      const layer = newLayer(app.nextId, nextName(document, 'Invert'), 'adjustment', { adjustment: 'invert' });
      addLayers(document, 'Invert Layer', [layer]);
      return { _obj: 'make' };
    }
    case 'channel': {
      if (!isMask(command.at as Reference)) throw unsupported('make of a channel that is no mask');
      const how = (using as { _value?: string } | undefined)?._value ?? 'revealAll';
      if (how !== 'revealSelection' && how !== 'hideSelection' && how !== 'revealAll' && how !== 'hideAll')
        throw unsupported(`a mask by ${how}`);
      const { layers } = layersOf(
        app,
        target.filter(({ _ref }) => _ref === 'layer' || _ref === 'document'),
      );
      makeMask(document, layers[0].id, how);
      return { _obj: 'make' };
    }
    default:
      throw unsupported(`make ${kind}`);
  }
}

export function nextName(document: SimDocument, word: string): string {
  const taken = JSON.stringify(document.state.layers, ['name', 'children']);
  let number = 1;
  while (taken.includes(`"${word} ${number}"`)) number++;
  return `${word} ${number}`;
}

function remove(app: Application, command: Descriptor): object {
  const target = targetOf(command);
  if (target.some(isMask)) {
    const { document, layers } = layersOf(
      app,
      target.filter(({ _ref }) => _ref !== 'channel'),
    );
    if (layers[0].mask === null) throw notAvailable('Delete');
    if (command.apply === true) {
      applyMask(document, layers[0].id);
      return { _obj: 'delete' };
    }
    changeLayer(document, 'Delete Layer Mask', layers[0].id, (layer) => ({ ...layer, mask: null }));
    return { _obj: 'delete' };
  }
  const { document, layers } = layersOf(app, target);
  const asked = command.layerID as number[] | undefined;
  deleteLayers(document, asked ?? idsOf(layers));
  return { _obj: 'delete' };
}

function select(app: Application, command: Descriptor): object {
  const target = targetOf(command);
  const kind = target[0]?._ref;
  if (kind === 'document') return selectDocument(app, target);
  if (kind === 'historyState') {
    const document = documentOf(app, target);
    const { _id, _name, _value } = target[0];
    const past = [...document.history].reverse();
    const isPrevious = _value === 'previous';
    const entry = isPrevious
      ? document.history[document.history.findIndex(({ state }) => state === document.state) - 1]
      : past.find(({ id, name }) => id === _id || name === _name);
    if (entry === undefined || document.suspension !== null) throw notAvailable('Select');
    document.goTo(entry.id);
    return { _obj: 'select' };
  }
  if (kind === 'channel') return { _obj: 'select' };
  const { document, layers } = layersOf(app, target);
  const how = (command.selectionModifier as { _value?: string } | undefined)?._value;
  const now = document.state.activeIds;
  const ids = idsOf(layers);
  if (how === 'addToSelection') selectLayers(document, [...new Set([...now, ...ids])]);
  else if (how === 'removeFromSelection')
    selectLayers(
      document,
      now.filter((id) => !ids.includes(id)),
    );
  else selectLayers(document, ids);
  if (command.makeVisible === true) showLayers(document, ids, true);
  return { _obj: 'select' };
}

function show(app: Application, command: Descriptor, visible: boolean): object {
  const asked = command.null;
  const target = asked === undefined ? targetOf(command) : ((Array.isArray(asked) ? asked : [asked]) as Reference[]);
  const { document, layers } = layersOf(app, target);
  showLayers(document, idsOf(layers), visible);
  return { _obj: command._obj };
}

function move(app: Application, command: Descriptor): object {
  const { document, layers } = layersOf(app, targetOf(command));
  const to = command.to as Descriptor & Reference;
  if (to?._obj === 'offset') {
    translate(document, idsOf(layers), { x: pixels(to.horizontal, document), y: pixels(to.vertical, document) });
    return { _obj: 'move' };
  }
  restack(document, idsOf(layers), spotOf(app, document, to));
  return { _obj: 'move' };
}

/** `{_ref:"layer", _index}` is a place between items counted from the bottom; ids and ordinals are beside layers. */
function spotOf(app: Application, document: SimDocument, to: Reference): Spot {
  if (to?._ref !== 'layer') throw new CommandFailure(-1715, 'move needs a layer or an offset in “to”');
  if (to._enum === 'ordinal' && to._value === 'front') return { at: 'top' };
  if (to._enum === 'ordinal' && to._value === 'back') return { at: 'bottom' };
  if (to._index !== undefined) {
    const items = indexed(document);
    if (to._index >= items.length) return { at: 'top' };
    const item = items[to._index];
    if (item !== null) return { at: 'below', id: item.id };
    const group = items.slice(to._index + 1).find((layer) => layer?.children != null);
    return group == null ? { at: 'bottom' } : { at: 'last-in', id: group.id };
  }
  return { at: 'above', id: layersOf(app, [to, { _ref: 'document', _id: document.id }]).layers[0].id };
}

function duplicate(app: Application, command: Descriptor): object {
  const target = targetOf(command);
  const { document, layers } = layersOf(app, target);
  const to = command.to as Reference | undefined;
  const into = to?._ref === 'document' ? documentOf(app, [to]) : document;
  const name = command.name as string | undefined;
  const copies = duplicateLayers(document, idsOf(layers), into, app.nextId, name === undefined ? {} : { name });
  return { _obj: 'duplicate', ID: idsOf(copies) };
}

/** Layers of a group take its place. */
function ungroup(document: SimDocument, group: Layer): void {
  if (group.children === null) throw notAvailable('Ungroup Layers');
  const { state } = document;
  const { children } = group;
  const opened = insertLayers(state.layers, { at: 'above', id: group.id }, children);
  const layers = withoutGroup(opened, group.id);
  document.change('Ungroup Layers', { ...state, layers, activeIds: idsOf(children) });
}

const withoutGroup = (layers: readonly Layer[], id: number): readonly Layer[] =>
  layers
    .filter((layer) => layer.id !== id)
    .map((layer) => (layer.children === null ? layer : { ...layer, children: withoutGroup(layer.children, id) }));

function rasterize(app: Application, command: Descriptor): object {
  const { document, layers } = layersOf(app, targetOf(command));
  for (const layer of layers) {
    if (layer.kind === 'pixel') throw notAvailable('Rasterize');
    changeLayer(document, 'Rasterize Layer', layer.id, (one) => ({ ...one, kind: 'pixel', smart: null }));
  }
  return { _obj: command._obj };
}

function clip(app: Application, command: Descriptor, clipping: boolean): object {
  const { document, layers } = layersOf(app, targetOf(command));
  for (const layer of layers) changeLayer(document, 'Create Clipping Mask', layer.id, (one) => ({ ...one, clipping }));
  return { _obj: command._obj };
}

export const layerCommands: Readonly<Record<string, Command>> = {
  make: ({ app }, command) => make(app, command),
  delete: ({ app }, command) => remove(app, command),
  select: ({ app }, command) => select(app, command),
  hide: ({ app }, command) => show(app, command, false),
  show: ({ app }, command) => show(app, command, true),
  move: ({ app }, command) => move(app, command),
  duplicate: ({ app }, command) => duplicate(app, command),
  groupLayersEvent: ({ app }, command) => {
    const { document, layers } = layersOf(app, targetOf(command));
    groupLayers(document, app.nextId, idsOf(layers), (command.name as string | undefined) ?? nextName(document, 'Group'));
    return { _obj: 'groupLayersEvent' };
  },
  ungroupLayersEvent: ({ app }, command) => {
    const { document, layers } = layersOf(app, targetOf(command));
    ungroup(document, layers[0]);
    return { _obj: 'ungroupLayersEvent' };
  },
  mergeLayersNew: ({ app }, command) => {
    const { document, layers } = layersOf(app, targetOf(command));
    mergeLayers(document, app.nextId, idsOf(layers));
    return { _obj: 'mergeLayersNew' };
  },
  groupEvent: ({ app }, command) => clip(app, command, true),
  ungroup: ({ app }, command) => clip(app, command, false),
  applyLocking: ({ app }, command) => {
    const { document, layers } = layersOf(app, targetOf(command));
    for (const layer of layers) {
      changeLayer(document, 'Apply Locking', layer.id, (one) => ({ ...one, locks: locksOf(one, command.layerLocking as Descriptor) }));
    }
    return { _obj: 'applyLocking' };
  },
  rasterizeLayer: ({ app }, command) => rasterize(app, command),
  rasterizePlaced: ({ app }, command) => {
    const { layers } = layersOf(app, targetOf(command));
    if (layers.some(({ smart }) => smart === null)) throw notAvailable('Rasterize Placed');
    return rasterize(app, command);
  },
};
