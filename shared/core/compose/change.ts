/**
 * What truly changed between the source and the registered, tone-matched answer. Five witnesses speak per pixel, each
 * against a noise level measured on this pair's own calm parts, because a model re-makes fine texture everywhere:
 *
 *   fine      luma beyond what less than half a pixel's shift makes of the other picture: strokes, text, edges
 *   colour    chroma over 5 × 5
 *   patch     luma and colour over 13 × 13, differences held within a limit first, so that the window votes by majority and
 *             the edge of a low-contrast change stays where it is
 *   detail    what detail of the source is not found again, or what new detail is, as a share of it (`detail.ts`)
 *   structure what a band of middle frequencies gained or lost: defocus, texture, things pasted or removed
 *
 * The strongest witness is the pixel's evidence; 1 is the threshold. All but the first look at half the size: they see
 * nothing narrower, and it takes a third of the time.
 */
import type { Extent } from '../geometry.ts';
import { isStopped, type Pace } from '../pace.ts';
import { boxMean } from './boxFilter.ts';
import { weighDetail } from './detail.ts';
import { createRange, type RangeRow, rangeRow } from './localRange.ts';
import { lumaOf } from './planes.ts';
import { settle, softened } from './settle.ts';
import type { Aligned, Change, ComposeAsk, Plane, Planes } from './types.ts';

/** Side of the blocks whose calm third tells the noise, at half size. */
const blockPx = 8;
/** How far towards its neighbours, px, a pixel may have been read: registration is better than that. */
const tolerance = 0.4;
/** What two resamplings may take from the contrast of the finest lines. */
const contrastLost = 0.16;
/** An edit of the whole picture that covers more than this share is not cut into pieces. */
const wholeShare = 0.3;
/** The same where nobody said that it is one, but the colours shift. */
const shiftShare = 0.8;
/** Nor is one that shifts the local means by this many levels on average. */
const plainShift = 0.8;

/** How strong a witness must speak, levels: `factor` times its noise, which an edit of the whole picture must not raise at will. */
interface Threshold {
  readonly least: number;
  readonly most: number;
  readonly factor: number;
  /** Most that the threshold rises per level of activity. */
  readonly mostSlope: number;
}

const thresholds = {
  fine: { least: 7, most: 15, factor: 9, mostSlope: 0.5 },
  colour: { least: 6, most: 12, factor: 7, mostSlope: 0.25 },
  patch: { least: 3.2, most: 4.2, factor: 5.5, mostSlope: 0.06 },
} as const satisfies Record<string, Threshold>;

/** `isShift`: the answer's colours shift, and that was taken for the edit. `region`: where changes may be, on the work grid, 0 to 1; null for everywhere. Null when aborted. */
export async function findChange(
  aligned: Aligned,
  ask: ComposeAsk,
  isShift: boolean,
  region: Plane | null,
  pace: Pace,
): Promise<Change | null> {
  const found = await weighEvidence(aligned, pace);
  if (found === null) return null;
  const { evidence, noise, shift } = found;
  const { width, height, covered, alpha } = aligned;
  dropWhere(evidence, covered, (share) => share < 0.5);
  if (alpha !== null) dropWhere(evidence, alpha, (share) => share <= 0);
  if (region !== null) dropWhere(evidence, region, (share) => share <= 0);
  const limits = {
    low: 1,
    lowWithin: 0.5,
    high: 1.8,
    leastPixels: 14,
    leastSeeds: 6,
    mostHole: Math.max(40, Math.round(width * height * 0.0006)),
  };
  if (await isStopped(pace)) return null;
  const difference = differenceOf(aligned);
  const settled = await settle(evidence, difference, aligned, limits, pace);
  if (settled === null) return null;
  extendToBorder(settled, aligned);
  if (await isStopped(pace)) return null;
  if (ask.region === null) {
    const share = meanOf(settled);
    if (ask.scope === 'global' ? share > wholeShare || shift > plainShift : isShift && share > shiftShare) settled.fill(1);
  }
  const mask: Plane = { width, height, data: softened(settled, difference, aligned, (i) => isRemoval(aligned, i)) };
  if (await isStopped(pace)) return null;
  if (alpha !== null) dropWhere(mask.data, alpha, (share) => share <= 0);
  hold(mask.data, covered);
  if (region !== null) hold(mask.data, region);
  return { mask, fraction: meanOf(mask.data), noise };
}

