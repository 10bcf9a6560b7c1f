/**
 * Letterbox bars: a model that keeps to its own ratio may fit the picture between bars of black or white. They are no part
 * of the answer, though they may lie where the source goes on.
 */
import { type Bounds, boundsOf, type Extent } from '../geometry.ts';
import type { Plane } from './types.ts';

/** How far a bar's pixels may lie from black or white, levels: JPEG leaves a trace. */
const tolerance = 10;
/** Most of a side that bars take, each. */
const mostShare = 0.3;
/** The edge between bar and picture is as soft as this. */
const softPx = 2;

/** The part of `answer` between bars; all of it when that would not bring its ratio nearer to the source's. */
export function withinBars(answer: Plane, source: Extent): Bounds {
  const { width, height, data } = answer;
  const isBar = (start: number, count: number, stride: number): boolean => {
    const level = data[start] < 128 ? 0 : 255;
    for (let n = 0; n < count; n++) if (Math.abs(data[start + n * stride] - level) > tolerance) return false;
    return true;
  };
  const reach = (most: number, at: (n: number) => boolean): number => {
    let n = 0;
    while (n < most && at(n)) n++;
    return n === 0 || n === most ? 0 : n + softPx;
  };
  const mostRows = Math.floor(height * mostShare);
  const mostColumns = Math.floor(width * mostShare);
  const top = reach(mostRows, (n) => isBar(n * width, width, 1));
  const bottom = reach(mostRows, (n) => isBar((height - 1 - n) * width, width, 1));
  const left = reach(mostColumns, (n) => isBar(n, height, width));
  const right = reach(mostColumns, (n) => isBar(width - 1 - n, height, width));
  // Bars come in pairs, above and below or left and right.
  const upright = top > 0 && bottom > 0 ? { y: top, height: height - top - bottom } : { y: 0, height };
  const across = left > 0 && right > 0 ? { x: left, width: width - left - right } : { x: 0, width };
  const within = { ...across, ...upright };
  const off = (extent: Extent): number => Math.abs(Math.log(extent.width / extent.height / (source.width / source.height)));
  return off(within) < off(answer) - 0.02 ? within : boundsOf(answer);
}
