/**
 * What a document shows: opacity, masks, clipping, groups and the separable blend modes, computed in floats and rounded
 * once. Source: W3C Compositing and Blending Level 1. Written for the tests alone, so that it agrees with no other by
 * descent; drawn in bands, because a float copy of 24 megapixels would be 400 MB.
 */
import { type Bounds, contains, intersection, isEmpty, union } from '../../../shared/core/geometry.ts';
import type { Layer, LayerMask } from './layer.ts';
import { contentBounds } from './layer.ts';
import { copyRows, cropRaster, type Depth, depthOf, emptyRaster, fullOf, noBounds, planeAt, type Raster } from './raster.ts';

/** Straight alpha, 0 to 1. */
interface Canvas {
  readonly bounds: Bounds;
  readonly channels: number;
  readonly data: Float32Array;
}

const bandRows = 64;

/** Composite of `layers` over `bounds`, transparent where nothing shows. `channels` counts the alpha. */
export function composite(layers: readonly Layer[], bounds: Bounds, depth: Depth, channels: number): Raster {
  const ground = plainGround(layers, bounds);
  const region = ground === null ? bounds : intersection(bounds, reachOf(layers.slice(0, -1), bounds));
  if (ground !== null && isEmpty(region)) return cropRaster(ground, bounds);
  const out = emptyRaster(depth, channels, bounds);
  if (ground !== null) copyRows(ground, out);
  const full = fullOf(depth);
  const half = depth === 32 ? 0 : 0.5;
  for (let y = 0; y < region.height; y += bandRows) {
    const band = { x: region.x, y: region.y + y, width: region.width, height: Math.min(bandRows, region.height - y) };
    const canvas = createCanvas(band, channels);
    paint(canvas, layers);
    const rowLength = band.width * channels;
    for (let row = 0; row < band.height; row++) {
      const from = row * rowLength;
      const to = ((band.y + row - bounds.y) * bounds.width + (band.x - bounds.x)) * channels;
      // Whole numbers are cut off by the array itself.
      for (let i = 0; i < rowLength; i++) out.data[to + i] = canvas.data[from + i] * full + half;
    }
  }
  return out;
}

/** A visible Background over all of `bounds`: where nothing lies on it, its numbers are the answer. */
function plainGround(layers: readonly Layer[], bounds: Bounds): Raster | null {
  const last = layers.at(-1);
  if (last === undefined || !last.isBackground || !last.visible || last.raster === null) return null;
  return last.opacity === 100 && contains(last.raster.bounds, bounds) ? last.raster : null;
}

/** Where visible layers may change what is beneath them. */
function reachOf(layers: readonly Layer[], bounds: Bounds): Bounds {
  return layers
    .filter(({ visible }) => visible)
    .map((layer) =>
      layer.kind === 'adjustment' ? bounds : layer.children === null ? contentBounds(layer) : reachOf(layer.children, bounds),
    )
    .reduce(union, noBounds);
}

const createCanvas = (bounds: Bounds, channels: number): Canvas => ({
  bounds,
  channels,
  data: new Float32Array(bounds.width * bounds.height * channels),
});

function paint(onto: Canvas, layers: readonly Layer[]): void {
  for (let i = layers.length - 1; i >= 0; ) {
    const base = layers[i];
    let next = i - 1;
    while (next >= 0 && layers[next].clipping) next--;
    const clipped = layers.slice(next + 1, i).reverse();
    if (base.visible)
      paintStack(
        onto,
        base,
        clipped.filter((layer) => layer.visible),
      );
    i = next;
  }
}

function paintStack(onto: Canvas, base: Layer, clipped: readonly Layer[]): void {
  const opacity = (base.opacity / 100) * (base.fillOpacity / 100);
  if (base.kind === 'adjustment') {
    adjust(onto, base, opacity);
    return;
  }
  if (base.children !== null && base.blendMode === 'passThrough' && clipped.length === 0) {
    paintThrough(onto, base, opacity);
    return;
  }
  const shown = intersection(onto.bounds, reachOf([{ ...base, visible: true }], onto.bounds));
  if (isEmpty(shown)) return;
  const own = createCanvas(shown, onto.channels);
  if (base.children !== null) paint(own, base.children);
  else if (base.raster !== null) lay(own, base.raster);
  for (const layer of clipped) {
    if (layer.kind === 'adjustment') adjust(own, layer, (layer.opacity / 100) * (layer.fillOpacity / 100));
    else {
      const top = createCanvas(shown, onto.channels);
      if (layer.children !== null) paint(top, layer.children);
      else if (layer.raster !== null) lay(top, layer.raster);
      blend(own, top, (layer.opacity / 100) * (layer.fillOpacity / 100), layer.mask, layer.blendMode, true);
    }
  }
  blend(onto, own, opacity, base.mask, base.blendMode, false);
}

