/**
 * The state of an open document: an immutable list of layers and of the takes in it, beside the file they came from.
 * Every change makes a new state; saving joins the file's own bytes with what was added.
 */
import type { Bounds } from '../../shared/core/geometry.ts';
import { boundsOf, intersection, isEmpty, union } from '../../shared/core/geometry.ts';
import type { LayerRef } from '../../shared/core/host.ts';
import type { ColorProfile, Pixels } from '../../shared/core/pixels.ts';
import { pixelsFrom } from '../../shared/core/pixels.ts';
import type { PlacedTake } from '../../shared/takeFiles/xmp.ts';
import type { Canvas } from './composite.ts';
import { createCanvas, paintNodes, wordsOf } from './composite.ts';
import type { LayerNode } from './layerTree.ts';
import { buildTree, findNode, nodeBounds, paintNode } from './layerTree.ts';
import type { LayerUnit } from './layerUnits.ts';
import { withBlobs } from './psd/blobResource.ts';
import type { PsdFile } from './psd/container.ts';
import { convertBlocks, writeContainer } from './psd/container.ts';
import { convertLayer } from './psd/convertLayer.ts';
import { composeMerged, convertMerged, patchMerged, readMerged } from './psd/merged.ts';
import { alignToLayers, hasRealMerged, resourceIds, withLayerIdSeed, withResource } from './psd/resources.ts';

export interface DocumentState {
  /** Bottom first, as PSD stores them. */
  readonly units: readonly LayerUnit[];
  readonly takes: readonly PlacedTake[];
}

/** What was opened. */
export interface Origin {
  readonly file: PsdFile;
  /** The whole file, when it is a PSD or PSB; saving an unchanged document answers these bytes. */
  readonly bytes: Uint8Array | null;
  readonly profile: ColorProfile;
  readonly state: DocumentState;
}

const nobody: ReadonlySet<LayerRef> = new Set();

export function composite(state: DocumentState, bounds: Bounds, except: ReadonlySet<LayerRef> = nobody): Canvas {
  const canvas = createCanvas(bounds);
  paintNodes(
    canvas,
    buildTree(state.units).map((node) => paintNode(node, except)),
  );
  return canvas;
}

/** The merged picture of `origin` when it has a real one. */
export function mergedPicture(origin: Origin): Pixels | null {
  return origin.bytes !== null && hasRealMerged(origin.file.resources) ? readMerged(origin.file, origin.profile) : null;
}

/**
 * All that shows, in the document's profile. Where nothing changed it is the file's own merged picture, which may hold
 * what the compositor cannot draw; where a layer was added on top of everything, that layer is drawn over it; elsewhere
 * the compositor draws anew where its own picture of before and after differ.
 */
export function showAll(origin: Origin, merged: Pixels | null, state: DocumentState): Pixels {
  const full = boundsOf(origin.file.header);
  if (merged === null) return pixelsFrom(full, composite(state, full).data, origin.profile);
  const dirty = changedBounds(origin, state);
  if (isEmpty(dirty)) return merged;
  const out = { ...merged, data: merged.data.slice() };
  const onTop = addedOnTop(origin.state, state);
  if (onTop !== null) {
    paintNodes(
      { bounds: full, data: out.data },
      onTop.map((node) => paintNode(node, nobody)),
    );
    return out;
  }
  const before = wordsOf(composite(origin.state, dirty).data);
  const after = wordsOf(composite(state, dirty).data);
  const words = wordsOf(out.data);
  for (let y = 0; y < dirty.height; y++) {
    let to = (dirty.y + y) * full.width + dirty.x;
    let from = y * dirty.width;
    for (let x = 0; x < dirty.width; x++, from++, to++) if (before[from] !== after[from]) words[to] = after[from];
  }
  return out;
}

