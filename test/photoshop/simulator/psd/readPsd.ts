/** Opens a PSD: those of writePsd and, of others', layers, groups, masks and metadata at 8, 16 and 32 bits. */
import { unzlibSync } from 'fflate';
import { ByteReader } from '../../../../shared/core/bytes/byteReader.ts';
import type { Bounds } from '../../../../shared/core/geometry.ts';
import { colorsOf, type Mode, spaceOf, workingProfile } from '../color.ts';
import type { DocumentState, NextId } from '../document.ts';
import { backgroundOf } from '../documentCommands.ts';
import { photoshopError } from '../errors.ts';
import { blankLayer, everyLayer, type Layer, type LayerMask } from '../layer.ts';
import { readPicture } from '../pictures.ts';
import { createSamples, type Depth, fullOf, type Samples } from '../raster.ts';
import type { Quad, SmartContents } from '../smartObject.ts';
import { blendMode, labelColors, modeNumbers } from './blendKeys.ts';
import { readDescriptor, readUnicode, type Value } from './descriptor.ts';
import { profileResource } from './writePsd.ts';

interface Reading {
  readonly depth: Depth;
  readonly colors: number;
  readonly nextId: NextId;
  readonly linked: ReadonlyMap<string, { readonly name: string; readonly bytes: Uint8Array }>;
}

interface RawLayer {
  readonly bounds: Bounds;
  readonly channels: readonly { readonly id: number; readonly length: number }[];
  readonly blend: string;
  readonly opacity: number;
  readonly clipping: boolean;
  readonly flags: number;
  readonly mask: { readonly bounds: Bounds; readonly outside: number; readonly flags: number } | null;
  readonly name: string;
  readonly blocks: ReadonlyMap<string, Uint8Array>;
}

/** Throws what Photoshop says of a file that it cannot read. */
export function readPsd(bytes: Uint8Array, nextId: NextId): { readonly state: DocumentState; readonly xmp: string } {
  try {
    return read(bytes, nextId);
  } catch (cause) {
    throw photoshopError(-1, `Could not open… (${(cause as Error).message})`);
  }
}

function read(bytes: Uint8Array, nextId: NextId): { readonly state: DocumentState; readonly xmp: string } {
  const reader = new ByteReader(bytes, 'the file');
  if (reader.key('the head') !== '8BPS' || reader.u16('the head') !== 1) throw new Error('no PSD');
  reader.take(6, 'the head');
  const channelCount = reader.u16('the head');
  const height = reader.u32('the head');
  const width = reader.u32('the head');
  const depth = reader.u16('the head') as Depth;
  const number = reader.u16('the head');
  const mode = (Object.keys(modeNumbers) as (keyof typeof modeNumbers)[]).find((one) => modeNumbers[one] === number) as Mode | undefined;
  if (mode === undefined || ![8, 16, 32].includes(depth)) throw new Error('a mode or depth that the simulator does not open');
  reader.take(reader.u32('the colour table'), 'the colour table');
  const resources = resourcesIn(reader.take(reader.u32('the resources'), 'the resources'));
  const section = new ByteReader(reader.take(reader.u32('the layers'), 'the layers'), 'the layers');
  const space = spaceOf(mode);
  const named = resources.get(profileResource);
  const profile = named === undefined ? (space === null ? '' : workingProfile[space]) : new TextDecoder().decode(named);
  const colors = colorsOf(mode);
  let layers = layersIn(section, { depth, colors, nextId, linked: new Map() });
  if (layers.length === 0) {
    const data = mergedSamples(reader.rest(), { width, height, depth, colors, channelCount });
    layers = [backgroundOf({ bounds: { x: 0, y: 0, width, height }, channels: colors + 1, data }, nextId)];
  }
  const density = resources.get(1005);
  const resolution = density === undefined ? 72 : new DataView(density.buffer, density.byteOffset).getUint32(0) / 65536;
  const xmp = resources.get(1060);
  const state: DocumentState = {
    width,
    height,
    resolution,
    mode,
    depth,
    profile,
    layers,
    activeIds: layers.slice(0, 1).map(({ id }) => id),
    selection: null,
    channels: [],
  };
  return { state, xmp: xmp === undefined ? '' : new TextDecoder().decode(xmp) };
}

