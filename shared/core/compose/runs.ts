/**
 * Connected parts of a mask by runs (Rosenfeld and Pfaltz 1966): rows are cut into runs of equal value, touching runs are
 * joined, and everything after that costs as many steps as there are runs, not pixels.
 */
import type { Extent } from '../geometry.ts';

export interface Runs {
  readonly count: number;
  /** First pixel of each run, and the one after its last, as indices into the mask. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Which connected part a run belongs to: the index of one of its runs. */
  readonly part: Int32Array;
}

/** The runs of `value`; with `diagonal`, corners that touch connect too. */
export function runsOf(mask: Uint8Array, { width, height }: Extent, value: number, diagonal: boolean): Runs {
  let room = 1024;
  let start = new Int32Array(room);
  let end = new Int32Array(room);
  let part = new Int32Array(room);
  let count = 0;
  const rootOf = (run: number): number => {
    let root = run;
    while (part[root] !== root) root = part[root];
    for (let at = run; part[at] !== root; ) {
      const next = part[at];
      part[at] = root;
      at = next;
    }
    return root;
  };
  const reach = diagonal ? 1 : 0;
  let above = 0;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const firstOfRow = count;
    for (let x = 0; x < width; x++) {
      if (mask[row + x] !== value) continue;
      const from = x;
      while (x < width && mask[row + x] === value) x++;
      if (count === room) {
        room *= 2;
        start = grown(start, room);
        end = grown(end, room);
        part = grown(part, room);
      }
      start[count] = row + from;
      end[count] = row + x;
      part[count] = count;
      // Runs of the row above that end before this one begins cannot touch a later one either.
      while (above < firstOfRow && end[above] + width <= row + from - reach) above++;
      for (let k = above; k < firstOfRow && start[k] + width < row + x + reach; k++) {
        const p = rootOf(k);
        const q = rootOf(count);
        if (p < q) part[q] = p;
        else part[p] = q;
      }
      count++;
    }
    above = firstOfRow;
  }
  for (let run = 0; run < count; run++) part[run] = rootOf(run);
  return { count, start, end, part };
}

/** For each part, at the index of its run, the sum of what `of` says of each of its runs. */
export function sumsOf({ count, start, end, part }: Runs, of: (start: number, end: number) => number): Float64Array {
  const sums = new Float64Array(count);
  for (let run = 0; run < count; run++) sums[part[run]] += of(start[run], end[run]);
  return sums;
}

export const lengthOf = (start: number, end: number): number => end - start;

function grown(from: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const out = new Int32Array(length);
  out.set(from);
  return out;
}
