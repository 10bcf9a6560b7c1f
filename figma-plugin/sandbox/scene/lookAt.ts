/** A node as plain data: what is listed of each, and what more has to be known of one that is read. */
import type { LayerInfo } from '../../../shared/core/host.ts';
import { figmaCapabilities } from '../../wire/capabilities.ts';
import type { Caveat, NodeDetail, NodeLook } from '../../wire/hostCalls.ts';
import { paintRef, placeholderKey, shelfKey, takeKey, takeNamespace } from '../../wire/takeData.ts';
import { flowPoint } from '../placing/flow.ts';
import { isSeeThrough } from '../placing/look.ts';
import { isHiddenAround, isInInstance, isLockedAround, isScene, pageOf } from './around.ts';
import { affineOf } from './fillGeometry.ts';
import { fillingOf, type Pictures, showsPaint } from './imageFill.ts';

const kinds: Readonly<Record<string, LayerInfo['kind']>> = {
  TEXT: 'text',
  GROUP: 'group',
  SECTION: 'group',
  COMPONENT: 'group',
  COMPONENT_SET: 'group',
  FRAME: 'group',
  SLOT: 'group',
  INSTANCE: 'smart-object',
  RECTANGLE: 'shape',
  ELLIPSE: 'shape',
  POLYGON: 'shape',
  STAR: 'shape',
  LINE: 'shape',
  VECTOR: 'shape',
  BOOLEAN_OPERATION: 'shape',
};

/** A picture is pixels, whatever shape or empty frame it fills. */
function kindOf(node: SceneNode): LayerInfo['kind'] {
  const kind = kinds[node.type] ?? 'other';
  if (kind !== 'shape' && !(node.type === 'FRAME' && node.children.length === 0)) return kind;
  if (!('fills' in node) || typeof node.fills === 'symbol') return kind;
  const shown = node.fills.filter(showsPaint);
  return shown.length > 0 && shown[shown.length - 1].type === 'IMAGE' ? 'pixels' : kind;
}

const textOrNull = (text: string): string | null => (text === '' ? null : text);

export const gridOf = (node: SceneNode): string | null => textOrNull(node.getSharedPluginData(takeNamespace, takeKey('grid', null)));
/** A node that keeps a take's place, or the file's history: no layer of the user's. */
export const isHousekeeping = (node: SceneNode): boolean =>
  [placeholderKey, shelfKey].some((key) => node.getSharedPluginData(takeNamespace, key) !== '');

/** `hasData`: whether anything of ours is on it, which its caller has asked Figma for all nodes at once. */
export function lookAt(node: SceneNode, parent: string | null, hasData: boolean): NodeLook {
  const grid = hasData ? gridOf(node) : null;
  const box = node.absoluteBoundingBox;
  return {
    id: node.id,
    name: node.name,
    type: node.type,
    // A take of several tiles is a group to Figma, and one layer to the user.
    kind: grid === null ? kindOf(node) : 'pixels',
    parent,
    size: { width: node.width, height: node.height },
    toPage: affineOf(node.absoluteTransform),
    pageBox: box === null ? null : { x: box.x, y: box.y, width: box.width, height: box.height },
    visible: node.visible,
    locked: node.locked,
    opacity: 'opacity' in node ? node.opacity : 1,
    grid,
  };
}

/** Takes that are further fills of a node, top first: each a layer of its own, at its node's place. */
export function ourPaints(node: SceneNode, look: NodeLook): readonly NodeLook[] {
  if (!('fills' in node) || typeof node.fills === 'symbol') return [];
  const looks: NodeLook[] = [];
  for (const paint of node.fills) {
    if (paint.type !== 'IMAGE' || paint.imageHash === null) continue;
    const ref = { node: node.id, hash: paint.imageHash };
    const grid = textOrNull(node.getSharedPluginData(takeNamespace, takeKey('grid', ref)));
    if (grid === null) continue;
    const visible = paint.visible !== false;
    looks.unshift({ ...look, id: paintRef(ref), kind: 'pixels', visible, opacity: look.opacity * (paint.opacity ?? 1), grid });
  }
  return looks;
}

/** Of one among many: nothing that takes time. */
export async function lookLightly(figma: PluginAPI, node: SceneNode): Promise<NodeDetail> {
  return {
    ...lookAt(node, null, true),
    page: pageOf(node)?.id ?? figma.currentPage.id,
    image: null,
    isFilled: true,
    isInFlow: false,
    caveats: [],
  };
}

/** A take's own place is fixed; what it was made from may have one in the flow. */
async function isInFlow(figma: PluginAPI, node: SceneNode, grid: string | null): Promise<boolean> {
  if (grid === null) return flowPoint(node) !== null;
  try {
    const { sources } = JSON.parse(grid) as { readonly sources: readonly string[] };
    const source = sources.length === 1 ? await figma.getNodeByIdAsync(sources[0]) : null;
    return isScene(source) && flowPoint(source) !== null;
  } catch {
    return false;
  }
}

/** What goes to the model is small below this, whatever it is enlarged by. */
const smallUnits = 8;
const smallPx = 64;

export async function lookClosely(figma: PluginAPI, node: SceneNode, pictures: Pictures): Promise<NodeDetail> {
  const { image, isFilled, caveats } = await fillingOf(node, pictures);
  const look = lookAt(node, null, true);
  const longest = Math.max(look.pageBox?.width ?? 0, look.pageBox?.height ?? 0);
  const isSmall = image === null ? longest < smallUnits : Math.max(image.extent.width, image.extent.height) < smallPx;
  const all: Caveat[] = [...caveats];
  if (isInInstance(node)) all.push('instance');
  if (figma.root.documentColorProfile === 'DISPLAY_P3') all.push('wide-gamut');
  if (isHiddenAround(node)) all.push('hidden');
  if (isLockedAround(node)) all.push('locked');
  if (isSeeThrough(node)) all.push('see-through');
  if (isSmall) all.push('too-small');
  if (image === null && longest > figmaCapabilities.maxSidePx) all.push('too-large');
  return {
    ...look,
    page: pageOf(node)?.id ?? figma.currentPage.id,
    image,
    isFilled,
    isInFlow: await isInFlow(figma, node, look.grid),
    caveats: all,
  };
}
