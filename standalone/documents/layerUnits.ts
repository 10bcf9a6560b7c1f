/**
 * The layers of an open document: as stored bytes and as pixels, whichever is asked for, each made from the other only
 * when needed. A unit never changes; a step makes a new list of them, so undo is keeping the old list.
 */

import { Damaged } from '../../shared/core/bytes/byteReader.ts';
import type { Extent } from '../../shared/core/geometry.ts';
import { area, isEmpty, sizeText } from '../../shared/core/geometry.ts';
import type { LayerRef } from '../../shared/core/host.ts';
import type { ColorProfile, Mask, Pixels, Pixels16 } from '../../shared/core/pixels.ts';
import { isDeep, pixelsFrom, toEightBit } from '../../shared/core/pixels.ts';
import type { PsdHeader, StoredLayer } from './psd/container.ts';
import { colorModes } from './psd/container.ts';
import type { LayerRecord } from './psd/layerRecord.ts';
import { channelIds, withVisibility } from './psd/layerRecord.ts';
import { interleave, interleaveDeep, narrow, separate, widen } from './psd/pixelPlanes.ts';
import type { Depth } from './psd/planes.ts';
import { packPlane, unpackPlane } from './psd/planes.ts';
import { groupEndName, writeLayer } from './psd/writeLayer.ts';

export interface LayerUnit {
  readonly ref: LayerRef;
  readonly record: LayerRecord;
  /** As the document's own container holds it. */
  stored(): StoredLayer;
  /** Straight RGBA8 of the record's bounds in the document's profile. Raises `Damaged`. */
  pixels(): Pixels;
  /** The same with 16 bits; null when the document has 8. Raises `Damaged`. */
  deep(): Pixels16 | null;
  /** One byte a pixel over the mask's bounds; null without a mask. */
  maskPlane(): Uint8Array | null;
}

/** Decoded layers are kept up to this many bytes, least recently used first out; a 12 MP layer is 48 MB. */
const shelfBytes = 400_000_000;

/** A layer larger than this is not decoded: four bytes a pixel must fit in memory. */
export const maxLayerAreaPx = 200_000_000;

/** Remembers decoded pixels by unit. */
export class PixelShelf {
  private readonly kept = new Map<object, Pixels>();
  private byteCount = 0;

  get(unit: object, decode: () => Pixels): Pixels {
    const found = this.kept.get(unit);
    if (found) {
      this.kept.delete(unit);
      this.kept.set(unit, found);
      return found;
    }
    const pixels = decode();
    this.kept.set(unit, pixels);
    this.byteCount += pixels.data.length;
    for (const [key, old] of this.kept) {
      if (this.byteCount <= shelfBytes || key === unit) break;
      this.kept.delete(key);
      this.byteCount -= old.data.length;
    }
    return pixels;
  }
}

export function unitFromFile(ref: LayerRef, layer: StoredLayer, header: PsdHeader, profile: ColorProfile, shelf: PixelShelf): LayerUnit {
  return {
    ref,
    record: layer.record,
    stored: () => layer,
    pixels: () => shelf.get(layer, () => decodeLayer(layer, header, profile)),
    deep: () => (depthOf(header) === 16 ? decodeDeepLayer(layer, header, profile) : null),
    maskPlane: () => decodeMask(layer, header),
  };
}

/** Pixels in the document's profile as a new layer; packed only when the document is saved. */
export function unitFromPixels(
  ref: LayerRef,
  layer: {
    readonly name: string;
    readonly layerId: number;
    readonly x: number;
    readonly y: number;
    /** Not deeper than the document. */
    readonly pixels: Pixels | Pixels16;
    readonly mask: Mask | null;
    readonly story?: string;
  },
  header: PsdHeader,
): LayerUnit {
  const { name, layerId, pixels, mask, story = null } = layer;
  const bounds = { x: layer.x, y: layer.y, width: pixels.width, height: pixels.height };
  const maskBounds = mask?.bounds ?? null;
  const depth = depthOf(header);
  const pack = (channelId: number): Uint8Array => {
    if (channelId === channelIds.mask && mask) {
      const { width, height } = mask.bounds;
      return packPlane(widen(new Uint8Array(mask.data), depth), width, height, depth, header.large);
    }
    const plane = separate(pixels.data, channelId === channelIds.alpha ? 3 : channelId, depth);
    return packPlane(plane, bounds.width, bounds.height, depth, header.large);
  };
  const ids = [channelIds.alpha, ...colorChannels(header), ...(mask ? [channelIds.mask] : [])];
  const outline = { name, bounds, layerId, role: 'layer' as const, maskBounds, story };
  const { record } = writeLayer({ ...outline, channels: ids.map((id) => ({ id, packed: new Uint8Array(0) })) }, header);
  let stored: StoredLayer | null = null;
  let shallow: Pixels | null = null;
  return {
    ref,
    record,
    stored: () => (stored ??= writeLayer({ ...outline, channels: ids.map((id) => ({ id, packed: pack(id) })) }, header)),
    pixels: () => (shallow ??= toEightBit(pixels)),
    deep: () => (isDeep(pixels) ? pixels : null),
    maskPlane: () => (mask ? new Uint8Array(mask.data) : null),
  };
}

