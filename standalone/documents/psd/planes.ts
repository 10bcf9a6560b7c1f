/**
 * One channel of pixels, packed and unpacked: raw, PackBits rows, or zip, at 8 or 16 bits. Output sizes are fixed by
 * the record, never by the packed bytes, so nothing in a file can make this allocate more than its header says.
 * ag-psd is not used for this: it swaps the bytes of 16-bit channels inside the caller's file, and inflates without a limit.
 */
import { unzlibSync, zlibSync } from 'fflate';
import { ByteReader, Damaged } from '../../../shared/core/bytes/byteReader.ts';
import { ByteWriter, concat } from '../../../shared/core/bytes/byteWriter.ts';

export type Depth = 8 | 16;

/** Big-endian samples, `width * height * depth / 8` bytes. `packed` begins with its compression number. */
export function unpackPlane(packed: Uint8Array, width: number, height: number, depth: Depth, large: boolean): Uint8Array {
  const rowBytes = width * (depth / 8);
  const byteCount = rowBytes * height;
  if (byteCount === 0) return new Uint8Array(0);
  const reader = new ByteReader(packed, 'a channel');
  const compression = reader.u16('its compression');
  switch (compression) {
    case 0:
      return reader.take(byteCount, 'its pixels');
    case 1: {
      const lengths = readRowLengths(reader, height, large);
      const out = new Uint8Array(byteCount);
      for (let y = 0; y < height; y++) unpackRow(reader.take(lengths[y], 'its rows'), out, y * rowBytes, rowBytes);
      return out;
    }
    case 2:
    case 3: {
      const out = inflate(reader.rest(), byteCount);
      if (compression === 3) undoPrediction(out, width, height, depth);
      return out;
    }
    default:
      throw new Damaged(`a channel has compression ${compression}; 0 to 3 are known`);
  }
}

export function readRowLengths(reader: ByteReader, rows: number, large: boolean): Uint32Array {
  const lengths = new Uint32Array(rows);
  const table = new ByteReader(reader.take(rows * (large ? 4 : 2), 'its row table'), 'a row table');
  for (let y = 0; y < rows; y++) lengths[y] = large ? table.u32('a row') : table.u16('a row');
  return lengths;
}

/** PackBits: n ≥ 0 copies n + 1 bytes, n < 0 repeats one byte 1 − n times, −128 does nothing. Short rows stay 0. */
export function unpackRow(packed: Uint8Array, out: Uint8Array, from: number, rowBytes: number): void {
  let at = 0;
  let to = from;
  const end = from + rowBytes;
  while (at < packed.length && to < end) {
    const n = packed[at++];
    if (n < 128) {
      const count = Math.min(n + 1, end - to, packed.length - at);
      for (let i = 0; i < count; i++) out[to++] = packed[at++];
      if (count === 0) break;
    } else if (n > 128) {
      const count = Math.min(257 - n, end - to);
      const value = packed[at++];
      for (let i = 0; i < count; i++) out[to++] = value;
    }
  }
}

/** Packs one row behind `at` of `out` and answers where it ends. Needs room for `rowBytes + rowBytes / 128 + 2`. */
function packRow(row: Uint8Array, from: number, rowBytes: number, out: Uint8Array, at: number): number {
  const end = from + rowBytes;
  let i = from;
  let to = at;
  while (i < end) {
    const value = row[i];
    let run = i + 1;
    while (run < end && row[run] === value && run - i < 128) run++;
    if (run - i >= 3 || (run - i === 2 && run === end)) {
      out[to++] = 257 - (run - i);
      out[to++] = value;
      i = run;
      continue;
    }
    // A literal ends where three equal bytes begin: a run of two would save nothing.
    let stop = i + 1;
    while (stop < end && stop - i < 128 && !(stop + 2 < end && row[stop] === row[stop + 1] && row[stop] === row[stop + 2])) stop++;
    out[to++] = stop - i - 1;
    for (; i < stop; i++) out[to++] = row[i];
  }
  return to;
}

