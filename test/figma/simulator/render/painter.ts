/** The colour of a paint at a point of the node's own plane. */
import type { SimImagePaint, SimPaint } from '../paints.ts';

/** Straight RGBA of 8 bits. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Writes a premultiplied colour, 0 to 255, for a point in the node's units. */
export type Painter = (x: number, y: number, out: Float64Array) => void;

type Size = { readonly width: number; readonly height: number };

export function painterOf(paint: SimPaint, node: Size, picture: Pixels | null): Painter | null {
  const opacity = paint.opacity ?? 1;
  if (paint.type === 'SOLID') {
    const { r, g, b } = paint.color;
    // 0.9 in 32 bits is a little less than 229.5.
    const [R, G, B] = [r, g, b].map((value) => Math.round(value * 255 + 1e-4) * opacity);
    return (_x, _y, out) => {
      out[0] = R;
      out[1] = G;
      out[2] = B;
      out[3] = 255 * opacity;
    };
  }
  if (paint.type === 'IMAGE') return picture === null ? checkers(opacity) : imagePainter(paint, node, picture, opacity);
  if ('gradientStops' in paint) return gradientPainter(paint, node, opacity);
  return null;
}

/** Figma draws a chequerboard where the picture is missing. */
const checkers =
  (opacity: number): Painter =>
  (x, y, out) => {
    const light = (Math.floor(x / 8) + Math.floor(y / 8)) % 2 === 0 ? 255 : 229;
    out[0] = out[1] = out[2] = light * opacity;
    out[3] = 255 * opacity;
  };

/** Units of the node to pixels of the picture: x' = ax + cy + e, y' = bx + dy + f. */
function toPicture(paint: SimImagePaint, node: Size, picture: Size): readonly [number, number, number, number, number, number] {
  const { width: w, height: h } = node;
  const { width: pw, height: ph } = picture;
  if (paint.scaleMode === 'CROP') {
    const [[a, c, e], [b, d, f]] = paint.imageTransform ?? [
      [1, 0, 0],
      [0, 1, 0],
    ];
    return [(a * pw) / w, (b * ph) / w, (c * pw) / h, (d * ph) / h, e * pw, f * ph];
  }
  const quarter = ((Math.round((paint.rotation ?? 0) / 90) % 4) + 4) % 4;
  const [tw, th] = quarter % 2 === 0 ? [pw, ph] : [ph, pw];
  const scale =
    paint.scaleMode === 'TILE'
      ? (paint.scalingFactor ?? 1)
      : paint.scaleMode === 'FIT'
        ? Math.min(w / tw, h / th)
        : Math.max(w / tw, h / th);
  const [left, top] = paint.scaleMode === 'TILE' ? [0, 0] : [(w - tw * scale) / 2, (h - th * scale) / 2];
  const k = 1 / scale;
  // In the turned picture first, then turned back.
  const [u, v] = [-left * k, -top * k];
  if (quarter === 0) return [k, 0, 0, k, u, v];
  if (quarter === 1) return [0, -k, k, 0, v, ph - u];
  if (quarter === 2) return [-k, 0, 0, -k, pw - u, ph - v];
  return [0, k, -k, 0, pw - v, u];
}

function imagePainter(paint: SimImagePaint, node: Size, picture: Pixels, opacity: number): Painter {
  const { width, height, data } = picture;
  const [a, b, c, d, e, f] = toPicture(paint, node, picture);
  const isTiled = paint.scaleMode === 'TILE';
  const adjust = adjuster(paint.filters ?? {});
  const fetch = (x: number, y: number, share: number, out: Float64Array): void => {
    const px = isTiled ? wrap(x, width) : Math.min(width - 1, Math.max(0, x));
    const py = isTiled ? wrap(y, height) : Math.min(height - 1, Math.max(0, y));
    const at = (py * width + px) * 4;
    const alpha = data[at + 3];
    out[0] += ((data[at] * alpha) / 255) * share;
    out[1] += ((data[at + 1] * alpha) / 255) * share;
    out[2] += ((data[at + 2] * alpha) / 255) * share;
    out[3] += alpha * share;
  };
  return (x, y, out) => {
    const [u, v] = [a * x + c * y + e, b * x + d * y + f];
    out.fill(0);
    if (!isTiled && (u < 0 || v < 0 || u > width || v > height)) return;
    const [x0, fx] = split(u - 0.5);
    const [y0, fy] = split(v - 0.5);
    fetch(x0, y0, (1 - fx) * (1 - fy), out);
    if (fx > 0) fetch(x0 + 1, y0, fx * (1 - fy), out);
    if (fy > 0) fetch(x0, y0 + 1, (1 - fx) * fy, out);
    if (fx > 0 && fy > 0) fetch(x0 + 1, y0 + 1, fx * fy, out);
    if (adjust !== null) adjust(out);
    for (let i = 0; i < 4; i++) out[i] *= opacity;
  };
}

