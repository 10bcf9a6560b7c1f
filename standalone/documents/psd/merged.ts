/**
 * The merged picture that ends a PSD: what viewers show that know nothing of layers. It is read whole, and written by
 * patching: rows without a change keep their packed bytes, and so do extra channels (saved selections, spot colours).
 * With transparency its colours are stored mixed with white: stored = colour · α + 255 · (1 − α).
 */

import { ByteReader, Damaged } from '../../../shared/core/bytes/byteReader.ts';
import { concat } from '../../../shared/core/bytes/byteWriter.ts';
import type { Bounds } from '../../../shared/core/geometry.ts';
import { boundsOf } from '../../../shared/core/geometry.ts';
import type { Pixels, Pixels16 } from '../../../shared/core/pixels.ts';
import { pixelsFrom } from '../../../shared/core/pixels.ts';
import { wordsOf } from '../composite.ts';
import type { PsdFile, PsdHeader } from './container.ts';
import { colorModes } from './container.ts';
import type { Depth } from './planes.ts';
import { packRows, readRowLengths, rowTable, unpackPlane, unpackRow } from './planes.ts';

/** Row `y` of plane `p` as stored is `row(p, y)`, unpacked. */
interface StoredRows {
  readonly compression: 0 | 1;
  readonly rowBytes: number;
  packed(plane: number, y: number): Uint8Array;
  unpack(plane: number, y: number): Uint8Array;
}

const depthOf = (header: PsdHeader): Depth => (header.depth === 16 ? 16 : 8);
const colorsOf = (header: PsdHeader): number => (header.mode === colorModes.grey ? 1 : 3);
const hasAlpha = (file: PsdFile): boolean => file.mergedAlpha && file.header.channels > colorsOf(file.header);

function storedRows({ header, merged }: PsdFile): StoredRows {
  const { height, width, channels } = header;
  const rowBytes = width * (header.depth / 8);
  const reader = new ByteReader(merged, 'the merged picture');
  const compression = reader.u16('its compression');
  if (compression === 2 || compression === 3) {
    // Not written by Photoshop here, but defined: all planes in one stream.
    const all = unpackPlane(merged, width, height * channels, depthOf(header), header.large);
    const row = (plane: number, y: number) => all.subarray((plane * height + y) * rowBytes, (plane * height + y + 1) * rowBytes);
    return { compression: 0, rowBytes, packed: row, unpack: row };
  }
  if (compression === 0) {
    const all = reader.take(rowBytes * height * channels, 'its pixels');
    const row = (plane: number, y: number) => all.subarray((plane * height + y) * rowBytes, (plane * height + y + 1) * rowBytes);
    return { compression, rowBytes, packed: row, unpack: row };
  }
  if (compression !== 1) throw new Damaged(`the merged picture has compression ${compression}; 0 to 3 are known`);
  const lengths = readRowLengths(reader, height * channels, header.large);
  const starts = new Float64Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) starts[i + 1] = starts[i] + lengths[i];
  const bytes = reader.take(starts[lengths.length], 'its rows');
  const packed = (plane: number, y: number) => bytes.subarray(starts[plane * height + y], starts[plane * height + y + 1]);
  const unpack = (plane: number, y: number): Uint8Array => {
    const out = new Uint8Array(rowBytes);
    unpackRow(packed(plane, y), out, 0, rowBytes);
    return out;
  };
  return { compression, rowBytes, packed, unpack };
}

/** Checks that all of it is there, without unpacking it. */
export function checkMerged(file: PsdFile): void {
  if (file.merged[0] === 0 && file.merged[1] <= 1) storedRows(file);
}

/** Straight RGBA8 in the document's profile. */
export function readMerged(file: PsdFile, profile: Pixels['profile']): Pixels {
  const { header } = file;
  const rows = storedRows(file);
  const colors = colorsOf(header);
  const alpha = hasAlpha(file);
  const data = new Uint8ClampedArray(header.width * header.height * 4);
  for (let y = 0; y < header.height; y++) {
    const start = y * header.width * 4;
    for (let c = 0; c < (alpha ? colors + 1 : colors); c++) {
      fillRow(rows.unpack(c, y), data, start + (c < colors ? c : 3), header);
    }
    if (colors === 3 && !alpha) {
      for (let x = 0, i = start + 3; x < header.width; x++, i += 4) data[i] = 255;
      continue;
    }
    for (let x = 0, i = start; x < header.width; x++, i += 4) {
      if (colors === 1) data[i + 1] = data[i + 2] = data[i];
      if (!alpha) data[i + 3] = 255;
      else if (data[i + 3] > 0 && data[i + 3] < 255) {
        const a = data[i + 3] / 255;
        for (let c = 0; c < 3; c++) data[i + c] = (data[i + c] - 255 * (1 - a)) / a;
      }
    }
  }
  return pixelsFrom(header, data, profile);
}