export interface PackedRows {
  readonly lengths: Uint32Array;
  readonly bytes: Uint8Array;
}

export function packRows(plane: Uint8Array, rowBytes: number, rows: number): PackedRows {
  const lengths = new Uint32Array(rows);
  const out = new Uint8Array(rows * (rowBytes + Math.ceil(rowBytes / 128) + 2));
  let at = 0;
  for (let y = 0; y < rows; y++) {
    const end = packRow(plane, y * rowBytes, rowBytes, out, at);
    lengths[y] = end - at;
    at = end;
  }
  return { lengths, bytes: out.subarray(0, at) };
}

export function rowTable(lengths: Uint32Array, large: boolean): Uint8Array {
  const size = large ? 4 : 2;
  const out = new Uint8Array(lengths.length * size);
  const view = new DataView(out.buffer);
  for (let y = 0; y < lengths.length; y++) large ? view.setUint32(y * 4, lengths[y]) : view.setUint16(y * 2, lengths[y]);
  return out;
}

/** PackBits at 8 bits; zip with prediction at 16, as Photoshop writes them. `plane` is not changed. */
export function packPlane(plane: Uint8Array, width: number, height: number, depth: Depth, large: boolean): Uint8Array {
  if (width === 0 || height === 0) return new ByteWriter().u16(0).join();
  if (depth === 8) {
    const { lengths, bytes } = packRows(plane, width, height);
    return new ByteWriter().u16(1).bytes(rowTable(lengths, large)).bytes(bytes).join();
  }
  const predicted = plane.slice();
  for (let y = 0; y < height; y++) {
    for (let x = width - 1; x > 0; x--) {
      const i = (y * width + x) * 2;
      const difference = ((predicted[i] << 8) | predicted[i + 1]) - ((predicted[i - 2] << 8) | predicted[i - 1]);
      predicted[i] = (difference >> 8) & 255;
      predicted[i + 1] = difference & 255;
    }
  }
  return concat([Uint8Array.of(0, 3), zlibSync(predicted, { level: 3 })]);
}

/** PackBits row tables take 2 bytes a row in a PSD and 4 in a PSB; other channels are the same in both. */
export function convertPlane(packed: Uint8Array, height: number, fromLarge: boolean, toLarge: boolean): Uint8Array {
  if (fromLarge === toLarge || packed.length < 2 || packed[0] !== 0 || packed[1] !== 1) return packed;
  const reader = new ByteReader(packed, 'a channel');
  reader.at = 2;
  const lengths = readRowLengths(reader, height, fromLarge);
  return concat([packed.subarray(0, 2), rowTable(lengths, toLarge), reader.rest()]);
}

function inflate(packed: Uint8Array, byteCount: number): Uint8Array {
  try {
    const out = unzlibSync(packed, { out: new Uint8Array(byteCount) });
    if (out.length === byteCount) return out;
    throw new Damaged(`a zipped channel holds ${out.length} bytes instead of ${byteCount}`);
  } catch (cause) {
    if (cause instanceof Damaged) throw cause;
    throw new Damaged(`a zipped channel cannot be unpacked (${cause instanceof Error ? cause.message : String(cause)})`);
  }
}

function undoPrediction(bytes: Uint8Array, width: number, height: number, depth: Depth): void {
  if (depth === 8) {
    for (let y = 0; y < height; y++) for (let i = y * width + 1; i < (y + 1) * width; i++) bytes[i] = (bytes[i] + bytes[i - 1]) & 255;
    return;
  }
  for (let y = 0; y < height; y++) {
    for (let x = 1; x < width; x++) {
      const i = (y * width + x) * 2;
      const value = ((bytes[i] << 8) | bytes[i + 1]) + ((bytes[i - 2] << 8) | bytes[i - 1]);
      bytes[i] = (value >> 8) & 255;
      bytes[i + 1] = value & 255;
    }
  }
}
