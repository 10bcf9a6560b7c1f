/**
 * What the offline model can be told to do, as data: the words of an instruction become a list of these, and each
 * becomes one pass over the picture. Amounts are 1 for the plain word ("brighter"), below it for "slightly".
 */
import type { NamedColor } from './colors.ts';

export interface Command {
  readonly effect: Effect;
  readonly target: Target;
}

export type Effect =
  | { readonly kind: 'recolor'; readonly to: ColorSource }
  | { readonly kind: 'tint'; readonly to: ColorSource; readonly amount: number }
  /** Signed: below 0 is darker, cooler, less colourful. */
  | { readonly kind: 'brightness' | 'contrast' | 'warmth' | 'saturation'; readonly amount: number }
  | { readonly kind: 'blackAndWhite' | 'sepia' | 'invert' | 'lineArt' | 'night'; readonly amount: number }
  | { readonly kind: 'duotone'; readonly colors: readonly [NamedColor, NamedColor] }
  | { readonly kind: 'blur' | 'sharpen' | 'pixelate' | 'posterise'; readonly amount: number }
  | { readonly kind: 'flip'; readonly axis: 'horizontal' | 'vertical' | 'both' }
  | { readonly kind: 'text'; readonly text: string; readonly place: Place; readonly color: NamedColor | null; readonly size: number }
  | { readonly kind: 'shape'; readonly shape: ShapeName; readonly place: Place; readonly color: NamedColor | null; readonly size: number }
  /** `fill` null: the ground that the request's prompt names, else white. */
  | { readonly kind: 'cutOut'; readonly fill: NamedColor | null };

/** A colour in words, or the colours of another picture of the request (0 is the first reference). */
export type ColorSource = { readonly kind: 'named'; readonly color: NamedColor } | { readonly kind: 'reference'; readonly index: number };

/** Which part of the picture a command is for. */
export type Target =
  | { readonly kind: 'whole' }
  /** Everything of a colour, with the user's words for it ("red jacket"). */
  | { readonly kind: 'color'; readonly color: NamedColor; readonly words: string }
  | { readonly kind: 'except'; readonly color: NamedColor }
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'background' }
  /** A thing that only a model could find; works where a region or a plain ground already singles it out. */
  | { readonly kind: 'thing'; readonly words: string };

export type Vertical = 'top' | 'middle' | 'bottom';
export type Horizontal = 'left' | 'centre' | 'right';

export interface Place {
  readonly vertical: Vertical;
  readonly horizontal: Horizontal;
}

export const shapeNames = [
  'circle',
  'ring',
  'square',
  'rectangle',
  'triangle',
  'diamond',
  'hexagon',
  'star',
  'heart',
  'arrow',
  'cross',
  'line',
  'frame',
  'sun',
  'moon',
  'badge',
] as const;
export type ShapeName = (typeof shapeNames)[number];
