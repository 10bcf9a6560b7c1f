/**
 * Answers that were paid for and are in no document: kept as soon as they arrive, gone when they are placed. What is left (its
 * document was closed, Photoshop ended) is offered until the user places, saves or drops it.
 */
import type { EditPorts } from '../../shared/core/edit/types.ts';
import type { KeptResult, KeptResults } from '../store/keptResults.ts';

export interface ResultShelf {
  /** Of earlier runs, oldest first. */
  offered(): readonly KeptResult[];
  subscribe(listen: () => void): () => void;
  /** Reads what earlier sittings left; call once. */
  load(): Promise<void>;
  /** For a run in the document of this title. `isKept`: it was placed, or lies in the history of a document that is still open. */
  watch(title: string): { readonly keep: NonNullable<EditPorts['keepAnswer']>; ended(isKept: boolean): Promise<void> };
  read(id: string): Promise<Uint8Array | null>;
  drop(id: string): Promise<void>;
}

export function createResultShelf(kept: KeptResults): ResultShelf {
  const listeners = new Set<() => void>();
  let offered: readonly KeptResult[] = [];

  async function load(): Promise<void> {
    const listed = await kept.list();
    if (!listed.ok) return;
    offered = listed.value;
    for (const listen of [...listeners]) listen();
  }

  return {
    offered: () => offered,
    subscribe(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    load,
    watch(title) {
      let id: string | null = null;
      let writing: Promise<unknown> = Promise.resolve();
      return {
        keep({ picture }, { takeId, instruction, at }) {
          // The offline model's are made again at no cost, but not from a document that is gone.
          id = takeId;
          writing = kept.keep({ id: takeId, instruction, title, at: Date.parse(at), type: picture.type }, picture.bytes);
        },
        async ended(isKept) {
          await writing;
          if (id === null) return;
          if (isKept) await kept.remove(id);
          else await load();
        },
      };
    },
    async read(id) {
      const bytes = await kept.read(id);
      return bytes.ok ? bytes.value : null;
    },
    async drop(id) {
      await kept.remove(id);
      await load();
    },
  };
}
