/** What can be done to a document as a whole: flatten, crop, resize, convert, duplicate. */
import { type Bounds, boundsOf } from '../../../shared/core/geometry.ts';
import { composite } from './blend.ts';
import { type ColorMeaning, colorsOf, convertRaster, hasProfile, type Mode, spaceOf, workingProfile } from './color.ts';
import type { DocumentState, NextId, SimDocument } from './document.ts';
import { notAvailable } from './errors.ts';
import { blankLayer, copyLayer, type Layer, type LayerMask, moveLayer, unlocked } from './layer.ts';
import { createSamples, cropRaster, type Depth, depthOf, fullOf, type Plane, type Raster, toDepth } from './raster.ts';
import { drawSmart, mapQuad, quadOf, snapped, warped } from './smartObject.ts';

/** One Background with what showed, white where nothing did. */
export function flatten(document: SimDocument, nextId: NextId): void {
  const { state } = document;
  if (state.layers.length === 1 && state.layers[0].isBackground) return;
  const background = backgroundOf(shownOn(state), nextId);
  document.change('Flatten Image', { ...state, layers: [background], activeIds: [background.id] });
}

/** Visible layers become one, the Background where that is among them; hidden ones stay. */
export function mergeVisible(document: SimDocument, nextId: NextId): void {
  const { state } = document;
  const shown = state.layers.filter(({ visible }) => visible);
  if (shown.length === 0) throw notAvailable('Merge Visible');
  const hidden = state.layers.filter(({ visible }) => !visible);
  const hasBackground = shown.at(-1)?.isBackground ?? false;
  const drawn = hasBackground ? shownOn(state) : composite(shown, boundsOf(state), state.depth, colorsOf(state.mode) + 1);
  const merged: Layer = hasBackground
    ? backgroundOf(drawn, nextId)
    : { ...blankLayer, id: nextId(), name: shown[0].name, kind: 'pixel', raster: drawn };
  const layers = hasBackground ? [...hidden, merged] : [merged, ...hidden];
  document.change('Merge Visible', { ...state, layers, activeIds: [merged.id] });
}

export const backgroundOf = (raster: Raster, nextId: NextId): Layer => ({
  ...blankLayer,
  id: nextId(),
  name: 'Background',
  kind: 'pixel',
  isBackground: true,
  locks: { ...unlocked, position: true, transparency: true },
  raster,
});

/** The composite on white, as large as the canvas. */
export function shownOn(state: DocumentState): Raster {
  const channels = colorsOf(state.mode) + 1;
  const shown = composite(state.layers, boundsOf(state), state.depth, channels);
  const base = state.layers.at(-1);
  if (base?.isBackground && base.visible) return shown;
  const full = fullOf(state.depth);
  const data = shown.data.slice();
  for (let i = 0; i < data.length; i += channels) {
    const alpha = data[i + channels - 1];
    if (alpha === full) continue;
    for (let c = 0; c < channels - 1; c++) data[i + c] = rounded((data[i + c] * alpha) / full + (full - alpha), state.depth);
    data[i + channels - 1] = full;
  }
  return { ...shown, data };
}

const rounded = (value: number, depth: Depth): number => (depth === 32 ? value : Math.round(value));

export function crop(document: SimDocument, bounds: Bounds): void {
  const { state } = document;
  if (bounds.width <= 0 || bounds.height <= 0) throw notAvailable('Crop');
  const by = { x: -bounds.x, y: -bounds.y };
  const layers = state.layers.map((layer) => {
    const moved = moveLayer(layer, by);
    return layer.isBackground && moved.raster !== null
      ? { ...moved, raster: cropRaster(moved.raster, { x: 0, y: 0, width: bounds.width, height: bounds.height }) }
      : moved;
  });
  const selection =
    state.selection === null
      ? null
      : {
          ...state.selection,
          bounds: { ...state.selection.bounds, x: state.selection.bounds.x + by.x, y: state.selection.bounds.y + by.y },
        };
  document.change('Crop', { ...state, width: bounds.width, height: bounds.height, layers, selection });
}

export function resizeImage(document: SimDocument, width: number, height: number, resolution: number): void {
  const { state } = document;
  if (!(width >= 1 && height >= 1 && width <= 300_000 && height <= 300_000 && resolution > 0)) throw notAvailable('Image Size');
  const [sx, sy] = [width / state.width, height / state.height];
  const layers = sx === 1 && sy === 1 ? state.layers : state.layers.map((layer) => scaleLayer(layer, sx, sy, document));
  const selection = state.selection === null || (sx === 1 && sy === 1) ? state.selection : scalePlane(state.selection, sx, sy);
  document.change('Image Size', { ...state, width, height, resolution, layers, selection });
}

