/** What the panel asks of a selection in Figma, and the choices that are kept for the user. */
import type { Settings } from '../../shared/core/ports.ts';
import { ok } from '../../shared/core/result.ts';
import type { SelectionActions } from '../../shared/panel/ports.ts';
import { nothingTold } from '../../shared/panel/state.ts';
import type { FigmaPanelHost, ShapeName } from './panelHost.ts';
import { type Placement, placementFor, placements, tellSubject, usualPlacements } from './tellSubject.ts';

const placementKey = 'figma.placement';

const isUsual = (text: string | null): text is Placement => usualPlacements.some((each) => each === text);
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
      if (stored.ok && isUsual(stored.value)) usual = wanted = stored.value;
    },
    async describe() {
      const subject = await host.subject();
      if (!subject.ok) return { ...nothingTold, notes: [] };
      regionFrom = subject.value?.regionFrom ?? null;
      if (subject.value === null) return tellSubject(null, wanted);
      const at = placementFor(subject.value, wanted, usual);
      host.placeAt(at);
      return tellSubject(subject.value, at);
    },
    settings: () => [
      {
        id: 'usual-place',
        label: 'Place takes',
        choices: usualPlacements.map((id) => ({ id, name: placements[id] })),
        chosen: usual,
      },
    ],
    async choose(option, choice) {
      if (option === 'as' && (choice === 'image' || choice === 'rendered')) host.readAs(choice);
      if (option === 'place' && isPlacement(choice)) wanted = choice;
      if (option !== 'usual-place' || !isUsual(choice)) return ok(undefined);
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
