/** require('photoshop').imaging */
import { area, type Bounds, boundsOf, intersection, isEmpty } from '../../../shared/core/geometry.ts';
import type { Application } from './application.ts';
import { composite } from './blend.ts';
import { type ColorMeaning, colorsOf, convertRaster, hasProfile, type Space, workingProfile } from './color.ts';
import type { SimDocument } from './document.ts';
import { photoshopError } from './errors.ts';
import { contentsFromBuffer, type ImageContents, PhotoshopImageData } from './imageData.ts';
import { atSize, emptyOf, onCanvas, pastedInto, type TargetSize, trimmed, withAlpha, withoutAlpha } from './imagePixels.ts';
import { encodeJpeg } from './jpeg.ts';
import { contentBounds, findLayer, type Layer, type LayerMask, mapLayer } from './layer.ts';
import {
  coveredPart,
  cropPlane,
  cropRaster,
  type Depth,
  depthOf,
  opaqueBounds,
  type Plane,
  type Raster,
  replacePart,
  toDepth,
} from './raster.ts';

interface Rect {
  readonly left?: unknown;
  readonly top?: unknown;
  readonly right?: unknown;
  readonly bottom?: unknown;
  readonly width?: unknown;
  readonly height?: unknown;
}

interface Ask {
  readonly documentID?: number;
  readonly layerID?: number;
  readonly historyStateID?: number;
  readonly sourceBounds?: Rect;
  readonly targetSize?: TargetSize;
  readonly targetBounds?: Rect;
  readonly colorSpace?: Space;
  readonly colorProfile?: string;
  readonly componentSize?: -1 | Depth;
  readonly applyAlpha?: boolean;
  readonly kind?: string;
  readonly imageData?: unknown;
  readonly replace?: boolean;
  readonly commandName?: string;
}

/** A layer's own pixels, or the composite, inside the asked bounds and trimmed to what is there. */
interface Source {
  readonly raster: Raster;
  readonly hasAlpha: boolean;
  readonly meaning: ColorMeaning;
}

const code1 = (message?: string): Error => photoshopError(-1, message);

