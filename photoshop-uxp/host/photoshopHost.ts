/**
 * The `Host` port on one of Photoshop's documents. It stays bound to that document, whichever is in front: what was asked
 * of one is never placed in another. Every access goes through the gate; nothing is held while the model works.
 */
import { type AbortSignal, neverAborted } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { intersection, isEmpty } from '../../shared/core/geometry.ts';
import type { Host, HostStep, LayerInfo, LayerRef, PlaceAsk, ReadAsk, ReadPixels, Selection } from '../../shared/core/host.ts';
import type { Pixels } from '../../shared/core/pixels.ts';
import type { Clock, PictureCodec } from '../../shared/core/ports.ts';
import type { Provenance } from '../../shared/core/provenance.ts';
import { assert, err, ok, type Result } from '../../shared/core/result.ts';
import type { PhotoshopModules, PsDocument } from '../types/modules.ts';
import { layerTarget, play } from './batchPlay.ts';
import { photoshopCapabilities } from './capabilities.ts';
import { blockedBy, type DocumentState, stateOf } from './documentState.ts';
import { bitsOf, bringToFront, canvasOf, findDocument, frontDocumentId, hasDirectPixels } from './documents.ts';
import { readEmbedded } from './embedded.ts';
import { parseVersion } from './hostVersion.ts';
import { readSmall } from './imaging.ts';
import { deleteLayer, hasLayer, layerNamespaces, readLayerText } from './layerData.ts';
import { findRow, idOf, infoOf, type LayerRow, readRows, refOf } from './layerRows.ts';
import { createModalGate, type ModalAsk, type ModalGate, type ModalScope } from './modal.ts';
import { inOneStep, type OneStep } from './oneStep.ts';
import { type PlaceAs, type Placer, placeTake } from './placeTake.ts';
import { readSelection } from './readSelection.ts';
import { render } from './render.ts';
import { isTogether, outermost, togetherIds, togetherRef, togetherRow } from './together.ts';
import { watchDocument } from './watchDocument.ts';

export interface PhotoshopHostOptions {
  readonly modules: PhotoshopModules;
  /** `Document.id`; lasts as long as the document is open. */
  readonly documentId: number;
  readonly clock: Clock;
  /** Writes the PNG of a smart object. */
  readonly codec: PictureCodec;
  /** Shared by all that enters Photoshop; of its own when left out. */
  readonly gate?: ModalGate;
  /** Asked at every placing; a pixel layer when left out. */
  readonly placeAs?: () => PlaceAs;
  /** The file of a model's answer by its hash, to be embedded with its take; without this none is. */
  readonly answerFile?: (hash: string) => Promise<Uint8Array | null>;
  /** Called for each take that a step has placed, once the step has lasted. */
  readonly onPlaced?: (take: PlacedLayer) => void;
}

export interface PlacedLayer {
  readonly provenance: Provenance;
  readonly layer: LayerRef;
  readonly layerName: string;
  readonly layerId: number;
}

export interface PhotoshopHost extends Host {
  readonly documentId: number;
  /** What stands in the way of an edit, and what to know before. */
  state(): Promise<Result<DocumentState, Failure>>;
  /** Selects a layer in Photoshop; 'visible' holds until the user selects another layer. */
  select(of: LayerRef | 'visible'): Promise<Result<void, Failure>>;
  /** Each by itself, where `selection` tells several as one. */
  selectedLayers(): Promise<Result<readonly LayerRef[], Failure>>;
  /** Takes the user's selection of an area away. */
  deselect(): Promise<Result<void, Failure>>;
  /** One step back in Photoshop's own history. */
  stepBack(): Promise<Result<void, Failure>>;
  /** About `sidePx` on the longer side; null where Photoshop draws none by itself. */
  smallPicture(of: LayerRef | 'visible', sidePx: number, signal: AbortSignal): Promise<Result<Pixels | null, Failure>>;
  /**
   * For a walk: what it looks at is waited for as patiently as what it reads and places, told while it waits, and ended by `signal`. A
   * paid answer is not lost to a dialog that was open at the wrong moment.
   */
  forRun(signal: AbortSignal): Host;
  /** What earlier takes were made of: several layers among it are listed as one from now on. */
  knowTogether(refs: readonly (LayerRef | 'visible')[]): void;
  /** A file that was embedded with a take, by the hash of its bytes; null when the document has none. */
  embeddedFile(hash: string): Promise<Result<Uint8Array | null, Failure>>;
}

