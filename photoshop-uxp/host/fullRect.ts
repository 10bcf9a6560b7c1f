/**
 * What Photoshop answers is trimmed to what holds pixels and has one to four components; what leaves the host is exactly
 * the rectangle that was asked for, in straight RGBA. The geometry is the ask's, never the answer's.
 */
import { type Bounds, intersection, isEmpty } from '../../shared/core/geometry.ts';
import type { Mask, Pixels, Pixels16 } from '../../shared/core/pixels.ts';
import { createPixels, sRGB } from '../../shared/core/pixels.ts';
import { type Samples, tablesFor, wholeSamples } from './samples.ts';

/** A piece of a picture as Photoshop gave it, rows without gaps. */
export interface HostTile {
  readonly bounds: Bounds;
  readonly data: Samples;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
  readonly components: number;
  /** 32 bits only: colours are light, not sRGB's numbers. */
  readonly isLinear: boolean;
}

export interface FullRect {
  readonly bounds: Bounds;
  readonly pixels: Pixels;
  readonly deep: Pixels16 | null;
}

/** Transparent everywhere. */
export function emptyRect(bounds: Bounds, isDeep: boolean): FullRect {
  const { width, height } = bounds;
  const deep: Pixels16 | null = isDeep ? { width, height, profile: sRGB, data: new Uint16Array(width * height * 4) } : null;
  return { bounds, pixels: createPixels(width, height), deep };
}

/** Lays a tile where it belongs; what of it reaches beyond the rectangle is left out. */
export function layTile(onto: FullRect, tile: HostTile): void {
  const common = intersection(tile.bounds, onto.bounds);
  if (isEmpty(common)) return;
  const { data, white } = wholeSamples(tile.data, tile.components, tile.isLinear);
  const { eight, deep } = tablesFor(white);
  layInto(onto.pixels.data, onto.bounds, tile, data, common, eight, 255);
  if (onto.deep !== null) layInto(onto.deep.data, onto.bounds, tile, data, common, deep, 65_535);
}

function layInto(
  out: Uint8ClampedArray | Uint16Array,
  bounds: Bounds,
  { bounds: at, components }: HostTile,
  data: Uint8Array | Uint16Array,
  common: Bounds,
  table: Uint8Array | Uint16Array,
  opaque: number,
): void {
  const green = components >= 3 ? 1 : 0;
  const blue = components >= 3 ? 2 : 0;
  const alpha = components === 2 || components === 4 ? components - 1 : -1;
  for (let row = 0; row < common.height; row++) {
    let from = ((common.y - at.y + row) * at.width + (common.x - at.x)) * components;
    let to = ((common.y - bounds.y + row) * bounds.width + (common.x - bounds.x)) * 4;
    for (let i = 0; i < common.width; i++, from += components, to += 4) {
      out[to] = table[data[from]];
      out[to + 1] = table[data[from + green]];
      out[to + 2] = table[data[from + blue]];
      out[to + 3] = alpha < 0 ? opaque : table[data[from + alpha]];
    }
  }
}

/** Coverage of a mask or selection over its rectangle, 0 to 255; what the tile does not reach stays as it was. */
export function layCoverage(onto: Uint8ClampedArray, bounds: Bounds, tile: HostTile): void {
  const { bounds: at, components } = tile;
  const common = intersection(at, bounds);
  const { data, white } = wholeSamples(tile.data, components, false);
  const { eight } = tablesFor(white);
  for (let row = 0; row < common.height; row++) {
    let from = ((common.y - at.y + row) * at.width + (common.x - at.x)) * components;
    let to = (common.y - bounds.y + row) * bounds.width + (common.x - bounds.x);
    for (let i = 0; i < common.width; i++, from += components, to++) onto[to] = eight[data[from]];
  }
}

/** The alpha of every pixel times `opacity`, 0 to 1. */
export function scaleAlpha({ pixels, deep }: FullRect, opacity: number): void {
  for (const { data } of deep === null ? [pixels] : [pixels, deep]) {
    for (let at = 3; at < data.length; at += 4) if (data[at] !== 0) data[at] = Math.round(data[at] * opacity);
  }
}

/** The alpha of every pixel times a mask that covers all that shows. What it hides leaves the host in no way, colours neither. */
export function maskAlpha({ pixels, deep, bounds }: FullRect, mask: Mask): void {
  const common = intersection(bounds, mask.bounds);
  for (const { data } of deep === null ? [pixels] : [pixels, deep]) {
    for (let row = 0; row < common.height; row++) {
      let from = (common.y - mask.bounds.y + row) * mask.bounds.width + (common.x - mask.bounds.x);
      let at = ((common.y - bounds.y + row) * bounds.width + (common.x - bounds.x)) * 4 + 3;
      for (let i = 0; i < common.width; i++, from++, at += 4) {
        const coverage = mask.data[from];
        if (coverage === 0) data.fill(0, at - 3, at + 1);
        else if (data[at] !== 0) data[at] = Math.round((data[at] * coverage) / 255);
      }
    }
  }
}
