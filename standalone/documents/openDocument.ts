/**
 * From a file's bytes to an open document. What a file is, is read from its bytes; what it claims is held against the
 * limits before anything is decoded; what cannot be kept unchanged is refused, with what to do instead.
 */

import { decodeDeepPng, isDeepPng } from '../../shared/codecs/deepPng.ts';
import { iccName } from '../../shared/codecs/iccName.ts';
import { maxAreaPx, maxSidePx, refuseByHeader } from '../../shared/codecs/sniff.ts';
import type { AbortSignal } from '../../shared/core/abort.ts';
import { Damaged } from '../../shared/core/bytes/byteReader.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { area } from '../../shared/core/geometry.ts';
import { pictureTypeOf } from '../../shared/core/pictureType.ts';
import type { ColorProfile, Pixels, Pixels16 } from '../../shared/core/pixels.ts';
import { hasTransparency, isDeep, sRGB, toEightBit } from '../../shared/core/pixels.ts';
import type { PictureType } from '../../shared/core/ports.ts';
import type { Result } from '../../shared/core/result.ts';
import { err, ok } from '../../shared/core/result.ts';
import type { PlacedTake } from '../../shared/takeFiles/xmp.ts';
import { readXmp } from '../../shared/takeFiles/xmp.ts';
import type { DocumentFormat, DocumentFromPixels, DocumentHost, OpenDocument } from './document.ts';
import { createDocumentHost } from './documentHost.ts';
import type { LayerUnit } from './layerUnits.ts';
import { PixelShelf, unitFromFile, unitFromPixels } from './layerUnits.ts';
import type { DocumentState, Origin } from './picture.ts';
import type { PsdFile, PsdHeader, Resource, StoredLayer } from './psd/container.ts';
import { colorModes, readContainer, readHeader, resourceOf } from './psd/container.ts';
import { checkMerged, mergedAsChannels } from './psd/merged.ts';
import { dataOf, resolutionResource, resourceIds } from './psd/resources.ts';
import { writeLayer } from './psd/writeLayer.ts';
import { readRasterExtras, wordsFor } from './rasterExtras.ts';

export const openDocument: OpenDocument = async (bytes, name, codec, signal) => {
  if (signal.aborted) return err({ kind: 'cancelled' });
  if (bytes.length === 0) return err({ kind: 'damaged', name, why: 'the file is empty' });
  if (bytes[0] === 0x38 && bytes[1] === 0x42 && bytes[2] === 0x50 && bytes[3] === 0x53) return openPsd(bytes, name, codec);
  const type = pictureTypeOf(bytes);
  if (type === null) return err({ kind: 'not-a-picture', name, found: wordsFor(bytes) });
  return openRaster(bytes, name, type, codec, signal);
};

export const documentFromPixels: DocumentFromPixels = (pixels, name, provenance, codec) =>
  createDocumentHost({
    origin: originFromPixels(pixels, baseName(name), [], provenance),
    name,
    format: 'png',
    notes: [],
    codec,
  });

async function openRaster(
  bytes: Uint8Array,
  name: string,
  type: PictureType,
  codec: Parameters<OpenDocument>[2],
  signal: AbortSignal,
): Promise<Result<DocumentHost, Failure>> {
  const refusal = refuseByHeader(bytes, name);
  if (refusal !== null) return err(refusal);
  const decoded = isDeepPng(bytes) ? deepPixels(bytes, name) : await codec.decode(bytes, signal);
  if (!decoded.ok) return err('name' in decoded.error ? ({ ...decoded.error, name } as Failure) : decoded.error);
  const extras = readRasterExtras(bytes, type);
  const resources: Resource[] = [];
  if (extras.pixelsPerMetre !== null) resources.push(resolutionResource(extras.pixelsPerMetre));
  if (extras.xmp !== null) resources.push(resourceOf(resourceIds.xmp, extras.xmp));
  const format: DocumentFormat = type === 'image/png' ? 'png' : type === 'image/jpeg' ? 'jpeg' : 'webp';
  const notes = [...extras.notes, ...extensionNote(name, format)];
  return ok(createDocumentHost({ origin: originFromPixels(decoded.value, baseName(name), resources, null), name, format, notes, codec }));
}

function deepPixels(bytes: Uint8Array, name: string): Result<Pixels16, Failure> {
  try {
    return ok(decodeDeepPng(bytes));
  } catch (cause) {
    return err({ kind: 'damaged', name, why: cause instanceof Error ? cause.message : String(cause) });
  }
}

function openPsd(bytes: Uint8Array, name: string, codec: Parameters<OpenDocument>[2]): Result<DocumentHost, Failure> {
  try {
    const header = readHeader(bytes);
    const refusal = refuse(header, name);
    if (refusal !== null) return err(refusal);
    const file = readContainer(bytes);
    checkMerged(file);
    const oversized = file.layers.find(({ record }) => area(record.bounds) > maxAreaPx);
    if (oversized) {
      const { bounds, name: layerName } = oversized.record;
      return err({
        kind: 'too-large',
        name: `${name}: ${layerName}`,
        got: `${bounds.width} × ${bounds.height} px`,
        limit: `${maxAreaPx / 1e6} megapixels`,
      });
    }
    const format = header.large ? 'psb' : 'psd';
    const notes = [...extensionNote(name, format), ...depthNotes(header), ...xmpNotes(file.resources)];
    return ok(createDocumentHost({ origin: originFromPsd(file, bytes), name, format, notes, codec }));
  } catch (cause) {
    if (cause instanceof Damaged) return err({ kind: 'damaged', name, why: cause.why });
    throw cause;
  }
}

