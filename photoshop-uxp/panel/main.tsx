/** Entry of the plug-in: stand-ins first, then the entry points, at once: Photoshop waits 20 ms for them. Nothing is decided here. */
import { missing } from '../runtime/install.ts';
import type { PhotoshopModule, UxpModule } from '../types/modules.ts';
import type { MountedPanel } from './mountPanel.tsx';
import { mountPanel } from './mountPanel.tsx';
import { probeHost } from './probeHost.ts';
import { groundOf, uxpCss } from './uxpSkin.ts';

const modules = { photoshop: require('photoshop') as PhotoshopModule, uxp: require('uxp') as UxpModule };

let mounted: Promise<MountedPanel> | null = null;

function show(root: HTMLElement): void {
  if (mounted !== null) return;
  const style = document.createElement('style');
  style.textContent = uxpCss();
  document.head.appendChild(style);
  mounted = mountPanel({
    modules,
    fetch: (url, init) => fetch(url, init as RequestInit),
    root,
    isApple: /mac/i.test(navigator.platform ?? ''),
    ground: groundOf,
    serviceUrl: builtServiceUrl,
    probe: () =>
      probeHost({
        modules,
        globals: globalThis as unknown as Record<string, unknown>,
        missing,
        createCanvas: () => document.createElement('canvas'),
        supports: typeof CSS === 'undefined' ? null : (property, value) => CSS.supports(property, value),
      }),
  });
}

/** A command works in the panel. It answers at once: Photoshop waits 300 ms for it, and a run takes longer. */
const inPanel = (act: (panel: MountedPanel) => unknown) => (): void => {
  void mounted?.then(act);
};

modules.uxp.entrypoints.setup({
  panels: { retake: { show: (root: HTMLElement) => show(root) } },
  commands: {
    repeat: { run: inPanel((panel) => panel.repeat()) },
    place: { run: inPanel((panel) => panel.placePicture()) },
    about: { run: inPanel((panel) => panel.about()) },
  },
} as unknown as Parameters<UxpModule['entrypoints']['setup']>[0]);
