/** The tree that a flat, bottom-first list of records describes; what each layer is; where a take goes. */
import type { Bounds } from '../../shared/core/geometry.ts';
import { intersection, isEmpty, union } from '../../shared/core/geometry.ts';
import type { LayerInfo, LayerRef } from '../../shared/core/host.ts';
import { isExactMode } from './blendModes.ts';
import type { PaintMask, PaintNode } from './composite.ts';
import type { LayerUnit } from './layerUnits.ts';

export interface LayerNode {
  readonly unit: LayerUnit;
  readonly parent: LayerNode | null;
  /** Positions in the list of its own record and of the lowest that belongs to it. */
  readonly top: number;
  readonly bottom: number;
  /** Bottom first. */
  readonly children: readonly LayerNode[];
}

/** Top-level nodes, bottom first. A group that the file never closes reaches down to the end. */
export function buildTree(units: readonly LayerUnit[]): readonly LayerNode[] {
  let at = units.length - 1;
  const readSiblings = (parent: LayerNode | null): LayerNode[] => {
    const siblings: LayerNode[] = [];
    while (at >= 0) {
      const top = at--;
      const unit = units[top];
      if (unit.record.role === 'group-end') {
        if (parent !== null) return siblings;
        continue;
      }
      const node = { unit, parent, top, bottom: top, children: [] as readonly LayerNode[] };
      if (unit.record.role === 'group') {
        node.children = readSiblings(node);
        node.bottom = at + 1;
      }
      siblings.unshift(node);
    }
    return siblings;
  };
  return readSiblings(null);
}

/** Every node, top first, a group before its layers. */
export const everyNode = (nodes: readonly LayerNode[]): readonly LayerNode[] =>
  [...nodes].reverse().flatMap((node) => [node, ...everyNode(node.children)]);

export const findNode = (nodes: readonly LayerNode[], ref: LayerRef): LayerNode | null =>
  everyNode(nodes).find((node) => node.unit.ref === ref) ?? null;

/**
 * Where in the list a group right above `source` goes. Layers that are clipped to it, and those it shares a clipping
 * base with, stay together: then the take lies above all of them.
 */
export function placeAbove(roots: readonly LayerNode[], source: LayerNode): number {
  const siblings = source.parent?.children ?? roots;
  let i = siblings.indexOf(source);
  while (i + 1 < siblings.length && siblings[i + 1].unit.record.clipping) i++;
  return siblings[i].top + 1;
}

/** Adjustment layers carry one of these blocks; they have no pixels of their own. */
const adjustmentKeys = [
  'levl',
  'curv',
  'brit',
  'blnc',
  'hue2',
  'hue ',
  'selc',
  'mixr',
  'grdm',
  'nvrt',
  'phfl',
  'post',
  'thrs',
  'vibA',
  'expA',
  'blwh',
  'clrL',
  'CgEd',
];
const fillKeys = ['SoCo', 'GdFl', 'PtFl'];
const effectKeys = ['lfx2', 'lmfx', 'lrFX'];

export function kindOf(unit: LayerUnit): LayerInfo['kind'] {
  const { role, blocks } = unit.record;
  const has = (keys: readonly string[]): boolean => blocks.some((block) => keys.includes(block.key));
  if (role === 'group') return 'group';
  if (has(['TySh', 'tySh'])) return 'text';
  if (has(['SoLd', 'SoLE', 'PlLd', 'plLd'])) return 'smart-object';
  if (has(fillKeys)) return has(['vmsk', 'vsms']) ? 'shape' : 'other';
  if (has(adjustmentKeys)) return 'adjustment';
  return 'pixels';
}

export function nodeBounds(node: LayerNode): Bounds {
  if (node.unit.record.role !== 'group') return node.unit.record.bounds;
  return node.children.map(nodeBounds).reduce(union, { x: 0, y: 0, width: 0, height: 0 });
}

export const infoOf = (node: LayerNode): LayerInfo => ({
  ref: node.unit.ref,
  name: node.unit.record.name,
  kind: kindOf(node.unit),
  parent: node.parent?.unit.ref ?? null,
  bounds: nodeBounds(node),
  visible: node.unit.record.visible,
  locked: node.unit.record.locked,
  opacity: node.unit.record.opacity / 255,
  hasMask: node.unit.record.mask !== null,
});

/** What the compositor draws; adjustment layers have nothing to draw. */
export function paintNode(node: LayerNode, except: ReadonlySet<LayerRef>): PaintNode {
  const { unit } = node;
  const { record } = unit;
  const isGroup = record.role === 'group';
  return {
    bounds: kindOf(unit) === 'adjustment' ? { x: 0, y: 0, width: 0, height: 0 } : record.bounds,
    visible: record.visible && !except.has(unit.ref),
    blend: record.blend,
    opacity: (record.opacity / 255) * (record.fillOpacity / 255),
    clipping: record.clipping,
    mask: paintMask(unit),
    pixels: isGroup ? null : () => unit.pixels(),
    children: node.children.map((child) => paintNode(child, except)),
  };
}

function paintMask(unit: LayerUnit): PaintMask | null {
  const { mask } = unit.record;
  if (mask === null || mask.disabled) return null;
  const { bounds, outside, density } = mask;
  let data: Uint8Array | null = null;
  return {
    bounds,
    outside,
    density,
    get data() {
      data ??= unit.maskPlane() ?? new Uint8Array(bounds.width * bounds.height).fill(outside);
      return data;
    },
  };
}

/** What of `nodes` within `bounds` the compositor cannot show as the editor does, in words for the user. */
export function inexactness(nodes: readonly LayerNode[], bounds: Bounds, except: ReadonlySet<LayerRef>): readonly string[] {
  const notes: string[] = [];
  for (const node of nodes) {
    const { record, ref } = node.unit;
    if (!record.visible || except.has(ref)) continue;
    const name = `“${record.name}”`;
    const kind = kindOf(node.unit);
    if (kind === 'adjustment') notes.push(`The adjustment layer ${name} was left out.`);
    else if (kind === 'group') notes.push(...inexactness(node.children, bounds, except));
    else if (isEmpty(record.bounds) && (kind === 'other' || kind === 'shape'))
      notes.push(`The fill layer ${name} has no stored pixels and was left out.`);
    if (kind !== 'adjustment' && kind !== 'group' && isEmpty(intersection(record.bounds, bounds))) continue;
    if (record.blocks.some((block) => effectKeys.includes(block.key))) notes.push(`The layer style of ${name} was left out.`);
    if (record.mask !== null && record.mask.featherPx > 0) notes.push(`The mask of ${name} is shown without its feather.`);
    if (!isExactMode(record.blend)) notes.push(`The blend mode of ${name} is shown as normal.`);
  }
  return notes;
}

/** Said when a layer's own pixels are read that the editor draws from something else. */
export function storedPixelsNote(unit: LayerUnit): readonly string[] {
  const name = `“${unit.record.name}”`;
  switch (kindOf(unit)) {
    case 'text':
      return [`The text layer ${name} was read as the pixels that are stored with it.`];
    case 'smart-object':
      return [`The smart object ${name} was read as the pixels that are stored with it; it stays a smart object.`];
    case 'shape':
      return [`The shape ${name} was read as the pixels that are stored with it.`];
    default:
      return [];
  }
}
