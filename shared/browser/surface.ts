/** Pixels on their way to the screen: canvases of a document's size, and small pictures for lists. */
import type { Extent } from '../core/geometry.ts';
import type { Pixels } from '../core/pixels.ts';
import type { Clock } from '../core/ports.ts';

/** A picture never drawn to again; a new one is a new surface. */
export interface Surface extends Extent {
  /** In full, and each next one half as wide and high, as far as there are such. */
  readonly levels: readonly (HTMLCanvasElement | ImageBitmap)[];
}

/** What to draw a surface from at `scale` device pixels per pixel: the smallest level that is not enlarged. */
export function levelFor({ levels }: Surface, scale: number): HTMLCanvasElement | ImageBitmap {
  const halvings = Math.floor(Math.log2(1 / scale));
  return levels[Math.max(0, Math.min(levels.length - 1, halvings))];
}

/** Drawn at a time: a few milliseconds. */
const stripPx = 1 << 20;

/** Strip by strip, so that the page stays awake at any size; null when aborted. */
export async function toSurface({ width, height, data }: Pixels, clock: Clock, signal: AbortSignal): Promise<Surface | null> {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  const rows = Math.max(1, Math.floor(stripPx / width));
  for (let y = 0; y < height; y += rows) {
    if (y > 0 && !(await clock.sleep(0, signal))) return null;
    const strip = data.subarray(y * width * 4, Math.min(height, y + rows) * width * 4) as Uint8ClampedArray<ArrayBuffer>;
    context?.putImageData(new ImageData(strip, width), 0, y);
  }
  return signal.aborted ? null : { levels: [canvas], width, height };
}

/** At once: for a picture that is small, or of which a small one is made. */
export function surfaceOf(pixels: Pixels): Surface {
  const { width, height } = pixels;
  return { levels: [canvasOf(pixels)], width, height };
}

function canvasOf({ width, height, data }: Pixels): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width), 0, 0);
  return canvas;
}

/** A PNG address of a small picture. */
export const pictureAddress = (pixels: Pixels): string => canvasOf(pixels).toDataURL('image/png');

/** A PNG address of `source`, its longer side at most `sidePx`. */
export function thumbnailOf(source: Surface, sidePx: number): string {
  const scale = Math.min(1, sidePx / Math.max(source.width, source.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(source.width * scale));
  canvas.height = Math.max(1, Math.round(source.height * scale));
  const context = canvas.getContext('2d');
  if (context === null) return '';
  context.imageSmoothingQuality = 'high';
  context.drawImage(levelFor(source, scale), 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png');
}
