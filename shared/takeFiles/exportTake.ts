/** A take as a file: a PNG of how it looks, with its story and IPTC's digital source type in XMP, or its branch as a ZIP. */
import { utf8 } from '@scure/base';
import type { AbortSignal } from '../core/abort.ts';
import { copyTake } from '../core/edit/copyTake.ts';
import { type LookPorts, takeLooks } from '../core/edit/takeLooks.ts';
import type { Failure } from '../core/failure.ts';
import { marksKey, takeKey } from '../core/history/keys.ts';
import { encodeMarks, encodeTake } from '../core/history/savedEntries.ts';
import { alternativeText, type History, type Take } from '../core/history/take.ts';
import { pathTo } from '../core/history/tree.ts';
import type { Result } from '../core/result.ts';
import { type ArchivedResult, writeTakeArchive } from './takeArchive.ts';
import { writeXmp } from './xmp.ts';

/** The picture opens anywhere; opened with Retake, its history is there. */
export async function exportPicture(
  ports: LookPorts,
  history: History,
  take: Take,
  signal: AbortSignal,
): Promise<Result<Uint8Array, Failure>> {
  const look = await takeLooks(ports, history, take, signal);
  if (!look.ok) return look;
  const path = pathTo(history, take.id);
  const store = new Map<string, Uint8Array>();
  // The layers of the document do not come along, nor do the blobs.
  for (const each of path) {
    store.set(takeKey(each.id), encodeTake({ ...each, placed: null, turn: null }));
    const marks = history.marks.get(each.id);
    if (marks !== undefined) store.set(marksKey(each.id), encodeMarks({ ...marks, layers: [] }));
  }
  const placed = path.flatMap(({ provenance, instruction }) =>
    provenance === null ? [] : [{ provenance, layer: '', layerName: instruction, layerId: 0 }],
  );
  const xmp = utf8.encode(writeXmp(null, placed, store, null, alternativeText(take)));
  return ports.codec.encode(look.value.pixels, { type: 'image/png', xmp }, signal);
}

/** All rounds from the first to `take`; what one of them looked like is left out where nothing of it is there any more. */
export async function exportBranch(
  ports: LookPorts,
  history: History,
  take: Take,
  signal: AbortSignal,
): Promise<Result<Uint8Array, Failure>> {
  const copy = await copyTake(ports, history, take, signal);
  if (!copy.ok) return copy;
  const results: ArchivedResult[] = [];
  for (const each of copy.value.takes) {
    const png = await exportPicture(ports, history, each, signal);
    if (png.ok) results.push({ take: each.id, png: png.value });
    else if (png.error.kind === 'cancelled') return png;
  }
  return writeTakeArchive(copy.value, results, ports.codec, signal);
}
