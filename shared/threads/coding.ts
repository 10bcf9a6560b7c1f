/** Pictures to bytes and back in a worker: a PNG of a megapixel holds a thread for a fifth of a second. */
import type { Failure } from '../core/failure.ts';
import type { Pixels, Pixels16 } from '../core/pixels.ts';
import type { EncodeOptions, PictureCodec } from '../core/ports.ts';
import type { Result } from '../core/result.ts';
import type { Answers, Caller } from '../line/line.ts';

export type CodingCalls = {
  decode: { readonly ask: Uint8Array; readonly answer: Result<Pixels, Failure> };
  encode: {
    readonly ask: { readonly pixels: Pixels | Pixels16; readonly options: EncodeOptions };
    readonly answer: Result<Uint8Array, Failure>;
  };
};

/** The worker's end. */
export const codingAnswers = (codec: PictureCodec): Answers<CodingCalls> => ({
  async decode(bytes, signal) {
    const answer = await codec.decode(bytes, signal);
    return { answer, give: answer.ok ? [answer.value.data.buffer] : [] };
  },
  async encode({ pixels, options }, signal) {
    const answer = await codec.encode(pixels, options, signal);
    return { answer, give: answer.ok ? [answer.value.buffer] : [] };
  },
});

/** The page's end: `here` is for where no worker can start, and once one broke off; then it is not tried again. */
export function codecInWorker(line: () => Caller<CodingCalls>, here: PictureCodec, onFallback: (cause: unknown) => void): PictureCodec {
  let isHere = false;
  const there = async <T>(work: (caller: Caller<CodingCalls>) => Promise<T>, instead: () => Promise<T>): Promise<T> => {
    if (isHere) return instead();
    try {
      return await work(line());
    } catch (cause) {
      if (!isHere) onFallback(cause);
      isHere = true;
      return instead();
    }
  };
  return {
    decode: (bytes, signal) =>
      there(
        (caller) => caller.call('decode', bytes, signal),
        () => here.decode(bytes, signal),
      ),
    encode: (pixels, options, signal) =>
      there(
        (caller) => caller.call('encode', { pixels, options }, signal),
        () => here.encode(pixels, options, signal),
      ),
  };
}
