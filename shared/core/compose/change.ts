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
import { larger, smaller } from './extremes.ts';
import { createRange, type RangeRow, rangeRow } from './localRange.ts';
import { noiseOf, type RankedBlocks, rankBlocks, type Threshold, thresholdOf } from './noise.ts';
import { lumaOf } from './planes.ts';
import { settle, softened } from './settle.ts';
import type { Aligned, Change, ComposeAsk, Plane, Planes } from './types.ts';

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
  for (const where of [covered, alpha, region]) if (where !== null) dropOutside(evidence, where);
  const limits = {
    low: 1,
    lowWithin: 0.5,
    high: 1.8,
    leastPixels: 14,
    leastSeeds: 6,
    mostHole: Math.max(40, Math.round(width * height * 0.0006)),
  };
  if (await isStopped(pace)) return null;
  const difference = await differenceOf(aligned, pace);
  if (difference === null) return null;
  const settled = await settle(evidence, difference, aligned, limits, pace);
  if (settled === null) return null;
  extendToBorder(settled, aligned);
  if (await isStopped(pace)) return null;
  if (ask.region === null) {
    const share = meanOf(settled);
    if (ask.scope === 'global' ? share > wholeShare || shift > plainShift : isShift && share > shiftShare) settled.fill(1);
  }
  const mask: Plane = {
    width,
    height,
    data: softened(
      settled,
      difference,
      aligned,
      (i) => isRemoval(aligned, i),
      (i) => isOldEdge(aligned, difference, i),
    ),
  };
  if (await isStopped(pace)) return null;
  if (alpha !== null) dropOutside(mask.data, alpha);
  hold(mask.data, covered);
  if (region !== null) hold(mask.data, region);
  return { mask, fraction: meanOf(mask.data), noise };
}

function dropOutside(values: Float32Array, { data }: Plane): void {
  for (let i = 0; i < values.length; i++) if (data[i] <= 0) values[i] = 0;
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
const isRemoval = ({ source, answer, width, height }: Aligned, i: number): boolean =>
  !isOutermost(i, width, height) && edgeAt(source, i) > 1.2 * edgeAt(answer, i) + 6;

/** More than texture makes of a pixel and its four neighbours, levels. */
const plainEdge = 120;

/** Whether what differs here is an edge of the source rather than its texture. */
const isOldEdge = ({ source, width, height }: Aligned, difference: Float32Array, i: number): boolean =>
  !isOutermost(i, width, height) && edgeAt(source, i) > Math.min(plainEdge, 1.5 * difference[i] + 32);

const isOutermost = (i: number, width: number, height: number): boolean => {
  const x = i % width;
  return x === 0 || x === width - 1 || i < width || i >= width * (height - 1);
};

/** Levels by which a pixel differs from its four neighbours, in sum. */
const edgeAt = ({ g, width }: Planes, i: number): number =>
  Math.abs(g[i - 1] - g[i]) + Math.abs(g[i + 1] - g[i]) + Math.abs(g[i - width] - g[i]) + Math.abs(g[i + width] - g[i]);

/** The largest difference of the three channels, levels. Null when aborted. */
async function differenceOf({ source, answer, width, height }: Aligned, pace: Pace): Promise<Float32Array | null> {
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    differRow(source, answer, y * width, (y + 1) * width, out);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return out;
}

function differRow(source: Planes, answer: Planes, start: number, end: number, out: Float32Array): void {
  for (let i = start; i < end; i++) {
    const r = Math.abs(answer.r[i] - source.r[i]);
    const g = Math.abs(answer.g[i] - source.g[i]);
    const b = Math.abs(answer.b[i] - source.b[i]);
    out[i] = larger(larger(r, g), b);
  }
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
  dropShallow(fine, depth, aligned, half);
  forBorder(aligned, (i) => {
    fine[i] = 0;
  });

  if (await isStopped(pace)) return null;
  const still = halved(s.data, s, half);
  const moved = halved(a.data, a, half);
  if (await isStopped(pace)) return null;
  const colour = await compareColours(aligned, still, moved, half, activity, pace);
  const calm = colour && (await boxMean(activity, half, 1, pace));
  if (colour === null || calm === null) return null;
  const { red, blue } = colour;
  equalShallow(depth, half, red, blue, still, moved);

  // Fine speaks on every pixel, the others on every second: what they look at is wider than that.
  const blocks = rankBlocks(calm, half, covered);
  const fineNoise = thresholdOf(noiseOf(everySecond(fine, width, half), blocks), thresholds.fine);
  if (await isStopped(pace)) return null;
  weighFine(fine, calm, fineNoise.base, fineNoise.slope, aligned, half);

  if (await isStopped(pace)) return null;
  const evidence = new Float32Array(half.width * half.height);
  const join = async (witness: Float32Array, limits: Threshold): Promise<boolean> => {
    const { base, slope } = thresholdOf(noiseOf(witness, blocks), limits);
    if (await isStopped(pace)) return false;
    raiseTo(evidence, witness, calm, base, slope);
    return !(await isStopped(pace));
  };
  const near = await boxMean(red, half, 1, pace, 40);
  const nearBlue = near && (await boxMean(blue, half, 1, pace, 40));
  if (near === null || nearBlue === null) return null;
  if (!(await join(near, thresholds.colour)) || !(await join(nearBlue, thresholds.colour))) return null;

  const detail = new Float32Array(evidence.length);
  if (!(await weighDetail(still, moved, half, covered, detail, pace))) return null;
  if (!(await showing(detail, still, moved, half, calm, blocks, pace))) return null;
  // What the narrow witnesses have seen is left out of the wide windows, which would smear it over their width.
  const unseen = unseenBy(fine, evidence, aligned, half);
  if (await isStopped(pace)) return null;
  const luma = lessSeen(unseen, still, moved, red, blue);
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
    shift += shareOut(patch, share);
    if (!(await join(patch, thresholds.patch))) return null;
  }

  const structure = await structureGone(still, moved, half, covered, pace);
  if (structure === null) return null;
  raiseToEither(evidence, structure, detail);
  if (await isStopped(pace)) return null;
  if (!(await spread(evidence, half, fine, aligned, pace))) return null;
  return { evidence: fine, noise: fineNoise.flat, shift: shift / luma.length };
}

