/**
 * The open document as the page sees it: opening, its layer rows, what shows, comparing, undo and saving. The document
 * itself is a `DocumentHost`; this holds what of it is on the screen, as immutable snapshots.
 */

import { painted } from '../../shared/browser/browserPorts.ts';
import { pictureAddress, type Surface, thumbnailOf, toSurface } from '../../shared/browser/surface.ts';
import type { LayOver } from '../../shared/core/edit/layOver.ts';
import { type MergeAsk, type MergeOutcome, mergeAnswer } from '../../shared/core/edit/mergeAnswer.ts';
import type { Composition } from '../../shared/core/edit/types.ts';
import { type Explanation, explain, type Failure } from '../../shared/core/failure.ts';
import { type Bounds, type Extent, isEmpty } from '../../shared/core/geometry.ts';
import { pruneBlobs } from '../../shared/core/history/pruneBlobs.ts';
import type { Take } from '../../shared/core/history/take.ts';
import type { LayerInfo, LayerRef } from '../../shared/core/host.ts';
import { rectangleMask } from '../../shared/core/pixels.ts';
import type { Clock, DocumentStore, Ids, PictureCodec } from '../../shared/core/ports.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import type { DocumentFormat, DocumentHost, OpenDocument } from '../documents/document.ts';
import { drawsItself } from '../worker/documents.ts';
import { type LayerRow, layerRows } from './layerRows.ts';
import type { KeptDocument, Recovery } from './recovery.ts';

export interface SessionState {
  readonly document: null | {
    /** Counts the documents that were opened; a new one is shown from the start. */
    readonly turn: number;
    readonly title: string;
    readonly extent: Extent;
    readonly format: DocumentFormat;
    readonly notes: readonly string[];
  };
  /** Name of the file that is being read. */
  readonly opening: string | null;
  readonly rows: readonly LayerRow[];
  readonly selected: LayerRef | 'visible' | null;
  readonly region: Bounds | null;
  /** All that shows. */
  readonly picture: Surface | null;
  /** The rows have changed, and the picture of them is on its way. */
  readonly isDrawing: boolean;
  readonly compare: null | { readonly except: readonly LayerRef[]; readonly before: Surface };
  /** Layers that a model made, of this sitting or an earlier one. */
  readonly takes: ReadonlySet<LayerRef>;
  readonly thumbnails: ReadonlyMap<LayerRef, string>;
  readonly canUndo: boolean;
  /** Whether there is something that saving would keep. */
  readonly isChanged: boolean;
  readonly isSaving: boolean;
  readonly isMerging: boolean;
  readonly notice: null | { readonly explanation: Explanation; readonly tone: 'danger' | 'done' };
}

export type MergeHow = Pick<MergeAsk, 'tone' | 'whole'>;

export type SaveFormat = 'psd' | 'png';

export interface DocumentSession {
  state(): SessionState;
  subscribe(listen: () => void): () => void;
  host(): DocumentHost | null;
  open(name: string, bytes: Uint8Array): Promise<void>;
  select(of: LayerRef | 'visible'): void;
  setRegion(region: Bounds | null): void;
  setVisible(layer: LayerRef, visible: boolean): void;
  setOpen(group: LayerRef, isOpen: boolean): void;
  /** Lays a picture from elsewhere over `of` as a take; the notice says what came of it. */
  merge(name: string, bytes: Uint8Array, of: LayerRef | 'visible', how: MergeHow): Promise<void>;
  /** Puts the document without its takes beside the document as it is, or ends that. */
  compare(isCompared: boolean): Promise<void>;
  undo(): void;
  /** Looks again which layers show takes: they are recorded after they are placed. */
  refresh(): void;
  save(format: SaveFormat): Promise<{ readonly name: string; readonly bytes: Uint8Array } | null>;
  thumbnailOf(of: LayerRef | 'visible'): Promise<string | null>;
  tell(failure: Failure): void;
  dismissNotice(): void;
}

/** For the card of the panel at two device pixels per pixel; lists show it smaller. */
const thumbnailSidePx = 112;

const empty: SessionState = {
  document: null,
  opening: null,
  rows: [],
  selected: null,
  region: null,
  picture: null,
  isDrawing: false,
  compare: null,
  takes: new Set(),
  thumbnails: new Map(),
  canUndo: false,
  isChanged: false,
  isSaving: false,
  isMerging: false,
  notice: null,
};

