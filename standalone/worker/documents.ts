/**
 * Documents in a worker: opened, drawn and saved there. The page holds a `DocumentHost` that asks for what it needs; only
 * pixels and plain data cross.
 */
import { type AbortSignal, neverAborted } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { readEach } from '../../shared/core/history/entries.ts';
import type {
  DocumentInfo,
  HostCapabilities,
  HostStep,
  LayerInfo,
  LayerRef,
  PlaceAsk,
  ReadAsk,
  ReadPixels,
  Selection,
} from '../../shared/core/host.ts';
import type { Pixels } from '../../shared/core/pixels.ts';
import type { BlobInfo, DocumentStore, PictureCodec } from '../../shared/core/ports.ts';
import { assert, err, ok, type Result } from '../../shared/core/result.ts';
import { type Answers, type Given, lineToWorker, type WorkerStart } from '../../shared/line/line.ts';
import type { DocumentFormat, DocumentHost, OpenDocument } from '../documents/document.ts';

/** What changes while a document is open. */
interface DocumentNews {
  readonly layers: readonly LayerInfo[];
  readonly canUndo: boolean;
}

/** A picture as the browser draws it: in full, and each next one half as wide and high. */
export type Levels = readonly ImageBitmap[];

/** A document in a worker draws itself there too: the pixels that show never lie in the page. */
export interface DocumentInWorker extends DocumentHost {
  levels(signal: AbortSignal, except?: readonly LayerRef[]): Promise<Result<Levels, Failure>>;
}

export const drawsItself = (host: DocumentHost): host is DocumentInWorker => 'levels' in host;

interface Opened extends DocumentNews {
  /** Its number on the line. */
  readonly document: number;
  readonly format: DocumentFormat;
  readonly notes: readonly string[];
  readonly info: DocumentInfo;
  readonly can: HostCapabilities;
}

type Of<T = unknown> = { readonly document: number } & T;
type Call<Ask, Answer> = { readonly ask: Ask; readonly answer: Result<Answer, Failure> };

export type DocumentCalls = {
  open: Call<{ readonly bytes: Uint8Array; readonly name: string }, Opened>;
  layers: Call<Of, readonly LayerInfo[]>;
  readPixels: Call<Of<{ readonly ask: ReadAsk }>, ReadPixels>;
  composite: Call<Of<{ readonly except: readonly LayerRef[] }>, Pixels>;
  levels: Call<Of<{ readonly except: readonly LayerRef[] }>, Levels>;
  smallPicture: Call<Of<{ readonly layer: LayerRef; readonly sidePx: number }>, Pixels | null>;
  save: Call<Of<{ readonly format: 'psd' | 'psb' | 'png' }>, Uint8Array>;
  setVisible: Call<Of<{ readonly layer: LayerRef; readonly visible: boolean }>, void>;
  undo: Call<Of, void>;
  close: Call<Of, void>;
  storeRead: Call<Of<{ readonly key: string }>, Uint8Array | null>;
  storeReadMany: Call<Of<{ readonly keys: readonly string[] }>, readonly (Uint8Array | null)[]>;
  storeWrite: Call<Of<{ readonly key: string; readonly bytes: Uint8Array }>, void>;
  storeRemove: Call<Of<{ readonly key: string }>, void>;
  storeKeys: Call<Of, readonly string[]>;
  blobRead: Call<Of<{ readonly hash: string }>, Uint8Array | null>;
  blobWrite: Call<Of<{ readonly bytes: Uint8Array }>, string>;
  blobRemove: Call<Of<{ readonly hash: string }>, void>;
  blobList: Call<Of, readonly BlobInfo[]>;
  readStory: Call<Of<{ readonly layer: LayerRef }>, string | null>;
  /** Answered when it is this step's turn. */
  beginStep: Call<Of<{ readonly step: number; readonly label: string }>, void>;
  placePixels: Call<Of<{ readonly step: number; readonly put: PlaceAsk }>, LayerRef>;
  removeLayer: Call<Of<{ readonly step: number; readonly layer: LayerRef }>, void>;
  showInStep: Call<Of<{ readonly step: number; readonly layer: LayerRef; readonly isVisible: boolean }>, void>;
  /** Whether what was done in it stays. */
  endStep: Call<Of<{ readonly step: number; readonly result: Result<null, Failure> }>, null>;
};

interface RunningStep {
  readonly step: HostStep;
  readonly end: (result: Result<null, Failure>) => void;
  readonly ended: Promise<Result<null, Failure>>;
}