/** Takes away what `fine` says so near the border of what is covered that `depth`, the mean there, is not full. */
function dropShallow(fine: Float32Array, depth: Float32Array, { width, height }: Extent, half: Extent): void {
  for (let y = 0, i = 0; y < height; y++) {
    const row = (y >> 1) * half.width;
    for (let x = 0; x < width; x++, i++) if (depth[row + (x >> 1)] < 0.9999) fine[i] = 0;
  }
}

/** There, and at the border of the picture, the answer is taken for the source at half size too. */
function equalShallow(
  depth: Float32Array,
  half: Extent,
  red: Float32Array,
  blue: Float32Array,
  still: Float32Array,
  moved: Float32Array,
): void {
  for (let y = 0, k = 0; y < half.height; y++) {
    const isRim = y < 2 || y >= half.height - 2;
    for (let x = 0; x < half.width; x++, k++) {
      if (!isRim && x >= 2 && x < half.width - 2 && depth[k] >= 0.9999) continue;
      red[k] = 0;
      blue[k] = 0;
      moved[k] = still[k];
    }
  }
}

function everySecond(plane: Float32Array, width: number, half: Extent): Float32Array {
  const out = new Float32Array(half.width * half.height);
  for (let y = 0, k = 0; y < half.height; y++) for (let x = 0; x < half.width; x++, k++) out[k] = plane[y * 2 * width + x * 2];
  return out;
}

/** Levels to evidence, in place. */
function weighFine(fine: Float32Array, calm: Float32Array, base: number, slope: number, { width, height }: Extent, half: Extent): void {
  for (let y = 0, i = 0; y < height; y++) {
    const row = (y >> 1) * half.width;
    for (let x = 0; x < width; x++, i++) if (fine[i] !== 0) fine[i] /= base + slope * calm[row + (x >> 1)];
  }
}

function raiseTo(evidence: Float32Array, witness: Float32Array, calm: Float32Array, base: number, slope: number): void {
  for (let k = 0; k < evidence.length; k++) evidence[k] = larger(evidence[k], Math.abs(witness[k]) / (base + slope * calm[k]));
}

function raiseToEither(evidence: Float32Array, one: Float32Array, other: Float32Array): void {
  for (let k = 0; k < evidence.length; k++) evidence[k] = larger(evidence[k], larger(one[k], other[k]));
}

/** The difference of brightness, where it was not seen; of colour in place, and `moved` is `still` elsewhere. */
function lessSeen(unseen: Float32Array, still: Float32Array, moved: Float32Array, red: Float32Array, blue: Float32Array): Float32Array {
  const luma = new Float32Array(still.length);
  for (let k = 0; k < still.length; k++) {
    if (unseen[k] === 0) moved[k] = still[k];
    luma[k] = moved[k] - still[k];
    red[k] *= unseen[k];
    blue[k] *= unseen[k];
  }
  return luma;
}

