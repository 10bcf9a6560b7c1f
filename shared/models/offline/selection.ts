/**
 * Which pixels a command means, as soft coverage. A named colour is found in two steps: on a small copy, where hue,
 * saturation and lightness are measured and neighbours vote (so that specks drop out and objects hang together), and
 * on every pixel, where the small copy's verdict decides how strict to be: in the middle of a red jacket a dull fold is
 * red enough, alone on a wall it is not.
 */
import { area } from '../../core/geometry.ts';
import type { Pixels } from '../../core/pixels.ts';
import { type Appearance, colorNames, type NamedColor, plainColorNames } from './colors.ts';
import type { Place } from './commands.ts';
import { boxBlur, type Plane } from './filters.ts';
import { chroma, hueDegrees, hueDifference, type Lab, smoothstep, toLab } from './oklab.ts';
import { rowsPerYield, type Work } from './pace.ts';
import { stretch } from './resample.ts';

/** What a colour was found to be in this picture. */
export interface Found {
  /** 0 to 1 per pixel. */
  readonly coverage: Float32Array;
  readonly share: number;
  /** Mean OKLab of what is covered. */
  readonly mean: Lab;
}

/** The small copy's area, px. */
const votePx = 160_000;

/** Below this share of the picture a colour counts as not there. */
const minShare = 0.0008;

interface Samples {
  readonly width: number;
  readonly height: number;
  readonly l: Float32Array;
  readonly hue: Float32Array;
  readonly chroma: Float32Array;
}

function* sample(pixels: Pixels): Work<Samples> {
  const shrink = Math.min(1, Math.sqrt(votePx / area(pixels)));
  const small =
    shrink === 1
      ? pixels
      : yield* stretch(pixels, {
          width: Math.max(1, Math.round(pixels.width * shrink)),
          height: Math.max(1, Math.round(pixels.height * shrink)),
        });
  const { width, height, data } = small;
  const l = new Float32Array(width * height);
  const hue = new Float32Array(width * height);
  const c = new Float32Array(width * height);
  const lab: Lab = [0, 0, 0];
  for (let p = 0, i = 0; p < l.length; p++, i += 4) {
    if ((p & 16383) === 0) yield;
    toLab(data[i] as number, data[i + 1] as number, data[i + 2] as number, lab);
    l[p] = lab[0];
    c[p] = chroma(lab[1], lab[2]);
    hue[p] = hueDegrees(lab[1], lab[2]);
  }
  return { width, height, l, hue, chroma: c };
}

/** Chroma over lightness: much the same in the light and in the shade of one cloth, which chroma is not. */
const saturationOf = (c: number, l: number): number => c / (l + 0.06);

/** How strictly one pixel is judged; `trust` 0 to 1 is what its neighbourhood says. */
type Judge = (l: number, hue: number, c: number, trust: number) => number;

function judgeGrey(seen: Extract<Appearance, { kind: 'grey' }>): Judge {
  const [low, high] = seen.lightness;
  return (l, _hue, c, trust) => {
    const loose = 0.08 * trust;
    const light =
      (low <= 0 ? 1 : smoothstep(low - 0.07 - loose, low + 0.02 - loose, l)) *
      (high >= 1 ? 1 : 1 - smoothstep(high - 0.02 + loose, high + 0.07 + loose, l));
    return light * (1 - smoothstep(0.028 + 0.02 * trust, 0.055 + 0.02 * trust, c));
  };
}

/** Moves the window onto what the picture has of the colour, and finds where saturation parts it from the rest. */
function judgeHue(seen: Extract<Appearance, { kind: 'hue' }>, samples: Samples): Judge {
  const [low, high] = seen.lightness;
  const lightness = (l: number, loose: number): number =>
    (low <= 0 ? 1 : smoothstep(low - 0.08 - loose, low + 0.02 - loose, l)) *
    (high >= 1 ? 1 : 1 - smoothstep(high - 0.02 + loose, high + 0.08 + loose, l));
  // Histogram of hue by saturation inside the window, one bin a degree.
  const bins = new Float64Array(2 * seen.halfWindow + 1);
  for (let p = 0; p < samples.l.length; p++) {
    const d = Math.round(hueDifference(seen.hue, samples.hue[p] as number));
    if (Math.abs(d) > seen.halfWindow) continue;
    const s = saturationOf(samples.chroma[p] as number, samples.l[p] as number);
    if (s > seen.minSaturation) (bins[d + seen.halfWindow] as number) += (s - seen.minSaturation) * lightness(samples.l[p] as number, 0);
  }
  const { centre, spread } = peakOf(bins);
  const hue = seen.hue + centre - seen.halfWindow;
  const inner = Math.min(seen.halfWindow, Math.max(9, 2.1 * spread));
  // Otsu's threshold between the colour and the duller things of like hue (skin beside an orange suit).
  const saturations: number[] = [];
  for (let p = 0; p < samples.l.length; p++) {
    if (Math.abs(hueDifference(hue, samples.hue[p] as number)) > inner) continue;
    const s = saturationOf(samples.chroma[p] as number, samples.l[p] as number);
    if (s > 0.5 * seen.minSaturation && lightness(samples.l[p] as number, 0) > 0.5) saturations.push(s);
  }
  const split = Math.max(seen.minSaturation, otsu(saturations));
  return (l, h, c, trust) => {
    const s = saturationOf(c, l);
    const d = Math.abs(hueDifference(hue, h));
    const reach = inner + 10 * trust;
    const strict = split * (1 - 0.5 * trust);
    return (1 - smoothstep(reach, reach + 9, d)) * smoothstep(strict * 0.72, strict * 1.08, s) * lightness(l, 0.12 * trust);
  };
}

