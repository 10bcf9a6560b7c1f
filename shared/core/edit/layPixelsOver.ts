import type { Bounds } from '../geometry.ts';
import { createPixels, cropMask, cropPixels, type Mask, type Pixels, type Pixels16 } from '../pixels.ts';

/**
 * `over` on `under`, both of one size and profile, in normal mode on straight alpha (Porter and Duff 1984). Where `over`
 * is transparent, `under` stays as it is to the bit.
 */
export function layPixelsOver(under: Pixels, over: Pixels): Pixels {
  const out = createPixels(under.width, under.height, under.profile);
  out.data.set(under.data);
  for (let i = 0; i < out.data.length; i += 4) {
    const top = over.data[i + 3];
    if (top === 0) continue;
    if (top === 255) {
      for (let c = 0; c < 4; c++) out.data[i + c] = over.data[i + c];
      continue;
    }
    const rest = (under.data[i + 3] * (255 - top)) / 255;
    const alpha = top + rest;
    for (let c = 0; c < 3; c++) out.data[i + c] = (over.data[i + c] * top + under.data[i + c] * rest) / alpha;
    out.data[i + 3] = alpha;
  }
  return out;
}

/** `pixels` at `bounds` as they show within `within`: their alpha times their mask, and no colour where that is 0. */
export function maskedWithin<P extends Pixels | Pixels16>(
  within: Bounds,
  { pixels, bounds, mask }: { readonly pixels: P; readonly bounds: Bounds; readonly mask: Mask | null },
): P {
  const out = cropPixels(pixels, bounds, within);
  const coverage = mask === null ? null : cropMask(mask, within).data;
  const { data } = out;
  for (let i = 0, k = 0; k < data.length; i++, k += 4) {
    if (coverage !== null) data[k + 3] = Math.round((data[k + 3] * coverage[i]) / 255);
    if (data[k + 3] === 0) data[k] = data[k + 1] = data[k + 2] = 0;
  }
  return out;
}
