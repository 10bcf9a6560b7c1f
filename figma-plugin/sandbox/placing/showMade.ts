/** Selects what a step has made, and scrolls to it where it is out of sight. */

import { pageOf } from '../scene/around.ts';
import { overlap } from './geometry.ts';
import { isThere } from './placeholders.ts';

export function showMade(figma: PluginAPI, made: readonly SceneNode[]): void {
  const page = figma.currentPage;
  try {
    const here = made.filter((node) => isThere(node) && pageOf(node)?.id === page.id);
    if (here.length === 0) return;
    page.selection = here;
    const { bounds } = figma.viewport;
    const boxes = here.map(({ absoluteBoundingBox }) => absoluteBoundingBox).filter((box) => box !== null);
    if (!boxes.some((box) => overlap(box, bounds))) figma.viewport.scrollAndZoomIntoView(here);
  } catch {
    // The take is placed all the same.
  }
}
