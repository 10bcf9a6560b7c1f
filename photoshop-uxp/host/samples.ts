/**
 * Photoshop's ranges and Retake's: 8 bits are the same; 16 bits are 0 to 32768 there and 0 to 65535 here; 32 bits are
 * linear light in floats there. 16 bits go there and back without loss: 32769 levels fit into 65536.
 */
import { srgbCurve } from '../../shared/core/color/convert.ts';

export type Samples = Uint8Array | Uint16Array | Float32Array;
export type SampleBits = 8 | 16 | 32;

/** Photoshop's white in 16 bits. */
const white15 = 32_768;
const white16 = 65_535;

export const deepFrom15 = (v: number): number => (v * white16 + 16_384) >>> 15;
export const to15FromDeep = (v: number): number => Math.floor((v * white15 + 32_767) / white16);

/** What every whole sample up to `white` is in 8 and in 16 bits: a look-up a sample, whatever the depth. */
export interface SampleTables {
  readonly eight: Uint8Array;
  readonly deep: Uint16Array;
}

const tables = new Map<number, SampleTables>();

export function tablesFor(white: number): SampleTables {
  const known = tables.get(white);
  if (known !== undefined) return known;
  const scaled = (most: number) => (_: unknown, v: number) => Math.floor((v * most + white / 2) / white);
  const made = {
    eight: Uint8Array.from({ length: white + 1 }, scaled(255)),
    deep: Uint16Array.from({ length: white + 1 }, scaled(white16)),
  };
  tables.set(white, made);
  return made;
}

export interface WholeSamples {
  readonly data: Uint8Array | Uint16Array;
  readonly white: number;
}

/**
 * Samples as whole numbers. Floats are light when `isLinear` (their colours then get sRGB's curve, the alpha does not);
 * what is brighter than white or darker than black is clipped, as a screen would.
 */
export function wholeSamples(data: Samples, components: number, isLinear: boolean): WholeSamples {
  if (data instanceof Uint8Array) return { data, white: 255 };
  if (data instanceof Uint16Array) return { data, white: white15 };
  const out = new Uint16Array(data.length);
  const alphaAt = components === 2 || components === 4 ? components - 1 : -1;
  for (let i = 0, component = 0; i < data.length; i++) {
    const v = data[i];
    out[i] = Math.round((isLinear && component !== alphaAt ? encoded(v) : v > 0 ? Math.min(1, v) : 0) * white16);
    if (++component === components) component = 0;
  }
  return { data: out, white: white16 };
}

/** sRGB's curve over the root of the light, where it is nearly straight: exact to a third of a 16-bit level, and no power per pixel. */
const steps = 8192;
const rootTable = Float32Array.from({ length: steps + 2 }, (_, i) => {
  const light = (i / steps) ** 2;
  return light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
});

function encoded(light: number): number {
  if (!(light > 0)) return 0;
  if (light >= 1) return 1;
  const at = Math.sqrt(light) * steps;
  const below = Math.floor(at);
  return rootTable[below] + (rootTable[below + 1] - rootTable[below]) * (at - below);
}

/**
 * Retake's samples as a document of `bits` stores them: a table from each whole sample, for colours and for alpha.
 * `white` is 255 or 65535.
 */
export function tablesTo(bits: SampleBits, white: number): { readonly color: Samples; readonly alpha: Samples } {
  const length = white + 1;
  const fraction = (_: unknown, v: number): number => v / white;
  switch (bits) {
    case 8: {
      const eight = Uint8Array.from({ length }, (_, v) => Math.round((v / white) * 255));
      return { color: eight, alpha: eight };
    }
    case 16: {
      const fifteen = Uint16Array.from({ length }, (_, v) => (white === white16 ? to15FromDeep(v) : Math.round((v / white) * white15)));
      return { color: fifteen, alpha: fifteen };
    }
    case 32:
      return {
        color: Float32Array.from({ length }, (_, v) => srgbCurve(v / white)),
        alpha: Float32Array.from({ length }, fraction),
      };
  }
}
