/**
 * What a user can look at to see why a change is to be trusted: the two pictures as they were compared, on the work grid,
 * what was found to differ, and how far the answer had to be moved to lie on the source.
 */
import type { Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { createPixels, type Pixels } from '../pixels.ts';
import { invertAffine, mapPoint, stretchAffine } from './affine.ts';
import type { Aligned, Planes, Registration } from './types.ts';

/** How far places of the source lay off in the answer, had it been stretched over; cell (i, j) is centred at ((i + 0.5)·cellPx, (j + 0.5)·cellPx) of the work grid. */
export interface Displacement {
  readonly cellPx: number;
  readonly columns: number;
  readonly rows: number;
  /** Px of the source. */
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** The pictures are of one size and lie pixel on pixel, over the matte where the source is transparent. */
export interface ComparedPictures extends Extent {
  readonly before: Pixels;
  /** As registered, its colour shift undone where it was; alpha 0 where it does not reach, otherwise opaque. */
  readonly answer: Pixels;
  /** Of the change, 0 to 255 a pixel. */
  readonly coverage: Uint8ClampedArray;
  /** Null when the answer could not be laid over the source. */
  readonly displacement: Displacement | null;
}

const cellPx = 16;

/** `mask`: coverage of the change over the work grid, 0 to 1, or one number for all of it. Null when aborted. */
export async function picturesCompared(
  aligned: Aligned,
  registration: Registration,
  source: Extent,
  answer: Extent,
  mask: Float32Array | 0 | 1,
  pace: Pace,
): Promise<ComparedPictures | null> {
  const { width, height } = aligned;
  const coverage = new Uint8ClampedArray(width * height);
  if (typeof mask === 'number') coverage.fill(mask * 255);
  else for (let i = 0; i < coverage.length; i++) coverage[i] = mask[i] * 255;
  const before = await pixelsOf(aligned.source, pace);
  const registered = before && (await pixelsOf(aligned.answer, pace));
  return (
    registered && {
      width,
      height,
      before,
      answer: withoutUncovered(registered, aligned, registration.accepted),
      coverage,
      displacement: registration.accepted ? displacementOf(aligned, registration, source, answer) : null,
    }
  );
}

/** Opaque. Null when aborted. */
export async function pixelsOf({ width, height, r, g, b }: Planes, pace: Pace): Promise<Pixels | null> {
  const out = createPixels(width, height);
  const { data } = out;
  for (let y = 0, i = 0; y < height; y++) {
    for (const end = i + width; i < end; i++) {
      const to = i * 4;
      data[to] = r[i];
      data[to + 1] = g[i];
      data[to + 2] = b[i];
      data[to + 3] = 255;
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return out;
}

/** A stretched answer reaches everywhere. */
function withoutUncovered(pixels: Pixels, { covered }: Aligned, isRegistered: boolean): Pixels {
  if (isRegistered) for (let i = 0; i < covered.data.length; i++) if (covered.data[i] < 0.5) pixels.data[i * 4 + 3] = 0;
  return pixels;
}

function displacementOf(work: Extent, { matrix, flow }: Registration, source: Extent, answer: Extent): Displacement | null {
  const toAnswer = invertAffine(matrix);
  if (toAnswer === null) return null;
  const stretch = stretchAffine(answer, source);
  const columns = Math.ceil(work.width / cellPx);
  const rows = Math.ceil(work.height / cellPx);
  const x = new Float32Array(columns * rows);
  const y = new Float32Array(columns * rows);
  for (let j = 0, n = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++, n++) {
      const onWork = { x: Math.min(work.width, (i + 0.5) * cellPx), y: Math.min(work.height, (j + 0.5) * cellPx) };
      const at = { x: (onWork.x * source.width) / work.width, y: (onWork.y * source.height) / work.height };
      let read = mapPoint(toAnswer, at);
      if (flow !== null) {
        // The nearest node will do: the field is smooth.
        const column = Math.min(flow.columns - 1, Math.round(onWork.x / flow.cellPx));
        const node = Math.min(flow.rows - 1, Math.round(onWork.y / flow.cellPx)) * flow.columns + column;
        read = { x: read.x + flow.dx[node], y: read.y + flow.dy[node] };
      }
      const stretched = mapPoint(stretch, read);
      x[n] = at.x - stretched.x;
      y[n] = at.y - stretched.y;
    }
  }
  return { cellPx, columns, rows, x, y };
}
