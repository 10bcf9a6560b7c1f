/**
 * What cut a layer to its shape cuts a take of it too. A take that had to be put outside of a clipping frame gets an empty frame
 * of the same shape around it: one for each that cuts.
 */
import { composeAffine, invertAffine, mapPoint } from '../../../shared/core/compose/affine.ts';
import { affineOf } from '../scene/fillGeometry.ts';
import { attach } from './attach.ts';
import { cornersOf, type Lay, layOf } from './geometry.ts';
import { copyCorners } from './look.ts';
import type { OnMade } from './makeNode.ts';
import type { PlacePoint } from './placePoint.ts';

type Clipping = SceneNode & BaseFrameMixin;

/** Of the layers that were climbed out of, those that cut some of what lies so; innermost first. */
export const clipping = (climbed: readonly SceneNode[], lay: Lay): readonly Clipping[] =>
  climbed.filter((node): node is Clipping => 'clipsContent' in node && node.clipsContent && !holds(node, lay));

/** A rounded rectangle is convex: it holds all when it holds the corners. */
function holds(frame: Clipping, { size, toPage }: Lay): boolean {
  const back = invertAffine(affineOf(frame.absoluteTransform));
  if (back === null) return true;
  const toFrame = composeAffine(back, toPage);
  return cornersOf(size).every((corner) => isInside(frame, mapPoint(toFrame, corner)));
}

/** What arithmetic loses. */
const slack = 0.01;

function isInside(frame: Clipping, { x, y }: { readonly x: number; readonly y: number }): boolean {
  const { width, height } = frame;
  if (x < -slack || y < -slack || x > width + slack || y > height + slack) return false;
  const [isLeft, isTop] = [x < width / 2, y < height / 2];
  const radius = isTop ? (isLeft ? frame.topLeftRadius : frame.topRightRadius) : isLeft ? frame.bottomLeftRadius : frame.bottomRightRadius;
  const across = radius - (isLeft ? x : width - x);
  const down = radius - (isTop ? y : height - y);
  return across <= 0 || down <= 0 || Math.hypot(across, down) <= radius + slack;
}

/** Answers the outermost frame, attached; `inside` is put into the innermost by the caller. */
export function makeClips(
  figma: PluginAPI,
  point: PlacePoint,
  cutting: readonly Clipping[],
  name: string,
  onMade: OnMade,
): { readonly outer: FrameNode; readonly inner: FrameNode } | null {
  let outer: FrameNode | null = null;
  let inner: FrameNode | null = null;
  for (const shape of [...cutting].reverse()) {
    const frame: FrameNode = figma.createFrame();
    onMade(frame);
    frame.name = name;
    frame.resize(shape.width, shape.height);
    frame.fills = [];
    frame.clipsContent = true;
    copyCorners(shape, frame);
    attach(frame, inner === null ? point : { parent: inner, below: null }, layOf(shape));
    outer ??= frame;
    inner = frame;
  }
  return outer === null || inner === null ? null : { outer, inner };
}
