/** Premultiplied RGBA in floats from 0 to 255, a window of the picture that is drawn: exact there and back for 8-bit colours. */

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Surface extends Area {
  readonly data: Float32Array;
}

export const surface = ({ x, y, width, height }: Area): Surface => ({ x, y, width, height, data: new Float32Array(width * height * 4) });

export function commonArea(one: Area, other: Area): Area {
  const x = Math.max(one.x, other.x);
  const y = Math.max(one.y, other.y);
  return {
    x,
    y,
    width: Math.max(0, Math.min(one.x + one.width, other.x + other.width) - x),
    height: Math.max(0, Math.min(one.y + one.height, other.y + other.height) - y),
  };
}

export const offsetIn = (to: Surface, x: number, y: number): number => ((y - to.y) * to.width + (x - to.x)) * 4;

type Blend = (below: number, above: number) => number;

/** Separable modes on values from 0 to 1; what is not here is drawn as NORMAL. */
const blends: Readonly<Record<string, Blend>> = {
  MULTIPLY: (b, a) => b * a,
  SCREEN: (b, a) => b + a - b * a,
  DARKEN: Math.min,
  LIGHTEN: Math.max,
  LINEAR_DODGE: (b, a) => Math.min(1, b + a),
  LINEAR_BURN: (b, a) => Math.max(0, b + a - 1),
  DIFFERENCE: (b, a) => Math.abs(b - a),
  EXCLUSION: (b, a) => b + a - 2 * b * a,
  OVERLAY: (b, a) => (b <= 0.5 ? 2 * b * a : 1 - 2 * (1 - b) * (1 - a)),
  HARD_LIGHT: (b, a) => (a <= 0.5 ? 2 * b * a : 1 - 2 * (1 - b) * (1 - a)),
};

/** Lays a premultiplied colour over one pixel. */
export function over(to: Surface, at: number, r: number, g: number, b: number, a: number, mode: string): void {
  const { data } = to;
  const rest = 1 - a / 255;
  const blend = mode === 'NORMAL' ? undefined : blends[mode];
  if (data[at + 3] === 0) {
    data[at] = r;
    data[at + 1] = g;
    data[at + 2] = b;
    data[at + 3] = a;
    return;
  }
  if (blend === undefined || a === 0) {
    data[at] = r + data[at] * rest;
    data[at + 1] = g + data[at + 1] * rest;
    data[at + 2] = b + data[at + 2] * rest;
  } else {
    const below = data[at + 3];
    const above = [r, g, b];
    for (let c = 0; c < 3; c++) {
      const mixed = blend(data[at + c] / below, above[c] / a) * ((a * below) / 255);
      data[at + c] = above[c] * (1 - below / 255) + data[at + c] * rest + mixed;
    }
  }
  data[at + 3] = a + data[at + 3] * rest;
}

export function layOver(to: Surface, from: Surface, opacity: number, mode: string): void {
  const area = commonArea(to, from);
  for (let y = area.y; y < area.y + area.height; y++) {
    let at = offsetIn(to, area.x, y);
    let source = offsetIn(from, area.x, y);
    for (let i = 0; i < area.width; i++, at += 4, source += 4) {
      const { data } = from;
      if (data[source + 3] === 0) continue;
      over(to, at, data[source] * opacity, data[source + 1] * opacity, data[source + 2] * opacity, data[source + 3] * opacity, mode);
    }
  }
}

/** Keeps of a surface what a mask has: by its alpha, or by its light times alpha. */
export function keepWithin(what: Surface, mask: Surface, byLight: boolean): void {
  for (let y = what.y; y < what.y + what.height; y++) {
    for (let x = what.x; x < what.x + what.width; x++) {
      const isInside = x >= mask.x && y >= mask.y && x < mask.x + mask.width && y < mask.y + mask.height;
      const m = isInside ? offsetIn(mask, x, y) : -1;
      const { data } = mask;
      const share = m < 0 ? 0 : byLight ? (0.2126 * data[m] + 0.7152 * data[m + 1] + 0.0722 * data[m + 2]) / 255 : data[m + 3] / 255;
      const at = offsetIn(what, x, y);
      for (let c = 0; c < 4; c++) what.data[at + c] *= share;
    }
  }
}

/** Three passes of a box come close to the Gaussian that Figma draws. */
export function blurred(from: Surface, radius: number): Surface {
  let now = from;
  const half = Math.max(0, Math.round(radius / 3));
  if (half === 0) return from;
  for (let pass = 0; pass < 3; pass++) now = boxPass(boxPass(now, half, 1, 0), half, 0, 1);
  return now;
}

function boxPass(from: Surface, half: number, dx: number, dy: number): Surface {
  const to = surface(from);
  const [length, lines] = dx === 1 ? [from.width, from.height] : [from.height, from.width];
  const step = (dx + dy * from.width) * 4;
  const across = (dx === 1 ? from.width : 1) * 4;
  for (let line = 0; line < lines; line++) {
    for (let c = 0; c < 4; c++) {
      const start = line * across + c;
      let sum = 0;
      for (let i = -half; i < length; i++) {
        if (i + half < length) sum += from.data[start + (i + half) * step];
        if (i - half - 1 >= 0) sum -= from.data[start + (i - half - 1) * step];
        if (i >= 0) to.data[start + i * step] = Math.max(0, sum / (2 * half + 1));
      }
    }
  }
  return to;
}

/** Straight RGBA, as a file holds it. */
export function toRgba({ data, width, height }: Surface): Uint8ClampedArray {
  const out = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < out.length; i += 4) {
    const alpha = data[i + 3];
    if (alpha <= 0) continue;
    for (let c = 0; c < 3; c++) out[i + c] = (data[i + c] * 255) / alpha;
    out[i + 3] = alpha;
  }
  return out;
}
