/**
 * How sure a fitted map is. Its six numbers' covariance, clustered by block because neighbouring points err alike (Huber
 * 1967; Liang and Zeger 1986), carried to places of the picture: some hundredths of a pixel on a photograph, tenths where
 * smooth gradients fit nearly anywhere. And what consensus falls by a few pixels aside: by most of itself, but not along
 * stripes. On some 140 synthetic cases one of the two told every fit that was more than 2 px off, and refused none of four real pairs.
 */
import type { Extent } from '../geometry.ts';
import { isStopped, type Pace } from '../pace.ts';
import { createSampled, look, type Points, type Sampled, thinnedOut } from './lucasKanade.ts';
import type { Affine, Plane } from './types.ts';

/** Photographs: 0.003 to 0.03, real answers to 0.05, gradients that were laid wrongly 0.11 and more. */
const mostDeviationPx = 0.1;
/** Photographs and drawings 0.66 to 1, stripes laid rightly 0.18, wrongly up to 0.03. */
const leastDrop = 0.1;
/** A deviation alone may be the noise of an answer whose parts moved: those still fall by 0.83 and more. */
const plainDrop = 0.8;
const asidePx = 4;

/** Whether the picture fixes the map in every direction; `map` from source to answer px at the finest level. Null when aborted. */
export async function isCertain(points: Points, answer: Plane, map: Affine, extent: Extent, pace: Pace): Promise<boolean | null> {
  const sampled = createSampled(points);
  look(points, answer, map, null, sampled);
  if (await isStopped(pace)) return null;
  const deviationPx = deviationOf(points, sampled, map, extent);
  if (await isStopped(pace)) return null;
  // A quarter of the points tells a large drop from a small one.
  const drop = await dropAside(thinnedOut(points, 4), answer, map, pace);
  return drop === null ? null : drop >= leastDrop && (deviationPx <= mostDeviationPx || drop >= plainDrop);
}

/**
 * How far beyond its own spread a shear has to be: chi-squared of two numbers, of which one in a thousand passes 13.8, times
 * 4.4, by which blocks along one line err alike (answers that were not sheared reached 38, those turned by a third of a degree and more 500,000).
 */
const leastShear = 60;

/**
 * Whether the picture asks for the map's shear or rotation (Wald's test with the same covariance): two numbers that it does
 * not tell cost more by their error than they give (Torr 1998). Null when aborted.
 */
export async function isSheared(points: Points, answer: Plane, map: Affine, extent: Extent, pace: Pace): Promise<boolean | null> {
  const sampled = createSampled(points);
  look(points, answer, map, null, sampled);
  if (await isStopped(pace)) return null;
  const covariance = covarianceOf(points, sampled, map, extent);
  if (await isStopped(pace)) return null;
  if (covariance === null) return false;
  const unit = extent.width / 2;
  const [across, down] = [map[2] * unit, map[1] * unit];
  const [p, q, r] = [covariance[4 * size + 4], covariance[4 * size + 5], covariance[5 * size + 5]];
  return r * across * across - 2 * q * across * down + p * down * down > leastShear * (p * r - q * q);
}

/** The share of its consensus that the map loses a little aside, in the direction in which it loses least. */
async function dropAside(points: Points, answer: Plane, map: Affine, pace: Pace): Promise<number | null> {
  const [a, b, c, d, e, f] = map;
  const sampled = createSampled(points);
  look(points, answer, map, null, sampled);
  const here = sampled.consensus;
  const slant = asidePx * Math.SQRT1_2;
  let kept = 0;
  for (const [x, y] of [
    [asidePx, 0],
    [0, asidePx],
    [slant, slant],
    [slant, -slant],
  ]) {
    for (const side of [1, -1]) {
      look(points, answer, [a, b, c, d, e + side * x, f + side * y], null, sampled);
      kept = Math.max(kept, sampled.consensus);
    }
    if (await isStopped(pace)) return null;
  }
  return 1 - kept / here;
}

const size = 6;

