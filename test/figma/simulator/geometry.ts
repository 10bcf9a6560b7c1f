/** Where nodes lie: coordinates are relative to the nearest container that is no group, as in Figma. */
import type { NodeData, SimDocument } from './document.ts';
import { around, boxOf, identity, inverse, overlap, placed, times } from './matrix.ts';
import { isFrameLike, isGroupLike } from './nodeKinds.ts';
import { scaledPaths, type VectorPath } from './pathData.ts';
import type { Rect, Transform } from './values.ts';

export const transformOf = (node: NodeData): Transform => (node.props.relativeTransform as Transform | undefined) ?? identity;

export function sizeOf(node: NodeData): { width: number; height: number } {
  const { width = 100, height = 100 } = node.props as { width?: number; height?: number };
  return { width, height };
}

/** The node whose coordinates a node's place is told in. */
function containerOf(document: SimDocument, id: string): NodeData | null {
  for (const up of document.ancestors(id)) if (!isGroupLike(up.type)) return up.type === 'PAGE' || up.type === 'DOCUMENT' ? null : up;
  return null;
}

export function absoluteTransform(document: SimDocument, id: string): Transform {
  const container = containerOf(document, id);
  const own = transformOf(document.at(id));
  return container === null ? own : times(absoluteTransform(document, container.id), own);
}

export function absoluteBox(document: SimDocument, id: string): Rect {
  return boxOf(absoluteTransform(document, id), { x: 0, y: 0, ...sizeOf(document.at(id)) });
}

/** A new transform; what is in a group goes along with it. */
export function setTransform(document: SimDocument, id: string, transform: Transform): void {
  const node = document.at(id);
  if (isGroupLike(node.type)) {
    const change = times(transform, inverse(transformOf(node)));
    for (const child of document.children(id)) setTransform(document, child, times(change, transformOf(document.at(child))));
  }
  document.setProp(id, 'relativeTransform', transform);
}

/** A group's box is that of its children, in the group's own rotation. */
export function fitGroup(document: SimDocument, id: string): void {
  const turn = placed(transformOf(document.at(id)), 0, 0);
  const back = inverse(turn);
  const boxes = document.children(id).map((child) => {
    const node = document.at(child);
    return boxOf(times(back, transformOf(node)), { x: 0, y: 0, ...sizeOf(node) });
  });
  const box = around(boxes);
  if (box === null) return;
  const to = times(turn, [
    [1, 0, box.x],
    [0, 1, box.y],
  ]);
  document.setProps(id, { relativeTransform: to, width: box.width, height: box.height });
}

/** Sets a size without the rules of layout: a group's children are scaled, a frame's follow their constraints. */
export function setSize(document: SimDocument, id: string, width: number, height: number, obeysConstraints: boolean): void {
  const node = document.at(id);
  const old = sizeOf(node);
  if (old.width === Math.fround(width) && old.height === Math.fround(height)) return;
  if (isGroupLike(node.type)) {
    scaleGroup(document, id, width / (old.width || 1), height / (old.height || 1));
    return;
  }
  document.setProps(id, { width, height });
  const { vectorPaths } = node.props as { vectorPaths?: readonly VectorPath[] };
  if (vectorPaths !== undefined && vectorPaths.length > 0)
    document.setProp(id, 'vectorPaths', scaledPaths(vectorPaths, width / (old.width || 1), height / (old.height || 1)));
  if (!obeysConstraints || !isFrameLike(node.type)) return;
  for (const child of document.children(id)) {
    const isLaidOut = hasLayout(document.at(id)) && document.at(child).props.layoutPositioning !== 'ABSOLUTE';
    if (!isLaidOut) constrain(document, child, { width: width - old.width, height: height - old.height }, old, { width, height });
  }
}

export const hasLayout = (node: NodeData): boolean => isFrameLike(node.type) && (node.props.layoutMode ?? 'NONE') !== 'NONE';

function scaleGroup(document: SimDocument, id: string, sx: number, sy: number): void {
  const from = transformOf(document.at(id));
  for (const child of document.children(id)) {
    const local = times(inverse(from), transformOf(document.at(child)));
    const to = times(from, placed(local, local[0][2] * sx, local[1][2] * sy));
    const { width, height } = sizeOf(document.at(child));
    setTransform(document, child, to);
    setSize(document, child, width * sx, height * sy, true);
  }
}

type Size = { readonly width: number; readonly height: number };

