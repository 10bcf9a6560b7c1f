/**
 * The takes as the panel holds them. It joins what knows the history, where the next edit starts, what is looked at, the
 * user's marks, and what is done with a take, each in a file of its own.
 */
import type { Composition } from '../core/edit/types.ts';
import type { Failure } from '../core/failure.ts';
import type { History, Take } from '../core/history/take.ts';
import { takeAt } from '../core/history/tree.ts';
import type { LayerInfo, LayerRef, Selection } from '../core/host.ts';
import type { ModelEntry } from '../core/models/registry.ts';
import type { DocumentStore } from '../core/ports.ts';
import { cardPictureKey, createCardPicture } from './cardPicture.ts';
import { createCarrying } from './carrying.ts';
import { createComparing } from './comparing.ts';
import { createExplaining } from './explaining.ts';
import { followHistory } from './followHistory.ts';
import { detailsOf } from './listTakes.ts';
import { createLooking } from './looking.ts';
import { createMarking } from './marking.ts';
import { createPictureCache } from './pictureCache.ts';
import type { AttachedDocument, PanelPorts } from './ports.ts';
import { createRoundFacts } from './roundFacts.ts';
import { createStartChoice } from './startChoice.ts';
import type { TakesActions, TakesState, WayChoice } from './takesState.ts';

/** What a run of the panel's starts with, where it is not what stands in the fields. */
export interface RunStart {
  readonly of: LayerRef | 'visible';
  readonly instruction: string;
  /** The take that it continues; null for the source itself. */
  readonly from: string | null;
  readonly way: WayChoice;
}

export interface TakesController {
  state(): TakesState;
  readonly actions: TakesActions;
  history(): History;
  /** The store that edits are to write through, so that they show while they run; null without a document. */
  store(): DocumentStore | null;
  attach(document: AttachedDocument | null): void;
  /** Told after each look at the document. */
  follow(layers: ReadonlyMap<LayerRef, LayerInfo>, selection: Selection): Promise<void>;
  /** Told when the words in the instruction change: they choose how to continue. */
  followInstruction(instruction: string): void;
  /** Where the next edit starts; undefined leaves it to the walk. */
  next(): Pick<RunStart, 'from' | 'way'>;
  /** Does what the words ask for when going back is all that they ask for; answers whether it was. */
  goBack(): boolean;
  runBegins(): void;
  /** Answers the take that the run left behind; `done` with what it has to say. */
  runEnds(done: { readonly id: string; readonly notes: readonly string[] } | null): Take | null;
  /** Of all takes, copies too; the same list until the history changes. */
  allLayers(): readonly LayerRef[];
  /** Reads the history anew. */
  readAgain(): Promise<void>;
  /** Layers of the document that show the take. */
  layersOf(id: string): readonly LayerRef[];
  /** Keeps what a take was judged by at hand, as long as the document is open. */
  keepEvidence(take: Take, composition: Composition): Promise<void>;
}

export interface TakesPorts {
  readonly panel: PanelPorts;
  entry(): ModelEntry;
  /** How many references go along with the next edit. */
  references(): number;
  onChange(): void;
  fail(failure: Failure): void;
  send(start: RunStart): void;
  setInstruction(text: string): void;
}

