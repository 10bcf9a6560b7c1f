/**
 * Outlines to coverage with exact anti-aliasing: every line adds its signed area to the pixels it crosses, a running
 * sum along each row makes coverage of it (non-zero winding for outlines of one direction).
 * Source of the method: Raph Levien, font-rs, "Inside the fastest font renderer in the world", 2016.
 */
import type { Bounds } from '../../core/geometry.ts';

/** Closed contours in px; each a flat list x0, y0, x1, y1, … */
export type Contours = readonly (readonly number[])[];

export interface Coverage {
  /** Where it lies in the picture; it may reach outside. */
  readonly bounds: Bounds;
  /** 0 to 1. */
  readonly data: Float32Array;
}

export function boundsOfContours(contours: Contours): { left: number; top: number; right: number; bottom: number } {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const contour of contours)
    for (let i = 0; i < contour.length; i += 2) {
      left = Math.min(left, contour[i] as number);
      right = Math.max(right, contour[i] as number);
      top = Math.min(top, contour[i + 1] as number);
      bottom = Math.max(bottom, contour[i + 1] as number);
    }
  return { left, top, right, bottom };
}

/** Coverage of the contours; null when there is nothing to fill. */
export function rasterise(contours: Contours): Coverage | null {
  const box = boundsOfContours(contours);
  if (!Number.isFinite(box.left)) return null;
  const x = Math.floor(box.left) - 1;
  const y = Math.floor(box.top) - 1;
  const width = Math.ceil(box.right) + 2 - x;
  const height = Math.ceil(box.bottom) + 2 - y;
  const sums = new Float32Array(width * height + 2);
  for (const contour of contours) {
    const n = contour.length;
    for (let i = 0; i < n; i += 2) {
      const j = (i + 2) % n;
      addLine(
        sums,
        width,
        height,
        (contour[i] as number) - x,
        (contour[i + 1] as number) - y,
        (contour[j] as number) - x,
        (contour[j + 1] as number) - y,
      );
    }
  }
  const data = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    let sum = 0;
    for (let col = 0; col < width; col++) {
      sum += sums[row * width + col] as number;
      data[row * width + col] = Math.min(1, Math.abs(sum));
    }
  }
  return { bounds: { x, y, width, height }, data };
}

function addLine(sums: Float32Array, width: number, height: number, x0: number, y0: number, x1: number, y1: number): void {
  if (y0 === y1) return;
  const direction = y0 < y1 ? 1 : -1;
  const [topX, topY, bottomX, bottomY] = y0 < y1 ? [x0, y0, x1, y1] : [x1, y1, x0, y0];
  const slope = (bottomX - topX) / (bottomY - topY);
  let x = topX;
  for (let row = Math.floor(topY); row < Math.min(height, Math.ceil(bottomY)); row++) {
    const from = Math.max(row, topY);
    const to = Math.min(row + 1, bottomY);
    const dy = to - from;
    const nextX = x + slope * dy;
    const d = dy * direction;
    const [left, right] = x < nextX ? [x, nextX] : [nextX, x];
    const first = Math.floor(left);
    const last = Math.ceil(right);
    const at = row * width + first;
    if (last <= first + 1) {
      // Within one pixel: the part left of the line's middle is uncovered.
      const middle = 0.5 * (left + right) - first;
      (sums[at] as number) += d * (1 - middle);
      (sums[at + 1] as number) += d * middle;
    } else {
      const s = 1 / (right - left);
      const a = 1 - (left - first);
      const area0 = 0.5 * s * a * a;
      (sums[at] as number) += d * area0;
      if (last === first + 2) {
        const b = right - last + 1;
        const areaLast = 0.5 * s * b * b;
        (sums[at + 1] as number) += d * (1 - area0 - areaLast);
        (sums[at + 2] as number) += d * areaLast;
      } else {
        const area1 = s * (1.5 - (left - first));
        (sums[at + 1] as number) += d * (area1 - area0);
        for (let col = first + 2; col < last - 1; col++) (sums[row * width + col] as number) += d * s;
        const area2 = area1 + (last - first - 3) * s;
        const b = right - last + 1;
        const areaLast = 0.5 * s * b * b;
        (sums[row * width + last - 1] as number) += d * (1 - area2 - areaLast);
        (sums[row * width + last] as number) += d * areaLast;
      }
    }
    x = nextX;
  }
}

/** Appends a quadratic curve as lines; the chord's error stays under a tenth of a px. */
export function addCurve(contour: number[], x0: number, y0: number, cx: number, cy: number, x1: number, y1: number): void {
  const bend = Math.hypot(x0 - 2 * cx + x1, y0 - 2 * cy + y1);
  const pieces = Math.min(64, Math.max(1, Math.ceil(Math.sqrt(bend / 0.8))));
  for (let i = 1; i <= pieces; i++) {
    const t = i / pieces;
    const u = 1 - t;
    contour.push(u * u * x0 + 2 * u * t * cx + t * t * x1, u * u * y0 + 2 * u * t * cy + t * t * y1);
  }
}
