/** Puts a take on the canvas, in the place that was asked for or the nearest to it that leaves everything else as it is. */
import type { AbortSignal } from '../../../shared/core/abort.ts';
import { composeAffine, scaleAffine } from '../../../shared/core/compose/affine.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import { err, ok, type Result } from '../../../shared/core/result.ts';
import type { PlacedNode, PlaceNode } from '../../wire/hostCalls.ts';
import { type PaintRef, paintRef } from '../../wire/takeData.ts';
import { failureOf } from '../guarded.ts';
import { createPicture } from './createPicture.ts';
import { between, type FoundPlace, findPlace } from './findPlace.ts';
import { type FlowSlot, flowSlot } from './flow.ts';
import { boxAround, moved, union } from './geometry.ts';
import { opacityOf } from './look.ts';
import type { OnMade } from './makeNode.ts';
import { isThere, type Placeholders, remove, type Spot } from './placeholders.ts';
import { laysOf, likeNow, type Picture, type PutNode, putLikeAbove, putTiles, seenThrough } from './putAbove.ts';
import { type FreeSpot, freeSpot, putLikeBeside } from './putBeside.ts';
import { componentNote, type Filled, renderedPaint, setPaints, whyNoFill, withoutPaint } from './putFill.ts';
import { putInFlow } from './putInFlow.ts';
import type { Step } from './steps.ts';
import { forgetTake, readTexts, type TakeTexts, writeTake } from './takeNode.ts';

interface PlaceInto {
  readonly figma: PluginAPI;
  readonly placeholders: Placeholders;
  readonly step: Step;
}

export async function place(into: PlaceInto, put: PlaceNode, signal: AbortSignal): Promise<Result<PlacedNode, Failure>> {
  const texts = readTexts(put);
  if (!texts.ok) return texts;
  const pictures = await picturesOf(into.figma, put);
  if (!pictures.ok) return pictures;
  const found = await findPlace(into.figma, put, put.picture.kind === 'like-fill' ? put.picture.node : null);
  if (signal.aborted) return err({ kind: 'cancelled' });
  into.step.from.push(...found.sources.map(({ id }) => id), ...(put.above === null ? [] : [put.above]));
  const spot = put.placeholder === null ? null : into.placeholders.giveWay(put.placeholder);
  return (put.at === 'fill' ? fill : stand)(into, put, texts.value, pictures.value, found, spot);
}

/** The file has them from here on; what is not used in the end, Figma drops. */
async function picturesOf(figma: PluginAPI, { picture, name }: PlaceNode): Promise<Result<readonly Picture[], Failure>> {
  const pngs = picture.kind === 'tiles' ? picture.tiles.map(({ png }) => png) : [picture.png];
  if (pngs.length === 0) return err({ kind: 'empty-layer', name, why: 'transparent' });
  const pictures: Picture[] = [];
  for (const png of pngs) {
    const image = createPicture(figma, name, png);
    if (!image.ok) return image;
    pictures.push({ hash: image.value.hash, ...(await image.value.getSizeAsync()) });
  }
  return ok(pictures);
}

/** A node of its own: above, beside, or in the flow where there is one. */
function stand(
  { figma, placeholders, step }: PlaceInto,
  put: PlaceNode,
  texts: TakeTexts,
  pictures: readonly Picture[],
  found: FoundPlace,
  spot: Spot | null,
  why: readonly string[] = [],
): Result<PlacedNode, Failure> {
  const made: SceneNode[] = [];
  try {
    const onMade = (one: SceneNode): void => {
      made.push(one);
    };
    const flow = put.at === 'flow' ? flowFor(found.first, pictures.length) : null;
    const { node, gridToPage, notes, undo } =
      flow?.ok === true
        ? putInFlow(figma, put, texts.grid.toPage, pictures[0], found, flow.value, onMade)
        : make(figma, placeholders, { ...put, at: flow === null ? put.at : 'beside' }, texts.grid.toPage, pictures, found, spot, onMade);
    if (undo !== undefined) step.undo.push(undo);
    // A fill would have had it from its node.
    if (put.leftOut !== undefined && 'opacity' in node) node.opacity *= put.leftOut;
    writeTake(node, texts, put.name, gridToPage);
    step.undo.push(() => remove(node));
    step.made.push(node);
    return ok({ id: node.id, notes: [...found.notes, ...why, ...(flow?.ok === false ? flow.error : []), ...notes] });
  } catch (cause) {
    for (const node of made.reverse()) remove(node);
    throw cause;
  }
}

/** Else why there is none, in sentences. */
function flowFor(source: SceneNode | null, pictures: number): Result<FlowSlot, readonly string[]> {
  // That it is gone is said already.
  if (source === null) return err([]);
  if (pictures > 1) return err([`The take has more pixels than one layer holds, so it lies beside “${source.name}”.`]);
  const slot = flowSlot(source);
  return typeof slot === 'string' ? err([slot]) : ok(slot);
}

