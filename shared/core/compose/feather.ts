/**
 * Softens the edge of a hard region *inwards*, so that what lies outside it stays bit-identical. A region that is soft
 * already (a painted mask with greys) is the user's own edge and stays as it is.
 */
import { type Bounds, boundsOf } from '../geometry.ts';
import type { Mask } from '../pixels.ts';

/** Share of the region's shorter side, within limits, px. */
export function featherPxFor(region: Bounds): number {
  return Math.max(1, Math.min(24, Math.round(Math.min(region.width, region.height) * 0.04)));
}

export function isSoft(mask: Mask): boolean {
  for (const value of mask.data) if (value !== 0 && value !== 255) return true;
  return false;
}

/** Chamfer distances to the nearest uncovered pixel, in thirds of a pixel (Borgefors 1986: 3 across, 4 diagonal). */
function insideDistance(mask: Mask): Int32Array {
  const { width, height } = boundsOf(mask.bounds);
  const far = 3 * (width + height);
  const d = new Int32Array(width * height);
  for (let i = 0; i < d.length; i++) d[i] = mask.data[i] === 0 ? 0 : far;
  // What lies beyond the mask's own bounds counts as covered: a layer's border is not an edge to fade.
  const at = (x: number, y: number) => (x < 0 || y < 0 || x >= width || y >= height ? far : d[y * width + x]);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (d[i] !== 0) d[i] = Math.min(d[i], at(x - 1, y) + 3, at(x, y - 1) + 3, at(x - 1, y - 1) + 4, at(x + 1, y - 1) + 4);
    }
  for (let y = height - 1; y >= 0; y--)
    for (let x = width - 1; x >= 0; x--) {
      const i = y * width + x;
      if (d[i] !== 0) d[i] = Math.min(d[i], at(x + 1, y) + 3, at(x, y + 1) + 3, at(x + 1, y + 1) + 4, at(x - 1, y + 1) + 4);
    }
  return d;
}

/** `mask` faded over `featherPx` from its edge inwards; never more coverage than before. */
export function featherInwards(mask: Mask, featherPx: number): Mask {
  if (featherPx <= 0 || isSoft(mask)) return mask;
  const distance = insideDistance(mask);
  const data = new Uint8ClampedArray(mask.data.length);
  for (let i = 0; i < data.length; i++) {
    const t = Math.min(1, distance[i] / 3 / (featherPx + 1));
    data[i] = mask.data[i] * t * t * (3 - 2 * t);
  }
  return { bounds: mask.bounds, data };
}
