/**
 * The Host port over a file: reads layers from its stored pixels, adds takes beside them, and saves. Steps run one
 * after another on a draft that becomes the document only when the step succeeds; undo goes back to an earlier state.
 */
import { utf8 } from '@scure/base';
import type { AbortSignal } from '../../shared/core/abort.ts';
import { Damaged } from '../../shared/core/bytes/byteReader.ts';
import { fromSrgb, meaningOf, toSrgb } from '../../shared/core/color/convert.ts';
import { fromSrgbDeep, toSrgbDeep } from '../../shared/core/color/convertDeep.ts';
import { smallPicture, withinSide } from '../../shared/core/edit/takePictures.ts';
import type { Failure } from '../../shared/core/failure.ts';
import type { Bounds } from '../../shared/core/geometry.ts';
import { boundsOf, intersection, isEmpty } from '../../shared/core/geometry.ts';
import type {
  DocumentInfo,
  HostCapabilities,
  HostStep,
  LayerInfo,
  LayerRef,
  PlaceAsk,
  ReadAsk,
  ReadPixels,
  Selection,
} from '../../shared/core/host.ts';
import { createMemoryStore } from '../../shared/core/memoryStore.ts';
import { unhurried } from '../../shared/core/pace.ts';
import type { Mask, Pixels, Pixels16 } from '../../shared/core/pixels.ts';
import { cropPixels, isDeep, pixelsFrom, toEightBit } from '../../shared/core/pixels.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import type { Result } from '../../shared/core/result.ts';
import { assert, err, ok } from '../../shared/core/result.ts';
import { readXmp, writeXmp } from '../../shared/takeFiles/xmp.ts';
import { createCanvas, paintAlone } from './composite.ts';
import type { DocumentFormat, DocumentHost } from './document.ts';
import type { LayerNode } from './layerTree.ts';
import { buildTree, everyNode, findNode, inexactness, infoOf, paintNode, placeAbove, storedPixelsNote } from './layerTree.ts';
import type { LayerUnit } from './layerUnits.ts';
import { groupUnits, shownAs, unitFromPixels } from './layerUnits.ts';
import type { DocumentState, Origin } from './picture.ts';
import { composite, mergedPicture, showAll, writeFile } from './picture.ts';
import { pictureWords } from './pictureWords.ts';
import { readBlobs } from './psd/blobResource.ts';
import { colorModes, maxPsdBytes, maxSidePx } from './psd/container.ts';
import { readStory } from './psd/layerStory.ts';
import { toGrey } from './psd/pixelPlanes.ts';
import { dataOf, layerIdSeed, pixelsPerMetre, resourceIds } from './psd/resources.ts';

const cancelled: Failure = { kind: 'cancelled' };
/** XMP is read as a whole by every program that opens the file; a store of more than this would burden them all. */
const storeBytes = 1 << 20;

export interface OpenedFile {
  readonly origin: Origin;
  /** With or without extension, as the user knows it. */
  readonly name: string;
  readonly format: DocumentFormat;
  readonly notes: readonly string[];
  readonly codec: PictureCodec;
}

