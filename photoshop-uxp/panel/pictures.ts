/**
 * Pictures for `<img>` in a UXP that draws no pixels on a canvas: JPEG data addresses, which it shows in every version
 * (Adobe's notes on `<img>`). Transparent parts lie on the panel's ground.
 */
import { jpegOf } from '../../shared/codecs/portableCodec.ts';
import { toBase64 } from '../../shared/core/base64.ts';
import { pictureTypeOf } from '../../shared/core/pictureType.ts';
import { createPixels, type Pixels } from '../../shared/core/pixels.ts';

const quality = 88;

const address = (type: string, bytes: Uint8Array): string => `data:${type};base64,${toBase64(bytes)}`;

/** The longer side at most `sidePx`, on `ground` where it is transparent. */
export const thumbnailAddress = (pixels: Pixels, sidePx: number, ground: readonly [number, number, number]): string =>
  address('image/jpeg', jpegOf(reduced(pixels, sidePx), quality, ground));

export const pictureAddress = (bytes: Uint8Array): string => address(pictureTypeOf(bytes) ?? 'image/jpeg', bytes);

/** Each pixel the mean of what it covers, weighted by alpha. */
export function reduced(pixels: Pixels, sidePx: number): Pixels {
  const { width, height, data, profile } = pixels;
  const scale = Math.min(1, sidePx / Math.max(width, height));
  if (scale === 1) return pixels;
  const out = createPixels(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)), profile);
  for (let y = 0; y < out.height; y++) {
    const top = Math.floor((y * height) / out.height);
    const bottom = Math.max(top + 1, Math.floor(((y + 1) * height) / out.height));
    for (let x = 0; x < out.width; x++) {
      const left = Math.floor((x * width) / out.width);
      const right = Math.max(left + 1, Math.floor(((x + 1) * width) / out.width));
      let [r, g, b, a] = [0, 0, 0, 0];
      for (let sy = top; sy < bottom; sy++) {
        for (let at = (sy * width + left) * 4, end = (sy * width + right) * 4; at < end; at += 4) {
          const alpha = data[at + 3];
          r += data[at] * alpha;
          g += data[at + 1] * alpha;
          b += data[at + 2] * alpha;
          a += alpha;
        }
      }
      const to = (y * out.width + x) * 4;
      if (a === 0) continue;
      out.data[to] = r / a;
      out.data[to + 1] = g / a;
      out.data[to + 2] = b / a;
      out.data[to + 3] = a / ((bottom - top) * (right - left));
    }
  }
  return out;
}
