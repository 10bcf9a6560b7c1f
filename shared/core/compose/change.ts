/**
 * What truly changed between the source and the registered, tone-matched answer. Four witnesses speak per pixel, each
 * against a noise level measured on this pair's own calm parts, because a model re-makes fine texture everywhere:
 *
 *   fine      luma beyond the 3 × 3 range of the other picture: strokes, text, edges
 *   colour    chroma over 5 × 5
 *   patch     luma and colour over 13 × 13, differences held within a limit first, so that the window votes by majority and
 *             the edge of a low-contrast change stays where it is
 *   structure what a band of middle frequencies gained or lost: defocus, texture, things pasted or removed
 *
 * The strongest witness is the pixel's evidence; 1 is the threshold.
 */
import type { Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { boxMean } from './boxFilter.ts';
import { localRange } from './localRange.ts';
import { lumaOf } from './planes.ts';
import { settle, softened } from './settle.ts';
import type { Aligned, Change, ComposeAsk, Plane, Planes } from './types.ts';

/** Side of the blocks whose calm third tells the noise. */
const blockPx = 16;
/** What two resamplings may take from the contrast of the finest lines. */
const contrastLost = 0.16;
/** An edit of the whole picture that covers more than this share is not cut into pieces. */
const wholeShare = 0.3;
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

/** `region`: where changes may be, on the work grid, 0 to 1; null for everywhere. Null when aborted. */
export async function findChange(aligned: Aligned, ask: ComposeAsk, region: Plane | null, pace: Pace): Promise<Change | null> {
  const found = await weighEvidence(aligned, pace);
  if (found === null) return null;
  const { evidence, noise, shift } = found;
  const { width, height, covered, alpha } = aligned;
  for (let i = 0; i < evidence.length; i++) {
    if (covered.data[i] < 0.5 || (alpha !== null && alpha.data[i] <= 0) || (region !== null && region.data[i] <= 0)) evidence[i] = 0;
  }
  const limits = { low: 1, high: 1.8, leastPixels: 14, leastSeeds: 6, mostHole: Math.max(40, Math.round(width * height * 0.0006)) };
  const settled = await settle(evidence, aligned, limits, pace);
  if (settled === null) return null;
  extendToBorder(settled, aligned);
  if (ask.scope === 'global' && ask.region === null && (shareOf(settled) > wholeShare || shift > plainShift)) settled.fill(1);
  const mask: Plane = { width, height, data: softened(settled, aligned) };
  let sum = 0;
  for (let i = 0; i < mask.data.length; i++) {
    if (mask.data[i] === 0) continue;
    let most = covered.data[i];
    if (alpha !== null && alpha.data[i] <= 0) most = 0;
    if (region !== null && region.data[i] < most) most = region.data[i];
    if (mask.data[i] > most) mask.data[i] = most;
    sum += mask.data[i];
  }
  return { mask, fraction: sum / (width * height), noise };
}

function shareOf(mask: Uint8Array): number {
  let count = 0;
  for (const m of mask) count += m;
  return count / mask.length;
}

/** How far colour, less its brightness, differs between two pixels, levels. */
function hueStep({ r, b }: Planes, luma: Float32Array, i: number, k: number): number {
  const step = luma[i] - luma[k];
  const red = r[i] - r[k] - step;
  const blue = b[i] - b[k] - step;
  return (red < 0 ? -red : red) + (blue < 0 ? -blue : blue);
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

/** Takes the neighbours of every 0 along, in place: an edge is as soft as a pixel. */
function erode(plane: Float32Array, { width, height }: Extent): void {
  const from = plane.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0, i = y * width; x < width; x++, i++) {
      if (from[i] !== 0) continue;
      for (let v = y > 0 ? -1 : 0; v <= (y < height - 1 ? 1 : 0); v++)
        for (let u = x > 0 ? -1 : 0; u <= (x < width - 1 ? 1 : 0); u++) plane[i + v * width + u] = 0;
    }
  }
}

