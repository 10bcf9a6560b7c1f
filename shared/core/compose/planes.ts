/**
 * Brings pictures onto the work grid: the source reduced to about the density of the answer, as planes of floats. Each work
 * pixel is the plain mean of the area that it covers, so that nothing aliases and a known position stays known. All that
 * is decided about a change is decided there; 12 MP become 1 MP in about 50 ms, and memory no longer depends on the layer.
 */
import { area, type Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import type { Mask, Pixels, Pixels16 } from '../pixels.ts';
import type { Color } from './matte.ts';
import type { Plane, Planes } from './types.ts';

/** More than this tells nothing new about where and what: an answer of 1K has 1.05 to 1.2 MP. */
const maxWorkAreaPx = 1_600_000;

/** An answer this much denser than the work grid is reduced before it is sampled. */
const densityTolerance = 1.2;

export interface WorkGrid {
  /** The source's size on the grid. */
  readonly source: Extent;
  /** The answer's size at about the grid's density; its own size when it is not denser. */
  readonly answer: Extent;
}

export function planWorkGrid(source: Extent, answer: Extent): WorkGrid {
  const answerPerSource = Math.sqrt(area(answer) / area(source));
  const scale = Math.min(1, answerPerSource, Math.sqrt(maxWorkAreaPx / area(source)));
  const density = answerPerSource / scale;
  return {
    source: scaled(source, scale),
    answer: density > densityTolerance ? scaled(answer, 1 / density) : { width: answer.width, height: answer.height },
  };
}

const scaled = (extent: Extent, by: number): Extent => ({
  width: Math.max(1, Math.round(extent.width * by)),
  height: Math.max(1, Math.round(extent.height * by)),
});

export const createPlane = ({ width, height }: Extent): Plane => ({ width, height, data: new Float32Array(width * height) });

export const createPlanes = ({ width, height }: Extent): Planes => ({
  width,
  height,
  r: new Float32Array(width * height),
  g: new Float32Array(width * height),
  b: new Float32Array(width * height),
});

/** Rec. 709 weights on the gamma-coded values: what counts here is structure, not light. */
export function lumaOf({ width, height, r, g, b }: Planes): Plane {
  const data = new Float32Array(width * height);
  for (let i = 0; i < data.length; i++) data[i] = 0.2126 * r[i] + 0.7152 * g[i] + 0.0722 * b[i];
  return { width, height, data };
}

export interface Reduced {
  /** Over the matte where the picture is transparent. */
  readonly planes: Planes;
  /** 0 to 1; null when the picture is opaque. */
  readonly alpha: Plane | null;
}

/** `pixels` as planes of `extent` (never larger than the picture). Null when the pace was aborted. */
export async function reduceToPlanes(pixels: Pixels | Pixels16, extent: Extent, matte: Color, pace: Pace): Promise<Reduced | null> {
  const planes = createPlanes(extent);
  const columns = spansOf(pixels.width, extent.width);
  const rows = spansOf(pixels.height, extent.height);
  // Opaque 8 bits are the common case, until a pixel says otherwise.
  const { data } = pixels;
  let reduceOpaque =
    data instanceof Uint8ClampedArray && data.byteOffset % 4 === 0 && isLittleEndian
      ? opaqueReducer(data, pixels.width, rows, columns, planes)
      : null;
  const reduceAny = anyReducer(pixels, rows, columns, matte, planes);
  let alpha: Float32Array | null = null;
  for (let y = 0; y < extent.height; y++) {
    if (reduceOpaque !== null && !reduceOpaque(y)) reduceOpaque = null;
    if (reduceOpaque === null) alpha = reduceAny(y, alpha);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return { planes, alpha: alpha === null ? null : { ...extent, data: alpha } };
}

const weightOf = (rows: Spans, row: number, y: number): number =>
  row === rows.first[y] ? rows.firstWeight[y] : row === rows.last[y] ? rows.lastWeight[y] : rows.weight;

/** Answers what writes work row `y`, and the alpha once there is some. */
function anyReducer(
  { data, width }: Pixels | Pixels16,
  rows: Spans,
  columns: Spans,
  matte: Color,
  planes: Planes,
): (y: number, alpha: Float32Array | null) => Float32Array | null {
  const full = data instanceof Uint16Array ? 65535 : 255;
  const toLevels = 255 / full;
  // Down first: the long loop runs straight through memory, and only the reduced rows are summed across.
  const sums = new Float32Array(width * 4);
  const means = new Float32Array(planes.width * 4);
  return (y, known) => {
    let alpha = known;
    sums.fill(0);
    for (let row = rows.first[y]; row <= rows.last[y]; row++) addPremultiplied(data, row * width * 4, weightOf(rows, row, y), full, sums);
    meansAcross(sums, columns, means);
    for (let x = 0, i = y * planes.width, from = 0; x < planes.width; x++, i++, from += 4) {
      const coverage = Math.min(1, means[from + 3] / full);
      if (coverage < 0.9999 && alpha === null) alpha = new Float32Array(planes.width * planes.height).fill(1);
      if (alpha !== null) alpha[i] = coverage;
      const missing = 1 - coverage;
      planes.r[i] = means[from] * toLevels + matte[0] * missing;
      planes.g[i] = means[from + 1] * toLevels + matte[1] * missing;
      planes.b[i] = means[from + 2] * toLevels + matte[2] * missing;
    }
    return alpha;
  };
}

/**
 * Answers what writes work row `y`, or tells that a pixel under it is not opaque. Down first, two channels at a time in one
 * integer, weights in 256ths that sum to 256, so that no channel runs over its 16 bits, and several rows at once, so that
 * sums are seldom fetched: 12 MP in a quarter of the time of floats.
 */
function opaqueReducer(data: Uint8ClampedArray, width: number, rows: Spans, columns: Spans, planes: Planes): (y: number) => boolean {
  const words = new Int32Array(data.buffer, data.byteOffset, data.length / 4);
  const redBlue = new Int32Array(width);
  const green = new Int32Array(width);
  const weights = new Int32Array(4);
  const isSameSize = width === planes.width && planes.width * planes.height === words.length;
  return (y) => {
    if (isSameSize) return splitRow(words, y * width, planes);
    let left = 256;
    const { first, last } = rows;
    for (let row = first[y]; row <= last[y]; row += 4) {
      const count = Math.min(4, last[y] - row + 1);
      for (let k = 0; k < 4; k++) {
        const isLast = row + k === last[y];
        weights[k] = k >= count ? 0 : isLast ? left : Math.min(left, Math.round(weightOf(rows, row + k, y) * 256));
        left -= weights[k];
      }
      const isOpaque =
        count < 3
          ? addTwoRows(words, row * width, (row + count - 1) * width, weights, row > first[y], redBlue, green)
          : addFourRows(words, row * width, width, count < 4, weights, row > first[y], redBlue, green);
      if (!isOpaque) return false;
    }
    packedMeans(redBlue, green, columns, planes, y * planes.width);
    return true;
  };
}

export const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** False when a pixel was not opaque. */
function splitRow(words: Int32Array, start: number, { width, r, g, b }: Planes): boolean {
  let all = -1;
  for (let i = start; i < start + width; i++) {
    const word = words[i];
    all &= word;
    r[i] = word & 0xff;
    g[i] = (word >> 8) & 0xff;
    b[i] = (word >> 16) & 0xff;
  }
  return all >>> 24 === 255;
}

/** The first two weights; of one row alone, `second` is that row again. False when a pixel was not opaque. */
function addTwoRows(
  words: Int32Array,
  first: number,
  second: number,
  weights: Int32Array,
  isMore: boolean,
  redBlue: Int32Array,
  green: Int32Array,
): boolean {
  const w0 = weights[0];
  const w1 = weights[1];
  const keep = isMore ? -1 : 0;
  let all = -1;
  for (let i = 0; i < redBlue.length; i++) {
    const p = words[first + i];
    const q = words[second + i];
    all &= p & q;
    redBlue[i] = ((redBlue[i] & keep) + Math.imul(p & 0xff00ff, w0) + Math.imul(q & 0xff00ff, w1)) | 0;
    green[i] = ((green[i] & keep) + Math.imul((p >> 8) & 0xff, w0) + Math.imul((q >> 8) & 0xff, w1)) | 0;
  }
  return all >>> 24 === 255;
}

/** Four rows, or the first three when they `areThree`. False when a pixel was not opaque. */
function addFourRows(
  words: Int32Array,
  start: number,
  width: number,
  areThree: boolean,
  weights: Int32Array,
  isMore: boolean,
  redBlue: Int32Array,
  green: Int32Array,
): boolean {
  const w0 = weights[0];
  const w1 = weights[1];
  const w2 = weights[2];
  const w3 = weights[3];
  const keep = isMore ? -1 : 0;
  const toLast = areThree ? 2 * width : 3 * width;
  let all = -1;
  for (let i = 0; i < redBlue.length; i++) {
    const at = start + i;
    const p = words[at];
    const q = words[at + width];
    const s = words[at + 2 * width];
    const t = words[at + toLast];
    all &= p & q & s & t;
    redBlue[i] =
      ((redBlue[i] & keep) +
        Math.imul(p & 0xff00ff, w0) +
        Math.imul(q & 0xff00ff, w1) +
        Math.imul(s & 0xff00ff, w2) +
        Math.imul(t & 0xff00ff, w3)) |
      0;
    green[i] =
      ((green[i] & keep) +
        Math.imul((p >> 8) & 0xff, w0) +
        Math.imul((q >> 8) & 0xff, w1) +
        Math.imul((s >> 8) & 0xff, w2) +
        Math.imul((t >> 8) & 0xff, w3)) |
      0;
  }
  return all >>> 24 === 255;
}

/** Sums of 256ths, across. */
function packedMeans(
  redBlue: Int32Array,
  green: Int32Array,
  { first, last, firstWeight, lastWeight, weight }: Spans,
  planes: Planes,
  start: number,
): void {
  const { r, g, b } = planes;
  const inner = weight / 256;
  for (let x = 0, to = start; x < first.length; x++, to++) {
    const from = first[x];
    const end = last[x];
    const w0 = firstWeight[x] / 256;
    let red = (redBlue[from] & 0xffff) * w0;
    let blue = (redBlue[from] >>> 16) * w0;
    let sum = green[from] * w0;
    if (end > from) {
      let red2 = 0;
      let blue2 = 0;
      let green2 = 0;
      for (let i = from + 1; i < end; i++) {
        red2 += redBlue[i] & 0xffff;
        blue2 += redBlue[i] >>> 16;
        green2 += green[i];
      }
      const w1 = lastWeight[x] / 256;
      red += red2 * inner + (redBlue[end] & 0xffff) * w1;
      blue += blue2 * inner + (redBlue[end] >>> 16) * w1;
      sum += green2 * inner + green[end] * w1;
    }
    r[to] = red;
    g[to] = sum;
    b[to] = blue;
  }
}

function addPremultiplied(data: Uint8ClampedArray | Uint16Array, at: number, weight: number, full: number, sums: Float32Array): void {
  for (let i = 0; i < sums.length; i += 4) {
    const alpha = data[at + i + 3] * weight;
    const share = alpha / full;
    sums[i] += data[at + i] * share;
    sums[i + 1] += data[at + i + 1] * share;
    sums[i + 2] += data[at + i + 2] * share;
    sums[i + 3] += alpha;
  }
}

function meansAcross(sums: Float32Array, { first, last, firstWeight, lastWeight, weight }: Spans, means: Float32Array): void {
  for (let x = 0, to = 0; x < first.length; x++, to += 4) {
    const start = first[x] * 4;
    const end = last[x] * 4;
    const w0 = firstWeight[x];
    let r = sums[start] * w0;
    let g = sums[start + 1] * w0;
    let b = sums[start + 2] * w0;
    let a = sums[start + 3] * w0;
    if (end > start) {
      for (let from = start + 4; from < end; from += 4) {
        r += sums[from] * weight;
        g += sums[from + 1] * weight;
        b += sums[from + 2] * weight;
        a += sums[from + 3] * weight;
      }
      const w1 = lastWeight[x];
      r += sums[end] * w1;
      g += sums[end + 1] * w1;
      b += sums[end + 2] * w1;
      a += sums[end + 3] * w1;
    }
    means[to] = r;
    means[to + 1] = g;
    means[to + 2] = b;
    means[to + 3] = a;
  }
}

interface Spans {
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** Shares of a work pixel; those of one work pixel sum to 1. */
  readonly firstWeight: Float32Array;
  readonly lastWeight: Float32Array;
  readonly weight: number;
}

/** Which input pixels each of `to` equal parts of `from` pixels covers, and by how much. */
function spansOf(from: number, to: number): Spans {
  const step = from / to;
  const first = new Int32Array(to);
  const last = new Int32Array(to);
  const firstWeight = new Float32Array(to);
  const lastWeight = new Float32Array(to);
  for (let i = 0; i < to; i++) {
    const start = i * step;
    const end = Math.min(from, (i + 1) * step);
    first[i] = Math.min(from - 1, Math.floor(start + 1e-9));
    last[i] = Math.max(first[i], Math.min(from - 1, Math.ceil(end - 1e-9) - 1));
    firstWeight[i] = last[i] === first[i] ? 1 : (first[i] + 1 - start) / step;
    lastWeight[i] = last[i] === first[i] ? 1 : (end - last[i]) / step;
  }
  return { first, last, firstWeight, lastWeight, weight: 1 / step };
}

/** `mask` (in source pixels) over a source of `source`'s size, on a work grid of `extent`: 0 to 1. Null when the pace was aborted. */
export async function reduceMask(mask: Mask, source: Extent, extent: Extent, pace: Pace): Promise<Plane | null> {
  const out = createPlane(extent);
  const { bounds } = mask;
  const stepX = source.width / extent.width;
  const stepY = source.height / extent.height;
  for (let y = 0; y < extent.height; y++) {
    const top = Math.floor(y * stepY);
    const bottom = Math.min(source.height, Math.max(top + 1, Math.ceil((y + 1) * stepY)));
    const first = Math.max(top, bounds.y);
    const end = Math.min(bottom, bounds.y + bounds.height);
    if (first < end) reduceMaskRows(mask, source.width, stepX, first, end, bottom - top, out, y);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return out;
}

function reduceMaskRows(
  { bounds, data }: Mask,
  sourceWidth: number,
  stepX: number,
  first: number,
  end: number,
  rows: number,
  out: Plane,
  y: number,
): void {
  for (let x = 0; x < out.width; x++) {
    const left = Math.floor(x * stepX);
    const right = Math.min(sourceWidth, Math.max(left + 1, Math.ceil((x + 1) * stepX)));
    const from = Math.max(left, bounds.x) - bounds.x;
    const to = Math.min(right, bounds.x + bounds.width) - bounds.x;
    let sum = 0;
    for (let v = first; v < end; v++) {
      const row = (v - bounds.y) * bounds.width;
      for (let u = from; u < to; u++) sum += data[row + u];
    }
    out.data[y * out.width + x] = sum / (255 * rows * (right - left));
  }
}
