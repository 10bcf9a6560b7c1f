/** The take that `--from` and `retake export` name, and the layer that its rounds began with. */
import type { Failure } from '../../shared/core/failure.ts';
import { findTake } from '../../shared/core/history/findTake.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import type { History, Take } from '../../shared/core/history/take.ts';
import { pathTo } from '../../shared/core/history/tree.ts';
import type { LayerRef } from '../../shared/core/host.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import type { DocumentHost } from '../documents/document.ts';

export interface ChosenTake {
  readonly take: Take;
  readonly history: History;
  /** What its first round was made from. */
  readonly origin: LayerRef | 'visible';
}

export async function chooseTake(document: DocumentHost, typed: string): Promise<Result<ChosenTake, Failure>> {
  const read = await readHistory(document.store);
  if (!read.ok) return read;
  const { history } = read.value;
  const found = findTake(history, typed);
  if (!found.ok) return found;
  const [first = found.value] = pathTo(history, found.value.id);
  return ok({ take: found.value, history, origin: first.source.of });
}