function resourcesIn(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const reader = new ByteReader(bytes, 'the resources');
  const found = new Map<number, Uint8Array>();
  while (reader.left >= 12) {
    reader.key('a resource');
    const id = reader.u16('a resource');
    const nameBytes = reader.u8('a resource');
    reader.take(nameBytes + (nameBytes % 2 === 0 ? 1 : 0), 'a resource');
    const length = reader.u32('a resource');
    found.set(id, reader.take(length, 'a resource'));
    if (length % 2 === 1 && reader.left > 0) reader.take(1, 'a resource');
  }
  return found;
}

function layersIn(section: ByteReader, reading: Reading): readonly Layer[] {
  if (section.left < 4) return [];
  let info = section.take(section.u32('the layers'), 'the layers');
  if (section.left >= 4) section.take(section.u32('the mask'), 'the mask');
  const blocks = blocksIn(section);
  if (info.length === 0) info = blocks.get('Lr16') ?? blocks.get('Lr32') ?? info;
  if (info.length === 0) return [];
  const linked = linkedIn(blocks.get('lnk2') ?? blocks.get('lnkD') ?? new Uint8Array(0));
  const reader = new ByteReader(info, 'the layers');
  const count = Math.abs(reader.i16('the layers'));
  const raws = Array.from({ length: count }, () => rawLayer(reader));
  const made = raws.map((raw) => ({ raw, layer: layerOf(raw, reader, { ...reading, linked }) }));
  return nested(made);
}

/** Bottom first, with ends and heads of groups between, to a tree with the top first. */
function nested(made: readonly { readonly raw: RawLayer; readonly layer: Layer }[]): readonly Layer[] {
  const stack: Layer[][] = [[]];
  for (const { raw, layer } of made) {
    const divider = raw.blocks.get('lsct');
    const kind = divider === undefined ? 0 : new DataView(divider.buffer, divider.byteOffset).getUint32(0);
    if (kind === 3) stack.push([]);
    else if (kind === 1 || kind === 2) {
      const children = stack.pop() ?? [];
      const blend = divider !== undefined && divider.length >= 12 ? String.fromCharCode(...divider.subarray(8, 12)) : raw.blend;
      stack.at(-1)?.unshift({ ...layer, kind: 'group', raster: null, children, blendMode: blendMode(blend) });
    } else stack.at(-1)?.unshift(layer);
  }
  return stack[0];
}

