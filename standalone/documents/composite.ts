/**
 * Draws a tree of layers: opacity, masks, clipping, isolated and pass-through groups, blend modes. Straight alpha in
 * and out, 8 bits, in the document's own colour numbers, as Photoshop composes by default. Source-over with a blend
 * mode is W3C Compositing and Blending Level 1, §5 and §10:
 *   result = (1 − αs/αr)·Cb + αs/αr·((1 − αb)·Cs + αb·B(Cb, Cs)),  αr = αs + αb − αs·αb
 */
import type { Bounds } from '../../shared/core/geometry.ts';
import { intersection, isEmpty } from '../../shared/core/geometry.ts';
import type { Pixels } from '../../shared/core/pixels.ts';
import type { NonSeparable, Rgb, Separable } from './blendModes.ts';
import { nonSeparable, separable } from './blendModes.ts';

/** What is to be drawn; pixels are fetched only when they show. */
export interface PaintNode {
  readonly bounds: Bounds;
  readonly visible: boolean;
  /** PSD's four letters; 'pass' for a group that does not isolate its layers. */
  readonly blend: string;
  /** 0 to 1, fill opacity included. */
  readonly opacity: number;
  /** Shown only where the nearest unclipped node beneath it is. */
  readonly clipping: boolean;
  readonly mask: PaintMask | null;
  /** Null for a group. */
  readonly pixels: (() => Pixels) | null;
  /** Bottom first. */
  readonly children: readonly PaintNode[];
}

export interface PaintMask {
  readonly bounds: Bounds;
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Value outside `bounds`, 0 to 255. */
  readonly outside: number;
  /** 0 to 255: 255 masks fully. */
  readonly density: number;
}

/** A drawing surface: straight RGBA8 over `bounds`. */
export interface Canvas {
  readonly bounds: Bounds;
  readonly data: Uint8ClampedArray;
}

export const createCanvas = (bounds: Bounds): Canvas => ({ bounds, data: new Uint8ClampedArray(bounds.width * bounds.height * 4) });

/** Draws `nodes`, bottom first, onto what the canvas holds already. */
export function paintNodes(onto: Canvas, nodes: readonly PaintNode[]): void {
  for (let i = 0; i < nodes.length; ) {
    const base = nodes[i];
    let next = i + 1;
    while (next < nodes.length && nodes[next].clipping) next++;
    if (base.visible)
      paintStack(
        onto,
        base,
        nodes.slice(i + 1, next).filter((node) => node.visible),
      );
    i = next;
  }
}

/** What a node shows by itself: its mask and opacity, no blend mode, nothing beneath. */
export function paintAlone(onto: Canvas, node: PaintNode): void {
  paintStack(onto, { ...node, visible: true, blend: 'norm', clipping: false }, []);
}

function paintStack(onto: Canvas, base: PaintNode, clipped: readonly PaintNode[]): void {
  if (clipped.length === 0 && base.pixels === null && base.blend === 'pass') {
    paintThrough(onto, base);
    return;
  }
  const shown = intersection(onto.bounds, reach(base));
  if (isEmpty(shown)) return;
  if (clipped.length === 0 && base.pixels !== null) {
    blend(onto, base.bounds, base.pixels().data, base.opacity, base.mask, base.blend, false);
    return;
  }
  const layer = createCanvas(shown);
  if (base.pixels === null) paintNodes(layer, base.children);
  else blend(layer, base.bounds, base.pixels().data, 1, null, 'norm', false);
  for (const node of clipped) {
    if (node.pixels !== null) {
      blend(layer, node.bounds, node.pixels().data, node.opacity, node.mask, node.blend, true);
      continue;
    }
    const group = createCanvas(shown);
    paintNodes(group, node.children);
    blend(layer, shown, group.data, node.opacity, node.mask, node.blend, true);
  }
  blend(onto, shown, layer.data, base.opacity, base.mask, base.blend, false);
}