/** Means over what was not seen, in place; answers the sum of what they were before. */
function shareOut(patch: Float32Array, share: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < patch.length; k++) {
    sum += Math.abs(patch[k]);
    patch[k] /= share[k] > 0.2 ? share[k] : 0.2;
  }
  return sum;
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
  blocks: RankedBlocks,
  pace: Pace,
): Promise<boolean> {
  const off = new Float32Array(still);
  subtractFrom(off, moved);
  const mean = await boxMean(off, half, 1, pace);
  const around = mean && (await boxMean(off, half, reach, pace));
  if (mean === null || around === null) return false;
  if (await isStopped(pace)) return false;
  const { flat, perActivity } = noiseOf(mean, blocks);
  holdBack(detail, mean, around, calm, flat + 0.05, perActivity);
  return true;
}

function subtractFrom(values: Float32Array, from: Float32Array): void {
  for (let k = 0; k < values.length; k++) values[k] = Math.abs(from[k] - values[k]);
}

function holdBack(detail: Float32Array, mean: Float32Array, around: Float32Array, calm: Float32Array, base: number, slope: number): void {
  const [least, full, ofAround] = [leastShowing, fullShowing, leastOfAround];
  for (let k = 0; k < detail.length; k++) {
    if (detail[k] === 0) continue;
    const share = (mean[k] / (base + slope * calm[k]) - least) / (full - least);
    const part = mean[k] / (ofAround * around[k] + 1e-6) - 1;
    detail[k] *= smaller(1, larger(0, smaller(share, part)));
  }
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
  const [near, lost] = [tolerance, contrastLost];
  for (let x = 0, i = start; x < lowS.length; x++, i++) {
    const vs = s[i];
    const va = a[i];
    const forth = larger(va - vs - near * (highS[x] - vs), vs - va - near * (vs - lowS[x]));
    const back = larger(vs - va - near * (highA[x] - va), va - vs - near * (va - lowA[x]));
    const rs = highS[x] - lowS[x];
    const ra = highA[x] - lowA[x];
    const apart = Math.abs(rs - ra);
    // Resampling takes from the contrast of a line of a pixel's width.
    const beyond = larger(forth, back) - lost * 0.5 * (rs + ra + apart);
    fine[i] = 0.5 * (beyond + Math.abs(beyond));
    activity[row + (x >> 1)] += share * (0.5 * (rs + ra - apart) + 0.25 * apart);
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
  const redS = halved(source.r, source, half, still);
  const blueS = halved(source.b, source, half, still);
  if (await isStopped(pace)) return null;
  const redA = halved(answer.r, answer, half, moved);
  const blueA = halved(answer.b, answer, half, moved);
  for (let y = 0; y < half.height; y++) {
    addHueSteps(redS, blueS, redA, blueA, y, half, activity);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  takeFrom(redA, redS, 1);
  takeFrom(blueA, blueS, 0.8);
  return { red: redA, blue: blueA };
}

function addHueSteps(
  redS: Float32Array,
  blueS: Float32Array,
  redA: Float32Array,
  blueA: Float32Array,
  y: number,
  half: Extent,
  activity: Float32Array,
): void {
  const last = (y + 1) * half.width - 1;
  const below = y + 1 < half.height ? half.width : 0;
  for (let k = y * half.width; k <= last; k++) {
    const p = k < last ? k + 1 : k;
    const q = k + below;
    const hueS = Math.abs(redS[k] - redS[p]) + Math.abs(redS[k] - redS[q]) + Math.abs(blueS[k] - blueS[p]) + Math.abs(blueS[k] - blueS[q]);
    const hueA = Math.abs(redA[k] - redA[p]) + Math.abs(redA[k] - redA[q]) + Math.abs(blueA[k] - blueA[p]) + Math.abs(blueA[k] - blueA[q]);
    activity[k] += 0.25 * smaller(hueS, hueA);
  }
}

function takeFrom(values: Float32Array, less: Float32Array, share: number): void {
  for (let k = 0; k < values.length; k++) values[k] = (values[k] - less[k]) * share;
}

/** 0 where the narrow witnesses have seen something, and next to it (an edge is as soft as a pixel); else 1. */
function unseenBy(fine: Float32Array, evidence: Float32Array, { width, height }: Extent, half: Extent): Float32Array {
  const seen = new Uint8Array(half.width * half.height);
  for (let y = 0, k = 0; y < half.height; y++) {
    const top = y * 2 * width;
    const below = y * 2 + 1 < height ? width : 0;
    for (let x = 0; x < half.width; x++, k++) {
      const p = top + x * 2;
      const beside = x * 2 + 1 < width ? 1 : 0;
      if (evidence[k] >= 1 || fine[p] >= 1 || fine[p + beside] >= 1 || fine[p + below] >= 1 || fine[p + below + beside] >= 1) seen[k] = 1;
    }
  }
  const out = new Float32Array(half.width * half.height);
  const across = new Uint8Array(half.width);
  for (let y = 0; y < half.height; y++) {
    const here = y * half.width;
    const above = y > 0 ? here - half.width : here;
    const below = y < half.height - 1 ? here + half.width : here;
    for (let x = 0; x < half.width; x++) across[x] = seen[above + x] | seen[here + x] | seen[below + x];
    for (let x = 0; x < half.width; x++)
      out[here + x] = 1 - (across[x] | (x > 0 ? across[x - 1] : 0) | (x < half.width - 1 ? across[x + 1] : 0));
  }
  return out;
}

/** The mean of each 2 × 2, of what there is of it at an odd border; less `less`. */
function halved(plane: Float32Array, { width, height }: Extent, half: Extent, less?: Float32Array): Float32Array {
  const out = new Float32Array(half.width * half.height);
  for (let y = 0; y < half.height; y++) {
    const below = y * 2 + 1 < height ? width : 0;
    const whole = width >> 1;
    let k = y * half.width;
    let p = y * 2 * width;
    for (let x = 0; x < whole; x++, k++, p += 2) out[k] = (plane[p] + plane[p + 1] + plane[p + below] + plane[p + below + 1]) * 0.25;
    if (whole < half.width) out[k] = (plane[p] + plane[p + below]) * 0.5;
  }
  if (less !== undefined) takeFrom(out, less, 1);
  return out;
}

/** Raises `fine` to the wider witnesses' evidence, read between their pixels. False when aborted. */
async function spread(evidence: Float32Array, half: Extent, fine: Float32Array, { width, height }: Extent, pace: Pace): Promise<boolean> {
  const line = new Float32Array(half.width);
  for (let y = 0; y < height; y++) {
    const j = (y >> 1) * half.width;
    const other = y % 2 === 0 ? (y > 0 ? j - half.width : j) : (y >> 1) + 1 < half.height ? j + half.width : j;
    spreadRow(evidence, j, other, line, fine, y * width, width);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return false;
  }
  return true;
}

function spreadRow(
  evidence: Float32Array,
  here: number,
  other: number,
  line: Float32Array,
  fine: Float32Array,
  start: number,
  width: number,
): void {
  for (let x = 0; x < line.length; x++) line[x] = evidence[here + x] * 0.75 + evidence[other + x] * 0.25;
  for (let n = 0, i = start; n < line.length; n++, i += 2) {
    const most = 0.75 * line[n];
    fine[i] = larger(fine[i], most + 0.25 * line[n > 0 ? n - 1 : n]);
    if (n * 2 + 1 < width) fine[i + 1] = larger(fine[i + 1], most + 0.25 * line[n + 1 < line.length ? n + 1 : n]);
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
  const [energy, rest] = [wideS, wideA];
  bandOf(s, a, energy, rest);
  const meanEnergy = await boxMean(energy, half, 2, pace);
  const meanRest = meanEnergy && (await boxMean(rest, half, 2, pace));
  if (meanEnergy === null || meanRest === null) return null;
  const { flat, perActivity } = noiseOf(meanRest, rankBlocks(meanEnergy, half, covered));
  if (await isStopped(pace)) return null;
  weighBand(meanRest, meanEnergy, Math.max(4, flat * 6), Math.min(0.45, Math.max(0.26, perActivity * 5)));
  return meanRest;
}

/** From the wide means, in place, how much there is of the band in either, and how much of it is not in both. */
function bandOf(s: Float32Array, a: Float32Array, energy: Float32Array, rest: Float32Array): void {
  for (let k = 0; k < s.length; k++) {
    const p = s[k] - energy[k];
    const q = a[k] - rest[k];
    energy[k] = smaller(900, larger(p * p, q * q));
    rest[k] = smaller(900, (p - q) * (p - q));
  }
}

function weighBand(rest: Float32Array, energy: Float32Array, base: number, slope: number): void {
  for (let k = 0; k < rest.length; k++) rest[k] /= base + slope * energy[k];
}
