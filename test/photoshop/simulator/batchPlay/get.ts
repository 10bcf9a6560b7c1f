/** `get` and `multiGet`: what can be asked of a layer, a document, the application. */
import type { Application } from '../application.ts';
import type { SimDocument } from '../document.ts';
import { CommandFailure, noSuch } from '../errors.ts';
import { everyLayer, findLayer, type Layer, toldBounds } from '../layer.ts';
import { centreOf } from '../placing.ts';
import { quadBounds } from '../smartObject.ts';
import type { Command } from './command.ts';
import {
  type Descriptor,
  documentOf,
  enumValue,
  indexed,
  layersOf,
  percentUnit,
  pixelsUnit,
  propertyOf,
  type Reference,
  rectOf,
  refOf,
  targetOf,
} from './descriptor.ts';

type Readers<T> = Readonly<Record<string, (of: T, command: Descriptor) => unknown>>;

interface OneLayer {
  readonly app: Application;
  readonly document: SimDocument;
  readonly layer: Layer;
}

const kinds: Readonly<Record<Layer['kind'], number>> = { pixel: 1, adjustment: 2, text: 3, smartObject: 5, group: 7, solidColor: 11 };

/** Properties that a layer may lack answer undefined; then a plain `get` of them fails. */
const ofLayer: Readers<OneLayer> = {
  layerID: ({ layer }) => layer.id,
  name: ({ layer }) => layer.name,
  itemIndex: ({ document, layer }) => indexed(document).indexOf(layer),
  count: ({ document }) => everyLayer(document.state.layers).length,
  visible: ({ layer }) => layer.visible,
  opacity: ({ layer }) => Math.round((layer.opacity / 100) * 255),
  fillOpacity: ({ layer }) => Math.round((layer.fillOpacity / 100) * 255),
  mode: ({ layer }) => enumValue('blendMode', layer.blendMode),
  color: ({ layer }) => enumValue('color', layer.color),
  layerKind: ({ layer }) => (layer.isBackground ? 12 : kinds[layer.kind]),
  layerSection: ({ layer }) => enumValue('layerSectionType', layer.children === null ? 'layerSectionContent' : 'layerSectionStart'),
  background: ({ layer }) => layer.isBackground,
  group: ({ layer }) => layer.clipping,
  artboardEnabled: ({ layer }) => layer.isArtboard,
  parentLayerID: ({ document, layer }) => findLayer(document.state.layers, layer.id)?.parent?.id ?? -1,
  bounds: ({ document, layer }) => rectOf(toldBounds(layer, document.canvas)),
  boundsNoEffects: ({ document, layer }) => rectOf(toldBounds(layer, document.canvas)),
  hasUserMask: ({ layer }) => layer.mask !== null,
  userMaskEnabled: ({ layer }) => layer.mask?.enabled,
  userMaskLinked: ({ layer }) => layer.mask?.linked,
  userMaskDensity: ({ layer }) => (layer.mask === null ? undefined : Math.round((layer.mask.density / 100) * 255)),
  userMaskFeather: ({ layer }) => (layer.mask === null ? undefined : pixelsUnit(layer.mask.featherPx)),
  layerLocking: ({ layer: { locks } }) => ({
    _obj: 'layerLocking',
    protectTransparency: locks.transparency,
    protectComposite: locks.pixels,
    protectPosition: locks.position,
    protectAll: locks.all,
  }),
  smartObject: ({ layer: { smart } }) =>
    smart === null
      ? undefined
      : { _obj: 'smartObject', placed: enumValue('placed', 'rasterizeContent'), fileReference: smart.fileName, linked: false },
  smartObjectMore: ({ layer: { smart } }) => {
    if (smart === null) return undefined;
    const { width, height } = smart.picture.bounds;
    const box = quadBounds(smart.quad);
    return {
      _obj: 'smartObjectMore',
      transform: [...smart.quad],
      nonAffineTransform: [...smart.quad],
      size: { _obj: 'paint', width, height },
      resolution: { _unit: 'densityUnit', _value: smart.ppi },
      scale: percentUnit((box.width / width) * 100),
      centre: centreOf(smart.quad),
    };
  },
  generatorSettings: ({ app, layer: { generatorSettings } }, { property }) => {
    const all = Object.fromEntries([...generatorSettings].map(([name, json]) => [name, { _obj: name, json }]));
    if (typeof property !== 'string' || app.quirks.generatorSettings === 'nested') return { _obj: 'generatorSettings', ...all };
    const json = generatorSettings.get(property);
    return json === undefined ? undefined : { _obj: property, json };
  },
  XMPMetadataAsUTF8: ({ layer }) => layer.xmp ?? undefined,
};

const modes: Readonly<Record<SimDocument['state']['mode'], string>> = {
  RGB: 'RGBColor',
  Grayscale: 'grayScale',
  Lab: 'labColor',
  CMYK: 'CMYKColorEnum',
  Indexed: 'indexedColor',
  Bitmap: 'bitmap',
  Duotone: 'duotone',
  Multichannel: 'multichannel',
};

/** Lengths of documents are told in points, whatever the ruler shows. */
const points = (px: number, { state }: SimDocument): object => ({ _unit: 'distanceUnit', _value: (px * 72) / state.resolution });