function constrain(document: SimDocument, id: string, grown: Size, old: Size, now: Size): void {
  const node = document.at(id);
  const { horizontal, vertical } = (node.props.constraints ?? { horizontal: 'MIN', vertical: 'MIN' }) as Record<string, string>;
  const size = sizeOf(node);
  const at = transformOf(node);
  const along = (kind: string, place: number, length: number, more: number, before: number, after: number): [number, number] => {
    if (kind === 'MAX') return [place + more, length];
    if (kind === 'CENTER') return [place + more / 2, length];
    if (kind === 'STRETCH') return [place, Math.max(0.01, length + more)];
    if (kind === 'SCALE') return [(place * after) / before, (length * after) / before];
    return [place, length];
  };
  const [x, width] = along(horizontal, at[0][2], size.width, grown.width, old.width, now.width);
  const [y, height] = along(vertical, at[1][2], size.height, grown.height, old.height, now.height);
  setTransform(document, id, placed(at, x, y));
  setSize(document, id, width, height, true);
}

/** Cut by the frames around that clip; null when nothing is left. */
export function clipped(document: SimDocument, id: string, box: Rect): Rect | null {
  let rest: Rect | null = box;
  for (const up of document.ancestors(id)) {
    if (rest !== null && isFrameLike(up.type) && up.props.clipsContent === true) rest = overlap(rest, absoluteBox(document, up.id));
  }
  return rest;
}

export function isShown(document: SimDocument, id: string): boolean {
  if (document.at(id).props.visible === false) return false;
  for (const up of document.ancestors(id)) if (up.props.visible === false) return false;
  return true;
}

/** What is painted of a node: its box with strokes, shadows and blur, and its unclipped children; null when nothing is to be seen. */
export function renderBounds(document: SimDocument, id: string): Rect | null {
  if (!isShown(document, id)) return null;
  const box = painted(document, id);
  return box === null ? null : clipped(document, id, box);
}

/** The same without what the frames around cut off, and for hidden ones too. */
export function painted(document: SimDocument, id: string): Rect | null {
  const node = document.at(id);
  const transform = absoluteTransform(document, id);
  const own = { x: 0, y: 0, ...sizeOf(node) };
  const boxes: Rect[] = isGroupLike(node.type) ? [] : [boxOf(transform, grow(own, strokeOutside(node)))];
  const clips = isFrameLike(node.type) && node.props.clipsContent === true;
  if (!clips && node.type !== 'BOOLEAN_OPERATION') {
    let mask: Rect | null = null;
    for (const child of document.children(id)) {
      const { props } = document.at(child);
      if (props.visible === false) continue;
      const box = painted(document, child);
      if (props.isMask === true) mask = box;
      else if (box !== null) {
        const seen = mask === null ? box : overlap(box, mask);
        if (seen !== null) boxes.push(seen);
      }
    }
  }
  if (node.type === 'BOOLEAN_OPERATION') boxes.push(boxOf(transform, grow(own, strokeOutside(node))));
  const box = around(boxes);
  return box === null ? null : withEffects(node, box);
}

const grow = ({ x, y, width, height }: Rect, by: number): Rect => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

function strokeOutside(node: NodeData): number {
  const {
    strokes = [],
    strokeWeight = 1,
    strokeAlign = 'INSIDE',
  } = node.props as {
    strokes?: readonly { visible?: boolean }[];
    strokeWeight?: number;
    strokeAlign?: string;
  };
  if (!strokes.some((paint) => paint.visible !== false)) return 0;
  if (node.type === 'LINE' || strokeAlign === 'CENTER') return strokeWeight / 2;
  return strokeAlign === 'OUTSIDE' ? strokeWeight : 0;
}

interface Shadow {
  readonly type: string;
  readonly visible: boolean;
  readonly radius: number;
  readonly spread?: number;
  readonly offset?: { readonly x: number; readonly y: number };
}

function withEffects(node: NodeData, box: Rect): Rect {
  const boxes = [box];
  for (const effect of (node.props.effects ?? []) as readonly Shadow[]) {
    if (!effect.visible) continue;
    if (effect.type === 'LAYER_BLUR') boxes.push(grow(box, effect.radius));
    if (effect.type === 'DROP_SHADOW') {
      const { x = 0, y = 0 } = effect.offset ?? {};
      const spread = grow(box, effect.radius + (effect.spread ?? 0));
      boxes.push({ ...spread, x: spread.x + x, y: spread.y + y });
    }
  }
  return around(boxes)!;
}
