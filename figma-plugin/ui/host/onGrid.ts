/** Brings a picture onto the pixel grid: copied where pixels fall on pixels, else resampled. Straight alpha, sRGB numbers. */
import { composeAffine, invertAffine } from '../../../shared/core/compose/affine.ts';
import { resample } from '../../../shared/core/compose/resample.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import { withAlphaTimes } from '../../../shared/core/edit/layPixelsOver.ts';
import { type Bounds, boundsOf, intersection, isEmpty } from '../../../shared/core/geometry.ts';
import type { Pace } from '../../../shared/core/pace.ts';
import { createPixels, cropPixels, type Pixels } from '../../../shared/core/pixels.ts';
import { mapped } from './grids.ts';

/** Further off than this, in pixels over the whole picture, it is not the same grid. */
const exactPx = 0.01;

/** `toGrid`: pixels of the picture to those of the grid. Transparent where the picture does not reach; null when aborted. */
export async function ontoGrid(picture: Pixels, toGrid: Affine, bounds: Bounds, pace: Pace): Promise<Pixels | null> {
  const at = wholeShift(toGrid, picture);
  if (at !== null) return cropPixels(picture, at, bounds);
  const covered = intersection(mapped(boundsOf(picture), toGrid), bounds);
  const toPicture = invertAffine(toGrid);
  if (toPicture === null || isEmpty(covered)) return createPixels(bounds.width, bounds.height, picture.profile);
  const [a, b, c, d, e, f] = composeAffine(toPicture, [1, 0, 0, 1, covered.x, covered.y]);
  const isUpright = Math.abs(b) + Math.abs(c) < 1e-9 && a > 0 && d > 0;
  const part = isUpright
    ? await resample(picture, { start: e, step: a, length: covered.width }, { start: f, step: d, length: covered.height }, pace)
    : await turned(picture, [a, b, c, d, e, f], covered, pace);
  return part && cropPixels(part, covered, bounds);
}

/** Where the picture's first pixel falls, when every pixel falls on one of the grid. */
function wholeShift([a, b, c, d, e, f]: Affine, { width, height }: Pixels): { readonly x: number; readonly y: number } | null {
  const drift = Math.max(Math.abs(a - 1) * width, Math.abs(b) * width, Math.abs(c) * height, Math.abs(d - 1) * height);
  const [x, y] = [Math.round(e), Math.round(f)];
  return drift < exactPx && Math.abs(e - x) < exactPx && Math.abs(f - y) < exactPx ? { x, y } : null;
}

/** Points a side that stand for one pixel of the grid: two smooth edges, more where the picture is reduced. */
const mostPoints = 6;

/** Bilinear at a few points a pixel, colour weighted by alpha, nothing outside of the picture. */
async function turned(picture: Pixels, [a, b, c, d, e, f]: Affine, extent: Bounds, pace: Pace): Promise<Pixels | null> {
  const out = createPixels(extent.width, extent.height, picture.profile);
  const points = Math.min(mostPoints, Math.max(2, Math.ceil(Math.max(Math.hypot(a, b), Math.hypot(c, d)))));
  const sum = new Float64Array(4);
  for (let y = 0; y < extent.height; y++) {
    for (let x = 0; x < extent.width; x++) {
      sum.fill(0);
      for (let row = 0; row < points; row++) {
        for (let column = 0; column < points; column++) {
          const u = x + (column + 0.5) / points;
          const v = y + (row + 0.5) / points;
          addAt(picture, a * u + c * v + e, b * u + d * v + f, sum);
        }
      }
      const to = (y * extent.width + x) * 4;
      if (sum[3] === 0) continue;
      for (let channel = 0; channel < 3; channel++) out.data[to + channel] = sum[channel] / sum[3];
      out.data[to + 3] = sum[3] / (points * points);
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return out;
}

function addAt({ data, width, height }: Pixels, x: number, y: number, sum: Float64Array): void {
  if (x < 0 || y < 0 || x > width || y > height) return;
  const left = Math.floor(x - 0.5);
  const top = Math.floor(y - 0.5);
  for (let row = top; row <= top + 1; row++) {
    for (let column = left; column <= left + 1; column++) {
      const share = (1 - Math.abs(x - 0.5 - column)) * (1 - Math.abs(y - 0.5 - row));
      // The edge goes on as it is: what lies outside was left out above.
      const i = (Math.min(height - 1, Math.max(0, row)) * width + Math.min(width - 1, Math.max(0, column))) * 4;
      const weight = share * data[i + 3];
      sum[0] += data[i] * weight;
      sum[1] += data[i + 1] * weight;
      sum[2] += data[i + 2] * weight;
      sum[3] += weight;
    }
  }
}

/** For what is shown through a layer that lets through so much; more than that it cannot show. */
export const withoutOpacity = (pixels: Pixels, opacity: number): Pixels =>
  opacity >= 1 || opacity <= 0 ? pixels : withAlphaTimes(pixels, 1 / opacity);

export const withOpacity = (pixels: Pixels, opacity: number): Pixels => withAlphaTimes(pixels, Math.min(1, opacity));
