/**
 * Which pixels a command means, as soft coverage. A pixel belongs to a colour when it lies nearer to the surfaces of that
 * colour than to the others; its neighbourhood, judged on a small copy, decides doubtful cases, so that specks drop out
 * and objects hang together.
 */
import type { Pixels } from '../../core/pixels.ts';
import type { NamedColor } from './colors.ts';
import type { Place } from './commands.ts';
import { boxBlur, type Plane } from './filters.ts';
import { type Lab, smoothstep, toLab } from './oklab.ts';
import { rowsPerYield, type Work } from './pace.ts';
import { colorsOf, findSurfaces, type Points, type Side, type Surface, sidesOf, smallPoints, toPoint } from './palette.ts';

/** What a colour was found to be in this picture. */
export interface Found {
  /** 0 to 1 per pixel. */
  readonly coverage: Float32Array;
  /** Mean OKLab of what is covered. */
  readonly mean: Lab;
}

/** The surfaces' centres as flat triples, for inner loops. */
interface Centres {
  readonly chosen: Float32Array;
  readonly shade: Float32Array;
  readonly other: Float32Array;
}

function centresOf(surfaces: readonly Surface[], sides: readonly Side[]): Centres {
  const flat = (side: Side): Float32Array =>
    Float32Array.from(surfaces.filter((_, k) => sides[k] === side).flatMap(({ u, v, w }) => [u, v, w]));
  return { chosen: flat('chosen'), shade: flat('shade'), other: flat('other') };
}

function nearest(points: Float32Array, at: number, centres: Float32Array): number {
  const u = points[at] as number;
  const v = points[at + 1] as number;
  const w = points[at + 2] as number;
  let least = 4;
  for (let k = 0; k < centres.length; k += 3) {
    const du = u - (centres[k] as number);
    const dv = v - (centres[k + 1] as number);
    const dw = w - (centres[k + 2] as number);
    const d = du * du + dv * dv + dw * dw;
    if (d < least) least = d;
  }
  return Math.sqrt(least);
}

/**
 * 0 to 1. `trust` 0 to 1 is what the neighbourhood says; `adopted` 0 to 1 says whether a shade lies within the thing
 * that is meant. Halfway between two surfaces, as on a blurred edge, it is about a half.
 */
function belongs(points: Float32Array, at: number, { chosen, shade, other }: Centres, trust: number, adopted: number): number {
  const shadeDistance = shade.length === 0 ? 2 : nearest(points, at, shade);
  const own = Math.min(nearest(points, at, chosen), shadeDistance + 0.2 * (1 - adopted));
  const strange = Math.min(nearest(points, at, other), shadeDistance + 0.2 * adopted);
  const nearness = strange / (own + strange + 1e-6);
  const threshold = 0.56 - 0.16 * trust;
  return smoothstep(threshold - 0.09, threshold + 0.09, nearness);
}