export function imagingModule(app: Application): object {
  const documentOf = (ask: Ask): SimDocument => {
    const document = app.documentOf(ask.documentID);
    if (document === null) throw code1('Could not find the document');
    return document;
  };
  const layerOf = (document: SimDocument, id: number | undefined): Layer => {
    if (typeof id !== 'number') throw new Error('layerID is required');
    const found = findLayer(document.state.layers, id);
    if (found === null) throw code1('Could not find the layer');
    return found.layer;
  };
  let failsOnce = false;
  /** The first call after a putPixels fails, where the test asked for that. */
  const settle = (): void => {
    if (!failsOnce) return;
    failsOnce = false;
    throw code1('Could not open…');
  };
  /** Modes that imaging has no numbers for; CMYK brings the whole application down. */
  const meaningOf = (document: SimDocument): ColorMeaning => {
    if (document.state.mode === 'CMYK') app.crash('imaging on a CMYK document');
    const { meaning } = document;
    if (meaning === null) throw code1();
    return meaning;
  };

  function sourceOf(ask: Ask, document: SimDocument): Source {
    const meaning = meaningOf(document);
    const state = ask.historyStateID === undefined ? document.state : document.history.find(({ id }) => id === ask.historyStateID)?.state;
    if (state === undefined) throw code1('Could not find the history state');
    const asked = ask.sourceBounds === undefined ? null : rectOf(ask.sourceBounds);
    const channels = colorsOf(state.mode) + 1;
    if (ask.layerID === undefined) {
      if (app.quirks.smartRead === 'fails' && hasSmart(state.layers)) {
        throw photoshopError(-32005, 'Could not update smart object files ^0.');
      }
      const within = intersection(asked ?? boundsOf(state), boundsOf(state));
      const base = state.layers.at(-1);
      const hasAlpha = !(base?.isBackground && base.visible);
      const shown = isEmpty(within) ? emptyOf(state.depth, channels) : composite(state.layers, within, state.depth, channels);
      return { raster: trimmed(shown), hasAlpha, meaning };
    }
    const found = findLayer(state.layers, ask.layerID)?.layer;
    if (found === undefined) throw code1('Could not find the layer');
    const raster = pixelsOf(found, state.depth, channels);
    const within = intersection(opaqueBounds(raster), asked ?? raster.bounds);
    return {
      raster: isEmpty(within) ? emptyOf(state.depth, channels) : cropRaster(raster, within),
      hasAlpha: !found.isBackground,
      meaning,
    };
  }

  function pixelsOf(layer: Layer, depth: Depth, channels: number): Raster {
    if (layer.raster !== null) return layer.raster;
    if (layer.kind === 'pixel') return emptyOf(depth, channels);
    if (app.quirks.groupRead === 'reject' || layer.children === null) throw code1();
    return composite([{ ...layer, visible: true }], contentBounds(layer), depth, channels);
  }

  async function getPixels(ask: Ask): Promise<object> {
    app.mayRead();
    settle();
    checkAsk(ask);
    const document = documentOf(ask);
    const { raster, hasAlpha, meaning } = sourceOf(ask, document);
    if (isEmpty(raster.bounds) && app.quirks.emptyRead === 'reject') throw code1();
    if (area(raster.bounds) > app.quirks.mostPixelsPerCall) throw code1();
    const depth = document.state.depth;
    const wanted = ask.componentSize === undefined || ask.componentSize === -1 ? depth : ask.componentSize;
    if (wanted < depth) throw code1();
    const target = targetMeaning(ask, meaning);
    const { sized, level, sourceBounds } = atSize(raster, ask.targetSize, app.preferences.cacheLevels);
    const converted = convertRaster(sized, meaning, target, wanted);
    const keepsAlpha = hasAlpha && ask.applyAlpha !== true;
    const data = keepsAlpha ? converted.data : withoutAlpha(converted, hasAlpha);
    const { width, height } = converted.bounds;
    const components = converted.channels - (keepsAlpha ? 0 : 1);
    const imageData = make({ width, height, components, colorSpace: target.space, colorProfile: toldProfile(target, wanted), data });
    return { imageData, sourceBounds: told(sourceBounds), level };
  }

  const make = (contents: ImageContents): PhotoshopImageData => PhotoshopImageData.make(contents, app.imageMemory);

  async function putPixels(ask: Ask): Promise<void> {
    app.mayWrite('set');
    checkAsk(ask);
    const contents = PhotoshopImageData.contentsOf(ask.imageData);
    const document = documentOf(ask);
    const meaning = meaningOf(document);
    if (area(contents) > app.quirks.mostPixelsPerCall) throw code1();
    const layer = layerOf(document, ask.layerID);
    if (document.quickMask) throw code1('The document is in Quick Mask mode');
    if (layer.kind !== 'pixel') throw code1('The layer is not a pixel layer');
    if (layer.locks.all || layer.locks.pixels) throw code1('Could not complete the command because the layer is locked');
    const { state } = document;
    const at = placeOf(ask.targetBounds);
    const own = { space: contents.colorSpace, profile: contents.colorProfile === '' ? meaning.profile : contents.colorProfile };
    const patch = convertRaster(
      withAlpha(contents, at),
      contents.colorProfile === '' && own.space === meaning.space ? meaning : own,
      meaning,
      state.depth,
    );
    const base = layer.raster ?? emptyOf(state.depth, document.channelCount);
    let raster = ask.replace === false ? replacePart(base, patch) : patch;
    if (layer.isBackground) raster = onCanvas(base, raster, document.canvas);
    document.change(ask.commandName ?? 'Put Pixels', { ...state, layers: mapLayer(state.layers, layer.id, (one) => ({ ...one, raster })) });
    if (app.quirks.afterPut === 'fails-once') failsOnce = true;
  }

  const maskDepth = (document: SimDocument): Depth => (app.quirks.maskDepth === 'eight' ? 8 : document.state.depth);

  function planeImage(plane: Plane, within: Bounds, ask: Ask, depth: Depth): object {
    const raster = { bounds: within, channels: 1, data: toDepth(cropPlane(plane, within), depth) };
    const { sized, sourceBounds, level } = atSize(raster, ask.targetSize, app.preferences.cacheLevels);
    const { width, height } = sized.bounds;
    const contents = { width, height, components: 1, colorSpace: 'Grayscale' as const, colorProfile: 'Gray Gamma 2.2', data: sized.data };
    return { imageData: make(contents), sourceBounds: told(sourceBounds), level };
  }

  async function getLayerMask(ask: Ask): Promise<object> {
    app.mayRead();
    settle();
    checkAsk(ask);
    const document = documentOf(ask);
    meaningOf(document);
    const layer = layerOf(document, ask.layerID);
    if ((ask.kind ?? 'user') !== 'user' || layer.mask === null) throw code1('The layer has no such mask');
    const asked = ask.sourceBounds === undefined ? document.canvas : rectOf(ask.sourceBounds);
    // Beyond its own bounds a mask is one value; what is told is the part that the canvas and the mask share.
    const within = intersection(asked, layer.mask.outside === 0 ? intersection(layer.mask.bounds, document.canvas) : document.canvas);
    if (isEmpty(within)) throw code1();
    return planeImage(layer.mask, within, ask, maskDepth(document));
  }

  async function putLayerMask(ask: Ask): Promise<void> {
    app.mayWrite('set');
    checkAsk(ask);
    const contents = grayOf(ask.imageData);
    const document = documentOf(ask);
    meaningOf(document);
    const layer = layerOf(document, ask.layerID);
    if ((ask.kind ?? 'user') !== 'user') throw code1('Only the user mask can be set');
    if (layer.isBackground) throw code1('The Background layer has no mask');
    const { state } = document;
    const at = placeOf(ask.targetBounds);
    const patch = {
      bounds: { ...at, width: contents.width, height: contents.height },
      channels: 1,
      data: toDepth(contents.data, state.depth),
    };
    const old = layer.mask;
    const isWhole = ask.replace !== false || old === null;
    const merged = isWhole ? patch : replacePart({ bounds: patch.bounds, channels: 1, data: cropPlane(old, patch.bounds) }, patch);
    const mask: LayerMask = isWhole
      ? { bounds: merged.bounds, data: merged.data, outside: 0, enabled: true, linked: true, density: 100, featherPx: 0 }
      : { ...old, ...pastedInto(old, patch) };
    document.change(ask.commandName ?? 'Put Layer Mask', {
      ...state,
      layers: mapLayer(state.layers, layer.id, (one) => ({ ...one, mask })),
    });
  }

  async function getSelection(ask: Ask = {}): Promise<object> {
    app.mayRead();
    settle();
    checkAsk(ask);
    const document = documentOf(ask);
    meaningOf(document);
    const { selection } = document.state;
    if (selection === null) throw code1('There is no selection');
    const asked = ask.sourceBounds === undefined ? document.canvas : rectOf(ask.sourceBounds);
    const within = intersection(asked, intersection(coveredPart(selection), document.canvas));
    if (isEmpty(within)) throw code1();
    return planeImage(selection, within, ask, maskDepth(document));
  }

  async function putSelection(ask: Ask): Promise<void> {
    app.mayWrite('set');
    checkAsk(ask);
    const contents = grayOf(ask.imageData);
    const document = documentOf(ask);
    meaningOf(document);
    const { state } = document;
    const at = placeOf(ask.targetBounds);
    const patch: Plane = {
      bounds: { ...at, width: contents.width, height: contents.height },
      data: toDepth(contents.data, state.depth),
      outside: 0,
    };
    const whole = ask.replace === false && state.selection !== null ? pastedInto(state.selection, { ...patch, channels: 1 }) : patch;
    const selection = isEmpty(coveredPart(whole)) ? null : whole;
    document.change(ask.commandName ?? 'Put Selection', { ...state, selection });
  }

  async function createImageDataFromBuffer(buffer: unknown, options: object): Promise<PhotoshopImageData> {
    app.alive();
    return make(contentsFromBuffer(buffer, options ?? {}));
  }

  async function encodeImageData({ imageData, base64 }: { imageData: unknown; base64?: boolean }): Promise<number[] | string> {
    app.alive();
    const contents = PhotoshopImageData.contentsOf(imageData);
    if (contents.colorSpace !== 'RGB' || depthOf(contents.data) !== 8 || contents.components !== 3)
      throw code1('JPEG holds 8-bit RGB only');
    const bytes = encodeJpeg(contents);
    return base64 === true ? btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) : [...bytes];
  }

  return {
    getPixels,
    putPixels,
    getLayerMask,
    putLayerMask,
    getSelection,
    putSelection,
    createImageDataFromBuffer,
    encodeImageData,
    PhotoshopImageData,
    /** Older builds show the bare class under this name; without `new` it answers with V8's own words. */
    createImageData: PhotoshopImageData,
  };
}

