/**
 * Holds the panel's state and turns what the user does into use-cases of the core. It decides which model is in use,
 * when something may be sent, and what each failure offers next; it knows no host and draws nothing.
 */
import { planFrame } from '../core/edit/frame.ts';
import { contextAround } from '../core/edit/readSubject.ts';
import type { Reference } from '../core/edit/types.ts';
import { explain, type Failure } from '../core/failure.ts';
import { type Bounds, boundsOf, type Extent, intersection, isEmpty } from '../core/geometry.ts';
import type { LayerInfo, Selection } from '../core/host.ts';
import type { SizeClass, ThinkingLevel } from '../core/model.ts';
import {
  builtInModels,
  defaultModelId,
  findModel,
  type ModelEntry,
  modelWarning,
  offlineModelId,
  priceOf,
  sizeClassesOf,
} from '../core/models/registry.ts';
import type { Mask } from '../core/pixels.ts';
import type { Result } from '../core/result.ts';
import { createKeyRing } from './keyRing.ts';
import type { AttachedDocument, PanelPorts } from './ports.ts';
import { readReference } from './readReference.ts';
import { readRecent, withRecent, writeRecent } from './recent.ts';
import type { FailedWork, ModelState, PanelActions, PanelState, ReferenceItem, SubjectState, TakeCard } from './state.ts';

const settingsKeys = { model: 'gemini.model', size: 'gemini.size', thinking: 'gemini.thinking' } as const;
const thumbnailSidePx = 320;
/** How often the elapsed time moves on. */
const tickMs = 250;

export interface PanelController {
  readonly actions: PanelActions;
  state(): PanelState;
  /** Calls `listen` after each change; answers how to stop. */
  subscribe(listen: () => void): () => void;
  /** Shows another document, or none. A run in the old one is cancelled. */
  attach(document: AttachedDocument | null): void;
  /** Reads the settings; call once. */
  load(): Promise<void>;
}

