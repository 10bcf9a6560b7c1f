/**
 * One colour becomes another, with light, shade and grain kept. Hue turns by the difference of the two colours, chroma
 * and lightness follow curves that carry the old mean to the new one and leave black and white where they are.
 */
import type { Pixels } from '../../core/pixels.ts';
import type { Rgb } from './colors.ts';
import { chroma, fromLab, type Lab, smoothstep, toLab } from './oklab.ts';
import { rowsPerYield, type Work } from './pace.ts';

/** In place, under `coverage` (null: everywhere). `mean` is the OKLab mean of what is covered. */
export function* recolor(pixels: Pixels, coverage: Float32Array | null, mean: Lab, to: Rgb): Work<void> {
  const target: Lab = [0, 0, 0];
  toLab(to[0], to[1], to[2], target);
  const fromChroma = chroma(mean[1], mean[2]);
  const toChroma = chroma(target[1], target[2]);
  const isGreyFrom = fromChroma < 0.03;
  // Dye multiplies the light of a pale grey thing and lifts a dark one evenly. For a coloured thing a power keeps black
  // black and white white; beyond these limits it would flatten folds or burn them.
  const l0 = Math.min(0.94, Math.max(0.12, mean[0]));
  const l1 = Math.min(0.94, Math.max(0.12, target[0]));
  const power = Math.min(2.7, Math.max(0.36, Math.log(l1) / Math.log(l0)));
  // A dark grey thing made paler: where its black goes. White stays white, and its gloss stays above the rest.
  const lift = Math.max(0, (l1 - l0) / (1 - l0)) * 0.92;
  // What the power may not reach (a red made white, a yellow made black) is made up by a lift or a dimming.
  const reached = l0 ** power;
  const rest = l1 > reached ? (0.6 * (l1 - reached)) / (1 - reached) : 0;
  const dim = l1 < reached ? 0.15 + (0.85 * l1) / reached : 1;
  const lightness = Float32Array.from({ length: 1025 }, (_, i) => (rest + (i / 1024) ** power * (1 - rest)) * dim);
  // Turns the old hue onto the new one and scales its chroma; variation around the mean turns along.
  const turn = isGreyFrom ? 0 : Math.atan2(target[2], target[1]) - Math.atan2(mean[2], mean[1]);
  const times = isGreyFrom ? 0 : toChroma / fromChroma;
  const cos = Math.cos(turn) * times;
  const sin = Math.sin(turn) * times;
  const limit = Math.max(0.02, toChroma * 1.28);
  const { width, height, data } = pixels;
  const lab: Lab = [0, 0, 0];
  const rgb: [number, number, number] = [0, 0, 0];
  const breath = rowsPerYield(width);
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let p = y * width, end = p + width; p < end; p++) {
      const m = coverage === null ? 1 : (coverage[p] as number);
      if (m < 0.004) continue;
      const i = p * 4;
      toLab(data[i] as number, data[i + 1] as number, data[i + 2] as number, lab);
      const l = isGreyFrom
        ? l1 < l0
          ? (lab[0] * l1) / l0
          : lift + lab[0] * (1 - lift)
        : (lightness[(Math.min(1, lab[0]) * 1024 + 0.5) | 0] as number);
      let a: number;
      let b: number;
      if (isGreyFrom) {
        // Dye on a grey thing: full in the mid tones, none in a black crease, little in a highlight.
        const w = smoothstep(0, 0.6 * l1, l) * (1 - 0.85 * smoothstep(Math.max(l1, 0.82), 1.02, l));
        a = target[1] * w + (lab[1] - mean[1]) * 0.3;
        b = target[2] * w + (lab[2] - mean[2]) * 0.3;
      } else {
        a = lab[1] * cos - lab[2] * sin;
        b = lab[1] * sin + lab[2] * cos;
        // A dark fold has chroma in proportion to its light, and so has the new colour's.
        const c = chroma(a, b);
        const most = limit * Math.min(1.15, 0.35 + (0.65 * l) / l1);
        if (c > most) {
          // A soft ceiling: vivid spots keep a little of their lead.
          const keep = (most * (1 + 0.25 * (1 - most / c))) / c;
          a *= keep;
          b *= keep;
        }
      }
      fromLab(lab[0] + (l - lab[0]) * m, lab[1] + (a - lab[1]) * m, lab[2] + (b - lab[2]) * m, rgb);
      data[i] = rgb[0];
      data[i + 1] = rgb[1];
      data[i + 2] = rgb[2];
    }
  }
}

/** Whether what is covered is of one hue: the share of its chroma that points the same way, 0 to 1. */
export function* singleHue(pixels: Pixels, coverage: Float32Array | null): Work<number> {
  const mean = yield* meanLab(pixels, coverage);
  const { data } = pixels;
  const lab: Lab = [0, 0, 0];
  let sum = 0;
  let weight = 0;
  for (let p = 0; p < data.length / 4; p += 15) {
    const m = coverage === null ? 1 : (coverage[p] as number);
    if (m === 0) continue;
    toLab(data[p * 4] as number, data[p * 4 + 1] as number, data[p * 4 + 2] as number, lab);
    sum += m * chroma(lab[1], lab[2]);
    weight += m;
  }
  const average = weight === 0 ? 0 : sum / weight;
  return average < 0.012 ? 1 : chroma(mean[1], mean[2]) / average;
}

