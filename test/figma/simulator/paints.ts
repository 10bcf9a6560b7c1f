/** Paints and effects as Figma accepts them. */
import { identity } from './matrix.ts';
import { anything, arrayOf, boolean, byType, type Check, number, object, oneOf, string, transform } from './schema.ts';

export const blendModes = [
  'PASS_THROUGH',
  'NORMAL',
  'DARKEN',
  'MULTIPLY',
  'LINEAR_BURN',
  'COLOR_BURN',
  'LIGHTEN',
  'SCREEN',
  'LINEAR_DODGE',
  'COLOR_DODGE',
  'OVERLAY',
  'SOFT_LIGHT',
  'HARD_LIGHT',
  'DIFFERENCE',
  'EXCLUSION',
  'HUE',
  'SATURATION',
  'COLOR',
  'LUMINOSITY',
] as const;

export interface Rgb {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

export interface SimImagePaint {
  readonly type: 'IMAGE';
  readonly scaleMode: 'FILL' | 'FIT' | 'CROP' | 'TILE';
  readonly imageHash: string | null;
  readonly imageTransform?: readonly (readonly number[])[];
  readonly scalingFactor?: number;
  readonly rotation?: number;
  readonly filters?: Readonly<Record<string, number>>;
}

export type SimPaint = { readonly visible?: boolean; readonly opacity?: number; readonly blendMode?: string } & (
  | { readonly type: 'SOLID'; readonly color: Rgb }
  | {
      readonly type: 'GRADIENT_LINEAR' | 'GRADIENT_RADIAL' | 'GRADIENT_ANGULAR' | 'GRADIENT_DIAMOND';
      readonly gradientStops: readonly { readonly position: number; readonly color: Rgb & { readonly a: number } }[];
      readonly gradientTransform: readonly (readonly number[])[];
    }
  | SimImagePaint
  | { readonly type: 'VIDEO'; readonly scaleMode: string; readonly videoHash: string | null }
  | { readonly type: 'PATTERN'; readonly sourceNodeId: string }
);

const unit = number(0, 1);
const color = object({ r: unit, g: unit, b: unit });
const colorAlpha = object({ r: unit, g: unit, b: unit, a: unit });
const shared: Record<string, Check> = {
  visible: boolean,
  opacity: unit,
  blendMode: oneOf(...blendModes),
  boundVariables: anything,
};
const type = string;
const adjustment = number(-1, 1);
const filterNames = ['exposure', 'contrast', 'saturation', 'temperature', 'tint', 'highlights', 'shadows'];
const filters = object({}, Object.fromEntries(filterNames.map((name) => [name, adjustment])));
const scaleMode = oneOf('FILL', 'FIT', 'CROP', 'TILE');
const gradient = object(
  {
    type,
    gradientTransform: transform,
    gradientStops: arrayOf(object({ position: unit, color: colorAlpha }, { boundVariables: anything })),
  },
  shared,
);
const nullableString: Check = (value, path) => (value === null ? null : string(value, path));
const pictured = { imageTransform: transform, scalingFactor: number(0), rotation: number(), filters };

const paintKinds: Record<string, Check> = {
  SOLID: object({ type, color }, shared),
  GRADIENT_LINEAR: gradient,
  GRADIENT_RADIAL: gradient,
  GRADIENT_ANGULAR: gradient,
  GRADIENT_DIAMOND: gradient,
  IMAGE: object({ type, scaleMode, imageHash: nullableString }, { ...shared, ...pictured }),
  VIDEO: object({ type, scaleMode, videoHash: nullableString }, { ...shared, ...pictured }),
  PATTERN: object(
    { type, sourceNodeId: string, tileType: oneOf('RECTANGULAR', 'HORIZONTAL_HEXAGONAL', 'VERTICAL_HEXAGONAL'), scalingFactor: number() },
    { ...shared, spacing: anything, horizontalAlignment: string },
  ),
};

export const paintList: Check = arrayOf(byType(paintKinds));

const shadow = object(
  {
    type,
    color: colorAlpha,
    offset: object({ x: number(), y: number() }),
    radius: number(0),
    visible: boolean,
    blendMode: shared.blendMode,
  },
  { spread: number(), showShadowBehindNode: boolean, boundVariables: anything },
);
const blur = object({ type, radius: number(0), visible: boolean }, { blurType: string, boundVariables: anything });

export const effectList: Check = arrayOf(
  byType({ DROP_SHADOW: shadow, INNER_SHADOW: shadow, LAYER_BLUR: blur, BACKGROUND_BLUR: blur, NOISE: anything, TEXTURE: anything }),
);

const noFilters = Object.fromEntries(filterNames.map((name) => [name, 0]));

/**
 * As Figma gives paints back: with all fields that have a value by themselves, also those that mean nothing in the paint's scale
 * mode. Only a cropped one has no rotation.
 */
export function completePaints(paints: readonly SimPaint[]): readonly SimPaint[] {
  return paints.map((paint) => {
    const full = { visible: true, opacity: 1, blendMode: 'NORMAL', ...paint };
    if (full.type === 'SOLID') return { boundVariables: {}, ...full };
    if (full.type !== 'IMAGE') return full;
    const { imageTransform = identity, scalingFactor = 0.5, rotation = 0, filters: some, ...rest } = full;
    const turned = full.scaleMode === 'CROP' ? {} : { rotation };
    return { ...rest, imageTransform, scalingFactor, ...turned, filters: { ...noFilters, ...some } };
  });
}