const ofDocument: Readers<SimDocument> = {
  documentID: (document) => document.id,
  title: (document) => document.title,
  width: (document) => points(document.state.width, document),
  height: (document) => points(document.state.height, document),
  resolution: ({ state }) => ({ _unit: 'densityUnit', _value: state.resolution }),
  mode: ({ state }) => enumValue('colorSpace', modes[state.mode]),
  depth: ({ state }) => state.depth,
  profile: ({ state }) => (state.profile === '' ? undefined : state.profile),
  quickMask: ({ quickMask }) => quickMask,
  isDirty: ({ saved }) => !saved,
  hasBackgroundLayer: ({ state }) => state.layers.at(-1)?.isBackground ?? false,
  numberOfLayers: ({ state }) => everyLayer(state.layers).length,
  targetLayersIDs: (document) => document.activeLayers.map(({ id }) => ({ _ref: 'layer', _id: id })),
  selection: ({ state: { selection } }) => (selection === null ? undefined : rectOf(selection.bounds)),
  historyStates: (document) => document.history.map(({ id, name }) => ({ _ref: 'historyState', _id: id, _name: name })),
  fileReference: ({ path }) => (path === '' ? undefined : { _path: path, _kind: 'local' }),
  XMPMetadataAsUTF8: ({ xmp }) => (xmp === '' ? undefined : xmp),
};

const ofApplication: Readers<Application> = {
  hostVersion: ({ version: [versionMajor, versionMinor, versionFix] }) => ({ _obj: 'version', versionMajor, versionMinor, versionFix }),
  hostName: () => 'Adobe Photoshop 2026',
  generalPreferences: ({ preferences }) => ({ _obj: 'generalPreferences', resizePastePlace: preferences.resizePastePlace }),
  rulerUnits: ({ preferences }) => enumValue('rulerUnits', preferences.rulerUnits),
  numberOfDocuments: ({ documents }) => documents.length,
};

/** One property, or all that there are. */
function read<T>(readers: Readers<T>, of: T, property: string | undefined, command: Descriptor, what: string): object {
  if (property === undefined) {
    const all = Object.entries(readers).map(([name, reader]) => [name, reader(of, {})]);
    return Object.fromEntries(all.filter(([, value]) => value !== undefined));
  }
  const value = Object.hasOwn(readers, property) ? readers[property](of, command) : undefined;
  if (value === undefined) throw new CommandFailure(-25921, `The property “${property}” of ${what} is not currently available.`);
  return { [property]: value };
}

function get(app: Application, target: readonly Reference[], property: string | undefined, command: Descriptor): object {
  if (refOf(target, 'layer') !== undefined) {
    const { document, layers } = layersOf(app, target);
    return read(ofLayer, { app, document, layer: layers[0] }, property, command, 'the layer');
  }
  const history = refOf(target, 'historyState');
  if (history !== undefined) {
    app.mayRead();
    const document = documentOf(app, target);
    const entry = history._id === undefined ? document.activeEntry : document.history.find(({ id }) => id === history._id);
    if (entry === undefined) throw noSuch(`historyState (id ${history._id})`);
    return { ID: entry.id, name: entry.name, currentHistoryState: entry === document.activeEntry };
  }
  if (refOf(target, 'document') !== undefined) return read(ofDocument, documentOf(app, target), property, command, 'the document');
  if (refOf(target, 'application') !== undefined) return read(ofApplication, app, property, command, 'the application');
  throw noSuch('target');
}

interface Multi {
  readonly extendedReference?: readonly unknown[];
  readonly options?: { readonly failOnMissingProperty?: boolean; readonly failOnMissingElement?: boolean };
}

/** Many properties, of one target or of a range of layers (`{_obj: "layer", index, count}`; count −1 is all). */
function multiGet(app: Application, command: Descriptor): object {
  const { extendedReference, options } = command as Multi;
  const target = targetOf(command);
  const [properties, range] = extendedReference ?? [];
  if (!Array.isArray(properties)) throw new CommandFailure(-1715, 'multiGet needs extendedReference');
  const readAll = (of: readonly Reference[]): object =>
    Object.assign(
      {},
      ...properties.map((property: string) => {
        try {
          return get(app, of, property, command);
        } catch (cause) {
          if (options?.failOnMissingProperty === true) throw cause;
          return {};
        }
      }),
    );
  if (range === undefined) return readAll(target);
  const { _obj, index, count } = range as { _obj: string; index: number; count: number };
  if (_obj !== 'layer') throw new CommandFailure(-1715, `multiGet of a range of ${_obj}`);
  const document = documentOf(app, target);
  const layers = indexed(document);
  const from = Math.max(index, layers[0] === null ? 1 : 0);
  const some = layers.slice(from, count < 0 ? undefined : from + count);
  const list = some.map((layer) =>
    layer === null
      ? { layerSection: enumValue('layerSectionType', 'layerSectionEnd'), name: '</Layer group>' }
      : readAll([
          { _ref: 'layer', _id: layer.id },
          { _ref: 'document', _id: document.id },
        ]),
  );
  return { list };
}

export const getCommands: Readonly<Record<string, Command>> = {
  get: ({ app }, command) => get(app, targetOf(command), propertyOf(targetOf(command)), command),
  multiGet: ({ app }, command) => multiGet(app, command),
};
