/** Figma's transforms: two rows of `[a, c, e]`, `[b, d, f]`. */
import type { Rect, Transform } from './values.ts';

export const identity: Transform = [
  [1, 0, 0],
  [0, 1, 0],
];

export interface Point {
  readonly x: number;
  readonly y: number;
}

export function times([[a, c, e], [b, d, f]]: Transform, [[A, C, E], [B, D, F]]: Transform): Transform {
  return [
    [a * A + c * B, a * C + c * D, a * E + c * F + e],
    [b * A + d * B, b * C + d * D, b * E + d * F + f],
  ];
}

export function inverse([[a, c, e], [b, d, f]]: Transform): Transform {
  const determinant = a * d - b * c;
  if (determinant === 0) throw new Error('a transform that cannot be inverted');
  const [A, B, C, D] = [d / determinant, -b / determinant, -c / determinant, a / determinant];
  return [
    [A, C, -(A * e + C * f)],
    [B, D, -(B * e + D * f)],
  ];
}

export const apply = ([[a, c, e], [b, d, f]]: Transform, x: number, y: number): Point => ({ x: a * x + c * y + e, y: b * x + d * y + f });

/** The axis-aligned box of a rectangle of this size under a transform. */
export function boxOf(transform: Transform, { x, y, width, height }: Rect): Rect {
  const corners = [
    apply(transform, x, y),
    apply(transform, x + width, y),
    apply(transform, x, y + height),
    apply(transform, x + width, y + height),
  ];
  return around(corners.map((corner) => ({ ...corner, width: 0, height: 0 })))!;
}

export function around(boxes: readonly Rect[]): Rect | null {
  if (boxes.length === 0) return null;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const width = Math.max(...boxes.map((box) => box.x + box.width)) - x;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) - y;
  return { x, y, width, height };
}

export function overlap(one: Rect, other: Rect): Rect | null {
  const x = Math.max(one.x, other.x);
  const y = Math.max(one.y, other.y);
  const width = Math.min(one.x + one.width, other.x + other.width) - x;
  const height = Math.min(one.y + one.height, other.y + other.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

export const placed = ([[a, c], [b, d]]: Transform, x: number, y: number): Transform => [
  [a, c, x],
  [b, d, y],
];

/** Degrees counter-clockwise, as Figma tells them. */
export function rotationOf([[a], [b]]: Transform): number {
  const degrees = (Math.atan2(-b, a) * 180) / Math.PI;
  return degrees === 0 ? 0 : degrees;
}

/** A rotation about the top-left corner, at the place of `at`. */
export function rotated(at: Transform, degrees: number): Transform {
  const radians = (degrees * Math.PI) / 180;
  // A quarter turn leaves a trace of the cosine, as in Figma.
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  return [
    [cos, sin, at[0][2]],
    [-sin, cos, at[1][2]],
  ];
}
