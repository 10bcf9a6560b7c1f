/**
 * sRGB bytes to OKLab and back, by tables, for loops over every pixel.
 * Source: Björn Ottosson, "A perceptual color space for image processing", 2020; constants of its 2021-01-25 revision.
 */

/** Linear light 0 to 1 of an sRGB byte. */
export const linearOf: Float32Array = Float32Array.from({ length: 256 }, (_, byte) => {
  const v = byte / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});

// 8192 steps: where the curve is steepest (12.92 × 255 levels per unit) a step is 0.4 of a level.
const steps = 8192;
const byteTable = Float32Array.from({ length: steps + 1 }, (_, i) => {
  const v = i / steps;
  return 255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);
});

/** sRGB level 0 to 255 of linear light; clamps. */
export const levelOf = (linear: number): number =>
  linear <= 0 ? 0 : linear >= 1 ? 255 : (byteTable[(linear * steps + 0.5) | 0] as number);

// Cube root by a guess in the float's bits and one step of Halley's method: relative error below 2e-5, three times as
// fast as Math.cbrt. Source of the guess: Kahan, "Computing a real cube root", 1991.
const asFloat = new Float32Array(1);
const asBits = new Int32Array(asFloat.buffer);
function cubeRoot(x: number): number {
  if (x <= 0) return 0;
  asFloat[0] = x;
  asBits[0] = ((asBits[0] as number) / 3 + 709_921_077) | 0;
  const guess = asFloat[0] as number;
  const cube = guess * guess * guess;
  return (guess * (cube + x + x)) / (cube + cube + x);
}

export type Lab = [l: number, a: number, b: number];

/** Writes OKLab of an sRGB triple into `out`: L 0 to 1, a and b about ±0.4. */
export function toLab(r: number, g: number, b: number, out: Lab): void {
  const lr = linearOf[r] as number;
  const lg = linearOf[g] as number;
  const lb = linearOf[b] as number;
  const l = cubeRoot(0.4122214708 * lr + 0.5363325363 * lg + 0.0514459929 * lb);
  const m = cubeRoot(0.2119034982 * lr + 0.6806995451 * lg + 0.1073969566 * lb);
  const s = cubeRoot(0.0883024619 * lr + 0.2817188376 * lg + 0.6299787005 * lb);
  out[0] = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
  out[1] = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  out[2] = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
}

/**
 * Writes the sRGB levels (0 to 255, not rounded) of an OKLab colour into `out`. A colour that sRGB lacks moves towards
 * the grey of its own lightness until it fits, so that light and shade stay.
 */
export function fromLab(lightness: number, a: number, b: number, out: [number, number, number]): void {
  const l = lightness + 0.3963377774 * a + 0.2158037573 * b;
  const m = lightness - 0.1055613458 * a - 0.0638541728 * b;
  const s = lightness - 0.0894841775 * a - 1.291485548 * b;
  const l3 = l * l * l;
  const m3 = m * m * m;
  const s3 = s * s * s;
  let r = 4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3;
  let g = -1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3;
  let bl = -0.0041960863 * l3 - 0.7034186147 * m3 + 1.707614701 * s3;
  const low = Math.min(r, g, bl);
  const high = Math.max(r, g, bl);
  if (low < 0 || high > 1) {
    const grey = Math.min(1, Math.max(0, lightness * lightness * lightness));
    let keep = 1;
    if (low < 0) keep = Math.min(keep, grey / (grey - low));
    if (high > 1) keep = Math.min(keep, (1 - grey) / (high - grey));
    r = grey + (r - grey) * keep;
    g = grey + (g - grey) * keep;
    bl = grey + (bl - grey) * keep;
  }
  out[0] = levelOf(r);
  out[1] = levelOf(g);
  out[2] = levelOf(bl);
}

export const chroma = (a: number, b: number): number => Math.sqrt(a * a + b * b);

/** Degrees, 0 to 360. */
export function hueDegrees(a: number, b: number): number {
  const h = (Math.atan2(b, a) * 180) / Math.PI;
  return h < 0 ? h + 360 : h;
}

/** From `from` to `to` the short way, -180 to 180 degrees. */
export function hueDifference(from: number, to: number): number {
  const d = (to - from) % 360;
  return d > 180 ? d - 360 : d < -180 ? d + 360 : d;
}

export function smoothstep(from: number, to: number, v: number): number {
  const t = Math.min(1, Math.max(0, (v - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
