/**
 * The takes as the panel holds them: the document's history, followed as it is written; which take is looked at, where the
 * next edit starts, and the marks that the user sets. Pictures come from the document when they are looked at.
 */
import type { Composition } from '../core/edit/types.ts';
import type { Failure } from '../core/failure.ts';
import type { Bounds } from '../core/geometry.ts';
import { keepBookmark, keepMarks } from '../core/history/keepTake.ts';
import { readHistory } from '../core/history/readHistory.ts';
import { emptyHistory, type History, type Take } from '../core/history/take.ts';
import { indexTakes, type TakeIndex } from '../core/history/takeIndex.ts';
import { changedBookmark, changedMarks, layersOfTakes, type MarksChange, pathTo, takeAt } from '../core/history/tree.ts';
import { watchedStore } from '../core/history/watchedStore.ts';
import type { LayerInfo, LayerRef, Selection } from '../core/host.ts';
import type { ModelEntry } from '../core/models/registry.ts';
import type { DocumentStore } from '../core/ports.ts';
import type { Result } from '../core/result.ts';
import { cardPictureKey, createCardPicture } from './cardPicture.ts';
import { createCarrying } from './carrying.ts';
import { createComparing } from './comparing.ts';
import { createExplaining } from './explaining.ts';
import { detailsOf, type ListAsk, type ListedTakes, listTakes } from './listTakes.ts';
import { nextStart } from './nextStart.ts';
import { createPictureCache } from './pictureCache.ts';
import type { AttachedDocument, PanelPorts } from './ports.ts';
import { createRoundFacts } from './roundFacts.ts';
import type { NextStart, TakeFilter, TakesActions, TakesState, WayChoice } from './takesState.ts';

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

type Start = { readonly kind: 'latest' } | { readonly kind: 'source' } | { readonly kind: 'take'; readonly id: string };

const latest: Start = { kind: 'latest' };
const noLayers: ReadonlyMap<LayerRef, LayerInfo> = new Map();

