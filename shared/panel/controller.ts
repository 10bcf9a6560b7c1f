/**
 * Holds the panel's state and turns what the user does into use-cases of the core. It decides which model is in use,
 * when something may be sent, and what each failure offers next; it knows no host and draws nothing.
 */
import type { Composition } from '../core/edit/types.ts';
import { explain, type Failure, isQuestion } from '../core/failure.ts';
import type { Bounds } from '../core/geometry.ts';
import type { Take } from '../core/history/take.ts';
import type { LayerRef, Selection } from '../core/host.ts';
import { readRecent, withRecent, writeRecent } from '../core/recent.ts';
import type { Result } from '../core/result.ts';
import { actFor, failureButton } from './failureButton.ts';
import { createKeyRing } from './keyRing.ts';
import { createModelChoice } from './modelChoice.ts';
import type { AttachedDocument, PanelPorts } from './ports.ts';
import { createReferences } from './references.ts';
import type { FailedWork, PanelActions, PanelState } from './state.ts';
import { blockOf, partRead, subjectState } from './subjectState.ts';
import { createTakesController, type RunStart } from './takesController.ts';

/** How often the elapsed time moves on. */
const tickMs = 250;

export interface PanelController {
  readonly actions: PanelActions;
  state(): PanelState;
  /** Calls `listen` after each change; answers how to stop. */
  subscribe(listen: () => void): () => void;
  /** Shows another document, or none. A run in the old one is cancelled. */
  attach(document: AttachedDocument | null): void;
  /** Layers of takes, copies too; the same list as long as nothing changes. */
  takeLayers(): readonly LayerRef[];
  /** Reads the document's history again: somebody else wrote to it. */
  refresh(): Promise<void>;
  /** What is selected, once the panel knows all of it; null when nothing is. */
  subjectRead(): Promise<LayerRef | 'visible' | null>;
  /** Keeps what a take of another than the panel was judged by (a merge by the host). */
  keepEvidence(take: Take, composition: Composition): Promise<void>;
  /** Reads the settings; call once. */
  load(): Promise<void>;
}

