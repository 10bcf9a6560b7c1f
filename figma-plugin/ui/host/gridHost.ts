/** The core's `Host` on one view of Figma's canvas: the layers of a scene, in the pixel grid of what is worked on. */
import type { AbortSignal } from '../../../shared/core/abort.ts';
import { composeAffine, invertAffine } from '../../../shared/core/compose/affine.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import { area, type Bounds, boundsOf, intersection, isEmpty, longSide, union } from '../../../shared/core/geometry.ts';
import type { DocumentInfo, Host, HostStep, LayerRef, PlaceAsk, PlacedOn } from '../../../shared/core/host.ts';
import { createPace } from '../../../shared/core/pace.ts';
import { coveredBounds, cropMask, type Mask, sRGB } from '../../../shared/core/pixels.ts';
import { err, ok, type Result } from '../../../shared/core/result.ts';
import { figmaCapabilities } from '../../wire/capabilities.ts';
import type { Grid } from '../../wire/grid.ts';
import type { NodeDetail, NodeId, PlaceAt } from '../../wire/hostCalls.ts';
import { readPaintRef } from '../../wire/takeData.ts';
import { boundsInGrid, mostSidePx, pixelsPerUnit } from './grids.ts';
import { ontoGrid, withoutOpacity } from './onGrid.ts';
import { changedLayer, type Shown, shownPixels, takePicture } from './putTake.ts';
import { type ReadPorts, readLayer, unknownLayer } from './readLayer.ts';
import { maskOfShape } from './regionMask.ts';
import { joinedRef, layersOf, splitRef, type View } from './view.ts';

export interface GridHostPorts extends ReadPorts {
  /** What is worked on now. */
  view(): Promise<Result<View, Failure>>;
  region(view: View): Promise<Result<Mask | null, Failure>>;
  /** Whether the picture beneath the take that is gone on from is another than when the run began. */
  isSourceChanged(): Promise<boolean>;
  placing(): PlaceAt['at'];
  /** Of a placeholder that waits for the take; answered once. */
  placeholder(): NodeId | null;
  watch: Host['watch'];
  pinned: NonNullable<Host['pinned']>;
  /** Told after each step that stays. */
  changed(): void;
  /** One step at a time in all hosts of one document. */
  readonly steps: { last: Promise<unknown> };
}

/** Of an outline's own box: a shape far larger than its layer is taken as it lies on it. */
const mostMaskArea = 4 * mostSidePx ** 2;

const nowhere: Bounds = { x: 0, y: 0, width: 1, height: 1 };

