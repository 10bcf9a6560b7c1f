/** The pixels of a layer in a grid: a picture by its own bytes where the grid is that picture's, else as Figma renders it. */
import type { AbortSignal } from '../../../shared/core/abort.ts';
import { toSrgb } from '../../../shared/core/color/convert.ts';
import { composeAffine, invertAffine, stretchAffine } from '../../../shared/core/compose/affine.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import { layPixelsOver } from '../../../shared/core/edit/layPixelsOver.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import { type Bounds, type Extent, intersection, isEmpty } from '../../../shared/core/geometry.ts';
import type { LayerRef, ReadPixels } from '../../../shared/core/host.ts';
import { createPace } from '../../../shared/core/pace.ts';
import { createPixels, type Pixels } from '../../../shared/core/pixels.ts';
import type { Clock, PictureCodec } from '../../../shared/core/ports.ts';
import { err, ok, type Result } from '../../../shared/core/result.ts';
import type { NodeDetail, NodeId } from '../../wire/hostCalls.ts';
import { readPaintRef } from '../../wire/takeData.ts';
import type { Ask } from './ask.ts';
import type { DecodedPictures } from './decoded.ts';
import { boxInGrid, hasArea, isSameGrid, laidOver, pixelsPerUnit, readGrid, unionBox } from './grids.ts';
import { ontoGrid, withOpacity } from './onGrid.ts';
import { splitRef, type View } from './view.ts';

export interface ReadPorts {
  readonly ask: Ask;
  readonly codec: PictureCodec;
  readonly clock: Clock;
  readonly pictures: DecodedPictures;
}

interface Reading {
  readonly ports: ReadPorts;
  readonly view: View;
  readonly bounds: Bounds;
  readonly except: readonly NodeId[];
  readonly signal: AbortSignal;
}

/** Layers that are read as one. */
const mostTogether = 64;

export async function readLayer(
  ports: ReadPorts,
  view: View,
  of: LayerRef | 'visible',
  bounds: Bounds,
  except: readonly LayerRef[],
  signal: AbortSignal,
): Promise<Result<ReadPixels, Failure>> {
  const left = [...except.flatMap(splitRef), ...(view.region === null ? [] : [view.region.id])];
  const reading: Reading = { ports, view, bounds, except: left, signal };
  if (of === 'visible') return readVisible(reading);
  const ids = splitRef(of);
  // Each is rendered by itself, and holds Figma meanwhile.
  if (ids.length > mostTogether)
    return err({
      kind: 'too-large',
      name: `${ids.length} layers`,
      got: 'too many to be read together',
      limit: `${mostTogether}; put them into a group, and select that`,
    });
  const looks = await ports.ask('looks', { nodes: ids }, signal);
  if (!looks.ok) return looks;
  const gone = ids.find((id, i) => looks.value[i] === null || isGonePaint(view, id));
  if (gone !== undefined) return err(unknownLayer(view, gone));
  const order = new Map(view.scene.listed.map(({ id }, i) => [id, i]));
  const back = ids
    .map((id, i) => ({ id, look: looks.value[i] as NodeDetail }))
    .sort((a, b) => (order.get(b.id) ?? 0) - (order.get(a.id) ?? 0));
  if (back.length === 1) return readNode(reading, back[0].id, back[0].look);
  return stacked(reading, back, (each) => readNode(reading, each.id, each.look));
}

/** By the name that the user knows, as long as it was ever listed. */
export const unknownLayer = ({ scene }: View, id: NodeId): Failure => ({
  kind: 'no-such-layer',
  name: scene.listed.find((look) => look.id === id)?.name ?? id,
  existing: scene.listed.map(({ name }) => name),
});

/** A take that was a further fill, and whose fill is no longer there. */
const isGonePaint = ({ scene }: View, id: NodeId): boolean => readPaintRef(id) !== null && !scene.listed.some((look) => look.id === id);

/** From the back to the front, each on what lies beneath. */
async function stacked<T>(
  { bounds }: Reading,
  layers: readonly T[],
  read: (layer: T) => Promise<Result<ReadPixels, Failure>>,
): Promise<Result<ReadPixels, Failure>> {
  let pixels: Pixels | null = null;
  const notes = new Set<string>();
  for (const layer of layers) {
    const next = await read(layer);
    if (!next.ok) return next;
    pixels = pixels === null ? next.value.pixels : layPixelsOver(pixels, next.value.pixels);
    for (const note of next.value.notes) notes.add(note);
  }
  return ok({ pixels: pixels ?? createPixels(bounds.width, bounds.height), notes: [...notes] });
}

/** A page cannot be exported in part: what of it lies in the bounds is. */
async function readVisible(reading: Reading): Promise<Result<ReadPixels, Failure>> {
  const { view, bounds, except } = reading;
  const { container, document, listed } = view.scene;
  if (container !== document.page.id) return rendered(reading, container, view.grid.toPage, []);
  const left = new Set(except);
  const shown = listed.filter((look) => {
    const { id, parent, visible } = look;
    return (
      parent === null && visible && !left.has(id) && readPaintRef(id) === null && !isEmpty(intersection(boxInGrid(look, view.grid), bounds))
    );
  });
  return stacked(reading, [...shown].reverse(), ({ id }) => rendered(reading, id, view.grid.toPage, []));
}

