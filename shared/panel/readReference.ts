/** A given file as a reference picture: decoded, with a role to begin with. */
import { neverAborted } from '../core/abort.ts';
import type { Reference } from '../core/edit/types.ts';
import type { Failure } from '../core/failure.ts';
import type { PictureCodec } from '../core/ports.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { GivenFile } from './state.ts';

/** `not-a-picture`, `damaged`, `too-large` as the codec says, under the file's own name. */
export async function readReference(file: GivenFile, codec: PictureCodec): Promise<Result<Reference, Failure>> {
  let bytes: Uint8Array;
  try {
    bytes = await file.bytes();
  } catch (error) {
    return err({
      kind: 'bad-reference',
      name: file.name,
      why: `it cannot be read (${error instanceof Error ? error.message : 'no reason given'})`,
    });
  }
  const pixels = await codec.decode(bytes, neverAborted);
  if (!pixels.ok) return err('name' in pixels.error ? { ...pixels.error, name: file.name } : pixels.error);
  return ok({ name: file.name, role: 'reference', pixels: pixels.value });
}
