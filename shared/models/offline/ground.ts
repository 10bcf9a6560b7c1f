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
  /** Pixels along the edge, and the subject's own colour there (three bytes each), which the ground shines through. */
  readonly edge: Int32Array;
  readonly edgeColor: Uint8Array;
}

/** OKLab distance up to which a pixel counts as the ground's colour: JPEG noise and faint shading stay below. */
const sameColor = 0.035;
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
  const isGround = (p: number): boolean => {
    const i = p * 4;
    const apart =
      Math.abs((data[i] as number) - rgb[0]) + Math.abs((data[i + 1] as number) - rgb[1]) + Math.abs((data[i + 2] as number) - rgb[2]);
    // Almost the same bytes, or far from them, need no colour space.
    if (apart < 4) return true;
    if (apart > 120) return false;
    toLab(data[i] as number, data[i + 1] as number, data[i + 2] as number, lab);
    return (lab[0] - l0) ** 2 + (lab[1] - a0) ** 2 + (lab[2] - b0) ** 2 < sameColor * sameColor;
  };
  const start = border.filter(isGround);
  if (start.length < minBorderShare * border.length) return null;

  // A flood from the border over everything of the ground's colour.
  const subject = new Float32Array(width * height).fill(1);
  const queue = new Int32Array(width * height);
  let tail = 0;
  const visit = (p: number): void => {
    if (subject[p] === 0 || !isGround(p)) return;
    subject[p] = 0;
    queue[tail++] = p;
  };
  for (const p of start) visit(p);
  for (let head = 0; head < tail; head++) {
    if ((head & 32767) === 0) yield;
    const p = queue[head] as number;
    const x = p % width;
    if (x > 0) visit(p - 1);
    if (x < width - 1) visit(p + 1);
    if (p >= width) visit(p - width);
    if (p < width * (height - 1)) visit(p + width);
  }
  const share = tail / (width * height);
  if (share < 0.04 || share > 0.995) return null;

  // A soft edge of a picture that was enlarged is some pixels wide.
  const reach = Math.max(2, Math.round(Math.min(width, height) / 340));
  const edge = edgeOf(subject, width, height, reach);
  const edgeColor = new Uint8Array(edge.length * 3);
  const covered = new Float32Array(edge.length);
  for (let n = 0; n < edge.length; n++) {
    if ((n & 1023) === 0) yield;
    const p = edge[n] as number;
    const f = farthest(pixels, p, rgb, reach);
    // How far the pixel lies on the way from the ground to the subject's colour there.
    let along = 0;
    let whole = 0;
    for (let c = 0; c < 3; c++) {
      const step = (data[f * 4 + c] as number) - rgb[c as 0];
      along += ((data[p * 4 + c] as number) - rgb[c as 0]) * step;
      whole += step * step;
      edgeColor[n * 3 + c] = data[f * 4 + c] as number;
    }
    covered[n] = Math.min(1, Math.max(0, along / Math.max(1, whole)));
  }
  for (let n = 0; n < edge.length; n++) subject[edge[n] as number] = covered[n] as number;
  return { rgb, subject, edge, edgeColor };
}

/** Subject pixels within `reach` steps of the ground, and the ground's own outermost row. */
function edgeOf(subject: Float32Array, width: number, height: number, reach: number): Int32Array {
  const found: number[] = [];
  const seen = new Uint8Array(subject.length);
  const neighbours = (p: number): number[] => [p % width > 0 ? p - 1 : -1, p % width < width - 1 ? p + 1 : -1, p - width, p + width];
  for (let p = 0; p < subject.length; p++) {
    if (subject[p] !== 1) continue;
    for (const q of neighbours(p)) {
      if (q < 0 || q >= width * height || subject[q] !== 0 || seen[q] === 1) continue;
      seen[q] = 1;
      found.push(q);
    }
  }
  let from = 0;
  for (let ring = 0; ring < reach; ring++) {
    const to = found.length;
    for (; from < to; from++)
      for (const q of neighbours(found[from] as number)) {
        if (q < 0 || q >= width * height || subject[q] === 0 || seen[q] === 1) continue;
        seen[q] = 1;
        found.push(q);
      }
  }
  return Int32Array.from(found);
}

/** The pixel around `p` whose colour is farthest from the ground's. */
function farthest({ data, width, height }: Pixels, p: number, rgb: readonly number[], reach: number): number {
  const x = p % width;
  const y = (p - x) / width;
  let best = p;
  let most = -1;
  for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++)
    for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++) {
      const i = (v * width + u) * 4;
      const d =
        ((data[i] as number) - (rgb[0] as number)) ** 2 +
        ((data[i + 1] as number) - (rgb[1] as number)) ** 2 +
        ((data[i + 2] as number) - (rgb[2] as number)) ** 2;
      if (d > most) {
        most = d;
        best = v * width + u;
      }
    }
  return best;
}

/** Puts another colour behind the subject; the old ground is taken out of the edge pixels. In place. */
export function* fillGround(pixels: Pixels, ground: Ground, fill: readonly [number, number, number]): Work<void> {
  const { width, height, data } = pixels;
  const breath = rowsPerYield(width) * 4;
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let p = y * width, end = p + width; p < end; p++) {
      if (ground.subject[p] !== 0) continue;
      data[p * 4] = fill[0];
      data[p * 4 + 1] = fill[1];
      data[p * 4 + 2] = fill[2];
    }
  }
  for (let n = 0; n < ground.edge.length; n++) {
    const p = ground.edge[n] as number;
    const s = ground.subject[p] as number;
    for (let c = 0; c < 3; c++) data[p * 4 + c] = s * (ground.edgeColor[n * 3 + c] as number) + (1 - s) * (fill[c] as number);
  }
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1] as number;
}
