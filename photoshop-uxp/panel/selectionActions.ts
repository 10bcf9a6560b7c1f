/** What the panel asks of a selection in Photoshop, and the choice that is kept for the user. */
import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Reference } from '../../shared/core/edit/types.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { boundsOf, intersection, isEmpty } from '../../shared/core/geometry.ts';
import type { LayerInfo } from '../../shared/core/host.ts';
import type { Settings } from '../../shared/core/ports.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import type { SelectionActions } from '../../shared/panel/ports.ts';
import { nothingTold, type SubjectNote } from '../../shared/panel/state.ts';
import type { StateNote } from '../host/documentState.ts';
import type { PhotoshopHost } from '../host/photoshopHost.ts';
import type { PlaceAs } from '../host/placeTake.ts';

const placeAsKey = 'photoshop.placeAs';
const placings: Readonly<Record<PlaceAs, string>> = { pixels: 'Pixel layer', 'smart-object': 'Smart object' };
const isPlaceAs = (text: string | null): text is PlaceAs => text !== null && Object.hasOwn(placings, text);

export interface PhotoshopSelection extends SelectionActions {
  /** Reads what was chosen for good; call once. */
  load(): Promise<void>;
  placeAs(): PlaceAs;
}

export function createSelectionActions(host: () => PhotoshopHost | null, settings: Settings): PhotoshopSelection {
  let placeAs: PlaceAs = 'pixels';

  async function selectedLayers(): Promise<Result<readonly LayerInfo[], Failure>> {
    const current = host();
    if (current === null) return ok([]);
    const selected = await current.selectedLayers();
    if (!selected.ok || selected.value.length === 0) return selected.ok ? ok([]) : selected;
    const layers = await current.layers();
    return layers.ok ? ok(layers.value.filter(({ ref }) => selected.value.includes(ref))) : layers;
  }

  return {
    placeAs: () => placeAs,
    async load() {
      const stored = await settings.get(placeAsKey);
      if (stored.ok && isPlaceAs(stored.value)) placeAs = stored.value;
    },
    async describe() {
      const state = (await host()?.state()) ?? null;
      if (state === null || !state.ok) return nothingTold;
      const { blockers, warnings } = state.value;
      const notes = [...blockers.map(noteOf('blocked')), ...warnings.map(noteOf('warning'))];
      // Only counted: the layers themselves are a journey to read.
      const selected = await host()?.selectedLayers();
      const referenceCount = selected?.ok ? selected.value.length : 0;
      return { ...nothingTold, notes, referenceCount, sends: referenceCount > 1 ? 'Together, as they look' : '' };
    },
    settings: () => [
      {
        id: 'place-as',
        label: 'Takes are',
        choices: Object.entries(placings).map(([id, name]) => ({ id, name })),
        chosen: placeAs,
      },
    ],
    async choose(option, choice) {
      if (option !== 'place-as' || !isPlaceAs(choice)) return ok(undefined);
      placeAs = choice;
      return settings.set(placeAsKey, choice);
    },
    async references(signal: AbortSignal) {
      const current = host();
      if (current === null) return err({ kind: 'no-document' });
      const [layers, document] = [await selectedLayers(), await current.document()];
      if (!layers.ok) return layers;
      if (!document.ok) return document;
      const found: Reference[] = [];
      for (const { ref, name, bounds } of layers.value) {
        // What lies beyond the canvas is not seen, so it is not sent.
        const shown = intersection(bounds, boundsOf(document.value.extent));
        if (isEmpty(shown)) continue;
        const read = await current.readPixels({ of: ref, bounds: shown }, signal);
        if (!read.ok) return read;
        found.push({ name, role: 'reference', pixels: read.value.pixels });
      }
      return ok(found);
    },
    // In Photoshop the selection is the region.
    useAsRegion: () => {},
  };
}

const noteOf =
  (tone: SubjectNote['tone']) =>
  ({ sentence, whatToDo }: StateNote): SubjectNote => ({ tone, sentence: [sentence, whatToDo].join(' ').trim() });
