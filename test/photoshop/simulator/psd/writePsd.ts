/**
 * A document as a PSD file, 8, 16 or 32 bits, its channels unpacked: for tests alone, read by others. Deep layers go into
 * "Lr16" and "Lr32" as Photoshop has them. Source: Adobe Photoshop File Formats Specification, 2019.
 */
import { ByteWriter, latin1 } from '../../../../shared/core/bytes/byteWriter.ts';
import type { Bounds } from '../../../../shared/core/geometry.ts';
import type { DocumentState, SimDocument } from '../document.ts';
import { shownOn } from '../documentCommands.ts';
import { photoshopError } from '../errors.ts';
import { contentBounds, type Layer, type LayerMask } from '../layer.ts';
import { fullOf, noBounds, type Samples } from '../raster.ts';
import { blendKey, labelColors, modeNumbers } from './blendKeys.ts';
import { unicode, type Value, writeDescriptor } from './descriptor.ts';

const mostSidePx = 30_000;

export function writePsd(document: SimDocument): Uint8Array {
  const { state } = document;
  const { width, height, depth, mode } = state;
  if (!(mode in modeNumbers)) throw photoshopError(-1, `The simulator saves no ${mode} documents`);
  if (width > mostSidePx || height > mostSidePx) throw photoshopError(-1, 'The document is too large for a PSD');
  const colors = document.channelCount - 1;
  const out = new ByteWriter().key('8BPS').u16(1).bytes(new Uint8Array(6)).u16(colors).u32(height).u32(width).u16(depth);
  out.u16(modeNumbers[mode as keyof typeof modeNumbers]).u32(0);
  const resources = resourcesOf(document);
  out.u32(resources.length).append(resources);
  const section = layerSection(state, colors);
  out.u32(section.length).append(section);
  return out.append(mergedPicture(state, colors)).join();
}

function resourcesOf({ state, xmp }: SimDocument): ByteWriter {
  const out = new ByteWriter();
  const fixed = Math.round(state.resolution * 65536);
  resource(out, 1005, new ByteWriter().u32(fixed).u16(1).u16(1).u32(fixed).u16(1).u16(1));
  if (xmp !== '') resource(out, 1060, new ByteWriter().bytes(new TextEncoder().encode(xmp)));
  // The simulator knows profiles by name alone; a plug-in resource of its own carries it to the next session.
  resource(out, profileResource, new ByteWriter().bytes(new TextEncoder().encode(state.profile)));
  return out;
}

/** Within the range that the specification leaves to plug-ins. */
export const profileResource = 4117;

function resource(out: ByteWriter, id: number, data: ByteWriter): void {
  out.key('8BIM').u16(id).u16(0).u32(data.length).append(data);
  if (data.length % 2 === 1) out.u8(0);
}

interface LayerRecord {
  readonly record: ByteWriter;
  readonly channels: ByteWriter;
}

function layerSection(state: DocumentState, colors: number): ByteWriter {
  const linked: ByteWriter = new ByteWriter();
  const records = recordsOf(state.layers, state, colors, linked);
  const info = new ByteWriter().i16(records.length);
  for (const { record } of records) info.append(record);
  for (const { channels } of records) info.append(channels);
  info.pad(4);
  const section = new ByteWriter();
  if (state.depth === 8) section.u32(info.length).append(info);
  else section.u32(0);
  section.u32(0);
  if (state.depth !== 8) section.append(block(state.depth === 16 ? 'Lr16' : 'Lr32', info));
  if (linked.length > 0) section.append(block('lnk2', linked));
  return section.pad(2);
}

const block = (key: string, data: ByteWriter): ByteWriter =>
  new ByteWriter()
    .key('8BIM')
    .key(key)
    .u32(data.length + ((4 - (data.length % 4)) % 4))
    .append(data)
    .pad(4);

