/** The history of the document that is shown, followed as it is written: by runs and marks through its store, and by others. */
import type { Failure } from '../core/failure.ts';
import { readHistory } from '../core/history/readHistory.ts';
import { emptyHistory, type History } from '../core/history/take.ts';
import { indexTakes, type TakeIndex } from '../core/history/takeIndex.ts';
import { layersOfTakes } from '../core/history/tree.ts';
import { watchedStore } from '../core/history/watchedStore.ts';
import type { LayerInfo, LayerRef } from '../core/host.ts';
import type { DocumentStore } from '../core/ports.ts';
import type { AttachedDocument } from './ports.ts';

export interface FollowedHistory {
  /** With the store that is to be written through; null while none is shown. */
  document(): AttachedDocument | null;
  history(): History;
  /** The history with the layers that were last told of. */
  index(): TakeIndex;
  layers(): ReadonlyMap<LayerRef, LayerInfo>;
  /** What reading it had to say. */
  notes(): readonly string[];
  attach(document: AttachedDocument | null): void;
  /** Told after each look at the document. */
  follow(layers: ReadonlyMap<LayerRef, LayerInfo>): Promise<void>;
  /** Reads the history anew. */
  readAgain(): Promise<void>;
  /** Layers of all takes, copies too; the same list until the history changes. */
  allLayers(): readonly LayerRef[];
}

export interface FollowPorts {
  /** `begun`: takes that were just written through the store and had not been here. */
  onChange(begun: readonly string[]): void;
  fail(failure: Failure): void;
}

const noLayers: ReadonlyMap<LayerRef, LayerInfo> = new Map();

export function followHistory({ onChange, fail }: FollowPorts): FollowedHistory {
  let document: AttachedDocument | null = null;
  let history: History = emptyHistory;
  let layers = noLayers;
  let index: TakeIndex = indexTakes(history, layers);
  let notes: readonly string[] = [];
  let knownKeys = '';
  let placed: { readonly of: History; readonly layers: readonly LayerRef[] } = { of: emptyHistory, layers: [] };

  function become(next: History, begun: readonly string[]): void {
    history = next;
    index = indexTakes(history, layers);
    onChange(begun);
  }

  async function read(from: DocumentStore): Promise<void> {
    const found = await readHistory(from);
    if (document?.store !== from) return;
    if (!found.ok) return fail(found.error);
    notes = found.value.notes;
    become(found.value.history, []);
  }

  /** Others write to the document too (a merge by the host, a second window): what is new is read when the keys differ. */
  async function readIfOthersWrote(from: DocumentStore): Promise<void> {
    const keys = await from.keys();
    if (!keys.ok || document?.store !== from) return;
    const now = keys.value.length === 0 ? '' : `${keys.value.length} ${keys.value[keys.value.length - 1]}`;
    if (now === knownKeys) return;
    knownKeys = now;
    await read(from);
  }

  /** The document with a store that tells of each entry as it is written. */
  function watched(given: AttachedDocument): AttachedDocument {
    const store = watchedStore(given.store, (add) => {
      if (document?.store !== store) return;
      const before = history.takes;
      const next = add(history);
      become(
        next,
        [...next.takes.keys()].filter((id) => !before.has(id)),
      );
    });
    return { ...given, store };
  }

  return {
    document: () => document,
    history: () => history,
    index: () => index,
    layers: () => layers,
    notes: () => notes,
    attach(next) {
      document = next === null ? null : watched(next);
      [history, notes, knownKeys, layers] = [emptyHistory, [], '', noLayers];
      index = indexTakes(history, layers);
    },
    async follow(nextLayers) {
      layers = nextLayers;
      index = indexTakes(history, layers);
      if (document !== null) await readIfOthersWrote(document.store);
    },
    async readAgain() {
      if (document !== null) await read(document.store);
    },
    allLayers() {
      if (placed.of !== history) placed = { of: history, layers: layersOfTakes(history) };
      return placed.layers;
    },
  };
}
