/**
 * Whether the answer still shows the source's own detail: in two bands of frequencies, how strongly the one's detail is
 * found again in the other's (a regression over a window). What a model draws anew, and what JPEG drops, lowers that
 * everywhere and more where detail is faint; a part out of focus, painted over or given a texture lowers it in one place,
 * however soft that place is. So each pixel is held against what places of like detail give in the same pair.
 */
import type { Extent } from '../geometry.ts';
import { isStopped, type Pace } from '../pace.ts';
import { boxMean, meanRow } from './boxFilter.ts';
import { larger } from './extremes.ts';

/** Windows that part the bands, and over which detail is summed, as radii. */
const bands = [
  { inner: 0, outer: 1 },
  { inner: 1, outer: 4 },
] as const;
const sumRadius = 3;
/** Detail that is fainter than this, levels, is not looked for. */
const faintest = 0.9;
/** A share of the usual gain that has to be gone at least, and how many times the usual spread. */
const leastLoss = 0.45;
const spreads = 4;
const leastSpread = 0.03;

/** Raises `evidence` (1 is the threshold) where the detail of `s` is not found in `a`, or the other way about. False when aborted. */
export async function weighDetail(
  s: Float32Array,
  a: Float32Array,
  extent: Extent,
  covered: Float32Array,
  evidence: Float32Array,
  pace: Pace,
): Promise<boolean> {
  let still = s;
  let moved = a;
  for (const { inner, outer } of bands) {
    if (inner > 0) {
      const p = await boxMean(s, extent, inner, pace);
      const q = p && (await boxMean(a, extent, inner, pace));
      if (p === null || q === null) return false;
      still = p;
      moved = q;
    }
    const wideS = await boxMean(still, extent, outer, pace);
    const wideA = wideS && (await boxMean(moved, extent, outer, pace));
    if (wideS === null || wideA === null) return false;
    const [detailS, detailA] = [wideS, wideA];
    const power = bandOf(still, moved, detailS, detailA);
    // Each place counts alike, strong or faint: else what is strong would show over the width of the window.
    const weight = await boxMean(power, extent, 1, pace);
    if (weight === null) return false;
    weightsOf(weight);
    if (await isStopped(pace)) return false;
    const means = await meanProducts(detailS, detailA, weight, extent, pace);
    if (means === null) return false;
    const { both, sides } = means;
    for (const { own, energy } of sides) {
      const usual = usualGains(both, own, energy, extent, covered);
      if (await isStopped(pace)) return false;
      if (usual !== null) raise(evidence, both, own, energy, usual);
      if (await isStopped(pace)) return false;
    }
  }
  return true;
}

/** From the wide means, in place, the band of each picture; answers their power together. */
function bandOf(still: Float32Array, moved: Float32Array, detailS: Float32Array, detailA: Float32Array): Float32Array {
  const power = new Float32Array(still.length);
  for (let k = 0; k < power.length; k++) {
    const p = still[k] - detailS[k];
    const q = moved[k] - detailA[k];
    detailS[k] = p;
    detailA[k] = q;
    power[k] = p * p + q * q;
  }
  return power;
}

/** In place. */
function weightsOf(power: Float32Array): void {
  const least = faintest * faintest;
  for (let k = 0; k < power.length; k++) power[k] = 1 / (power[k] + least);
}

/** Means over the window: of the product of the two bands, weighted; of each one's own square, weighted and as it is. */
interface MeanProducts {
  readonly both: Float32Array;
  readonly sides: readonly { readonly own: Float32Array; readonly energy: Float32Array }[];
}

/** Sums down the columns of the window, and their running sums along the row, of the five products. */
interface ProductSums {
  readonly columns: readonly Float64Array[];
  readonly running: readonly Float64Array[];
}

