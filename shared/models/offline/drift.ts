/**
 * How a picture model fails to leave alone what it was not asked to change: its answer is a little wider or taller,
 * a little beside, a little warmer. The bounds are those measured on real pairs: scales in x and y differ, each within
 * ±4 %; shift within ±2.5 % of a side; tone within a few levels.
 */
import type { Pixels } from '../../core/pixels.ts';
import { rowsPerYield, type Work } from './pace.ts';
import { draws } from './random.ts';

export interface Drift {
  /** What is drawn larger than it was by this factor, about the middle. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** How far the middle moves, as a share of the side. */
  readonly shiftX: number;
  readonly shiftY: number;
  /** A level of each channel becomes 255 · gain · (level / 255) ^ gamma + lift. */
  readonly tone: readonly [ToneCurve, ToneCurve, ToneCurve];
}

export interface ToneCurve {
  readonly gain: number;
  readonly gamma: number;
  /** Levels of 255. */
  readonly lift: number;
}

const still: ToneCurve = { gain: 1, gamma: 1, lift: 0 };
export const noDrift: Drift = { scaleX: 1, scaleY: 1, shiftX: 0, shiftY: 0, tone: [still, still, still] };

// The scale also moves the corners: 3.2 % / 2 + 2.2 % keeps every corner within 4 % of a side, scales within ±4 %.
const maxScale = 0.032;
const maxShift = 0.022;
/** Below this the two scales would pass for one. */
const minAnisotropy = 0.004;

export function drawDrift(seed: number): Drift {
  const next = draws(seed);
  // The mean of two draws: small drifts are common, large ones rare, as on real pairs (median 7 px of 1024).
  const about0 = (most: number): number => (next() + next() - 1) * most;
  const scaleX = 1 + about0(maxScale);
  let scaleY = 1 + about0(maxScale);
  if (Math.abs(scaleX - scaleY) < minAnisotropy) scaleY = scaleX + (scaleX > 1 ? -minAnisotropy : minAnisotropy);
  const shiftX = about0(maxShift);
  const shiftY = about0(maxShift);
  const gain = 1 + about0(0.012);
  const gamma = 1 + about0(0.035);
  const warmth = about0(2.2);
  const curve = (lift: number): ToneCurve => ({ gain: gain + about0(0.006), gamma: gamma + about0(0.008), lift: lift + about0(0.8) });
  return { scaleX, scaleY, shiftX, shiftY, tone: [curve(warmth), curve(0), curve(-warmth)] };
}

/** Applies the tone part in place. */
export function* driftTone(pixels: Pixels, drift: Drift): Work<void> {
  const tables = drift.tone.map(({ gain, gamma, lift }) =>
    Uint8ClampedArray.from({ length: 256 }, (_, level) => 255 * gain * (level / 255) ** gamma + lift),
  ) as [Uint8ClampedArray, Uint8ClampedArray, Uint8ClampedArray];
  const { data, width, height } = pixels;
  const breath = rowsPerYield(width) * 4;
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let i = y * width * 4, end = i + width * 4; i < end; i += 4) {
      data[i] = tables[0][data[i] as number] as number;
      data[i + 1] = tables[1][data[i + 1] as number] as number;
      data[i + 2] = tables[2][data[i + 2] as number] as number;
    }
  }
}
