/** The picture in a layer's fills that can be edited by its own bytes, and what stands in the way of that. */
import type { Extent } from '../../../shared/core/geometry.ts';
import { pictureTypeOf } from '../../../shared/core/pictureType.ts';
import type { Caveat, ImageFill } from '../../wire/hostCalls.ts';
import { takeKey, takeNamespace } from '../../wire/takeData.ts';
import { coveringFill, croppedFill, isCropped } from './fillGeometry.ts';

interface Filling {
  readonly image: ImageFill | null;
  readonly isFilled: boolean;
  readonly caveats: readonly Caveat[];
}

/** What is known of a picture of the file, by its hash: the bytes of a hash never change. */
export interface Pictures {
  look(hash: string): Promise<PictureLook | null>;
}

interface PictureLook extends Extent {
  /** A GIF: it may move, and it is no type that can be opened as pixels. */
  readonly isGif: boolean;
}

export function createPictures(figma: PluginAPI): Pictures {
  const known = new Map<string, PictureLook>();
  return {
    async look(hash) {
      const before = known.get(hash);
      if (before !== undefined) return before;
      // A lost picture is not remembered: a file may bring it later.
      try {
        const image = figma.getImageByHash(hash);
        if (image === null) return null;
        const { width, height } = await image.getSizeAsync();
        if (!(width > 0 && height > 0)) return null;
        // Nothing but the bytes tells their type.
        const look = { width, height, isGif: pictureTypeOf(await image.getBytesAsync()) === null };
        known.set(hash, look);
        return look;
      } catch {
        return null;
      }
    },
  };
}

const nothing: Filling = { image: null, isFilled: false, caveats: [] };

export async function fillingOf(node: SceneNode, pictures: Pictures): Promise<Filling> {
  if (!('fills' in node)) return nothing;
  const { fills } = node;
  // `figma.mixed`: a text with several.
  if (typeof fills === 'symbol') return { image: null, isFilled: true, caveats: ['mixed-fills'] };
  const index = topmost(node, fills);
  if (index < 0) return nothing;
  const paint = fills[index];
  const rendered = (...caveats: readonly Caveat[]): Filling => ({ image: null, isFilled: true, caveats });
  if (paint.type === 'VIDEO') return rendered('animated');
  if (paint.type === 'PATTERN') return rendered('tiled');
  if (paint.type !== 'IMAGE') return rendered();
  if (paint.imageHash === null) return rendered('missing-picture');
  const picture = await pictures.look(paint.imageHash);
  if (picture === null) return rendered('missing-picture');
  if (picture.isGif) return rendered('animated');
  if (paint.scaleMode === 'TILE') return rendered('tiled');
  const layer = { width: node.width, height: node.height };
  const toNode =
    paint.scaleMode === 'CROP'
      ? croppedFill(picture, layer, paint.imageTransform ?? unit)
      : coveringFill(picture, layer, paint.scaleMode, Math.round((paint.rotation ?? 0) / 90));
  if (toNode === null || !toNode.every(Number.isFinite)) return rendered('cropped');
  const hasFilters = Object.values(paint.filters ?? {}).some((value) => value !== 0);
  return {
    image: {
      hash: paint.imageHash,
      extent: { width: picture.width, height: picture.height },
      paintIndex: index,
      scaleMode: paint.scaleMode,
      opacity: paint.opacity ?? 1,
      toNode,
      hasFilters,
      isCovered: 'children' in node && node.children.some(({ visible }) => visible),
    },
    isFilled: true,
    caveats: [
      ...(isCropped(toNode, picture, layer) ? (['cropped'] as const) : []),
      ...(hasFilters ? (['filtered'] as const) : []),
      ...(isThin(paint) ? (['see-through-fill'] as const) : []),
    ],
  };
}

const unit: Transform = [
  [1, 0, 0],
  [0, 1, 0],
];

export const showsPaint = (paint: Paint): boolean => paint.visible !== false && (paint.opacity ?? 1) > 0;

/** Whether what is beneath a paint shows through it, whatever its picture is. */
export const isThin = ({ opacity = 1, blendMode = 'NORMAL' }: Paint): boolean => opacity < 1 || blendMode !== 'NORMAL';

/** The list runs from the bottom to the top. What we have put on top is no part of the user's own layer. */
function topmost(node: SceneNode, fills: readonly Paint[]): number {
  for (let i = fills.length - 1; i >= 0; i--) if (showsPaint(fills[i]) && !isOurs(node, fills[i])) return i;
  return -1;
}

export function isOurs(node: SceneNode, paint: Paint): boolean {
  if (paint.type !== 'IMAGE' || paint.imageHash === null) return false;
  return node.getSharedPluginData(takeNamespace, takeKey('grid', { node: node.id, hash: paint.imageHash })) !== '';
}