export function createGridHost(ports: GridHostPorts): Host {
  const { ask } = ports;
  let notes: string[] = [];

  async function withView<T>(work: (view: View) => Promise<Result<T, Failure>> | Result<T, Failure>): Promise<Result<T, Failure>> {
    const view = await ports.view();
    return view.ok ? work(view.value) : view;
  }

  async function each(ref: LayerRef, change: (node: NodeId) => Promise<Result<null, Failure>>): Promise<Result<void, Failure>> {
    for (const id of splitRef(ref)) {
      const done = await change(id);
      if (done.ok) continue;
      return done.error.kind === 'no-such-layer' ? withView((view) => err(unknownLayer(view, id))) : done;
    }
    return ok(undefined);
  }

  async function place(step: number, put: PlaceAsk, on: PlacedOn | undefined, signal: AbortSignal): Promise<Result<LayerRef, Failure>> {
    return withView(async (view) => {
      const told = (await ports.isSourceChanged()) ? [exchanged] : [];
      const at = ports.placing();
      const like = await pictureFor(view, at);
      const leftOut = at === 'fill' ? await opacityOf(view) : 1;
      const take: Shown = standsAlone(at)
        ? await wholeLayer(view, like, put, on, signal)
        : { pixels: withoutOpacity(shownPixels(put), leftOut), bounds: put.bounds };
      const picture = await takePicture(ports.codec, { ...take, grid: view.grid, like }, signal);
      if (!picture.ok) return picture;
      const placed = await ask('place', {
        step,
        put: {
          ...placeAt(view, at, put),
          picture: picture.value.picture,
          data: {
            story: put.story,
            provenance: JSON.stringify(put.provenance),
            // A grid that is gone on with may be that of a take which stands alone.
            grid: JSON.stringify({ ...picture.value.grid, isAlone: take.isAlone }),
          },
          placeholder: ports.placeholder(),
          ...(leftOut < 1 ? { leftOut } : {}),
        },
      });
      if (!placed.ok) return placed;
      notes.push(...told, ...picture.value.notes, ...placed.value.notes);
      return ok(placed.value.id);
    });
  }

  /** The layer with the change in it, as a copy of `like` shows it; of a grid that is a picture's, what is cropped too. */
  async function wholeLayer(
    view: View,
    like: NodeDetail | null,
    put: PlaceAsk,
    on: PlacedOn | undefined,
    signal: AbortSignal,
  ): Promise<Shown> {
    const { grid, seen, nodes } = view;
    if (nodes.length === 0) return { pixels: shownPixels(put), bounds: put.bounds };
    const whole = like === null ? seen : boundsOf(grid.extent);
    const layer = await readLayer(ports, view, joinedRef(grid.sources), whole, [], signal);
    // Gone meanwhile: the part that the change was composed on is there still.
    const under = layer.ok ? { pixels: layer.value.pixels, bounds: whole } : on;
    if (under === undefined) return { pixels: shownPixels(put), bounds: put.bounds };
    const { pixels, bounds } = changedLayer(under, on, put);
    const looks = like === null ? null : await ask('looks', { nodes: [like.id] });
    const now = looks?.ok === true ? looks.value[0] : null;
    const shown = like === null ? bounds : union(seen, put.bounds);
    return { pixels: now === null ? pixels : withoutOpacity(pixels, now.opacity), bounds, shown, isAlone: true };
  }

  /** Of the layer that a fill goes onto, which shows through it as well; 1 for one that shows nothing. */
  async function opacityOf({ grid }: View): Promise<number> {
    const looks = grid.sources.length === 1 ? await ask('looks', { nodes: grid.sources }) : null;
    const opacity = (looks?.ok === true ? looks.value[0]?.opacity : undefined) ?? 1;
    return opacity > 0 ? opacity : 1;
  }

  /** The node whose picture the take has the place and size of; null for a take that lies in a rectangle of its own. */
  async function pictureFor({ grid, nodes }: View, at: PlaceAt['at']): Promise<NodeDetail | null> {
    if (grid.as !== 'image' || grid.sources.length !== 1) return null;
    // A fill goes onto the layer itself, and what is laid out is a copy of it, also where a take of it is selected.
    const source = at === 'fill' || at === 'flow' ? await ask('looks', { nodes: grid.sources }) : null;
    const [look = null] = source?.ok === true ? source.value : [];
    if (look?.image != null) return look;
    return nodes.length === 1 && hasPictureOf(nodes[0], grid) ? nodes[0] : null;
  }

  return {
    name: 'Figma',
    can: figmaCapabilities,
    document: () =>
      withView(({ scene, grid }): Result<DocumentInfo, Failure> => {
        const { id, title } = scene.document;
        return ok({ id, title, extent: grid.extent, profile: sRGB, depth: 8 });
      }),
    layers: () => withView((view) => ok(layersOf(view))),
    selection: () =>
      withView(async (view) => {
        const region = await ports.region(view);
        return region.ok ? ok({ of: view.of, region: region.value }) : region;
      }),
    async readPixels({ of, bounds, except = [] }, signal) {
      if (signal.aborted) return err({ kind: 'cancelled' });
      return withView((view) => readLayer(ports, view, of, bounds, except, signal));
    },
    async readStory(layer) {
      // Several layers together are what a take is made from, never one.
      if (splitRef(layer).length > 1) return ok(null);
      const view = await ports.view();
      // A page may list hundreds of the user's own layers, which need not be asked about.
      if (view.ok && view.value.scene.listed.some(({ id, grid }) => id === layer && grid === null)) return ok(null);
      const story = await ask('readStory', { node: layer });
      return !story.ok && story.error.kind === 'no-such-layer' ? withView((view) => err(unknownLayer(view, layer))) : story;
    },
    step(label, signal, work) {
      const turn = ports.steps.last.then(async (): Promise<Awaited<ReturnType<typeof work>>> => {
        if (signal.aborted) return err({ kind: 'cancelled' });
        const view = await ports.view();
        if (!view.ok) return view;
        if (view.value.scene.document.isReadOnly) return err({ kind: 'read-only', why: readOnly });
        const begun = await ask('beginStep', { label });
        if (!begun.ok) return begun;
        const { step } = begun.value;
        const steps: HostStep = {
          placePixels: (put, on) => place(step, put, on, signal),
          removeLayer: (ref) => each(ref, (node) => ask('remove', { step, node })),
          setVisible: (ref, isVisible) => each(ref, (node) => ask('setVisible', { step, node, isVisible })),
        };
        let result: Awaited<ReturnType<typeof work>>;
        try {
          result = await work(steps);
        } catch (cause) {
          await ask('endStep', { step, keep: false });
          throw cause;
        }
        const keep = result.ok && !signal.aborted;
        if (!keep) notes = [];
        const ended = await ask('endStep', { step, keep });
        if (!result.ok) return result;
        if (signal.aborted) return err({ kind: 'cancelled' });
        if (!ended.ok) return ended;
        ports.changed();
        return result;
      });
      ports.steps.last = turn.catch(() => undefined);
      return turn;
    },
    watch: ports.watch,
    pinned: ports.pinned,
    stepNotes() {
      const told = [...new Set(notes)];
      notes = [];
      return told;
    },
  };
}

