/** The input of a job with all that is known of its takes: what is in the file, and what broken-off runs left beside it. */
import { dirname } from 'node:path';
import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { type OpenedHistory, openHistory } from '../../shared/core/history/openHistory.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import type { InputFile } from './files.ts';
import { type Journals, openJournals } from './journalFolder.ts';
import { nodeIds } from './nodeClock.ts';
import { type OpenedInput, openInput } from './openInput.ts';

export interface InputWithHistory extends OpenedInput {
  readonly opened: OpenedHistory;
  readonly journals: Journals;
}

/** `folderOf` says where journals lie: beside the output. Nothing on the disk is changed. */
export async function openWithHistory(
  path: string,
  codec: PictureCodec,
  signal: AbortSignal,
  folderOf: (file: InputFile) => string = (file) => dirname(file.path),
): Promise<Result<InputWithHistory, Failure>> {
  const input = await openInput(path, codec, signal);
  if (!input.ok) return input;
  const { file, document } = input.value;
  const journals = await openJournals(folderOf(file), path);
  const opened = await openHistory({ host: document, store: document.store, ids: nodeIds, codec }, journals.leftOver, { signal });
  return opened.ok ? ok({ ...input.value, opened: opened.value, journals }) : opened;
}
