/** A take as a layer that stands by itself, laid out right after what it was made from. */
import { composeAffine, invertAffine } from '../../../shared/core/compose/affine.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import type { PicturedInTiles, PlaceNode } from '../../wire/hostCalls.ts';
import { affineOf, coveringFill } from '../scene/fillGeometry.ts';
import type { FoundPlace } from './findPlace.ts';
import { attachInFlow, type FlowSlot } from './flow.ts';
import { type Lay, relativeTo } from './geometry.ts';
import { copyBlending, lockRatio, opacityOf } from './look.ts';
import { makeCopy, makeRectangle, type OnMade, type TakeNode } from './makeNode.ts';
import { laysOf, likeNow, type Picture, type PutNode } from './putAbove.ts';
import { wholePaint } from './takePaint.ts';

/** `gridToPage` is how the grid lay when it was read. */
export function putInFlow(
  figma: PluginAPI,
  { picture: asked, name }: Pick<PlaceNode, 'picture' | 'name'>,
  gridToPage: Affine,
  picture: Picture,
  found: FoundPlace,
  slot: FlowSlot,
  onMade: OnMade,
): PutNode {
  if (asked.kind === 'tiles') return putRendered(figma, asked.tiles[0], name, found.followed(gridToPage), picture, found, slot, onMade);
  const like = likeNow(found, asked, picture);
  const { node, notes } = makeCopy(figma, like.source ?? (slot.source as SceneNode & LayoutMixin), like.fills, onMade);
  const undo = settle(node, slot, like.lay, name);
  const now = composeAffine(affineOf(node.absoluteTransform), like.toNodeOf(node));
  return { node, gridToPage: now, notes: [...like.notes, ...notes], undo };
}

function putRendered(
  figma: PluginAPI,
  { size, toPage }: PicturedInTiles['tiles'][number],
  name: string,
  gridToPage: Affine,
  picture: Picture,
  found: FoundPlace,
  given: FlowSlot,
  onMade: OnMade,
): PutNode {
  const [lay] = laysOf(found, [{ picture, lay: { size, toPage } }]);
  const node = makeRectangle(figma, lay.size, onMade);
  copyBlending(given.source, node);
  const isTurned = [relativeTo(given.parent, lay), 'relativeTransform' in given.source ? given.source.relativeTransform : null].some(
    (place) => place !== null && Math.abs(place[0][1]) > 1e-4,
  );
  // The picture of what is turned has room around it: it fills nothing as its source does.
  const slot: FlowSlot = isTurned ? { ...given, sizing: { width: 'FIXED', height: 'FIXED' } } : given;
  const undo = settle(node, slot, lay, name);
  // Resized with the flow it is cut, as the picture of a photo is, not stretched.
  node.fills = [
    isSizedByFlow(node) ? { type: 'IMAGE', scaleMode: 'FILL', imageHash: picture.hash } : wholePaint(picture.hash, picture, node),
  ];
  const asRead = invertAffine(lay.toPage);
  if (asRead === null) return { node, gridToPage, notes: [], undo };
  const toNode = composeAffine(coveringFill(lay.size, node, 'FILL', 0), composeAffine(asRead, gridToPage));
  return { node, gridToPage: composeAffine(affineOf(node.absoluteTransform), toNode), notes: [], undo };
}

function settle(node: TakeNode, slot: FlowSlot, lay: Lay, name: string): () => void {
  node.name = name;
  node.opacity *= opacityOf(slot.climbed);
  const undo = attachInFlow(node, slot, lay);
  if (!isSizedByFlow(node)) lockRatio(node);
  return undo;
}

const isSizedByFlow = (node: TakeNode): boolean => node.layoutSizingHorizontal !== 'FIXED' || node.layoutSizingVertical !== 'FIXED';
