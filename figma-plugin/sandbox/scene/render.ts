/** A node as Figma renders it. What is left out of it is made transparent for that moment, and a hidden one shown. */
import { figmaCapabilities } from '../../wire/capabilities.ts';
import type { NodePicture } from '../../wire/hostCalls.ts';
import { ancestorsOf, isScene, pageOf } from './around.ts';
import type { SceneNews } from './news.ts';
import { hideIn, type SetAside, setBack, show } from './setAside.ts';

/** From this on an export holds Figma's window visibly: it is let draw before, the panel's progress too. */
const longExportPx = 1_000_000;
const letDrawMs = 30;

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
  const side = Math.max(1, Math.min(figmaCapabilities.maxSidePx, Math.ceil(long * scale - 1e-3)));
  if (side * side * (Math.min(box.width, box.height) / long) > longExportPx) await sleep(letDrawMs);

  const aside: SetAside[] = [];
  try {
    await hideIn(figma, node, except, aside);
    if (!node.visible) aside.push(show(node));
    const settings: ExportSettingsImage = {
      format: 'PNG',
      contentsOnly: true,
      // The whole box, also of what a frame around it clips.
      useAbsoluteBounds: true,
      colorProfile: 'SRGB',
      constraint: { type: isWide ? 'WIDTH' : 'HEIGHT', value: side },
    };
    news.exporting(aside);
    const png = (await exported(node, settings)) ?? (await exportedShown(node, settings, aside, news));
    if (png === null) return { png, toPage: [1, 0, 0, 1, box.x, box.y] };
    // Pixels are squares; the side that was not asked for may end within its last one.
    return { png, toPage: [long / side, 0, 0, long / side, box.x, box.y] };
  } finally {
    try {
      setBack(aside);
    } finally {
      news.exported(aside);
    }
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
  aside: SetAside[],
  news: Pick<SceneNews, 'exporting'>,
): Promise<Uint8Array | null> {
  const hidden = [...ancestorsOf(node)].filter((each) => isScene(each) && !each.visible) as unknown as SceneNode[];
  if (hidden.length === 0) return null;
  for (const each of hidden) aside.push(show(each));
  news.exporting(aside);
  return exported(node, settings);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
