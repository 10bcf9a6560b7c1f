/**
 * Every layer's properties in one call. Through the document object each would be a journey of its own, and some (whether
 * there is a mask) it does not tell.
 */
import { type Bounds, union } from '../../shared/core/geometry.ts';
import type { LayerInfo, LayerRef } from '../../shared/core/host.ts';
import type { ActionDescriptor, PsAction } from '../types/modules.ts';
import { numberIn, playOne } from './batchPlay.ts';
import { HostError } from './hostError.ts';

export interface LayerRow {
  readonly id: number;
  readonly name: string;
  readonly kind: LayerInfo['kind'];
  readonly parent: LayerRow | null;
  readonly isArtboard: boolean;
  readonly isBackground: boolean;
  /** Without effects; of a group, of all that is in it; of an artboard, its own. */
  readonly bounds: Bounds;
  readonly isVisible: boolean;
  /** Of everything, of its pixels, or of its place. */
  readonly isLocked: boolean;
  /** 0 to 1: the layer's, and the part of it that effects are exempt from. */
  readonly opacity: number;
  readonly fillOpacity: number;
  readonly hasUserMask: boolean;
  /** The user mask does what its numbers say: it is switched on, at full density, without a feather of its own. */
  readonly isMaskPlain: boolean;
  readonly hasVectorMask: boolean;
  readonly hasEffects: boolean;
  readonly isClipped: boolean;
}

/** The same as in a saved file, so that a document's history still finds its layers when it is opened again, here or elsewhere. */
export const refOf = (id: number): LayerRef => `layer-${id}`;

/** Null when it names no layer of Photoshop's. */
export function idOf(ref: LayerRef): number | null {
  const digits = /^layer-(\d+)$/.exec(ref);
  return digits === null ? null : Number(digits[1]);
}

const properties = [
  'layerID',
  'name',
  'layerKind',
  'layerSection',
  'background',
  'artboardEnabled',
  'artboard',
  'boundsNoEffects',
  'visible',
  'layerLocking',
  'opacity',
  'fillOpacity',
  'hasUserMask',
  'userMaskEnabled',
  'userMaskDensity',
  'userMaskFeather',
  'hasVectorMask',
  'layerEffects',
  'layerFXVisible',
  'group',
];

/** Top first, groups before what is in them. */
export async function readRows(action: PsAction, documentId: number): Promise<readonly LayerRow[]> {
  const answer = await playOne(action, {
    _obj: 'multiGet',
    _target: [{ _ref: 'document', _id: documentId }],
    // Index 0 is the Background, where there is one; what is missing is left out.
    extendedReference: [properties, { _obj: 'layer', index: 0, count: -1 }],
    options: { failOnMissingProperty: false, failOnMissingElement: false },
  });
  const list = answer.list as readonly ActionDescriptor[] | undefined;
  if (!Array.isArray(list)) throw new HostError('the layers were not told');
  return rowsOf(list);
}

/** From the flat list, bottom first, in which a group is a start and an end. */
export function rowsOf(list: readonly ActionDescriptor[]): readonly LayerRow[] {
  const rows: Mutable<LayerRow>[] = [];
  const open: LayerRow[] = [];
  for (const layer of [...list].reverse()) {
    const section = layer.layerSection?._value;
    if (section === 'layerSectionEnd') {
      open.pop();
      continue;
    }
    const row = rowOf(layer, open.at(-1) ?? null);
    rows.push(row);
    if (section === 'layerSectionStart') open.push(row);
  }
  // From the innermost out: a group is as large as what is in it.
  for (const row of [...rows].reverse()) {
    const { parent } = row;
    if (parent !== null && !parent.isArtboard) (parent as Mutable<LayerRow>).bounds = union(parent.bounds, row.bounds);
  }
  return rows;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function rowOf(layer: ActionDescriptor, parent: LayerRow | null): Mutable<LayerRow> {
  const kind = kindOf(layer);
  const isArtboard = layer.artboardEnabled === true;
  return {
    id: Number(layer.layerID),
    name: String(layer.name ?? ''),
    kind,
    parent,
    isArtboard,
    isBackground: layer.background === true,
    bounds: isArtboard ? edgesOf(layer.artboard?.artboardRect) : kind === 'group' ? noBounds : edgesOf(layer.boundsNoEffects),
    isVisible: layer.visible !== false,
    isLocked: ['protectAll', 'protectComposite', 'protectPosition'].some((lock) => layer.layerLocking?.[lock] === true),
    opacity: (numberIn(layer.opacity) ?? 255) / 255,
    fillOpacity: (numberIn(layer.fillOpacity) ?? 255) / 255,
    hasUserMask: layer.hasUserMask === true,
    isMaskPlain:
      layer.userMaskEnabled !== false && (numberIn(layer.userMaskDensity) ?? 255) === 255 && (numberIn(layer.userMaskFeather) ?? 0) === 0,
    hasVectorMask: layer.hasVectorMask === true,
    hasEffects: layer.layerEffects != null && layer.layerFXVisible !== false,
    isClipped: layer.group === true,
  };
}

const noBounds: Bounds = { x: 0, y: 0, width: 0, height: 0 };

function edgesOf(edges: unknown): Bounds {
  const at = (name: string): number => Math.round(numberIn((edges as Record<string, unknown> | undefined)?.[name]) ?? 0);
  const [left, top] = [at('left'), at('top')];
  return { x: left, y: top, width: Math.max(0, at('right') - left), height: Math.max(0, at('bottom') - top) };
}

/** Photoshop's numbers of kinds (PSLayerKind); fills are layers of another kind, unless a path makes a shape of one. */
function kindOf(layer: ActionDescriptor): LayerInfo['kind'] {
  if (layer.layerSection?._value === 'layerSectionStart') return 'group';
  switch (numberIn(layer.layerKind)) {
    case 1:
    case 12:
      return 'pixels';
    case 2:
      return 'adjustment';
    case 3:
      return 'text';
    case 4:
      return 'shape';
    case 5:
      return 'smart-object';
    case 7:
      return 'group';
    case 9:
    case 10:
    case 11:
      return layer.hasVectorMask === true ? 'shape' : 'other';
    default:
      return 'other';
  }
}

export const infoOf = (row: LayerRow): LayerInfo => ({
  ref: refOf(row.id),
  name: row.name,
  kind: row.kind,
  parent: row.parent && refOf(row.parent.id),
  bounds: row.bounds,
  visible: row.isVisible,
  locked: row.isLocked || row.isBackground,
  opacity: row.opacity,
  hasMask: row.hasUserMask || row.hasVectorMask,
});

export const findRow = (rows: readonly LayerRow[], id: number): LayerRow | undefined => rows.find((row) => row.id === id);

/** The groups that a layer is in, innermost first. */
export function groupsOf(row: LayerRow): readonly LayerRow[] {
  const groups: LayerRow[] = [];
  for (let at = row.parent; at !== null; at = at.parent) groups.push(at);
  return groups;
}

export const isShown = (row: LayerRow): boolean => row.isVisible && groupsOf(row).every((group) => group.isVisible);