export function createPanelController(ports: PanelPorts): PanelController {
  const { settings, clock, ids, hostActions } = ports;
  const listeners = new Set<() => void>();
  let document: AttachedDocument | null = null;
  let unwatch = (): void => {};
  let running: AbortController | null = null;
  let lastFailure: Failure | null = null;
  let chosenModelId: string | null = null;
  let customModelIds: readonly string[] = [];
  let size: SizeClass | null = null;
  let thinking: ThinkingLevel | null = null;
  let selection: Selection = { of: null, region: null };
  let references: readonly { readonly reference: Reference; readonly item: ReferenceItem }[] = [];
  let subjectPart: Bounds | null = null;
  let subjectTurn = 0;
  let subjectReading: AbortController | null = null;

  const keys = createKeyRing(settings, ports.environmentKey, ports.testKey, () => patch({ key: keys.state(), ...modelParts() }));

  /** The user's choice; without one, the default model with a key and the offline one without. */
  const entry = (): ModelEntry => findModel(chosenModelId ?? (keys.current() === null ? offlineModelId : defaultModelId));

  function modelState(): ModelState {
    const model = entry();
    const classes = sizeClassesOf(model);
    const chosenSize = size !== null && classes.includes(size) ? size : null;
    const sizes = classes.map((each) => ({ size: each, priceUsd: priceOf(model, each) }));
    const autoSize = autoSizeFor(model);
    const asked = chosenSize ?? autoSize;
    const prices = (asked === null && sizes.length > 0 ? sizes.map(({ priceUsd }) => priceUsd) : [priceOf(model, asked)]).filter(
      (price) => price !== null,
    );
    const levels = model.thinking.levels;
    return {
      entry: model,
      options: [...builtInModels, ...customModelIds.map(findModel)],
      warning: modelWarning(model),
      successor: model.successor === null ? null : findModel(model.successor),
      size: chosenSize,
      sizes,
      autoSize,
      thinking: thinking !== null && levels.includes(thinking) ? thinking : model.thinking.default,
      estimateUsd: prices.length === 0 ? null : { from: Math.min(...prices), to: Math.max(...prices) },
    };
  }

  /** The walk's own plan for the part that would be read: a region goes out with its context. */
  function autoSizeFor(model: ModelEntry): SizeClass | null {
    if (subjectPart === null) return null;
    return planFrame(subjectPart, model, null)?.cell.size ?? null;
  }

  const modelParts = (): Pick<PanelState, 'model' | 'references'> => ({
    model: modelState(),
    references: { items: references.map(({ item }) => item), limit: entry().references.total },
  });

  let state: PanelState = {
    subject: { kind: 'no-document' },
    instruction: '',
    keepRest: true,
    matchColours: true,
    recent: [],
    run: { kind: 'idle' },
    takes: [],
    key: keys.state(),
    view: 'edit',
    offlineVocabulary: ports.offlineVocabulary,
    service: ports.service,
    can: hostActions.can,
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
        button: buttonFor(failure, failed),
        tone: failure.kind === 'cancelled' || explanation.nextAction === 'answer' ? 'neutral' : 'danger',
      },
    });
  }

  function buttonFor(failure: Failure, failed: FailedWork): string | null {
    if ((failure.kind === 'retired-model' || failure.kind === 'cannot-edit') && failure.successor !== null)
      return `Use ${findModel(failure.successor).nick}`;
    switch (explain(failure).nextAction) {
      case 'retry':
        return failed === 'edit' ? 'Try again' : null;
      case 'rephrase':
        return 'Change the words';
      case 'answer':
        return 'Answer';
      case 'open-settings':
        return 'Open settings';
      case 'choose-model':
        return 'Use the default model';
      case 'choose-layer':
        return 'Choose a layer';
      case 'choose-file':
        return failed === 'reference' ? null : 'Choose a file';
      case 'choose-region':
        return 'Draw a region';
      case 'shrink':
      case 'none':
        return null;
    }
  }

  async function saved(write: Promise<Result<void, Failure>>): Promise<void> {
    const done = await write;
    if (!done.ok) fail(done.error, 'settings');
  }

  /** Reads title, layers and selection anew; a later call overtakes an earlier one. */
  async function readSubject(): Promise<void> {
    const turn = ++subjectTurn;
    subjectReading?.abort();
    const reading = new AbortController();
    subjectReading = reading;
    const host = document?.host;
    if (host === undefined) {
      subjectPart = null;
      patch({ subject: { kind: 'no-document' }, takes: [], ...modelParts() });
      return;
    }
    const [info, layers, chosen] = await Promise.all([host.document(), host.layers(), host.selection()]);
    if (turn !== subjectTurn) return;
    const broken = [info, layers, chosen].find((answer) => !answer.ok);
    if (broken !== undefined && !broken.ok) return fail(broken.error, 'host');
    if (!info.ok || !layers.ok || !chosen.ok) return;

    selection = chosen.value;
    const byRef = new Map(layers.value.map((layer) => [layer.ref, layer]));
    const subject = subjectOf(selection, byRef, info.value);
    subjectPart = partOf(subject, info.value.extent);
    patch({
      subject,
      ...modelParts(),
      takes: state.takes
        .filter((take) => byRef.has(take.layer))
        .map((take) => ({ ...take, visible: byRef.get(take.layer)?.visible ?? false })),
    });
    if (selection.of === null) return;
    const thumbnail = await hostActions.thumbnailOf(selection.of, reading.signal);
    if (turn === subjectTurn && state.subject.kind === 'selected') patch({ subject: { ...state.subject, thumbnail } });
  }

  function subjectOf(
    chosen: Selection,
    layers: ReadonlyMap<string, LayerInfo>,
    info: { readonly title: string; readonly extent: { readonly width: number; readonly height: number } },
  ): SubjectState {
    const region = regionBounds(chosen.region);
    const before = state.subject;
    const thumbnail = before.kind === 'selected' && before.of === chosen.of ? before.thumbnail : null;
    if (chosen.of === 'visible')
      return {
        kind: 'selected',
        of: 'visible',
        name: 'All that shows',
        layerKind: null,
        bounds: { x: 0, y: 0, ...info.extent },
        visible: true,
        locked: false,
        region,
        thumbnail,
      };
    const layer = chosen.of === null ? undefined : layers.get(chosen.of);
    if (layer === undefined) return { kind: 'nothing-selected', title: info.title, extent: info.extent };
    return {
      kind: 'selected',
      of: layer.ref,
      name: layer.name,
      layerKind: layer.kind,
      bounds: layer.bounds,
      visible: layer.visible,
      locked: layer.locked,
      region,
      thumbnail,
    };
  }

  async function send(): Promise<void> {
    if (running !== null) return;
    if (document === null) return fail({ kind: 'no-document' }, 'edit');
    const of = selection.of;
    if (of === null) return fail({ kind: 'no-selection' }, 'edit');
    const instruction = state.instruction.trim();
    const model = state.model;
    const chosen = ports.chooseModel({ entry: model.entry, apiKey: keys.current() });
    if (!chosen.ok) return fail(chosen.error, 'edit');

    const run = new AbortController();
    running = run;
    const startedMs = clock.now();
    const from = document;
    patch({
      run: { kind: 'running', stage: 'read', done: 0, total: 0, elapsedMs: 0, instruction, cancelling: false },
    });
    void tick(run, startedMs);

    const outcome = await ports.editLayer(
      { host: from.host, model: chosen.value, entry: model.entry, store: from.store, clock, ids },
      {
        of,
        region: selection.region,
        instruction,
        references: references.map(({ reference }) => reference),
        size: model.size,
        thinking: model.thinking,
        keep: state.keepRest ? 'rest' : 'nothing',
        tone: state.matchColours ? 'auto' : 'keep',
      },
      run.signal,
      ({ stage, done, total }) => {
        if (running === run && state.run.kind === 'running') patch({ run: { ...state.run, stage, done, total } });
      },
    );
    const isCurrent = running === run;
    if (isCurrent) running = null;
    run.abort();
    if (!isCurrent || document !== from) return;
    if (!outcome.ok) return fail(outcome.error, 'edit');

    const { take, picture, notes } = outcome.value;
    const card: TakeCard = {
      id: take.id,
      layer: outcome.value.layer,
      instruction,
      description: take.description,
      sourceName: take.source.name,
      modelNick: model.entry.nick,
      isOffline: model.entry.wire === 'offline',
      costUsd: take.costUsd,
      tookMs: take.tookMs,
      result: outcome.value.result,
      notes,
      thumbnail: ports.thumbnail(picture.pixels, thumbnailSidePx),
      visible: true,
    };
    const recent = withRecent(state.recent, instruction);
    patch({ run: { kind: 'idle' }, takes: [card, ...state.takes], recent });
    await Promise.all([writeRecent(settings, recent), readSubject()]);
  }

  async function tick(run: AbortController, startedMs: number): Promise<void> {
    while (await clock.sleep(tickMs, run.signal)) {
      if (running !== run || state.run.kind !== 'running') return;
      patch({ run: { ...state.run, elapsedMs: clock.now() - startedMs } });
    }
  }

  async function addReferences(files: Parameters<PanelActions['addReferences']>[0]): Promise<void> {
    for (const file of files) {
      const limit = entry().references.total;
      if (references.length >= limit) {
        const why =
          limit === 0 ? `${entry().nick} takes no reference pictures` : `${entry().nick} takes at most ${limit}; remove one first`;
        return fail({ kind: 'bad-reference', name: file.name, why }, 'reference');
      }
      const read = await readReference(file, ports.codec);
      if (!read.ok) return fail(read.error, 'reference');
      const { width, height } = read.value.pixels;
      const item: ReferenceItem = {
        id: ids.next(),
        name: file.name,
        role: read.value.role,
        width,
        height,
        thumbnail: ports.thumbnail(read.value.pixels, 96),
      };
      references = [...references, { reference: read.value, item }];
      patch(modelParts());
    }
  }

  function chooseModel(id: string): void {
    const wanted = id.trim();
    if (wanted === '') return;
    chosenModelId = wanted;
    if (!builtInModels.some((model) => model.id === wanted) && !customModelIds.includes(wanted))
      customModelIds = [...customModelIds, wanted];
    lastFailure = null;
    patch({ ...modelParts(), ...(state.run.kind === 'failed' ? { run: { kind: 'idle' } } : {}) });
    void saved(settings.set(settingsKeys.model, wanted));
  }

  function followFailure(): void {
    const failure = lastFailure;
    if (state.run.kind !== 'failed' || failure === null) return;
    const { failed, explanation } = state.run;
    patch({ run: { kind: 'idle' } });
    if ((failure.kind === 'retired-model' || failure.kind === 'cannot-edit') && failure.successor !== null) {
      chooseModel(failure.successor);
      return;
    }
    switch (explanation.nextAction) {
      case 'retry':
        if (failed === 'edit') void send();
        return;
      case 'open-settings':
        patch({ view: 'settings' });
        return;
      case 'choose-model':
        chooseModel(defaultModelId);
        return;
      case 'choose-file':
        hostActions.chooseFile();
        return;
      case 'choose-layer':
        hostActions.chooseLayer();
        return;
      case 'choose-region':
        hostActions.drawRegion();
        return;
      // The panel puts the cursor into the instruction.
      case 'rephrase':
      case 'answer':
      case 'shrink':
      case 'none':
        return;
    }
  }

  const actions: PanelActions = {
    setInstruction: (instruction) => patch({ instruction }),
    send: () => void send(),
    cancel() {
      if (running === null || state.run.kind !== 'running') return;
      patch({ run: { ...state.run, cancelling: true } });
      running.abort();
    },
    dismissFailure: () => patch({ run: { kind: 'idle' } }),
    followFailure,
    addReferences: (files) => void addReferences(files),
    setReferenceRole(id, role) {
      references = references.map((each) =>
        each.item.id === id ? { reference: { ...each.reference, role }, item: { ...each.item, role } } : each,
      );
      patch(modelParts());
    },
    removeReference(id) {
      references = references.filter((each) => each.item.id !== id);
      patch(modelParts());
    },
    chooseModel,
    setSize(next) {
      size = next;
      patch(modelParts());
      void saved(next === null ? settings.remove(settingsKeys.size) : settings.set(settingsKeys.size, next));
    },
    setThinking(level) {
      thinking = level;
      patch(modelParts());
      void saved(settings.set(settingsKeys.thinking, level));
    },
    setKeepRest: (keepRest) => patch({ keepRest }),
    setMatchColours: (matchColours) => patch({ matchColours }),
    clearRegion: () => hostActions.clearRegion(),
    drawRegion: () => hostActions.drawRegion(),
    showSettings: () => patch({ view: 'settings' }),
    showEdit: () => patch({ view: 'edit' }),
    useKey(key, keep) {
      const given = key.trim();
      if (given === '') return;
      // Whoever gives a key wants the real model, also after having tried the offline one.
      if (chosenModelId === offlineModelId) chosenModelId = null;
      void saved(keys.use(given, keep));
      void keys.test(new AbortController().signal);
    },
    testKey: () => void keys.test(new AbortController().signal),
    forgetKey: () => void saved(keys.forget()),
    setTakeVisible(id, visible) {
      const take = state.takes.find((each) => each.id === id);
      if (take !== undefined) hostActions.setVisible(take.layer, visible);
    },
    compareTake(id) {
      const take = state.takes.find((each) => each.id === id);
      if (take !== undefined) hostActions.compare(take.layer);
    },
    explainTake(id) {
      const take = state.takes.find((each) => each.id === id);
      if (take !== undefined) hostActions.explain(take.layer);
    },
    undo: () => hostActions.undo(),
  };

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
      patch({ run: { kind: 'idle' }, takes: [] });
      void readSubject();
    },
    async load() {
      const stored = async (key: string): Promise<string | null> => {
        const value = await settings.get(key);
        return value.ok ? value.value : null;
      };
      const [model, storedSize, level, recent] = [
        await stored(settingsKeys.model),
        await stored(settingsKeys.size),
        await stored(settingsKeys.thinking),
        await readRecent(settings),
      ];
      const loaded = await keys.load();
      if (model !== null) {
        chosenModelId = model;
        if (!builtInModels.some((each) => each.id === model)) customModelIds = [model];
      }
      size = storedSize as SizeClass | null;
      thinking = level as ThinkingLevel | null;
      patch({ recent, key: keys.state(), ...modelParts() });
      if (!loaded.ok) fail(loaded.error, 'settings');
    },
  };
}

/** What of the document would be read; null when there is nothing to read. */
function partOf(subject: SubjectState, canvas: Extent): Bounds | null {
  if (subject.kind !== 'selected') return null;
  const whole = intersection(subject.bounds, boundsOf(canvas));
  const inside = subject.region === null ? whole : intersection(subject.region, whole);
  if (isEmpty(inside)) return null;
  return subject.region === null ? whole : contextAround(inside, whole);
}

function regionBounds(region: Mask | null): Mask['bounds'] | null {
  return region === null ? null : region.bounds;
}
