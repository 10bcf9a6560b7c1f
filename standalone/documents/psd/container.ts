/**
 * A PSD or PSB file as byte ranges: what we understand is parsed, what we do not is kept as it is. Writing joins the
 * same bytes again, so a layer that nobody touched leaves the program bit for bit as it came, unknown blocks included.
 * Source: Adobe Photoshop File Formats Specification, 2019.
 */

import { ByteReader, Damaged } from '../../../shared/core/bytes/byteReader.ts';
import { ByteWriter } from '../../../shared/core/bytes/byteWriter.ts';
import type { Extent } from '../../../shared/core/geometry.ts';
import type { LayerRecord } from './layerRecord.ts';
import { readLayerRecord } from './layerRecord.ts';
import type { TaggedBlock } from './taggedBlocks.ts';
import { convertBlock, readTaggedBlocks, writeTaggedBlock } from './taggedBlocks.ts';

export interface PsdHeader extends Extent {
  /** A PSB: wider lengths, sides up to 300,000 px. */
  readonly large: boolean;
  readonly channels: number;
  readonly depth: number;
  readonly mode: number;
}

export const colorModes = { bitmap: 0, grey: 1, indexed: 2, rgb: 3, cmyk: 4, multichannel: 7, duotone: 8, lab: 9 } as const;

/** A numbered block about the whole picture: 1005 resolution, 1032 guides, 1039 ICC, 1060 XMP … */
export interface Resource {
  readonly id: number;
  readonly data: Uint8Array;
  readonly raw: Uint8Array;
}

export interface StoredLayer {
  readonly record: LayerRecord;
  readonly raw: Uint8Array;
  /** One for each channel of the record, compression number included. */
  readonly channels: readonly Uint8Array[];
}

export interface PsdFile {
  readonly header: PsdHeader;
  readonly colorModeData: Uint8Array;
  readonly resources: readonly Resource[];
  /** Bottom first, as stored. */
  readonly layers: readonly StoredLayer[];
  /** The first extra channel of the merged picture is its transparency (a negative layer count says so). */
  readonly mergedAlpha: boolean;
  /** With its length; empty when the file has none. */
  readonly globalMask: Uint8Array;
  /** Blocks behind the layers; `home` marks where the layer list of a 16-bit file stands among them. */
  readonly blocks: readonly (TaggedBlock | 'home')[];
  /** Where the layer list is kept. */
  readonly home: 'layer-info' | 'Lr16' | 'Lr32';
  /** The merged picture: compression number and planes. */
  readonly merged: Uint8Array;
}

export const maxSidePx = (large: boolean): number => (large ? 300_000 : 30_000);

export function readHeader(bytes: Uint8Array): PsdHeader {
  const reader = new ByteReader(bytes.subarray(0, 26), 'the file');
  if (reader.key('the header') !== '8BPS') throw new Damaged('it does not begin as a PSD does');
  const version = reader.u16('the header');
  if (version !== 1 && version !== 2) throw new Damaged(`it is of version ${version}; 1 (PSD) and 2 (PSB) are known`);
  reader.take(6, 'the header');
  const channels = reader.u16('the header');
  const height = reader.u32('the header');
  const width = reader.u32('the header');
  const depth = reader.u16('the header');
  const mode = reader.u16('the header');
  if (width === 0 || height === 0) throw new Damaged(`its size is ${width} × ${height}`);
  if (channels < 1 || channels > 56) throw new Damaged(`it claims ${channels} channels`);
  return { large: version === 2, channels, width, height, depth, mode };
}

/** Walks the whole file without decoding a pixel. Raises `Damaged`. */
export function readContainer(bytes: Uint8Array): PsdFile {
  const header = readHeader(bytes);
  const { large } = header;
  const reader = new ByteReader(bytes, 'the file');
  reader.at = 26;
  const colorModeData = reader.take(reader.u32('the colour table'), 'the colour table');
  const resources = readResources(
    new ByteReader(reader.take(reader.u32('the image resources'), 'the image resources'), 'the image resources'),
  );
  const section = new ByteReader(reader.take(reader.size(large, 'the layers'), 'the layers'), 'the layer section');
  const merged = reader.rest();
  if (merged.length < 2) throw new Damaged('the file ends before the merged picture');

  let layers: readonly StoredLayer[] = [];
  let mergedAlpha = false;
  let globalMask: Uint8Array = new Uint8Array(0);
  let home: PsdFile['home'] = header.depth === 16 ? 'Lr16' : header.depth === 32 ? 'Lr32' : 'layer-info';
  const blocks: (TaggedBlock | 'home')[] = [];
  if (section.left > 0) {
    const list = section.take(section.size(large, 'the layer list'), 'the layer list');
    if (list.length > 0) {
      home = 'layer-info';
      ({ layers, mergedAlpha } = readLayerList(list, header));
    }
    if (section.left >= 4) {
      const from = section.at;
      section.take(section.u32('the global mask'), 'the global mask');
      globalMask = section.bytes.subarray(from, section.at);
    }
    for (const block of readTaggedBlocks(section, large)) {
      const isList =
        (block.key === 'Lr16' || block.key === 'Lr32' || block.key === 'Layr') && layers.length === 0 && block.data.length >= 2;
      if (isList && block.key !== 'Layr') {
        home = block.key as PsdFile['home'];
        ({ layers, mergedAlpha } = readLayerList(block.data, header));
        blocks.push('home');
      } else blocks.push(block);
    }
  }
  if (!blocks.includes('home')) blocks.unshift('home');
  return { header, colorModeData, resources, layers, mergedAlpha, globalMask, blocks, home, merged };
}

