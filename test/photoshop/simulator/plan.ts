/** A document written down by a test, as the user would have it open. */
import { type Bounds, boundsOf } from '../../../shared/core/geometry.ts';
import type { Mask, Pixels, Pixels16 } from '../../../shared/core/pixels.ts';
import type { DocumentPlan, LayerPlan } from '../../contracts/memoryHost.ts';
import { type ColorMeaning, colorsOf, convertRaster, type Mode, spaceOf, workingProfile } from './color.ts';
import type { DocumentState, NextId } from './document.ts';
import { backgroundOf } from './documentCommands.ts';
import { everyLayer, type Layer, type LayerKind, type LayerMask, unlocked } from './layer.ts';
import { newLayer } from './layerCommands.ts';
import { encodePicture } from './pictures.ts';
import { createSamples, cropRaster, type Depth, type Plane, type Raster } from './raster.ts';
import { feathered, type Shape, shapePlane } from './selectionCommands.ts';
import { quadOf, type SmartContents } from './smartObject.ts';

export interface PhotoshopLayerPlan extends Omit<LayerPlan, 'children'> {
  readonly children?: readonly PhotoshopLayerPlan[];
  /** 16 bits, 0 to 65535, in place of `pixels`. */
  readonly deep?: Pixels16;
  /** The Background: bottom, canvas-sized, without transparency. */
  readonly background?: boolean;
  readonly blendMode?: string;
  readonly clipping?: boolean;
  readonly artboard?: boolean;
  /** Value of the mask beyond its bounds, 0 to 255; 0 when left out. */
  readonly maskOutside?: number;
  readonly fillOpacity?: number;
  readonly generatorSettings?: Readonly<Record<string, string>>;
}

/** Pixels are sRGB and are converted to the document's mode and profile. */
export interface PhotoshopPlan extends Omit<DocumentPlan, 'layers'> {
  readonly layers: readonly PhotoshopLayerPlan[];
  readonly mode?: Mode;
  readonly depth?: Depth;
  /** 72 when left out. */
  readonly ppi?: number;
  /** A profile's name; '' for an untagged document; the mode's working profile when left out (sRGB for RGB). */
  readonly profile?: string;
  readonly quickMask?: boolean;
  readonly selection?: SelectionPlan | null;
  readonly xmp?: string;
}

export type SelectionPlan = (Shape & { readonly featherPx?: number }) | { readonly kind: 'mask'; readonly mask: Mask };

const kindOf: Readonly<Record<NonNullable<LayerPlan['kind']>, LayerKind>> = {
  pixels: 'pixel',
  group: 'group',
  text: 'text',
  shape: 'solidColor',
  'smart-object': 'smartObject',
  adjustment: 'adjustment',
  other: 'solidColor',
};

const sRgb: ColorMeaning = { space: 'RGB', profile: 'sRGB IEC61966-2.1' };

export function stateFromPlan(plan: PhotoshopPlan, nextId: NextId): DocumentState {
  const mode = plan.mode ?? 'RGB';
  const depth = plan.depth ?? 8;
  const space = spaceOf(mode);
  const profile = plan.profile ?? (space === null ? '' : workingProfile[space]);
  const meaning: ColorMeaning = space === null ? { space: colorsOf(mode) === 1 ? 'Grayscale' : 'RGB', profile: '' } : { space, profile };
  const grow = (layer: PhotoshopLayerPlan): Layer => layerFromPlan(layer, { plan, meaning, depth, nextId, grow });
  const layers = plan.layers.map(grow);
  const state: DocumentState = {
    width: plan.extent.width,
    height: plan.extent.height,
    resolution: plan.ppi ?? 72,
    mode,
    depth,
    profile,
    layers,
    activeIds: layers.length === 0 ? [] : [everyLayer(layers)[0].layer.id],
    selection: null,
    channels: [],
  };
  return plan.selection == null ? state : { ...state, selection: selectionFrom(state, plan.selection) };
}