/** A pass-through group draws straight onto what is beneath; its opacity and mask fade between before and after. */
function paintThrough(onto: Canvas, group: PaintNode): void {
  if (group.opacity >= 1 && group.mask === null) {
    paintNodes(onto, group.children);
    return;
  }
  const shown = intersection(onto.bounds, reach(group));
  if (isEmpty(shown)) return;
  const after = createCanvas(shown);
  copyInto(after, onto);
  paintNodes(after, group.children);
  const { data } = onto;
  for (let y = 0; y < shown.height; y++) {
    let to = ((shown.y + y - onto.bounds.y) * onto.bounds.width + (shown.x - onto.bounds.x)) * 4;
    let from = y * shown.width * 4;
    for (let x = 0; x < shown.width; x++, to += 4, from += 4) {
      const t = group.opacity * (group.mask ? coverage(group.mask, shown.x + x, shown.y + y) : 1);
      if (t === 0) continue;
      const before = data[to + 3];
      const alpha = before + (after.data[from + 3] - before) * t;
      if (alpha > 0) {
        for (let c = 0; c < 3; c++) {
          data[to + c] = (data[to + c] * before * (1 - t) + after.data[from + c] * after.data[from + 3] * t) / alpha;
        }
      }
      data[to + 3] = alpha;
    }
  }
}

function copyInto(to: Canvas, from: Canvas): void {
  const common = intersection(to.bounds, from.bounds);
  for (let y = 0; y < common.height; y++) {
    const a = ((common.y + y - from.bounds.y) * from.bounds.width + (common.x - from.bounds.x)) * 4;
    const b = ((common.y + y - to.bounds.y) * to.bounds.width + (common.x - to.bounds.x)) * 4;
    to.data.set(from.data.subarray(a, a + common.width * 4), b);
  }
}

/** Where a node may show at all. */
export function reach(node: PaintNode): Bounds {
  if (node.pixels !== null) return node.bounds;
  let left = Number.POSITIVE_INFINITY;
  let top = left;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = right;
  for (const child of node.children) {
    const bounds = reach(child);
    if (isEmpty(bounds)) continue;
    left = Math.min(left, bounds.x);
    top = Math.min(top, bounds.y);
    right = Math.max(right, bounds.x + bounds.width);
    bottom = Math.max(bottom, bounds.y + bounds.height);
  }
  return right < left ? { x: 0, y: 0, width: 0, height: 0 } : { x: left, y: top, width: right - left, height: bottom - top };
}

/** 0 to 1. */
function coverage(mask: PaintMask, x: number, y: number): number {
  const { bounds } = mask;
  const column = x - bounds.x;
  const row = y - bounds.y;
  const inside = column >= 0 && row >= 0 && column < bounds.width && row < bounds.height;
  const value = inside ? mask.data[row * bounds.width + column] : mask.outside;
  return 1 - ((255 - value) / 255) * (mask.density / 255);
}

/** Pixels as whole words, to copy and compare four bytes at once; a view where the bytes lie so. */
export function wordsOf(data: Uint8ClampedArray): Uint32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

/**
 * Blends straight RGBA of `at` onto the canvas. `atop` keeps the canvas's alpha (clipping). Each row's share of the
 * source (its alpha, opacity and mask) is computed first, then one of three loops runs, without a choice inside it:
 * one loop for all modes is five times slower.
 */
function blend(
  onto: Canvas,
  at: Bounds,
  source: Uint8ClampedArray,
  opacity: number,
  mask: PaintMask | null,
  mode: string,
  atop: boolean,
): void {
  const common = intersection(onto.bounds, at);
  if (isEmpty(common) || opacity <= 0) return;
  const table = mode in separable ? blendTable(separable[mode]) : null;
  const three = nonSeparable[mode] ?? null;
  const isPlain = table === null && three === null && !atop;
  const from32 = isPlain ? wordsOf(source) : null;
  const to32 = isPlain ? wordsOf(onto.data) : null;
  const shares = new Float32Array(common.width);
  for (let y = 0; y < common.height; y++) {
    const from = (common.y + y - at.y) * at.width + (common.x - at.x);
    const to = (common.y + y - onto.bounds.y) * onto.bounds.width + (common.x - onto.bounds.x);
    for (let x = 0, i = from * 4 + 3; x < common.width; x++, i += 4) shares[x] = (source[i] / 255) * opacity;
    if (mask !== null) for (let x = 0; x < common.width; x++) shares[x] *= coverage(mask, common.x + x, common.y + y);
    if (from32 !== null && to32 !== null) blendPlainRow(onto.data, to32, to, source, from32, from, shares);
    else if (three !== null) blendMixedRow(onto.data, to * 4, source, from * 4, shares, atop, three);
    else blendTableRow(onto.data, to * 4, source, from * 4, shares, atop, table);
  }
}

