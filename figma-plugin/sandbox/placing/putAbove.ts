/** A take as a node of its own, right above what it was made from. */
import { composeAffine } from '../../../shared/core/compose/affine.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import type { Extent } from '../../../shared/core/geometry.ts';
import type { PicturedLikeFill } from '../../wire/hostCalls.ts';
import { isThin } from '../scene/imageFill.ts';
import { attach } from './attach.ts';
import { clipping, makeClips } from './clips.ts';
import type { FoundPlace } from './findPlace.ts';
import { boxAround, type Lay, layOf, relativeTo, union, unitLay } from './geometry.ts';
import { copyBlending, copyConstraints, isSeeThrough, lockRatio, opacityOf } from './look.ts';
import { makeLike, makeRectangle, type OnMade, type TakeNode } from './makeNode.ts';
import { outOfFlow, type PlacePoint } from './placePoint.ts';
import { fillNow, fillsOfCopy, likePaint, pictureToNode, wholePaint } from './takePaint.ts';

/** A picture that the file has already. */
export interface Picture extends Extent {
  readonly hash: string;
}

export interface PutNode {
  readonly node: SceneNode;
  /** Where the grid lies on the page now. */
  readonly gridToPage: Affine;
  readonly notes: readonly string[];
  /** What has to be taken back besides the node itself. */
  readonly undo?: () => void;
}

/** How the fill that the take was made from lies now, or lay. */
export interface LikeNow {
  readonly source: (SceneNode & LayoutMixin) | null;
  readonly paint: ImagePaint;
  /** All fills of a copy that shows it. */
  readonly fills: readonly Paint[];
  readonly lay: Lay;
  /** Picture pixels to a node of this size that shows it. */
  readonly toNodeOf: (size: Extent) => Affine;
  /** What is beneath the fill shows through it. */
  readonly isThin: boolean;
  readonly gridToPage: Affine;
  readonly notes: readonly string[];
}

export function likeNow(found: FoundPlace, like: PicturedLikeFill, picture: Picture): LikeNow {
  const source = found.like as (SceneNode & LayoutMixin) | null;
  const now = source === null ? null : fillNow(source, like);
  const { was } = like;
  const lay = source === null ? { size: was.size, toPage: was.toPage } : layOf(source);
  const notes =
    source !== null && now === null ? [`The picture of “${source.name}” was replaced meanwhile; the take lies where the old one did.`] : [];
  const paint = { ...likePaint(now, picture.hash, picture, like), opacity: 1 };
  const toNodeOf = (size: Extent): Affine => pictureToNode(now, like, size);
  return {
    source,
    paint,
    fills: source === null ? [paint] : fillsOfCopy(source, like, paint),
    lay,
    toNodeOf,
    isThin: now !== null && isThin(now),
    gridToPage: composeAffine(lay.toPage, toNodeOf(lay.size)),
    notes,
  };
}

export function putLikeAbove(figma: PluginAPI, found: FoundPlace, like: LikeNow, name: string, onMade: OnMade): PutNode {
  const { source, paint, lay } = like;
  const notes = [...like.notes];
  let node: TakeNode;
  if (source === null) {
    node = makeRectangle(figma, lay.size, onMade);
    node.fills = [paint];
  } else {
    const made = makeLike(figma, source, paint, onMade);
    node = made.node;
    notes.push(...made.notes);
    // What the layer lets through is in the picture's own transparency.
    node.opacity = 1;
    copyBlending(source, node);
  }
  const outer = fasten(figma, found.point, node, lay, name, onMade);
  return {
    node: outer,
    gridToPage: like.gridToPage,
    notes: [...notes, ...climbedNote(found.point), ...seenThrough(source, found.point, like.isThin)],
  };
}

interface Tile {
  readonly picture: Picture;
  /** As it was when it was read. */
  readonly lay: Lay;
}

/** Where tiles lie now. */
export const laysOf = (found: FoundPlace, tiles: readonly Tile[]): readonly Lay[] =>
  tiles.map(({ lay }) => unitLay({ size: lay.size, toPage: found.followed(lay.toPage) }));

/** `point` may be another than where the take would be above its source: beside it. */
export function putTiles(
  figma: PluginAPI,
  source: SceneNode | null,
  point: PlacePoint,
  tiles: readonly Tile[],
  lays: readonly Lay[],
  name: string,
  onMade: OnMade,
): { readonly node: Fastened; readonly notes: readonly string[] } {
  const nodes = tiles.map(({ picture }, i) => {
    const node = makeRectangle(figma, lays[i].size, onMade);
    node.fills = [wholePaint(picture.hash, picture, lays[i].size)];
    node.name = tiles.length === 1 ? name : `${name} (${i + 1} of ${tiles.length})`;
    return node;
  });
  const outer =
    tiles.length === 1 ? fasten(figma, point, nodes[0], lays[0], name, onMade) : fastenGroup(figma, point, nodes, lays, name, onMade);
  if (source !== null) copyBlending(source, outer);
  return { node: outer, notes: climbedNote(point) };
}

type Fastened = SceneNode & LayoutMixin & BlendMixin;

/** Puts it into its place, within what cut its source where it has to lie outside of that. */
function fasten(figma: PluginAPI, given: PlacePoint, node: Fastened, lay: Lay, name: string, onMade: OnMade): Fastened {
  node.name = name;
  const point = outOfFlow(given, lay);
  const clips = makeClips(figma, point, clipping(point.climbed, lay), name, onMade);
  attach(node, clips === null ? point : { parent: clips.inner, below: null }, lay);
  const outer = clips?.outer ?? node;
  copyConstraints(point, outer);
  lockRatio(outer);
  outer.opacity *= opacityOf(point.climbed);
  return outer;
}

function fastenGroup(
  figma: PluginAPI,
  point: PlacePoint,
  nodes: readonly RectangleNode[],
  lays: readonly Lay[],
  name: string,
  onMade: OnMade,
): Fastened {
  const group = figma.group(nodes, figma.currentPage);
  onMade(group);
  const { x, y, width, height } = union(lays.map(({ size, toPage }) => boxAround(size, toPage)));
  const outer = fasten(figma, point, group, { size: { width, height }, toPage: [1, 0, 0, 1, x, y] }, name, onMade);
  // A group has no place of its own: it is where its children are.
  nodes.forEach((node, i) => {
    node.relativeTransform = relativeTo(group, lays[i]);
  });
  lockRatio(outer);
  return outer;
}

const climbedNote = ({ reason }: PlacePoint): readonly string[] =>
  reason === null ? [] : [`Nothing can be added to ${reason}, so the take lies right above it.`];

/** `isThin`: the fill that it was made from lets through what is beneath. */
export function seenThrough(source: SceneNode | null, { climbed }: Pick<PlacePoint, 'climbed'>, isThin = false): readonly string[] {
  if (source === null || !(isThin || isSeeThrough(source) || climbed.some(isSeeThrough))) return [];
  return [`“${source.name}” lets through what is beneath it, so its old picture shows through the take.`];
}
