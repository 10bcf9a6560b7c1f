/**
 * What a take was judged by, to be looked at: kept from its own run as long as the document is open, else made again from
 * what the document holds. Pictures are drawn when their view is chosen.
 */
import type { AbortSignal } from '../core/abort.ts';
import { type Explained, explainComposition, explainTake } from '../core/edit/explainTake.ts';
import type { Composition } from '../core/edit/types.ts';
import { arrowsOf, changeMap, differenceMap, displacementMap, longestDisplacement } from '../core/explain/heatMaps.ts';
import type { Failure } from '../core/failure.ts';
import type { Take } from '../core/history/take.ts';
import type { TakeIndex } from '../core/history/takeIndex.ts';
import type { Pixels } from '../core/pixels.ts';
import { exhaustive } from '../core/result.ts';
import { titleOf } from './listTakes.ts';
import type { AttachedDocument, PanelPorts } from './ports.ts';
import type { EvidencePair, EvidencePicture, EvidenceView, ExplainedState } from './takesState.ts';

export interface Explaining {
  state(): ExplainedState | null;
  canExplain(take: Take): boolean;
  /** Of a run that has just ended. */
  keep(take: Take, composition: Composition): Promise<void>;
  explain(take: Take): Promise<void>;
  setView(view: EvidenceView): void;
  setPair(pair: EvidencePair): void;
  stop(): void;
  /** The document went, and all that was known of it. */
  forget(): void;
}

export interface ExplainingPorts {
  readonly panel: Pick<PanelPorts, 'thumbnail' | 'codec' | 'clock' | 'layOver'>;
  /** `store` is the one that is followed. */
  document(): AttachedDocument | null;
  index(): TakeIndex;
  onChange(): void;
  fail(failure: Failure): void;
}

type Compared = Extract<Explained, { kind: 'compared' }>;

/** Pictures of about a megapixel: some 15 MB a take. */
const mostKept = 8;

const picturesOf: Readonly<Record<EvidencePair, readonly [EvidencePicture, EvidencePicture]>> = {
  'before result': ['before', 'result'],
  'before answer': ['before', 'answer'],
  'answer result': ['answer', 'result'],
};

export function createExplaining({ panel, document, index, onChange, fail }: ExplainingPorts): Explaining {
  /** Oldest first. */
  const kept = new Map<string, Compared>();
  let state: ExplainedState | null = null;
  let looking = new AbortController();
  let life = new AbortController();

  const become = (next: ExplainedState | null): void => {
    state = next;
    onChange();
  };

  function hold(id: string, made: Compared): void {
    kept.set(id, made);
    for (const oldest of [...kept.keys()].slice(0, -mostKept)) kept.delete(oldest);
  }

  function show(from: ExplainedState, explained: Explained): void {
    if (explained.kind === 'figures') {
      become({ ...from, shown: explained });
      return;
    }
    const { findings, evidence, notes } = explained;
    const { displacement } = evidence;
    become({
      ...from,
      shown: {
        kind: 'compared',
        findings,
        notes,
        extent: { width: evidence.width, height: evidence.height },
        movedPx: displacement === null ? null : longestDisplacement(displacement),
        pictures: {},
        arrows: null,
      },
    });
    void draw(explained, looking.signal);
  }

  /** What the chosen view needs and is not there yet; each takes some tens of milliseconds, with a breath between. */
  async function draw(of: Compared, signal: AbortSignal): Promise<void> {
    for (const name of neededPictures(state)) {
      if (!(await panel.clock.sleep(0, signal)) || state?.shown.kind !== 'compared') return;
      const { shown } = state;
      if (shown.pictures[name] !== undefined) continue;
      const pixels = evidencePixels(of, name);
      const address = panel.thumbnail(pixels, Math.max(pixels.width, pixels.height));
      const { displacement } = of.evidence;
      const arrows = name === 'moved' && displacement !== null ? arrowsOf(displacement, of.evidence, of.source) : shown.arrows;
      become({ ...state, shown: { ...shown, pictures: { ...shown.pictures, [name]: address }, arrows } });
    }
  }

  function changeView(change: Partial<Pick<ExplainedState, 'view' | 'pair'>>): void {
    if (state === null) return;
    become({ ...state, ...change });
    const of = kept.get(state.take);
    if (of !== undefined) void draw(of, looking.signal);
  }

  function stop(): void {
    looking.abort();
    if (state !== null) become(null);
  }

  return {
    state: () => state,
    canExplain: ({ id, findings, pictures }) => kept.has(id) || findings !== null || pictures.answer !== null,
    async keep(take, composition) {
      const made = await explainComposition(composition, take.source.bounds, life.signal);
      if (made !== null) hold(take.id, made);
    },
    async explain(take) {
      looking.abort();
      looking = new AbortController();
      const { signal } = looking;
      const from = document();
      if (from === null) return;
      const { history } = index();
      const title = `${index().numberOf(take.id)} · ${titleOf(history, take)}`;
      const opened: ExplainedState = { take: take.id, title, view: 'compare', pair: 'before result', shown: { kind: 'making' } };
      const known = kept.get(take.id);
      if (known !== undefined) return show(opened, known);
      become(opened);
      const { codec, clock, layOver } = panel;
      const made = await explainTake({ ...from, codec, clock, ...(layOver === undefined ? {} : { layOver }) }, history, take, signal);
      if (signal.aborted) return;
      if (!made.ok) {
        become(null);
        return fail(made.error);
      }
      if (made.value.kind === 'compared') hold(take.id, made.value);
      show(opened, made.value);
    },
    setView: (view) => changeView({ view }),
    setPair: (pair) => changeView({ pair }),
    stop,
    forget() {
      life.abort();
      life = new AbortController();
      kept.clear();
      stop();
    },
  };
}

function neededPictures(state: ExplainedState | null): readonly EvidencePicture[] {
  if (state === null) return [];
  return state.view === 'compare' ? picturesOf[state.pair] : [state.view];
}

function evidencePixels({ evidence }: Compared, name: EvidencePicture): Pixels {
  const { displacement } = evidence;
  switch (name) {
    case 'before':
    case 'answer':
    case 'result':
      return evidence[name];
    case 'change':
      return changeMap(evidence);
    case 'difference':
      return differenceMap(evidence);
    case 'moved':
      // Less than a pixel would look like a lot on a scale of its own.
      return displacement === null ? evidence.before : displacementMap(displacement, Math.max(1, longestDisplacement(displacement)));
    default:
      return exhaustive(name);
  }
}
