/** Commands on smart objects: place, transform, replace, convert. */
import { union } from '../../../../shared/core/geometry.ts';
import type { Application } from '../application.ts';
import { composite } from '../blend.ts';
import type { SimDocument } from '../document.ts';
import { CommandFailure, notAvailable } from '../errors.ts';
import { contentBounds, insertLayers, type Layer, withoutLayers } from '../layer.ts';
import { changeLayer, newLayer, requireLayered } from '../layerCommands.ts';
import { encodePicture } from '../pictures.ts';
import { centreOf, placeFile, redrawn, replacedContents } from '../placing.ts';
import { drawSmart, mapQuad, type Quad, quadBounds, quadOf, snapped, warped } from '../smartObject.ts';
import type { Command, Environment } from './command.ts';
import { type Descriptor, documentOf, layersOf, percent, pixels, rectOf, targetOf } from './descriptor.ts';

function fileOf({ fileOf: find }: Environment, command: Descriptor): { name: string; path: string; bytes: Uint8Array } {
  const { _path, _kind } = (command.null ?? command.target ?? {}) as { _path?: string; _kind?: string };
  if (typeof _path !== 'string' || _kind !== 'local') throw new CommandFailure(-1715, 'A file is told as {_path: token, _kind: "local"}');
  const file = find(_path);
  if (file === null) throw new CommandFailure(-43, 'The file or directory could not be found: invalid file token used');
  return file;
}

function place(environment: Environment, command: Descriptor): object {
  const { app } = environment;
  const document = documentOf(app, targetOf(command));
  const offset = (command.offset ?? {}) as Descriptor;
  const at = { x: pixels(offset.horizontal, document), y: pixels(offset.vertical, document) };
  const file = fileOf(environment, command);
  let layer = placeFile(app, document, file, at);
  if (command.width !== undefined || command.height !== undefined) {
    const scale = { x: percent(command.width, 100) / 100, y: percent(command.height, 100) / 100 };
    changeLayer(document, 'Place Embedded', layer.id, (one) => (layer = scaled(document, one, scale, { x: 0, y: 0 })));
  }
  return { _obj: 'placeEvent', ID: layer.id, null: command.null };
}

/** Scaled and moved about its middle; the edge that comes out is on whole pixels. */
function scaled(document: SimDocument, layer: Layer, scale: { x: number; y: number }, by: { x: number; y: number }, turn = 0): Layer {
  const quad = layer.smart?.quad ?? boundsQuad(layer);
  const { x: cx, y: cy } = centreOf(quad);
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const moved = mapQuad(quad, (x, y) => {
    const [dx, dy] = [(x - cx) * scale.x, (y - cy) * scale.y];
    return [cx + dx * cos - dy * sin + Math.round(by.x), cy + dx * sin + dy * cos + Math.round(by.y)];
  });
  const next = turn === 0 ? snapped(moved) : moved;
  if (layer.smart !== null) return redrawn(document, layer, { ...layer.smart, quad: next });
  return layer.raster === null ? layer : { ...layer, raster: warped(layer.raster, next) };
}

function boundsQuad({ raster }: Layer): Quad {
  if (raster === null) return quadOf(0, 0, 0, 0);
  const { x, y, width, height } = raster.bounds;
  return quadOf(x, y, width, height);
}

function transform(app: Application, command: Descriptor): object {
  const { document, layers } = layersOf(app, targetOf(command));
  // From a rectangle to four corners: nothing happens, and nothing is said.
  if (command.rectangle !== undefined || command.quadrilateral !== undefined) return { _obj: 'transform' };
  const scale = { x: percent(command.width, 100) / 100, y: percent(command.height, 100) / 100 };
  const offset = (command.offset ?? {}) as Descriptor;
  const by = { x: pixels(offset.horizontal, document), y: pixels(offset.vertical, document) };
  const turn = (command.angle as { _value?: number } | undefined)?._value ?? 0;
  for (const layer of layers) {
    if (layer.isBackground || layer.locks.all || layer.locks.position) throw notAvailable('Transform');
    changeLayer(document, 'Free Transform', layer.id, (one) => scaled(document, one, scale, by, turn));
  }
  return { _obj: 'transform' };
}

/** Selected layers become one smart object, drawn as they showed. */
function convertToSmart(app: Application, command: Descriptor): object {
  const { document, layers } = layersOf(app, targetOf(command));
  requireLayered(document, 'Convert to Smart Object');
  const { state, meaning } = document;
  if (meaning === null || layers.some(({ isBackground }) => isBackground)) throw notAvailable('Convert to Smart Object');
  const shown = layers.map((layer) => ({ ...layer, visible: true }));
  const bounds = shown.map(contentBounds).reduce(union);
  const drawn = composite(shown, bounds, state.depth, document.channelCount);
  const picture = { ...drawn, bounds: { x: 0, y: 0, width: bounds.width, height: bounds.height } };
  const quad = quadOf(bounds.x, bounds.y, bounds.width, bounds.height);
  const smart = {
    fileName: `${layers[0].name}.png`,
    bytes: encodePicture(picture, meaning),
    picture,
    meaning,
    ppi: state.resolution,
    quad,
  };
  const layer = newLayer(app.nextId, layers[0].name, 'smartObject', { smart, raster: drawSmart(smart, meaning, state.depth) });
  const placed = insertLayers(state.layers, { at: 'above', id: layers[0].id }, [layer]);
  document.change('Convert to Smart Object', {
    ...state,
    layers: withoutLayers(placed, new Set(layers.map(({ id }) => id))),
    activeIds: [layer.id],
  });
  return { _obj: 'newPlacedLayer' };
}

export const placingCommands: Readonly<Record<string, Command>> = {
  placeEvent: place,
  transform: ({ app }, command) => transform(app, command),
  newPlacedLayer: ({ app }, command) => convertToSmart(app, command),
  placedLayerReplaceContents: (environment, command) => {
    const { document, layers } = layersOf(environment.app, targetOf(command));
    const file = fileOf(environment, command);
    changeLayer(document, 'Replace Contents', layers[0].id, (layer) => replacedContents(document, layer, file));
    return { _obj: 'placedLayerReplaceContents' };
  },
  placedLayerExportContents: (environment, command) => {
    const { layers } = layersOf(environment.app, targetOf(command));
    const { smart } = layers[0];
    if (smart === null) throw notAvailable('Export Contents');
    environment.app.files.write(fileOf(environment, command).path, smart.bytes);
    return { _obj: 'placedLayerExportContents' };
  },
  placedLayerResetTransforms: ({ app }, command) => {
    const { document, layers } = layersOf(app, targetOf(command));
    const { smart } = layers[0];
    if (smart === null) throw notAvailable('Reset Transforms');
    const scale = document.state.resolution / smart.ppi;
    const { x, y } = centreOf(smart.quad);
    const [width, height] = [smart.picture.bounds.width * scale, smart.picture.bounds.height * scale];
    const quad = snapped(quadOf(x - width / 2, y - height / 2, width, height));
    changeLayer(document, 'Reset Transforms', layers[0].id, (layer) => redrawn(document, layer, { ...smart, quad }));
    return { _obj: 'placedLayerResetTransforms', bounds: rectOf(quadBounds(quad)) };
  },
};
