/**
 * A take with all that led to it, as a value that may leave its document: into another one, or into a file. A take that is
 * brought to another document is placed there as it was composed, and its rounds join that document's history.
 */
import type { AbortSignal } from '../abort.ts';
import type { Failure } from '../failure.ts';
import type { Bounds } from '../geometry.ts';
import { keepMarks, keepTake } from '../history/keepTake.ts';
import { roundBlobsByTake } from '../history/keptRounds.ts';
import { blobsOf } from '../history/planPrune.ts';
import { readHistory } from '../history/readHistory.ts';
import { tellStory } from '../history/story.ts';
import type { History, Take, TakeMarks } from '../history/take.ts';
import { changedMarks, layersOf, nextOrder, pathTo, withTake } from '../history/tree.ts';
import { type Host, type LayerRef, pinnedTo } from '../host.ts';
import { findModel } from '../models/registry.ts';
import type { Pixels } from '../pixels.ts';
import type { DocumentStore, Ids } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { shorten } from '../text.ts';
import { takeName } from './takeName.ts';

export interface TakeCopy {
  /** Of the document that it was made in. */
  readonly title: string;
  /** From the first round to the take itself. */
  readonly takes: readonly Take[];
  readonly marks: readonly TakeMarks[];
  /** What its layer adds, with the mask in its alpha; null when no layer shows it any more. */
  readonly layer: { readonly pixels: Pixels; readonly bounds: Bounds } | null;
  /** Answers, small pictures, turns of the conversation and the pictures in them, by their hash. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

export const headOf = ({ takes }: TakeCopy): Take => takes[takes.length - 1];

/** What of it is missing is left out. */
export async function copyTake(
  { host: current, store }: { readonly host: Host; readonly store: DocumentStore },
  history: History,
  take: Take,
  signal: AbortSignal,
): Promise<Result<TakeCopy, Failure>> {
  const present = await current.layers();
  if (!present.ok) return present;
  const shown = layersOf(history, take).find((ref) => present.value.some((layer) => layer.ref === ref));
  const pinned = shown === undefined ? ok(current) : await pinnedTo(current, shown);
  if (!pinned.ok) return pinned;
  const host = pinned.value;
  const [info, layers] = [await host.document(), await host.layers()];
  if (!info.ok) return info;
  if (!layers.ok) return layers;
  const takes = pathTo(history, take.id);
  // A conversation can only go on with the pictures that its turns name.
  const rounds = await roundBlobsByTake(store.blobs, { ...history, takes: new Map(takes.map((each) => [each.id, each])) });
  if (!rounds.ok) return rounds;
  const blobs = new Map<string, Uint8Array>();
  for (const hash of new Set(takes.flatMap((each) => [...blobsOf(each), ...(rounds.value.get(each.id) ?? [])]))) {
    const bytes = await store.blobs.read(hash);
    if (bytes.ok && bytes.value !== null) blobs.set(hash, bytes.value);
  }
  const bounds = shown === undefined ? null : (layers.value.find(({ ref }) => ref === shown)?.bounds ?? null);
  const read = shown === undefined || bounds === null ? null : await host.readPixels({ of: shown, bounds }, signal);
  if (read !== null && !read.ok) return read;
  return ok({
    title: info.value.title,
    takes,
    marks: takes.flatMap(({ id }) => history.marks.get(id) ?? []),
    layer: read === null || bounds === null ? null : { pixels: read.value.pixels, bounds },
    blobs,
  });
}

export interface PastedTake {
  readonly take: Take;
  readonly layer: LayerRef;
  readonly notes: readonly string[];
}

/**
 * Places the copy right above `above`, at the place where it was. A document that knows the take already gets a second
 * layer of it; in another one its earlier rounds are remembered without layers.
 */
export async function pasteTake(
  { host: current, store, ids }: { readonly host: Host; readonly store: DocumentStore; readonly ids: Ids },
  copy: TakeCopy,
  above: LayerRef | 'visible',
  signal: AbortSignal,
): Promise<Result<PastedTake, Failure>> {
  const head = headOf(copy);
  const { layer, blobs } = copy;
  if (layer === null || head.provenance === null)
    return err({ kind: 'corrupt', what: `The layer of “${shorten(head.instruction, 60)}”, which was gone when the take was copied` });
  const read = await readHistory(store);
  if (!read.ok) return read;
  const pinned = await pinnedTo(current, above);
  if (!pinned.ok) return pinned;
  const host = pinned.value;
  const notes: string[] = [];
  for (const bytes of blobs.values()) {
    const written = await store.blobs.write(bytes);
    if (!written.ok) {
      notes.push('Not all pictures of the earlier rounds fit into this document.');
      break;
    }
  }
  let { history } = read.value;
  const first = nextOrder(history);
  const added = copy.takes.filter(({ id }) => !history.takes.has(id)).map((take, n): Take => ({ ...take, order: first + n, placed: null }));
  for (const take of added) history = withTake(history, take);
  const placed = await host.step(`Retake: ${shorten(head.instruction, 60)}`, signal, (step) =>
    step.placePixels({
      pixels: layer.pixels,
      bounds: layer.bounds,
      mask: null,
      name: takeName(history, head, head.model === 'merged' ? 'merged' : findModel(head.model).nick),
      group: shorten(head.instruction, 60),
      above,
      provenance: head.provenance as NonNullable<Take['provenance']>,
      story: tellStory(history, { ...head, placed: null }),
    }),
  );
  if (!placed.ok) return placed;
  const writer = ids.next();
  let take: Take = head;
  for (const each of added) {
    const isHead = each.id === head.id;
    const kept = await keepTake(
      store,
      isHead ? { ...each, state: 'done', failure: null, placed: { layer: placed.value, bounds: layer.bounds } } : each,
    );
    if (!kept.ok) return kept;
    if (isHead) take = kept.value;
  }
  for (const marks of copy.marks) {
    if (history.marks.has(marks.id)) continue;
    const kept = await keepMarks(store, { ...marks, layers: [] });
    if (!kept.ok) return kept;
  }
  if (!added.some(({ id }) => id === head.id)) {
    const before = history.marks.get(head.id)?.layers ?? [];
    const kept = await keepMarks(store, changedMarks(history, head.id, { layers: [...before, placed.value] }, writer));
    if (!kept.ok) return kept;
    take = history.takes.get(head.id) ?? head;
  }
  return ok({ take, layer: placed.value, notes: [...notes, ...(host.stepNotes?.() ?? [])] });
}
