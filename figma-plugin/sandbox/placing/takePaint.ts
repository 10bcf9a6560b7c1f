/** The paint that shows a take: that of the fill it was made from, with another picture in it. */
import { composeAffine, invertAffine, scaleAffine } from '../../../shared/core/compose/affine.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import type { Extent } from '../../../shared/core/geometry.ts';
import type { PicturedLikeFill } from '../../wire/hostCalls.ts';
import { coveringFill, croppedFill } from '../scene/fillGeometry.ts';
import { isOurs } from '../scene/imageFill.ts';
import { transformOf } from './geometry.ts';

/** All of the picture on all of the node. `FILL` would cut what sticks out where the ratios are not the very same. */
export function wholePaint(hash: string, picture: Extent, node: Extent): ImagePaint {
  const [a, b] = [picture.width * node.height, picture.height * node.width];
  if (Math.abs(a - b) < 1e-6 * a) return { type: 'IMAGE', scaleMode: 'FILL', imageHash: hash };
  return cropPaint(hash, scaleAffine(node.width / picture.width, node.height / picture.height), picture, node);
}

/** `pictureToNode` is from picture pixels to the node's units; Figma wants the unit square of the node in that of the picture. */
export function cropPaint(hash: string, pictureToNode: Affine, picture: Extent, node: Extent): ImagePaint {
  const toPicture = invertAffine(pictureToNode);
  if (toPicture === null) return { type: 'IMAGE', scaleMode: 'FILL', imageHash: hash };
  const imageTransform = transformOf(
    composeAffine(scaleAffine(1 / picture.width, 1 / picture.height), composeAffine(toPicture, scaleAffine(node.width, node.height))),
  );
  return { type: 'IMAGE', scaleMode: 'CROP', imageHash: hash, imageTransform };
}

/** The fill as it is now: at its index, or wherever its picture has gone in the list. Null when it is gone. */
export function fillNow(node: SceneNode, like: PicturedLikeFill): ImagePaint | null {
  const fills = paintsOf(node) ?? [];
  return (fills[indexNow(fills, like)] as ImagePaint | undefined) ?? null;
}

/** -1 when it is gone. */
function indexNow(fills: readonly Paint[], { paintIndex, hash }: PicturedLikeFill): number {
  const shows = (paint: Paint | undefined): boolean => paint?.type === 'IMAGE' && paint.imageHash === hash;
  if (shows(fills[paintIndex])) return paintIndex;
  for (let i = fills.length - 1; i >= 0; i--) if (shows(fills[i])) return i;
  return -1;
}

/**
 * The fills of a copy that shows `paint` instead of the picture it was made from. That one is kept, hidden: it would shine through
 * wherever the new one is see-through. Takes that are further fills of the layer stay with the layer.
 */
export function fillsOfCopy(node: SceneNode, like: PicturedLikeFill, paint: ImagePaint): readonly Paint[] {
  const fills = paintsOf(node) ?? [];
  const at = indexNow(fills, like);
  if (at < 0) return [...fills.filter((each) => !isOurs(node, each)), paint];
  return fills.flatMap((each, i) => (i === at ? [{ ...each, visible: false }, paint] : isOurs(node, each) ? [] : [each]));
}

/** Null for nodes without fills, and for text of several. */
export function paintsOf(node: SceneNode): readonly Paint[] | null {
  if (!('fills' in node)) return null;
  // `figma.mixed` is a symbol.
  return Array.isArray(node.fills) ? node.fills : null;
}

/** The ratio decides, not the size: crops are told in shares of the picture. */
const sameRatio = (a: Extent, b: Extent): boolean =>
  Math.abs(a.width * b.height - b.width * a.height) <= Math.max(a.width, b.width, a.height, b.height);

/** The same crop, filters and blending, another picture. */
export function likePaint(paint: ImagePaint | null, hash: string, picture: Extent, { was }: PicturedLikeFill): ImagePaint {
  if (paint !== null && sameRatio(picture, was.extent)) return { ...paint, imageHash: hash, visible: true };
  const stretched = composeAffine(was.pictureToNode, scaleAffine(was.extent.width / picture.width, was.extent.height / picture.height));
  const crop = cropPaint(hash, stretched, picture, was.size);
  if (paint === null) return crop;
  const { scaleMode, imageTransform, rotation, scalingFactor, ...kept } = paint;
  return { ...kept, ...crop, visible: true };
}

/** Picture pixels to the units of the node as it is now. */
export function pictureToNode(paint: ImagePaint | null, { was }: PicturedLikeFill, size: Extent): Affine {
  if (paint === null || paint.scaleMode === 'TILE') {
    return composeAffine(scaleAffine(size.width / was.size.width, size.height / was.size.height), was.pictureToNode);
  }
  if (paint.scaleMode !== 'CROP') return coveringFill(was.extent, size, paint.scaleMode, Math.round((paint.rotation ?? 0) / 90));
  return (paint.imageTransform && croppedFill(was.extent, size, paint.imageTransform)) ?? was.pictureToNode;
}