function fillRow(row: Uint8Array, data: Uint8ClampedArray, from: number, header: PsdHeader): void {
  if (header.depth === 8) for (let x = 0, i = from; x < header.width; x++, i += 4) data[i] = row[x];
  else for (let x = 0, i = from; x < header.width; x++, i += 4) data[i] = (((row[x * 2] << 8) | row[x * 2 + 1]) / 257 + 0.5) | 0;
}

/** The stored form of one colour of one pixel. */
const matted = (color: number, alpha: number): number => (alpha === 255 ? color : Math.round((color * alpha) / 255 + 255 - alpha));

/** The section with the pixels that differ between `before` and `after` replaced, within the rows of `dirty`. */
export function patchMerged(file: PsdFile, before: Pixels, after: Pixels, dirty: Bounds): Uint8Array {
  const { header } = file;
  const rows = storedRows(file);
  const colors = colorsOf(header);
  const alpha = hasAlpha(file);
  const beforeWords = wordsOf(before.data);
  const afterWords = wordsOf(after.data);
  const patched = (plane: number, y: number): Uint8Array => {
    const isColor = plane < colors;
    if (y < dirty.y || y >= dirty.y + dirty.height || !(isColor || (alpha && plane === colors))) return rows.packed(plane, y);
    const row = rows.unpack(plane, y).slice();
    for (let x = dirty.x, word = y * header.width + dirty.x; x < dirty.x + dirty.width; x++, word++) {
      if (beforeWords[word] === afterWords[word]) continue;
      const i = word * 4;
      const own = alpha ? after.data[i + 3] : 255;
      const value = isColor ? matted(after.data[i + plane], own) : own;
      if (header.depth === 8) row[x] = value;
      else row[x * 2] = row[x * 2 + 1] = value;
    }
    return rows.compression === 1 ? packRows(row, rows.rowBytes, 1).bytes : row;
  };
  return writeRows(header, rows.compression, patched);
}

/**
 * A merged picture made anew. `alpha` writes a fourth plane. `deep` is what was opened with 16 bits: where `pixels` still
 * show it, it is written with all of them.
 */
export function composeMerged(header: PsdHeader, pixels: Pixels, alpha: boolean, deep: Pixels16 | null = null): Uint8Array {
  const colors = colorsOf(header);
  const full: Bounds = boundsOf(header);
  return writeRows(header, 1, (plane, y) => {
    const row = new Uint8Array(full.width * (header.depth / 8));
    for (let x = 0; x < full.width; x++) {
      const i = (y * full.width + x) * 4;
      const own = alpha ? pixels.data[i + 3] : 255;
      const value = plane < colors ? matted(pixels.data[i + plane], own) : own;
      if (header.depth === 8) row[x] = value;
      else {
        const kept = deep !== null && own === 255 ? deep.data[i + (plane < colors ? plane : 3)] : value * 257;
        const sample = Math.round(kept / 257) === value ? kept : value * 257;
        row[x * 2] = sample >> 8;
        row[x * 2 + 1] = sample & 255;
      }
    }
    return packRows(row, row.length, 1).bytes;
  });
}

function writeRows(header: PsdHeader, compression: 0 | 1, row: (plane: number, y: number) => Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  const lengths = new Uint32Array(header.height * header.channels);
  for (let plane = 0; plane < header.channels; plane++) {
    for (let y = 0; y < header.height; y++) {
      const bytes = row(plane, y);
      lengths[plane * header.height + y] = bytes.length;
      parts.push(bytes);
    }
  }
  const head = Uint8Array.of(0, compression);
  return concat(compression === 1 ? [head, rowTable(lengths, header.large), ...parts] : [head, ...parts]);
}

/** The planes of a picture without layers, packed as the channels of one layer. */
export function mergedAsChannels(file: PsdFile): readonly { readonly id: number; readonly packed: Uint8Array }[] {
  const { header } = file;
  const rows = storedRows(file);
  return Array.from({ length: colorsOf(header) }, (_, plane) => {
    const parts = Array.from({ length: header.height }, (_row, y) => rows.packed(plane, y));
    const head = Uint8Array.of(0, rows.compression);
    if (rows.compression === 0) return { id: plane, packed: concat([head, ...parts]) };
    const table = rowTable(
      Uint32Array.from(parts, (part) => part.length),
      header.large,
    );
    return { id: plane, packed: concat([head, table, ...parts]) };
  });
}

/** The whole section as the other container writes it. */
export function convertMerged(file: PsdFile, toLarge: boolean): Uint8Array {
  const rows = storedRows(file);
  return writeRows({ ...file.header, large: toLarge }, rows.compression, (plane, y) => rows.packed(plane, y));
}
