/** Pictures beside the document: a mask, and references. Any file that Retake opens will do, as all of it that shows. */
import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Reference } from '../../shared/core/edit/types.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { boundsOf, type Extent, intersection, isEmpty } from '../../shared/core/geometry.ts';
import { type Mask, type Pixels, rectangleMask } from '../../shared/core/pixels.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import { err, exhaustive, ok, type Result } from '../../shared/core/result.ts';
import { openDocument } from '../documents/openDocument.ts';
import { type InputFile, readInput } from './files.ts';
import type { RegionChoice } from './jobs.ts';
import { splitReference } from './splitReference.ts';

export async function readPicture(
  path: string,
  codec: PictureCodec,
  signal: AbortSignal,
): Promise<
  Result<{ readonly file: InputFile; readonly bytes: Uint8Array; readonly pixels: Pixels; readonly notes: readonly string[] }, Failure>
> {
  const input = await readInput(path, signal);
  if (!input.ok) return input;
  const document = await openDocument(input.value.bytes, input.value.file.name, codec, signal);
  if (!document.ok) return document;
  const pixels = await document.value.composite(signal);
  return pixels.ok ? ok({ ...input.value, pixels: pixels.value, notes: document.value.notes }) : pixels;
}

export async function readReference(
  given: string,
  codec: PictureCodec,
  signal: AbortSignal,
): Promise<Result<{ readonly file: InputFile; readonly reference: Reference }, Failure>> {
  const split = splitReference(given);
  if (!split.ok) return split;
  const picture = await readPicture(split.value.path, codec, signal);
  if (!picture.ok) return picture;
  const { file, pixels } = picture.value;
  return ok({ file, reference: { name: file.name, role: split.value.role, pixels } });
}

export interface ChosenRegion {
  readonly mask: Mask;
  /** The mask's own file, when it came from one. */
  readonly file: InputFile | null;
  readonly notes: readonly string[];
}

/** Where the change may go. A rectangle is cut to the document; a mask picture must be exactly its size. */
export async function readRegion(
  choice: RegionChoice,
  extent: Extent,
  codec: PictureCodec,
  signal: AbortSignal,
): Promise<Result<ChosenRegion, Failure>> {
  switch (choice.kind) {
    case 'rectangle': {
      const { bounds } = choice;
      const inside = intersection(bounds, boundsOf(extent));
      if (isEmpty(inside)) return err({ kind: 'bad-region', region: bounds, extent });
      const isCut = inside.width !== bounds.width || inside.height !== bounds.height;
      const notes = isCut
        ? [`The region reaches outside the picture; ${inside.width} × ${inside.height} px at ${inside.x}, ${inside.y} were used.`]
        : [];
      return ok({ mask: rectangleMask(inside), file: null, notes });
    }
    case 'mask': {
      const picture = await readPicture(choice.path, codec, signal);
      if (!picture.ok) return picture;
      const { file, pixels } = picture.value;
      const got = { width: pixels.width, height: pixels.height };
      if (got.width !== extent.width || got.height !== extent.height) return err({ kind: 'bad-mask', why: 'size', got, wanted: extent });
      const mask = coverage(pixels);
      if (!mask.data.some((value) => value > 0)) return err({ kind: 'bad-mask', why: 'empty', got, wanted: extent });
      return ok({ mask, file, notes: [] });
    }
    default:
      return exhaustive(choice);
  }
}

/** White and opaque is edited, black or transparent is not: Rec. 709 luma of the encoded values, times alpha. */
export function coverage(pixels: Pixels): Mask {
  const { data } = pixels;
  const out = new Uint8ClampedArray(pixels.width * pixels.height);
  for (let i = 0, p = 0; i < out.length; i++, p += 4) {
    const luma = 0.2126 * data[p] + 0.7152 * data[p + 1] + 0.0722 * data[p + 2];
    out[i] = (luma * data[p + 3]) / 255;
  }
  return { bounds: boundsOf(pixels), data: out };
}
