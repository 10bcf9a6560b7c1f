/** The input of a job, opened as a document. */
import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import type { DocumentInfo } from '../../shared/core/host.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import type { DocumentHost } from '../documents/document.ts';
import { openDocument } from '../documents/openDocument.ts';
import { type InputFile, readInput } from './files.ts';

export interface OpenedInput {
  readonly file: InputFile;
  readonly document: DocumentHost;
  readonly info: DocumentInfo;
}

export async function openInput(path: string, codec: PictureCodec, signal: AbortSignal): Promise<Result<OpenedInput, Failure>> {
  const input = await readInput(path, signal);
  if (!input.ok) return input;
  const { file, bytes } = input.value;
  const document = await openDocument(bytes, file.name, codec, signal);
  if (!document.ok) return document;
  const info = await document.value.document();
  return info.ok ? ok({ file, document: document.value, info: info.value }) : info;
}