function readResources(reader: ByteReader): readonly Resource[] {
  const resources: Resource[] = [];
  while (reader.left > 0) {
    const start = reader.at;
    if (!reader.nextIs('8BIM', 'MeSa', 'AgHg', 'PHUT', 'DCSR') || reader.left < 12) {
      const raw = reader.rest();
      resources.push({ id: -1, data: raw, raw });
      break;
    }
    reader.key('a resource');
    const id = reader.u16('a resource');
    const nameLength = reader.u8('a resource');
    reader.take(nameLength + ((nameLength + 1) % 2), 'a resource name');
    const data = reader.take(reader.u32('a resource'), `image resource ${id}`);
    if (data.length % 2 === 1 && reader.left > 0) reader.u8('padding');
    resources.push({ id, data, raw: reader.bytes.subarray(start, reader.at) });
  }
  return resources;
}

export function resourceOf(id: number, data: Uint8Array): Resource {
  const raw = new ByteWriter().key('8BIM').u16(id).u16(0).u32(data.length).bytes(data).pad(2).join();
  return { id, data, raw };
}

function readLayerList(list: Uint8Array, header: PsdHeader): { layers: readonly StoredLayer[]; mergedAlpha: boolean } {
  const reader = new ByteReader(list, 'the layer list');
  const count = reader.i16('the number of layers');
  const found: { record: LayerRecord; raw: Uint8Array }[] = [];
  for (let i = 0; i < Math.abs(count); i++) found.push(readLayerRecord(reader, header.large, maxSidePx(header.large)));
  const layers = found.map(({ record, raw }) => ({
    record,
    raw,
    channels: record.channels.map(({ byteLength }) => reader.take(byteLength, `the pixels of layer “${record.name}”`)),
  }));
  return { layers, mergedAlpha: count < 0 };
}

/** Largest file that the 4-byte lengths of a PSD are written for. */
export const maxPsdBytes = 2 ** 31 - 1;

/** Joins the parts to a file. Records and channels are taken as they are: they must be of the header's container. */
export function writeContainer(file: PsdFile): Uint8Array {
  const { header } = file;
  const { large } = header;
  const list = new ByteWriter();
  if (file.layers.length > 0) {
    list.i16(file.mergedAlpha ? -file.layers.length : file.layers.length);
    for (const layer of file.layers) list.bytes(layer.raw);
    for (const layer of file.layers) for (const channel of layer.channels) list.bytes(channel);
    list.pad(4);
  }
  const section = new ByteWriter();
  if (file.home === 'layer-info') section.size(list.length, large).append(list);
  else section.size(0, large);
  section.bytes(file.globalMask.length > 0 ? file.globalMask : new Uint8Array(4));
  for (const block of file.blocks) {
    if (block !== 'home') section.bytes(block.raw);
    else if (file.home !== 'layer-info' && list.length > 0) section.bytes(writeTaggedBlock(file.home, list.join(), large, 4));
  }
  const resources = new ByteWriter();
  for (const resource of file.resources) resources.bytes(resource.raw);
  return new ByteWriter()
    .key('8BPS')
    .u16(large ? 2 : 1)
    .bytes(new Uint8Array(6))
    .u16(header.channels)
    .u32(header.height)
    .u32(header.width)
    .u16(header.depth)
    .u16(header.mode)
    .u32(file.colorModeData.length)
    .bytes(file.colorModeData)
    .u32(resources.length)
    .append(resources)
    .size(section.length, large)
    .append(section)
    .bytes(file.merged)
    .join();
}

/** The blocks behind the layers as the other container writes them. */
export const convertBlocks = (blocks: PsdFile['blocks'], large: boolean): PsdFile['blocks'] =>
  blocks.map((block) => (block === 'home' ? block : { ...block, raw: convertBlock(block, large) }));
