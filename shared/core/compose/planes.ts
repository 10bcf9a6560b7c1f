/**
 * Brings pictures onto the work grid: the source reduced to about the density of the answer, as planes of floats. Each work
 * pixel is the plain mean of the area that it covers, so that nothing aliases and a known position stays known. All that
 * is decided about a change is decided there; 12 MP become 1 MP in about 0.1 s, and memory no longer depends on the layer.
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
  const alpha = new Float32Array(extent.width * extent.height);
  const full = pixels.data instanceof Uint16Array ? 65535 : 255;
  const columns = spansOf(pixels.width, extent.width);
  const rows = spansOf(pixels.height, extent.height);
  const line = new Float32Array(extent.width * 4);
  const sums = new Float32Array(extent.width * 4);
  const toLevels = 255 / full;
  let isOpaque = true;
  for (let y = 0; y < extent.height; y++) {
    sums.fill(0);
    for (let row = rows.first[y]; row <= rows.last[y]; row++) {
      const weight = row === rows.first[y] ? rows.firstWeight[y] : row === rows.last[y] ? rows.lastWeight[y] : rows.weight;
      const opaque =
        pixels.data instanceof Uint16Array
          ? averageRow16(pixels.data, row * pixels.width * 4, columns, line)
          : averageRow8(pixels.data, row * pixels.width * 4, columns, line);
      if (!opaque) isOpaque = false;
      for (let i = 0; i < sums.length; i++) sums[i] += line[i] * weight;
    }
    // The means are premultiplied by alpha (0 to full): what is missing shows the matte.
    for (let x = 0, i = y * extent.width, from = 0; x < extent.width; x++, i++, from += 4) {
      const coverage = sums[from + 3] / full;
      const missing = isOpaque ? 0 : Math.max(0, 1 - coverage);
      planes.r[i] = sums[from] * toLevels + matte[0] * missing;
      planes.g[i] = sums[from + 1] * toLevels + matte[1] * missing;
      planes.b[i] = sums[from + 2] * toLevels + matte[2] * missing;
      alpha[i] = coverage;
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return { planes, alpha: isOpaque ? null : { ...extent, data: alpha } };
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

/** One row's means, premultiplied; answers whether every pixel was opaque. */
function averageRow8(data: Uint8ClampedArray, at: number, columns: Spans, line: Float32Array): boolean {
  const { first, last, firstWeight, lastWeight, weight } = columns;
  let opaque = true;
  for (let x = 0, to = 0; x < first.length; x++, to += 4) {
    let r = 0;
    let g = 0;
    let b = 0;
    let a = 0;
    const end = last[x];
    for (let column = first[x], from = at + column * 4; column <= end; column++, from += 4) {
      const w = column === first[x] ? firstWeight[x] : column === end ? lastWeight[x] : weight;
      const alpha = data[from + 3];
      if (alpha === 255) {
        r += data[from] * w;
        g += data[from + 1] * w;
        b += data[from + 2] * w;
        a += 255 * w;
      } else {
        opaque = false;
        const share = (alpha * w) / 255;
        r += data[from] * share;
        g += data[from + 1] * share;
        b += data[from + 2] * share;
        a += alpha * w;
      }
    }
    line[to] = r;
    line[to + 1] = g;
    line[to + 2] = b;
    line[to + 3] = a;
  }
  return opaque;
}

function averageRow16(data: Uint16Array, at: number, columns: Spans, line: Float32Array): boolean {
  const { first, last, firstWeight, lastWeight, weight } = columns;
  let opaque = true;
  for (let x = 0, to = 0; x < first.length; x++, to += 4) {
    let r = 0;
    let g = 0;
    let b = 0;
    let a = 0;
    const end = last[x];
    for (let column = first[x], from = at + column * 4; column <= end; column++, from += 4) {
      const w = column === first[x] ? firstWeight[x] : column === end ? lastWeight[x] : weight;
      const alpha = data[from + 3];
      if (alpha !== 65535) opaque = false;
      const share = (alpha * w) / 65535;
      r += data[from] * share;
      g += data[from + 1] * share;
      b += data[from + 2] * share;
      a += alpha * w;
    }
    line[to] = r;
    line[to + 1] = g;
    line[to + 2] = b;
    line[to + 3] = a;
  }
  return opaque;
}

/** `mask` (in source pixels) over a source of `source`'s size, on a work grid of `extent`: 0 to 1. */
export function reduceMask(mask: Mask, source: Extent, extent: Extent): Plane {
  const out = createPlane(extent);
  const { bounds } = mask;
  const stepX = source.width / extent.width;
  const stepY = source.height / extent.height;
  for (let y = 0; y < extent.height; y++) {
    const top = Math.floor(y * stepY);
    const bottom = Math.min(source.height, Math.max(top + 1, Math.ceil((y + 1) * stepY)));
    for (let x = 0; x < extent.width; x++) {
      const left = Math.floor(x * stepX);
      const right = Math.min(source.width, Math.max(left + 1, Math.ceil((x + 1) * stepX)));
      let sum = 0;
      for (let v = Math.max(top, bounds.y); v < Math.min(bottom, bounds.y + bounds.height); v++) {
        const row = (v - bounds.y) * bounds.width - bounds.x;
        for (let u = Math.max(left, bounds.x); u < Math.min(right, bounds.x + bounds.width); u++) sum += mask.data[row + u];
      }
      out.data[y * extent.width + x] = sum / (255 * (bottom - top) * (right - left));
    }
  }
  return out;
}