const cancelled: Failure = { kind: 'cancelled' };
const nowhere = { x: 0, y: 0, width: 0, height: 0 };

export function createPhotoshopHost(options: PhotoshopHostOptions): PhotoshopHost {
  const { modules, documentId, clock, codec } = options;
  const { photoshop, uxp } = modules;
  const { app, action } = photoshop;
  const version = parseVersion(uxp.host.version);
  const gate = options.gate ?? createModalGate(photoshop.core, version, clock);
  const tools = { imaging: photoshop.imaging, clock };
  /** What was done otherwise than asked, until it is told. */
  const notes: string[] = [];
  const placer: Placer = {
    photoshop,
    uxp,
    codec,
    tools,
    placeAs: options.placeAs ?? (() => 'pixels'),
    answerFile: options.answerFile ?? (async () => null),
    tell: (sentence) => notes.push(sentence),
  };
  const watch = watchDocument(photoshop, documentId, clock);
  /** The layers that were selected when everything visible was chosen instead; null when it was not. */
  let visibleInstead: string | null = null;
  /** The last selection that was read, and what of Photoshop's it was. */
  let readBefore: { readonly key: string; readonly region: Selection['region'] } | null = null;

  const title = (): string => {
    const found = findDocument(app, documentId);
    return found.ok ? found.value.name : 'the document';
  };
  /** The document that the user looks at is in front again afterwards, whatever became of the work (Escape refuses even that). */
  async function keepingFront<T>(work: (seen: (front: number | null) => void) => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> {
    let front: number | null = null;
    const result = await work((id) => (front = id));
    const before = front === null || frontDocumentId(app) === front ? null : findDocument(app, front);
    if (before?.ok) {
      await gate.run({ name: 'Retake', title: title(), isAside: true }, neverAborted, async () => {
        bringToFront(app, before.value);
        return ok(undefined);
      });
    }
    return result;
  }
  /** Enters Photoshop with the document, wherever it lies among the open ones. */
  const within = <T>(
    doing: string,
    signal: AbortSignal,
    work: (document: PsDocument, scope: ModalScope) => Promise<Result<T, Failure>>,
    extra: Pick<ModalAsk, 'isBrief' | 'isAside'> = {},
  ): Promise<Result<T, Failure>> =>
    keepingFront((seen) =>
      gate.run({ name: doing, title: title(), ...extra }, signal, async (scope) => {
        seen(frontDocumentId(app));
        const found = findDocument(app, documentId);
        return found.ok ? work(found.value, scope) : found;
      }),
    );
  const briefly = <T>(doing: string, work: (document: PsDocument, scope: ModalScope) => Promise<Result<T, Failure>>) =>
    within(doing, neverAborted, work, { isBrief: true });

  const unknown = (ref: LayerRef, rows: readonly LayerRow[]): Failure => ({
    kind: 'no-such-layer',
    name: ref,
    existing: rows.map(({ name }) => name),
  });
  const rowOf = (rows: readonly LayerRow[], ref: LayerRef): LayerRow | undefined => {
    const id = idOf(ref);
    return id === null ? undefined : findRow(rows, id);
  };
  /** One layer, or several together. */
  const subjectOf = (rows: readonly LayerRow[], ref: LayerRef): LayerRow | undefined => {
    const ids = togetherIds(ref);
    return ids === null ? rowOf(rows, ref) : (togetherRow(rows, ids) ?? undefined);
  };
  /** Several layers that were selected, or that a take was made of. */
  const together = new Set<LayerRef>();

  async function read(ask: ReadAsk, document: PsDocument, scope: ModalScope): Promise<Result<ReadPixels, Failure>> {
    const blocked = blockedBy(stateOf(document, version), document.name);
    if (blocked !== null) return err(blocked);
    const rows = await readRows(action, documentId);
    const layer = ask.of === 'visible' ? null : subjectOf(rows, ask.of);
    if (layer === undefined) return err(unknown(ask.of, rows));
    const except = new Set((ask.except ?? []).flatMap((ref) => rowOf(rows, ref)?.id ?? []));
    const isDeep = ask.depth === 16 && bitsOf(document) !== 8;
    const { rect, notes } = await render({ photoshop, tools }, { document, rows, layer, except, bounds: ask.bounds, isDeep }, scope);
    return ok({ pixels: rect.pixels, ...(rect.deep === null ? {} : { deep: rect.deep }), notes });
  }

  /** What may have happened while the model worked: checked before anything is placed. */
  function recheck(document: PsDocument, put: PlaceAsk): Failure | null {
    const blocked = blockedBy(stateOf(document, version), document.name);
    if (blocked !== null) return blocked;
    const { width, height } = canvasOf(document);
    const { canvas } = put;
    if (canvas !== undefined && (canvas.width !== width || canvas.height !== height)) {
      return {
        kind: 'host',
        operation: `placing “${put.group}”`,
        message: `“${document.name}” was ${canvas.width} × ${canvas.height} px when the picture was made and is ${width} × ${height} px now. Undo that and place the take again; its picture is kept`,
      };
    }
    const { maxSidePx } = photoshopCapabilities;
    if (put.bounds.width > maxSidePx || put.bounds.height > maxSidePx) {
      return { kind: 'too-large', name: put.name, got: `${put.bounds.width} × ${put.bounds.height} px`, limit: `${maxSidePx} px a side` };
    }
    return null;
  }

  function stepOf(
    document: PsDocument,
    scope: ModalScope,
    one: OneStep,
    onPlaced: (take: PlacedLayer) => void,
  ): { readonly step: HostStep; end(): void } {
    let isOver = false;
    const guarded = async <T>(name: string, work: () => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> => {
      assert(!isOver, `${name} outside its step`);
      return scope.signal.aborted ? err(cancelled) : work();
    };
    /** `work` gets the layer's identifier, once it is sure that there is such a layer. */
    const onLayer = (name: string, ref: LayerRef, work: (layerId: number) => Promise<unknown>): Promise<Result<void, Failure>> =>
      guarded(name, async () => {
        const rows = await readRows(action, documentId);
        const row = rowOf(rows, ref);
        if (row === undefined) return err(unknown(ref, rows));
        await work(row.id);
        return ok(undefined);
      });
    const step: HostStep = {
      placePixels: (put) =>
        guarded('placePixels', async () => {
          const { width, height } = put.bounds;
          assert(put.pixels.width === width && put.pixels.height === height, 'pixels of another size than their bounds');
          const refused = recheck(document, put);
          if (refused !== null) return err(refused);
          bringToFront(app, document);
          const placed = await placeTake(placer, document, put, scope, one);
          if (!placed.ok) return placed;
          const layer = refOf(placed.value);
          onPlaced({ provenance: put.provenance, layer, layerName: put.name, layerId: placed.value });
          return ok(layer);
        }),
      removeLayer: (ref) => onLayer('removeLayer', ref, (layerId) => deleteLayer(action, { documentId, layerId })),
      setVisible: (ref, isVisible) =>
        onLayer('setVisible', ref, (layerId) =>
          play(action, [{ _obj: isVisible ? 'show' : 'hide', _target: layerTarget(documentId, layerId) }]),
        ),
    };
    return { step, end: () => (isOver = true) };
  }

  /** Several that are selected are listed as one from then on. */
  function togetherOf(rows: readonly LayerRow[], active: readonly number[]): LayerRef {
    const ids = outermost(rows, active).map(({ id }) => id);
    if (ids.length === 1) return refOf(ids[0]);
    const ref = togetherRef(ids);
    together.add(ref);
    return ref;
  }
  async function selected(active: readonly number[]): Promise<LayerRef | null> {
    if (active.length === 0) return null;
    return active.length === 1 ? refOf(active[0]) : togetherOf(await readRows(action, documentId), active);
  }

  const selectAgain = (ids: readonly number[]): Promise<unknown> =>
    play(
      action,
      ids.map((id, i) => ({
        _obj: 'select',
        _target: layerTarget(documentId, id),
        makeVisible: false,
        ...(i === 0 ? {} : { selectionModifier: { _enum: 'selectionModifierType', _value: 'addToSelection' } }),
      })),
    );

  /** What is only looked at: by the panel at its leisure, or by a run that depends on it. */
  const reads = (look: typeof briefly): Pick<Host, 'document' | 'layers' | 'selection' | 'readStory'> => ({
    document: () =>
      look('Retake: looking at the document', async (document) => {
        const { width, height } = canvasOf(document);
        return ok({
          id: String(document.id),
          title: document.name,
          extent: { width, height },
          // Its bytes are not told; what leaves the host is sRGB anyway.
          profile: { name: document.colorProfileName || 'None', icc: null },
          depth: bitsOf(document),
        });
      }),
    layers: () =>
      look('Retake: looking at the layers', async (document) => {
        const canvas = canvasOf(document);
        const rows = await readRows(action, documentId);
        // An adjustment shows what lies beneath it, everywhere.
        const each = rows.map((row): LayerInfo => (row.kind === 'adjustment' ? { ...infoOf(row), bounds: canvas } : infoOf(row)));
        const active = Array.from(document.activeLayers, ({ id }) => id);
        if (active.length > 1) togetherOf(rows, active);
        const sets = [...together].flatMap((ref) => {
          const row = subjectOf(rows, ref);
          return row === undefined ? [] : [{ ...infoOf(row), ref }];
        });
        return ok([...each, ...sets]);
      }),
    selection: () =>
      look('Retake: looking at the selection', async (document, scope) => {
        const active = Array.from(document.activeLayers, ({ id }) => id);
        if (visibleInstead !== null && visibleInstead !== active.join()) visibleInstead = null;
        const of = visibleInstead !== null ? 'visible' : await selected(active);
        // Where nothing can be changed, there is nowhere to limit it to; and some of these modes have no selection to read.
        if (blockedBy(stateOf(document, version), document.name) !== null) return ok({ of, region: null });
        const key = selectionKey(document);
        if (key === null || key !== readBefore?.key) {
          readBefore = { key: key ?? '', region: await readSelection({ photoshop, tools }, document, scope) };
        }
        return ok({ of, region: readBefore.region });
      }),
    readStory: (ref) =>
      look('Retake: looking at a layer', async () => {
        // Several together are what a take is made from, never one.
        if (togetherIds(ref) !== null) return ok(null);
        const layerId = idOf(ref);
        // All layers are asked when a document is opened: each by itself, not by the list of all.
        const isThere = layerId !== null && (await hasLayer(action, { documentId, layerId }));
        if (!isThere) return err(unknown(ref, await readRows(action, documentId)));
        return ok(await readLayerText(action, { documentId, layerId }, layerNamespaces.story));
      }),
  });

  const host: PhotoshopHost = {
    name: 'Photoshop',
    can: photoshopCapabilities,
    documentId,
    ...reads(briefly),
    readPixels(ask, signal) {
      const what = ask.of === 'visible' ? title() : 'a layer';
      return within(`Retake: reading ${what}`, signal, (document, scope) => read(ask, document, scope));
    },
    async step(label, signal, work) {
      notes.length = 0;
      const placed: PlacedLayer[] = [];
      const result = await within(label, signal, async (document, scope) => {
        return inOneStep(scope, documentId, label, async (one) => {
          const { step, end } = stepOf(document, scope, one, (take) => placed.push(take));
          try {
            return await work(step);
          } finally {
            end();
          }
        });
      });
      if (!result.ok) return result;
      for (const take of placed) options.onPlaced?.(take);
      watch.tell();
      return result;
    },
    stepNotes: () => notes.splice(0),
    watch: (listen) => watch.listen(listen),
    state: () => briefly('Retake: looking at the document', async (document) => ok(stateOf(document, version))),
    async select(of) {
      const result = await within('Retake: selecting a layer', neverAborted, async (document) => {
        const active = Array.from(document.activeLayers, ({ id }) => id).join();
        visibleInstead = of === 'visible' ? active : null;
        if (of === 'visible') return ok(undefined);
        const rows = await readRows(action, documentId);
        const row = subjectOf(rows, of);
        if (row === undefined) return err(unknown(of, rows));
        bringToFront(app, document);
        await selectAgain(isTogether(row) ? row.members.map(({ id }) => id) : [row.id]);
        return ok(undefined);
      });
      if (result.ok) watch.tell();
      return result;
    },
    selectedLayers: () =>
      briefly('Retake: looking at the selection', async (document) => ok(Array.from(document.activeLayers, ({ id }) => refOf(id)))),
    deselect: () =>
      within('Retake: clearing the selection', neverAborted, async (document) => {
        bringToFront(app, document);
        const nothing = { _enum: 'ordinal', _value: 'none' };
        await play(action, [{ _obj: 'set', _target: [{ _ref: 'channel', _property: 'selection' }], to: nothing }]);
        return ok(undefined);
      }),
    stepBack: () =>
      within('Retake: undo', neverAborted, async (document) => {
        bringToFront(app, document);
        await play(action, [{ _obj: 'select', _target: [{ _ref: 'historyState', _enum: 'ordinal', _value: 'previous' }] }]);
        return ok(undefined);
      }),
    smallPicture: (of, sidePx, signal) =>
      within(
        'Retake: looking at a layer',
        signal,
        async (document) => {
          if (blockedBy(stateOf(document, version), document.name) !== null || !hasDirectPixels(document)) return ok(null);
          const row = of === 'visible' ? null : rowOf(await readRows(action, documentId), of);
          const content = row === null ? canvasOf(document) : intersection(row?.bounds ?? nowhere, canvasOf(document));
          if (row === undefined || isEmpty(content)) return ok(null);
          const source = { documentId, layerId: row?.id ?? null, content, bits: bitsOf(document) };
          try {
            return ok((await readSmall(source, sidePx, tools)).pixels);
          } catch {
            // Groups, texts and layers whose data cannot be told directly have none: the card shows their kind instead.
            return ok(null);
          }
        },
        { isAside: true },
      ),
    knowTogether(refs) {
      for (const ref of refs) if (togetherIds(ref) !== null) together.add(ref);
    },
    embeddedFile: (hash) =>
      within('Retake: reading an answer', neverAborted, async (document) => {
        const front = app.activeDocument;
        const active = Array.from(document.activeLayers, ({ id }) => id);
        bringToFront(app, document);
        try {
          return ok(await readEmbedded({ photoshop, uxp }, documentId, hash));
        } finally {
          await selectAgain(active);
          bringToFront(app, front);
        }
      }),
    forRun: (signal) => ({ ...host, ...reads((doing, work) => within(doing, signal, work)) }),
  };
  return host;
}

/** Changes with every change of the selection, which Photoshop's history records; null where that cannot be told. */
function selectionKey(document: PsDocument): string | null {
  const { bounds } = document.selection;
  if (bounds === null || bounds === undefined) return 'none';
  try {
    return [document.activeHistoryState.id, bounds.left, bounds.top, bounds.right, bounds.bottom, document.width, document.height].join();
  } catch {
    return null;
  }
}