export interface SessionPorts {
  readonly openDocument: OpenDocument;
  readonly codec: PictureCodec;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly layOver: LayOver;
  /** Layers that show takes, as the panel knows them. */
  readonly takeLayers: () => readonly LayerRef[];
  /** The document's history was written to by another window. */
  readonly onHistoryWritten: () => Promise<void>;
  /** A picture from elsewhere became a take, and what it was judged by. */
  readonly onMerged: (take: Take, composition: Composition) => Promise<void>;
  /** A document was opened and replaces the one before. */
  readonly onOpened: (host: DocumentHost, store: DocumentStore) => void;
  /** Keeps the history in the browser between two saves; without it nothing outlives the page. */
  readonly recovery?: Recovery;
}

export function createDocumentSession(ports: SessionPorts): DocumentSession {
  const listeners = new Set<() => void>();
  let state = empty;
  let host: DocumentHost | null = null;
  let kept: KeptDocument | null = null;
  let hasToldUnkept = false;
  let layers: readonly LayerInfo[] = [];
  let closed: ReadonlySet<LayerRef> = new Set();
  let unwatch = (): void => {};
  let life = new AbortController();
  let drawing = new AbortController();
  let drawn = '';
  let savedAs = '';
  let opening = 0;
  const waiting = new Map<LayerRef, Promise<string | null>>();

  function patch(change: Partial<SessionState>): void {
    state = { ...state, ...change };
    for (const listen of [...listeners]) listen();
  }

  const tell = (failure: Failure): void => {
    if (failure.kind !== 'cancelled') patch({ notice: { explanation: explain(failure), tone: 'danger' } });
  };

  /** There will be no new picture. */
  const notDrawn = (failure: Failure): void => {
    patch({ isDrawing: false });
    tell(failure);
  };

  /** Everything that saving would write and showing depends on: which layers there are and which of them show. */
  const signature = (): string => layers.map((layer) => `${layer.ref}${layer.visible ? '+' : '-'}`).join(' ');

  async function readDocument(): Promise<void> {
    const current = host;
    if (current === null) return;
    const [list, chosen] = await Promise.all([current.layers(), current.selection()]);
    if (host !== current) return;
    if (!list.ok) return notDrawn(list.error);
    if (!chosen.ok) return notDrawn(chosen.error);
    layers = list.value;
    const present = new Set(layers.map((layer) => layer.ref));
    for (const ref of waiting.keys()) if (!present.has(ref)) waiting.delete(ref);
    const unkept = kept?.store.trouble() ?? null;
    if (unkept !== null && !hasToldUnkept) {
      hasToldUnkept = true;
      const sentence = `${explain(unkept).sentence} Save the document to keep its takes.`;
      patch({ notice: { explanation: { title: 'Takes are kept only in this page', sentence, nextAction: 'none' }, tone: 'danger' } });
    }
    const now = signature();
    const gone = state.compare !== null && !state.compare.except.every((ref) => present.has(ref));
    patch({
      rows: layerRows(layers, closed),
      selected: chosen.value.of,
      region: chosen.value.region?.bounds ?? null,
      takes: new Set(ports.takeLayers().filter((ref) => present.has(ref))),
      canUndo: current.canUndo(),
      isChanged: now !== savedAs,
      isDrawing: state.isDrawing || now !== drawn,
      ...(gone ? { compare: null } : {}),
    });
    if (now !== drawn) {
      drawn = now;
      await draw(current);
      void makeThumbnails(current);
    }
  }

  async function draw(current: DocumentHost): Promise<void> {
    drawing.abort();
    drawing = new AbortController();
    const { signal } = drawing;
    const picture = await surfaceOf(current, [], signal);
    if (signal.aborted || host !== current) return;
    if (!picture.ok) return notDrawn(picture.error);
    patch({ picture: picture.value, isDrawing: false });
    if (state.compare !== null) await showBefore(current, state.compare.except, signal);
  }

  async function showBefore(current: DocumentHost, except: readonly LayerRef[], signal: AbortSignal): Promise<void> {
    const before = await surfaceOf(current, except, signal);
    if (signal.aborted || host !== current) return;
    if (!before.ok) return tell(before.error);
    patch({ compare: { except, before: before.value } });
  }

  async function surfaceOf(current: DocumentHost, except: readonly LayerRef[], signal: AbortSignal): Promise<Result<Surface, Failure>> {
    if (drawsItself(current)) {
      const levels = await current.levels(signal, except);
      return levels.ok ? ok({ levels: levels.value, width: levels.value[0].width, height: levels.value[0].height }) : levels;
    }
    const pixels = await current.composite(signal, except);
    if (!pixels.ok) return pixels;
    const surface = await toSurface(pixels.value, ports.clock, signal);
    return surface === null ? err({ kind: 'cancelled' }) : ok(surface);
  }

  async function makeThumbnails(current: DocumentHost): Promise<void> {
    for (const { ref } of layers) {
      if (host !== current) return;
      await layerThumbnail(current, ref);
      await ports.clock.sleep(0, life.signal);
    }
  }

  /** A layer's pixels never change while a document is open, so each is made once. */
  function layerThumbnail(current: DocumentHost, ref: LayerRef): Promise<string | null> {
    const begun = waiting.get(ref);
    if (begun !== undefined) return begun;
    const made = (async (): Promise<string | null> => {
      const small = await current.smallPicture(ref, thumbnailSidePx, life.signal);
      if (!small.ok || small.value === null || host !== current) return null;
      const picture = pictureAddress(small.value);
      patch({ thumbnails: new Map(state.thumbnails).set(ref, picture) });
      return picture;
    })();
    waiting.set(ref, made);
    return made;
  }

  async function mergeInto(
    current: DocumentHost,
    name: string,
    bytes: Uint8Array,
    of: LayerRef | 'visible',
    how: MergeHow,
    signal: AbortSignal,
  ): Promise<Result<MergeOutcome, Failure>> {
    const opened = await ports.openDocument(bytes, name, ports.codec, signal);
    if (!opened.ok) return opened;
    const answer = await opened.value.composite(signal);
    opened.value.close();
    if (!answer.ok) return answer;
    const region = state.region === null ? null : rectangleMask(state.region);
    const ask = { of, region, answer: answer.value, name, file: bytes, ...how };
    const { clock, ids, codec, layOver } = ports;
    return mergeAnswer({ host: current, store: kept?.store ?? current.store, clock, ids, codec, layOver }, ask, signal);
  }

  return {
    state: () => state,
    subscribe(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    host: () => host,

    async open(name, bytes) {
      const turn = ++opening;
      patch({ opening: name, notice: null });
      const signal = new AbortController().signal;
      await painted(signal);
      const opened = await ports.openDocument(bytes, name, ports.codec, signal);
      if (turn !== opening) {
        if (opened.ok) opened.value.close();
        return;
      }
      if (!opened.ok) {
        patch({ opening: null });
        return tell(opened.error);
      }
      const info = await opened.value.document();
      if (!info.ok) {
        patch({ opening: null });
        return tell(info.error);
      }
      unwatch();
      life.abort();
      life = new AbortController();
      waiting.clear();
      closed = new Set();
      drawn = '';
      host?.close();
      host = opened.value;
      const { title, extent } = info.value;
      state = { ...empty, isDrawing: true, document: { turn, title, extent, format: host.format, notes: host.notes } };
      kept?.close();
      kept = null;
      hasToldUnkept = false;
      const recovered = await ports.recovery?.open(host, name, bytes, () => void ports.onHistoryWritten());
      if (turn !== opening) {
        if (recovered?.ok) recovered.value.close();
        return;
      }
      if (recovered?.ok) kept = recovered.value;
      const first = await host.layers();
      layers = first.ok ? first.value : [];
      savedAs = signature();
      if (recovered?.ok === false) tell(recovered.error);
      if (kept !== null && kept.notes.length > 0) {
        // What came back is in no file yet.
        if (kept.hasRecovered) savedAs = '';
        const title = kept.hasRecovered ? 'Recovered' : 'About this document’s takes';
        patch({ notice: { explanation: { title, sentence: kept.notes.join(' '), nextAction: 'none' }, tone: 'done' } });
      }
      if (layers.length > 0) host.select({ of: topmost(layers), region: null });
      unwatch = host.watch(() => void readDocument());
      ports.onOpened(host, kept?.store ?? host.store);
      await readDocument();
    },

    select(of) {
      // At once: a key that is pressed next means this layer.
      patch({ selected: of });
      host?.select({ of, region: state.region === null ? null : rectangleMask(state.region) });
    },
    setRegion(region) {
      const drawnRegion = region === null || isEmpty(region) ? null : region;
      patch({ region: drawnRegion });
      host?.select({ of: state.selected, region: drawnRegion === null ? null : rectangleMask(drawnRegion) });
    },
    setVisible(layer, visible) {
      const done = host?.setVisible(layer, visible);
      if (done !== undefined && !done.ok) tell(done.error);
    },
    setOpen(group, isOpen) {
      const next = new Set(closed);
      if (isOpen) next.delete(group);
      else next.add(group);
      closed = next;
      patch({ rows: layerRows(layers, closed) });
    },
    async merge(name, bytes, of, how) {
      const current = host;
      if (current === null || state.isMerging) return;
      const { signal } = life;
      patch({ isMerging: true, notice: { explanation: { title: 'Merging', sentence: name, nextAction: 'none' }, tone: 'done' } });
      await painted(signal);
      const merged = await mergeInto(current, name, bytes, of, how, signal);
      if (host !== current) return;
      patch({ isMerging: false, notice: null });
      if (!merged.ok) return tell(merged.error);
      const { findings, notes, composition, take } = merged.value;
      await ports.onMerged(take, composition);
      const title = { delta: 'Merged', whole: 'Merged as a whole', unchanged: 'Nothing differs' }[findings.mode];
      const found = `The change covers ${(findings.change.fraction * 100).toFixed(1)} % of the layer; all else stays as it was.`;
      patch({
        notice: { explanation: { title, sentence: notes.length === 0 ? found : notes.join(' '), nextAction: 'none' }, tone: 'done' },
      });
      await readDocument();
    },
    async compare(isCompared) {
      const current = host;
      if (!isCompared || current === null || state.takes.size === 0) return patch({ compare: null });
      await showBefore(current, [...state.takes], life.signal);
    },
    undo() {
      if (host?.canUndo()) host.undo();
    },
    refresh: () => void readDocument(),
    async save(format) {
      const current = host;
      if (current === null || state.isSaving || state.document === null) return null;
      patch({ isSaving: true, notice: null });
      await painted(life.signal);
      const store = kept?.store ?? current.store;
      const as = format === 'psd' && state.document.format === 'psb' ? 'psb' : format;
      // What was shown or hidden a moment ago may not have been told yet.
      const now = await current.layers();
      if (now.ok && host === current) layers = now.value;
      const before = signature();
      const pruned = await pruneBlobs(store);
      const bytes = await current.save(as, life.signal);
      patch({ isSaving: false });
      if (!bytes.ok) {
        tell(bytes.error);
        return null;
      }
      const name = `${stem(state.document.title)}-retake.${as}`;
      if (as !== 'png') {
        savedAs = before;
        await kept?.store.clear();
      }
      patch({
        isChanged: signature() !== savedAs,
        notice: {
          explanation: {
            title: 'Saved',
            sentence: [name, pruned.ok ? pruned.value : ''].join('. ').replace(/\. $/, ''),
            nextAction: 'none',
          },
          tone: 'done',
        },
      });
      return { name, bytes: bytes.value };
    },
    async thumbnailOf(of) {
      const current = host;
      if (current === null) return null;
      if (of !== 'visible') return layerThumbnail(current, of);
      return state.picture === null ? null : thumbnailOf(state.picture, thumbnailSidePx);
    },
    tell,
    dismissNotice: () => patch({ notice: null }),
  };
}

/** Where a newcomer most likely wants to begin: the top layer that shows and has pixels of its own. */
function topmost(layers: readonly LayerInfo[]): LayerRef | 'visible' {
  const hidden = new Set(layers.filter((layer) => !layer.visible).map((layer) => layer.ref));
  const isShown = (layer: LayerInfo): boolean => {
    if (!layer.visible) return false;
    if (layer.parent === null) return true;
    if (hidden.has(layer.parent)) return false;
    const parent = layers.find((each) => each.ref === layer.parent);
    return parent === undefined || isShown(parent);
  };
  return layers.find((layer) => layer.kind === 'pixels' && !isEmpty(layer.bounds) && isShown(layer))?.ref ?? 'visible';
}

const stem = (title: string): string => title.replace(/\.(psd|psb|png|jpe?g|webp)$/i, '').replace(/-retake$/, '') || 'picture';
