/**
 * Selects what a step has made, and scrolls to it where it is out of sight. A user who has gone on to something else meanwhile is
 * not torn away from it.
 */
import { pageOf } from '../scene/around.ts';
import { overlap } from './geometry.ts';
import { isThere } from './placeholders.ts';
import type { Step } from './steps.ts';

export function showMade(figma: PluginAPI, { made, from }: Pick<Step, 'made' | 'from'>): void {
  const page = figma.currentPage;
  try {
    const here = made.filter((node) => isThere(node) && pageOf(node)?.id === page.id);
    // A shape that limits the change is selected together with the layer.
    const isElsewhere = page.selection.length > 0 && from.length > 0 && !page.selection.some(({ id }) => from.includes(id));
    if (here.length === 0 || isElsewhere) return;
    page.selection = here;
    const { bounds } = figma.viewport;
    const boxes = here.map(({ absoluteBoundingBox }) => absoluteBoundingBox).filter((box) => box !== null);
    if (!boxes.some((box) => overlap(box, bounds))) figma.viewport.scrollAndZoomIntoView(here);
  } catch {
    // The take is placed all the same.
  }
}