/** The strongest hue after smoothing, and how far it spreads (standard deviation within ±14 degrees), in bins. */
function peakOf(bins: Float64Array): { centre: number; spread: number } {
  let best = bins.length >> 1;
  let most = 0;
  for (let i = 0; i < bins.length; i++) {
    let sum = 0;
    for (let k = -4; k <= 4; k++) sum += (bins[i + k] ?? 0) * (5 - Math.abs(k));
    if (sum > most) {
      most = sum;
      best = i;
    }
  }
  let weight = 0;
  let mean = 0;
  let squares = 0;
  for (let i = Math.max(0, best - 14); i <= Math.min(bins.length - 1, best + 14); i++) {
    weight += bins[i] as number;
    mean += i * (bins[i] as number);
    squares += i * i * (bins[i] as number);
  }
  if (weight === 0) return { centre: bins.length >> 1, spread: 6 };
  mean /= weight;
  return { centre: mean, spread: Math.sqrt(Math.max(0, squares / weight - mean * mean)) };
}

/** The value that best parts samples in two (Otsu 1979); 0 where the two would be much alike. */
function otsu(values: readonly number[]): number {
  const bins = 64;
  const counts = new Float64Array(bins);
  const top = values.reduce((a, b) => Math.max(a, b), 0.01);
  for (const v of values) (counts[Math.min(bins - 1, Math.floor((v / top) * bins))] as number)++;
  let total = 0;
  for (let i = 0; i < bins; i++) total += i * (counts[i] as number);
  let below = 0;
  let sumBelow = 0;
  let best = 0;
  let at = 0;
  let apart = 0;
  for (let i = 0; i < bins - 1; i++) {
    below += counts[i] as number;
    sumBelow += i * (counts[i] as number);
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const gap = (total - sumBelow) / above - sumBelow / below;
    const between = below * above * gap * gap;
    if (between > best) {
      best = between;
      at = i + 1;
      apart = gap / bins;
    }
  }
  // One heap has two halves too: about a quarter of its range apart.
  return apart < 0.3 ? 0 : (at / bins) * top;
}

/** null when the picture has nothing of the colour. */
export function* findColor(pixels: Pixels, color: NamedColor): Work<Found | null> {
  const samples = yield* sample(pixels);
  const judge = color.seen.kind === 'grey' ? judgeGrey(color.seen) : judgeHue(color.seen, samples);
  const vote: Plane = { width: samples.width, height: samples.height, data: new Float32Array(samples.l.length) };
  for (let p = 0; p < vote.data.length; p++)
    vote.data[p] = judge(samples.l[p] as number, samples.hue[p] as number, samples.chroma[p] as number, 0);
  const near = yield* boxBlur(vote, Math.max(1, Math.round(Math.min(vote.width, vote.height) / 130)), 2);
  const wide = yield* boxBlur(vote, Math.max(2, Math.round(Math.min(vote.width, vote.height) / 40)), 2);
  // Trusted where the close neighbours agree, or many of the wider ones do.
  const trust: Plane = { ...vote, data: new Float32Array(vote.data.length) };
  for (let p = 0; p < trust.data.length; p++)
    trust.data[p] = Math.max(
      smoothstep(0.25, 0.75, near.data[p] as number),
      0.9 * smoothstep(0.12, 0.5, wide.data[p] as number) * smoothstep(0.02, 0.2, near.data[p] as number),
    );

  const { width, height, data } = pixels;
  const coverage = new Float32Array(width * height);
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
      const t =
        ((trust.data[y0 + x0] as number) * (1 - tx) + (trust.data[y0 + x1] as number) * tx) * (1 - ty) +
        ((trust.data[y1 + x0] as number) * (1 - tx) + (trust.data[y1 + x1] as number) * tx) * ty;
      if (t < 0.03) continue;
      const p = y * width + x;
      const i = p * 4;
      toLab(data[i] as number, data[i + 1] as number, data[i + 2] as number, lab);
      const m = judge(lab[0], hueDegrees(lab[1], lab[2]), chroma(lab[1], lab[2]), t) * smoothstep(0.05, 0.35, t);
      if (m === 0) continue;
      coverage[p] = m;
      weight += m;
      for (let c = 0; c < 3; c++) (sum[c] as number) += m * (lab[c] as number);
    }
  }
  const share = weight / (width * height);
  if (share < minShare) return null;
  return { coverage, share, mean: [sum[0] / weight, sum[1] / weight, sum[2] / weight] };
}

/** The plain names of the colours that a picture has most of, at most `most`. */
export function* colorsSeen(pixels: Pixels, most: number): Work<string[]> {
  const samples = yield* sample(pixels);
  const counts = plainColorNames.map((name) => {
    const { seen } = colorNames.get(name) as NamedColor;
    let count = 0;
    if (seen.kind === 'hue')
      for (let p = 0; p < samples.l.length; p += 3) {
        const l = samples.l[p] as number;
        const isIn =
          Math.abs(hueDifference(seen.hue, samples.hue[p] as number)) < seen.halfWindow &&
          saturationOf(samples.chroma[p] as number, l) > seen.minSaturation &&
          l > seen.lightness[0] &&
          l < seen.lightness[1];
        if (isIn) count++;
      }
    return { name, count };
  });
  return counts
    .filter(({ count }) => count > (samples.l.length / 3) * 0.004)
    .sort((a, b) => b.count - a.count)
    .slice(0, most)
    .map(({ name }) => name);
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
