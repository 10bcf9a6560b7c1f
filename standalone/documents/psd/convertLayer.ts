/** A stored layer as the other container writes it: lengths of 4 or 8 bytes, row tables of 2 or 4; pixels untouched. */
import { ByteReader } from '../../../shared/core/bytes/byteReader.ts';
import { ByteWriter } from '../../../shared/core/bytes/byteWriter.ts';
import type { StoredLayer } from './container.ts';
import { maxSidePx } from './container.ts';
import { channelIds, readLayerRecord } from './layerRecord.ts';
import { convertPlane } from './planes.ts';
import { convertBlock } from './taggedBlocks.ts';

export function convertLayer(layer: StoredLayer, fromLarge: boolean, toLarge: boolean): StoredLayer {
  if (fromLarge === toLarge) return layer;
  const { record, raw } = layer;
  const channels = layer.channels.map((packed, i) => {
    const { id } = record.channels[i];
    const { mask } = record;
    const isMask = id === channelIds.mask || id === channelIds.realMask;
    const masked = id === channelIds.realMask ? (mask?.realBounds ?? mask?.bounds) : mask?.bounds;
    const height = isMask ? (masked?.height ?? 0) : record.bounds.height;
    return convertPlane(packed, height, fromLarge, toLarge);
  });
  const reader = new ByteReader(raw, 'a layer');
  const writer = new ByteWriter().bytes(reader.take(16, 'bounds')).bytes(reader.take(2, 'channels'));
  for (const [i, { id }] of record.channels.entries()) writer.i16(id).size(channels[i].length, toLarge);
  reader.take(record.channels.length * (fromLarge ? 10 : 6), 'channels');
  writer.bytes(reader.take(12, 'blending'));
  reader.u32('details');
  const blockBytes = record.blocks.reduce((sum, block) => sum + block.raw.length, 0);
  const extra = new ByteWriter().bytes(reader.take(reader.left - blockBytes, 'details'));
  for (const block of record.blocks) extra.bytes(convertBlock(block, toLarge));
  const converted = writer.u32(extra.length).append(extra).join();
  return { record: readLayerRecord(new ByteReader(converted, 'a layer'), toLarge, maxSidePx(true)).record, raw: converted, channels };
}
