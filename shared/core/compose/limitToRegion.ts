/** The user's region has the last word: whatever was found, nothing changes outside it, to the pixel. */
import { intersection, isEmpty } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { coveredBounds, cropMask, type Mask } from '../pixels.ts';
import { featherInwards, featherPxFor } from './feather.ts';
import type { Delta } from './types.ts';

/** `delta` within `region` (source pixels), faded towards the region's edge; its bounds are empty when nothing is left. Null when aborted. */
export async function limitToRegion(delta: Delta, region: Mask, pace: Pace): Promise<Delta | null> {
  const covered = coveredBounds(region);
  const bounds = intersection(delta.bounds, covered);
  if (isEmpty(bounds)) return { ...delta, bounds };
  const faded = await featherInwards(region, featherPxFor(covered), pace);
  if (faded === null) return null;
  const limit = cropMask(faded, bounds);
  const mask = cropMask(delta.mask, bounds);
  for (let y = 0, i = 0; y < bounds.height; y++) {
    for (const end = i + bounds.width; i < end; i++) mask.data[i] = Math.round((mask.data[i] * limit.data[i]) / 255);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  const left = coveredBounds(mask);
  if (isEmpty(left)) return { ...delta, bounds: left };
  const tight = cropMask(mask, left);
  const { pixels } = delta;
  const data = pixels.data instanceof Uint16Array ? new Uint16Array(tight.data.length * 4) : new Uint8ClampedArray(tight.data.length * 4);
  for (let y = 0; y < left.height; y++) {
    const from = ((left.y - delta.bounds.y + y) * delta.bounds.width + (left.x - delta.bounds.x)) * 4;
    for (let x = 0; x < left.width; x++) {
      const to = (y * left.width + x) * 4;
      if (tight.data[to >> 2] === 0) continue;
      for (let channel = 0; channel < 4; channel++) data[to + channel] = pixels.data[from + x * 4 + channel];
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  const extent = { width: left.width, height: left.height, profile: pixels.profile };
  return {
    bounds: left,
    mask: tight,
    pixels: data instanceof Uint16Array ? { ...extent, data } : { ...extent, data },
  };
}