async function readNode(reading: Reading, id: NodeId, look: NodeDetail): Promise<Result<ReadPixels, Failure>> {
  const { view, except, bounds } = reading;
  if (except.includes(look.id) || except.includes(id)) return ok({ pixels: createPixels(bounds.width, bounds.height), notes: [] });
  const own = ownPicture(view, id, look);
  if (own !== null) {
    const read = await readPicture(reading, own);
    if (!read.ok) return read;
    if (read.value !== null) return ok({ ...read.value, ...shownWith(view, id, look) });
  }
  // What shows of its node is not the take.
  if (readPaintRef(id) !== null) return err({ kind: 'corrupt', what: `The picture of the take on “${look.name}”` });
  const notes = own === null ? [] : [`The picture of “${look.name}” could not be opened; the layer was read as it is rendered.`];
  // Takes that are further fills of the layer are none of it.
  const ours = view.scene.listed.map((each) => each.id).filter((each) => readPaintRef(each)?.node === look.id);
  const alone = { ...reading, except: [...except, ...ours] };
  const { grid } = view;
  if (grid.as !== 'rendered' || !grid.sources.includes(look.id)) return rendered(alone, look.id, grid.toPage, notes);
  // The grid's own sources lie in it wherever they were moved since.
  const sources = await reading.ports.ask('looks', { nodes: grid.sources }, reading.signal);
  if (!sources.ok) return sources;
  const boxes = sources.value.flatMap((each) => (each !== null && hasArea(each.pageBox) ? [each.pageBox] : []));
  const toPage = boxes.length < grid.sources.length ? grid.toPage : laidOver(unionBox(boxes), grid.extent);
  return rendered(alone, look.id, toPage, notes);
}

/** How a take shows together with what it was made from, where it is not a layer on top of that. */
function shownWith({ scene }: View, id: NodeId, look: NodeDetail): Pick<ReadPixels, 'standsAlone' | 'sharedOpacity'> {
  if (readPaintRef(id) !== null) return look.opacity > 0 && look.opacity < 1 ? { sharedOpacity: look.opacity } : {};
  const listed = scene.listed.find((each) => each.id === id);
  return readGrid(listed?.grid ?? look.grid)?.isAlone === true ? { standsAlone: true } : {};
}

interface OwnPicture {
  readonly hash: string;
  readonly toGrid: Affine;
  readonly opacity: number;
  /** As Figma tells it; one that opens otherwise is not what Figma shows. */
  readonly extent: Extent;
  readonly notes: readonly string[];
}

/** The picture whose pixels are the grid's own: of its source, or of a take in it. */
function ownPicture({ grid, scene }: View, id: NodeId, look: NodeDetail): OwnPicture | null {
  const paint = readPaintRef(id);
  if (paint !== null) {
    const listed = scene.listed.find((each) => each.id === id);
    const made = readGrid(listed?.grid ?? null);
    const fromPage = invertAffine(grid.toPage);
    if (listed === undefined || made?.own == null || fromPage === null) return null;
    const { picture } = made.own;
    const toPage = composeAffine(look.toPage, made.toNode ?? [1, 0, 0, 1, 0, 0]);
    const toGrid = composeAffine(isSameGrid(made, grid) ? [1, 0, 0, 1, 0, 0] : composeAffine(fromPage, toPage), [
      1,
      0,
      0,
      1,
      picture.x,
      picture.y,
    ]);
    return { hash: paint.hash, extent: { width: picture.width, height: picture.height }, toGrid, opacity: listed.opacity, notes: [] };
  }
  const { image } = look;
  if (image === null) return null;
  const { hash, extent } = image;
  const opacity = look.opacity * image.opacity;
  const made = readGrid(look.grid);
  if (made?.own != null && isSameGrid(made, grid)) return { hash, extent, toGrid: overPart(extent, made.own.picture), opacity, notes: [] };
  if (grid.as !== 'image' || grid.sources.length !== 1 || grid.sources[0] !== id) return null;
  const notes = image.hasFilters ? [`The filters of “${look.name}” were left out of what was read: they apply to the result as well.`] : [];
  return { hash, extent, toGrid: stretchAffine(extent, grid.extent), opacity, notes };
}

const overPart = (picture: Extent, part: Bounds): Affine => [
  part.width / picture.width,
  0,
  0,
  part.height / picture.height,
  part.x,
  part.y,
];

/** Null when the file has lost the picture, or when its pixels are not those that Figma shows. */
async function readPicture({ ports, bounds, signal }: Reading, picture: OwnPicture): Promise<Result<ReadPixels | null, Failure>> {
  const read = await ports.pictures.read(picture.hash, signal);
  if (!read.ok) return read;
  if (read.value === null) return ok(null);
  const { extent } = picture;
  if (read.value.width !== extent.width || read.value.height !== extent.height) return ok(null);
  const pixels = await ontoGrid(read.value, picture.toGrid, bounds, createPace(ports.clock, signal));
  if (pixels === null) return err({ kind: 'cancelled' });
  return ok({ pixels: withOpacity(pixels, picture.opacity), notes: picture.notes });
}

/** `toPage`: of the grid, for this node. */
async function rendered(reading: Reading, node: NodeId, toPage: Affine, notes: readonly string[]): Promise<Result<ReadPixels, Failure>> {
  const { ports, bounds, except, signal } = reading;
  const picture = await ports.ask('renderNode', { node, scale: pixelsPerUnit(toPage), except }, signal);
  if (!picture.ok) return picture;
  const empty = (): Pixels => createPixels(bounds.width, bounds.height);
  const fromPage = invertAffine(toPage);
  if (picture.value.png === null || fromPage === null) return ok({ pixels: empty(), notes });
  const decoded = await ports.codec.decode(picture.value.png, signal);
  if (!decoded.ok) return decoded;
  const pace = createPace(ports.clock, signal);
  const pixels = await ontoGrid(toSrgb(decoded.value), composeAffine(fromPage, picture.value.toPage), bounds, pace);
  return pixels === null ? err({ kind: 'cancelled' }) : ok({ pixels, notes });
}
