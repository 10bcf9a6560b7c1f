/** What looks at a neighbourhood: blur, sharpen, pixelate, posterise, line art, flip. Sizes follow the picture's. */
import { createPixels, type Pixels } from '../../core/pixels.ts';
import { chroma, fromLab, type Lab, linearOf, toLab } from './oklab.ts';
import { rowsPerYield, type Work } from './pace.ts';
import { stretch } from './resample.ts';

const shortSide = (pixels: Pixels): number => Math.min(pixels.width, pixels.height);

/** One channel of floats, row-major. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Three box passes of this radius come near a Gaussian of `sigmaPx`. Source: Kovesi, "Fast almost-Gaussian filtering", 2010. */
export const boxRadius = (sigmaPx: number): number => Math.max(1, Math.round((Math.sqrt((12 * sigmaPx * sigmaPx) / 3 + 1) - 1) / 2));

/** A moving average in both directions, edge pixels repeated; `times` 3 for a near Gaussian. */
export function* boxBlur(plane: Plane, radius: number, times: number): Work<Plane> {
  const { width, height } = plane;
  let from = plane.data;
  const breath = rowsPerYield(width) * 2;
  for (let pass = 0; pass < times; pass++) {
    const across = new Float32Array(width * height);
    const norm = 1 / (2 * radius + 1);
    for (let y = 0; y < height; y++) {
      if (y % breath === 0) yield;
      const at = y * width;
      const last = at + width - 1;
      let sum = (from[at] as number) * (radius + 1);
      for (let x = 1; x <= radius; x++) sum += from[Math.min(last, at + x)] as number;
      for (let x = 0; x < width; x++) {
        across[at + x] = sum * norm;
        sum += (from[Math.min(last, at + x + radius + 1)] as number) - (from[Math.max(at, at + x - radius)] as number);
      }
    }
    const out = new Float32Array(width * height);
    const sums = new Float32Array(width);
    const add = (row: number, sign: number): void => {
      const at = Math.min(height - 1, Math.max(0, row)) * width;
      for (let x = 0; x < width; x++) (sums[x] as number) += sign * (across[at + x] as number);
    };
    for (let row = -radius; row <= radius; row++) add(row, 1);
    for (let y = 0; y < height; y++) {
      if (y % breath === 0) yield;
      const at = y * width;
      for (let x = 0; x < width; x++) out[at + x] = (sums[x] as number) * norm;
      add(y + radius + 1, 1);
      add(y - radius, -1);
    }
    from = out;
  }
  return { width, height, data: from };
}

/** Blurred in place, in sRGB levels: three planes, three passes. */
export function* gaussian(pixels: Pixels, sigmaPx: number): Work<void> {
  const { width, height, data } = pixels;
  const radius = boxRadius(sigmaPx);
  for (let c = 0; c < 3; c++) {
    const plane = new Float32Array(width * height);
    for (let i = 0; i < plane.length; i++) plane[i] = data[i * 4 + c] as number;
    const blurred = yield* boxBlur({ width, height, data: plane }, radius, 3);
    for (let i = 0; i < plane.length; i++) data[i * 4 + c] = blurred.data[i] as number;
  }
}

/** A wide blur is made on a smaller copy: what it would cost more at full size no eye could tell. */
export function* blur(pixels: Pixels, amount: number): Work<Pixels> {
  const sigmaPx = Math.max(0.8, 0.009 * amount * shortSide(pixels));
  const shrink = Math.min(8, Math.max(1, Math.floor(sigmaPx / 3)));
  if (shrink === 1) {
    yield* gaussian(pixels, sigmaPx);
    return pixels;
  }
  const small = yield* stretch(pixels, { width: Math.ceil(pixels.width / shrink), height: Math.ceil(pixels.height / shrink) });
  yield* gaussian(small, sigmaPx / shrink);
  return yield* stretch(small, pixels);
}

export function* sharpen(pixels: Pixels, amount: number): Work<void> {
  const { width, height } = pixels;
  const light = luma(pixels);
  const soft = yield* boxBlur(light, boxRadius(Math.max(0.9, shortSide(pixels) / 900)), 2);
  const { data } = pixels;
  const gain = 1.1 * amount;
  const breath = rowsPerYield(width) * 2;
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let p = y * width, end = p + width; p < end; p++) {
      const detail = (light.data[p] as number) - (soft.data[p] as number);
      // Noise (below two levels) is not worth sharpening, and hard edges would ring.
      const size = Math.abs(detail);
      const add = size < 1 ? 0 : Math.sign(detail) * Math.min((size - 1) * gain, 26 * amount);
      for (let c = 0; c < 3; c++) (data[p * 4 + c] as number) += add;
    }
  }
}

export function luma(pixels: Pixels): Plane {
  const { width, height, data } = pixels;
  const out = new Float32Array(width * height);
  for (let p = 0, i = 0; p < out.length; p++, i += 4)
    out[p] = 0.2126 * (data[i] as number) + 0.7152 * (data[i + 1] as number) + 0.0722 * (data[i + 2] as number);
  return { width, height, data: out };
}

