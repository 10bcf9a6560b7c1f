/** Affine maps as CSS writes them; pixel centres at +0.5, so that scaling a picture is a plain scale of positions. */
import type { Extent, Point } from '../geometry.ts';
import type { Affine } from './types.ts';

export const scaleAffine = (x: number, y: number): Affine => [x, 0, 0, y, 0, 0];

/** The plain stretch of one picture over another. */
export const stretchAffine = (from: Extent, to: Extent): Affine => scaleAffine(to.width / from.width, to.height / from.height);

export const mapPoint = ([a, b, c, d, e, f]: Affine, { x, y }: Point): Point => ({ x: a * x + c * y + e, y: b * x + d * y + f });

/** First `inner`, then `outer`. */
export const composeAffine = (outer: Affine, inner: Affine): Affine => {
  const [a, b, c, d, e, f] = outer;
  const [p, q, r, s, t, u] = inner;
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
};

/** Null when the map folds the plane to a line. */
export function invertAffine([a, b, c, d, e, f]: Affine): Affine | null {
  const determinant = a * d - b * c;
  if (!(Math.abs(determinant) > 1e-12)) return null;
  return [
    d / determinant,
    -b / determinant,
    -c / determinant,
    a / determinant,
    (c * f - d * e) / determinant,
    (b * e - a * f) / determinant,
  ];
}
