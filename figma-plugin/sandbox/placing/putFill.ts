/** A take as one more paint on the layer itself, above those it has; all of them are kept. */
import { composeAffine, invertAffine } from '../../../shared/core/compose/affine.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import { isLockedAround } from '../scene/around.ts';
import { affineOf } from '../scene/fillGeometry.ts';
import type { Picture } from './putAbove.ts';
import { cropPaint, paintsOf } from './takePaint.ts';

export type Filled = SceneNode & MinimalFillsMixin & LayoutMixin;

/** Why the layer cannot be given a further fill without changing what the user made of it; null when it can. */
export function whyNoFill(node: SceneNode | null, picture: 'like-fill' | 'tiles', count: number): string | null {
  if (node === null || count !== 1) return 'A fill belongs to one layer, so the take lies above instead.';
  const name = `“${node.name}”`;
  const above = 'so the take lies above it.';
  if (isLockedAround(node)) return `${name} is locked and stays as it is, ${above}`;
  if (!('fills' in node)) return `${name} has no fills of its own, ${above}`;
  if (paintsOf(node) === null) return `The letters of ${name} have different fills, ${above}`;
  if (node.fillStyleId !== '') return `The fill of ${name} comes from a style, which a further one would detach, ${above}`;
  if (picture === 'like-fill') return null;
  if ('children' in node && node.children.some(({ visible }) => visible))
    return `A fill of ${name} would lie beneath what is in it, ${above}`;
  return node.type === 'TEXT' ? `A fill of ${name} would show in its letters only, ${above}` : null;
}

/** The rendered picture as a fill that lies where it was read. */
export function renderedPaint(node: Filled, picture: Picture, pictureToPage: Affine): ImagePaint {
  const toNode = invertAffine(affineOf(node.absoluteTransform));
  return cropPaint(picture.hash, toNode === null ? pictureToPage : composeAffine(toNode, pictureToPage), picture, node);
}

/** Waits where a pattern is among the fills, which Figma takes only so. */
export async function setPaints(node: Filled, paints: readonly Paint[]): Promise<void> {
  if (paints.some(({ type }) => type === 'PATTERN')) await node.setFillsAsync(paints);
  else node.fills = paints;
}

function topmost(paints: readonly Paint[], hash: string): number {
  const at = [...paints].reverse().findIndex((paint) => paint.type === 'IMAGE' && paint.imageHash === hash);
  return at < 0 ? at : paints.length - 1 - at;
}

/** The fills without the topmost one that shows this picture; null when none does. */
export function withoutPaint(node: SceneNode, hash: string): readonly Paint[] | null {
  const paints = paintsOf(node);
  const at = paints === null ? -1 : topmost(paints, hash);
  return paints === null || at < 0 ? null : paints.filter((_, i) => i !== at);
}

/** The fills with that paint shown or hidden; null when there is none. */
export function withPaintShown(node: SceneNode, hash: string, isVisible: boolean): readonly Paint[] | null {
  const paints = paintsOf(node);
  const at = paints === null ? -1 : topmost(paints, hash);
  return paints === null || at < 0 ? null : paints.map((paint, i) => (i === at ? { ...paint, visible: isVisible } : paint));
}

/** A take inside of a main component shows in all of its instances; the user has to know. */
export function componentNote(node: SceneNode): readonly string[] {
  for (let at: BaseNode | null = node; at !== null; at = at.parent) {
    if (at.type === 'INSTANCE') return [];
    if (at.type === 'COMPONENT') return [`“${node.name}” belongs to the component “${at.name}”: the fill shows in its instances too.`];
  }
  return [];
}
