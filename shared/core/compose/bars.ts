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
    return n;
  };
  const mostRows = Math.floor(height * mostShare);
  const mostColumns = Math.floor(width * mostShare);
  const top = reach(mostRows, (n) => isBar(n * width, width, 1));
  const bottom = reach(mostRows, (n) => isBar((height - 1 - n) * width, width, 1));
  const left = reach(mostColumns, (n) => isBar(n, height, width));
  const right = reach(mostColumns, (n) => isBar(width - 1 - n, height, width));
  const off = (extent: Extent): number => Math.abs(Math.log(extent.width / extent.height / (source.width / source.height)));
  // As they were found; or as thick as the thinner of the two, where the picture itself is as dark beside the other one.
  const [nearest] = [
    between(answer, [top, bottom, mostRows], [left, right, mostColumns]),
    between(answer, evened(top, bottom, mostRows), evened(left, right, mostColumns)),
  ].sort((p, q) => off(p) - off(q));
  return off(nearest) < off(answer) - 0.02 ? nearest : boundsOf(answer);
}

type Pair = readonly [before: number, after: number, most: number];

const evened = (before: number, after: number, most: number): Pair => [Math.min(before, after), Math.min(before, after), most];

/** Bars come in pairs, above and below or left and right; what never ends is none. */
function between({ width, height }: Extent, rows: Pair, columns: Pair): Bounds {
  const isPair = ([before, after, most]: Pair): boolean => before > 0 && after > 0 && before < most && after < most;
  const upright = isPair(rows) ? { y: rows[0] + softPx, height: height - rows[0] - rows[1] - 2 * softPx } : { y: 0, height };
  const across = isPair(columns) ? { x: columns[0] + softPx, width: width - columns[0] - columns[1] - 2 * softPx } : { x: 0, width };
  return { ...across, ...upright };
}
