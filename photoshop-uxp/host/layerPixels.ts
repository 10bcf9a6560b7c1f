/**
 * What a take's layer holds: the change where its mask shows anything, and beneath the rest of the mask the model's full
 * answer, so that a brush on the mask reveals more of it.
 */
import { type Bounds, intersection, isEmpty, union } from '../../shared/core/geometry.ts';
import { emptyLike, isDeep, type Mask, type Pixels, type Pixels16 } from '../../shared/core/pixels.ts';
import { type SampleBits, type Samples, tablesTo } from './samples.ts';

export interface LaidPixels {
  readonly pixels: Pixels | Pixels16;
  /** In document pixels, as large as `pixels`. */
  readonly bounds: Bounds;
}

export interface LayerPixels {
  readonly change: LaidPixels;
  /** Null where the change shows as it is; then there is nothing beneath it. */
  readonly mask: Mask | null;
  readonly answer: LaidPixels | null;
}

export const areaOf = ({ change, mask, answer }: LayerPixels): Bounds =>
  mask === null || answer === null ? change.bounds : union(change.bounds, answer.bounds);

interface Tables {
  readonly color: ArrayLike<number>;
  readonly alpha: ArrayLike<number>;
}

/** The samples of a tile as a document of `bits` stores them; null when it is fully transparent. */
export function samplesOf(layer: LayerPixels, tile: Bounds, bits: SampleBits): Samples | null {
  const out = createSamples(bits, tile.width * tile.height * 4);
  return drawn(out, tile, layer, ({ pixels }) => tablesTo(bits, isDeep(pixels) ? 65_535 : 255)) ? out : null;
}

export const createSamples = (bits: SampleBits, length: number): Samples =>
  bits === 8 ? new Uint8Array(length) : bits === 16 ? new Uint16Array(length) : new Float32Array(length);

const sameTable = Uint16Array.from({ length: 65_536 }, (_, v) => v);
const deepTable = Uint16Array.from({ length: 256 }, (_, v) => v * 257);

/** All of it as one picture, of the change's depth. */
export function wholePicture(layer: LayerPixels): LaidPixels {
  const { change, mask, answer } = layer;
  if (mask === null || answer === null) return change;
  const bounds = areaOf(layer);
  const pixels = emptyLike(change.pixels, bounds);
  const table = (one: LaidPixels): ArrayLike<number> => (isDeep(pixels) && !isDeep(one.pixels) ? deepTable : sameTable);
  drawn(pixels.data, bounds, layer, (one) => ({ color: table(one), alpha: table(one) }));
  return { pixels, bounds };
}

type Out = Samples | Uint8ClampedArray;

/** Whether anything is there. */
function drawn(out: Out, tile: Bounds, { change, mask, answer }: LayerPixels, tablesOf: (one: LaidPixels) => Tables): boolean {
  if (mask === null || answer === null) return lay(out, tile, change, tablesOf(change), null);
  const isBeneath = lay(out, tile, answer, tablesOf(answer), null);
  const isOver = lay(out, tile, change, tablesOf(change), mask);
  return isBeneath || isOver;
}

/** `within`: only where it covers anything, and there instead of what was laid before. */
function lay(out: Out, tile: Bounds, { pixels, bounds }: LaidPixels, { color, alpha }: Tables, within: Mask | null): boolean {
  const common = intersection(tile, within === null ? bounds : intersection(bounds, within.bounds));
  if (isEmpty(common)) return false;
  const { data } = pixels;
  let isThere = false;
  for (let y = common.y; y < common.y + common.height; y++) {
    let from = ((y - bounds.y) * bounds.width + (common.x - bounds.x)) * 4;
    let to = ((y - tile.y) * tile.width + (common.x - tile.x)) * 4;
    let at = within === null ? 0 : (y - within.bounds.y) * within.bounds.width + (common.x - within.bounds.x);
    for (let i = 0; i < common.width; i++, from += 4, to += 4, at++) {
      if (within !== null && within.data[at] === 0) continue;
      if (data[from + 3] === 0) {
        out[to + 3] = 0;
        continue;
      }
      isThere = true;
      out[to] = color[data[from]];
      out[to + 1] = color[data[from + 1]];
      out[to + 2] = color[data[from + 2]];
      out[to + 3] = alpha[data[from + 3]];
    }
  }
  return isThere;
}