function hasSmart(layers: readonly Layer[]): boolean {
  return layers.some((layer) => layer.kind === 'smartObject' || hasSmart(layer.children ?? []));
}

function checkAsk(ask: unknown): asserts ask is Ask {
  if (typeof ask !== 'object' || ask === null) throw new Error('Argument 1 has an invalid type. Expected type: object');
  const { documentID, layerID } = ask as Ask;
  for (const [name, value] of Object.entries({ documentID, layerID })) {
    if (value !== undefined && typeof value !== 'number') throw new Error(`${name} has an invalid type. Expected type: number`);
  }
}

function rectOf(rect: Rect): Bounds {
  const { left, top } = rect;
  const right = rect.right ?? (left as number) + (rect.width as number);
  const bottom = rect.bottom ?? (top as number) + (rect.height as number);
  for (const value of [left, top, right, bottom]) if (!Number.isInteger(value)) throw code1('Invalid bounds');
  const bounds = {
    x: left as number,
    y: top as number,
    width: (right as number) - (left as number),
    height: (bottom as number) - (top as number),
  };
  if (isEmpty(bounds)) throw code1('Invalid bounds');
  return bounds;
}

/** Left and top alone count: width and height of the target are ignored. */
function placeOf(target: Rect | undefined): { x: number; y: number } {
  const { left = 0, top = 0 } = target ?? {};
  if (!Number.isInteger(left) || !Number.isInteger(top)) throw code1('Invalid bounds');
  return { x: left as number, y: top as number };
}

const told = ({ x, y, width, height }: Bounds): object => ({ left: x, top: y, right: x + width, bottom: y + height });

function targetMeaning(ask: Ask, own: ColorMeaning): ColorMeaning {
  const space = ask.colorSpace ?? own.space;
  if (!['RGB', 'Grayscale', 'Lab'].includes(space)) throw code1('Invalid color space');
  const profile = ask.colorProfile ?? (space === own.space ? own.profile : workingProfile[space]);
  if (profile !== '' && !hasProfile(profile, space)) throw code1('Invalid color profile');
  return { space, profile };
}

const toldProfile = ({ profile }: ColorMeaning, depth: Depth): string =>
  depth === 32 && profile !== '' ? `${profile} (Linear RGB Profile)` : profile;

function grayOf(image: unknown): ImageContents {
  const contents = PhotoshopImageData.contentsOf(image);
  if (contents.components !== 1 || contents.colorSpace !== 'Grayscale') throw code1('A mask has one grayscale component');
  return contents;
}
