/** The mask of a change from the work grid to the source's own pixels, within the tightest bounds. */
import type { Bounds, Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { cropMask, type Mask } from '../pixels.ts';
import type { Aligned, Plane } from './types.ts';
import { type LinearTaps, linearTaps } from './upsample.ts';

/** The tightest bounds around what is above 0; of no width when nothing is. */
export function planeBounds({ data, width, height }: Plane): Bounds {
  let left = width;
  let right = -1;
  let top = -1;
  let bottom = -1;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let first = 0;
    while (first < width && data[row + first] <= 0) first++;
    if (first === width) continue;
    let last = width - 1;
    while (data[row + last] <= 0) last--;
    if (top < 0) top = y;
    bottom = y;
    left = Math.min(left, first);
    right = Math.max(right, last);
  }
  return right < 0 ? { x: 0, y: 0, width: 0, height: 0 } : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** Linear between work pixels: exactly 0 outside and 1 inside, because its four neighbours are. */
export async function enlargeMask(
  plane: Plane,
  onWork: Bounds,
  source: Extent,
  { sourcePerWork }: Aligned,
  pace: Pace,
): Promise<Mask | null> {
  const x = Math.max(0, Math.floor((onWork.x - 1) * sourcePerWork.x));
  const y = Math.max(0, Math.floor((onWork.y - 1) * sourcePerWork.y));
  const width = Math.min(source.width, Math.ceil((onWork.x + onWork.width + 1) * sourcePerWork.x)) - x;
  const height = Math.min(source.height, Math.ceil((onWork.y + onWork.height + 1) * sourcePerWork.y)) - y;
  const data = new Uint8ClampedArray(width * height);
  const columns = linearTaps(x, width, sourcePerWork.x, 0, plane.width);
  const rows = linearTaps(y, height, sourcePerWork.y, 0, plane.height);
  const line = new Float32Array(plane.width);
  const below = plane.height > 1 ? plane.width : 0;
  const beside = plane.width > 1 ? 1 : 0;
  const first = Math.max(0, onWork.x - 2);
  const end = Math.min(plane.width, onWork.x + onWork.width + 2);
  let left = width;
  let right = -1;
  let top = -1;
  let bottom = -1;
  for (let v = 0; v < height; v++) {
    const from = rows.at[v] * plane.width;
    const share = rows.share[v] * 255;
    if (mixLine(plane.data, from, from + below, share, first, end, line)) {
      const to = v * width;
      stretchLine(line, beside, columns, data.subarray(to, to + width));
      let u = 0;
      while (u < width && data[to + u] === 0) u++;
      if (u < width) {
        left = Math.min(left, u);
        u = width - 1;
        while (data[to + u] === 0) u--;
        right = Math.max(right, u);
        if (top < 0) top = v;
        bottom = v;
      }
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  const estimate: Mask = { bounds: { x, y, width, height }, data };
  if (right < 0) return { bounds: { x, y, width: 0, height: 0 }, data };
  const tight = { x: x + left, y: y + top, width: right - left + 1, height: bottom - top + 1 };
  return tight.width === width && tight.height === height ? estimate : cropMask(estimate, tight);
}

/** One row between two of the plane, 0 to 255, for columns `first` … `end - 1`. Whether anything of it is above 0. */
function mixLine(data: Float32Array, above: number, below: number, share: number, first: number, end: number, line: Float32Array): boolean {
  const rest = 255 - share;
  let sum = 0;
  for (let u = first; u < end; u++) {
    const value = data[above + u] * rest + data[below + u] * share;
    line[u] = value;
    sum += value;
  }
  return sum > 0;
}

function stretchLine(line: Float32Array, beside: number, { at, share }: LinearTaps, out: Uint8ClampedArray): void {
  for (let u = 0; u < out.length; u++) {
    const a = line[at[u]];
    out[u] = a + (line[at[u] + beside] - a) * share[u];
  }
}
