/** What is selected as the core sees it: which nodes, in which pixel grid, and which drawn shape limits the change. Pure. */
import { type Bounds, boundsOf, type Extent } from '../../../shared/core/geometry.ts';
import type { LayerInfo, LayerRef } from '../../../shared/core/host.ts';
import type { Grid } from '../../wire/grid.ts';
import type { Box, NodeDetail, NodeId, NodeLook, Scene } from '../../wire/hostCalls.ts';
import { boundsInGrid, hasArea, imageGrid, isSameGrid, noGrid, readGrid, renderedGrid, seenPart, takeGrid, unionBox } from './grids.ts';
import { isRegionName } from './regionMask.ts';

export interface View {
  readonly scene: Scene;
  /** Null when nothing is selected. */
  readonly of: LayerRef | 'visible' | null;
  /** What is worked on, front first; [] for all that shows. */
  readonly nodes: readonly NodeDetail[];
  readonly grid: Grid;
  /** The part of the grid that the layer shows. */
  readonly seen: Bounds;
  /** Where the change may go, as the user drew it. */
  readonly region: NodeLook | null;
}

/** What the user has chosen in the panel, as long as it is open. */
export interface Choices {
  modeOf(id: NodeId): Grid['as'] | null;
  /** `nodes` without the region itself; `named`: candidates that only their name makes one. */
  regionOf(of: LayerRef, named: readonly NodeLook[]): NodeId | null;
  isRegion(id: NodeId): boolean;
}

/** Several nodes together are one layer to the core. */
export const joinedRef = (ids: readonly NodeId[]): LayerRef => [...ids].sort().join(',');
export const splitRef = (ref: LayerRef): readonly NodeId[] => ref.split(',');

export function viewOf(scene: Scene, choices: Choices): View {
  // By itself a shape is a layer like any other.
  const isRegion = ({ id, name }: NodeLook): boolean => choices.isRegion(id) || isRegionName(name);
  const nodes = scene.selected.length === 1 ? scene.selected : scene.selected.filter((node) => !isRegion(node));
  if (nodes.length === 0) return { scene, of: null, nodes, grid: noGrid, seen: boundsOf(noGrid.extent), region: null };
  const of = joinedRef(nodes.map(({ id }) => id));
  const { grid, seen } = chooseGrid(nodes, scene.listed, choices.modeOf);
  const regionId = choices.regionOf(of, namedRegions(scene, nodes));
  const region = [...scene.selected, ...scene.listed].find(({ id }) => id === regionId) ?? null;
  return { scene, of, nodes, grid, seen, region };
}

/** A frame or page, all of it, as if it were a document; what is selected in it is the layer. */
export function viewInside(scene: Scene, container: NodeId, box: Box, extent: Extent): View {
  const grid = renderedGrid([], box, extent);
  const [only] = scene.selected;
  const of =
    only === undefined
      ? null
      : scene.selected.length === 1 && only.id === container
        ? 'visible'
        : joinedRef(scene.selected.map(({ id }) => id));
  return { scene, of, nodes: of === 'visible' ? [] : scene.selected, grid, seen: boundsOf(extent), region: null };
}

export function chooseGrid(
  nodes: readonly NodeDetail[],
  listed: readonly NodeLook[],
  modeOf: Choices['modeOf'] = () => null,
): { readonly grid: Grid; readonly seen: Bounds } {
  const [first] = nodes;
  if (nodes.length === 1) {
    const own = readGrid(first.grid);
    // A take goes on in the grid that it was made in.
    if (own !== null) return seenOf(takeGrid(first, own), first.size);
    const before = latestGrid(listed, [first.id]);
    const mode = modeOf(first.id) ?? before?.as ?? (first.image !== null && !first.image.isCovered ? 'image' : 'rendered');
    if (mode === 'image' && first.image !== null) return seenOf(imageGrid(first, first.image), first.size);
  }
  const boxes = nodes.map(({ pageBox }) => pageBox).filter(hasArea);
  if (boxes.length === 0) return { grid: noGrid, seen: { ...boundsOf(noGrid.extent), width: 0, height: 0 } };
  const sources = splitRef(joinedRef(nodes.map(({ id }) => id)));
  const box = unionBox(boxes);
  const before = latestGrid(listed, sources);
  const grid =
    before?.as === 'rendered' && hasShapeOf(before.extent, box) ? renderedGrid(sources, box, before.extent) : renderedGrid(sources, box);
  return seenOf(grid, first.size);
}

const seenOf = (grid: Grid, node: Extent): { readonly grid: Grid; readonly seen: Bounds } => ({ grid, seen: seenPart(grid, node) });

/** Of the take in front: what was made last lies on top. */
function latestGrid(listed: readonly NodeLook[], sources: readonly NodeId[]): Grid | null {
  for (const { grid: text } of listed) {
    const grid = readGrid(text);
    if (grid !== null && grid.sources.join() === sources.join()) return grid;
  }
  return null;
}

/** To a pixel: what was resized since has other pixels. */
function hasShapeOf(extent: Extent, box: Box): boolean {
  const perUnit = Math.max(extent.width / box.width, extent.height / box.height);
  return Math.abs(box.width * perUnit - extent.width) <= 1 && Math.abs(box.height * perUnit - extent.height) <= 1;
}

function namedRegions({ selected, listed }: Scene, nodes: readonly NodeDetail[]): readonly NodeLook[] {
  const own = new Set(nodes.map(({ id }) => id));
  const boxes = nodes.map(({ pageBox }) => pageBox).filter(hasArea);
  const isOver = ({ pageBox: a }: NodeLook): boolean =>
    hasArea(a) && boxes.some((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height);
  return [...selected, ...listed].filter((look) => !own.has(look.id) && isRegionName(look.name) && look.visible && isOver(look));
}

/** The listing in the view's grid; several nodes together are a layer too, as far as a take was made of them. */
export function layersOf({ scene, nodes, grid, seen, region }: View): readonly LayerInfo[] {
  const layers = scene.listed
    .filter(({ id }) => id !== region?.id)
    .map((look): LayerInfo => {
      const { id, name, kind, parent, visible, locked, opacity } = look;
      return { ref: id, name, kind, parent, bounds: boundsInGrid(look, grid, seen), visible, locked, opacity, hasMask: false };
    });
  const here = new Set(layers.map(({ ref }) => ref));
  const together = new Map<LayerRef, Grid>();
  const grids = [grid, ...scene.listed.map((look) => readGrid(look.grid))].filter((each) => each !== null);
  for (const each of grids)
    if (each.sources.length > 1 && each.sources.every((id) => here.has(id))) together.set(each.sources.join(), each);
  const ours = nodes.length > 1 ? joinedRef(nodes.map(({ id }) => id)) : null;
  for (const [ref, each] of together) {
    const of = layers.filter((layer) => each.sources.includes(layer.ref));
    layers.push({
      ref,
      name: `${each.sources.length} layers`,
      kind: 'group',
      parent: null,
      bounds: ref === ours || isSameGrid(each, grid) ? seen : of.map(({ bounds }) => bounds).reduce(unionBounds),
      visible: of.some(({ visible }) => visible),
      locked: of.some(({ locked }) => locked),
      opacity: 1,
      hasMask: false,
    });
  }
  return layers;
}

const unionBounds = (a: Bounds, b: Bounds): Bounds => unionBox([a, b]);