/** Bottom first; a group is its end, what is in it, and its head. */
function recordsOf(layers: readonly Layer[], state: DocumentState, colors: number, linked: ByteWriter): LayerRecord[] {
  return [...layers].reverse().flatMap((layer) => {
    if (layer.children === null) return [recordOf(layer, state, colors, linked, 'layer')];
    return [
      recordOf(
        { ...layer, name: '</Layer group>', mask: null, generatorSettings: new Map(), xmp: null },
        state,
        colors,
        linked,
        'group-end',
      ),
      ...recordsOf(layer.children, state, colors, linked),
      recordOf(layer, state, colors, linked, 'group'),
    ];
  });
}

function recordOf(
  layer: Layer,
  state: DocumentState,
  colors: number,
  linked: ByteWriter,
  role: 'layer' | 'group' | 'group-end',
): LayerRecord {
  const raster = role === 'layer' ? layer.raster : null;
  const bounds = raster?.bounds ?? noBounds;
  const channels = new ByteWriter();
  const list = new ByteWriter();
  const ids = layer.isBackground ? [] : [-1];
  for (let c = 0; c < colors; c++) ids.push(c);
  const put = (id: number, data: ByteWriter): void => {
    list.i16(id).u32(data.length);
    channels.append(data);
  };
  for (const id of ids) put(id, plane(raster?.data ?? new Uint8Array(0), colors + 1, id === -1 ? colors : id, state.depth));
  if (layer.mask !== null) put(-2, plane(layer.mask.data, 1, 0, state.depth));
  const record = rectangle(new ByteWriter(), bounds)
    .u16(ids.length + (layer.mask === null ? 0 : 1))
    .append(list);
  const flags = 8 | (layer.locks.transparency ? 1 : 0) | (layer.visible ? 0 : 2) | (role === 'layer' ? 0 : 16);
  record.key('8BIM').key(blendKey(role === 'group-end' ? 'normal' : layer.blendMode));
  record
    .u8(Math.round((layer.opacity / 100) * 255))
    .u8(layer.clipping ? 1 : 0)
    .u8(flags)
    .u8(0);
  const extra = maskData(layer.mask, state).u32(0);
  const pascal = latin1(layer.name).subarray(0, 255);
  extra.append(new ByteWriter().u8(pascal.length).bytes(pascal).pad(4));
  extra.append(blocksOf(layer, role, linked));
  return { record: record.u32(extra.length).append(extra), channels };
}

function maskData(mask: LayerMask | null, state: DocumentState): ByteWriter {
  if (mask === null) return new ByteWriter().u32(0);
  const outside = Math.round((mask.outside / fullOf(state.depth)) * 255);
  const flags = (mask.linked ? 0 : 1) | (mask.enabled ? 0 : 2);
  return rectangle(new ByteWriter().u32(20), mask.bounds).u8(outside).u8(flags).u16(0);
}

function blocksOf(layer: Layer, role: 'layer' | 'group' | 'group-end', linked: ByteWriter): ByteWriter {
  const out = new ByteWriter();
  if (role !== 'layer') {
    const divider = new ByteWriter().u32(role === 'group' ? 1 : 3);
    if (role === 'group') divider.key('8BIM').key(blendKey(layer.blendMode));
    out.append(block('lsct', divider));
  }
  out.append(block('luni', unicode(layer.name, false)));
  if (role === 'group-end') return out;
  const { locks } = layer;
  const protection = (locks.transparency ? 1 : 0) | (locks.pixels ? 2 : 0) | (locks.position ? 4 : 0) | (locks.all ? 0x80000007 : 0);
  out.append(block('lyid', new ByteWriter().u32(layer.id)));
  out.append(block('lspf', new ByteWriter().u32(protection)));
  out.append(block('iOpa', new ByteWriter().u8(Math.round((layer.fillOpacity / 100) * 255)).bytes(new Uint8Array(3))));
  if (layer.color !== 'none')
    out.append(block('lclr', new ByteWriter().u16(Math.max(0, labelColors.indexOf(layer.color))).bytes(new Uint8Array(6))));
  if (layer.adjustment !== null) out.append(block('nvrt', new ByteWriter()));
  if (layer.isArtboard) {
    const { x, y, width, height } = contentBounds(layer);
    const artboardRect = { 'Top ': y, Left: x, Btom: y + height, Rght: x + width };
    out.append(block('artb', new ByteWriter().u32(16).append(writeDescriptor({ artboardRect }, 'artboard'))));
  }
  const metadata = metadataOf(layer);
  if (metadata !== null) out.append(block('shmd', metadata));
  if (layer.smart !== null) {
    const uuid = `retake-${layer.id}`;
    const { picture, quad, ppi } = layer.smart;
    const placed = { Idnt: uuid, Trnf: [...quad], 'Sz  ': { Wdth: picture.bounds.width, Hght: picture.bounds.height }, Rslt: ppi };
    out.append(block('SoLd', new ByteWriter().key('soLD').u32(4).u32(16).append(writeDescriptor(placed))));
    linked.append(linkedFile(uuid, layer.smart.fileName, layer.smart.bytes));
  }
  return out;
}

