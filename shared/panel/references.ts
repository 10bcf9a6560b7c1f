/** The pictures that go along with the next edit: given as files or taken from the selection, each in a role, up to the model's limit. */
import { neverAborted } from '../core/abort.ts';
import type { Reference } from '../core/edit/types.ts';
import type { Failure } from '../core/failure.ts';
import type { ModelEntry } from '../core/models/registry.ts';
import type { PanelPorts } from './ports.ts';
import { readReference } from './readReference.ts';
import type { GivenFile, ReferenceItem, ReferenceRole, ReferencesState } from './state.ts';

export interface References {
  state(): ReferencesState;
  /** In the order they were added. */
  chosen(): readonly Reference[];
  addFiles(files: readonly GivenFile[]): Promise<void>;
  addSelected(): Promise<void>;
  setRole(id: string, role: ReferenceRole): void;
  remove(id: string): void;
}

export interface ReferencesPorts {
  readonly panel: Pick<PanelPorts, 'codec' | 'ids' | 'thumbnail' | 'hostActions'>;
  entry(): ModelEntry;
  onChange(): void;
  fail(failure: Failure): void;
}

/** Of the small picture, at two device pixels a pixel and more. */
const thumbnailSidePx = 96;

export function createReferences({ panel, entry, onChange, fail }: ReferencesPorts): References {
  let held: readonly { readonly reference: Reference; readonly item: ReferenceItem }[] = [];

  const become = (next: typeof held): void => {
    held = next;
    onChange();
  };

  /** Answers whether there was room for it. */
  function add(reference: Reference): boolean {
    const model = entry();
    const limit = model.references.total;
    if (held.length >= limit) {
      const why = limit === 0 ? `${model.nick} takes no reference pictures` : `${model.nick} takes at most ${limit}; remove one first`;
      fail({ kind: 'bad-reference', name: reference.name, why });
      return false;
    }
    const { name, role, pixels } = reference;
    const { width, height } = pixels;
    const item = { id: panel.ids.next(), name, role, width, height, thumbnail: panel.thumbnail(pixels, thumbnailSidePx) };
    become([...held, { reference, item }]);
    return true;
  }

  return {
    state: () => ({ items: held.map(({ item }) => item), limit: entry().references.total }),
    chosen: () => held.map(({ reference }) => reference),
    async addFiles(files) {
      for (const file of files) {
        const read = await readReference(file, panel.codec);
        if (!read.ok) return fail(read.error);
        if (!add(read.value)) return;
      }
    },
    async addSelected() {
      const read = await panel.hostActions.selection?.references(neverAborted);
      if (read === undefined) return;
      if (!read.ok) return fail(read.error);
      for (const reference of read.value) if (!add(reference)) return;
    },
    setRole: (id, role) =>
      become(held.map((each) => (each.item.id === id ? { reference: { ...each.reference, role }, item: { ...each.item, role } } : each))),
    remove: (id) => become(held.filter(({ item }) => item.id !== id)),
  };
}