/** All five in one pass. Null when aborted. */
async function meanProducts(
  s: Float32Array,
  a: Float32Array,
  weight: Float32Array,
  { width, height }: Extent,
  pace: Pace,
): Promise<MeanProducts | null> {
  const five = <T>(make: () => T): T[] => Array.from({ length: 5 }, make);
  const sums: ProductSums = { columns: five(() => new Float64Array(width)), running: five(() => new Float64Array(width + 1)) };
  const out = five(() => new Float32Array(width * height));
  for (let y = 0; y < Math.min(sumRadius, height); y++) addProducts(s, a, weight, y * width, 1, sums);
  for (let y = 0; y < height; y++) {
    if (y + sumRadius < height) addProducts(s, a, weight, (y + sumRadius) * width, 1, sums);
    if (y - sumRadius - 1 >= 0) addProducts(s, a, weight, (y - sumRadius - 1) * width, -1, sums);
    runAlong(sums);
    const rows = Math.min(height - 1, y + sumRadius) - Math.max(0, y - sumRadius) + 1;
    for (let n = 0; n < 5; n++) meanRow(sums.running[n], width, sumRadius, rows, out[n], y * width);
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  const [both, ownS, ownA, energyS, energyA] = out;
  return {
    both,
    sides: [
      { own: ownS, energy: energyS },
      { own: ownA, energy: energyA },
    ],
  };
}

function addProducts(s: Float32Array, a: Float32Array, weight: Float32Array, start: number, sign: 1 | -1, { columns }: ProductSums): void {
  const [both, ownS, ownA, energyS, energyA] = columns;
  for (let x = 0, k = start; x < both.length; x++, k++) {
    const p = s[k];
    const q = a[k];
    const w = weight[k] * sign;
    both[x] += p * q * w;
    ownS[x] += p * p * w;
    ownA[x] += q * q * w;
    energyS[x] += p * p * sign;
    energyA[x] += q * q * sign;
  }
}

function runAlong({ columns, running }: ProductSums): void {
  const [both, ownS, ownA, energyS, energyA] = columns;
  const [toBoth, toOwnS, toOwnA, toEnergyS, toEnergyA] = running;
  let b = 0;
  let p = 0;
  let q = 0;
  let v = 0;
  let w = 0;
  for (let x = 0; x < both.length; x++) {
    b += both[x];
    p += ownS[x];
    q += ownA[x];
    v += energyS[x];
    w += energyA[x];
    toBoth[x + 1] = b;
    toOwnS[x + 1] = p;
    toOwnA[x + 1] = q;
    toEnergyS[x + 1] = v;
    toEnergyA[x + 1] = w;
  }
}

/** Gain and its spread by energy, the places of the picture in equal ranks of it. */
interface Gains {
  readonly energy: Float32Array;
  readonly gain: Float64Array;
  readonly spread: Float64Array;
}

const ranks = 8;
const samplePx = 4;
/** More than a work grid at half size has. */
const placesAtMost = 1 << 21;

/** Upper quantiles tell, because an edit lowers the gain and may cover a third of the picture. */
function usualGains(
  both: Float32Array,
  own: Float32Array,
  energy: Float32Array,
  { width, height }: Extent,
  covered: Float32Array,
): Gains | null {
  // Places with their energy, as whole numbers that sort by it: a 32-bit float above 0 is ordered as its bits are.
  const bits = new Int32Array(energy.buffer, energy.byteOffset, energy.length);
  const found = new Float64Array(Math.ceil(width / samplePx) * Math.ceil(height / samplePx));
  const least = faintest * faintest;
  let count = 0;
  for (let y = samplePx >> 1; y < height; y += samplePx)
    for (let x = samplePx >> 1, k = y * width + x; x < width; x += samplePx, k += samplePx)
      if (covered[k] !== 0 && energy[k] > least) found[count++] = bits[k] * placesAtMost + k;
  if (count < ranks * 24) return null;
  const places = Int32Array.from(found.subarray(0, count).sort(), (key) => key % placesAtMost);
  const out: Gains = { energy: new Float32Array(ranks), gain: new Float64Array(ranks), spread: new Float64Array(ranks) };
  for (let rank = 0; rank < ranks; rank++) {
    const part = places.subarray(Math.floor((rank * count) / ranks), Math.floor(((rank + 1) * count) / ranks));
    out.energy[rank] = energy[part[part.length >> 1]];
    const gains = Float64Array.from(part, (k) => both[k] / own[k]).sort();
    const middle = gains[Math.floor(0.6 * gains.length)];
    out.gain[rank] = middle;
    out.spread[rank] = Math.max(leastSpread, (gains[Math.floor(0.85 * gains.length)] - middle) / 0.85);
  }
  return out;
}

function raise(evidence: Float32Array, both: Float32Array, own: Float32Array, energies: Float32Array, usual: Gains): void {
  const { energy: levels, gain: gains, spread: spreadAt } = usual;
  const least = faintest * faintest;
  // Counted from bits, without a branch: which rank a pixel lies in is chance.
  const bits = new Int32Array(energies.buffer, energies.byteOffset, energies.length);
  const [, e1, e2, e3, e4, e5, e6, e7] = new Int32Array(levels.buffer, levels.byteOffset, ranks);
  for (let k = 0; k < evidence.length; k++) {
    const energy = energies[k];
    if (energy < least) continue;
    const at = bits[k];
    const rank =
      ((e1 - at) >>> 31) +
      ((e2 - at) >>> 31) +
      ((e3 - at) >>> 31) +
      ((e4 - at) >>> 31) +
      ((e5 - at) >>> 31) +
      ((e6 - at) >>> 31) +
      ((e7 - at) >>> 31);
    const next = rank < ranks - 1 ? rank + 1 : rank;
    const step = levels[next] - levels[rank];
    const share = step > 0 ? Math.min(1, Math.max(0, (energy - levels[rank]) / step)) : 0;
    const gain = gains[rank] + (gains[next] - gains[rank]) * share;
    const spread = spreadAt[rank] + (spreadAt[next] - spreadAt[rank]) * share;
    const loss = gain - both[k] / own[k];
    const most = larger(spreads * spread, leastLoss * gain);
    if (loss > evidence[k] * most) evidence[k] = loss / most;
  }
}
