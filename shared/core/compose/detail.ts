/**
 * Whether the answer still shows the source's own detail: in two bands of frequencies, how strongly the one's detail is
 * found again in the other's (a regression over a window). What a model draws anew, and what JPEG drops, lowers that
 * everywhere and more where detail is faint; a part out of focus, painted over or given a texture lowers it in one place,
 * however soft that place is. So each pixel is held against what places of like detail give in the same pair.
 */
import type { Extent } from '../geometry.ts';
import { isStopped, type Pace } from '../pace.ts';
import { boxMean } from './boxFilter.ts';

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
    const detailS = wideS;
    const detailA = wideA;
    const local = new Float32Array(s.length);
    for (let k = 0; k < s.length; k++) {
      const p = still[k] - wideS[k];
      const q = moved[k] - wideA[k];
      detailS[k] = p;
      detailA[k] = q;
      local[k] = p * p + q * q;
    }
    // Each place counts alike, strong or faint: else what is strong would show over the width of the window.
    const around = await boxMean(local, extent, 1, pace);
    if (around === null) return false;
    const cross = local;
    for (let k = 0; k < s.length; k++) {
      const weight = 1 / (around[k] + faintest * faintest);
      cross[k] = detailS[k] * detailA[k] * weight;
      around[k] = weight;
    }
    if (await isStopped(pace)) return false;
    const both = await boxMean(cross, extent, sumRadius, pace);
    if (both === null) return false;
    for (const side of [detailS, detailA]) {
      const weighed = cross;
      for (let k = 0; k < s.length; k++) {
        side[k] *= side[k];
        weighed[k] = side[k] * around[k];
      }
      const own = await boxMean(weighed, extent, sumRadius, pace);
      const energy = own && (await boxMean(side, extent, sumRadius, pace));
      if (own === null || energy === null) return false;
      raise(evidence, both, own, energy, usualGains(both, own, energy, extent, covered));
      if (await isStopped(pace)) return false;
    }
  }
  return true;
}

/** Gain and its spread by energy, the places of the picture in equal ranks of it. */
interface Gains {
  readonly energy: readonly number[];
  readonly gain: readonly number[];
  readonly spread: readonly number[];
}

const ranks = 8;
const samplePx = 4;

/** Upper quantiles tell, because an edit lowers the gain and may cover a third of the picture. */
function usualGains(
  both: Float32Array,
  own: Float32Array,
  energy: Float32Array,
  { width, height }: Extent,
  covered: Float32Array,
): Gains | null {
  const places: number[] = [];
  for (let y = samplePx >> 1; y < height; y += samplePx)
    for (let x = samplePx >> 1, k = y * width + x; x < width; x += samplePx, k += samplePx)
      if (covered[k] !== 0 && energy[k] > faintest * faintest) places.push(k);
  if (places.length < ranks * 24) return null;
  places.sort((p, q) => energy[p] - energy[q]);
  const out = { energy: [] as number[], gain: [] as number[], spread: [] as number[] };
  for (let rank = 0; rank < ranks; rank++) {
    const part = places.slice(Math.floor((rank * places.length) / ranks), Math.floor(((rank + 1) * places.length) / ranks));
    out.energy.push(energy[part[part.length >> 1]]);
    const gains = Float64Array.from(part, (k) => both[k] / own[k]).sort();
    const middle = gains[Math.floor(0.6 * gains.length)];
    out.gain.push(middle);
    out.spread.push(Math.max(leastSpread, (gains[Math.floor(0.85 * gains.length)] - middle) / 0.85));
  }
  return out;
}

function raise(evidence: Float32Array, both: Float32Array, own: Float32Array, energies: Float32Array, usual: Gains | null): void {
  if (usual === null) return;
  const least = faintest * faintest;
  for (let k = 0; k < evidence.length; k++) {
    const energy = energies[k];
    if (energy < least) continue;
    let rank = 0;
    while (rank < ranks - 1 && usual.energy[rank + 1] < energy) rank++;
    const next = rank < ranks - 1 ? rank + 1 : rank;
    const step = usual.energy[next] - usual.energy[rank];
    const share = step > 0 ? Math.min(1, Math.max(0, (energy - usual.energy[rank]) / step)) : 0;
    const gain = usual.gain[rank] + (usual.gain[next] - usual.gain[rank]) * share;
    const spread = usual.spread[rank] + (usual.spread[next] - usual.spread[rank]) * share;
    const loss = gain - both[k] / own[k];
    const most = Math.max(spreads * spread, leastLoss * gain);
    if (loss > evidence[k] * most) evidence[k] = loss / most;
  }
}