export function createPanelController(ports: PanelPorts): PanelController {
  const { settings, clock, ids, hostActions } = ports;
  const listeners = new Set<() => void>();
  let document: AttachedDocument | null = null;
  let unwatch = (): void => {};
  let running: AbortController | null = null;
  /** Sending waits for what is selected. */
  let isToBegin = false;
  let lastFailure: Failure | null = null;
  let selection: Selection = { of: null, region: null };
  let subjectPart: Bounds | null = null;
  let subjectTurn = 0;
  let subjectReading: AbortController | null = null;
  /** The round that the model's question belongs to. */
  let asked: { readonly id: string; readonly of: LayerRef | 'visible' } | null = null;

  const keys = createKeyRing(settings, ports.environmentKey, ports.testKey, () =>
    patch({ key: keys.state(), ...modelParts(), takes: takes.state() }),
  );

  const models = createModelChoice(settings, () => keys.current() !== null);

  const modelParts = (): Pick<PanelState, 'model' | 'references'> => ({
    model: models.state(subjectPart),
    references: references.state(),
  });

  const references = createReferences({
    panel: ports,
    entry: models.entry,
    onChange: () => patch({ ...modelParts(), takes: takes.state() }),
    fail: (failure) => fail(failure, 'reference'),
  });

  const takes = createTakesController({
    panel: ports,
    entry: models.entry,
    references: () => references.chosen().length,
    onChange: () => patch({ takes: takes.state() }),
    fail: (failure) => fail(failure, 'takes'),
    send: (start) => void send(start),
    setInstruction: (instruction) => setInstruction(instruction),
  });

  let state: PanelState = {
    subject: { kind: 'no-document' },
    instruction: '',
    keepRest: true,
    matchColours: true,
    recent: [],
    run: { kind: 'idle' },
    takes: takes.state(),
    key: keys.state(),
    view: 'edit',
    offlineVocabulary: ports.offlineVocabulary,
    isOnline: ports.network?.isOnline() ?? true,
    hostSettings: hostActions.selection?.settings() ?? [],
    noDocument: ports.noDocument ?? { title: 'No picture is open', sentence: 'Open one to begin.' },
    keyHint: ports.keyHint ?? '',
    service: ports.service,
    can: { ...hostActions.can, pickFiles: hostActions.pickFiles !== undefined },
    ...modelParts(),
  };

  function patch(change: Partial<PanelState>): void {
    state = { ...state, ...change };
    for (const listen of [...listeners]) listen();
  }

  function fail(failure: Failure, failed: FailedWork): void {
    lastFailure = failure;
    const explanation = explain(failure);
    patch({
      run: {
        kind: 'failed',
        explanation,
        failed,
        button: failureButton(failure, failed, hostActions.can),
        tone: failure.kind === 'cancelled' || explanation.nextAction === 'answer' ? 'neutral' : 'danger',
      },
    });
  }

  /** What is selected cannot be sent as it is; `sentence` is the host's, and says what to do. */
  function refuse(sentence: string): void {
    lastFailure = null;
    const explanation = { title: 'This cannot be edited as it is', sentence, nextAction: 'choose-layer' } as const;
    patch({ run: { kind: 'failed', explanation, failed: 'host', button: null, tone: 'neutral' } });
  }

  function setInstruction(instruction: string): void {
    takes.followInstruction(instruction);
    patch({ instruction, takes: takes.state() });
  }

  async function saved(write: Promise<Result<void, Failure>>): Promise<void> {
    const done = await write;
    if (!done.ok) fail(done.error, 'settings');
  }

  let reading: Promise<void> = Promise.resolve();
  /** Until it is known what is selected, and what the host says of that; null when it is. */
  let selecting: Promise<void> | null = null;

  /** Reads title, layers and selection anew; a later call overtakes an earlier one. */
  function readSubject(): Promise<void> {
    const turn = ++subjectTurn;
    subjectReading?.abort();
    const life = new AbortController();
    subjectReading = life;
    const selected = readSelection(turn, life.signal);
    const isKnown = (): void => {
      if (turn === subjectTurn) selecting = null;
    };
    selecting = selected.then(isKnown, isKnown);
    reading = selected.then(async (of) => {
      if (of === null) return;
      const thumbnail = await hostActions.thumbnailOf(of, life.signal);
      if (turn === subjectTurn && state.subject.kind === 'selected') patch({ subject: { ...state.subject, thumbnail } });
    });
    return reading;
  }

  /** Answers what is selected, and null when nothing is, or when it was overtaken. */
  async function readSelection(turn: number, signal: AbortSignal): Promise<LayerRef | 'visible' | null> {
    const host = document?.host;
    if (host === undefined) {
      subjectPart = null;
      patch({ subject: { kind: 'no-document' }, takes: takes.state(), ...modelParts() });
      return null;
    }
    const [info, layers, chosen] = await Promise.all([host.document(), host.layers(), host.selection()]);
    if (turn !== subjectTurn) return null;
    const broken = [info, layers, chosen].find((answer) => !answer.ok);
    if (broken !== undefined && !broken.ok) {
      // A run that is on goes its way, and says itself what became of its document.
      if (running === null) fail(broken.error, 'host');
      return null;
    }
    if (!info.ok || !layers.ok || !chosen.ok) return null;

    selection = chosen.value;
    const byRef = new Map(layers.value.map((layer) => [layer.ref, layer]));
    const subject = subjectState(selection, byRef, info.value, state.subject);
    subjectPart = partRead(subject, info.value.extent);
    await takes.follow(byRef, selection);
    if (turn !== subjectTurn) return null;
    patch({ subject, ...modelParts(), takes: takes.state() });
    if (selection.of === null) return null;
    const told = await hostActions.selection?.describe(selection, signal);
    if (turn !== subjectTurn) return null;
    if (told !== undefined && state.subject.kind === 'selected') patch({ subject: { ...state.subject, told } });
    return selection.of;
  }

  /** Without a start of its own, what stands in the fields. */
  async function send(start: Partial<RunStart> = {}): Promise<void> {
    if (running !== null || isToBegin) return;
    if (start.of === undefined && selecting !== null) {
      // What was selected a moment ago is meant, not what was read before.
      const pressedIn = document;
      isToBegin = true;
      while (selecting !== null) await selecting;
      isToBegin = false;
      if (running !== null || document !== pressedIn) return;
    }
    const store = takes.store();
    if (document === null || store === null) return fail({ kind: 'no-document' }, 'edit');
    const of = start.of ?? selection.of;
    if (of === null) return fail({ kind: 'no-selection' }, 'edit');
    if (start.instruction === undefined && takes.goBack()) return;
    const block = of === selection.of ? blockOf(state.subject) : null;
    if (block !== null) return refuse(block.sentence);
    const instruction = (start.instruction ?? state.instruction).trim();
    const model = state.model;
    const chosen = ports.chooseModel({ entry: model.entry, apiKey: keys.current() });
    if (!chosen.ok) return fail(chosen.error, 'edit');

    const run = new AbortController();
    running = run;
    const startedMs = clock.now();
    const from = document;
    const { from: takeId, way } = { ...takes.next(), ...start };
    takes.runBegins();
    patch({
      run: { kind: 'running', stage: 'read', done: 0, total: 0, elapsedMs: 0, instruction, cancelling: false, modelNick: model.entry.nick },
    });
    void tick(run, startedMs);

    const outcome = await ports.editLayer(
      {
        host: from.host,
        model: chosen.value,
        entry: model.entry,
        store,
        clock,
        ids,
        codec: ports.codec,
        ...(ports.layOver === undefined ? {} : { layOver: ports.layOver }),
      },
      {
        of,
        region: selection.region,
        instruction,
        references: references.chosen(),
        size: model.size,
        thinking: model.thinking,
        keep: state.keepRest ? 'rest' : 'nothing',
        tone: state.matchColours ? 'auto' : 'keep',
        from: takeId,
        way,
      },
      run.signal,
      ({ stage, done, total }) => {
        if (running === run && state.run.kind === 'running') patch({ run: { ...state.run, stage, done, total } });
      },
    );
    if (outcome.ok) await takes.keepEvidence(outcome.value.take, outcome.value.composition);
    const isCurrent = running === run;
    if (isCurrent) running = null;
    run.abort();
    if (!isCurrent || document !== from) return;
    const last = takes.runEnds(outcome.ok ? { id: outcome.value.take.id, notes: outcome.value.notes } : null);
    if (!outcome.ok) return endedBy(outcome.error, of, last);
    const recent = withRecent(state.recent, instruction);
    patch({ run: { kind: 'idle' }, recent });
    await Promise.all([writeRecent(settings, recent), readSubject()]);
  }

  /** `last` is the take that the run left behind; a question goes on from it. */
  function endedBy(failure: Failure, of: LayerRef | 'visible', last: Take | null): void {
    if (failure.kind === 'no-image' && failure.reason === 'words-only' && last !== null && isQuestion(failure.said)) {
      asked = { id: last.id, of };
      patch({ run: { kind: 'asked', question: failure.said.trim(), modelNick: state.model.entry.nick } });
      return;
    }
    fail(failure, 'edit');
    if (failure.kind !== 'cancelled' || last?.pictures.answer == null || state.run.kind !== 'failed') return;
    const sentence = 'What the model had answered is kept with its take; “Place” puts it into the document.';
    patch({ run: { ...state.run, explanation: { ...state.run.explanation, sentence } } });
  }

  async function tick(run: AbortController, startedMs: number): Promise<void> {
    while (await clock.sleep(tickMs, run.signal)) {
      if (running !== run || state.run.kind !== 'running') return;
      patch({ run: { ...state.run, elapsedMs: clock.now() - startedMs } });
    }
  }

  async function chooseOption(option: string, choice: string): Promise<void> {
    const kept = await hostActions.selection?.choose(option, choice);
    patch({ hostSettings: hostActions.selection?.settings() ?? [] });
    if (kept?.ok === false) fail(kept.error, 'settings');
    await readSubject();
  }

  function chooseModel(id: string): void {
    const wanted = id.trim();
    if (wanted === '') return;
    const kept = models.choose(wanted);
    lastFailure = null;
    patch({ ...modelParts(), takes: takes.state(), ...(state.run.kind === 'failed' ? { run: { kind: 'idle' } } : {}) });
    void saved(kept);
  }

  const actions: PanelActions = {
    setInstruction,
    send: () => void send(),
    cancel() {
      if (running === null || state.run.kind !== 'running') return;
      patch({ run: { ...state.run, cancelling: true } });
      running.abort();
    },
    dismissFailure: () => patch({ run: { kind: 'idle' } }),
    followFailure() {
      const failure = lastFailure;
      if (state.run.kind !== 'failed' || failure === null) return;
      const { failed } = state.run;
      patch({ run: { kind: 'idle' } });
      actFor(failure, failed, { ...hostActions, ...actions })?.();
    },
    addReferences: (files) => void references.addFiles(files),
    pickReferences: () => void hostActions.pickFiles?.('pictures').then(references.addFiles),
    addSelectedReferences: () => void references.addSelected(),
    setReferenceRole: references.setRole,
    removeReference: references.remove,
    chooseModel,
    setSize(next) {
      const kept = models.setSize(next);
      patch(modelParts());
      void saved(kept);
    },
    setThinking(level) {
      const kept = models.setThinking(level);
      patch(modelParts());
      void saved(kept);
    },
    setKeepRest: (keepRest) => patch({ keepRest }),
    setMatchColours: (matchColours) => patch({ matchColours }),
    clearRegion: () => hostActions.clearRegion(),
    drawRegion: () => hostActions.drawRegion(),
    useAsRegion: () => hostActions.selection?.useAsRegion(),
    chooseOption: (option, choice) => void chooseOption(option, choice),
    showSettings: () => patch({ view: 'settings' }),
    showEdit: () => patch({ view: 'edit' }),
    useKey(key, keep) {
      const given = key.trim();
      if (given === '') return;
      models.leaveOffline();
      void saved(keys.use(given, keep));
      void keys.test(new AbortController().signal);
    },
    testKey: () => void keys.test(new AbortController().signal),
    forgetKey: () => void saved(keys.forget()),
    answer(text) {
      const question = asked;
      if (question === null || state.run.kind !== 'asked') return;
      asked = null;
      void send({ of: question.of, instruction: text, from: question.id, way: 'continue' });
    },
    showTakes: () => patch({ view: 'takes' }),
    takes: takes.actions,
    setTakeVisible(id, visible) {
      for (const layer of takes.layersOf(id)) hostActions.setVisible(layer, visible);
    },
    undo: () => hostActions.undo(),
  };

  ports.network?.watch(() => patch({ isOnline: ports.network?.isOnline() ?? true }));

  return {
    actions,
    state: () => state,
    subscribe(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    attach(next) {
      unwatch();
      running?.abort();
      running = null;
      document = next;
      unwatch = next === null ? () => {} : next.host.watch(() => void readSubject());
      selection = { of: null, region: null };
      takes.attach(next);
      patch({ run: { kind: 'idle' }, takes: takes.state() });
      void readSubject();
    },
    takeLayers: takes.allLayers,
    refresh: takes.readAgain,
    async subjectRead() {
      for (let waited = null; waited !== reading; ) {
        waited = reading;
        await reading;
      }
      return selection.of;
    },
    keepEvidence: takes.keepEvidence,
    async load() {
      await models.load();
      const recent = await readRecent(settings);
      const loaded = await keys.load();
      patch({ recent, key: keys.state(), hostSettings: hostActions.selection?.settings() ?? [], ...modelParts() });
      if (!loaded.ok) fail(loaded.error, 'settings');
    },
  };
}
