/**
 * Softens the edge of a hard region *inwards*, so that what lies outside it stays bit-identical. A region that is soft
 * already (a painted mask with greys) is the user's own edge and stays as it is.
 */
import type { Bounds } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import type { Mask } from '../pixels.ts';

/** Share of the region's shorter side, within limits, px. */
export function featherPxFor(region: Bounds): number {
  return Math.max(1, Math.min(24, Math.round(Math.min(region.width, region.height) * 0.04)));
}

export function isSoft(mask: Mask): boolean {
  for (const value of mask.data) if (value !== 0 && value !== 255) return true;
  return false;
}

/** Farther in than this nothing fades: the widest feather, in thirds of a pixel, and more. */
const farthest = 255;

/**
 * Chamfer distances to the nearest uncovered pixel, in thirds of a pixel, 255 at most (Borgefors 1986: 3 across, 4 diagonal).
 * Null when aborted.
 */
async function insideDistance({ bounds: { width, height }, data }: Mask, pace: Pace): Promise<Uint8Array | null> {
  const out = new Uint8Array(width * height);
  // What lies beyond the mask's own bounds counts as covered: a layer's border is not an edge to fade.
  const beyond = new Uint8Array(width).fill(farthest);
  const rowAt = (y: number): Uint8Array => (y < 0 || y >= height ? beyond : out.subarray(y * width, (y + 1) * width));
  for (let i = 0; i < out.length; i++) out[i] = data[i] === 0 ? 0 : farthest;
  for (let n = 0; n < 2 * height; n++) {
    if (n < height) nearerFrom(rowAt(n), rowAt(n - 1), 1);
    else nearerFrom(rowAt(2 * height - 1 - n), rowAt(2 * height - n), -1);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return out;
}

/** Takes over what is nearer by way of the row beside it, and of the pixel before in the direction of `step`. */
function nearerFrom(row: Uint8Array, beside: Uint8Array, step: 1 | -1): void {
  const last = row.length - 1;
  let before = farthest;
  for (let x = step > 0 ? 0 : last; x >= 0 && x <= last; x += step) {
    let least = row[x];
    if (least !== 0) {
      if (before + 3 < least) least = before + 3;
      if (beside[x] + 3 < least) least = beside[x] + 3;
      if (x > 0 && beside[x - 1] + 4 < least) least = beside[x - 1] + 4;
      if (x < last && beside[x + 1] + 4 < least) least = beside[x + 1] + 4;
      row[x] = least;
    }
    before = least;
  }
}

/** `mask` faded over `featherPx` (up to 24) from its edge inwards; never more coverage than before. Null when aborted. */
export async function featherInwards(mask: Mask, featherPx: number, pace: Pace): Promise<Mask | null> {
  if (featherPx <= 0 || isSoft(mask)) return mask;
  const distance = await insideDistance(mask, pace);
  if (distance === null) return null;
  const faded = Float64Array.from({ length: farthest + 1 }, (_, thirds) => {
    const t = Math.min(1, thirds / 3 / (featherPx + 1));
    return t * t * (3 - 2 * t);
  });
  const { width, height } = mask.bounds;
  const data = new Uint8ClampedArray(mask.data.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (const end = i + width; i < end; i++) data[i] = mask.data[i] * faded[distance[i]];
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return { bounds: mask.bounds, data };
}
