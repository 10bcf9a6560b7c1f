/** Files placed as smart objects: how large they come out, where, and how they are replaced. */
import type { Application } from './application.ts';
import type { SimDocument } from './document.ts';
import { notAvailable, photoshopError } from './errors.ts';
import type { Layer } from './layer.ts';
import { addLayers, newLayer, requireLayered } from './layerCommands.ts';
import { type PlacedFile, readPicture } from './pictures.ts';
import { coveredPart } from './raster.ts';
import { drawSmart, mapQuad, type Quad, quadBounds, quadOf, type SmartContents, snapped } from './smartObject.ts';

/** Size in document pixels: the file's inches at the document's resolution, made to fit when the preference says so. */
function placedSize(app: Application, document: SimDocument, { picture, ppi }: PlacedFile): { width: number; height: number } {
  const scale = document.state.resolution / ppi;
  const width = picture.bounds.width * scale;
  const height = picture.bounds.height * scale;
  const { width: canvasWidth, height: canvasHeight } = document.state;
  const fit = app.preferences.resizePastePlace ? Math.min(1, canvasWidth / width, canvasHeight / height) : 1;
  // Densities in pixels per metre are never exact: 300 ppi is 11811, which is 299.9994.
  const exact = (v: number, px: number): number => (Math.abs(v - px) < px * 1e-4 ? px : v);
  return { width: exact(width * fit, Math.round(width * fit)), height: exact(height * fit, Math.round(height * fit)) };
}

export function placeFile(
  app: Application,
  document: SimDocument,
  file: { readonly name: string; readonly bytes: Uint8Array },
  offset: { readonly x: number; readonly y: number },
): Layer {
  requireLayered(document, 'Place');
  if (app.quirks.placing === 'fails') throw photoshopError(-32005, 'Could not update smart object files ^0.');
  const { meaning, state } = document;
  if (meaning === null) throw notAvailable('Place');
  const placed = readPicture(file.bytes);
  const { width, height } = placedSize(app, document, placed);
  const around = app.quirks.placedAt === 'selection' && state.selection !== null ? coveredPart(state.selection) : document.canvas;
  const left = around.x + (around.width - width) / 2 + Math.round(offset.x);
  const top = around.y + (around.height - height) / 2 + Math.round(offset.y);
  const quad = snapped(quadOf(left, top, width, height));
  const smart: SmartContents = {
    fileName: file.name,
    bytes: file.bytes,
    picture: placed.picture,
    meaning: placed.meaning,
    ppi: placed.ppi,
    quad,
  };
  const layer = newLayer(app.nextId, file.name.replace(/\.[^.]*$/, ''), 'smartObject', {
    smart,
    raster: drawSmart(smart, meaning, state.depth),
  });
  addLayers(document, 'Place Embedded', [layer]);
  return layer;
}

/** New contents under the transformation that the layer has: its scale and turn apply to the new picture's own inches. */
export function replacedContents(document: SimDocument, layer: Layer, file: { readonly name: string; readonly bytes: Uint8Array }): Layer {
  const { smart } = layer;
  const { meaning } = document;
  if (smart === null || meaning === null) throw notAvailable('Replace Contents');
  const placed = readPicture(file.bytes);
  const grow = {
    x: placed.picture.bounds.width / placed.ppi / (smart.picture.bounds.width / smart.ppi),
    y: placed.picture.bounds.height / placed.ppi / (smart.picture.bounds.height / smart.ppi),
  };
  const centre = centreOf(smart.quad);
  const quad = snapped(mapQuad(smart.quad, (x, y) => [centre.x + (x - centre.x) * grow.x, centre.y + (y - centre.y) * grow.y]));
  return redrawn(document, layer, { fileName: file.name, bytes: file.bytes, ...placed, quad });
}

export function redrawn(document: SimDocument, layer: Layer, smart: SmartContents): Layer {
  const { meaning, state } = document;
  if (meaning === null) throw notAvailable('Transform');
  return { ...layer, smart, raster: drawSmart(smart, meaning, state.depth) };
}

export function centreOf(quad: Quad): { x: number; y: number } {
  const { x, y, width, height } = quadBounds(quad);
  return { x: x + width / 2, y: y + height / 2 };
}
