/** Takes carried out of a document and into another: copied, exported, and placed again. One thing at a time. */
import { neverAborted } from '../core/abort.ts';
import { copyTake, headOf, pasteTake, type TakeCopy } from '../core/edit/copyTake.ts';
import type { Composition } from '../core/edit/types.ts';
import type { Failure } from '../core/failure.ts';
import type { Take } from '../core/history/take.ts';
import type { TakeIndex } from '../core/history/takeIndex.ts';
import type { LayerRef } from '../core/host.ts';
import type { DocumentStore } from '../core/ports.ts';
import { err, ok, type Result } from '../core/result.ts';
import { titleOf } from './listTakes.ts';
import type { AttachedDocument, PanelPorts } from './ports.ts';
import type { GivenFile } from './state.ts';

export interface Carrying {
  /** The title of what was copied; it outlives the document it came from. */
  copied(): string | null;
  busy(): string | null;
  copy(take: Take): Promise<void>;
  /** Answers the take that is in the document now; null when nothing was placed. */
  paste(): Promise<string | null>;
  pasteFile(file: GivenFile): Promise<string | null>;
  /** Makes a layer of the answer that is kept, without asking the model again. */
  placeAgain(take: Take): Promise<void>;
  exportPicture(take: Take): Promise<void>;
  exportBranch(take: Take): Promise<void>;
}

export interface CarryingPorts {
  readonly panel: Pick<PanelPorts, 'takeFiles' | 'hostActions' | 'ids' | 'clock' | 'codec' | 'layOver' | 'placeKept'>;
  /** `store` is the one that is followed. */
  document(): (AttachedDocument & { readonly store: DocumentStore }) | null;
  index(): TakeIndex;
  /** Right above it a pasted take is placed. */
  selected(): LayerRef | 'visible' | null;
  keepEvidence(take: Take, composition: Composition): Promise<void>;
  onChange(): void;
  fail(failure: Failure): void;
}

export function createCarrying({ panel, document, index, selected, keepEvidence, onChange, fail }: CarryingPorts): Carrying {
  const { takeFiles, hostActions, ids, clock, codec, layOver } = panel;
  let held: { readonly copy: TakeCopy; readonly title: string } | null = null;
  let busy: string | null = null;

  async function doing<T>(what: string, work: () => Promise<Result<T, Failure>>): Promise<T | null> {
    if (busy !== null) return null;
    busy = what;
    onChange();
    const done = await work();
    busy = null;
    onChange();
    if (done.ok) return done.value;
    if (done.error.kind !== 'cancelled') fail(done.error);
    return null;
  }

  async function place(copy: TakeCopy): Promise<string | null> {
    const into = document();
    if (into === null) {
      fail({ kind: 'no-document' });
      return null;
    }
    const pasted = await doing('Placing the take', () => pasteTake({ ...into, ids }, copy, selected() ?? 'visible', neverAborted));
    return pasted?.take.id ?? null;
  }

  return {
    copied: () => held?.title ?? null,
    busy: () => busy,
    async copy(take) {
      const from = document();
      if (from === null) return;
      const { history } = index();
      const copy = await doing('Copying the take', () => copyTake(from, history, take, neverAborted));
      if (copy === null) return;
      held = { copy, title: titleOf(history, take) };
      onChange();
    },
    paste: async () => (held === null ? null : place(held.copy)),
    async pasteFile(file) {
      const copy = await doing(`Reading ${file.name}`, async () => {
        const bytes = await bytesOf(file);
        return bytes.ok ? takeFiles.readBranch(bytes.value, file.name, neverAborted) : bytes;
      });
      if (copy === null) return null;
      held = { copy, title: headOf(copy).instruction };
      return place(copy);
    },
    async placeAgain(take) {
      const into = document();
      if (into === null) return;
      const ports = { ...into, ids, clock, codec, ...(layOver === undefined ? {} : { layOver }) };
      const placed = await doing('Placing the take', () => panel.placeKept(ports, { take: take.id }, neverAborted));
      if (placed !== null) await keepEvidence(placed.take, placed.composition);
    },
    async exportPicture(take) {
      const from = document();
      if (from === null) return;
      const png = await doing('Exporting the take', () => takeFiles.exportPicture(from, index().history, take, neverAborted));
      if (png !== null) hostActions.handOver(`${takeFiles.nameOf(take, index().numberOf(take.id))}.png`, png);
    },
    async exportBranch(take) {
      const from = document();
      if (from === null) return;
      const zip = await doing('Exporting the branch', () => takeFiles.exportBranch(from, index().history, take, neverAborted));
      if (zip !== null) hostActions.handOver(`${takeFiles.nameOf(take, index().numberOf(take.id))}.zip`, zip);
    },
  };
}

/** A file that was picked may be gone by now. */
async function bytesOf(file: GivenFile): Promise<Result<Uint8Array, Failure>> {
  try {
    return ok(await file.bytes());
  } catch (error) {
    return err({ kind: 'read-failed', path: file.name, why: 'other', message: error instanceof Error ? error.message : String(error) });
  }
}