/** The two records of an open group, bottom first; layers go between them. */
export function groupUnits(
  ref: LayerRef,
  group: { readonly name: string; readonly layerId: number; readonly endLayerId: number },
  header: PsdHeader,
): readonly [LayerUnit, LayerUnit] {
  const bounds = { x: 0, y: 0, width: 0, height: 0 };
  const empty = new Uint8Array(2);
  const channels = [channelIds.alpha, ...colorChannels(header)].map((id) => ({ id, packed: empty }));
  const unit = (unitRef: LayerRef, name: string, layerId: number, role: 'group' | 'group-end'): LayerUnit => {
    const stored = writeLayer({ name, bounds, layerId, role, channels, maskBounds: null }, header);
    return { ref: unitRef, record: stored.record, stored: () => stored, pixels: noPixels, deep: () => null, maskPlane: () => null };
  };
  return [unit(`${ref}-end`, groupEndName, group.endLayerId, 'group-end'), unit(ref, group.name, group.layerId, 'group')];
}

export function shownAs(unit: LayerUnit, visible: boolean): LayerUnit {
  return {
    ...unit,
    record: { ...unit.record, visible },
    stored: () => {
      const layer = unit.stored();
      const raw = withVisibility(layer.raw, layer.record.flagsAt, visible);
      return { ...layer, raw, record: { ...layer.record, visible } };
    },
  };
}

export const depthOf = (header: PsdHeader): Depth => (header.depth === 16 ? 16 : 8);

export const colorChannels = (header: PsdHeader): readonly number[] => (header.mode === colorModes.grey ? [0] : [0, 1, 2]);

function noPixels(): never {
  throw new Damaged('a group was read as a layer');
}

function decodeLayer(layer: StoredLayer, header: PsdHeader, profile: ColorProfile): Pixels {
  const depth = depthOf(header);
  const data = new Uint8ClampedArray(checkedArea(layer) * 4);
  const isOpaque = !eachChannel(layer, header, (plane, channel) => interleave(plane, data, channel, depth));
  if (isOpaque) for (let i = 3; i < data.length; i += 4) data[i] = 255;
  if (header.mode === colorModes.grey) spreadGrey(data);
  return pixelsFrom(layer.record.bounds, data, profile);
}

function decodeDeepLayer(layer: StoredLayer, header: PsdHeader, profile: ColorProfile): Pixels16 {
  const { width, height } = layer.record.bounds;
  const data = new Uint16Array(checkedArea(layer) * 4);
  const isOpaque = !eachChannel(layer, header, (plane, channel) => interleaveDeep(plane, data, channel));
  if (isOpaque) for (let i = 3; i < data.length; i += 4) data[i] = 65535;
  if (header.mode === colorModes.grey) spreadGrey(data);
  return { width, height, data, profile };
}

function checkedArea({ record: { bounds, name }, channels }: StoredLayer): number {
  if (isEmpty(bounds)) throw new Damaged(`layer “${name}” has no pixels`);
  if (area(bounds) > maxLayerAreaPx) throw new Damaged(`layer “${name}” claims ${bounds.width} × ${bounds.height} px`);
  checkDensity(bounds, channels, `layer “${name}”`);
  return bounds.width * bounds.height;
}

/** Unpacks the colours and the alpha (3) of a layer; answers whether it has an alpha. */
function eachChannel(layer: StoredLayer, header: PsdHeader, take: (plane: Uint8Array, channel: number) => void): boolean {
  const { bounds, channels } = layer.record;
  let hasAlpha = false;
  for (const [i, { id, byteLength }] of channels.entries()) {
    const target = id === channelIds.alpha ? 3 : id;
    if (target < 0 || target > 3 || byteLength < 2) continue;
    if (id === 3) continue;
    take(unpackPlane(layer.channels[i], bounds.width, bounds.height, depthOf(header), header.large), target);
    if (target === 3) hasAlpha = true;
  }
  return hasAlpha;
}

/** No packing of PSD makes more than 1032 bytes of one (zip; PackBits makes 64): a larger claim is a bomb. */
function checkDensity(extent: Extent, channels: readonly Uint8Array[], what: string): void {
  const most = channels.reduce((sum, packed) => Math.max(sum, packed.length), 0);
  if (area(extent) > most * 1032) throw new Damaged(`${what} claims ${sizeText(extent)} px in ${most} bytes`);
}

export function spreadGrey(data: Uint8ClampedArray | Uint16Array): void {
  for (let i = 0; i < data.length; i += 4) data[i + 1] = data[i + 2] = data[i];
}

function decodeMask(layer: StoredLayer, header: PsdHeader): Uint8Array | null {
  const { mask, channels, name } = layer.record;
  const at = channels.findIndex(({ id }) => id === channelIds.mask);
  if (mask === null || at < 0) return null;
  const { width, height } = mask.bounds;
  if (width * height > maxLayerAreaPx) throw new Damaged(`the mask of layer “${name}” claims ${width} × ${height} px`);
  if (width === 0 || height === 0) return new Uint8Array(0);
  checkDensity(mask.bounds, [layer.channels[at]], `the mask of layer “${name}”`);
  const depth = depthOf(header);
  return narrow(unpackPlane(layer.channels[at], width, height, depth, header.large), depth);
}
