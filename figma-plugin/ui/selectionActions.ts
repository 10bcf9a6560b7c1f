/** What the panel asks of a selection in Figma, and the choices that are kept for the user. */
import type { Settings } from '../../shared/core/ports.ts';
import { ok } from '../../shared/core/result.ts';
import type { SelectionActions } from '../../shared/panel/ports.ts';
import { nothingTold } from '../../shared/panel/state.ts';
import type { FigmaPanelHost, ShapeName } from './panelHost.ts';
import { type Placement, placements, placementsOf, tellSubject } from './tellSubject.ts';

const placementKey = 'figma.placement';

const isPlacement = (text: string | null): text is Placement => text !== null && Object.hasOwn(placements, text);

export interface FigmaSelection extends SelectionActions {
  /** Reads what was chosen for good; call once. */
  load(): Promise<void>;
}

export function createSelectionActions(host: FigmaPanelHost, settings: Settings): FigmaSelection {
  /** For good, and for now. */
  let usual: Placement = 'above';
  let wanted: Placement = usual;
  let regionFrom: ShapeName | null = null;

  return {
    async load() {
      const stored = await settings.get(placementKey);
      if (stored.ok && isPlacement(stored.value)) usual = wanted = stored.value;
    },
    async describe() {
      const subject = await host.subject();
      if (!subject.ok) return { ...nothingTold, notes: [] };
      regionFrom = subject.value?.regionFrom ?? null;
      if (subject.value !== null) {
        const possible = placementsOf(subject.value);
        host.placeAt(possible.includes(wanted) ? wanted : possible[0]);
      }
      return tellSubject(subject.value, wanted);
    },
    settings: () => [
      {
        id: 'usual-place',
        label: 'Place takes',
        choices: Object.entries(placements).map(([id, name]) => ({ id, name })),
        chosen: usual,
      },
    ],
    async choose(option, choice) {
      if (option === 'as' && (choice === 'image' || choice === 'rendered')) host.readAs(choice);
      if (option === 'place' && isPlacement(choice)) wanted = choice;
      if (option !== 'usual-place' || !isPlacement(choice)) return ok(undefined);
      usual = wanted = choice;
      return settings.set(placementKey, choice);
    },
    async references(signal) {
      const pictures = await host.pictures(signal);
      return pictures.ok ? ok(pictures.value.map(({ name, pixels }) => ({ name, role: 'reference', pixels }))) : pictures;
    },
    useAsRegion: () => host.setRegion(regionFrom?.id ?? null),
  };
}
