/**
 * Figma as the core's host. The panel's own host follows the selection: its document is the pixel grid of what is selected.
 * A run gets a pinned one, which stays with its layer, grid and page whatever is selected later.
 */
import { type AbortSignal, neverAborted } from '../../../shared/core/abort.ts';
import { composeAffine } from '../../../shared/core/compose/affine.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import { type Bounds, boundsOf, isEmpty, longSide, sameBounds } from '../../../shared/core/geometry.ts';
import type { Host, LayerRef } from '../../../shared/core/host.ts';
import type { Mask, Pixels } from '../../../shared/core/pixels.ts';
import type { Clock, PictureCodec } from '../../../shared/core/ports.ts';
import { err, ok, type Result } from '../../../shared/core/result.ts';
import type { Caller } from '../../../shared/line/line.ts';
import type { FigmaNews } from '../../wire/calls.ts';
import type { Grid } from '../../wire/grid.ts';
import type { HostCalls, NodeDetail, NodeId, NodeLook, PlaceAt } from '../../wire/hostCalls.ts';
import { readPaintRef } from '../../wire/takeData.ts';
import type { FigmaPanelHost, PinnedHost, ShapeName } from '../panelHost.ts';
import { asker } from './ask.ts';
import { createDecodedPictures } from './decoded.ts';
import { createGridHost, expectedBounds, type GridHostPorts, placeAt, regionMask } from './gridHost.ts';
import { extentOf, hasArea, mostSidePx, renderedGrid, unionBox } from './grids.ts';
import { type ReadPorts, readLayer } from './readLayer.ts';
import { type Choices, chooseGrid, joinedRef, splitRef, type View, viewInside, viewOf } from './view.ts';

export interface FigmaHost extends FigmaPanelHost {
  /** To be given all that Figma tells unasked. */
  hear(news: FigmaNews): void;
  /** What lies in a frame or section, as a document of that size: one pixel a unit, less where that is more than Figma holds. */
  inside(container: NodeId): Promise<Result<Host, Failure>>;
}

export interface FigmaHostPorts {
  readonly codec: PictureCodec;
  readonly clock: Clock;
}