export function createTakesController(ports: TakesPorts): TakesController {
  const { panel, onChange, fail } = ports;
  const { clock, hostActions } = panel;
  /** What the runs of this sitting had to say, by take. */
  const said = new Map<string, readonly string[]>();

  const followed = followHistory({
    onChange(begun) {
      looking.begun(begun);
      facts.lookAgain();
      onChange();
      wantCardPicture();
    },
    fail,
  });
  const { document, history, index } = followed;

  const pictures = createPictureCache({
    async read(hash) {
      const bytes = await document()?.store.blobs.read(hash);
      return bytes?.ok === true ? bytes.value : null;
    },
    addressOf: panel.pictureAddress,
    release: panel.releaseAddress,
    onChange,
  });
  const facts = createRoundFacts({ blobs: () => document()?.store.blobs ?? null, onChange });
  const card = createCardPicture({ panel, pictures, document, history });

  function setShown(take: Take, isShown: boolean): void {
    for (const { ref, visible } of index().layersOf(take)) if (visible !== isShown) hostActions.setVisible(ref, isShown);
  }

  const start = createStartChoice({
    followed,
    entry: ports.entry,
    references: ports.references,
    factsOf: facts.of,
    select: (of) => hostActions.select(of),
    setShown,
  });
  const looking = createLooking({ index, start: () => start.take()?.id ?? null, now: () => clock.now() });
  const marking = createMarking({ followed, writer: panel.ids.next(), setShown, fail });
  const comparing = createComparing({ panel, document, index, onChange });
  const explaining = createExplaining({ panel, document, index, onChange, fail });
  const carrying = createCarrying({ panel, document, index, keepEvidence: explaining.keep, selected: start.selected, onChange, fail });

  const wantCardPicture = (): void => void card.want(looking.focused());

  const focusIfAny = (id: string | null): void => {
    if (id !== null) actions.focusTake(id);
  };
  const withTakeOf = (id: string, act: (take: Take) => void): void => {
    const take = history().takes.get(id);
    if (take !== undefined) act(take);
  };
  /** Does it, and tells. */
  const telling =
    <Given extends readonly unknown[]>(act: (...given: Given) => void) =>
    (...given: Given): void => {
      act(...given);
      onChange();
    };

  function state(): TakesState {
    const take = looking.focused();
    return {
      ...looking.list(),
      total: history().takes.size,
      words: looking.words(),
      show: looking.show(),
      focused:
        take === undefined
          ? null
          : detailsOf(index(), take, {
              ...looking.ask(),
              large: cardPictureKey(take),
              said: said.get(take.id) ?? [],
              canExplain: explaining.canExplain,
            }),
      next: start.next(),
      pictures: pictures.current(),
      notes: followed.notes(),
      copied: carrying.copied(),
      compared: comparing.state(),
      explained: explaining.state(),
      busy: carrying.busy(),
    };
  }

  const actions: TakesActions = {
    setWords: telling(looking.setWords),
    setFilter: telling(looking.setFilter),
    focusTake(id) {
      looking.focus(id);
      onChange();
      wantCardPicture();
    },
    showPictures: (hashes) => void pictures.want(hashes),
    startFrom: telling(start.from),
    startFromLatest: telling(start.fromLatest),
    setWay: telling(start.setWay),
    useAsSource(id) {
      start.setWay('from-take');
      actions.startFrom(id);
    },
    sameAgain: (id) =>
      withTakeOf(id, ({ source, instruction, parent, context }) =>
        ports.send({ of: source.of, instruction, from: parent, way: context.way }),
      ),
    editAndRedo: (id) =>
      withTakeOf(id, (take) => {
        start.whereItBegan(take);
        ports.setInstruction(take.instruction);
      }),
    rename: (id, name) => void marking.mark(id, { name: name.trim() === '' ? null : name.trim() }),
    setNote: (id, note) => void marking.mark(id, { note: note.trim() }),
    setFavourite: (id, isFavourite) => void marking.mark(id, { isFavourite }),
    keep: (id, isKept) => void marking.mark(id, { verdict: isKept ? 'kept' : null }),
    discard(id) {
      looking.focusBeside(id);
      start.leave(id);
      void marking.judge(id, 'discarded');
    },
    restore: (id) => void marking.judge(id, null),
    bookmark: (id, name) => void marking.point(name, id),
    removeBookmark: (name) => void marking.point(name, null),
    placeAgain: (id) => withTakeOf(id, carrying.placeAgain),
    copyTake: (id) => withTakeOf(id, carrying.copy),
    pasteTake: () => void carrying.paste().then(focusIfAny),
    pasteFile: (file) => void carrying.pasteFile(file).then(focusIfAny),
    pickFile: () =>
      void hostActions.pickFiles?.('takes').then(async (files) => {
        for (const file of files) focusIfAny(await carrying.pasteFile(file));
      }),
    exportPicture: (id) => withTakeOf(id, carrying.exportPicture),
    exportBranch: (id) => withTakeOf(id, carrying.exportBranch),
    compare: (id, other) => void comparing.compare(id, other),
    setCompareMode: comparing.setMode,
    stopComparing: comparing.stop,
    explain: (id) => withTakeOf(id, explaining.explain),
    explainLayer(layer) {
      const take = takeAt(history(), layer);
      if (take !== null) void explaining.explain(take);
      else fail({ kind: 'no-such-take', name: followed.layers().get(layer)?.name ?? layer, near: [] });
    },
    setEvidenceView: explaining.setView,
    setEvidencePair: explaining.setPair,
    stopExplaining: explaining.stop,
  };

  return {
    state,
    actions,
    history,
    store: () => document()?.store ?? null,
    attach(next) {
      pictures.clear();
      said.clear();
      comparing.stop();
      explaining.forget();
      card.stop();
      facts.clear();
      start.clear();
      looking.clear();
      followed.attach(next);
    },
    async follow(layers, selection) {
      start.followSelection(selection);
      await followed.follow(layers);
    },
    followInstruction: start.followInstruction,
    next: () => ({ from: start.take()?.id ?? null, way: start.way() }),
    goBack() {
      const back = start.goBack();
      if (back === undefined) return false;
      looking.focus(back.to?.id ?? null);
      ports.setInstruction('');
      return true;
    },
    runBegins: looking.runBegins,
    runEnds(done) {
      const last = looking.runEnds();
      if (done !== null) {
        said.set(done.id, done.notes);
        // An answer may hold further pictures, which are takes too; this one was placed.
        looking.focus(done.id);
      }
      start.reset();
      facts.lookAgain();
      onChange();
      return last;
    },
    allLayers: followed.allLayers,
    readAgain: followed.readAgain,
    layersOf(id) {
      const take = history().takes.get(id);
      return take === undefined
        ? []
        : index()
            .layersOf(take)
            .map(({ ref }) => ref);
    },
    keepEvidence: explaining.keep,
  };
}