/** Square blocks with the mean of their light; the grid is centred, so that no edge has slivers on one side only. */
export function* pixelate(pixels: Pixels, amount: number): Work<void> {
  const { width, height, data } = pixels;
  const block = Math.max(2, Math.round((shortSide(pixels) / 56) * amount));
  const left = -Math.floor((Math.ceil(width / block) * block - width) / 2);
  const top = -Math.floor((Math.ceil(height / block) * block - height) / 2);
  for (let by = top; by < height; by += block) {
    yield;
    for (let bx = left; bx < width; bx += block) {
      const x0 = Math.max(0, bx);
      const y0 = Math.max(0, by);
      const x1 = Math.min(width, bx + block);
      const y1 = Math.min(height, by + block);
      const sum = [0, 0, 0];
      for (let y = y0; y < y1; y++)
        for (let i = (y * width + x0) * 4, end = (y * width + x1) * 4; i < end; i += 4)
          for (let c = 0; c < 3; c++) (sum[c] as number) += data[i + c] as number;
      const count = (x1 - x0) * (y1 - y0);
      for (let y = y0; y < y1; y++)
        for (let i = (y * width + x0) * 4, end = (y * width + x1) * 4; i < end; i += 4)
          for (let c = 0; c < 3; c++) data[i + c] = (sum[c] as number) / count;
    }
  }
}

/** Few levels of light and of colour with clean, slightly softened borders; hues stay what they were. */
export function* posterise(pixels: Pixels, amount: number): Work<void> {
  const { width, height } = pixels;
  yield* gaussian(pixels, Math.max(0.8, shortSide(pixels) / 420));
  const levels = amount > 1.2 ? 4 : amount < 0.8 ? 8 : 6;
  const { data } = pixels;
  // A step from one level to the next over a tenth of it, for edges without stairs.
  const stepped = (v: number, steps: number): number => {
    const at = v * steps;
    const whole = Math.floor(at);
    return (whole + Math.min(1, Math.max(0, (at - whole - 0.9) / 0.1))) / steps;
  };
  const light = Float32Array.from({ length: 257 }, (_, i) => 0.03 + 0.94 * Math.min(1, stepped(i / 256, levels) + 0.5 / levels));
  const lab: Lab = [0, 0, 0];
  const rgb: [number, number, number] = [0, 0, 0];
  const breath = rowsPerYield(width);
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let i = y * width * 4, end = i + width * 4; i < end; i += 4) {
      toLab(data[i] as number, data[i + 1] as number, data[i + 2] as number, lab);
      const c = chroma(lab[1], lab[2]);
      // Chroma in steps of 0.045, the first of which is grey: near-greys do not break up into tints.
      const gain = c < 0.004 ? 0 : (stepped(c / 0.36, 8) * 0.36 * 1.2) / c;
      fromLab(light[(Math.min(1, lab[0]) * 256 + 0.5) | 0] as number, lab[1] * gain, lab[2] * gain, rgb);
      data[i] = rgb[0];
      data[i + 1] = rgb[1];
      data[i + 2] = rgb[2];
    }
  }
}

/**
 * Dark lines on white where light changes: a difference of Gaussians with a soft threshold.
 * Source: Winnemöller, Kyprianidis, Olsen, "XDoG", 2012.
 */
export function* lineArt(pixels: Pixels): Work<void> {
  const { width, height, data } = pixels;
  const sigma = Math.max(0.9, shortSide(pixels) / 560);
  const light = luma(pixels);
  const fine = yield* boxBlur(light, boxRadius(sigma), 3);
  const coarse = yield* boxBlur(light, boxRadius(sigma * 3), 3);
  const breath = rowsPerYield(width) * 2;
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let p = y * width, end = p + width; p < end; p++) {
      const around = coarse.data[p] as number;
      // Relative to the light there, so that dark parts are drawn too; 18 levels keep noise in black parts quiet.
      const edge = ((fine.data[p] as number) - around) / (around + 18);
      const line = 1 + Math.tanh(Math.min(0, edge + 0.045) * 16);
      // A hint of tone in the deep shadows gives the drawing weight.
      const tone = 1 - 0.14 * Math.max(0, 1 - around / 70);
      const v = 252 * line * tone + 18 * (1 - line);
      data[p * 4] = v;
      data[p * 4 + 1] = v;
      data[p * 4 + 2] = v;
    }
  }
}

export function* flip(pixels: Pixels, axis: 'horizontal' | 'vertical' | 'both'): Work<Pixels> {
  const { width, height } = pixels;
  const out = createPixels(width, height, pixels.profile);
  const from = new Uint32Array(pixels.data.buffer, pixels.data.byteOffset, width * height);
  const to = new Uint32Array(out.data.buffer);
  const breath = rowsPerYield(width) * 8;
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    const row = (axis === 'horizontal' ? y : height - 1 - y) * width;
    if (axis === 'vertical') to.set(from.subarray(row, row + width), y * width);
    else for (let x = 0; x < width; x++) to[y * width + x] = from[row + width - 1 - x] as number;
  }
  return out;
}

/** Mean linear light of a rectangle, 0 to 1, and how uneven it is (standard deviation of sRGB luma, levels). */
export function lightWithin(
  pixels: Pixels,
  box: { x: number; y: number; width: number; height: number },
): { mean: number; unevenness: number } {
  const x0 = Math.max(0, Math.floor(box.x));
  const y0 = Math.max(0, Math.floor(box.y));
  const x1 = Math.min(pixels.width, Math.ceil(box.x + box.width));
  const y1 = Math.min(pixels.height, Math.ceil(box.y + box.height));
  let linear = 0;
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = y0; y < y1; y += 2) {
    for (let x = x0; x < x1; x += 2) {
      const i = (y * pixels.width + x) * 4;
      const r = pixels.data[i] as number;
      const g = pixels.data[i + 1] as number;
      const b = pixels.data[i + 2] as number;
      linear += 0.2126 * (linearOf[r] as number) + 0.7152 * (linearOf[g] as number) + 0.0722 * (linearOf[b] as number);
      const l = 0.2126 * r + 0.7152 * g + 0.0722 * b;
      sum += l;
      squares += l * l;
      count++;
    }
  }
  if (count === 0) return { mean: 0.5, unevenness: 0 };
  return { mean: linear / count, unevenness: Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) };
}
