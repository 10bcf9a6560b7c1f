/**
 * One layer record: what it says is parsed, its bytes are kept. Nothing here writes an existing record anew, but for
 * the visibility bit.
 * Source: Adobe Photoshop File Formats Specification, 2019, "Layer records" and "Layer mask / adjustment layer data".
 */

import { ByteReader, Damaged } from '../../../shared/core/bytes/byteReader.ts';
import type { Bounds } from '../../../shared/core/geometry.ts';
import type { TaggedBlock } from './taggedBlocks.ts';
import { readTaggedBlocks } from './taggedBlocks.ts';

export interface LayerRecord {
  readonly bounds: Bounds;
  readonly channels: readonly { readonly id: number; readonly byteLength: number }[];
  /** Four letters: 'norm', 'mul ', 'pass' … */
  readonly blend: string;
  /** 0 to 255, both. */
  readonly opacity: number;
  readonly fillOpacity: number;
  readonly clipping: boolean;
  readonly visible: boolean;
  readonly locked: boolean;
  /** Where the flags byte lies in the record. */
  readonly flagsAt: number;
  readonly mask: LayerMask | null;
  readonly name: string;
  /** The document-wide layer number ('lyid'), or null when the writer gave none. */
  readonly layerId: number | null;
  /** A group is two records: 'group' on top, 'group-end' beneath its layers. */
  readonly role: 'layer' | 'group' | 'group-end';
  readonly blocks: readonly TaggedBlock[];
}

export interface LayerMask {
  readonly bounds: Bounds;
  /** Value outside `bounds`, 0 or 255. */
  readonly outside: number;
  readonly disabled: boolean;
  /** 0 to 255: how much the mask takes away at most. */
  readonly density: number;
  readonly featherPx: number;
  /** Bounds of the user's own mask where `bounds` is that of the mask drawn together with a vector mask. */
  readonly realBounds: Bounds | null;
}

/** Channel numbers: 0… colours, then these. */
export const channelIds = { alpha: -1, mask: -2, realMask: -3 } as const;

const flagHidden = 2;

/** Reads one record; `reader` then stands at the next. */
export function readLayerRecord(reader: ByteReader, large: boolean, maxSidePx: number): { record: LayerRecord; raw: Uint8Array } {
  const start = reader.at;
  const bounds = readRectangle(reader, 'a layer', maxSidePx);
  const channelCount = reader.u16('a layer');
  if (channelCount > 56) throw new Damaged(`a layer claims ${channelCount} channels`);
  const channels: { id: number; byteLength: number }[] = [];
  for (let i = 0; i < channelCount; i++) {
    channels.push({ id: reader.i16('a channel list'), byteLength: reader.size(large, 'a channel list') });
  }
  const signature = reader.key('a layer');
  if (signature !== '8BIM') throw new Damaged('a layer record does not carry its signature');
  const blend = reader.key('a layer');
  const opacity = reader.u8('a layer');
  const clipping = reader.u8('a layer') !== 0;
  const flagsAt = reader.at - start;
  const flags = reader.u8('a layer');
  reader.u8('a layer');
  const extra = new ByteReader(reader.take(reader.u32('a layer'), 'the details of a layer'), 'a layer');
  const mask = readMask(new ByteReader(extra.take(extra.u32('a mask'), 'a mask'), 'a mask'), maxSidePx);
  extra.take(extra.u32('blending ranges'), 'blending ranges');
  const pascal = extra.take(extra.u8('a name'), 'a name');
  // The name is padded so that it takes a multiple of 4 bytes, its length byte included; some writers do not.
  for (let i = 0; i < 3 && (pascal.length + 1 + i) % 4 !== 0 && extra.left > 0 && !extra.nextIs('8BIM', '8B64'); i++) extra.at += 1;
  const blocks = readTaggedBlocks(extra, large);
  const block = (key: string, byteCount: number): DataView | null => {
    const found = blocks.find((candidate) => candidate.key === key)?.data;
    return found && found.length >= byteCount ? new DataView(found.buffer, found.byteOffset, found.byteLength) : null;
  };
  const divider = block('lsct', 4) ?? block('lsdk', 4);
  const section = divider?.getUint32(0) ?? 0;
  const groupBlend = divider && divider.byteLength >= 12 ? String.fromCharCode(...[8, 9, 10, 11].map((i) => divider.getUint8(i))) : null;
  // Bits of 'lspf': transparency, pixels, position; bit 31: all.
  const locks = block('lspf', 4)?.getUint32(0) ?? 0;
  return {
    raw: reader.bytes.subarray(start, reader.at),
    record: {
      bounds,
      channels,
      blend: groupBlend ?? blend,
      opacity,
      fillOpacity: block('iOpa', 1)?.getUint8(0) ?? 255,
      clipping,
      visible: (flags & flagHidden) === 0,
      locked: (locks & 0x8000_0006) !== 0,
      flagsAt,
      mask,
      name: unicodeName(block('luni', 4)) ?? String.fromCharCode(...pascal),
      layerId: block('lyid', 4)?.getUint32(0) ?? null,
      role: section === 1 || section === 2 ? 'group' : section === 3 ? 'group-end' : 'layer',
      blocks,
    },
  };
}

/** The record with its visibility bit set or cleared, and every other byte the same. */
export function withVisibility(raw: Uint8Array, flagsAt: number, visible: boolean): Uint8Array {
  const copy = raw.slice();
  copy[flagsAt] = visible ? copy[flagsAt] & ~flagHidden : copy[flagsAt] | flagHidden;
  return copy;
}

function readRectangle(reader: ByteReader, what: string, maxSidePx: number): Bounds {
  const top = reader.i32(what);
  const left = reader.i32(what);
  const bottom = reader.i32(what);
  const right = reader.i32(what);
  const width = right - left;
  const height = bottom - top;
  if (width < 0 || height < 0 || width > maxSidePx || height > maxSidePx)
    throw new Damaged(`${what} claims a size of ${width} × ${height}`);
  return { x: left, y: top, width, height };
}

function readMask(reader: ByteReader, maxSidePx: number): LayerMask | null {
  if (reader.left < 18) return null;
  const bounds = readRectangle(reader, 'a mask', maxSidePx);
  const outside = reader.u8('a mask') >= 128 ? 255 : 0;
  const flags = reader.u8('a mask');
  let density = 255;
  let featherPx = 0;
  // A mask that a vector mask was drawn into is followed by the user's own one (18 bytes); only then come parameters.
  let realBounds: Bounds | null = null;
  if (reader.left >= 18) {
    reader.take(2, 'a mask');
    realBounds = readRectangle(reader, 'a mask', maxSidePx);
  }
  if (flags & 16 && reader.left > 0) {
    const has = reader.u8('a mask');
    if (has & 1) density = reader.u8('a mask');
    if (has & 2 && reader.left >= 8) featherPx = reader.f64('a mask');
  }
  return { bounds, outside, disabled: (flags & 2) !== 0, density, featherPx, realBounds };
}

function unicodeName(view: DataView | null): string | null {
  if (!view) return null;
  const count = Math.min(view.getUint32(0), (view.byteLength - 4) >> 1);
  let name = '';
  for (let i = 0; i < count; i++) name += String.fromCharCode(view.getUint16(4 + i * 2));
  return name.replace(/\0+$/, '');
}
