/** How large the panel is: remembered by the panel's side, read by Figma's main thread before it shows the window. */
import type { Extent } from '../../shared/core/geometry.ts';

/** Among the user's settings. */
export const panelSizeKey = 'figma.panel-size';

const usual: Extent = { width: 320, height: 560 };
const least: Extent = { width: 280, height: 360 };
const most: Extent = { width: 520, height: 1200 };

const within = (px: number, from: number, to: number): number => Math.round(Math.max(from, Math.min(to, px)));

export const fitPanelSize = ({ width, height }: Extent): Extent => ({
  width: within(width, least.width, most.width),
  height: within(height, least.height, most.height),
});

export const panelSizeText = ({ width, height }: Extent): string => `${width} ${height}`;

/** Anything else than what `panelSizeText` wrote is the usual size. */
export function readPanelSize(text: string | null): Extent {
  const [width, height] = (text ?? '').split(' ').map(Number);
  return width > 0 && height > 0 ? fitPanelSize({ width, height }) : usual;
}
