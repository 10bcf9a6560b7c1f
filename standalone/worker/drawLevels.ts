import type { Pixels } from '../../shared/core/pixels.ts';
import type { Levels } from './documents.ts';

/** Longer side of the smallest level, px: about a stage's. */
const smallestSidePx = 1024;

/** A picture as the browser draws it, and its halves: drawn small, 12 MP at full size would hold the page up at each pan. */
export function drawLevels({ width, height, data }: Pixels): Levels {
  const full = new OffscreenCanvas(width, height);
  full.getContext('2d')?.putImageData(new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width), 0, 0);
  const levels = [full.transferToImageBitmap()];
  for (let above = levels[0]; Math.max(above.width, above.height) > smallestSidePx; above = levels[levels.length - 1]) {
    const half = new OffscreenCanvas(Math.ceil(above.width / 2), Math.ceil(above.height / 2));
    const context = half.getContext('2d');
    if (context !== null) {
      context.imageSmoothingQuality = 'high';
      context.drawImage(above, 0, 0, half.width, half.height);
    }
    levels.push(half.transferToImageBitmap());
  }
  return levels;
}
