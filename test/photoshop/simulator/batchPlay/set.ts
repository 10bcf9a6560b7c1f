/** `set`: properties of layers, provenance, selections, preferences. */
import type { Application } from '../application.ts';
import type { SimDocument } from '../document.ts';
import { CommandFailure, notAvailable } from '../errors.ts';
import { type Layer, mapLayer } from '../layer.ts';
import { changeLayer, unsupported } from '../layerCommands.ts';
import { XMPMeta } from '../uxp/xmp.ts';
import type { Command } from './command.ts';
import { type Descriptor, documentOf, layersOf, percent, propertyOf, type Reference, refOf, targetOf } from './descriptor.ts';
import { selectBy } from './selections.ts';

export const setCommand: Command = ({ app }, command) => {
  const target = targetOf(command);
  const property = propertyOf(target);
  const to = command.to as Descriptor | undefined;
  if (to === undefined) throw new CommandFailure(-1715, 'set needs “to”');
  if (property === 'selection') return selectBy(app, command, 'set');
  if (property === 'generatorSettings') return setGeneratorSettings(app, target, command, to);
  if (property === 'XMPMetadataAsUTF8') return setXmp(app, target, to);
  if (property === 'generalPreferences') {
    if (typeof to.resizePastePlace === 'boolean') app.preferences.resizePastePlace = to.resizePastePlace;
    return { _obj: 'set' };
  }
  if (refOf(target, 'layer') !== undefined) {
    const { document, layers } = layersOf(app, target);
    for (const layer of layers) setLayer(document, layer, to);
    return { _obj: 'set' };
  }
  throw unsupported(`set ${property ?? target.map(({ _ref }) => _ref).join(', ')}`);
};

/** Metadata belongs to the layer and makes no history state of its own. */
function amendLayer(document: SimDocument, layer: Layer, change: Partial<Layer>): void {
  const { state } = document;
  document.amend({ ...state, layers: mapLayer(state.layers, layer.id, (one) => ({ ...one, ...change })) });
}

function setGeneratorSettings(app: Application, target: readonly Reference[], command: Descriptor, to: Descriptor): object {
  const { document, layers } = layersOf(app, target);
  const namespace = command.property;
  if (typeof namespace !== 'string' || namespace === '')
    throw new CommandFailure(-1715, 'generatorSettings need “property”, the namespace');
  if (typeof to.json !== 'string') throw new CommandFailure(-1715, 'generatorSettings need “json”');
  for (const layer of layers) amendLayer(document, layer, { generatorSettings: new Map(layer.generatorSettings).set(namespace, to.json) });
  return { _obj: 'set' };
}

/** Photoshop keeps XMP as a tree and writes it in its own way: the meaning comes back, not the letters. */
function ownWriting(packet: unknown): string {
  if (typeof packet !== 'string') throw new CommandFailure(-1715, 'XMPMetadataAsUTF8 is a text');
  if (packet === '') return '';
  try {
    return new XMPMeta(packet).serialize();
  } catch {
    throw new CommandFailure(-1715, 'The XMP packet cannot be read');
  }
}

function setXmp(app: Application, target: readonly Reference[], to: Descriptor): object {
  const packet = ownWriting(to.XMPMetadataAsUTF8);
  if (refOf(target, 'layer') !== undefined) {
    const { document, layers } = layersOf(app, target);
    for (const layer of layers) amendLayer(document, layer, { xmp: packet });
    return { _obj: 'set' };
  }
  if (app.quirks.documentXmp === 'fails') throw new CommandFailure(-25920, 'The command “Set” is not currently available.');
  const document = documentOf(app, target);
  document.xmp = packet;
  document.saved = false;
  return { _obj: 'set' };
}

function setLayer(document: SimDocument, layer: Layer, to: Descriptor): void {
  const change: { -readonly [K in keyof Layer]?: Layer[K] } = {};
  if (typeof to.name === 'string') change.name = to.name;
  if (to.opacity !== undefined) change.opacity = percent(to.opacity, 100);
  if (to.fillOpacity !== undefined) change.fillOpacity = percent(to.fillOpacity, 100);
  if (to.mode !== undefined) change.blendMode = (to.mode as { _value: string })._value;
  if (to.color !== undefined) change.color = (to.color as { _value: string })._value;
  if (to.layerLocking !== undefined) change.locks = locksOf(layer, to.layerLocking as Descriptor);
  if (layer.mask !== null) {
    const mask = { ...layer.mask };
    if (typeof to.userMaskEnabled === 'boolean') change.mask = { ...mask, enabled: to.userMaskEnabled };
    if (typeof to.userMaskLinked === 'boolean') change.mask = { ...(change.mask ?? mask), linked: to.userMaskLinked };
    if (to.userMaskDensity !== undefined) change.mask = { ...(change.mask ?? mask), density: percent(to.userMaskDensity, 100) };
  }
  if (Object.keys(change).length === 0) throw unsupported(`set of ${Object.keys(to).join(', ')} on a layer`);
  if (layer.isBackground && (change.blendMode !== undefined || change.opacity !== undefined)) throw notAvailable('Set');
  changeLayer(document, 'name' in change ? 'Layer Properties' : 'Layer Change', layer.id, (one) => ({ ...one, ...change }));
}

export function locksOf({ locks }: Layer, to: Descriptor): Layer['locks'] {
  const value = (key: string, now: boolean): boolean => (typeof to[key] === 'boolean' ? (to[key] as boolean) : now);
  if (to.protectNone === true) return { all: false, pixels: false, position: false, transparency: false };
  return {
    all: value('protectAll', locks.all),
    pixels: value('protectComposite', locks.pixels),
    position: value('protectPosition', locks.position),
    transparency: value('protectTransparency', locks.transparency),
  };
}
