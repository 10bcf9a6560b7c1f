/** Rectangles between Retake's bounds and Photoshop's edges, and the tiles that a large one is read or written in. */
import { type Bounds, intersection, isEmpty } from '../../shared/core/geometry.ts';
import type { ImagingBounds } from '../types/modules.ts';

/** Larger calls fail now and then, and hold Photoshop and the plug-in for too long [field]. */
export const mostTilePixels = 4_000_000;

export const toEdges = ({ x, y, width, height }: Bounds): ImagingBounds => ({ left: x, top: y, right: x + width, bottom: y + height });

export const fromEdges = ({ left, top, right, bottom }: Readonly<ImagingBounds>): Bounds => ({
  x: left,
  y: top,
  width: right - left,
  height: bottom - top,
});

/** Bands of whole rows, as even as they come; of a picture so wide that one row is too much, pieces of rows. */
export function tilesOf(bounds: Bounds, mostPixels = mostTilePixels): readonly Bounds[] {
  if (isEmpty(bounds)) return [];
  const columns = Math.ceil(bounds.width / mostPixels);
  const tileWidth = Math.ceil(bounds.width / columns);
  const bands = Math.ceil(bounds.height / Math.max(1, Math.floor(mostPixels / tileWidth)));
  const tileHeight = Math.ceil(bounds.height / bands);
  const tiles: Bounds[] = [];
  for (let y = bounds.y; y < bounds.y + bounds.height; y += tileHeight) {
    for (let x = bounds.x; x < bounds.x + bounds.width; x += tileWidth) {
      tiles.push(intersection({ x, y, width: tileWidth, height: tileHeight }, bounds));
    }
  }
  return tiles;
}