const exchanged =
  'The picture beneath was exchanged or deleted while the take was made: it was placed as if nothing had changed, and may not fit.';

const readOnly = 'Dev Mode and files that are shared for viewing take no new layers: open the file in Figma’s design editor.';

/** As a copy of its layer, with nothing of it beneath. */
const standsAlone = (at: PlaceAt['at']): boolean => at === 'beside' || at === 'flow';

/** Where a take of the view goes. */
export function placeAt(view: View, at: PlaceAt['at'], { above, group }: Pick<PlaceAsk, 'above' | 'group'>): PlaceAt {
  const { scene, grid, nodes } = view;
  const [source] = grid.sources;
  const look = scene.listed.find(({ id }) => id === source) ?? nodes.find(({ id }) => id === source);
  const front =
    above === 'visible'
      ? null
      : frontOf(
          scene.listed.map(({ id }) => id),
          splitRef(above),
        );
  return {
    at,
    sources: grid.sources,
    readAt: look?.toPage ?? null,
    above: front === null ? null : (readPaintRef(front)?.node ?? front),
    container: scene.container,
    page: scene.document.page.id,
    name: group,
  };
}

/** A picture of another shape was put there since: in its place, a take would be stretched. */
const hasPictureOf = ({ image }: NodeDetail, { extent }: Grid): boolean =>
  image !== null && Math.abs(image.extent.width * extent.height - image.extent.height * extent.width) <= longSide(extent);

const frontOf = (listed: readonly NodeId[], ids: readonly NodeId[]): NodeId => listed.find((id) => ids.includes(id)) ?? ids[0];

/** The drawn shape as a mask; one that covers nothing where the shape shows nothing, so that the user is told. */
export async function regionMask(ports: ReadPorts, view: View, signal: AbortSignal): Promise<Result<Mask | null, Failure>> {
  const { region, grid, seen } = view;
  if (region === null) return ok(null);
  const nothing = (bounds: Bounds): Mask => ({ bounds, data: new Uint8ClampedArray(bounds.width * bounds.height) });
  const bounds = boundsInGrid(region, grid, seen);
  const at = intersection(bounds, boundsOf(grid.extent));
  // Beside the layer: all of it counts, so that the message can say where it lies.
  if (isEmpty(at))
    return ok(isEmpty(bounds) ? nothing(nowhere) : { bounds: { ...bounds, width: 1, height: 1 }, data: new Uint8ClampedArray([255]) });
  const [looks, picture] = await Promise.all([
    ports.ask('looks', { nodes: [region.id] }, signal),
    ports.ask('renderNode', { node: region.id, scale: pixelsPerUnit(grid.toPage), except: [] }, signal),
  ]);
  if (!looks.ok) return looks;
  if (!picture.ok) return picture;
  const fromPage = invertAffine(grid.toPage);
  const [look] = looks.value;
  if (picture.value.png === null || fromPage === null || look === null) return ok(nothing(nowhere));
  const decoded = await ports.codec.decode(picture.value.png, signal);
  if (!decoded.ok) return decoded;
  // An outline closes around what of the shape lies beside the layer, too.
  const drawn = look.isFilled || area(bounds) > mostMaskArea ? at : bounds;
  const pixels = await ontoGrid(decoded.value, composeAffine(fromPage, picture.value.toPage), drawn, createPace(ports.clock, signal));
  if (pixels === null) return err({ kind: 'cancelled' });
  const mask = maskOfShape(pixels, drawn, look.isFilled);
  return ok(mask === null ? nothing(nowhere) : { bounds: at, data: cropMask(mask, at).data });
}

/** Where the change will be seen. */
export function expectedBounds({ seen }: View, region: Mask | null): Bounds {
  const covered = region === null ? seen : intersection(coveredBounds(region), seen);
  return isEmpty(covered) ? seen : covered;
}