/** null when the picture has nothing of the colour. */
export function* findColor(pixels: Pixels, color: NamedColor): Work<Found | null> {
  const small = yield* smallPoints(pixels);
  const surfaces = yield* findSurfaces(small, color);
  const sides = sidesOf(color, surfaces);
  if (sides.length === 0) return null;
  const centres = centresOf(surfaces, sides);
  const { trust, adopted } = yield* survey(small, centres);

  const { width, height, data } = pixels;
  const coverage = new Float32Array(width * height);
  const point = new Float32Array(3);
  const lab: Lab = [0, 0, 0];
  const sum: Lab = [0, 0, 0];
  let weight = 0;
  const breath = rowsPerYield(width);
  const scaleX = trust.width / width;
  const scaleY = trust.height / height;
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    const fy = Math.max(0, Math.min(trust.height - 1.001, (y + 0.5) * scaleY - 0.5));
    const y0 = Math.floor(fy) * trust.width;
    const y1 = Math.min(trust.height - 1, Math.floor(fy) + 1) * trust.width;
    const ty = fy - Math.floor(fy);
    for (let x = 0; x < width; x++) {
      const fx = Math.max(0, Math.min(trust.width - 1.001, (x + 0.5) * scaleX - 0.5));
      const x0 = Math.floor(fx);
      const x1 = Math.min(trust.width - 1, x0 + 1);
      const tx = fx - x0;
      const w00 = (1 - tx) * (1 - ty);
      const w10 = tx * (1 - ty);
      const w01 = (1 - tx) * ty;
      const w11 = tx * ty;
      const t =
        (trust.data[y0 + x0] as number) * w00 +
        (trust.data[y0 + x1] as number) * w10 +
        (trust.data[y1 + x0] as number) * w01 +
        (trust.data[y1 + x1] as number) * w11;
      if (t < 0.03) continue;
      const a =
        (adopted.data[y0 + x0] as number) * w00 +
        (adopted.data[y0 + x1] as number) * w10 +
        (adopted.data[y1 + x0] as number) * w01 +
        (adopted.data[y1 + x1] as number) * w11;
      const p = y * width + x;
      toLab(data[p * 4] as number, data[p * 4 + 1] as number, data[p * 4 + 2] as number, lab);
      toPoint(lab, point, 0);
      const m = belongs(point, 0, centres, t, a) * smoothstep(0.05, 0.35, t);
      if (m === 0) continue;
      coverage[p] = m;
      weight += m;
      sum[0] += m * lab[0];
      sum[1] += m * lab[1];
      sum[2] += m * lab[2];
    }
  }
  if (weight === 0) return null;
  return { coverage, mean: [sum[0] / weight, sum[1] / weight, sum[2] / weight] };
}

/** Parts smaller than this share of the largest are taken for chance, unless they lie right beside a larger one. */
const minPart = 0.05;
/** A shade larger than this share of what is chosen is a thing of its own. */
const maxShade = 0.06;

/** The small copy's verdict: where to trust that the thing is, and which shades lie within it. */
function* survey(small: Points, centres: Centres): Work<{ trust: Plane; adopted: Plane }> {
  const { width, height } = small;
  // 1 chosen, 2 shade, 0 other.
  const kinds = new Uint8Array(width * height);
  for (let p = 0; p < kinds.length; p++) {
    if ((p & 16383) === 0) yield;
    const own = nearest(small.data, p * 3, centres.chosen);
    const other = nearest(small.data, p * 3, centres.other);
    const shade = nearest(small.data, p * 3, centres.shade);
    kinds[p] = own <= other && own <= shade ? 1 : shade < other ? 2 : 0;
  }
  const parts = partsOf(kinds, width);
  yield;
  const largest = Math.max(0, ...parts.filter((part) => part.kind === 1).map((part) => part.pixels.length));
  const total = parts.reduce((sum, part) => sum + (part.kind === 1 ? part.pixels.length : 0), 0);
  const vote: Plane = { width, height, data: new Float32Array(width * height) };
  const inside: Plane = { width, height, data: new Float32Array(width * height) };
  const mark = ({ pixels }: Part): void => {
    for (const p of pixels) vote.data[p] = 1;
  };
  const chosen = parts.filter((part) => part.kind === 1);
  for (const part of chosen) if (part.pixels.length >= minPart * largest) mark(part);
  // A strap cuts a suit in two: what is left of it beyond the strap is near.
  const vicinity = yield* boxBlur(vote, Math.max(2, Math.round(Math.min(width, height) / 30)), 1);
  for (const part of chosen)
    if (
      part.pixels.length < minPart * largest &&
      part.pixels.filter((p) => (vicinity.data[p] as number) > 0.15).length > 0.3 * part.pixels.length
    )
      mark(part);
  for (const { kind, pixels, border } of parts) {
    if (kind !== 2 || pixels.length > maxShade * total) continue;
    const enclosed = border.filter((p) => vote.data[p] === 1).length;
    const cut = border.filter((p) => p < 0).length;
    if (enclosed < 0.5 * border.length || cut > 0.08 * border.length) continue;
    for (const p of pixels) inside.data[p] = 1;
  }
  for (let p = 0; p < vote.data.length; p++) if (inside.data[p] === 1) vote.data[p] = 1;
  return { trust: yield* trustOf(vote), adopted: yield* boxBlur(inside, 1, 1) };
}

