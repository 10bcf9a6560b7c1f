/** Two takes, or a take and its source, read from the document and put on each other. */
import type { AbortSignal } from '../core/abort.ts';
import { type Look, onOneCanvas, sourceLooks, takeLooks } from '../core/edit/takeLooks.ts';
import { pictureDifference } from '../core/explain/heatMaps.ts';
import { explain, type Failure } from '../core/failure.ts';
import type { Take } from '../core/history/take.ts';
import type { TakeIndex } from '../core/history/takeIndex.ts';
import { pathTo } from '../core/history/tree.ts';
import type { Result } from '../core/result.ts';
import { titleOf } from './listTakes.ts';
import type { AttachedDocument, PanelPorts } from './ports.ts';
import type { ComparedSide, ComparedState, CompareMode } from './takesState.ts';

export interface Comparing {
  state(): ComparedState | null;
  /** `other` null is the source of `id`. */
  compare(id: string, other: string | null): Promise<void>;
  setMode(mode: CompareMode): void;
  stop(): void;
}

export interface ComparingPorts {
  readonly panel: Pick<PanelPorts, 'thumbnail' | 'codec' | 'clock'>;
  document(): AttachedDocument | null;
  index(): TakeIndex;
  onChange(): void;
}

/** Longer than this, the pictures are shown smaller; what differs is measured on all pixels. */
const shownSidePx = 1600;
/** A list of thousands would help nobody to choose. */
const mostOthers = 24;

export function createComparing({ panel, document, index, onChange }: ComparingPorts): Comparing {
  let state: ComparedState | null = null;
  let reading = new AbortController();

  const become = (next: ComparedState | null): void => {
    state = next;
    onChange();
  };

  function sideOf(id: string | null): ComparedSide {
    const take = id === null ? undefined : index().history.takes.get(id);
    if (take === undefined) return { id: null, title: 'Source', picture: null };
    return { id: take.id, title: `${index().numberOf(take.id)} · ${titleOf(index().history, take)}`, picture: null };
  }

  async function look(id: string | null, right: Take, signal: AbortSignal): Promise<Result<Look, Failure>> {
    const from = document();
    if (from === null) return { ok: false, error: { kind: 'no-document' } };
    const ports = { host: from.host, store: from.store, codec: panel.codec, clock: panel.clock };
    const { history } = index();
    const take = id === null ? undefined : history.takes.get(id);
    return take === undefined ? sourceLooks(ports, history, right, signal) : takeLooks(ports, history, take, signal);
  }

  return {
    state: () => state,

    async compare(id, other) {
      const right = index().history.takes.get(id);
      if (right === undefined) return;
      reading.abort();
      reading = new AbortController();
      const { signal } = reading;
      become({
        left: sideOf(other),
        right: sideOf(id),
        mode: state?.mode ?? 'slider',
        difference: null,
        finding: '',
        extent: null,
        others: othersOf(index(), right, document()?.host.pinned !== undefined),
        trouble: null,
      });
      const ground = await look(null, right, signal);
      const one = other === null ? ground : await look(other, right, signal);
      const two = await look(id, right, signal);
      if (signal.aborted || state === null) return;
      const broken = [one, two].find((each) => !each.ok);
      if (!one.ok || !two.ok) return become({ ...state, trouble: broken?.ok === false ? explain(broken.error).sentence : '' });
      const { bounds, a, b } = onOneCanvas(ground.ok ? ground.value : null, one.value, two.value);
      become({
        ...state,
        left: { ...state.left, picture: panel.thumbnail(a, shownSidePx) },
        right: { ...state.right, picture: panel.thumbnail(b, shownSidePx) },
        extent: bounds,
      });
      // The pictures show first; measuring twelve megapixels takes a moment.
      if (!(await panel.clock.sleep(0, signal))) return;
      const { map, fraction, mostLevels } = pictureDifference(a, b);
      if (state !== null) become({ ...state, difference: panel.thumbnail(map, shownSidePx), finding: findingText(fraction, mostLevels) });
    },

    setMode(mode) {
      if (state !== null) become({ ...state, mode });
    },

    stop() {
      reading.abort();
      if (state !== null) become(null);
    },
  };
}

const findingText = (fraction: number, mostLevels: number): string =>
  fraction === 0
    ? 'Not a pixel differs.'
    : `${fraction < 0.0005 ? 'Less than 0.1' : (fraction * 100).toFixed(1)} % of the pixels differ, by up to ${mostLevels} levels.`;

/**
 * The source, the take's own line, its siblings and the favourites: what one is likely to want beside it. `ofOneLayer`: where
 * each layer has pixels of its own, those of another layer cannot be laid on them.
 */
function othersOf(index: TakeIndex, right: Take, ofOneLayer: boolean): ComparedState['others'] {
  const { history, inOrder } = index;
  const layerOf = ({ id }: Take): string | undefined => pathTo(history, id)[0]?.source.of;
  const parent = index.parentOf(right);
  const at = inOrder.indexOf(right);
  const nearness = (take: Take, n: number): number => {
    if (take.id === parent) return 0;
    if (index.parentOf(take) === parent || index.parentOf(take) === right.id) return 1;
    return history.marks.get(take.id)?.isFavourite === true ? 2 : 3 + Math.abs(n - at);
  };
  const near = inOrder
    .map((take, n) => ({ take, nearness: nearness(take, n) }))
    .filter(({ take }) => take !== right && (take.state === 'done' || take.pictures.answer !== null) && !index.hidden.has(take.id))
    .filter(({ take }) => !ofOneLayer || layerOf(take) === layerOf(right))
    .sort((a, b) => a.nearness - b.nearness)
    .slice(0, mostOthers)
    .map(({ take }) => ({ id: take.id, title: `${index.numberOf(take.id)} · ${titleOf(history, take)}` }));
  return [{ id: null, title: 'Source' }, ...near];
}
