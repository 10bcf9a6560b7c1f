/** What the second script gives to the first: how the panel is opened. Scripts of one page share their globals, and nothing else. */
import type { PhotoshopModules } from '../types/modules.ts';
import type { MountedPanel } from './mountPanel.tsx';

export type OpenPanel = (modules: PhotoshopModules, root: HTMLElement) => Promise<MountedPanel>;

interface Waiting {
  retakeReady?: (open: OpenPanel) => void;
}

const globals = globalThis as Waiting;

/** For the first script: resolves when the second has run, whichever way round they are loaded. */
export const panelScript = (): Promise<OpenPanel> =>
  new Promise((resolve) => {
    globals.retakeReady = resolve;
  });

/** For the second. */
export function handOver(open: OpenPanel): void {
  globals.retakeReady?.(open);
}