const wrap = (value: number, length: number): number => ((value % length) + length) % length;

/** Pixel and part of the way to the next; a hair beside a pixel's middle is its middle. */
function split(value: number): [number, number] {
  const near = Math.round(value);
  if (Math.abs(value - near) < 1e-4) return [near, 0];
  const below = Math.floor(value);
  return [below, value - below];
}

/** Near to Figma's sliders, which are not documented; null when all stand at nought. */
function adjuster(filters: Readonly<Record<string, number>>): ((premultiplied: Float64Array) => void) | null {
  const { exposure = 0, contrast = 0, saturation = 0, temperature = 0, tint = 0, highlights = 0, shadows = 0 } = filters;
  if ([exposure, contrast, saturation, temperature, tint, highlights, shadows].every((value) => value === 0)) return null;
  return (out) => {
    const alpha = out[3];
    if (alpha === 0) return;
    const colour = [out[0], out[1], out[2]].map((value) => (value / alpha) * 2 ** exposure);
    const light = 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2];
    const shift = [temperature * 0.1, tint * 0.1, -temperature * 0.1];
    colour.forEach((value, i) => {
      let next = light + (value - light) * (1 + saturation) + shift[i];
      next = (next - 0.5) * (1 + contrast) + 0.5;
      next += highlights * 0.25 * light + shadows * 0.25 * (1 - light);
      out[i] = Math.min(1, Math.max(0, next)) * alpha;
    });
  };
}

function gradientPainter(paint: SimPaint & { readonly gradientStops: readonly GradientStop[] }, node: Size, opacity: number): Painter {
  const { gradientTransform, gradientStops, type } = paint as unknown as Gradient;
  const [[a, c, e], [b, d, f]] = gradientTransform;
  const stops = [...gradientStops].sort((one, other) => one.position - other.position);
  return (x, y, out) => {
    const [nx, ny] = [x / node.width, y / node.height];
    const [u, v] = [a * nx + c * ny + e, b * nx + d * ny + f];
    const t = Math.min(1, Math.max(0, along(type, u, v)));
    const after = stops.findIndex((stop) => stop.position >= t);
    const to = stops[after < 0 ? stops.length - 1 : after];
    const from = stops[after <= 0 ? (after < 0 ? stops.length - 1 : 0) : after - 1];
    const share = to.position === from.position ? 0 : (t - from.position) / (to.position - from.position);
    const mix = (name: 'r' | 'g' | 'b' | 'a'): number => from.color[name] + (to.color[name] - from.color[name]) * share;
    const alpha = mix('a') * opacity;
    out[0] = mix('r') * 255 * alpha;
    out[1] = mix('g') * 255 * alpha;
    out[2] = mix('b') * 255 * alpha;
    out[3] = 255 * alpha;
  };
}

function along(type: string, u: number, v: number): number {
  const [x, y] = [2 * (u - 0.5), 2 * (v - 0.5)];
  if (type === 'GRADIENT_RADIAL') return Math.hypot(x, y);
  if (type === 'GRADIENT_DIAMOND') return Math.abs(x) + Math.abs(y);
  if (type === 'GRADIENT_ANGULAR') return (Math.atan2(y, x) / (2 * Math.PI) + 1) % 1;
  return u;
}

interface GradientStop {
  readonly position: number;
  readonly color: { readonly r: number; readonly g: number; readonly b: number; readonly a: number };
}

interface Gradient {
  readonly type: string;
  readonly gradientTransform: readonly (readonly number[])[];
  readonly gradientStops: readonly GradientStop[];
}