/** The standard deviation of where the map leads, px of the answer: the median of nine places of the source. */
function deviationOf(points: Points, sampled: Sampled, map: Affine, extent: Extent): number {
  const covariance = covarianceOf(points, sampled, map, extent);
  if (covariance === null) return Number.POSITIVE_INFINITY;
  const places = [-0.8, 0, 0.8].flatMap((u) => [-0.8, 0, 0.8].map((v) => deviationAt(covariance, u, (v * extent.height) / extent.width)));
  return places.sort((p, q) => p - q)[places.length >> 1];
}

/** Of scale and shift of x, of y, and the two shears, px of the answer at half the source's width from its middle. Null when the points fix nothing. */
function covarianceOf(points: Points, sampled: Sampled, map: Affine, extent: Extent): Float64Array | null {
  const { h, pulls } = equations(points, sampled, map, extent);
  const inverse = inverted(h);
  if (inverse === null) return null;
  const spread = new Float64Array(size * size);
  for (let n = 0; n < points.blocks; n++)
    for (let p = 0; p < size; p++) for (let q = 0; q < size; q++) spread[p * size + q] += pulls[n * size + p] * pulls[n * size + q];
  return product(product(inverse, spread), inverse);
}

/** The normal equations, and each block’s pull on the six: scale and shift of x, of y, and the two shears. */
function equations(
  { count, x, y, gradientX, gradientY, block, blocks }: Points,
  { residual, weight }: Sampled,
  [a, b, c, d]: Affine,
  { width, height }: Extent,
): { readonly h: Float64Array; readonly pulls: Float64Array } {
  const determinant = a * d - b * c;
  const unit = width / 2;
  const h = new Float64Array(size * size);
  const pulls = new Float64Array(blocks * size);
  const j = new Float64Array(size);
  for (let i = 0; i < count; i++) {
    const w = weight[i];
    if (!(w > 0)) continue;
    const gx = (d * gradientX[i] - b * gradientY[i]) / determinant;
    const gy = (a * gradientY[i] - c * gradientX[i]) / determinant;
    const u = (x[i] - unit) / unit;
    const v = (y[i] - height / 2) / unit;
    j[0] = gx * u;
    j[1] = gx;
    j[2] = gy * v;
    j[3] = gy;
    j[4] = gx * v;
    j[5] = gy * u;
    for (let p = 0; p < size; p++) {
      const wj = w * j[p];
      pulls[block[i] * size + p] += wj * residual[i];
      for (let q = 0; q < size; q++) h[p * size + q] += wj * j[q];
    }
  }
  for (let p = 0; p < size; p++) h[p * (size + 1)] += 1e-9;
  return { h, pulls };
}

/** At (u, v), in half widths from the middle. */
function deviationAt(covariance: Float64Array, u: number, v: number): number {
  const across = [u, 1, 0, 0, v, 0];
  const down = [0, 0, v, 1, 0, u];
  let sum = 0;
  for (let p = 0; p < size; p++)
    for (let q = 0; q < size; q++) sum += covariance[p * size + q] * (across[p] * across[q] + down[p] * down[q]);
  return Math.sqrt(Math.max(0, sum));
}

function product(one: Float64Array, two: Float64Array): Float64Array {
  const out = new Float64Array(size * size);
  for (let p = 0; p < size; p++)
    for (let q = 0; q < size; q++) for (let k = 0; k < size; k++) out[p * size + q] += one[p * size + k] * two[k * size + q];
  return out;
}

/** Gauss and Jordan; null when the points fix nothing. */
function inverted(h: Float64Array): Float64Array | null {
  const m = h.slice();
  const out = new Float64Array(size * size);
  for (let p = 0; p < size; p++) out[p * (size + 1)] = 1;
  for (let p = 0; p < size; p++) {
    const pivot = m[p * (size + 1)];
    if (!(pivot > 1e-12)) return null;
    for (let k = 0; k < size; k++) {
      m[p * size + k] /= pivot;
      out[p * size + k] /= pivot;
    }
    for (let q = 0; q < size; q++) {
      const factor = q === p ? 0 : m[q * size + p];
      if (factor === 0) continue;
      for (let k = 0; k < size; k++) {
        m[q * size + k] -= factor * m[p * size + k];
        out[q * size + k] -= factor * out[p * size + k];
      }
    }
  }
  return out;
}