/** Where anything that was added, removed, shown or hidden since opening lies, within the document. */
export function changedBounds(origin: Origin, state: DocumentState): Bounds {
  const before = new Map(origin.state.units.map((unit) => [unit.ref, unit]));
  const after = new Map(state.units.map((unit) => [unit.ref, unit]));
  let dirty: Bounds = { x: 0, y: 0, width: 0, height: 0 };
  const add = (units: readonly LayerUnit[], ref: LayerRef): void => {
    const node = findNode(buildTree(units), ref);
    if (node !== null) dirty = union(dirty, nodeBounds(node));
  };
  for (const [ref, unit] of after) if (before.get(ref)?.record.visible !== unit.record.visible) add(state.units, ref);
  for (const ref of before.keys()) if (!after.has(ref)) add(origin.state.units, ref);
  return intersection(dirty, boundsOf(origin.file.header));
}

/** The added top-level nodes, bottom first, when they are the only change and nothing old lies above them. */
function addedOnTop(before: DocumentState, state: DocumentState): readonly LayerNode[] | null {
  if (state.units.length < before.units.length) return null;
  if (before.units.some((unit, i) => state.units[i] !== unit)) return null;
  const roots = buildTree(state.units);
  const added = roots.filter((node) => node.bottom >= before.units.length);
  return added.reduce((sum, node) => sum + node.top - node.bottom + 1, 0) === state.units.length - before.units.length ? added : null;
}

/** The merged picture as it was opened (null when the file has none) and as it is now. */
export interface Pictures {
  readonly before: Pixels | null;
  readonly after: Pixels;
}

/** What is kept in the file beside its layers; null keeps the file's own. */
export interface Kept {
  readonly xmp: Uint8Array | null;
  readonly blobs: ReadonlyMap<string, Uint8Array> | null;
  /** The number that the next layer will have, kept when layers were added. */
  readonly nextLayerId: number;
}

/** The file with its layers as they are now, in either container. */
export function writeFile(
  origin: Origin,
  state: DocumentState,
  large: boolean,
  { xmp, blobs, nextLayerId }: Kept,
  pictures: () => Pictures,
): Uint8Array {
  const { file } = origin;
  const isUnchanged = state.units === origin.state.units && xmp === null && blobs === null;
  if (isUnchanged && origin.bytes !== null && large === file.header.large) return origin.bytes;
  const merged = mergedSection(origin, state, pictures);
  const old = new Map(origin.state.units.map((unit, i) => [unit.ref, i]));
  const sources = state.units.map((unit) => old.get(unit.ref) ?? null);
  const sameList = sources.length === file.layers.length && sources.every((from, i) => from === i);
  const resources = sameList ? file.resources : withLayerIdSeed(alignToLayers(file.resources, sources), nextLayerId);
  const described = xmp === null ? resources : withResource(resources, resourceIds.xmp, xmp);
  const layersAsTheyWere = state.units === origin.state.units && file.layers.length === 0 && origin.bytes !== null;
  const converted = large !== file.header.large;
  return writeContainer({
    ...file,
    header: { ...file.header, large },
    resources: blobs === null ? described : withBlobs(described, blobs),
    layers: layersAsTheyWere ? [] : state.units.map((unit) => convertLayer(unit.stored(), file.header.large, large)),
    blocks: converted ? convertBlocks(file.blocks, large) : file.blocks,
    merged: converted ? convertMerged({ ...file, merged }, large) : merged,
  });
}

function mergedSection(origin: Origin, state: DocumentState, pictures: () => Pictures): Uint8Array {
  const { file } = origin;
  if (origin.bytes === null) {
    const [only] = origin.state.units;
    return composeMerged(file.header, pictures().after, file.mergedAlpha, only.deep());
  }
  const dirty = changedBounds(origin, state);
  // Without a real merged picture its place is kept as it is: white, and declared as not real.
  if (isEmpty(dirty) || !hasRealMerged(file.resources)) return file.merged;
  const { before, after } = pictures();
  return before === null ? file.merged : patchMerged(file, before, after, dirty);
}