export function createTakesController(ports: TakesPorts): TakesController {
  const { panel } = ports;
  const { clock, ids, hostActions } = panel;
  /** One identifier for each sitting: marks of two windows on one document merge by it. */
  const writer = ids.next();
  let document: AttachedDocument | null = null;
  let store: DocumentStore | null = null;
  let history: History = emptyHistory;
  let notes: readonly string[] = [];
  let knownKeys = '';
  let layers = noLayers;
  let selected: LayerRef | 'visible' | null = null;
  let region: Bounds | null = null;
  let instruction = '';
  let words = '';
  let show: TakeFilter = 'all';
  /** null looks at the newest. */
  let focusedId: string | null = null;
  let start: Start = latest;
  let way: WayChoice = 'auto';
  let placed: { readonly of: History; readonly layers: readonly LayerRef[] } = { of: emptyHistory, layers: [] };
  let isRunning = false;
  let writing: Promise<void> = Promise.resolve();
  let running: ReadonlySet<string> = new Set();

  /** What the runs of this sitting had to say. */
  const said = new Map<string, readonly string[]>();
  let index: TakeIndex = indexTakes(history, layers);
  let listed: { readonly key: readonly unknown[]; readonly takes: ListedTakes } | null = null;

  const pictures = createPictureCache({
    async read(hash) {
      const bytes = await store?.blobs.read(hash);
      return bytes?.ok === true ? bytes.value : null;
    },
    addressOf: panel.pictureAddress,
    release: panel.releaseAddress,
    onChange: ports.onChange,
  });
  const facts = createRoundFacts({ blobs: () => store?.blobs ?? null, onChange: ports.onChange });
  const card = createCardPicture({ panel, pictures, document: () => document, history: () => history });
  const comparing = createComparing({
    panel,
    document: () => document,
    index: () => index,
    onChange: ports.onChange,
  });

  const followed = () => (document === null || store === null ? null : { ...document, store });
  const explaining = createExplaining({ panel, document: followed, index: () => index, onChange: ports.onChange, fail: ports.fail });

  const carrying = createCarrying({
    panel,
    document: followed,
    index: () => index,
    keepEvidence: explaining.keep,
    selected: () => selected,
    onChange: ports.onChange,
    fail: ports.fail,
  });
  const look = (id: string | null): void => {
    if (id !== null) actions.focusTake(id);
  };
  const withTakeOf = (id: string, act: (take: Take) => Promise<void>): void => {
    const take = history.takes.get(id);
    if (take !== undefined) void act(take);
  };

  function changed(): void {
    index = indexTakes(history, layers);
    facts.lookAgain();
    ports.onChange();
    lookAtFocused();
  }

  const lookAtFocused = (): void => void card.want(history.takes.get(state().focused?.id ?? ''));

  const begins = (take: Take): LayerRef | 'visible' => (pathTo(history, take.id)[0] ?? take).source.of;

  /** The take that the selected layer leads to: the one that it shows, else the latest that was made from it. */
  function latestOfSelected(): Take | null {
    if (selected === null) return null;
    const shown = takeAt(history, selected);
    if (shown !== null && index.layersOf(shown).some(({ ref }) => ref === selected)) return shown;
    for (let n = index.inOrder.length - 1; n >= 0; n--) {
      const take = index.inOrder[n];
      if (take.state === 'done' && !index.hidden.has(take.id) && index.layersOf(take).length > 0 && begins(take) === selected) return take;
    }
    return null;
  }

  function startTake(): Take | null {
    if (start.kind === 'source') return null;
    if (start.kind === 'take') return history.takes.get(start.id) ?? null;
    return latestOfSelected();
  }

  function nextState(): NextStart {
    const take = startTake();
    const newest = start.kind === 'source' ? latestOfSelected() : null;
    return nextStart({
      index,
      of: selected ?? 'visible',
      region,
      isLayer: (of) => of === 'visible' || layers.has(of),
      take,
      latest: newest,
      isChosen: start.kind === 'take',
      chosen: way,
      instruction,
      entry: ports.entry(),
      references: ports.references(),
      factsOf: facts.of,
    });
  }

  const listAsk = (): ListAsk => ({ words, show, start: startTake()?.id ?? null, running, now: clock.now() });

  /** 5,000 rows take some ten milliseconds; a tick of the clock must not make them again. */
  function list(ask: ListAsk): ListedTakes {
    const key = [index, words, show, ask.start, running];
    if (listed === null || listed.key.some((part, n) => part !== key[n])) listed = { key, takes: listTakes(index, ask) };
    return listed.takes;
  }

  function state(): TakesState {
    const ask = listAsk();
    const { rows, laneCount, discarded } = list(ask);
    const id = focusedId !== null && history.takes.has(focusedId) ? focusedId : (rows[0]?.id ?? null);
    const take = id === null ? undefined : history.takes.get(id);
    return {
      rows,
      laneCount,
      discarded,
      total: history.takes.size,
      words,
      show,
      focused:
        take === undefined
          ? null
          : detailsOf(index, take, {
              ...ask,
              large: cardPictureKey(take),
              said: said.get(take.id) ?? [],
              canExplain: explaining.canExplain,
            }),
      next: nextState(),
      pictures: pictures.current(),
      notes,
      copied: carrying.copied(),
      compared: comparing.state(),
      explained: explaining.state(),
      busy: carrying.busy(),
    };
  }

  async function read(from: DocumentStore): Promise<void> {
    const found = await readHistory(from);
    if (store !== from) return;
    if (!found.ok) return ports.fail(found.error);
    ({ history, notes } = found.value);
    changed();
  }

  /** Others write to the document too (a merge by the host, a second window): what is new is read when the keys differ. */
  async function readIfOthersWrote(from: DocumentStore): Promise<void> {
    const keys = await from.keys();
    if (!keys.ok || store !== from) return;
    const now = keys.value.length === 0 ? '' : `${keys.value.length} ${keys.value[keys.value.length - 1]}`;
    if (now === knownKeys) return;
    knownKeys = now;
    await read(from);
  }

  /** One after the other: each is a revision of the one before, and two of the same number would not both hold. */
  function written(write: (into: DocumentStore) => Promise<Result<unknown, Failure>>): Promise<void> {
    const into = store;
    writing = writing.then(async () => {
      if (into === null || store !== into) return;
      const done = await write(into);
      if (!done.ok) ports.fail(done.error);
    });
    return writing;
  }

  const mark = (id: string, change: MarksChange): Promise<void> =>
    written((into) => keepMarks(into, changedMarks(history, id, change, writer)));
  const point = (name: string, id: string | null): Promise<void> =>
    written((into) => keepBookmark(into, changedBookmark(history, name, id, writer)));

  function setShown(take: Take, isShown: boolean): void {
    for (const { ref, visible } of index.layersOf(take)) if (visible !== isShown) hostActions.setVisible(ref, isShown);
  }

  /** The layers of what is discarded go out of sight with it, and come back with it. */
  async function judge(id: string, verdict: 'discarded' | null): Promise<void> {
    const before = index.hidden;
    await mark(id, { verdict });
    for (const take of index.inOrder) {
      const isHidden = index.hidden.has(take.id);
      if (isHidden === before.has(take.id)) continue;
      setShown(take, !isHidden);
    }
  }

  /** Selects what the take began with, when it is there and something else is selected. */
  function selectOrigin(take: Take): void {
    const origin = begins(take);
    if (selected !== origin && (origin === 'visible' || layers.has(origin))) hostActions.select(origin);
  }

  const actions: TakesActions = {
    setWords(next) {
      words = next;
      ports.onChange();
    },
    setFilter(next) {
      show = next;
      ports.onChange();
    },
    focusTake(id) {
      focusedId = id;
      ports.onChange();
      lookAtFocused();
    },
    showPictures: (hashes) => void pictures.want(hashes),
    startFrom(id) {
      const take = id === null ? undefined : history.takes.get(id);
      start = take === undefined ? (latestOfSelected() === null ? latest : { kind: 'source' }) : { kind: 'take', id: take.id };
      if (take !== undefined) selectOrigin(take);
      ports.onChange();
    },
    startFromLatest() {
      start = latest;
      ports.onChange();
    },
    setWay(next) {
      way = next;
      ports.onChange();
    },
    useAsSource(id) {
      way = 'from-take';
      actions.startFrom(id);
    },
    sameAgain(id) {
      const take = history.takes.get(id);
      if (take === undefined) return;
      ports.send({ of: take.source.of, instruction: take.instruction, from: take.parent, way: take.context.way });
    },
    editAndRedo(id) {
      const take = history.takes.get(id);
      if (take === undefined) return;
      start = take.parent === null ? { kind: 'source' } : { kind: 'take', id: take.parent };
      way = take.context.chosenBy === 'user' ? take.context.way : 'auto';
      selectOrigin(take);
      ports.setInstruction(take.instruction);
    },
    rename: (id, name) => void mark(id, { name: name.trim() === '' ? null : name.trim() }),
    setNote: (id, note) => void mark(id, { note: note.trim() }),
    setFavourite: (id, isFavourite) => void mark(id, { isFavourite }),
    keep: (id, isKept) => void mark(id, { verdict: isKept ? 'kept' : null }),
    discard(id) {
      // The list goes on with the neighbour, not from the top.
      const { rows } = list(listAsk());
      const at = rows.findIndex((row) => row.id === id);
      focusedId = rows[at + 1]?.id ?? rows[at - 1]?.id ?? null;
      if (start.kind === 'take' && start.id === id) start = latest;
      void judge(id, 'discarded');
    },
    restore: (id) => void judge(id, null),
    bookmark: (id, name) => void point(name, id),
    removeBookmark: (name) => void point(name, null),
    placeAgain: (id) => withTakeOf(id, carrying.placeAgain),
    copyTake: (id) => withTakeOf(id, carrying.copy),
    pasteTake: () => void carrying.paste().then(look),
    pasteFile: (file) => void carrying.pasteFile(file).then(look),
    pickFile: () =>
      void panel.hostActions.pickFiles?.('takes').then(async (files) => {
        for (const file of files) look(await carrying.pasteFile(file));
      }),
    exportPicture: (id) => withTakeOf(id, carrying.exportPicture),
    exportBranch: (id) => withTakeOf(id, carrying.exportBranch),
    compare: (id, other) => void comparing.compare(id, other),
    setCompareMode: comparing.setMode,
    stopComparing: comparing.stop,
    explain: (id) => withTakeOf(id, explaining.explain),
    explainLayer(layer) {
      const take = takeAt(history, layer);
      if (take !== null) void explaining.explain(take);
      else ports.fail({ kind: 'no-such-take', name: layers.get(layer)?.name ?? layer, near: [] });
    },
    setEvidenceView: explaining.setView,
    setEvidencePair: explaining.setPair,
    stopExplaining: explaining.stop,
  };

  return {
    state,
    actions,
    history: () => history,
    store: () => store,
    attach(next) {
      document = next;
      pictures.clear();
      said.clear();
      comparing.stop();
      explaining.forget();
      card.stop();
      facts.clear();
      [history, notes, knownKeys, layers, selected] = [emptyHistory, [], '', noLayers, null];
      [words, show, focusedId, start, way, isRunning, running] = ['', 'all', null, latest, 'auto', false, new Set()];
      const watched =
        next === null
          ? null
          : watchedStore(next.store, (add) => {
              if (store !== watched) return;
              const before = history;
              history = add(history);
              if (isRunning) running = new Set([...running, ...[...history.takes.keys()].filter((id) => !before.takes.has(id))]);
              changed();
            });
      store = watched;
      index = indexTakes(history, layers);
    },
    async follow(nextLayers, { of, region: drawn }) {
      region = drawn?.bounds ?? null;
      const from = store;
      if (selected !== of) {
        const chosen = start.kind === 'take' ? history.takes.get(start.id) : undefined;
        // Another layer was selected than what the chosen take is about.
        if (of !== null && (chosen === undefined || (begins(chosen) !== of && takeAt(history, of)?.id !== chosen.id))) start = latest;
        selected = of;
      }
      layers = nextLayers;
      index = indexTakes(history, layers);
      if (from !== null) await readIfOthersWrote(from);
    },
    followInstruction(next) {
      instruction = next;
    },
    next: () => ({ from: startTake()?.id ?? null, way }),
    goBack() {
      const back = nextState().goesBackTo;
      const from = startTake();
      if (back === null || from === null) return false;
      const path = pathTo(history, from.id);
      for (const left of path.slice(path.findIndex(({ id }) => id === back.id) + 1)) setShown(left, false);
      const to = back.id === null ? undefined : history.takes.get(back.id);
      if (to !== undefined) setShown(to, true);
      start = to === undefined ? { kind: 'source' } : { kind: 'take', id: to.id };
      focusedId = to?.id ?? null;
      ports.setInstruction('');
      return true;
    },
    runBegins() {
      isRunning = true;
      focusedId = null;
      words = '';
      show = 'all';
    },
    runEnds(done) {
      const last = index.inOrder.filter(({ id }) => running.has(id)).pop() ?? null;
      if (done !== null) {
        said.set(done.id, done.notes);
        // An answer may hold further pictures, which are takes too; this one was placed.
        focusedId = done.id;
      }
      isRunning = false;
      running = new Set();
      [start, way] = [latest, 'auto'];
      facts.lookAgain();
      ports.onChange();
      return last;
    },
    allLayers() {
      if (placed.of !== history) placed = { of: history, layers: layersOfTakes(history) };
      return placed.layers;
    },
    async readAgain() {
      if (store !== null) await read(store);
    },
    layersOf(id) {
      const take = history.takes.get(id);
      return take === undefined ? [] : index.layersOf(take).map(({ ref }) => ref);
    },
    keepEvidence: explaining.keep,
  };
}
