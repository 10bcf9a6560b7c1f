/**
 * Where a picture lies in the layer that it fills. `FILL` covers the layer, `FIT` is within it, both from the middle; in a
 * `CROP` a matrix takes the layer's unit square to the picture's (Figma's plugin API: ImagePaint, `imageTransform`).
 */
import { composeAffine, invertAffine, scaleAffine } from '../../../shared/core/compose/affine.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import type { Extent } from '../../../shared/core/geometry.ts';

type Rows = readonly [readonly [number, number, number], readonly [number, number, number]];

/** Figma writes a matrix by rows, CSS by columns. */
export const affineOf = ([[a, c, e], [b, d, f]]: Rows): Affine => [a, b, c, d, e, f];

/** Picture pixels to the layer's own units. `quarterTurns` are clockwise. */
export function coveringFill(picture: Extent, layer: Extent, mode: 'FILL' | 'FIT', quarterTurns: number): Affine {
  const turned = quarterTurns % 2 === 0 ? picture : { width: picture.height, height: picture.width };
  const across = layer.width / turned.width;
  const down = layer.height / turned.height;
  const scale = mode === 'FILL' ? Math.max(across, down) : Math.min(across, down);
  const [cos, sin] = turns[((quarterTurns % 4) + 4) % 4];
  const aroundMiddle: Affine = [1, 0, 0, 1, -picture.width / 2, -picture.height / 2];
  return composeAffine([cos * scale, sin * scale, -sin * scale, cos * scale, layer.width / 2, layer.height / 2], aroundMiddle);
}

const turns: readonly (readonly [cos: number, sin: number])[] = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
];

/** Null when the matrix folds the picture to a line. */
export function croppedFill(picture: Extent, layer: Extent, transform: Rows): Affine | null {
  const toUnit = scaleAffine(1 / layer.width, 1 / layer.height);
  return invertAffine(composeAffine(scaleAffine(picture.width, picture.height), composeAffine(affineOf(transform), toUnit)));
}

/** Whether some of the picture lies outside of the layer, by more than what rounding does. */
export function isCropped([a, b, c, d, e, f]: Affine, picture: Extent, layer: Extent): boolean {
  const slack = 0.5 * Math.max(Math.hypot(a, b), Math.hypot(c, d));
  const corners = [
    [0, 0],
    [picture.width, 0],
    [0, picture.height],
    [picture.width, picture.height],
  ].map(([x, y]) => [a * x + c * y + e, b * x + d * y + f]);
  return corners.some(([x, y]) => x < -slack || y < -slack || x > layer.width + slack || y > layer.height + slack);
}
