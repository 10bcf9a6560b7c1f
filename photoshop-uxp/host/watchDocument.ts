/**
 * Tells when the document may look different: by Photoshop's notifications, and by looking now and then, since a script's
 * switch of documents and some changes of the selection tell nobody [field]. Silent while anything is modal.
 */
import { createAbort } from '../../shared/core/abort.ts';
import type { Clock } from '../../shared/core/ports.ts';
import type { PhotoshopModule, PsDocument } from '../types/modules.ts';
import { findDocument, frontDocumentId } from './documents.ts';

const events = [
  'select',
  'make',
  'set',
  'delete',
  'move',
  'duplicate',
  'show',
  'hide',
  'close',
  'open',
  'undoEvent',
  'historyStateChanged',
  'convertMode',
  'imageSize',
  'crop',
  'flattenImage',
  'deselect',
  'inverse',
  'feather',
  'modalStateChanged',
];

/** Seldom enough to cost nothing, often enough not to surprise. */
const lookEveryMs = 800;

export interface Watch {
  listen(tell: () => void): () => void;
  /** After a step of our own, of which Photoshop tells nothing. */
  tell(): void;
}

export function watchDocument({ app, action }: PhotoshopModule, documentId: number, clock: Clock): Watch {
  const listeners = new Set<() => void>();
  let stop: () => void = () => {};

  const tell = (): void => {
    for (const listen of [...listeners]) listen();
  };

  function start(): () => void {
    const looking = createAbort();
    const onEvent = (): void => tell();
    void action.addNotificationListener(events, onEvent).catch(() => undefined);
    void look(looking.signal);
    return () => {
      looking.abort();
      void action.removeNotificationListener(events, onEvent).catch(() => undefined);
    };
  }

  async function look(signal: ReturnType<typeof createAbort>['signal']): Promise<void> {
    let seen = outline();
    while (await clock.sleep(lookEveryMs, signal)) {
      const now = outline();
      if (now === seen) continue;
      seen = now;
      tell();
    }
  }

  /** What can be seen without entering a modal scope, as a text. */
  function outline(): string {
    const found = findDocument(app, documentId);
    if (!found.ok) return `${frontDocumentId(app)} closed`;
    const of = found.value;
    return [frontDocumentId(app), ...parts.map((part) => tried(() => part(of)))].join(' ');
  }

  return {
    listen(listen) {
      if (listeners.size === 0) stop = start();
      listeners.add(listen);
      return () => {
        if (listeners.delete(listen) && listeners.size === 0) stop();
      };
    },
    tell,
  };
}

const parts: readonly ((document: PsDocument) => unknown)[] = [
  ({ activeLayers }) => Array.from(activeLayers, ({ id }) => id).join(','),
  ({ selection: { bounds } }) => bounds && [bounds.left, bounds.top, bounds.right, bounds.bottom].join(','),
  ({ width, height }) => `${width}x${height}`,
  ({ mode, bitsPerChannel }) => `${mode}/${bitsPerChannel}`,
  ({ quickMaskMode }) => quickMaskMode,
];

/** Some properties throw in some states, and outside of a modal scope in some versions. */
function tried(read: () => unknown): string {
  try {
    return String(read());
  } catch {
    return '?';
  }
}
