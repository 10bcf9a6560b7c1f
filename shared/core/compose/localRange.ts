/** Lowest and highest value of each 3 × 3. What lies between them is what a resampling within a pixel can make of it. */

import type { Pace } from '../pace.ts';
import type { Plane } from './types.ts';

export interface LocalRange {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** Null when aborted. */
export async function localRange({ width, height, data }: Plane, pace: Pace): Promise<LocalRange | null> {
  const low = new Float32Array(width * height);
  const high = new Float32Array(width * height);
  const columnLow = new Float32Array(width);
  const columnHigh = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    const here = y * width;
    const above = y > 0 ? here - width : here;
    const below = y < height - 1 ? here + width : here;
    for (let x = 0; x < width; x++) {
      const a = data[above + x];
      const b = data[here + x];
      const c = data[below + x];
      const least = a < b ? a : b;
      const most = a < b ? b : a;
      columnLow[x] = c < least ? c : least;
      columnHigh[x] = c > most ? c : most;
    }
    for (let x = 0; x < width; x++) {
      const left = x > 0 ? x - 1 : 0;
      const right = x < width - 1 ? x + 1 : x;
      let least = columnLow[left];
      if (columnLow[x] < least) least = columnLow[x];
      low[here + x] = columnLow[right] < least ? columnLow[right] : least;
      let most = columnHigh[left];
      if (columnHigh[x] > most) most = columnHigh[x];
      high[here + x] = columnHigh[right] > most ? columnHigh[right] : most;
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return { low, high };
}