function make(
  figma: PluginAPI,
  placeholders: Placeholders,
  { at, picture, name }: PlaceNode,
  gridToPage: Affine,
  pictures: readonly Picture[],
  found: FoundPlace,
  spot: Spot | null,
  onMade: OnMade,
): PutNode {
  const free = (source: SceneNode | null, box: ReturnType<typeof boxAround>): FreeSpot | null => {
    if (at !== 'beside' || source === null) return null;
    if (spot?.at === 'beside') return { point: spot.point, right: boxAround(spot.lay.size, spot.lay.toPage).x - box.x };
    return freeSpot(source, box, placeholders.boxesIn);
  };
  if (picture.kind === 'like-fill') {
    const like = likeNow(found, picture, pictures[0]);
    const beside = free(like.source, boxAround(like.lay.size, like.lay.toPage));
    return beside === null || like.source === null
      ? putLikeAbove(figma, found, like, name, onMade)
      : putLikeBeside(figma, like.source, like, beside, name, onMade);
  }
  const tiles = picture.tiles.map(({ size, toPage }, i) => ({ picture: pictures[i], lay: { size, toPage } }));
  const lays = laysOf(found, tiles);
  const all = union(lays.map(({ size, toPage }) => boxAround(size, toPage)));
  const grid = found.followed(gridToPage);
  const beside = free(found.first, all);
  if (beside === null) {
    const above = putTiles(figma, found.first, found.point, tiles, lays, name, onMade);
    return { ...above, gridToPage: grid, notes: [...above.notes, ...seenThrough(found.first, found.point)] };
  }
  const there = lays.map(({ size, toPage }) => ({ size, toPage: moved(toPage, beside.right, 0) }));
  // It is as see-through as all around it makes it; what cuts it there cuts nothing here.
  const point = { ...beside.point, climbed: [], reason: null };
  const { node, notes } = putTiles(figma, found.first, point, tiles, there, name, onMade);
  node.opacity *= opacityOf((found.first && between(found.first, point.parent)) ?? []);
  return { node, notes, gridToPage: moved(grid, beside.right, 0) };
}

/** One more paint on the source; where that would change more than the fill, a node above it. */
async function fill(
  into: PlaceInto,
  put: PlaceNode,
  texts: TakeTexts,
  pictures: readonly Picture[],
  found: FoundPlace,
  spot: Spot | null,
): Promise<Result<PlacedNode, Failure>> {
  const source = found.first as Filled | null;
  const instead = (why: readonly string[]) => stand(into, { ...put, at: 'above' }, texts, pictures, found, spot, why);
  // That it is gone is said already.
  if (source === null) return instead([]);
  const why = whyNoFill(source, put.picture.kind, Math.max(put.sources.length, pictures.length));
  if (why !== null) return instead([why]);
  const picture = pictures[0];
  const { paint, gridToPage, notes } = fillOf(put, found, source, picture, texts.grid.toPage);
  const ref: PaintRef = { node: source.id, hash: picture.hash };
  const relaunch = source.getRelaunchData();
  const takeBack = (): void => {
    const rest = withoutPaint(source, ref.hash);
    if (rest !== null) void setPaints(source, rest).catch(() => {});
    forgetTake(source, ref);
    source.setRelaunchData(relaunch);
  };
  try {
    await setPaints(source, [...(source.fills as readonly Paint[]), paint]);
    writeTake(source, texts, put.name, gridToPage, ref);
  } catch (cause) {
    if (isThere(source)) takeBack();
    const failure = failureOf('add the fill', cause);
    const said = failure.kind === 'host' ? ` (${failure.message})` : '';
    return instead([`“${source.name}” does not take a further fill${said}, so the take lies above it.`]);
  }
  into.step.undo.push(takeBack);
  into.step.made.push(source);
  return ok({ id: paintRef(ref), notes: [...found.notes, ...notes, ...componentNote(source)] });
}

function fillOf(
  { picture: asked }: PlaceNode,
  found: FoundPlace,
  source: Filled,
  picture: Picture,
  gridToPage: Affine,
): { readonly paint: ImagePaint; readonly gridToPage: Affine; readonly notes: readonly string[] } {
  if (asked.kind === 'like-fill') return likeNow(found, asked, picture);
  const [{ size, toPage }] = asked.tiles;
  const pictureToPage = composeAffine(found.followed(toPage), scaleAffine(size.width / picture.width, size.height / picture.height));
  return { paint: renderedPaint(source, picture, pictureToPage), gridToPage: found.followed(gridToPage), notes: [] };
}