interface Evidence {
  readonly evidence: Float32Array;
  /** Levels. */
  readonly noise: number;
  /** Mean difference of local means, levels: what recompressing leaves is below one. */
  readonly shift: number;
}

async function weighEvidence(aligned: Aligned, pace: Pace): Promise<Evidence | null> {
  const { source, answer } = aligned;
  const size = source.r.length;
  const s = lumaOf(source);
  const a = lumaOf(answer);
  const sourceRange = await localRange(s, pace);
  const answerRange = sourceRange && (await localRange(a, pace));
  if (sourceRange === null || answerRange === null) return null;

  // Fine: beyond the other's range. Activity: how much there is that could be misplaced or re-made.
  const fine = new Float32Array(size);
  const activity = new Float32Array(size);
  const luma = new Float32Array(size);
  const red = new Float32Array(size);
  const blue = new Float32Array(size);
  const { width } = aligned;
  for (let y = 0, i = 0; y < aligned.height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const vs = s.data[i];
      const va = a.data[i];
      const aboveS = va - sourceRange.high[i];
      const belowS = sourceRange.low[i] - va;
      const aboveA = vs - answerRange.high[i];
      const belowA = answerRange.low[i] - vs;
      const forth = aboveS > belowS ? aboveS : belowS;
      const back = aboveA > belowA ? aboveA : belowA;
      const most = forth > back ? forth : back;
      const rs = sourceRange.high[i] - sourceRange.low[i];
      const ra = answerRange.high[i] - answerRange.low[i];
      // Resampling takes from the contrast of a line of a pixel's width.
      const beyond = most - contrastLost * (rs > ra ? rs : ra);
      fine[i] = beyond > 0 ? beyond : 0;
      // Edges between colours of one brightness, which JPEG blurs most.
      const next = x + 1 < width ? i + 1 : i;
      const below = i + width < size ? i + width : i;
      const hueS = hueStep(source, s.data, i, next) + hueStep(source, s.data, i, below);
      const hueA = hueStep(answer, a.data, i, next) + hueStep(answer, a.data, i, below);
      activity[i] = (rs < ra ? rs + 0.25 * (ra - rs) : ra + 0.25 * (rs - ra)) + 0.5 * (hueS < hueA ? hueS : hueA);
      const d = va - vs;
      luma[i] = d;
      red[i] = answer.r[i] - source.r[i] - d;
      blue[i] = (answer.b[i] - source.b[i] - d) * 0.8;
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  // Bars and resizing bleed into the outermost pixels: they tell nothing, and follow what lies further in.
  const depth = await boxMean(aligned.covered.data, aligned, borderPx, pace);
  if (depth === null) return null;
  const silence = (i: number): void => {
    fine[i] = luma[i] = red[i] = blue[i] = 0;
    a.data[i] = s.data[i];
  };
  for (let i = 0; i < size; i++) if (depth[i] < 0.9999) silence(i);
  forBorder(aligned, silence);
  const calm = await boxMean(activity, aligned, 3, pace);
  if (calm === null) return null;

  const evidence = new Float32Array(size);
  const join = (witness: Float32Array, { least, most, factor, mostSlope }: Threshold): number => {
    const { flat, perActivity } = noiseOf(witness, calm, aligned);
    const base = Math.min(most, Math.max(least, flat * factor));
    const slope = Math.min(mostSlope, perActivity * factor);
    for (let i = 0; i < size; i++) {
      const value = witness[i];
      const e = (value < 0 ? -value : value) / (base + slope * calm[i]);
      if (e > evidence[i]) evidence[i] = e;
    }
    return flat;
  };

  const noise = join(fine, thresholds.fine);
  const near = await boxMean(red, aligned, 2, pace, 40);
  const nearBlue = near && (await boxMean(blue, aligned, 2, pace, 40));
  if (near === null || nearBlue === null) return null;
  join(near, thresholds.colour);
  join(nearBlue, thresholds.colour);

  // What the narrow witnesses have seen is left out of the wide windows, which would smear it over their width.
  const unseen = new Float32Array(size);
  for (let i = 0; i < size; i++) unseen[i] = evidence[i] >= 1 ? 0 : 1;
  erode(unseen, aligned);
  const left = { width: aligned.width, height: aligned.height, data: new Float32Array(size) };
  for (let i = 0; i < size; i++) {
    const u = unseen[i];
    left.data[i] = u === 1 ? a.data[i] : s.data[i];
    luma[i] *= u;
    red[i] *= u;
    blue[i] *= u;
  }
  const share = await boxMean(unseen, aligned, 6, pace);
  if (share === null) return null;
  let shift = 0;
  for (const [witness, limit] of [
    [luma, 8],
    [red, 7],
    [blue, 7],
  ] as const) {
    const patch = await boxMean(witness, aligned, 6, pace, limit);
    if (patch === null) return null;
    for (let i = 0; i < size; i++) {
      shift += patch[i] < 0 ? -patch[i] : patch[i];
      patch[i] /= share[i] > 0.2 ? share[i] : 0.2;
    }
    join(patch, thresholds.patch);
  }

  const structure = await structureGone(s, left, aligned, pace);
  if (structure === null) return null;
  for (let i = 0; i < size; i++) if (structure[i] > evidence[i]) evidence[i] = structure[i];
  return { evidence, noise, shift: shift / size };
}

/**
 * How far a middle band of frequencies differs from what it was, against how far it does so elsewhere in the pair.
 * Evidence with 1 as the threshold.
 */
async function structureGone(s: Plane, a: Plane, aligned: Aligned, pace: Pace): Promise<Float32Array | null> {
  const sourceBand = await middleBand(s, pace);
  const answerBand = sourceBand && (await middleBand(a, pace));
  if (sourceBand === null || answerBand === null) return null;
  const size = sourceBand.length;
  const energy = new Float32Array(size);
  const rest = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const p = sourceBand[i];
    const q = answerBand[i];
    const most = p * p > q * q ? p * p : q * q;
    energy[i] = most > 900 ? 900 : most;
    const off = (p - q) * (p - q);
    rest[i] = off > 900 ? 900 : off;
  }
  const meanEnergy = await boxMean(energy, aligned, 4, pace);
  const meanRest = meanEnergy && (await boxMean(rest, aligned, 4, pace));
  if (meanEnergy === null || meanRest === null) return null;
  const { flat, perActivity } = noiseOf(meanRest, meanEnergy, aligned);
  const base = Math.max(4, flat * 6);
  const slope = Math.min(0.45, Math.max(0.16, perActivity * 5));
  for (let i = 0; i < size; i++) meanRest[i] /= base + slope * meanEnergy[i];
  return meanRest;
}

async function middleBand(plane: Plane, pace: Pace): Promise<Float32Array | null> {
  const fine = await boxMean(plane.data, plane, 1, pace);
  const wide = fine && (await boxMean(fine, plane, 4, pace));
  if (fine === null || wide === null) return null;
  for (let i = 0; i < fine.length; i++) fine[i] -= wide[i];
  return fine;
}

/**
 * The noise of a witness: what it says where nothing changed, as flat + perActivity · activity. Blocks are ranked by
 * activity, and in each rank the calmer part tells: an edit may cover most of the picture.
 */
function noiseOf(
  witness: Float32Array,
  activity: Float32Array,
  { width, height, covered }: Aligned,
): { readonly flat: number; readonly perActivity: number } {
  const blocks: { activity: number; value: number }[] = [];
  for (let top = 0; top < height; top += blockPx) {
    for (let left = 0; left < width; left += blockPx) {
      let sum = 0;
      let squares = 0;
      let count = 0;
      const bottom = Math.min(height, top + blockPx);
      const right = Math.min(width, left + blockPx);
      for (let y = top; y < bottom; y += 2) {
        for (let x = left, i = y * width + left; x < right; x += 2, i += 2) {
          if (covered.data[i] < 0.999) continue;
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