export function createFigmaHost(caller: Caller<HostCalls>, { codec, clock }: FigmaHostPorts): FigmaHost {
  const ask = asker(caller);
  const read: ReadPorts = { ask, codec, clock, pictures: createDecodedPictures(ask, codec) };
  const listeners = new Set<() => void>();
  const steps: GridHostPorts['steps'] = { last: Promise.resolve() };
  let at: PlaceAt['at'] = 'above';
  let looking: Promise<Result<View, Failure>> | null = null;
  let last: View | null = null;

  const modes = new Map<NodeId, Grid['as']>();
  /** By the layer that a shape limits; null where the user wants none. */
  const regions = new Map<LayerRef, NodeId | null>();
  const shapes = new Set<NodeId>();
  const choices: Choices = {
    modeOf: (id) => modes.get(id) ?? null,
    isRegion: (id) => shapes.has(id),
    regionOf: (of, named) => (regions.has(of) ? (regions.get(of) ?? null) : (named[0]?.id ?? null)),
  };

  const tell = (): void => {
    looking = null;
    for (const listen of [...listeners]) listen();
  };
  const watch = (listen: () => void): (() => void) => {
    listeners.add(listen);
    return () => listeners.delete(listen);
  };

  async function look(of: readonly NodeId[] | null, container: NodeId | null): Promise<Result<View, Failure>> {
    const scene = await ask('scene', { of, container });
    return scene.ok ? ok(viewOf(scene.value, choices)) : scene;
  }

  /** What asks at once is told the same; what asks later is told anew, because news come late. */
  function view(): Promise<Result<View, Failure>> {
    if (looking !== null) return looking;
    const turn = look(null, null).then((seen) => {
      if (looking === turn) looking = null;
      if (seen.ok) last = seen.value;
      return seen;
    });
    looking = turn;
    return turn;
  }

  const common = { ...read, watch, changed: tell, steps };

  /** The view of another layer than the selected one. `known` tells which of its two grids is meant. */
  async function viewFor(of: LayerRef | 'visible', known: Bounds | null): Promise<Result<View, Failure>> {
    const found = await anyView(of);
    return found.ok ? ok(asKnown(found.value, known)) : found;
  }

  async function anyView(of: LayerRef | 'visible'): Promise<Result<View, Failure>> {
    const now = await view();
    if (!now.ok || of === 'visible' || now.value.of === of) return now;
    // The source of the selected take: it is read in the take's grid.
    if (now.value.grid.sources.join() === of) return ok({ ...now.value, of });
    const nodes = splitRef(of).map((ref) => readPaintRef(ref)?.node ?? ref);
    const found = await look(nodes, null);
    if (!found.ok) return found;
    const gone = nodes.find((id) => !found.value.scene.selected.some((node) => node.id === id));
    if (gone !== undefined)
      return err({ kind: 'no-such-layer', name: nameOf(now.value, gone), existing: now.value.scene.listed.map(({ name }) => name) });
    return ok({ ...found.value, of });
  }

  /** A take that goes on from another is laid over a picture which it does not replace: whether that stays is watched here. */
  async function sourceHash({ grid, nodes }: View): Promise<string | null> {
    const [source] = grid.sources;
    if (grid.as !== 'image' || grid.sources.length !== 1 || nodes.some(({ id }) => id === source)) return null;
    const looks = await ask('looks', { nodes: [source] });
    return looks.ok ? (looks.value[0]?.image?.hash ?? null) : null;
  }

  async function pinView(base: View, region: Mask | null): Promise<PinnedHost> {
    const nodes = base.nodes.map(({ id }) => id);
    const placing = at;
    const hash = await sourceHash(base);
    let placeholder: NodeId | null = null;
    const host = createGridHost({
      ...common,
      async view() {
        const scene = await ask('scene', { of: nodes, container: base.scene.container });
        return scene.ok ? ok({ ...base, scene: scene.value }) : scene;
      },
      region: async () => ok(region),
      isSourceChanged: async () => hash !== null && (await sourceHash(base)) !== hash,
      placing: () => placing,
      placeholder() {
        const waiting = placeholder;
        placeholder = null;
        return waiting;
      },
      pinned: async (of, known) => (isIn(base, of) && asKnown(base, known) === base ? ok(host) : pinned(of, known)),
    });
    return {
      host,
      async showPlaceholder(name) {
        await ask('beginRun', null);
        const { x, y, width, height } = expectedBounds(base, region);
        if (base.nodes.length === 0 || isEmpty({ width, height })) return;
        const added = await ask('addPlaceholder', {
          ...placeAt(base, placing, { above: base.of ?? 'visible', group: name }),
          size: { width, height },
          toPage: composeAffine(base.grid.toPage, [1, 0, 0, 1, x, y]),
        });
        if (added.ok) placeholder = added.value.id;
      },
      async dropPlaceholder() {
        const waiting = placeholder;
        placeholder = null;
        if (waiting !== null) await ask('dropPlaceholder', { id: waiting });
        await ask('endRun', null);
      },
    };
  }

  async function pin(of: LayerRef | 'visible', known: Bounds | null, signal: AbortSignal): Promise<Result<PinnedHost, Failure>> {
    const base = await viewFor(of, known);
    if (!base.ok) return base;
    const region = await regionMask(read, base.value, signal);
    return region.ok ? ok(await pinView(base.value, region.value)) : region;
  }

  async function pinned(of: LayerRef | 'visible', known: Bounds | null): Promise<Result<Host, Failure>> {
    const made = await pin(of, known, neverAborted);
    return made.ok ? ok(made.value.host) : made;
  }

  const live = createGridHost({
    ...common,
    view,
    region: (seen) => regionMask(read, seen, neverAborted),
    isSourceChanged: async () => false,
    placing: () => at,
    placeholder: () => null,
    pinned,
  });

  return {
    ...live,
    hear(news) {
      if (news.kind === 'scene-changed') tell();
    },
    async subject() {
      const now = await view();
      if (!now.ok) return now;
      const { nodes, grid, seen, region, scene } = now.value;
      if (nodes.length === 0) return ok(null);
      const isPicture = nodes.length === 1 && nodes[0].image !== null && nodes[0].grid === null;
      return ok({
        nodes,
        as: grid.as,
        canBe: isPicture ? ['image', 'rendered'] : [grid.as],
        extent: grid.extent,
        bounds: seen,
        region: region === null ? null : { id: region.id, name: region.name },
        regionFrom: region === null ? shapeAmong(nodes) : null,
        document: scene.document,
      });
    },
    readAs(as) {
      for (const { id } of last?.nodes ?? []) modes.set(id, as);
      tell();
    },
    placeAt(next) {
      at = next;
    },
    setRegion(shape) {
      const nodes = (last?.nodes ?? []).map(({ id }) => id).filter((id) => id !== shape);
      if (shape === null && last?.region != null) shapes.delete(last.region.id);
      if (shape !== null) shapes.add(shape);
      if (nodes.length > 0) regions.set(joinedRef(nodes), shape);
      tell();
    },
    async pictures(signal) {
      const now = await view();
      if (!now.ok) return now;
      const found: { readonly name: string; readonly pixels: Pixels }[] = [];
      for (const node of now.value.nodes) {
        const { grid, seen } = chooseGrid([node], now.value.scene.listed, choices.modeOf);
        if (isEmpty(seen)) continue;
        const pixels = await readLayer(read, { ...now.value, nodes: [node], grid, seen }, node.id, seen, [], signal);
        if (!pixels.ok) return pixels;
        found.push({ name: node.name, pixels: pixels.value.pixels });
      }
      return ok(found);
    },
    async smallPicture(of, sidePx, signal) {
      const seen = await viewFor(of, null);
      if (!seen.ok || signal.aborted) return null;
      const small = smallView(seen.value, sidePx);
      const pixels = small && (await readLayer(read, small, joinedRef(small.grid.sources), small.seen, [], signal));
      return pixels?.ok === true ? pixels.value.pixels : null;
    },
    pin: (of, signal) => pin(of, null, signal),
    async inside(container) {
      const looks = await ask('looks', { nodes: [container] });
      if (!looks.ok) return looks;
      const box = looks.value[0]?.pageBox ?? null;
      if (!hasArea(box)) return err({ kind: 'no-such-layer', name: container, existing: [] });
      const extent = extentOf(box, Math.min(1, mostSidePx / longSide(box)));
      return ok(
        createGridHost({
          ...common,
          async view() {
            const scene = await ask('scene', { of: null, container });
            return scene.ok ? ok(viewInside(scene.value, container, box, extent)) : scene;
          },
          region: async () => ok(null),
          isSourceChanged: async () => false,
          placing: () => at,
          placeholder: () => null,
          pinned,
        }),
      );
    },
  };
}

