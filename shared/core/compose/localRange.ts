/** Lowest and highest value of each 3 × 3. What lies between them is what a resampling within a pixel can make of it. */
import { larger, smaller } from './extremes.ts';
import type { Plane } from './types.ts';

/** The ranges of one row. */
export interface RangeRow {
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** The same of each column of three, on the way there. */
  readonly columnLow: Float32Array;
  readonly columnHigh: Float32Array;
}

export const createRange = (width: number): RangeRow => ({
  low: new Float32Array(width),
  high: new Float32Array(width),
  columnLow: new Float32Array(width),
  columnHigh: new Float32Array(width),
});

/** Of row `y`, into `out`. */
export function rangeRow({ width, height, data }: Plane, y: number, { low, high, columnLow, columnHigh }: RangeRow): void {
  const here = y * width;
  const above = y > 0 ? here - width : here;
  const below = y < height - 1 ? here + width : here;
  for (let x = 0; x < width; x++) {
    const a = data[above + x];
    const b = data[here + x];
    const c = data[below + x];
    columnLow[x] = smaller(smaller(a, b), c);
    columnHigh[x] = larger(larger(a, b), c);
  }
  let lowLeft = columnLow[0];
  let highLeft = columnHigh[0];
  let lowHere = lowLeft;
  let highHere = highLeft;
  for (let x = 0; x < width; x++) {
    const right = x < width - 1 ? x + 1 : x;
    const lowRight = columnLow[right];
    const highRight = columnHigh[right];
    low[x] = smaller(smaller(lowLeft, lowHere), lowRight);
    high[x] = larger(larger(highLeft, highHere), highRight);
    lowLeft = lowHere;
    highLeft = highHere;
    lowHere = lowRight;
    highHere = highRight;
  }
}
