/** The whole answer at the source's own pixels: what a take keeps hidden beneath the change, so that the mask can reveal more. */
import type { Bounds, Extent } from '../geometry.ts';
import type { Pace } from '../pace.ts';
import { createPixels, type Pixels, type Pixels16 } from '../pixels.ts';
import { isLittleEndian } from './planes.ts';
import { createLine, type Line, sampleAnswer } from './sampleAnswer.ts';
import type { Aligned, Registration, ToneFit } from './types.ts';

/**
 * Registered and its colour shift undone, over `bounds` of the source, as transparent as `transparency`, which is the source's
 * pixels; null for an opaque one. Null when the pace was aborted.
 */
export async function carryAnswer(
  source: Extent & Pick<Pixels, 'profile'>,
  transparency: Pixels | Pixels16 | null,
  answer: Pixels,
  registration: Registration,
  tone: ToneFit,
  aligned: Aligned,
  bounds: Bounds,
  pace: Pace,
): Promise<Pixels | null> {
  const right = bounds.x + bounds.width;
  const sampler = await sampleAnswer(source, aligned, answer, registration, tone, bounds.x, right, pace);
  if (sampler === null) return null;
  const out = createPixels(bounds.width, bounds.height, source.profile);
  const line = createLine(bounds.width);
  for (let y = bounds.y; y < bounds.y + bounds.height; y++) {
    const { from, to } = sampler.covered(y, bounds.x, right);
    if (from < to) {
      sampler.read(y, from, to, bounds.x, line);
      writeLine(transparency, y, bounds, from - bounds.x, to - bounds.x, line, out.data);
    }
    const stop = pace.breathe();
    if (stop !== false && (await stop)) return null;
  }
  return out;
}

function writeLine(
  transparency: Pixels | Pixels16 | null,
  y: number,
  bounds: Bounds,
  from: number,
  to: number,
  { r, g, b }: Line,
  out: Uint8ClampedArray,
): void {
  const start = (y - bounds.y) * bounds.width;
  if (transparency === null && isLittleEndian) {
    // Four bytes at once: the only loop over every pixel of the layer.
    const packed = new Uint32Array(out.buffer, out.byteOffset + start * 4, bounds.width);
    for (let x = from; x < to; x++) {
      const red = r[x] < 0 ? 0 : r[x] > 255 ? 255 : (r[x] + 0.5) | 0;
      const green = g[x] < 0 ? 0 : g[x] > 255 ? 255 : (g[x] + 0.5) | 0;
      const blue = b[x] < 0 ? 0 : b[x] > 255 ? 255 : (b[x] + 0.5) | 0;
      packed[x] = (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
    }
    return;
  }
  const toByte = transparency?.data instanceof Uint16Array ? 255 / 65535 : 1;
  let k = (start + from) * 4;
  let i = transparency === null ? 0 : (y * transparency.width + bounds.x + from) * 4 + 3;
  for (let x = from; x < to; x++, k += 4, i += 4) {
    const alpha = transparency === null ? 255 : transparency.data[i] * toByte;
    if (alpha === 0) continue;
    out[k] = r[x];
    out[k + 1] = g[x];
    out[k + 2] = b[x];
    out[k + 3] = alpha;
  }
}
