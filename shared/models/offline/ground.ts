/**
 * A plain ground: one even colour all around a subject, as in product shots, logos and layers that were flattened on a
 * matte. What is ground is decided by colour and by being connected to the border, so that the same colour inside the
 * subject stays.
 */
import type { Pixels } from '../../core/pixels.ts';
import { type Lab, toLab } from './oklab.ts';
import { rowsPerYield, type Work } from './pace.ts';

export interface Ground {
  readonly rgb: readonly [number, number, number];
  /** 0 ground … 1 subject, per pixel; fractions along the edge. */
  readonly subject: Float32Array;
  /** Share of the picture that is ground. */
  readonly share: number;
}

/** OKLab distance up to which a border pixel counts as the ground's colour: JPEG noise and faint shading stay below. */
const sameColor = 0.035;
/** From here on a pixel is all subject. */
const otherColor = 0.13;
/** So much of the border must be ground: a subject may stand on the lower edge. */
const minBorderShare = 0.72;

/** null when the border is not of one even colour, or nothing but ground is there. */
export function* findGround(pixels: Pixels): Work<Ground | null> {
  const { width, height, data } = pixels;
  const border: number[] = [];
  for (let x = 0; x < width; x++) border.push(x, (height - 1) * width + x);
  for (let y = 1; y < height - 1; y++) border.push(y * width, y * width + width - 1);
  const rgb = [0, 1, 2].map((c) => median(border.map((p) => data[p * 4 + c] as number))) as [number, number, number];
  const lab: Lab = [0, 0, 0];
  toLab(rgb[0], rgb[1], rgb[2], lab);
  const [l0, a0, b0] = lab;
  const distanceAt = (p: number): number => {
    const i = p * 4;
    // Almost the same bytes need no colour space.
    if (
      Math.abs((data[i] as number) - rgb[0]) + Math.abs((data[i + 1] as number) - rgb[1]) + Math.abs((data[i + 2] as number) - rgb[2]) <
      4
    )
      return 0;
    toLab(data[i] as number, data[i + 1] as number, data[i + 2] as number, lab);
    return Math.hypot(lab[0] - l0, lab[1] - a0, lab[2] - b0);
  };
  const even = border.filter((p) => distanceAt(p) < sameColor);
  if (even.length < minBorderShare * border.length) return null;

  // A flood from the border over everything nearer than the far limit; `subject` holds the distance's share of it.
  const subject = new Float32Array(width * height).fill(1);
  const queue = new Int32Array(width * height);
  let tail = 0;
  const visit = (p: number): void => {
    if (subject[p] !== 1) return;
    const d = distanceAt(p);
    if (d >= otherColor) return;
    subject[p] = Math.min(0.999, Math.max(0, (d - sameColor) / (otherColor - sameColor)));
    // Only certain ground spreads; edge pixels end the flood.
    if (d < sameColor) queue[tail++] = p;
  };
  for (const p of even) visit(p);
  let certain = 0;
  for (let head = 0; head < tail; head++) {
    if ((head & 32767) === 0) yield;
    const p = queue[head] as number;
    certain++;
    const x = p % width;
    if (x > 0) visit(p - 1);
    if (x < width - 1) visit(p + 1);
    if (p >= width) visit(p - width);
    if (p < width * (height - 1)) visit(p + width);
  }
  const share = certain / (width * height);
  if (share < 0.04 || share > 0.995) return null;
  return { rgb, subject, share };
}

/** Puts another colour behind the subject; the old ground is taken out of the edge pixels. In place. */
export function* fillGround(pixels: Pixels, ground: Ground, fill: readonly [number, number, number]): Work<void> {
  const { width, height, data } = pixels;
  const breath = rowsPerYield(width) * 2;
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let p = y * width, end = p + width; p < end; p++) {
      const s = ground.subject[p] as number;
      if (s === 1) continue;
      for (let c = 0; c < 3; c++) {
        // Edge pixel = s · subject + (1 - s) · ground; below a tenth the subject's share is noise.
        const own = s < 0.1 ? 0 : (data[p * 4 + c] as number) - (1 - s) * (ground.rgb[c] as number);
        data[p * 4 + c] = (s < 0.1 ? 1 : 1 - s) * (fill[c] as number) + own;
      }
    }
  }
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1] as number;
}