function paintThrough(onto: Canvas, group: Layer, opacity: number): void {
  if (opacity === 1 && group.mask === null) {
    paint(onto, group.children ?? []);
    return;
  }
  const after = { ...onto, data: onto.data.slice() };
  paint(after, group.children ?? []);
  eachPixel(onto, (at, x, y) => {
    const t = opacity * coverage(group.mask, x, y);
    fade(onto, after.data, at, t);
  });
}

function adjust(onto: Canvas, layer: Layer, opacity: number): void {
  const alpha = onto.channels - 1;
  eachPixel(onto, (at, x, y) => {
    const t = opacity * coverage(layer.mask, x, y);
    for (let c = 0; c < alpha; c++) onto.data[at + c] += (1 - 2 * onto.data[at + c]) * t;
  });
}

/** From what the canvas holds towards `after`, by `t`, in premultiplied light. */
function fade(onto: Canvas, after: Float32Array, at: number, t: number): void {
  const { data, channels } = onto;
  const a = at + channels - 1;
  const before = data[a];
  const alpha = before + (after[a] - before) * t;
  if (alpha > 0)
    for (let c = 0; c < channels - 1; c++) data[at + c] = (data[at + c] * before * (1 - t) + after[at + c] * after[a] * t) / alpha;
  data[a] = alpha;
}

function eachPixel({ bounds, channels }: Canvas, work: (at: number, x: number, y: number) => void): void {
  let at = 0;
  for (let y = 0; y < bounds.height; y++) for (let x = 0; x < bounds.width; x++, at += channels) work(at, bounds.x + x, bounds.y + y);
}

/** Copies a raster's numbers onto an empty canvas. */
function lay(onto: Canvas, raster: Raster): void {
  const common = intersection(onto.bounds, raster.bounds);
  const { channels } = onto;
  const scale = 1 / fullOf(depthOf(raster.data));
  for (let row = 0; row < common.height; row++) {
    let from = ((common.y + row - raster.bounds.y) * raster.bounds.width + (common.x - raster.bounds.x)) * channels;
    let to = ((common.y + row - onto.bounds.y) * onto.bounds.width + (common.x - onto.bounds.x)) * channels;
    for (const end = to + common.width * channels; to < end; ) onto.data[to++] = raster.data[from++] * scale;
  }
}

function coverage(mask: LayerMask | null, x: number, y: number): number {
  if (mask === null || !mask.enabled) return 1;
  const full = fullOf(depthOf(mask.data));
  return 1 - (1 - planeAt(mask, x, y) / full) * (mask.density / 100);
}

/** `top` lies within the canvas. */
function blend(onto: Canvas, top: Canvas, opacity: number, mask: LayerMask | null, mode: string, atop: boolean): void {
  const { data, channels } = onto;
  const source = top.data;
  const mix = separable[mode] ?? separable.normal;
  const isNormal = mix === separable.normal;
  const a = channels - 1;
  for (let row = 0; row < top.bounds.height; row++) {
    const y = top.bounds.y + row;
    let from = row * top.bounds.width * channels;
    let at = ((y - onto.bounds.y) * onto.bounds.width + (top.bounds.x - onto.bounds.x)) * channels;
    for (let column = 0; column < top.bounds.width; column++, from += channels, at += channels) {
      const share = source[from + a] * opacity * (mask === null ? 1 : coverage(mask, top.bounds.x + column, y));
      if (share === 0) continue;
      if (share === 1 && isNormal && !atop) {
        for (let c = 0; c <= a; c++) data[at + c] = source[from + c];
        continue;
      }
      const beneath = data[at + a];
      const alpha = atop ? beneath : share + beneath - share * beneath;
      if (alpha === 0) continue;
      const weight = atop ? share : share / alpha;
      for (let c = 0; c < a; c++) {
        const cs = source[from + c];
        const cb = data[at + c];
        const mixed = isNormal ? cs : (1 - beneath) * cs + beneath * mix(cb, cs);
        data[at + c] = cb + (mixed - cb) * weight;
      }
      data[at + a] = alpha;
    }
  }
}

const hard = (b: number, s: number): number => (s <= 0.5 ? 2 * b * s : 1 - 2 * (1 - b) * (1 - s));

/** Backdrop and source, 0 to 1. Modes that are not here are drawn as normal. */
const separable: Readonly<Record<string, (b: number, s: number) => number>> = {
  normal: (_, s) => s,
  multiply: (b, s) => b * s,
  screen: (b, s) => b + s - b * s,
  overlay: (b, s) => hard(s, b),
  hardLight: hard,
  darken: Math.min,
  lighten: Math.max,
  difference: (b, s) => Math.abs(b - s),
  exclusion: (b, s) => b + s - 2 * b * s,
  linearDodge: (b, s) => Math.min(1, b + s),
  linearBurn: (b, s) => Math.max(0, b + s - 1),
  colorDodge: (b, s) => (b === 0 ? 0 : s >= 1 ? 1 : Math.min(1, b / (1 - s))),
  colorBurn: (b, s) => (b >= 1 ? 1 : s <= 0 ? 0 : 1 - Math.min(1, (1 - b) / s)),
  blendSubtraction: (b, s) => Math.max(0, b - s),
};