interface Part {
  readonly kind: number;
  readonly pixels: readonly number[];
  /** Neighbours of another kind, each as often as it touches; -1 beyond the picture. */
  readonly border: readonly number[];
}

/** Connected parts (by edges) of each kind but 0. */
function partsOf(kinds: Uint8Array, width: number): Part[] {
  const seen = new Uint8Array(kinds.length);
  const parts: Part[] = [];
  for (let start = 0; start < kinds.length; start++) {
    const kind = kinds[start] as number;
    if (kind === 0 || seen[start] === 1) continue;
    const pixels = [start];
    const border: number[] = [];
    seen[start] = 1;
    for (let head = 0; head < pixels.length; head++) {
      const p = pixels[head] as number;
      const x = p % width;
      for (const q of [x > 0 ? p - 1 : -1, x < width - 1 ? p + 1 : -1, p - width, p + width]) {
        if (q < 0 || q >= kinds.length) border.push(-1);
        else if (kinds[q] !== kind) border.push(q);
        else if (seen[q] === 0) {
          seen[q] = 1;
          pixels.push(q);
        }
      }
    }
    parts.push({ kind, pixels, border });
  }
  return parts;
}

/** Trusted where the close neighbours agree, or many of the wider ones do; a speck alone has neither. */
function* trustOf(vote: Plane): Work<Plane> {
  const short = Math.min(vote.width, vote.height);
  const near = yield* boxBlur(vote, Math.max(1, Math.round(short / 130)), 2);
  const wide = yield* boxBlur(vote, Math.max(2, Math.round(short / 36)), 2);
  const data = new Float32Array(vote.data.length);
  for (let p = 0; p < data.length; p++) {
    const close = smoothstep(0.2, 0.7, near.data[p] as number);
    const around = wide.data[p] as number;
    const filled = 0.9 * smoothstep(0.15, 0.55, around) * smoothstep(0.02, 0.2, near.data[p] as number);
    data[p] = Math.max(close, filled) * smoothstep(0.01, 0.05, around);
  }
  return { ...vote, data };
}

/** The plain names of the colours that a picture has most of, at most `most`. */
export function* colorsSeen(pixels: Pixels, most: number): Work<string[]> {
  return colorsOf(yield* findSurfaces(yield* smallPoints(pixels), null), most);
}

/** A half, a corner or the middle, with a soft border a twelfth of the side wide. */
export function* placeCoverage(pixels: Pixels, place: Place): Work<Float32Array> {
  const { width, height } = pixels;
  const ramp = (n: number, side: string): Float32Array =>
    Float32Array.from({ length: n }, (_, i) => {
      const t = (i + 0.5) / n;
      if (side === 'top' || side === 'left') return 1 - smoothstep(0.46, 0.54, t);
      if (side === 'bottom' || side === 'right') return smoothstep(0.46, 0.54, t);
      return 1;
    });
  const out = new Float32Array(width * height);
  const across = ramp(width, place.horizontal);
  const down = ramp(height, place.vertical);
  const isMiddle = place.vertical === 'middle' && place.horizontal === 'centre';
  const breath = rowsPerYield(width) * 4;
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let x = 0; x < width; x++) {
      const round = isMiddle ? 1 - smoothstep(0.46, 0.56, Math.hypot((x + 0.5) / width - 0.5, (y + 0.5) / height - 0.5) * 1.7) : 1;
      out[y * width + x] = round * (across[x] as number) * (down[y] as number);
    }
  }
  return out;
}
