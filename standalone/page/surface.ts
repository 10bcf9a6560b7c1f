/** Pixels on their way to the screen: canvases of a document's size, and small pictures for lists. */
import type { Extent } from '../../shared/core/geometry.ts';
import type { Pixels } from '../../shared/core/pixels.ts';

/** A canvas never drawn to again; a new picture is a new surface. */
export interface Surface extends Extent {
  readonly canvas: HTMLCanvasElement;
}

export function toSurface(pixels: Pixels): Surface {
  const canvas = document.createElement('canvas');
  canvas.width = pixels.width;
  canvas.height = pixels.height;
  canvas.getContext('2d')?.putImageData(new ImageData(pixels.data as Uint8ClampedArray<ArrayBuffer>, pixels.width, pixels.height), 0, 0);
  return { canvas, width: pixels.width, height: pixels.height };
}

/** A PNG address of `source`, its longer side at most `sidePx`. */
export function thumbnailOf(source: Surface, sidePx: number): string {
  const scale = Math.min(1, sidePx / Math.max(source.width, source.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(source.width * scale));
  canvas.height = Math.max(1, Math.round(source.height * scale));
  const context = canvas.getContext('2d');
  if (context === null) return '';
  context.imageSmoothingQuality = 'high';
  context.drawImage(source.canvas, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png');
}
