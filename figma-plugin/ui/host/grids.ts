/** Pixel grids on Figma's canvas: how one is chosen for what is selected, kept with a take, and found again. Pure. */
import { composeAffine, invertAffine, mapPoint } from '../../../shared/core/compose/affine.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import { type Bounds, boundsOf, type Extent, intersection, longSide } from '../../../shared/core/geometry.ts';
import { figmaCapabilities } from '../../wire/capabilities.ts';
import type { Grid } from '../../wire/grid.ts';
import type { Box, ImageFill, NodeDetail, NodeId, NodeLook } from '../../wire/hostCalls.ts';

/** A rendered layer is about this large: what models of today give back at their second size. */
const renderedSidePx = 2048;
/** Figma holds no larger picture. */
export const mostSidePx = figmaCapabilities.maxSidePx;
const mostScale = 8;

/** Less than what shows, and more than what arithmetic loses. */
const slackPx = 1e-3;

/** What of nothing is edited. */
export const noGrid: Grid = {
  schema: 1,
  as: 'rendered',
  sources: [],
  extent: { width: 1, height: 1 },
  toPage: [1, 0, 0, 1, 0, 0],
  toNode: null,
  own: null,
};

/** Pixels a page unit for what is rendered: whole numbers, so that edges of whole units stay sharp, and below 1 for what is huge. */
function scaleFor(box: Extent): number {
  const long = longSide(box);
  if (long > mostSidePx) return mostSidePx / long;
  return Math.min(mostScale, Math.max(1, Math.floor(renderedSidePx / long)));
}

export const hasArea = (box: Box | null): box is Box => box !== null && box.width > 0 && box.height > 0;

