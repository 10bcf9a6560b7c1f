/** Pictures of the file as sRGB pixels, decoded once; the ones looked at last are let go first when they become too many. */
import type { AbortSignal } from '../../../shared/core/abort.ts';
import { toSrgb } from '../../../shared/core/color/convert.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import type { Pixels } from '../../../shared/core/pixels.ts';
import type { PictureCodec } from '../../../shared/core/ports.ts';
import { ok, type Result } from '../../../shared/core/result.ts';
import type { Ask } from './ask.ts';
import { mostSidePx } from './grids.ts';

/** Of pixels in memory: two of the largest that Figma holds. */
const mostBytes = 2 * mostSidePx ** 2 * 4;

export interface DecodedPictures {
  /** Null when the file has lost it, or it is no picture that can be opened. */
  read(hash: string, signal: AbortSignal): Promise<Result<Pixels | null, Failure>>;
}

export function createDecodedPictures(ask: Ask, codec: PictureCodec, limitBytes = mostBytes): DecodedPictures {
  /** The one that was looked at last is the last. */
  const kept = new Map<string, Pixels>();
  let bytesKept = 0;

  function keep(hash: string, pixels: Pixels): void {
    if (pixels.data.length > limitBytes || kept.has(hash)) return;
    kept.set(hash, pixels);
    bytesKept += pixels.data.length;
    for (const [oldest, { data }] of kept) {
      if (bytesKept <= limitBytes) return;
      kept.delete(oldest);
      bytesKept -= data.length;
    }
  }

  return {
    async read(hash, signal) {
      const before = kept.get(hash);
      if (before !== undefined) {
        kept.delete(hash);
        kept.set(hash, before);
        return ok(before);
      }
      const bytes = await ask('readImage', { hash }, signal);
      if (!bytes.ok) return bytes;
      if (bytes.value === null) return ok(null);
      const decoded = await codec.decode(bytes.value, signal);
      if (!decoded.ok) return decoded.error.kind === 'cancelled' ? decoded : ok(null);
      const pixels = toSrgb(decoded.value);
      keep(hash, pixels);
      return ok(pixels);
    },
  };
}
