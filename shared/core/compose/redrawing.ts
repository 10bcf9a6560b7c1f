/**
 * How far the model re-draws what it was not asked to change: its noise, and the part of the fine texture that it makes anew
 * or softens. Measured where nothing changed, so that as much of it can be told from the change itself.
 */
import type { Bounds } from '../geometry.ts';
import type { Plane, Planes } from './types.ts';

const blockPx = 12;
const mostBlocks = 1500;
const leastBlocks = 24;
/** Where too little is unchanged to measure by: a channel's deviation in levels. */
const mostUntold = 2.5;

/** Power of answer − source, levels² summed over the channels, in a block of 12 × 12 less its mean. */
export interface Redrawing {
  readonly floor: number;
  /** More of it for each level² of fine detail (see `detailAt`). */
  readonly perDetail: number;
}

/** `difference` is answer − source over `area`; `mask` and `covered` lie on the work grid. */
export function measureRedrawing(source: Planes, difference: Planes, mask: Plane, covered: Plane, area: Bounds, noise: number): Redrawing {
  const usual = 3 * Math.max(1.2, Math.min(mostUntold, noise)) ** 2;
  const blocks: { readonly power: number; readonly detail: number }[] = [];
  const spacing = Math.max(blockPx, Math.sqrt((area.width * area.height) / mostBlocks));
  for (let v = 1; v + blockPx + 1 < area.height; v += spacing) {
    for (let u = 1; u + blockPx + 1 < area.width; u += spacing) {
      const block = measureBlock(source, difference, mask, covered, area, Math.floor(u), Math.floor(v));
      if (block !== null) blocks.push(block);
    }
  }
  if (blocks.length < leastBlocks) return { floor: usual, perDetail: 0.3 };
  blocks.sort((a, b) => a.detail - b.detail);
  const third = Math.floor(blocks.length / 3);
  const quiet = middleOf(blocks.slice(0, third));
  const busy = middleOf(blocks.slice(-third));
  const slope = (busy.power - quiet.power) / Math.max(1, busy.detail - quiet.detail);
  const perDetail = Math.max(0, Math.min(2, slope));
  return { floor: Math.max(1, quiet.power - perDetail * quiet.detail), perDetail };
}

function middleOf(blocks: readonly { readonly power: number; readonly detail: number }[]): {
  readonly power: number;
  readonly detail: number;
} {
  const middle = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1];
  return { power: middle(blocks.map(({ power }) => power)), detail: middle(blocks.map(({ detail }) => detail)) };
}

function measureBlock(
  source: Planes,
  difference: Planes,
  mask: Plane,
  covered: Plane,
  area: Bounds,
  left: number,
  top: number,
): { readonly power: number; readonly detail: number } | null {
  const sums = [0, 0, 0];
  let squares = 0;
  let detail = 0;
  for (let y = top; y < top + blockPx; y++) {
    const k = (area.y + y) * mask.width + area.x;
    const i = y * area.width;
    for (let x = left; x < left + blockPx; x++) {
      if (mask.data[k + x] > 0 || covered.data[k + x] < 1) return null;
      const r = difference.r[i + x];
      const g = difference.g[i + x];
      const b = difference.b[i + x];
      sums[0] += r;
      sums[1] += g;
      sums[2] += b;
      squares += r * r + g * g + b * b;
      detail += detailAt(source, k + x);
    }
  }
  const count = blockPx * blockPx;
  const means = (sums[0] ** 2 + sums[1] ** 2 + sums[2] ** 2) / count;
  return { power: (squares - means) / count, detail: detail / count };
}

/** Fine detail of a work pixel that is not on the border: green against its four neighbours, levels². */
export function detailAt({ g, width }: Planes, at: number): number {
  const d = g[at] - 0.25 * (g[at - 1] + g[at + 1] + g[at - width] + g[at + width]);
  return d * d;
}
