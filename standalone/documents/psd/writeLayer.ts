/**
 * Writes the few kinds of layer that Retake adds: a picture with or without a mask, and the two records of a group.
 * Source: Adobe Photoshop File Formats Specification, 2019, "Layer records"; what Photoshop itself writes for flags.
 */

import { ByteReader } from '../../../shared/core/bytes/byteReader.ts';
import { ByteWriter, latin1 } from '../../../shared/core/bytes/byteWriter.ts';
import type { Bounds } from '../../../shared/core/geometry.ts';
import type { PsdHeader, StoredLayer } from './container.ts';
import { maxSidePx } from './container.ts';
import { readLayerRecord } from './layerRecord.ts';
import { writeStory } from './layerStory.ts';
import { writeTaggedBlock } from './taggedBlocks.ts';

export interface NewLayer {
  readonly name: string;
  readonly bounds: Bounds;
  readonly layerId: number;
  readonly role: 'layer' | 'group' | 'group-end';
  /** Packed, compression number included, in the order they are stored. */
  readonly channels: readonly { readonly id: number; readonly packed: Uint8Array }[];
  readonly maskBounds: Bounds | null;
  /** Kept on the layer, wherever it is copied. */
  readonly story?: string | null;
  /** A Background: bottom layer without transparency. */
  readonly isBackground?: boolean;
}

/** Bit 3: bit 4 means something; bit 4: the record has no pixels that show; bit 0: transparency is protected. */
const flags = { layer: 8, group: 8 | 16, background: 8 | 1 };

/** The name that the lower record of every group carries. */
export const groupEndName = '</Layer group>';

export function writeLayer(layer: NewLayer, header: PsdHeader): StoredLayer {
  const { large } = header;
  const writer = rectangle(new ByteWriter(), layer.bounds).u16(layer.channels.length);
  for (const { id, packed } of layer.channels) writer.i16(id).size(packed.length, large);
  writer
    .key('8BIM')
    .key(layer.role === 'group' ? 'pass' : 'norm')
    .u8(255)
    .u8(0)
    .u8(layer.isBackground ? flags.background : layer.role === 'layer' ? flags.layer : flags.group)
    .u8(0);
  const extra = new ByteWriter();
  if (layer.maskBounds === null) extra.u32(0);
  else rectangle(extra.u32(20), layer.maskBounds).u8(0).u8(0).u16(0);
  extra.u32(0);
  const pascal = latin1(layer.name).subarray(0, 255);
  extra.append(new ByteWriter().u8(pascal.length).bytes(pascal).pad(4));
  if (layer.role !== 'layer') {
    const divider = new ByteWriter().u32(layer.role === 'group' ? 1 : 3);
    if (layer.role === 'group') divider.key('8BIM').key('pass');
    extra.bytes(writeTaggedBlock('lsct', divider.join(), large, 2));
  }
  const name = new ByteWriter().u32(layer.name.length);
  for (let i = 0; i < layer.name.length; i++) name.u16(layer.name.charCodeAt(i));
  extra.bytes(writeTaggedBlock('luni', name.pad(4).join(), large, 2));
  extra.bytes(writeTaggedBlock('lyid', new ByteWriter().u32(layer.layerId).join(), large, 2));
  if (layer.story != null) extra.bytes(writeStory(layer.story, large));
  const raw = writer.u32(extra.length).append(extra).join();
  const { record } = readLayerRecord(new ByteReader(raw, 'a new layer'), large, maxSidePx(large));
  return { record, raw, channels: layer.channels.map(({ packed }) => packed) };
}

const rectangle = (writer: ByteWriter, { x, y, width, height }: Bounds): ByteWriter =>
  writer
    .i32(y)
    .i32(x)
    .i32(y + height)
    .i32(x + width);