/** Scaled about the document's origin. */
function scaleLayer(layer: Layer, sx: number, sy: number, document: SimDocument): Layer {
  const { raster, smart, mask, children } = layer;
  const quad = smart === null ? null : snapped(mapQuad(smart.quad, (x, y) => [x * sx, y * sy]));
  const scaled = smart === null || quad === null ? null : { ...smart, quad };
  const { meaning } = document;
  return {
    ...layer,
    smart: scaled,
    raster:
      scaled !== null && meaning !== null
        ? drawSmart(scaled, meaning, document.state.depth)
        : raster === null
          ? null
          : warped(raster, scaledBounds(raster.bounds, sx, sy)),
    mask: mask === null ? null : { ...mask, ...scalePlane(mask, sx, sy) },
    children: children?.map((child) => scaleLayer(child, sx, sy, document)) ?? null,
  };
}

function scaledBounds({ x, y, width, height }: Bounds, sx: number, sy: number): ReturnType<typeof quadOf> {
  const [left, top] = [Math.round(x * sx), Math.round(y * sy)];
  return quadOf(left, top, Math.round((x + width) * sx) - left, Math.round((y + height) * sy) - top);
}

function scalePlane(plane: Plane, sx: number, sy: number): Plane {
  const { x, y } = plane.bounds;
  const left = Math.round(x * sx);
  const top = Math.round(y * sy);
  const width = Math.round((x + plane.bounds.width) * sx) - left;
  const height = Math.round((y + plane.bounds.height) * sy) - top;
  const out = createSamples(depthOf(plane.data), width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from =
        Math.min(plane.bounds.height - 1, Math.floor(row / sy)) * plane.bounds.width +
        Math.min(plane.bounds.width - 1, Math.floor(column / sx));
      out[row * width + column] = plane.data[from];
    }
  }
  return { bounds: { x: left, y: top, width, height }, data: out, outside: plane.outside };
}

/** In another mode, profile or depth; every layer is converted, and modes without layers flatten first. */
export function convert(
  document: SimDocument,
  nextId: NextId,
  to: { readonly mode?: Mode; readonly profile?: string; readonly depth?: Depth },
  name: string,
): void {
  const { state } = document;
  const mode = to.mode ?? state.mode;
  const depth = to.depth ?? state.depth;
  const space = spaceOf(mode);
  const profile = to.profile ?? (mode === state.mode ? state.profile : space === null ? '' : workingProfile[space]);
  if (mode === state.mode && depth === state.depth && profile === state.profile) return;
  if (space !== null && profile !== '' && !hasProfile(profile, space)) throw notAvailable(name);
  if (state.depth === 32 && mode !== state.mode && mode !== 'RGB' && mode !== 'Grayscale') throw notAvailable(name);
  const isFlat = mode === 'Bitmap' || mode === 'Indexed' || mode === 'Multichannel';
  const layers =
    isFlat && !(state.layers.length === 1 && state.layers[0].isBackground) ? [backgroundOf(shownOn(state), nextId)] : state.layers;
  const next = { ...state, mode, depth, profile, layers };
  const converted = layers.map((layer) => convertLayer(layer, document, next));
  const selection = state.selection === null ? null : convertPlane(state.selection, depth);
  const channels = state.channels.map((channel) => ({ ...channel, plane: convertPlane(channel.plane, depth) }));
  const activeIds = layers === state.layers ? state.activeIds : layers.map(({ id }) => id);
  document.change(name, { ...next, layers: converted, selection, channels, activeIds });
}

/** A layer's numbers as another document, or this one in another mode, writes them. */
export function convertLayer(layer: Layer, from: SimDocument, to: DocumentState): Layer {
  const source = meaningIn(from.state);
  const target = meaningIn(to);
  const { raster, mask, smart, children } = layer;
  return {
    ...layer,
    raster: smart !== null ? drawSmart(smart, target, to.depth) : raster === null ? null : convertRaster(raster, source, target, to.depth),
    mask: mask === null ? null : convertMask(mask, to.depth),
    children: children?.map((child) => convertLayer(child, from, to)) ?? null,
  };
}

/** Modes that imaging has no word for are kept as the colours they show, or as greys. */
function meaningIn({ mode, profile }: DocumentState): ColorMeaning {
  const space = spaceOf(mode) ?? (colorsOf(mode) === 1 ? 'Grayscale' : 'RGB');
  return { space, profile: spaceOf(mode) === null ? '' : profile };
}

const convertPlane = (plane: Plane, depth: Depth): Plane => {
  if (depthOf(plane.data) === depth) return plane;
  const [outside] = toDepth(createSamples(depthOf(plane.data), 1).fill(plane.outside), depth);
  return { bounds: plane.bounds, data: toDepth(plane.data, depth), outside };
};

const convertMask = (mask: LayerMask, depth: Depth): LayerMask => ({ ...mask, ...convertPlane(mask, depth) });

/** A copy of a state with layers of its own, merged when asked. */
export function copiedState(state: DocumentState, nextId: NextId, isMerged: boolean): DocumentState {
  const layers = isMerged
    ? [backgroundOf(shownOn(state), nextId)]
    : state.layers.map((layer) => ({ ...copyLayer(layer, nextId), isBackground: layer.isBackground, locks: layer.locks }));
  return { ...state, layers, activeIds: layers.length === 0 ? [] : [layers[0].id], selection: null };
}
