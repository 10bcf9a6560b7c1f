/**
 * The pixel grid of what is edited. Figma's canvas has no pixels of its own, so a take lies in the grid of what it was made
 * from: the pixels of a picture fill, or those of a node as it is rendered. Bounds of the core are in this grid.
 */
import type { Affine } from '../../shared/core/compose/types.ts';
import type { Bounds, Extent } from '../../shared/core/geometry.ts';
import type { NodeId } from './hostCalls.ts';

export interface Grid {
  readonly schema: 1;
  /** `image`: pixels of the picture in a fill; `rendered`: of the node, or of several together, as they show. */
  readonly as: 'image' | 'rendered';
  readonly sources: readonly NodeId[];
  readonly extent: Extent;
  /** Grid pixels to page units, when it was made. */
  readonly toPage: Affine;
  /** Grid pixels to the units of the node that carries this (a take's rectangle, or the group of its tiles); null on none. */
  readonly toNode: Affine | null;
  /** Of a take: the part of the grid that its own picture covers, and the part of it that is not transparent. */
  readonly own: { readonly picture: Bounds; readonly shown: Bounds } | null;
  /** Of a take that has all of its layer in it. */
  readonly isAlone?: true;
}
