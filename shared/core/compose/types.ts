/**
 * The values that pass between the stages of composing: register → tone → change → lift → blend. All analysis happens on
 * the *work grid*: the source reduced to about the answer's own size, with the answer brought onto it. The full size is
 * touched only in tiles, by lift and blend.
 */
import type { Bounds, Extent } from '../geometry.ts';
import type { Mask, Pixels, Pixels16 } from '../pixels.ts';
import type { Color } from './matte.ts';

/** The six numbers of CSS `matrix(a,b,c,d,e,f)`: x' = a·x + c·y + e, y' = b·x + d·y + f. Pixel centres lie at +0.5. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** One channel of floats, row-major. */
export interface Plane extends Extent {
  readonly data: Float32Array;
}

/** A colour picture as three planes of 0 to 255 (16-bit pictures are scaled to that range), row-major. */
export interface Planes extends Extent {
  readonly r: Float32Array;
  readonly g: Float32Array;
  readonly b: Float32Array;
}

/**
 * A smooth displacement on the work grid: node (i, j) lies at work position (i·cellPx, j·cellPx), bilinear between nodes.
 * `dx`, `dy` are added to where the affine map says the answer is to be read, in px of the answer.
 */
export interface Flow {
  readonly cellPx: number;
  /** Nodes across and down: they reach at least the work grid's right and bottom edge. */
  readonly columns: number;
  readonly rows: number;
  readonly dx: Float32Array;
  readonly dy: Float32Array;
}

export interface Registration {
  /** False when nothing corresponds (or not reliably): the answer must not be laid over the source as if it did. */
  readonly accepted: boolean;
  /** Answer px → source px; when not accepted, the plain stretch of the one over the other. */
  readonly matrix: Affine;
  /** 0 to 1: how well the two agree where they should. */
  readonly confidence: number;
  /** Median displacement that is left, px of the answer; null when nothing was registered. */
  readonly residualPx: number | null;
  /** Why it was not accepted, or what is unusual, in a sentence for the user; null when there is nothing to say. */
  readonly reason: string | null;
  /** The non-rigid rest where it is well supported; null when the affine map says it all. */
  readonly flow: Flow | null;
}

/** Source and answer on the work grid, pixel on pixel. */
export interface Aligned extends Extent {
  readonly source: Planes;
  /** The answer as registered (affine and flow), its tone untouched. */
  readonly answer: Planes;
  /** 1 where the answer has pixels, 0 where it does not reach. */
  readonly covered: Plane;
  /** Source alpha, 0 to 1; null for an opaque source. */
  readonly alpha: Plane | null;
  /** Source px per work px, 1 or more. */
  readonly sourcePerWork: { readonly x: number; readonly y: number };
  /** Answer px per work px, about: what one work pixel was made of (below 1 where the answer was enlarged). */
  readonly answerPerWork: number;
}

/** What was asked, as far as the composer needs it. */
export interface ComposeAsk {
  /** Where the change may go, in source pixels; null for everywhere. */
  readonly region: Mask | null;
  /** Whether the answer's colour shift is undone; `auto` decides by scope and evidence. */
  readonly tone: 'auto' | 'undo' | 'keep';
  /** How far the instruction reaches, as far as it can be told. */
  readonly scope: 'local' | 'global' | 'unknown';
  /** Place the whole answer, registered: nothing is masked out. */
  readonly whole: boolean;
  /** What transparent parts of the source lay on when it was sent; white when not given. */
  readonly matte?: Color;
}

/** The answer's smooth colour shift, as a map that undoes it. */
export interface ToneFit {
  readonly applied: boolean;
  /** Largest shift that the map undoes where the answer was not edited, in levels of 0 to 255 (99th percentile of pixels). */
  readonly maxShift: number;
  /**
   * Levels to add to r, g, b at 17³ colours of the answer (r outermost), linear between them. Colours that the
   * fit has seen get the map, others a plain gain and offset a channel: a quadratic map means nothing where it was not fitted.
   */
  readonly lattice: Float32Array;
  /** What the map leaves, slowly varying; levels to add after it. Node (i, j) lies at work position ((i + 0.5)·cellPx, (j + 0.5)·cellPx). */
  readonly field: {
    readonly cellPx: number;
    readonly columns: number;
    readonly rows: number;
    readonly r: Float32Array;
    readonly g: Float32Array;
    readonly b: Float32Array;
  } | null;
  /** What was decided and why, in a sentence for the user; null when there is nothing to say. */
  readonly reason: string | null;
}

/** What truly changed, on the work grid. */
export interface Change {
  /** Soft coverage, 0 to 1; exactly 0 outside. */
  readonly mask: Plane;
  /** The share of the source that is covered, 0 to 1. */
  readonly fraction: number;
  /** Noise level that was assumed, levels of 0 to 255. */
  readonly noise: number;
}

/** The change at the source's size. */
export interface Delta {
  /** `bounds` large, straight alpha; alpha 0 (and colour 0) wherever nothing changed. The mask is not in the alpha. */
  readonly pixels: Pixels | Pixels16;
  readonly bounds: Bounds;
  /** Soft mask over `bounds`; the composed picture is the source where it is 0. */
  readonly mask: Mask;
}