function blendPlainRow(
  data: Uint8ClampedArray,
  words: Uint32Array,
  firstTo: number,
  source: Uint8ClampedArray,
  sourceWords: Uint32Array,
  firstFrom: number,
  shares: Float32Array,
): void {
  for (let x = 0; x < shares.length; x++) {
    const alpha = shares[x];
    if (alpha === 0) continue;
    const to = (firstTo + x) * 4;
    if (alpha === 1) {
      words[firstTo + x] = sourceWords[firstFrom + x];
      continue;
    }
    const backdrop = data[to + 3];
    if (backdrop === 0) {
      words[firstTo + x] = sourceWords[firstFrom + x];
      data[to + 3] = alpha * 255;
      continue;
    }
    const from = (firstFrom + x) * 4;
    let share = alpha;
    if (backdrop !== 255) {
      const all = alpha + (backdrop / 255) * (1 - alpha);
      share = alpha / all;
      data[to + 3] = all * 255;
    }
    // 16.16 fixed point: exact to a 256th of a level.
    const part = (share * 65536 + 0.5) | 0;
    const r = data[to];
    const g = data[to + 1];
    const b = data[to + 2];
    data[to] = r + (((source[from] - r) * part + 32768) >> 16);
    data[to + 1] = g + (((source[from + 1] - g) * part + 32768) >> 16);
    data[to + 2] = b + (((source[from + 2] - b) * part + 32768) >> 16);
  }
}

/** `table` holds the blended level of backdrop * 256 + source; null is the normal mode. */
function blendTableRow(
  data: Uint8ClampedArray,
  firstTo: number,
  source: Uint8ClampedArray,
  firstFrom: number,
  shares: Float32Array,
  atop: boolean,
  table: Float32Array | null,
): void {
  for (let x = 0, to = firstTo, from = firstFrom; x < shares.length; x++, to += 4, from += 4) {
    const alpha = shares[x];
    const backdrop = data[to + 3];
    if (alpha === 0 || (atop && backdrop === 0)) continue;
    const beneath = atop ? 1 : backdrop / 255;
    const all = alpha + beneath * (1 - alpha);
    const share = alpha / all;
    for (let c = 0; c < 3; c++) {
      const b = data[to + c];
      const s = source[from + c];
      const mixed = table === null ? s : table[(b << 8) | s];
      data[to + c] = b + share * (s + beneath * (mixed - s) - b);
    }
    if (!atop) data[to + 3] = all * 255;
  }
}

function blendMixedRow(
  data: Uint8ClampedArray,
  firstTo: number,
  source: Uint8ClampedArray,
  firstFrom: number,
  shares: Float32Array,
  atop: boolean,
  mode: NonSeparable,
): void {
  for (let x = 0, to = firstTo, from = firstFrom; x < shares.length; x++, to += 4, from += 4) {
    const alpha = shares[x];
    const backdrop = data[to + 3];
    if (alpha === 0 || (atop && backdrop === 0)) continue;
    const beneath = atop ? 1 : backdrop / 255;
    const all = alpha + beneath * (1 - alpha);
    const share = alpha / all;
    const b: Rgb = [data[to] / 255, data[to + 1] / 255, data[to + 2] / 255];
    const s: Rgb = [source[from] / 255, source[from + 1] / 255, source[from + 2] / 255];
    const mixed = mode(b, s);
    for (let c = 0; c < 3; c++) data[to + c] = 255 * (b[c] + share * (s[c] + beneath * (mixed[c] - s[c]) - b[c]));
    if (!atop) data[to + 3] = all * 255;
  }
}

const tables = new Map<Separable, Float32Array>();

/** 256 KB a mode, made when the mode first occurs. */
function blendTable(mode: Separable): Float32Array {
  let table = tables.get(mode);
  if (table === undefined) {
    table = Float32Array.from({ length: 65536 }, (_, i) => 255 * mode((i >> 8) / 255, (i & 255) / 255));
    tables.set(mode, table);
  }
  return table;
}
