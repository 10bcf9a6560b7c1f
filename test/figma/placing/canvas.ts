/** A Figma file with a user at it and Retake's placing running in it, as the panel would call it. */
import { encode } from 'fast-png';
import { type PlaceCalls, placeCalls } from '../../../figma-plugin/sandbox/placing/placeCalls.ts';
import { affineOf, coveringFill, croppedFill } from '../../../figma-plugin/sandbox/scene/fillGeometry.ts';
import { createUndoEdge } from '../../../figma-plugin/sandbox/undoEdge.ts';
import type { Grid } from '../../../figma-plugin/wire/grid.ts';
import type { PicturedLikeFill, PlacedNode, PlaceNode } from '../../../figma-plugin/wire/hostCalls.ts';
import { takeNamespace } from '../../../figma-plugin/wire/takeData.ts';
import { type AbortSignal, neverAborted } from '../../../shared/core/abort.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import type { Extent } from '../../../shared/core/geometry.ts';
import type { Answers } from '../../../shared/line/line.ts';
import { MainTime } from '../mainTime.ts';
import { createFigmaFile, type FigmaFile, type FigmaFileOptions, type TreeNode } from '../simulator/index.ts';

type Put = Omit<Partial<PlaceNode>, 'picture'> & { readonly picture?: PlaceNode['picture'] };

export const red = [230, 40, 50, 255] as const;
export const blue = [30, 60, 220, 255] as const;

/** `colour` may tell it pixel by pixel. */
export function png({ width, height }: Extent, colour: readonly number[] | ((x: number, y: number) => readonly number[])): Uint8Array {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(typeof colour === 'function' ? colour(x, y) : colour, (y * width + x) * 4);
  }
  return encode({ width, height, data, channels: 4 });
}

export const provenance = JSON.stringify({ schema: 1, model: 'offline', at: '2026-01-02T03:04:05Z', instruction: 'make it red' });

export const gridOf = (extent: Extent, toPage: Affine, as: Grid['as'] = 'image'): Grid => ({
  schema: 1,
  as,
  sources: [],
  extent,
  toPage,
  toNode: null,
  own: null,
});

export function answerOf<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(`expected a value, got ${JSON.stringify(result.error)}`);
  return result.value;
}

/** Calls as the panel makes them. */
export function asPanel(figma: PluginAPI) {
  const answers: Answers<PlaceCalls> = placeCalls(figma, createUndoEdge(figma, new MainTime().after));
  const ask = async <K extends keyof PlaceCalls>(
    what: K,
    payload: PlaceCalls[K]['ask'],
    signal: AbortSignal = neverAborted,
  ): Promise<PlaceCalls[K]['answer']> => (await answers[what](payload as never, signal)).answer as PlaceCalls[K]['answer'];
  return {
    ask,
    /** A step with one take. */
    async place(put: PlaceNode): Promise<PlacedNode> {
      const { step } = answerOf(await ask('beginStep', { label: 'Retake' }));
      const placed = await ask('place', { step, put });
      answerOf(await ask('endStep', { step, keep: placed.ok }));
      return answerOf(placed);
    },
  };
}

/** A take of the picture in a node's topmost fill, as the panel asks for it. */
export function likeFill(node: SceneNode & LayoutMixin & MinimalFillsMixin, extent: Extent, bytes: Uint8Array, more: Put = {}): PlaceNode {
  const fills = node.fills as readonly Paint[];
  const paintIndex = fills.length - 1;
  const paint = fills[paintIndex] as ImagePaint;
  const toPage = affineOf(node.absoluteTransform);
  const picture: PicturedLikeFill = {
    kind: 'like-fill',
    node: node.id,
    paintIndex,
    hash: paint.imageHash ?? '',
    png: bytes,
    was: { size: { width: node.width, height: node.height }, toPage, pictureToNode: pictureToNode(paint, extent, node), extent },
  };
  return { ...at(node, more), picture, data: data(gridOf(extent, toPage)), ...more };
}

/** A take of a node as it was rendered, `scale` pixels a unit. */
export function rendered(node: SceneNode & LayoutMixin, scale: number, colour: Parameters<typeof png>[1], more: Put = {}): PlaceNode {
  const { x, y, width, height } = node.absoluteBoundingBox!;
  const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
  const toPage: Affine = [1 / scale, 0, 0, 1 / scale, x, y];
  const tiles = [{ png: png(size, colour), size, toPage }];
  return { ...at(node, more), picture: { kind: 'tiles', tiles }, data: data(gridOf(size, toPage, 'rendered')), ...more };
}

export const data = (grid: Grid): PlaceNode['data'] => ({ story: '{"story":"✓ 🦊"}', grid: JSON.stringify(grid), provenance });

function at(node: SceneNode & LayoutMixin, more: Put): Omit<PlaceNode, 'picture' | 'data'> {
  let page: BaseNode = node;
  while (page.parent !== null && page.type !== 'PAGE') page = page.parent;
  return {
    at: 'above',
    sources: [node.id],
    readAt: affineOf(node.absoluteTransform),
    above: node.id,
    container: node.parent?.id ?? page.id,
    page: page.id,
    name: 'make it red',
    placeholder: null,
    ...more,
  };
}

function pictureToNode(paint: ImagePaint, picture: Extent, node: Extent): Affine {
  if (paint.scaleMode === 'CROP') return croppedFill(picture, node, paint.imageTransform!)!;
  return coveringFill(picture, node, paint.scaleMode as 'FILL' | 'FIT', Math.round((paint.rotation ?? 0) / 90));
}

export const extent = { width: 8, height: 6 };

export interface Canvas {
  readonly file: FigmaFile;
  /** The user's hands: Figma's editor, without the rules of plug-ins. */
  readonly user: PluginAPI;
  readonly panel: ReturnType<typeof asPanel>;
  node<T extends SceneNode = RectangleNode>(id: string): T;
  gridOf(id: string): Grid;
  /** All of a node, or of the file, as plain data. */
  dump(node?: BaseNode): TreeNode;
  /** Whether `upper` is the next sibling of `lower`. */
  orderOn(lower: SceneNode, upper: SceneNode): 'right above' | 'elsewhere';
}

export function open(options: FigmaFileOptions = {}): Canvas {
  const file = createFigmaFile(options);
  const user = file.build((hands) => hands);
  return {
    file,
    user,
    panel: asPanel(file.figma),
    node: (id) => user.getNodeById(id) as never,
    gridOf: (id) => JSON.parse((user.getNodeById(id) as SceneNode).getSharedPluginData(takeNamespace, 'grid')),
    dump: (node) => file.tree(node?.id),
    orderOn(lower, upper) {
      const siblings = lower.parent!.children.map(({ id }) => id);
      return siblings.indexOf(upper.id) === siblings.indexOf(lower.id) + 1 ? 'right above' : 'elsewhere';
    },
  };
}

/** 80 × 60 units, filled with a picture of `extent`. */
export function photo({ user }: Pick<Canvas, 'user'>, parent: BaseNode & ChildrenMixin = user.currentPage): RectangleNode {
  const node = user.createRectangle();
  node.name = 'Photo';
  node.resize(80, 60);
  node.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: user.createImage(png(extent, [9, 9, 9, 255])).hash }];
  parent.appendChild(node);
  return node;
}