/** In the other of a layer's two grids, when that is the one in which all of it has these bounds. */
function asKnown(view: View, known: Bounds | null): View {
  if (known === null || view.nodes.length === 0 || sameBounds(known, view.seen)) return view;
  const other = chooseGrid(view.nodes, view.scene.listed, () => (view.grid.as === 'image' ? 'rendered' : 'image'));
  return sameBounds(known, other.seen) ? { ...view, ...other } : view;
}

/** Whether places of `of` are already given in the view's grid. */
const isIn = (view: View, of: LayerRef | 'visible'): boolean => of === view.of || of === 'visible' || view.grid.sources.join() === of;

const nameOf = ({ scene }: View, id: NodeId): string => scene.listed.find((look) => look.id === id)?.name ?? id;

/** As the layer looks on the canvas, which is quicker than to open its picture. */
function smallView(view: View, sidePx: number): View | null {
  const boxes = view.nodes.map(({ pageBox }) => pageBox).filter(hasArea);
  if (boxes.length === 0) return null;
  const box = unionBox(boxes);
  const extent = extentOf(box, sidePx / longSide(box));
  const grid = renderedGrid(splitRef(joinedRef(view.nodes.map(({ id }) => id))), box, extent);
  return { ...view, grid, seen: boundsOf(extent) };
}

/** The shape in front of the others that are selected: drawn last, it may be meant as the region. */
function shapeAmong(nodes: readonly NodeDetail[]): ShapeName | null {
  const [front] = nodes;
  if (nodes.length < 2 || front.kind !== 'shape' || !nodes.slice(1).some((node) => overlap(front, node))) return null;
  return { id: front.id, name: front.name };
}

function overlap({ pageBox: a }: NodeLook, { pageBox: b }: NodeLook): boolean {
  return hasArea(a) && hasArea(b) && a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