interface Growing {
  readonly plan: PhotoshopPlan;
  readonly meaning: ColorMeaning;
  readonly depth: Depth;
  readonly nextId: NextId;
  readonly grow: (layer: PhotoshopLayerPlan) => Layer;
}

function layerFromPlan(layer: PhotoshopLayerPlan, { plan, meaning, depth, nextId, grow }: Growing): Layer {
  const at = layer.at ?? { x: 0, y: 0 };
  const source = layer.deep ?? layer.pixels;
  const picture = source === undefined ? null : pictureOf(source);
  const raster = picture === null ? null : placedAt(convertRaster(picture, sRgb, meaning, depth), at);
  const kind = layer.children ? 'group' : layer.kind === undefined ? 'pixel' : kindOf[layer.kind];
  if (layer.background) {
    if (raster === null) throw new Error('a Background needs pixels');
    return { ...backgroundOf(cropRaster(raster, boundsOf(plan.extent)), nextId), name: layer.name };
  }
  const smart: SmartContents | null =
    kind === 'smartObject' && picture !== null
      ? {
          fileName: `${layer.name}.png`,
          bytes: encodePicture(picture, sRgb),
          picture,
          meaning: sRgb,
          ppi: plan.ppi ?? 72,
          quad: quadOf(at.x, at.y, picture.bounds.width, picture.bounds.height),
        }
      : null;
  return newLayer(nextId, layer.name, kind, {
    raster,
    smart,
    adjustment: kind === 'adjustment' ? 'invert' : null,
    visible: layer.visible ?? true,
    locks: layer.locked ? { ...unlocked, all: true } : unlocked,
    opacity: (layer.opacity ?? 1) * 100,
    fillOpacity: (layer.fillOpacity ?? 1) * 100,
    clipping: layer.clipping ?? false,
    isArtboard: layer.artboard ?? false,
    mask: layer.mask ? maskFrom(layer.mask, layer.maskOutside ?? 0, depth) : null,
    children: layer.children?.map(grow) ?? null,
    blendMode: layer.blendMode ?? (layer.children ? 'passThrough' : 'normal'),
    generatorSettings: new Map(Object.entries(layer.generatorSettings ?? {})),
  });
}

const placedAt = (raster: Raster, at: { x: number; y: number }): Raster => ({ ...raster, bounds: { ...raster.bounds, ...at } });

function pictureOf({ width, height, data }: Pixels | Pixels16): Raster {
  const bounds: Bounds = { x: 0, y: 0, width, height };
  if (data instanceof Uint16Array) {
    const own = new Uint16Array(data.length);
    for (let i = 0; i < own.length; i++) own[i] = (data[i] * 32768) / 65535 + 0.5;
    return { bounds, channels: 4, data: own };
  }
  return { bounds, channels: 4, data: new Uint8Array(data) };
}

const scaled = (bytes: ArrayLike<number>, depth: Depth): Plane['data'] => {
  const data = createSamples(depth, bytes.length);
  for (let i = 0; i < data.length; i++)
    data[i] = depth === 8 ? bytes[i] : depth === 16 ? Math.round((bytes[i] * 32768) / 255) : bytes[i] / 255;
  return data;
};

function maskFrom({ bounds, data }: Mask, outside: number, depth: Depth): LayerMask {
  return {
    bounds,
    data: scaled(data, depth),
    outside: scaled([outside], depth)[0],
    enabled: true,
    linked: true,
    density: 100,
    featherPx: 0,
  };
}

export function selectionFrom(state: Pick<DocumentState, 'depth'>, plan: SelectionPlan): Plane {
  if (plan.kind === 'mask') return { bounds: plan.mask.bounds, data: scaled(plan.mask.data, state.depth), outside: 0 };
  return feathered(shapePlane(state.depth, plan), plan.featherPx ?? 0);
}