function rectangle(reader: ByteReader): Bounds {
  const [top, left, bottom, right] = [0, 0, 0, 0].map(() => reader.i32('a rectangle'));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function rawLayer(reader: ByteReader): RawLayer {
  const bounds = rectangle(reader);
  const channels = Array.from({ length: reader.u16('a layer') }, () => ({ id: reader.i16('a layer'), length: reader.u32('a layer') }));
  reader.key('a layer');
  const blend = reader.key('a layer');
  const opacity = reader.u8('a layer');
  const clipping = reader.u8('a layer') === 1;
  const flags = reader.u8('a layer');
  reader.u8('a layer');
  const extra = new ByteReader(reader.take(reader.u32('a layer'), 'a layer'), 'a layer');
  const maskBytes = extra.take(extra.u32('a mask'), 'a mask');
  const maskReader = new ByteReader(maskBytes, 'a mask');
  const mask =
    maskBytes.length === 0 ? null : { bounds: rectangle(maskReader), outside: maskReader.u8('a mask'), flags: maskReader.u8('a mask') };
  extra.take(extra.u32('the ranges'), 'the ranges');
  const nameBytes = extra.u8('a name');
  const pascal = String.fromCharCode(...extra.take(nameBytes, 'a name'));
  extra.take((4 - ((nameBytes + 1) % 4)) % 4, 'a name');
  const blocks = blocksIn(extra);
  const full = blocks.get('luni');
  return {
    bounds,
    channels,
    blend,
    opacity,
    clipping,
    flags,
    mask,
    blocks,
    name: full === undefined ? pascal : readUnicode(new ByteReader(full, 'a name')),
  };
}

function blocksIn(reader: ByteReader): Map<string, Uint8Array> {
  const blocks = new Map<string, Uint8Array>();
  while (reader.left >= 12) {
    while (reader.left >= 12 && !reader.nextIs('8BIM', '8B64')) reader.take(1, 'a block');
    if (reader.left < 12) break;
    reader.key('a block');
    const key = reader.key('a block');
    blocks.set(key, reader.take(reader.u32('a block'), 'a block'));
  }
  return blocks;
}

const word = (blocks: ReadonlyMap<string, Uint8Array>, key: string): number => {
  const data = blocks.get(key);
  return data === undefined ? 0 : new DataView(data.buffer, data.byteOffset).getUint32(0);
};

function layerOf(raw: RawLayer, pixels: ByteReader, reading: Reading): Layer {
  const { depth, colors, nextId } = reading;
  const { width, height } = raw.bounds;
  const full = fullOf(depth);
  const data = createSamples(depth, width * height * (colors + 1));
  const hasAlpha = raw.channels.some(({ id }) => id === -1);
  if (!hasAlpha) for (let i = colors; i < data.length; i += colors + 1) data[i] = full;
  let mask: LayerMask | null = null;
  for (const { id, length } of raw.channels) {
    const packed = pixels.take(length, 'pixels');
    if (id === -2 && raw.mask !== null) {
      const plane = createSamples(depth, raw.mask.bounds.width * raw.mask.bounds.height);
      spread(unpacked(packed, raw.mask.bounds.width, raw.mask.bounds.height, depth), plane, 1, 0, depth);
      const outside = depth === 8 ? raw.mask.outside : raw.mask.outside === 255 ? full : (raw.mask.outside * full) / 255;
      const { flags } = raw.mask;
      mask = {
        bounds: raw.mask.bounds,
        data: plane,
        outside,
        enabled: (flags & 2) === 0,
        linked: (flags & 1) === 0,
        density: 100,
        featherPx: 0,
      };
    } else if (id >= -1 && id < colors) spread(unpacked(packed, width, height, depth), data, colors + 1, id === -1 ? colors : id, depth);
  }
  const protection = word(raw.blocks, 'lspf');
  const smart = smartIn(raw.blocks.get('SoLd'), reading);
  const fill = raw.blocks.get('iOpa');
  const color = raw.blocks.get('lclr');
  const isBackground = !hasAlpha && raw.name === 'Background';
  return {
    ...blankLayer,
    ...metadataIn(raw.blocks.get('shmd')),
    id: word(raw.blocks, 'lyid') || nextId(),
    name: raw.name,
    kind: smart !== null ? 'smartObject' : raw.blocks.has('nvrt') ? 'adjustment' : raw.blocks.has('TySh') ? 'text' : 'pixel',
    adjustment: raw.blocks.has('nvrt') ? 'invert' : null,
    isBackground,
    isArtboard: raw.blocks.has('artb'),
    visible: (raw.flags & 2) === 0,
    opacity: Math.round((raw.opacity / 255) * 100),
    fillOpacity: fill === undefined ? 100 : Math.round((fill[0] / 255) * 100),
    blendMode: blendMode(raw.blend),
    clipping: raw.clipping,
    color: color === undefined ? 'none' : (labelColors[color[1]] ?? 'none'),
    locks: {
      all: protection >>> 31 === 1,
      pixels: protection >>> 31 === 0 && (protection & 2) !== 0,
      position: protection >>> 31 === 0 && (protection & 4) !== 0,
      transparency: protection >>> 31 === 0 && (protection & 1) !== 0,
    },
    raster: width > 0 && height > 0 ? { bounds: raw.bounds, channels: colors + 1, data } : null,
    mask,
    smart,
  };
}

function spread(bytes: Uint8Array, into: Samples, step: number, from: number, depth: Depth): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = into.length / step;
  for (let i = 0, at = from; i < count; i++, at += step) {
    into[at] = depth === 8 ? bytes[i] : depth === 16 ? Math.round((view.getUint16(i * 2) * 32768) / 65535) : view.getFloat32(i * 4);
  }
}

function unpacked(packed: Uint8Array, width: number, height: number, depth: Depth): Uint8Array {
  const rowBytes = (width * depth) / 8;
  if (width === 0 || height === 0) return new Uint8Array(0);
  const compression = (packed[0] << 8) | packed[1];
  const body = packed.subarray(2);
  if (compression === 0) return body;
  if (compression === 1) return unpackRows(body.subarray(height * 2), rowBytes * height);
  const out = unzlibSync(body);
  if (compression === 3) undoPrediction(out, width, height, depth);
  return out;
}

