/**
 * The document in front, as the panel works on it: its host, its history, and what opening it had to say. A run stays
 * with its own document, so another one that comes to the front waits until the run has ended.
 */
import { createAbort } from '../../shared/core/abort.ts';
import { explain } from '../../shared/core/failure.ts';
import { openHistory } from '../../shared/core/history/openHistory.ts';
import { createMemoryStore } from '../../shared/core/memoryStore.ts';
import type { BlobStore, Clock, DocumentStore, Ids, PictureCodec } from '../../shared/core/ports.ts';
import { findDocument, frontDocumentId } from '../host/documents.ts';
import type { ModalGate } from '../host/modal.ts';
import { createPhotoshopHost, type PhotoshopHost, type PhotoshopHostOptions } from '../host/photoshopHost.ts';
import { type OpenStore, openDocumentStore } from '../store/documentStore.ts';
import type { PluginFiles } from '../store/pluginFiles.ts';
import { createXmpShelf } from '../store/xmpShelf.ts';
import type { PhotoshopModules } from '../types/modules.ts';

export interface Sitting {
  readonly host: PhotoshopHost;
  readonly store: DocumentStore;
  readonly title: string;
  isOpen(): boolean;
  /** In sentences for the user: takes that came back, or why none are kept. */
  readonly notes: readonly string[];
}

export interface FollowPorts {
  readonly modules: PhotoshopModules;
  readonly gate: ModalGate;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly codec: PictureCodec;
  readonly files: PluginFiles;
  readonly hostOptions: Pick<PhotoshopHostOptions, 'placeAs'>;
  readonly isRunning: () => boolean;
  readonly onFront: (sitting: Sitting | null) => void;
}

/** Photoshop tells of most switches, but of none that a script makes [field]. */
const events = ['open', 'close', 'select', 'make'];
const lookEveryMs = 700;

export interface Following {
  current(): Sitting | null;
  /** Looks at once: a run has ended. */
  look(): void;
  stop(): void;
}

interface Known {
  readonly sitting: Sitting;
  /** It comes to the front once more: layers with takes may have been copied into it meanwhile. */
  again(): Promise<unknown>;
  close(): void;
}

export function followDocuments(ports: FollowPorts): Following {
  const { modules, clock } = ports;
  const { app, action } = modules.photoshop;
  const known = new Map<number, Known>();
  const looking = createAbort();
  let shown: number | null | undefined;
  let current: Sitting | null = null;
  let turn: Promise<void> = Promise.resolve();

  function look(): void {
    // What Photoshop refuses to tell now is asked again at the next beat.
    turn = turn.then(lookNow).catch(() => undefined);
  }

  async function lookNow(): Promise<void> {
    if (looking.signal.aborted || ports.isRunning()) return;
    for (const [id, { close }] of known) {
      if (findDocument(app, id).ok) continue;
      close();
      known.delete(id);
    }
    const front = frontDocumentId(app);
    if (front === shown) return;
    const before = front === null ? undefined : known.get(front);
    await before?.again();
    const next = front === null ? null : (before ?? (await open(front))).sitting;
    // A run that was begun meanwhile stays with its document.
    if (ports.isRunning()) return;
    shown = front;
    current = next;
    ports.onFront(current);
  }

  async function open(documentId: number): Promise<Known> {
    const { gate, ids, codec, files } = ports;
    let nearby: BlobStore | null = null;
    const answerFile = async (hash: string): Promise<Uint8Array | null> => {
      const bytes = await nearby?.read(hash);
      return bytes?.ok ? bytes.value : null;
    };
    let list: OpenStore['list'] = () => {};
    const host = createPhotoshopHost({
      modules,
      documentId,
      clock,
      codec,
      gate,
      answerFile,
      onPlaced: (take) => list(take),
      ...ports.hostOptions,
    });
    const found = findDocument(app, documentId);
    const title = found.ok ? found.value.name : '';
    const isOpen = (): boolean => findDocument(app, documentId).ok;
    const kept = await openDocumentStore({
      shelf: createXmpShelf(action, gate, { id: documentId, title }),
      files,
      clock,
      newId: ids.next,
      embedded: (hash) => host.embeddedFile(hash),
      path: found.ok ? pathOf(found.value) : '',
      title,
      isSaved: found.ok && found.value.saved,
    });
    if (!kept.ok) {
      const { title: what, sentence } = explain(kept.error);
      const notes = [`${what}: ${sentence} Takes are kept only while the panel is open.`];
      const unkept = { sitting: { host, store: createMemoryStore(), title, isOpen, notes }, again: async () => {}, close: () => {} };
      known.set(documentId, unkept);
      return unkept;
    }
    const { store, journal, flush, close } = kept.value;
    nearby = kept.value.nearby;
    list = kept.value.list;
    const read = async () => {
      const opened = await openHistory({ host, store, ids, codec }, [journal]);
      if (opened.ok) host.knowTogether([...opened.value.history.takes.values()].map(({ source }) => source.of));
      return opened;
    };
    const opened = await read();
    const notes = opened.ok ? opened.value.notes : [explain(opened.error).sentence];
    const whole = {
      sitting: { host, store, title, isOpen, notes },
      again: read,
      close: () => {
        close();
        void flush();
      },
    };
    known.set(documentId, whole);
    return whole;
  }

  void action.addNotificationListener(events, look).catch(() => undefined);
  look();
  void (async () => {
    while (await clock.sleep(lookEveryMs, looking.signal)) look();
  })();

  return {
    current: () => current,
    look,
    stop() {
      looking.abort();
      void action.removeNotificationListener(events, look).catch(() => undefined);
      for (const { close } of known.values()) close();
    },
  };
}

/** '' while the document was never saved; some versions throw then. */
function pathOf(document: { readonly path: string }): string {
  try {
    return document.path ?? '';
  } catch {
    return '';
  }
}