/** Mean OKLab under `coverage`, every fifth pixel; null coverage: of the whole picture. */
export function* meanLab(pixels: Pixels, coverage: Float32Array | null): Work<Lab> {
  yield;
  const { data } = pixels;
  const lab: Lab = [0, 0, 0];
  const sum: Lab = [0, 0, 0];
  let weight = 0;
  for (let p = 0; p < data.length / 4; p += 5) {
    const m = coverage === null ? 1 : (coverage[p] as number);
    if (m === 0) continue;
    if (p % 81920 === 0) yield;
    toLab(data[p * 4] as number, data[p * 4 + 1] as number, data[p * 4 + 2] as number, lab);
    weight += m;
    for (let c = 0; c < 3; c++) (sum[c] as number) += m * (lab[c] as number);
  }
  return weight === 0 ? [0.5, 0, 0] : [sum[0] / weight, sum[1] / weight, sum[2] / weight];
}

/**
 * Another picture's colours on this one: mean and spread of each OKLab axis are carried over, by three quarters.
 * Source: Reinhard et al., "Color transfer between images", 2001.
 */
export function* takeColors(pixels: Pixels, from: Pixels, coverage: Float32Array | null): Work<void> {
  const own = yield* statistics(pixels, coverage);
  const other = yield* statistics(from, null);
  const gain = [0, 1, 2].map((c) => Math.min(2.2, Math.max(0.45, (other.spread[c] as number) / Math.max(0.004, own.spread[c] as number))));
  const strength = [0.45, 0.85, 0.85] as const;
  const { width, height, data } = pixels;
  const lab: Lab = [0, 0, 0];
  const rgb: [number, number, number] = [0, 0, 0];
  const breath = rowsPerYield(width);
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let p = y * width, end = p + width; p < end; p++) {
      const m = coverage === null ? 1 : (coverage[p] as number);
      if (m < 0.004) continue;
      const i = p * 4;
      toLab(data[i] as number, data[i + 1] as number, data[i + 2] as number, lab);
      for (let c = 0; c < 3; c++) {
        const moved = (other.mean[c] as number) + ((lab[c] as number) - (own.mean[c] as number)) * (gain[c] as number);
        (lab[c] as number) += (moved - (lab[c] as number)) * (strength[c] as number) * m;
      }
      fromLab(Math.min(1, Math.max(0, lab[0])), lab[1], lab[2], rgb);
      data[i] = rgb[0];
      data[i + 1] = rgb[1];
      data[i + 2] = rgb[2];
    }
  }
}

function* statistics(pixels: Pixels, coverage: Float32Array | null): Work<{ mean: Lab; spread: Lab }> {
  const mean = yield* meanLab(pixels, coverage);
  const lab: Lab = [0, 0, 0];
  const squares: Lab = [0, 0, 0];
  let weight = 0;
  const { data } = pixels;
  for (let p = 0; p < data.length / 4; p += 5) {
    const m = coverage === null ? 1 : (coverage[p] as number);
    if (m === 0) continue;
    if (p % 81920 === 0) yield;
    toLab(data[p * 4] as number, data[p * 4 + 1] as number, data[p * 4 + 2] as number, lab);
    weight += m;
    for (let c = 0; c < 3; c++) (squares[c] as number) += m * ((lab[c] as number) - (mean[c] as number)) ** 2;
  }
  const spread = squares.map((sum) => Math.sqrt(sum / Math.max(1, weight))) as Lab;
  return { mean, spread };
}

/** The colour a picture is remembered by: the mean of its more colourful half. */
export function* leadColor(pixels: Pixels): Work<Rgb> {
  const { data } = pixels;
  const lab: Lab = [0, 0, 0];
  // 36 hues; the winner's neighbourhood is averaged.
  const weights = new Float64Array(36);
  const sums = Array.from({ length: 36 }, () => [0, 0, 0] as Lab);
  yield;
  const step = Math.max(1, Math.round(data.length / 4 / 40_000));
  for (let p = 0; p < data.length / 4; p += step) {
    toLab(data[p * 4] as number, data[p * 4 + 1] as number, data[p * 4 + 2] as number, lab);
    const c = chroma(lab[1], lab[2]);
    const bin = Math.min(35, Math.floor(((Math.atan2(lab[2], lab[1]) + Math.PI) / (2 * Math.PI)) * 36));
    const w = c * c * (lab[0] < 0.1 ? 0 : 1);
    (weights[bin] as number) += w;
    for (let k = 0; k < 3; k++) ((sums[bin] as Lab)[k] as number) += w * (lab[k] as number);
  }
  let best = 0;
  for (let bin = 1; bin < 36; bin++) if ((weights[bin] as number) > (weights[best] as number)) best = bin;
  const total: Lab = [0, 0, 0];
  let weight = 0;
  for (let k = -1; k <= 1; k++) {
    const bin = (best + k + 36) % 36;
    weight += weights[bin] as number;
    for (let c = 0; c < 3; c++) (total[c] as number) += (sums[bin] as Lab)[c] as number;
  }
  if (weight < 1e-6) return [128, 128, 128];
  const rgb: [number, number, number] = [0, 0, 0];
  fromLab(total[0] / weight, total[1] / weight, total[2] / weight, rgb);
  return [Math.round(rgb[0]), Math.round(rgb[1]), Math.round(rgb[2])];
}