/** PackBits, row after row. */
function unpackRows(packed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let at = 0, to = 0; at < packed.length && to < length; ) {
    const n = packed[at++];
    if (n < 128) {
      out.set(packed.subarray(at, at + n + 1), to);
      at += n + 1;
      to += n + 1;
    } else if (n > 128) {
      out.fill(packed[at++], to, to + 257 - n);
      to += 257 - n;
    }
  }
  return out;
}

function undoPrediction(out: Uint8Array, width: number, height: number, depth: Depth): void {
  if (depth === 32) throw new Error('predicted floats');
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  for (let y = 0; y < height; y++) {
    for (let x = 1; x < width; x++) {
      const at = y * width + x;
      if (depth === 8) out[at] += out[at - 1];
      else view.setUint16(at * 2, view.getUint16(at * 2) + view.getUint16(at * 2 - 2));
    }
  }
}

function mergedSamples(
  bytes: Uint8Array,
  { width, height, depth, colors, channelCount }: { width: number; height: number; depth: Depth; colors: number; channelCount: number },
): Samples {
  const data = createSamples(depth, width * height * (colors + 1)).fill(fullOf(depth));
  const planeBytes = (width * height * depth) / 8;
  const isPacked = bytes[1] === 1;
  const whole = isPacked ? unpackRows(bytes.subarray(2 + channelCount * height * 2), planeBytes * channelCount) : bytes.subarray(2);
  for (let c = 0; c < Math.min(colors, channelCount); c++)
    spread(whole.subarray(c * planeBytes, (c + 1) * planeBytes), data, colors + 1, c, depth);
  return data;
}

function metadataIn(block: Uint8Array | undefined): { generatorSettings: ReadonlyMap<string, string>; xmp: string | null } {
  const settings = new Map<string, string>();
  let xmp: string | null = null;
  const reader = new ByteReader(block ?? new Uint8Array(4), 'metadata');
  for (let left = reader.u32('metadata'); left > 0; left--) {
    reader.key('metadata');
    const key = reader.key('metadata');
    reader.take(4, 'metadata');
    const data = reader.take(reader.u32('metadata'), 'metadata');
    if (key === 'xmp ') xmp = new TextDecoder().decode(data);
    if (key !== 'extn') continue;
    const inner = new ByteReader(data, 'metadata');
    inner.u32('metadata');
    const all = (readDescriptor(inner).generatorSettings ?? {}) as Record<string, { json?: string }>;
    for (const [namespace, { json }] of Object.entries(all)) if (json !== undefined) settings.set(namespace, json);
  }
  return { generatorSettings: settings, xmp };
}

function linkedIn(block: Uint8Array): Map<string, { name: string; bytes: Uint8Array }> {
  const found = new Map<string, { name: string; bytes: Uint8Array }>();
  const reader = new ByteReader(block, 'linked files');
  while (reader.left >= 8) {
    reader.u32('a linked file');
    const length = reader.u32('a linked file');
    const file = new ByteReader(reader.take(length, 'a linked file'), 'a linked file');
    reader.take(Math.min(reader.left, (4 - (length % 4)) % 4), 'a linked file');
    file.key('a linked file');
    file.u32('a linked file');
    const uuid = String.fromCharCode(...file.take(file.u8('a linked file'), 'a linked file'));
    const name = readUnicode(file);
    file.take(8, 'a linked file');
    file.u32('a linked file');
    const size = file.u32('a linked file');
    file.u8('a linked file');
    found.set(uuid, { name, bytes: file.take(size, 'a linked file').slice() });
  }
  return found;
}

function smartIn(block: Uint8Array | undefined, { linked }: Reading): SmartContents | null {
  if (block === undefined) return null;
  const reader = new ByteReader(block, 'a placed layer');
  reader.take(12, 'a placed layer');
  const placed: Record<string, Value> = readDescriptor(reader);
  const file = linked.get(String(placed.Idnt));
  if (file === undefined || file.bytes.length === 0) return null;
  const { picture, meaning, ppi } = readPicture(file.bytes);
  return { fileName: file.name, bytes: file.bytes, picture, meaning, ppi, quad: placed.Trnf as unknown as Quad };
}

/** Ids of the file's layers, so that new ones do not repeat them. */
export const highestId = ({ layers }: DocumentState): number => Math.max(0, ...everyLayer(layers).map(({ layer }) => layer.id));
