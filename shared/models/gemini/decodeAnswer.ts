/** The picture of an answer, by its bytes; what cannot be read is handed over rather than dropped, for it was paid for. */
import type { AbortSignal } from '../../core/abort.ts';
import type { Failure } from '../../core/failure.ts';
import type { AnswerPicture } from '../../core/model.ts';
import { pictureTypeOf } from '../../core/pictureType.ts';
import type { PictureCodec } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** Answers where the bytes were put, in words for the user ("answer.bin"), or null when they were not. */
export type KeepUnreadable = (bytes: Uint8Array) => Promise<string | null>;

export async function decodeAnswer(
  bytes: Uint8Array | null,
  claimedType: string,
  { codec, keepUnreadable }: { readonly codec: PictureCodec; readonly keepUnreadable?: KeepUnreadable },
  signal: AbortSignal,
): Promise<Result<AnswerPicture, Failure>> {
  if (bytes === null) return err({ kind: 'bad-reply', why: 'its picture is not valid base64' });
  const type = pictureTypeOf(bytes);
  const decoded = type === null ? null : await codec.decode(bytes, signal);
  if (type !== null && decoded?.ok === true) return ok({ type, bytes, pixels: decoded.value });
  if (decoded?.ok === false && decoded.error.kind === 'cancelled') return decoded;
  const place = (await keepUnreadable?.(bytes)) ?? null;
  const kept = place === null ? '' : `; its bytes were kept as ${place}`;
  const what = type === null ? `is neither PNG, JPEG nor WebP, though it is called ${claimedType || 'nothing'}` : 'cannot be decoded';
  return err({ kind: 'bad-reply', why: `its picture of ${bytes.length} bytes ${what}${kept}` });
}
