/** A take as a layer that stands by itself, on the open canvas to the right of what it was made from. */
import type { Box } from '../../wire/hostCalls.ts';
import { attach } from './attach.ts';
import { between } from './findPlace.ts';
import { isWithin, moved, overlap } from './geometry.ts';
import { lockRatio, opacityOf } from './look.ts';
import { makeCopy, type OnMade } from './makeNode.ts';
import { canvasAround, type Parent, type PlacePoint } from './placePoint.ts';
import type { LikeNow, PutNode } from './putAbove.ts';

const gap = 40;

export interface FreeSpot {
  readonly point: Pick<PlacePoint, 'parent' | 'below'>;
  /** From where the source is, in page units. */
  readonly right: number;
}

/**
 * Where `box` is free, right of the page's or the section's child that holds `node`. What does not fit into a section any more
 * goes beside the section: it does not grow.
 */
export function freeSpot(node: SceneNode, box: Box, kept: (canvas: Parent) => readonly Box[]): FreeSpot | null {
  let from = node;
  for (;;) {
    const around = canvasAround(from);
    if (around === null) return null;
    const { canvas, child } = around;
    const x = freeRight(child, box, [...boxesIn(canvas), ...kept(canvas)]);
    const section = canvas.type === 'SECTION' ? canvas.absoluteBoundingBox : null;
    if (section === null || isWithin({ ...box, x }, section)) return { point: { parent: canvas, below: child }, right: x - box.x };
    from = canvas as SceneNode;
  }
}

const boxesIn = (canvas: Parent): Box[] =>
  canvas.children.map((child) => ('absoluteBoundingBox' in child ? child.absoluteBoundingBox : null)).filter((box) => box !== null);

function freeRight(child: SceneNode, box: Box, taken: readonly Box[]): number {
  const own = 'absoluteBoundingBox' in child ? child.absoluteBoundingBox : null;
  let x = Math.max(box.x + box.width, own === null ? box.x : own.x + own.width) + gap;
  for (const other of [...taken].sort((a, b) => a.x - b.x)) {
    const reach = { ...other, x: other.x - gap, width: other.width + gap };
    if (overlap({ ...box, x }, reach)) x = other.x + other.width + gap;
  }
  return x;
}

export function putLikeBeside(
  figma: PluginAPI,
  source: SceneNode & LayoutMixin,
  like: LikeNow,
  spot: FreeSpot,
  name: string,
  onMade: OnMade,
): PutNode {
  const { node, notes } = makeCopy(figma, source, like.fills, onMade);
  node.name = name;
  attach(node, spot.point, { toPage: moved(like.lay.toPage, spot.right, 0) });
  node.opacity *= opacityOf(between(source, spot.point.parent) ?? []);
  lockRatio(node);
  return { node, gridToPage: moved(like.gridToPage, spot.right, 0), notes: [...like.notes, ...notes] };
}
