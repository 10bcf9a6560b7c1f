import { type Bounds, intersection } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { createPixels, cropMask, cropPixels, isDeep, type Mask, type Pixels, type Pixels16 } from '../pixels.ts';

/**
 * `over` on `under`, both of one size and profile, in normal mode on straight alpha (Porter and Duff 1984). Where `over`
 * is transparent, `under` stays as it is to the bit.
 */
export function layPixelsOver(under: Pixels, over: Pixels): Pixels {
  const out = createPixels(under.width, under.height, under.profile);
  out.data.set(under.data);
  for (let i = 0; i < out.data.length; i += 4) {
    const top = over.data[i + 3];
    if (top === 0) continue;
    if (top === 255) {
      for (let c = 0; c < 4; c++) out.data[i + c] = over.data[i + c];
      continue;
    }
    const rest = (under.data[i + 3] * (255 - top)) / 255;
    const alpha = top + rest;
    for (let c = 0; c < 3; c++) out.data[i + c] = (over.data[i + c] * top + under.data[i + c] * rest) / alpha;
    out.data[i + 3] = alpha;
  }
  return out;
}

/** What shows so many times as much, at most all. */
export function withAlphaTimes(pixels: Pixels, times: number): Pixels {
  if (times === 1) return pixels;
  const data = pixels.data.slice();
  for (let i = 3; i < data.length; i += 4) data[i] *= times;
  return { ...pixels, data };
}

/** Pixels of one depth, where they lie, and how far they show; null for all of them. */
export interface Masked<P extends Pixels | Pixels16> {
  readonly pixels: P;
  readonly bounds: Bounds;
  readonly mask: Mask | null;
}

/** `over` on `under`, which lies at `within`: what `layPixelsOver` makes of it, row by row, at 8 bits. Null when aborted. */
export async function layMaskedOver(under: Pixels, within: Bounds, over: Masked<Pixels | Pixels16>, pace: Pace): Promise<Pixels | null> {
  const out = createPixels(under.width, under.height, under.profile);
  const common = intersection(within, over.bounds);
  const row = new Uint8ClampedArray(common.width * 4);
  const coverage = new Uint8ClampedArray(common.width).fill(255);
  for (let y = 0; y < under.height; y++) {
    const start = y * under.width * 4;
    out.data.set(under.data.subarray(start, start + under.width * 4), start);
    const line = within.y + y;
    if (line >= common.y && line < common.y + common.height) {
      readRow(over, line, common, row, coverage);
      layRowOver(row, coverage, out.data, start + (common.x - within.x) * 4);
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return out;
}

/** The part of one line (a document's y) that `common` spans. */
function readRow(
  { pixels, bounds, mask }: Masked<Pixels | Pixels16>,
  y: number,
  common: Bounds,
  row: Uint8ClampedArray,
  coverage: Uint8ClampedArray,
): void {
  const from = ((y - bounds.y) * bounds.width + common.x - bounds.x) * 4;
  if (isDeep(pixels)) for (let i = 0; i < row.length; i++) row[i] = pixels.data[from + i] / 257;
  else row.set(pixels.data.subarray(from, from + row.length));
  if (mask === null) return;
  const { x, width, y: top, height } = mask.bounds;
  coverage.fill(0);
  if (y < top || y >= top + height) return;
  const left = Math.max(common.x, x);
  const right = Math.min(common.x + common.width, x + width);
  const start = (y - top) * width - x;
  if (left < right) coverage.set(mask.data.subarray(start + left, start + right), left - common.x);
}

function layRowOver(row: Uint8ClampedArray, coverage: Uint8ClampedArray, out: Uint8ClampedArray, start: number): void {
  for (let n = 0, k = 0, i = start; n < coverage.length; n++, k += 4, i += 4) {
    const top = Math.round((row[k + 3] * coverage[n]) / 255);
    if (top === 0) continue;
    if (top === 255) {
      out[i] = row[k];
      out[i + 1] = row[k + 1];
      out[i + 2] = row[k + 2];
      out[i + 3] = 255;
      continue;
    }
    const rest = (out[i + 3] * (255 - top)) / 255;
    const alpha = top + rest;
    out[i] = (row[k] * top + out[i] * rest) / alpha;
    out[i + 1] = (row[k + 1] * top + out[i + 1] * rest) / alpha;
    out[i + 2] = (row[k + 2] * top + out[i + 2] * rest) / alpha;
    out[i + 3] = alpha;
  }
}

/** Pixels of `after` that differ from `before` where `mask` is 0 or does not reach; both lie at `within`. Null when aborted. */
export async function countChangedOutside(before: Pixels, after: Pixels, within: Bounds, mask: Mask, pace: Pace): Promise<number | null> {
  const { x, y: top, width, height } = mask.bounds;
  const row = new Uint8ClampedArray(within.width);
  const left = Math.max(within.x, x);
  const right = Math.min(within.x + within.width, x + width);
  let count = 0;
  for (let y = 0; y < within.height; y++) {
    const line = within.y + y;
    row.fill(0);
    if (line >= top && line < top + height && left < right) {
      const start = (line - top) * width - x;
      row.set(mask.data.subarray(start + left, start + right), left - within.x);
    }
    count += changedInRow(before.data, after.data, y * within.width * 4, row);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return count;
}

function changedInRow(before: Uint8ClampedArray, after: Uint8ClampedArray, start: number, coverage: Uint8ClampedArray): number {
  let count = 0;
  for (let n = 0, i = start; n < coverage.length; n++, i += 4) {
    const isSame =
      before[i] === after[i] && before[i + 1] === after[i + 1] && before[i + 2] === after[i + 2] && before[i + 3] === after[i + 3];
    if (!isSame && coverage[n] === 0) count++;
  }
  return count;
}

/** `pixels` at `bounds` as they show within `within`: their alpha times their mask, and no colour where that is 0. */
export function maskedWithin<P extends Pixels | Pixels16>(within: Bounds, { pixels, bounds, mask }: Masked<P>): P {
  const out = cropPixels(pixels, bounds, within);
  const coverage = mask === null ? null : cropMask(mask, within).data;
  const { data } = out;
  for (let i = 0, k = 0; k < data.length; i++, k += 4) {
    if (coverage !== null) data[k + 3] = Math.round((data[k + 3] * coverage[i]) / 255);
    if (data[k + 3] === 0) data[k] = data[k + 1] = data[k + 2] = 0;
  }
  return out;
}
