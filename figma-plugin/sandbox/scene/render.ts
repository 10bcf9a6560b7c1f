/** A node as Figma renders it. What is left out of it is made transparent for that moment, and a hidden one shown. */
import type { NodePicture } from '../../wire/hostCalls.ts';
import { placeholderKey, readPaintRef, takeNamespace } from '../../wire/takeData.ts';
import { ancestorsOf, isScene, pageOf } from './around.ts';
import type { SceneNews } from './news.ts';

/** Figma exports no larger side, and holds no larger picture. */
const mostSidePx = 4096;
/** From this on an export holds Figma's window visibly: it is let draw before, the panel's progress too. */
const longExportPx = 1_000_000;
const letDrawMs = 30;

/** A property that was set for the time of an export. */
export interface Undoable {
  readonly node: SceneNode;
  readonly property: 'visible' | 'opacity';
  readonly was: boolean | number;
}

export async function renderNode(
  figma: PluginAPI,
  node: SceneNode,
  scale: number,
  except: readonly string[],
  news: Pick<SceneNews, 'exporting' | 'exported'>,
): Promise<NodePicture> {
  const box = node.absoluteBoundingBox;
  if (box === null || !(box.width > 0) || !(box.height > 0)) return { png: null, toPage: [1, 0, 0, 1, 0, 0] };
  await pageOf(node)?.loadAsync();
  const isWide = box.width >= box.height;
  const long = isWide ? box.width : box.height;
  const side = Math.max(1, Math.min(mostSidePx, Math.ceil(long * scale - 1e-3)));
  if (side * side * (Math.min(box.width, box.height) / long) > longExportPx) await sleep(letDrawMs);

  const changed = await hide(figma, node, except);
  try {
    if (!node.visible) change(changed, node, 'visible', true);
    const settings: ExportSettingsImage = {
      format: 'PNG',
      contentsOnly: true,
      // The whole box, also of what a frame around it clips.
      useAbsoluteBounds: true,
      colorProfile: 'SRGB',
      constraint: { type: isWide ? 'WIDTH' : 'HEIGHT', value: side },
    };
    news.exporting(changed);
    const png = (await exported(node, settings)) ?? (await exportedShown(node, settings, changed, news));
    if (png === null) return { png, toPage: [1, 0, 0, 1, box.x, box.y] };
    // Pixels are squares; the side that was not asked for may end within its last one.
    return { png, toPage: [long / side, 0, 0, long / side, box.x, box.y] };
  } finally {
    for (const { node: touched, property, was } of changed) {
      if (touched.removed) continue;
      if (property === 'visible') touched.visible = was as boolean;
      else if ('opacity' in touched) touched.opacity = was as number;
    }
    news.exported(changed);
  }
}

/** Null where Figma says that there is nothing to see. */
async function exported(node: SceneNode, settings: ExportSettingsImage): Promise<Uint8Array | null> {
  try {
    return await node.exportAsync(settings);
  } catch (cause) {
    if (String(cause).includes('no visible content')) return null;
    throw cause;
  }
}

/** What lies in something hidden shows nothing before that is shown. */
async function exportedShown(
  node: SceneNode,
  settings: ExportSettingsImage,
  changed: Undoable[],
  news: Pick<SceneNews, 'exporting'>,
): Promise<Uint8Array | null> {
  const hidden = [...ancestorsOf(node)].filter((each) => isScene(each) && !each.visible) as unknown as SceneNode[];
  if (hidden.length === 0) return null;
  for (const each of hidden) change(changed, each, 'visible', true);
  news.exporting(changed);
  return exported(node, settings);
}

const placeholders = { namespace: takeNamespace, keys: [placeholderKey] };

/** Transparent, not hidden: an auto-layout frame would close the gap. */
async function hide(figma: PluginAPI, within: SceneNode, except: readonly string[]): Promise<Undoable[]> {
  const changed: Undoable[] = [];
  const places = 'findAllWithCriteria' in within ? within.findAllWithCriteria({ sharedPluginData: placeholders }) : [];
  for (const ref of [...except, ...places.map(({ id }) => id)]) {
    if (readPaintRef(ref) !== null) continue;
    const node = await figma.getNodeByIdAsync(ref);
    if (!isScene(node) || !node.visible || ![...ancestorsOf(node)].some(({ id }) => id === within.id)) continue;
    if (!('opacity' in node)) change(changed, node, 'visible', false);
    else if (node.opacity > 0) change(changed, node, 'opacity', 0);
  }
  return changed;
}

function change(changed: Undoable[], node: SceneNode, property: Undoable['property'], value: boolean | number): void {
  if (property === 'visible') {
    changed.push({ node, property, was: node.visible });
    node.visible = value as boolean;
  } else if ('opacity' in node) {
    changed.push({ node, property, was: node.opacity });
    node.opacity = value as number;
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