export function unionBox(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** The box of a grid's sources, its longer side in whole pixels; the other may end within its last one. */
export function renderedGrid(sources: readonly NodeId[], box: Box, extent: Extent = extentOf(box, scaleFor(box))): Grid {
  return { schema: 1, as: 'rendered', sources, extent, toPage: laidOver(box, extent), toNode: null, own: null };
}

/** As Figma exports it: pixels are squares, and the longer side fits. */
export function laidOver(box: Box, extent: Extent): Affine {
  const unit = longSide(box) / longSide(extent);
  return [unit, 0, 0, unit, box.x, box.y];
}

export function extentOf(box: Extent, scale: number): Extent {
  const long = Math.min(mostSidePx, Math.max(1, Math.ceil(longSide(box) * scale - slackPx)));
  const side = (units: number): number => Math.max(1, Math.ceil((units * long) / longSide(box) - slackPx));
  return { width: side(box.width), height: side(box.height) };
}

export function imageGrid({ id, toPage }: NodeLook, { extent, toNode }: ImageFill): Grid {
  return { schema: 1, as: 'image', sources: [id], extent, toPage: composeAffine(toPage, toNode), toNode, own: null };
}

/** A take's own grid, where its node lies now. */
export function takeGrid(look: NodeDetail, grid: Grid): Grid {
  const toNode = takeToNode(look, grid);
  return toNode === null ? grid : { ...grid, toNode, toPage: composeAffine(look.toPage, toNode) };
}

/** By its picture, which keeps its place in the node when that is resized; else as it was when it was made. */
function takeToNode({ image }: NodeDetail, { own, toNode }: Grid): Affine | null {
  if (image === null || own === null) return toNode;
  return composeAffine(image.toNode, intoPicture(own.picture, image.extent));
}

/** Grid pixels to those of a picture that covers `part` of it. */
function intoPicture(part: Bounds, picture: Extent): Affine {
  const across = picture.width / part.width;
  const down = picture.height / part.height;
  return [across, 0, 0, down, -part.x * across, -part.y * down];
}

/** Whether pixels of the one are those of the other, wherever both lie on the page. */
export const isSameGrid = (a: Grid, b: Grid): boolean =>
  a.as === b.as && a.extent.width === b.extent.width && a.extent.height === b.extent.height && a.sources.join() === b.sources.join();

/** What is kept with a take, by whoever wrote it; null when it is none of ours, damaged, or of a newer version. */
export function readGrid(text: string | null): Grid | null {
  if (text === null) return null;
  try {
    const grid = JSON.parse(text) as Partial<Grid> | null;
    if (grid === null || grid.schema !== 1 || (grid.as !== 'image' && grid.as !== 'rendered')) return null;
    const { sources, extent, toPage, toNode = null, own = null } = grid;
    if (!Array.isArray(sources) || !sources.every((id) => typeof id === 'string')) return null;
    if (!isExtent(extent) || !isAffine(toPage) || !(toNode === null || isAffine(toNode))) return null;
    if (own !== null && !(isBounds(own.picture) && isExtent(own.picture) && isBounds(own.shown))) return null;
    return { schema: 1, as: grid.as, sources, extent, toPage, toNode, own, ...(grid.isAlone === true ? { isAlone: true } : {}) };
  } catch {
    return null;
  }
}

const isAffine = (value: unknown): value is Affine =>
  Array.isArray(value) && value.length === 6 && value.every(Number.isFinite) && Math.abs(value[0] * value[3] - value[1] * value[2]) > 1e-12;

const isExtent = (value: Partial<Extent> | undefined): value is Extent =>
  Number.isInteger(value?.width) && Number.isInteger(value?.height) && (value?.width ?? 0) > 0 && (value?.height ?? 0) > 0;

const isBounds = (value: Partial<Bounds> | undefined): value is Bounds =>
  Number.isInteger(value?.x) && Number.isInteger(value?.y) && Number.isInteger(value?.width) && Number.isInteger(value?.height);

/** Pixels a page unit, about, where the grid is turned or stretched. */
export const pixelsPerUnit = ([a, b, c, d]: Affine): number => 1 / Math.sqrt(Math.abs(a * d - b * c));

/** Everything of a rectangle that lies on the grid, in whole pixels: what is touched counts. */
function outward(corners: readonly { readonly x: number; readonly y: number }[]): Bounds {
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  const x = Math.floor(Math.min(...xs) + slackPx);
  const y = Math.floor(Math.min(...ys) + slackPx);
  return {
    x,
    y,
    width: Math.max(0, Math.ceil(Math.max(...xs) - slackPx) - x),
    height: Math.max(0, Math.ceil(Math.max(...ys) - slackPx) - y),
  };
}

export const cornersOf = ({ x, y, width, height }: Box): readonly { readonly x: number; readonly y: number }[] => [
  { x, y },
  { x: x + width, y },
  { x, y: y + height },
  { x: x + width, y: y + height },
];

/** A rectangle as `map` lays it. */
export const mapped = (box: Box, map: Affine): Bounds => outward(cornersOf(box).map((corner) => mapPoint(map, corner)));

/** The part of the picture that the layer shows. */
export function seenPart({ as, extent, toNode }: Grid, node: Extent): Bounds {
  const toGrid = as === 'rendered' || toNode === null ? null : invertAffine(toNode);
  if (toGrid === null) return boundsOf(extent);
  return intersection(mapped({ x: 0, y: 0, ...node }, toGrid), boundsOf(extent));
}

/** Where a listed layer lies. Takes lie in grids of their own; `seen` is what the grid's own source shows of it. */
export function boundsInGrid(look: NodeLook, grid: Grid, seen: Bounds): Bounds {
  if (grid.sources.includes(look.id) && grid.sources.length === 1) return seen;
  return readGrid(look.grid)?.own?.shown ?? boxInGrid(look, grid);
}

/** Where the layer is seen on the page, in pixels of the grid. */
export function boxInGrid(look: NodeLook, grid: Grid): Bounds {
  const toGrid = invertAffine(grid.toPage);
  if (toGrid === null || !hasArea(look.pageBox)) return { x: 0, y: 0, width: 0, height: 0 };
  return mapped(look.pageBox, toGrid);
}