export function createDocumentHost({ origin, name, format, notes, codec }: OpenedFile): DocumentHost {
  const { header, resources } = origin.file;
  const packet = dataOf(resources, resourceIds.xmp);
  const storedBefore = readXmp(packet).store;
  const store = new Map(storedBefore);
  const blobsBefore = readBlobs(resources);
  const blobs = new Map(blobsBefore);
  const listeners = new Set<() => void>();
  const past: DocumentState[] = [];
  let state = origin.state;
  let chosen: Selection = { of: null, region: null };
  let turn: Promise<unknown> = Promise.resolve();
  let merged: Pixels | null | undefined;
  let shown: { readonly of: DocumentState; readonly pixels: Pixels } | null = null;

  const tell = (): void => {
    for (const listen of [...listeners]) listen();
  };
  const commit = (next: DocumentState): void => {
    past.push(state);
    state = next;
    tell();
  };
  const damaged = (cause: unknown): Failure => {
    if (cause instanceof Damaged) return { kind: 'damaged', name, why: cause.why };
    return { kind: 'host', operation: `reading “${name}”`, message: cause instanceof Error ? cause.message : String(cause) };
  };
  /** Runs what may meet damaged or too large pixels. */
  const guarded = <T>(signal: AbortSignal, work: () => Result<T, Failure>): Result<T, Failure> => {
    if (signal.aborted) return err(cancelled);
    try {
      return work();
    } catch (cause) {
      return err(damaged(cause));
    }
  };
  const unknown = (ref: LayerRef): Failure => ({
    kind: 'no-such-layer',
    name: ref,
    existing: everyNode(buildTree(state.units)).map((node) => node.unit.record.name),
  });
  /** What shows, in the document's profile, remembered until the next change. */
  const visible = (): Pixels => {
    if (merged === undefined) merged = mergedPicture(origin);
    if (shown?.of !== state) shown = { of: state, pixels: showAll(origin, merged, state) };
    return shown.pixels;
  };
  const profileNotes = (): readonly string[] => {
    const meaning = meaningOf(origin.profile);
    return meaning.kind === 'assumed-srgb' ? [meaning.note] : [];
  };

  function read(ask: ReadAsk): Result<ReadPixels, Failure> {
    const except = new Set(ask.except ?? []);
    const roots = buildTree(state.units);
    if (ask.of === 'visible') {
      if (except.size === 0) {
        const all = cropPixels(visible(), { x: 0, y: 0 }, ask.bounds);
        const inexact = state === origin.state && merged !== null ? [] : inexactness(roots, ask.bounds, except);
        return ok({ pixels: toSrgb(all), notes: [...profileNotes(), ...inexact] });
      }
      const { data } = composite(state, ask.bounds, except);
      const notesOfAll = [...profileNotes(), ...inexactness(roots, ask.bounds, except)];
      return ok({ pixels: toSrgb(pixelsFrom(ask.bounds, data, origin.profile)), notes: notesOfAll });
    }
    const node = findNode(roots, ask.of);
    if (node === null) return err(unknown(ask.of));
    const asVisible: LayerNode = { ...node, unit: shownAs(node.unit, true) };
    const notesOfLayer = [...profileNotes(), ...storedPixelsNote(node.unit), ...inexactness([asVisible], ask.bounds, except)];
    return ok({ pixels: toSrgb(readAlone(node, ask.bounds, except)), ...readDeep(ask), notes: notesOfLayer });
  }

  /** A layer without mask and opacity is copied, so that its numbers are the file's, under transparency too. */
  function readAlone(node: LayerNode, bounds: Bounds, except: ReadonlySet<LayerRef>): Pixels {
    const paint = paintNode(node, except);
    if (paint.pixels !== null && paint.mask === null && paint.opacity === 1 && !isEmpty(intersection(paint.bounds, bounds))) {
      return cropPixels(paint.pixels(), paint.bounds, bounds);
    }
    const canvas = createCanvas(bounds);
    paintAlone(canvas, paint);
    return pixelsFrom(bounds, canvas.data, origin.profile);
  }

  /** Numbers of layers that were undone or deleted do not come again: a take would seem to be another's layer. */
  let nextLayerId = Math.max(layerIdSeed(resources), highestLayerId(state.units) + 1);

  /** A layer's own 16 bits, where it shows them as they are: without mask, opacity or what is beneath. */
  function readDeep({ of, bounds, depth, except = [] }: ReadAsk): { readonly deep?: Pixels16 } {
    if (depth !== 16 || header.depth !== 16 || of === 'visible') return {};
    const node = findNode(buildTree(state.units), of);
    if (node === null) return {};
    const paint = paintNode(node, new Set(except));
    if (paint.pixels === null || paint.mask !== null || paint.opacity !== 1) return {};
    const own = node.unit.deep();
    const deep = own && toSrgbDeep(cropPixels(own, paint.bounds, bounds));
    return deep === null ? {} : { deep };
  }

  /** Pixels as the document stores colours. */
  function toDocument(pixels: Pixels | Pixels16): Pixels | Pixels16 {
    if (isDeep(pixels)) {
      const deep = header.depth === 16 ? fromSrgbDeep(pixels, origin.profile) : null;
      if (deep === null) return toDocument(toEightBit(pixels));
      return header.mode === colorModes.grey ? { ...deep, data: toGrey(deep.data) } : deep;
    }
    const converted = fromSrgb(pixels, origin.profile);
    if (header.mode !== colorModes.grey || meaningOf(origin.profile).kind === 'convertible') return converted;
    return { ...converted, data: toGrey(converted.data) };
  }

  function place(draft: DocumentState, put: PlaceAsk): { readonly next: DocumentState; readonly ref: LayerRef } {
    const roots = buildTree(draft.units);
    const source = put.above === 'visible' ? null : findNode(roots, put.above);
    const at = source === null ? draft.units.length : placeAbove(roots, source);
    const layerId = nextLayerId;
    nextLayerId += put.answer === undefined ? 3 : 4;
    // The same as when the file is opened again, so that the history still finds its layers.
    const ref = `layer-${layerId}`;
    const mask: Mask | null = put.mask;
    const layer = unitFromPixels(
      ref,
      { name: put.name, layerId, x: put.bounds.x, y: put.bounds.y, pixels: toDocument(put.pixels), mask, story: put.story },
      header,
    );
    const [end, top] = groupUnits(`layer-${layerId + 1}`, { name: put.group, layerId: layerId + 1, endLayerId: layerId + 2 }, header);
    const answer = put.answer === undefined ? [] : [hiddenUnit(put.answer, layerId + 3)];
    const units = [...draft.units.slice(0, at), end, ...answer, layer, top, ...draft.units.slice(at)];
    const take = { provenance: put.provenance, layer: ref, layerName: put.name, layerId };
    return { ref, next: { units, takes: [...draft.takes, take] } };
  }

  const hiddenUnit = ({ name: unitName, pixels, bounds }: NonNullable<PlaceAsk['answer']>, layerId: number): LayerUnit =>
    shownAs(
      unitFromPixels(
        `layer-${layerId}`,
        { name: unitName, layerId, x: bounds.x, y: bounds.y, pixels: toDocument(pixels), mask: null },
        header,
      ),
      false,
    );

  async function runStep<T>(signal: AbortSignal, work: (step: HostStep) => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> {
    if (signal.aborted) return err(cancelled);
    let draft = state;
    let isOver = false;
    const step: HostStep = {
      async placePixels(put) {
        assert(!isOver, 'placePixels outside its step');
        assert(
          put.pixels.width === put.bounds.width && put.pixels.height === put.bounds.height,
          'pixels of another size than their bounds',
        );
        if (signal.aborted) return err(cancelled);
        const limit = maxSidePx(header.large);
        if (put.bounds.width > limit || put.bounds.height > limit) {
          return err({
            kind: 'too-large',
            name: put.name,
            got: `${put.bounds.width} × ${put.bounds.height} px`,
            limit: `${limit} px a side`,
          });
        }
        const { next, ref } = place(draft, put);
        draft = next;
        return ok(ref);
      },
      async removeLayer(ref) {
        assert(!isOver, 'removeLayer outside its step');
        const node = findNode(buildTree(draft.units), ref);
        if (node === null) return err(unknown(ref));
        const gone = new Set(draft.units.slice(node.bottom, node.top + 1).map((unit) => unit.ref));
        draft = {
          units: draft.units.filter((unit) => !gone.has(unit.ref)),
          takes: draft.takes.filter((take) => !gone.has(take.layer)),
        };
        return ok(undefined);
      },
      async setVisible(ref, isVisible) {
        assert(!isOver, 'setVisible outside its step');
        const node = findNode(buildTree(draft.units), ref);
        if (node === null) return err(unknown(ref));
        if (node.unit.record.visible !== isVisible)
          draft = { ...draft, units: draft.units.map((unit) => (unit.ref === ref ? shownAs(unit, isVisible) : unit)) };
        return ok(undefined);
      },
    };
    const result = await work(step);
    isOver = true;
    if (!result.ok) return result;
    if (signal.aborted) return err(cancelled);
    if (draft !== state) commit(draft);
    return result;
  }

  function savePsd(large: boolean): Result<Uint8Array, Failure> {
    const limit = maxSidePx(large);
    if (header.width > limit || header.height > limit) {
      return err({
        kind: 'too-large',
        name,
        got: `${header.width} × ${header.height} px`,
        limit: `${limit} px a side for a PSD; save it as PSB`,
      });
    }
    const layerIds = new Set(state.units.flatMap(({ record }) => record.layerId ?? []));
    const xmp = state.takes.length === 0 && isSame(store, storedBefore) ? null : writeXmp(packet, state.takes, store, layerIds);
    const bytes = writeFile(origin, state, large, { xmp, blobs: isSame(blobs, blobsBefore) ? null : blobs, nextLayerId }, () => {
      const after = visible();
      return { before: merged ?? null, after };
    });
    if (!large && bytes.length > maxPsdBytes) {
      return err({ kind: 'too-large', name, got: `${Math.ceil(bytes.length / 1e6)} MB`, limit: '2 GB for a PSD; save it as PSB' });
    }
    return ok(bytes);
  }

  const info: DocumentInfo = {
    id: `${name}:${origin.bytes?.length ?? 0}:${header.width}x${header.height}`,
    title: name,
    extent: { width: header.width, height: header.height },
    profile: origin.profile,
    depth: header.depth === 16 ? 16 : 8,
  };
  const can: HostCapabilities = { maxSidePx: maxSidePx(false), masks: true, groups: true, undo: true, storeBytes };

  return {
    name: 'Retake',
    can,
    format,
    notes: [...notes, ...profileNotes()],
    store: createMemoryStore(store, blobs, { entryLimitBytes: storeBytes, blobLimitBytes: Number.POSITIVE_INFINITY }),
    async document() {
      return ok(info);
    },
    async layers(): Promise<Result<readonly LayerInfo[], Failure>> {
      return ok(everyNode(buildTree(state.units)).map(infoOf));
    },
    async selection() {
      return ok(chosen);
    },
    async readPixels(ask, signal) {
      return guarded(signal, () => read(ask));
    },
    async readStory(ref) {
      const unit = state.units.find((each) => each.ref === ref);
      return unit === undefined ? err(unknown(ref)) : ok(readStory(unit.record.blocks));
    },
    step(_label, signal, work) {
      const run = turn.then(() => runStep(signal, work));
      // A step that raises a programmer mistake must not keep the next ones waiting.
      turn = run.catch(() => undefined);
      return run;
    },
    watch(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    select(selection) {
      chosen = selection;
      tell();
    },
    setVisible(ref, isVisible) {
      const node = findNode(buildTree(state.units), ref);
      if (node === null) return err(unknown(ref));
      if (node.unit.record.visible !== isVisible) {
        commit({ ...state, units: state.units.map((unit) => (unit.ref === ref ? shownAs(unit, isVisible) : unit)) });
      }
      return ok(undefined);
    },
    canUndo: () => past.length > 0,
    undo() {
      const earlier = past.pop();
      if (earlier === undefined) return;
      state = earlier;
      tell();
    },
    async composite(signal, except = []) {
      return guarded(signal, () => {
        const all = read({ of: 'visible', bounds: boundsOf(header), except });
        return all.ok ? ok(all.value.pixels) : all;
      });
    },
    async smallPicture(layer, sidePx, signal) {
      const node = findNode(buildTree(state.units), layer);
      if (node === null) return err(unknown(layer));
      const bounds = intersection(infoOf(node).bounds, boundsOf(header));
      if (isEmpty(bounds)) return ok(null);
      const layerAlone = guarded(signal, () => read({ of: layer, bounds }));
      if (!layerAlone.ok) return layerAlone;
      return ok(await smallPicture(layerAlone.value.pixels, withinSide(bounds, sidePx), unhurried));
    },
    close() {},
    async save(as, signal) {
      if (as !== 'png') return guarded(signal, () => savePsd(as === 'psb'));
      const all = guarded(signal, () => ok(visible()));
      if (!all.ok) return all;
      const perMetre = pixelsPerMetre(resources);
      const hasXmp = state.takes.length > 0 || packet !== null;
      const words = pictureWords(header, buildTree(state.units), store);
      const xmp = hasXmp ? { xmp: textOf(writeXmp(packet, state.takes, new Map(), null, words)) } : {};
      return codec.encode(all.value, { type: 'image/png', ...xmp, ...(perMetre === null ? {} : { pixelsPerMetre: perMetre }) }, signal);
    },
  };
}

const highestLayerId = (units: readonly LayerUnit[]): number => units.reduce((most, { record }) => Math.max(most, record.layerId ?? 0), 0);

const isSame = (now: ReadonlyMap<string, Uint8Array>, before: ReadonlyMap<string, Uint8Array>): boolean =>
  now.size === before.size && [...now].every(([key, bytes]) => before.get(key) === bytes);

const textOf = (bytes: Uint8Array): string => utf8.encode(bytes);