/** Generator settings under their namespaces, and the layer's own XMP, in the layer's metadata. */
function metadataOf({ generatorSettings, xmp }: Layer): ByteWriter | null {
  const items: { key: string; data: ByteWriter }[] = [];
  if (generatorSettings.size > 0) {
    const settings: Record<string, Value> = {};
    for (const [namespace, json] of generatorSettings) settings[namespace] = { json };
    items.push({
      key: 'extn',
      data: new ByteWriter()
        .u32(16)
        .append(writeDescriptor({ generatorSettings: settings }))
        .pad(4),
    });
  }
  if (xmp !== null) items.push({ key: 'xmp ', data: new ByteWriter().bytes(new TextEncoder().encode(xmp)) });
  if (items.length === 0) return null;
  const out = new ByteWriter().u32(items.length);
  for (const { key, data } of items) out.key('8BIM').key(key).u8(1).bytes(new Uint8Array(3)).u32(data.length).append(data);
  return out;
}

/** An embedded file of the global block "lnk2". */
function linkedFile(uuid: string, name: string, bytes: Uint8Array): ByteWriter {
  const body = new ByteWriter().key('liFD').u32(2).u8(uuid.length).key(uuid).append(unicode(name)).key('png ').u32(0);
  body.u32(0).u32(bytes.length).u8(0).bytes(bytes);
  return new ByteWriter().u32(0).u32(body.length).append(body).pad(4);
}

const rectangle = (out: ByteWriter, { x, y, width, height }: Bounds): ByteWriter =>
  out
    .i32(y)
    .i32(x)
    .i32(y + height)
    .i32(x + width);

/** One channel, unpacked (compression 0), big-endian; 16 bits run to 65535 in a file. */
function plane(data: Samples, channels: number, channel: number, depth: 8 | 16 | 32): ByteWriter {
  return new ByteWriter().u16(0).bytes(samples(data, channels, channel, depth));
}

function samples(data: Samples, channels: number, channel: number, depth: 8 | 16 | 32): Uint8Array {
  const count = data.length / channels;
  const out = new Uint8Array(count * (depth / 8));
  const view = new DataView(out.buffer);
  for (let i = 0, at = channel; i < count; i++, at += channels) {
    if (depth === 8) out[i] = data[at];
    else if (depth === 16) {
      const value = ((data[at] * 65535) / 32768 + 0.5) | 0;
      out[i * 2] = value >> 8;
      out[i * 2 + 1] = value;
    } else view.setFloat32(i * 4, data[at]);
  }
  return out;
}

function mergedPicture(state: DocumentState, colors: number): ByteWriter {
  const { data } = shownOn(state);
  const out = new ByteWriter().u16(0);
  for (let c = 0; c < colors; c++) out.bytes(samples(data, colors + 1, c, state.depth));
  return out;
}