/** The worker's end; `tell` sends news of a document. */
export function documentAnswers(
  openDocument: OpenDocument,
  codec: PictureCodec,
  tell: (document: number, news: DocumentNews) => void,
  draw: (pixels: Pixels) => Levels,
): Answers<DocumentCalls> {
  const hosts = new Map<number, DocumentHost>();
  const steps = new Map<number, RunningStep>();
  let last = 0;
  const closed: Failure = { kind: 'no-document' };
  const plain = <A>(answer: A): Given<A> => ({ answer, give: [] });

  /** Answers on an open document. `give` names the buffers of an answer that are nobody else’s. */
  const on =
    <A extends Of, T>(
      work: (host: DocumentHost, ask: A, signal: AbortSignal) => Promise<Result<T, Failure>>,
      give: (value: T) => readonly object[] = () => [],
    ) =>
    async (ask: A, signal: AbortSignal): Promise<Given<Result<T, Failure>>> => {
      const host = hosts.get(ask.document);
      if (host === undefined) return plain(err(closed));
      const done = await work(host, ask, signal);
      return { answer: done, give: done.ok ? give(done.value) : [] };
    };
  const inStep = <T>(number: number, work: (running: RunningStep) => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> => {
    const running = steps.get(number);
    assert(running !== undefined, 'a call outside its step');
    return work(running);
  };

  return {
    async open({ bytes, name }, signal) {
      const opened = await openDocument(bytes, name, codec, signal);
      if (!opened.ok) return plain(opened);
      const host = opened.value;
      const [info, layers] = await Promise.all([host.document(), host.layers()]);
      if (!info.ok) return plain(info);
      if (!layers.ok) return plain(layers);
      const document = ++last;
      hosts.set(document, host);
      host.watch(async () => {
        const list = await host.layers();
        if (list.ok && hosts.has(document)) tell(document, { layers: list.value, canUndo: host.canUndo() });
      });
      const { format, notes, can } = host;
      return plain(ok({ document, format, notes, can, info: info.value, layers: layers.value, canUndo: host.canUndo() }));
    },
    layers: on((host) => host.layers()),
    readPixels: on(
      (host, { ask }, signal) => host.readPixels(ask, signal),
      ({ pixels, deep }) => [pixels.data.buffer, ...(deep === undefined ? [] : [deep.data.buffer])],
    ),
    composite: on(
      (host, { except }, signal) => host.composite(signal, except),
      (pixels) => [pixels.data.buffer],
    ),
    levels: on(
      async (host, { except }, signal) => {
        const pixels = await host.composite(signal, except);
        return pixels.ok ? ok(draw(pixels.value)) : pixels;
      },
      (levels) => levels,
    ),
    smallPicture: on((host, { layer, sidePx }, signal) => host.smallPicture(layer, sidePx, signal)),
    save: on(
      async (host, { format }, signal) => {
        const saved = await host.save(format, signal);
        // Of an unchanged document these are the very bytes that were opened.
        return saved.ok ? ok(saved.value.slice()) : saved;
      },
      (bytes) => [bytes.buffer],
    ),
    setVisible: on(async (host, { layer, visible }) => host.setVisible(layer, visible)),
    undo: on(async (host) => {
      if (host.canUndo()) host.undo();
      return ok(undefined);
    }),
    close: on(async (_host, { document }) => {
      hosts.delete(document);
      return ok(undefined);
    }),
    storeRead: on((host, { key }) => host.store.read(key)),
    storeReadMany: on((host, { keys }) => readEach(host.store, keys)),
    storeWrite: on((host, { key, bytes }) => host.store.write(key, bytes)),
    storeRemove: on((host, { key }) => host.store.remove(key)),
    storeKeys: on((host) => host.store.keys()),
    blobRead: on((host, { hash }) => host.store.blobs.read(hash)),
    blobWrite: on((host, { bytes }) => host.store.blobs.write(bytes)),
    blobRemove: on((host, { hash }) => host.store.blobs.remove(hash)),
    blobList: on((host) => host.store.blobs.list()),
    readStory: on((host, { layer }) => host.readStory(layer)),
    beginStep: on(async (host, { step: number, label }, signal) => {
      let end: RunningStep['end'] = () => {};
      const told = new Promise<Result<null, Failure>>((resolve) => {
        end = resolve;
      });
      return new Promise<Result<void, Failure>>((begun, raised) => {
        const ended: Promise<Result<null, Failure>> = host.step(label, signal, (step) => {
          steps.set(number, { step, end, ended });
          begun(ok(undefined));
          return told;
        });
        // A step that never had its turn ends before it began.
        ended.then((result) => begun(result.ok ? ok(undefined) : result), raised);
      });
    }),
    placePixels: on((_host, { step, put }) => inStep(step, (running) => running.step.placePixels(put))),
    removeLayer: on((_host, { step, layer }) => inStep(step, (running) => running.step.removeLayer(layer))),
    showInStep: on((_host, { step, layer, isVisible }) => inStep(step, (running) => running.step.setVisible(layer, isVisible))),
    endStep: on((_host, { step, result }) =>
      inStep(step, ({ end, ended }) => {
        steps.delete(step);
        end(result);
        return ended;
      }),
    ),
  };
}

/** The page's end: `openDocument` in a worker, and in this thread where none can start. */
export function openInWorker(worker: WorkerStart, openHere: OpenDocument): OpenDocument {
  const watched = new Map<number, (news: DocumentNews) => void>();
  const line = lineToWorker<DocumentCalls>(worker, (of, news) => watched.get(of)?.(news as DocumentNews));
  return async (bytes, name, codec, signal) => {
    try {
      const caller = line();
      const opened = await caller.call('open', { bytes, name }, signal);
      if (!opened.ok) return opened;
      const ask = async <K extends keyof DocumentCalls>(what: K, asked: DocumentCalls[K]['ask'], stop: AbortSignal) => {
        try {
          return await caller.call(what, asked, stop);
        } catch (cause) {
          return err<Failure>({
            kind: 'host',
            operation: `Working on “${name}”`,
            message: cause instanceof Error ? cause.message : String(cause),
          });
        }
      };
      return ok(remoteHost(opened.value, ask as AskWorker, watched));
    } catch (cause) {
      worker.onFallback(cause);
      return openHere(bytes, name, codec, signal);
    }
  };
}

type AskWorker = <K extends keyof DocumentCalls>(
  what: K,
  ask: DocumentCalls[K]['ask'],
  signal: AbortSignal,
) => Promise<DocumentCalls[K]['answer']>;

let lastStep = 0;

function remoteHost(opened: Opened, ask: AskWorker, watched: Map<number, (news: DocumentNews) => void>): DocumentInWorker {
  const { document, format, notes, can, info } = opened;
  const listeners = new Set<() => void>();
  let known: DocumentNews = opened;
  let chosen: Selection = { of: null, region: null };
  const tell = (): void => {
    for (const listen of [...listeners]) listen();
  };
  watched.set(document, (news) => {
    known = news;
    tell();
  });

  const store: DocumentStore = {
    entryLimitBytes: can.storeBytes,
    read: (key) => ask('storeRead', { document, key }, neverAborted),
    readMany: (keys) => ask('storeReadMany', { document, keys }, neverAborted),
    write: (key, bytes) => ask('storeWrite', { document, key, bytes }, neverAborted),
    remove: (key) => ask('storeRemove', { document, key }, neverAborted),
    keys: () => ask('storeKeys', { document }, neverAborted),
    blobs: {
      read: (hash) => ask('blobRead', { document, hash }, neverAborted),
      write: (bytes) => ask('blobWrite', { document, bytes }, neverAborted),
      remove: (hash) => ask('blobRemove', { document, hash }, neverAborted),
      list: () => ask('blobList', { document }, neverAborted),
    },
  };

  return {
    name: 'Retake',
    can,
    format,
    notes,
    store,
    document: async () => ok(info),
    layers: () => ask('layers', { document }, neverAborted),
    selection: async () => ok(chosen),
    readStory: (layer) => ask('readStory', { document, layer }, neverAborted),
    readPixels: (read, signal) => ask('readPixels', { document, ask: read }, signal),
    async step(label, signal, work) {
      const step = ++lastStep;
      const begun = await ask('beginStep', { document, step, label }, signal);
      if (!begun.ok) return begun;
      let isOver = false;
      const during = (): void => assert(!isOver, 'a call outside its step');
      const remote: HostStep = {
        async placePixels(put) {
          during();
          return ask('placePixels', { document, step, put }, signal);
        },
        async removeLayer(layer) {
          during();
          return ask('removeLayer', { document, step, layer }, signal);
        },
        async setVisible(layer, isVisible) {
          during();
          return ask('showInStep', { document, step, layer, isVisible }, signal);
        },
      };
      const end = (result: Result<null, Failure>) => {
        isOver = true;
        return ask('endStep', { document, step, result }, neverAborted);
      };
      try {
        const result = await work(remote);
        const ended = await end(!result.ok ? result : signal.aborted ? err({ kind: 'cancelled' }) : ok(null));
        return ended.ok ? result : ended;
      } catch (cause) {
        await end(err({ kind: 'cancelled' }));
        throw cause;
      }
    },
    watch(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    select(selection) {
      chosen = selection;
      tell();
    },
    setVisible(layer, visible) {
      if (!known.layers.some(({ ref }) => ref === layer))
        return err({ kind: 'no-such-layer', name: layer, existing: known.layers.map((one) => one.name) });
      void ask('setVisible', { document, layer, visible }, neverAborted);
      return ok(undefined);
    },
    canUndo: () => known.canUndo,
    undo: () => void ask('undo', { document }, neverAborted),
    composite: (signal, except = []) => ask('composite', { document, except }, signal),
    levels: (signal, except = []) => ask('levels', { document, except }, signal),
    smallPicture: (layer, sidePx, signal) => ask('smallPicture', { document, layer, sidePx }, signal),
    save: (as, signal) => ask('save', { document, format: as }, signal),
    close() {
      watched.delete(document);
      void ask('close', { document }, neverAborted);
    },
  };
}