function dropWhere(values: Float32Array, { data }: Plane, is: (share: number) => boolean): void {
  for (let i = 0; i < values.length; i++) if (is(data[i])) values[i] = 0;
}

function hold(values: Float32Array, { data }: Plane): void {
  for (let i = 0; i < values.length; i++) if (values[i] > data[i]) values[i] = data[i];
}

function meanOf(values: Float32Array | Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Whether the source has more of an edge here than the answer: half of it would be a ghost. */
function isRemoval({ source, answer, width, height }: Aligned, i: number): boolean {
  const x = i % width;
  if (x === 0 || x === width - 1 || i < width || i >= width * (height - 1)) return false;
  const edge = ({ g }: Planes): number =>
    Math.abs(g[i - 1] - g[i]) + Math.abs(g[i + 1] - g[i]) + Math.abs(g[i - width] - g[i]) + Math.abs(g[i + width] - g[i]);
  return edge(source) > 1.2 * edge(answer) + 6;
}

/** The largest difference of the three channels, levels. */
function differenceOf({ source, answer }: Aligned): Float32Array {
  const out = new Float32Array(source.r.length);
  for (let i = 0; i < out.length; i++) {
    const r = Math.abs(answer.r[i] - source.r[i]);
    const g = Math.abs(answer.g[i] - source.g[i]);
    const b = Math.abs(answer.b[i] - source.b[i]);
    const most = r > g ? r : g;
    out[i] = most > b ? most : b;
  }
  return out;
}

const borderPx = 3;

/** Every pixel of the outermost `borderPx`, with the nearest one further in. */
function forBorder({ width, height }: Extent, tell: (i: number, inner: number) => void): void {
  const inset = Math.min(borderPx, (Math.min(width, height) - 1) >> 1);
  for (let y = 0; y < height; y++) {
    const v = y < inset ? inset : y > height - 1 - inset ? height - 1 - inset : y;
    for (let x = 0; x < width; x++) {
      // Between the left and right border of an inner row there is nothing to tell.
      if (v === y && x === inset) x = Math.max(x, width - inset);
      if (x >= width) break;
      const u = x < inset ? inset : x > width - 1 - inset ? width - 1 - inset : x;
      tell(y * width + x, v * width + u);
    }
  }
}

const extendToBorder = (settled: Uint8Array, extent: Extent): void =>
  forBorder(extent, (i, inner) => {
    settled[i] = settled[inner];
  });

interface Evidence {
  readonly evidence: Float32Array;
  /** Levels. */
  readonly noise: number;
  /** Mean difference of local means, levels: what recompressing leaves is below one. */
  readonly shift: number;
}

async function weighEvidence(aligned: Aligned, pace: Pace): Promise<Evidence | null> {
  const { source, answer, width, height } = aligned;
  const s = lumaOf(source);
  const a = lumaOf(answer);
  if (await isStopped(pace)) return null;
  const half: Extent = { width: (width + 1) >> 1, height: (height + 1) >> 1 };
  const covered = coveredHalf(aligned, half);
  const depth = await boxMean(covered, half, (borderPx + 1) >> 1, pace);
  if (depth === null) return null;

  // Fine: beyond the other's range. Activity: how much there is that could be misplaced or re-made.
  const found = await compareRanges(s, a, half, pace);
  if (found === null) return null;
  const { fine, activity } = found;
  // Bars and resizing bleed into the outermost pixels: they tell nothing, and follow what lies further in.
  for (let y = 0, i = 0; y < height; y++) {
    const row = (y >> 1) * half.width;
    for (let x = 0; x < width; x++, i++) if (depth[row + (x >> 1)] < 0.9999) fine[i] = 0;
  }
  forBorder(aligned, (i) => {
    fine[i] = 0;
  });

  if (await isStopped(pace)) return null;
  const still = halved(s.data, s, half);
  const moved = halved(a.data, a, half);
  const colour = await compareColours(aligned, still, moved, half, activity, pace);
  const calm = colour && (await boxMean(activity, half, 1, pace));
  if (colour === null || calm === null) return null;
  const { red, blue } = colour;
  for (let y = 0, k = 0; y < half.height; y++) {
    const isRim = y < 2 || y >= half.height - 2;
    for (let x = 0; x < half.width; x++, k++) {
      if (!isRim && x >= 2 && x < half.width - 2 && depth[k] >= 0.9999) continue;
      red[k] = blue[k] = 0;
      moved[k] = still[k];
    }
  }

  // Fine speaks on every pixel, the others on every second: what they look at is wider than that.
  const sampled = new Float32Array(half.width * half.height);
  for (let y = 0, k = 0; y < half.height; y++) for (let x = 0; x < half.width; x++, k++) sampled[k] = fine[y * 2 * width + x * 2];
  const fineNoise = thresholdOf(noiseOf(sampled, calm, half, covered), thresholds.fine);
  for (let y = 0, i = 0; y < height; y++) {
    const row = (y >> 1) * half.width;
    for (let x = 0; x < width; x++, i++) if (fine[i] !== 0) fine[i] /= fineNoise.base + fineNoise.slope * calm[row + (x >> 1)];
  }

  if (await isStopped(pace)) return null;
  const evidence = new Float32Array(half.width * half.height);
  const join = (witness: Float32Array, limits: Threshold): void => {
    const { base, slope } = thresholdOf(noiseOf(witness, calm, half, covered), limits);
    for (let k = 0; k < evidence.length; k++) {
      const value = witness[k];
      const e = (value < 0 ? -value : value) / (base + slope * calm[k]);
      if (e > evidence[k]) evidence[k] = e;
    }
  };
  const near = await boxMean(red, half, 1, pace, 40);
  const nearBlue = near && (await boxMean(blue, half, 1, pace, 40));
  if (near === null || nearBlue === null) return null;
  join(near, thresholds.colour);
  join(nearBlue, thresholds.colour);

  const detail = new Float32Array(evidence.length);
  if (!(await weighDetail(still, moved, half, covered, detail, pace))) return null;
  if (!(await showing(detail, still, moved, half, calm, covered, pace))) return null;
  // What the narrow witnesses have seen is left out of the wide windows, which would smear it over their width.
  const unseen = unseenBy(fine, evidence, aligned, half);
  const luma = new Float32Array(still.length);
  for (let k = 0; k < still.length; k++) {
    if (unseen[k] === 0) moved[k] = still[k];
    luma[k] = moved[k] - still[k];
    red[k] *= unseen[k];
    blue[k] *= unseen[k];
  }
  if (await isStopped(pace)) return null;
  const share = await boxMean(unseen, half, 3, pace);
  if (share === null) return null;
  let shift = 0;
  for (const [witness, limit] of [
    [luma, 8],
    [red, 7],
    [blue, 7],
  ] as const) {
    const patch = await boxMean(witness, half, 3, pace, limit);
    if (patch === null) return null;
    for (let k = 0; k < patch.length; k++) {
      shift += patch[k] < 0 ? -patch[k] : patch[k];
      patch[k] /= share[k] > 0.2 ? share[k] : 0.2;
    }
    join(patch, thresholds.patch);
    if (await isStopped(pace)) return null;
  }

  const structure = await structureGone(still, moved, half, covered, pace);
  if (structure === null) return null;
  for (let k = 0; k < structure.length; k++) {
    if (structure[k] > evidence[k]) evidence[k] = structure[k];
    if (detail[k] > evidence[k]) evidence[k] = detail[k];
  }
  if (await isStopped(pace)) return null;
  spread(evidence, half, fine, aligned);
  return { evidence: fine, noise: fineNoise.flat, shift: shift / luma.length };
}

/** How many times the usual difference of brightness has to show for lost detail to count, from not at all to in full. */
const leastShowing = 1.1;
const fullShowing = 1.8;

/** The same as a share of the mean difference as far around as those windows reach. */
const leastOfAround = 0.2;
const reach = 7;

/** Holds back the evidence of lost detail where hardly anything differs: windows see it from beside. False when aborted. */
async function showing(
  detail: Float32Array,
  still: Float32Array,
  moved: Float32Array,
  half: Extent,
  calm: Float32Array,
  covered: Float32Array,
  pace: Pace,
): Promise<boolean> {
  const off = new Float32Array(still.length);
  for (let k = 0; k < off.length; k++) off[k] = Math.abs(moved[k] - still[k]);
  const mean = await boxMean(off, half, 1, pace);
  const around = mean && (await boxMean(off, half, reach, pace));
  if (mean === null || around === null) return false;
  const { flat, perActivity } = noiseOf(mean, calm, half, covered);
  for (let k = 0; k < detail.length; k++) {
    const usual = flat + perActivity * calm[k] + 0.05;
    const share = (mean[k] / usual - leastShowing) / (fullShowing - leastShowing);
    const part = mean[k] / (leastOfAround * around[k] + 1e-6) - 1;
    const most = share < part ? share : part;
    detail[k] *= most < 0 ? 0 : most > 1 ? 1 : most;
  }
  return true;
}

/** 1 where all four pixels are covered. */
function coveredHalf({ covered: { data }, width, height }: Aligned, half: Extent): Float32Array {
  const out = new Float32Array(half.width * half.height);
  for (let y = 0, k = 0; y < half.height; y++) {
    const top = y * 2 * width;
    const below = y * 2 + 1 < height ? top + width : top;
    for (let x = 0; x < half.width; x++, k++) {
      const left = x * 2;
      const right = left + 1 < width ? left + 1 : left;
      out[k] = Math.min(data[top + left], data[top + right], data[below + left], data[below + right]) >= 0.999 ? 1 : 0;
    }
  }
  return out;
}

/**
 * `fine`: levels that luma lies beyond the 3 × 3 range of the other picture, narrowed by `tolerance`, for each pixel. `activity`: how wide those
 * ranges are, the mean of each 2 × 2.
 */
async function compareRanges(
  s: Plane,
  a: Plane,
  half: Extent,
  pace: Pace,
): Promise<{ readonly fine: Float32Array; readonly activity: Float32Array } | null> {
  const { width, height } = s;
  const fine = new Float32Array(width * height);
  const activity = new Float32Array(half.width * half.height);
  const ofS = createRange(width);
  const ofA = createRange(width);
  for (let y = 0; y < height; y++) {
    rangeRow(s, y, ofS);
    rangeRow(a, y, ofA);
    compareRow(s.data, a.data, y * width, ofS, ofA, fine, activity, (y >> 1) * half.width, y === height - 1 && y % 2 === 0 ? 0.5 : 0.25);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  // An odd width leaves the last column with half of its pixels.
  if (width % 2 === 1) for (let y = 0; y < half.height; y++) activity[y * half.width + half.width - 1] *= 2;
  return { fine, activity };
}

function compareRow(
  s: Float32Array,
  a: Float32Array,
  start: number,
  ofS: RangeRow,
  ofA: RangeRow,
  fine: Float32Array,
  activity: Float32Array,
  row: number,
  share: number,
): void {
  const { low: lowS, high: highS } = ofS;
  const { low: lowA, high: highA } = ofA;
  for (let x = 0, i = start; x < lowS.length; x++, i++) {
    const vs = s[i];
    const va = a[i];
    const aboveS = va - vs - tolerance * (highS[x] - vs);
    const belowS = vs - va - tolerance * (vs - lowS[x]);
    const aboveA = vs - va - tolerance * (highA[x] - va);
    const belowA = va - vs - tolerance * (va - lowA[x]);
    const forth = aboveS > belowS ? aboveS : belowS;
    const back = aboveA > belowA ? aboveA : belowA;
    const most = forth > back ? forth : back;
    const rs = highS[x] - lowS[x];
    const ra = highA[x] - lowA[x];
    // Resampling takes from the contrast of a line of a pixel's width.
    const beyond = most - contrastLost * (rs > ra ? rs : ra);
    fine[i] = beyond > 0 ? beyond : 0;
    activity[row + (x >> 1)] += share * (rs < ra ? rs + 0.25 * (ra - rs) : ra + 0.25 * (rs - ra));
  }
}

/**
 * Differences of colour less brightness, the mean of each 2 × 2 (JPEG keeps no finer colour), added up to `activity` where
 * colours of one brightness meet, which JPEG blurs most.
 */
async function compareColours(
  { source, answer }: Aligned,
  still: Float32Array,
  moved: Float32Array,
  half: Extent,
  activity: Float32Array,
  pace: Pace,
): Promise<{ readonly red: Float32Array; readonly blue: Float32Array } | null> {
  const size = half.width * half.height;
  const lessLuma = (plane: Float32Array, extent: Extent, luma: Float32Array): Float32Array => {
    const out = halved(plane, extent, half);
    for (let k = 0; k < size; k++) out[k] -= luma[k];
    return out;
  };
  const redS = lessLuma(source.r, source, still);
  const blueS = lessLuma(source.b, source, still);
  if (await isStopped(pace)) return null;
  const redA = lessLuma(answer.r, answer, moved);
  const blueA = lessLuma(answer.b, answer, moved);
  if (await isStopped(pace)) return null;
  const step = (plane: Float32Array, k: number, beside: number, below: number): number =>
    Math.abs(plane[k] - plane[k + beside]) + Math.abs(plane[k] - plane[k + below]);
  for (let y = 0, k = 0; y < half.height; y++) {
    const below = y + 1 < half.height ? half.width : 0;
    for (let x = 0; x < half.width; x++, k++) {
      const beside = x + 1 < half.width ? 1 : 0;
      const hueS = step(redS, k, beside, below) + step(blueS, k, beside, below);
      const hueA = step(redA, k, beside, below) + step(blueA, k, beside, below);
      activity[k] += 0.25 * (hueS < hueA ? hueS : hueA);
    }
  }
  for (let k = 0; k < size; k++) {
    redA[k] -= redS[k];
    blueA[k] = (blueA[k] - blueS[k]) * 0.8;
  }
  return { red: redA, blue: blueA };
}

/** 0 where the narrow witnesses have seen something, and next to it (an edge is as soft as a pixel); else 1. */
function unseenBy(fine: Float32Array, evidence: Float32Array, { width, height }: Extent, half: Extent): Float32Array {
  const out = new Float32Array(half.width * half.height).fill(1);
  const hide = (x: number, y: number): void => {
    const x0 = x > 0 ? x - 1 : 0;
    const x1 = x < half.width - 1 ? x + 1 : x;
    for (let v = y > 0 ? y - 1 : 0; v <= (y < half.height - 1 ? y + 1 : y); v++) out.fill(0, v * half.width + x0, v * half.width + x1 + 1);
  };
  for (let y = 0, k = 0; y < half.height; y++) {
    const top = y * 2 * width;
    const below = y * 2 + 1 < height ? width : 0;
    for (let x = 0; x < half.width; x++, k++) {
      const p = top + x * 2;
      const beside = x * 2 + 1 < width ? 1 : 0;
      if (evidence[k] >= 1 || fine[p] >= 1 || fine[p + beside] >= 1 || fine[p + below] >= 1 || fine[p + below + beside] >= 1) hide(x, y);
    }
  }
  return out;
}

/** The mean of each 2 × 2; of what there is of it at an odd border. */
function halved(plane: Float32Array, { width, height }: Extent, half: Extent): Float32Array {
  const out = new Float32Array(half.width * half.height);
  for (let y = 0, k = 0; y < half.height; y++) {
    const below = y * 2 + 1 < height ? width : 0;
    for (let x = 0; x < half.width; x++, k++) {
      const p = y * 2 * width + x * 2;
      const beside = x * 2 + 1 < width ? 1 : 0;
      const q = p + below;
      out[k] = (plane[p] + plane[p + beside] + plane[q] + plane[q + beside]) * 0.25;
    }
  }
  return out;
}

/** Raises `fine` to the wider witnesses' evidence, read between their pixels. */
function spread(evidence: Float32Array, half: Extent, fine: Float32Array, { width, height }: Extent): void {
  const line = new Float32Array(half.width);
  for (let y = 0, i = 0; y < height; y++) {
    const j = (y >> 1) * half.width;
    const other = y % 2 === 0 ? (y > 0 ? j - half.width : j) : (y >> 1) + 1 < half.height ? j + half.width : j;
    for (let x = 0; x < half.width; x++) line[x] = evidence[j + x] * 0.75 + evidence[other + x] * 0.25;
    for (let x = 0; x < width; x++, i++) {
      const n = x >> 1;
      const next = x % 2 === 0 ? (n > 0 ? n - 1 : n) : n + 1 < half.width ? n + 1 : n;
      const e = line[n] * 0.75 + line[next] * 0.25;
      if (e > fine[i]) fine[i] = e;
    }
  }
}

/**
 * How far a middle band of frequencies differs from what it was, against how far it does so elsewhere in the pair.
 * Evidence with 1 as the threshold.
 */
async function structureGone(
  s: Float32Array,
  a: Float32Array,
  half: Extent,
  covered: Float32Array,
  pace: Pace,
): Promise<Float32Array | null> {
  const wideS = await boxMean(s, half, 2, pace);
  const wideA = wideS && (await boxMean(a, half, 2, pace));
  if (wideS === null || wideA === null) return null;
  const size = s.length;
  const energy = wideS;
  const rest = wideA;
  for (let k = 0; k < size; k++) {
    const p = s[k] - wideS[k];
    const q = a[k] - wideA[k];
    const most = p * p > q * q ? p * p : q * q;
    energy[k] = most > 900 ? 900 : most;
    const off = (p - q) * (p - q);
    rest[k] = off > 900 ? 900 : off;
  }
  const meanEnergy = await boxMean(energy, half, 2, pace);
  const meanRest = meanEnergy && (await boxMean(rest, half, 2, pace));
  if (meanEnergy === null || meanRest === null) return null;
  const { flat, perActivity } = noiseOf(meanRest, meanEnergy, half, covered);
  const base = Math.max(4, flat * 6);
  const slope = Math.min(0.45, Math.max(0.26, perActivity * 5));
  for (let k = 0; k < size; k++) meanRest[k] /= base + slope * meanEnergy[k];
  return meanRest;
}

interface Noise {
  readonly flat: number;
  readonly perActivity: number;
}

const thresholdOf = ({ flat, perActivity }: Noise, { least, most, factor, mostSlope }: Threshold) => ({
  flat,
  base: Math.min(most, Math.max(least, flat * factor)),
  slope: Math.min(mostSlope, perActivity * factor),
});

/**
 * The noise of a witness: what it says where nothing changed, as flat + perActivity · activity. Blocks are ranked by
 * activity, and in each rank the calmer part tells: an edit may cover most of the picture.
 */
function noiseOf(witness: Float32Array, activity: Float32Array, { width, height }: Extent, covered: Float32Array): Noise {
  const blocks: { activity: number; value: number }[] = [];
  for (let top = 0; top < height; top += blockPx) {
    for (let left = 0; left < width; left += blockPx) {
      let sum = 0;
      let squares = 0;
      let count = 0;
      const bottom = Math.min(height, top + blockPx);
      const right = Math.min(width, left + blockPx);
      for (let y = top; y < bottom; y++) {
        for (let x = left, i = y * width + left; x < right; x++, i++) {
          if (covered[i] === 0) continue;
          sum += activity[i];
          squares += witness[i] * witness[i];
          count++;
        }
      }
      if (count >= 16) blocks.push({ activity: sum / count, value: Math.sqrt(squares / count) });
    }
  }
  if (blocks.length < 8) return { flat: 1, perActivity: 0.05 };
  blocks.sort((p, q) => p.activity - q.activity);
  const ranks = 6;
  const points: { x: number; y: number }[] = [];
  for (let rank = 0; rank < ranks; rank++) {
    const part = blocks.slice(Math.floor((rank * blocks.length) / ranks), Math.floor(((rank + 1) * blocks.length) / ranks));
    const values = part.map(({ value }) => value).sort((p, q) => p - q);
    points.push({ x: part[part.length >> 1].activity, y: values[Math.floor(values.length * 0.4)] });
  }
  const flat = points[0].y;
  let perActivity = 0;
  const slopes = points
    .slice(1)
    .filter(({ x }) => x > points[0].x + 0.5)
    .map(({ x, y }) => (y - flat) / (x - points[0].x));
  if (slopes.length > 0) perActivity = Math.max(0, slopes.sort((p, q) => p - q)[slopes.length >> 1]);
  return { flat: Math.max(0, flat - perActivity * points[0].x), perActivity };
}