const photoshopModes: Readonly<Record<number, string>> = {
  [colorModes.bitmap]: 'Bitmap',
  [colorModes.indexed]: 'Indexed Colour',
  [colorModes.cmyk]: 'CMYK',
  [colorModes.multichannel]: 'Multichannel',
  [colorModes.duotone]: 'Duotone',
  [colorModes.lab]: 'Lab',
};

function refuse({ mode, depth, width, height }: PsdHeader, name: string): Failure | null {
  if (mode !== colorModes.rgb && mode !== colorModes.grey) {
    const feature = `it is in ${photoshopModes[mode] ?? `colour mode ${mode}`}, which Retake cannot keep unchanged`;
    return {
      kind: 'unsupported',
      name,
      feature,
      instead: 'Choose Image ▸ Mode ▸ RGB Color in Photoshop and save a copy; this file stays as it is.',
    };
  }
  if (depth !== 8 && depth !== 16) {
    const feature = `it has ${depth} bits a channel`;
    return {
      kind: 'unsupported',
      name,
      feature,
      instead: 'Choose Image ▸ Mode ▸ 16 Bits/Channel in Photoshop and save a copy; this file stays as it is.',
    };
  }
  if (width > maxSidePx || height > maxSidePx)
    return { kind: 'too-large', name, got: `${width} × ${height} px`, limit: `${maxSidePx} px a side` };
  if (width * height > maxAreaPx)
    return { kind: 'too-large', name, got: `${width} × ${height} px`, limit: `${maxAreaPx / 1e6} megapixels` };
  return null;
}

const depthNotes = ({ depth, mode }: PsdHeader): readonly string[] => [
  ...(depth === 16 ? ['The document has 16 bits a channel and keeps them, in what changes too; the model sees 8.'] : []),
  ...(mode === colorModes.grey ? ['The document is greyscale: what is added becomes grey.'] : []),
];

function xmpNotes(resources: readonly Resource[]): readonly string[] {
  const { isReadable, isStoreWhole } = readXmp(dataOf(resources, resourceIds.xmp));
  if (!isReadable) return ['The metadata (XMP) of the file cannot be read; a copy is kept in what is saved.'];
  return isStoreWhole ? [] : ['A part of the history in the file is damaged; a copy is kept in what is saved, and the rest goes on.'];
}

const extensionsOf: Readonly<Record<DocumentFormat, readonly string[]>> = {
  psd: ['psd'],
  psb: ['psb'],
  png: ['png', 'apng'],
  jpeg: ['jpg', 'jpeg', 'jpe', 'jfif'],
  webp: ['webp'],
};

function extensionNote(name: string, format: DocumentFormat): readonly string[] {
  const extension = /\.([a-z0-9]{2,4})$/i.exec(name)?.[1]?.toLowerCase();
  if (extension === undefined || extensionsOf[format].includes(extension)) return [];
  return [`The file is named .${extension} and is a ${format.toUpperCase()}.`];
}

/** The file's name without folders and extension; how the one layer of a flat picture is called. */
function baseName(path: string): string {
  const name = path.split(/[\\/]/).pop() ?? path;
  return name.replace(/\.[a-z0-9]{2,5}$/i, '') || name || 'Picture';
}

function profileOf(resources: readonly Resource[]): ColorProfile {
  const icc = dataOf(resources, resourceIds.icc);
  return icc === null || icc.length === 0 ? sRGB : { name: iccName(icc), icc };
}

function originFromPsd(read: PsdFile, bytes: Uint8Array): Origin {
  const profile = profileOf(read.resources);
  const shelf = new PixelShelf();
  const layers = read.layers.length > 0 ? read.layers : [background(read)];
  const seen = new Set<number>();
  const units = layers.map((layer, i): LayerUnit => {
    const id = layer.record.layerId;
    // Some writers give every layer the same number, or none; its place then names it.
    const isOwn = id !== null && !seen.has(id);
    if (id !== null) seen.add(id);
    return unitFromFile(isOwn ? `layer-${id}` : `place-${i + 1}`, layer, read.header, profile, shelf);
  });
  return { file: read, bytes, profile, state: { units, takes: [] } };
}

/** A PSD without layers has its picture in the merged part alone: Photoshop shows that as a Background. */
function background(file: PsdFile): StoredLayer {
  const { header } = file;
  const bounds = { x: 0, y: 0, width: header.width, height: header.height };
  return writeLayer(
    { name: 'Background', bounds, layerId: 1, role: 'layer', channels: mergedAsChannels(file), maskBounds: null, isBackground: true },
    header,
  );
}

function originFromPixels(
  pixels: Pixels | Pixels16,
  name: string,
  resources: readonly Resource[],
  provenance: PlacedTake['provenance'] | null,
): Origin {
  const alpha = hasTransparency(toEightBit(pixels));
  const header: PsdHeader = {
    large: false,
    channels: alpha ? 4 : 3,
    width: pixels.width,
    height: pixels.height,
    depth: isDeep(pixels) ? 16 : 8,
    mode: colorModes.rgb,
  };
  const { icc } = pixels.profile;
  const unit = unitFromPixels('layer-1', { name, layerId: 1, x: 0, y: 0, pixels, mask: null }, header);
  const takes = provenance === null ? [] : [{ provenance, layer: unit.ref, layerName: name, layerId: 1 }];
  const state: DocumentState = { units: [unit], takes };
  const file: PsdFile = {
    header,
    colorModeData: new Uint8Array(0),
    resources: icc === null ? resources : [...resources, resourceOf(resourceIds.icc, icc)],
    layers: [],
    mergedAlpha: alpha,
    globalMask: new Uint8Array(0),
    blocks: ['home'],
    home: 'layer-info',
    merged: new Uint8Array(0),
  };
  return { file, bytes: null, profile: pixels.profile, state };
}
