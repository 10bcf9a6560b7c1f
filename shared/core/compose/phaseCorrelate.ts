/**
 * Finds shifts between two small pictures by phase correlation (Kuglin and Hines 1975): every frequency has nearly one voice,
 * so a large edit or a strong edge cannot drown the rest. 128², about 2 ms a picture; the peaks are whole pixels, which is
 * all that Lucas-Kanade needs to start from.
 */
import type { Affine, Plane } from './types.ts';

export const framePx = 128;
const frameArea = framePx * framePx;
/** Peaks closer than this are one. */
const peakApartPx = 3;

export interface Spectrum {
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/** What `plane` shows on the frame, read through `map` (frame px → plane px); 0 where it does not reach. */
export function spectrumOf({ width, height, data }: Plane, [a, , , d, e, f]: Affine): Spectrum {
  const re = new Float32Array(frameArea);
  for (let y = 0, i = 0; y < framePx; y++) {
    const v = d * (y + 0.5) + f - 0.5;
    const top = Math.floor(v);
    if (top < 0 || top > height - 2) {
      i += framePx;
      continue;
    }
    const t = v - top;
    for (let x = 0; x < framePx; x++, i++) {
      const u = a * (x + 0.5) + e - 0.5;
      const left = Math.floor(u);
      if (left < 0 || left > width - 2) continue;
      const s = u - left;
      const j = top * width + left;
      re[i] = (data[j] * (1 - s) + data[j + 1] * s) * (1 - t) + (data[j + width] * (1 - s) + data[j + width + 1] * s) * t;
    }
  }
  const im = new Float32Array(frameArea);
  transformRows(re, im, 1);
  transpose(re);
  transpose(im);
  transformRows(re, im, 1);
  return { re, im };
}

export interface Shift {
  readonly x: number;
  readonly y: number;
}

/** The shifts of `moved` against `still` that fit best, best first: moved(p + shift) ≈ still(p). */
export function bestShifts(still: Spectrum, moved: Spectrum, count: number): Shift[] {
  const re = new Float32Array(frameArea);
  const im = new Float32Array(frameArea);
  for (let i = 0; i < frameArea; i++) {
    const x = still.re[i] * moved.re[i] + still.im[i] * moved.im[i];
    const y = still.re[i] * moved.im[i] - still.im[i] * moved.re[i];
    const power = x * x + y * y;
    if (power < 1e-12) continue;
    const weight = lowPass[i] / power ** 0.4;
    re[i] = x * weight;
    im[i] = y * weight;
  }
  transformRows(re, im, -1);
  transpose(re);
  transpose(im);
  transformRows(re, im, -1);
  const shifts: Shift[] = [];
  for (let n = 0; n < count; n++) {
    let best = 0;
    for (let i = 1; i < frameArea; i++) if (re[i] > re[best]) best = i;
    const x = best % framePx;
    const y = (best - x) / framePx;
    shifts.push({ x: x < framePx / 2 ? x : x - framePx, y: y < framePx / 2 ? y : y - framePx });
    for (let dy = -peakApartPx; dy <= peakApartPx; dy++)
      for (let dx = -peakApartPx; dx <= peakApartPx; dx++)
        re[((y + dy + framePx) % framePx) * framePx + ((x + dx + framePx) % framePx)] = Number.NEGATIVE_INFINITY;
  }
  return shifts;
}

/** Fine detail is re-drawn by the model and blurred by a zoom that is a little off: it says little about the shift. */
const lowPass = ((): Float32Array => {
  const out = new Float32Array(frameArea);
  for (let y = 0, i = 0; y < framePx; y++)
    for (let x = 0; x < framePx; x++, i++) {
      const u = Math.min(x, framePx - x) / framePx;
      const v = Math.min(y, framePx - y) / framePx;
      out[i] = Math.exp(-(u * u + v * v) / (2 * 0.16 * 0.16));
    }
  return out;
})();

const cosines = Float32Array.from({ length: framePx / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / framePx));
const sines = Float32Array.from({ length: framePx / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / framePx));
const bits = Math.log2(framePx);
const reversed = Int32Array.from({ length: framePx }, (_, i) => {
  let out = 0;
  for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) out |= 1 << (bits - 1 - bit);
  return out;
});

/** Cooley and Tukey's transform of every row in place; `direction` -1 is the inverse, unscaled. */
function transformRows(re: Float32Array, im: Float32Array, direction: 1 | -1): void {
  for (let start = 0; start < frameArea; start += framePx) {
    for (let i = 0; i < framePx; i++) {
      const j = reversed[i];
      if (j <= i) continue;
      const p = re[start + i];
      re[start + i] = re[start + j];
      re[start + j] = p;
      const q = im[start + i];
      im[start + i] = im[start + j];
      im[start + j] = q;
    }
    for (let half = 1; half < framePx; half *= 2) {
      const stride = framePx / (2 * half);
      for (let k = 0; k < half; k++) {
        const wr = cosines[k * stride];
        const wi = -direction * sines[k * stride];
        for (let i = start + k; i < start + framePx; i += 2 * half) {
          const j = i + half;
          const x = re[j] * wr - im[j] * wi;
          const y = re[j] * wi + im[j] * wr;
          re[j] = re[i] - x;
          im[j] = im[i] - y;
          re[i] += x;
          im[i] += y;
        }
      }
    }
  }
}

function transpose(data: Float32Array): void {
  for (let y = 0; y < framePx; y++)
    for (let x = y + 1; x < framePx; x++) {
      const i = y * framePx + x;
      const j = x * framePx + y;
      const held = data[i];
      data[i] = data[j];
      data[j] = held;
    }
}
