/**
 * Entry of the plug-in: the entry points, at once, because Photoshop waits 20 ms for them, and only to read the rest (a megabyte, in
 * a script of its own behind this one) takes longer. Nothing is decided here.
 */
import type { PhotoshopModule, UxpModule } from '../types/modules.ts';
import { panelScript } from './handOver.ts';
import type { MountedPanel } from './mountPanel.tsx';

const modules = { photoshop: require('photoshop') as PhotoshopModule, uxp: require('uxp') as UxpModule };

const opener = panelScript();
let mounted: Promise<MountedPanel> | null = null;

/** Photoshop calls it once for each node; a panel that is shown again keeps its node. */
function show(root: HTMLElement): void {
  mounted ??= opener.then((open) => open(modules, root));
}

/** A command works in the panel. It answers at once: Photoshop waits 300 ms for it, and a run takes longer. */
const inPanel = (act: (panel: MountedPanel) => unknown) => (): void => {
  // No plug-in can open its own panel.
  if (mounted === null) void modules.photoshop.core.showAlert({ message: 'Open the Retake panel first: Plugins ▸ Retake ▸ Retake.' });
  else void mounted.then(act);
};

modules.uxp.entrypoints.setup({
  panels: { retake: { show: (root: HTMLElement) => show(root) } },
  commands: {
    repeat: { run: inPanel((panel) => panel.repeat()) },
    place: { run: inPanel((panel) => panel.placePicture()) },
    about: { run: inPanel((panel) => panel.about()) },
  },
} as unknown as Parameters<UxpModule['entrypoints']['setup']>[0]);
