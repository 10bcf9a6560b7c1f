/** The panel in the node that Photoshop gives it: stand-ins first, then its styles and everything it is made of. */
import { missing } from '../runtime/install.ts';
import { uxpClock } from '../runtime/uxpClock.ts';
import { watchRequests } from '../runtime/watchRequests.ts';
import type { PhotoshopModules } from '../types/modules.ts';
import { keepButtonsInReach } from './liveButtons.ts';
import { type MountedPanel, mountPanel } from './mountPanel.tsx';
import { probeHost } from './probeHost.ts';
import { groundOf, uxpCss } from './uxpSkin.ts';

export function openPanel(modules: PhotoshopModules, root: HTMLElement): Promise<MountedPanel> {
  keepButtonsInReach();
  const style = document.createElement('style');
  style.textContent = uxpCss();
  document.head.appendChild(style);
  const requests = watchRequests((url, init) => fetch(url, init as RequestInit), uxpClock);
  return mountPanel({
    modules,
    fetch: requests.fetch,
    root,
    isApple: /mac/i.test(navigator.platform ?? ''),
    ground: groundOf,
    serviceUrl: builtServiceUrl,
    probe: () =>
      probeHost({
        modules,
        globals: globalThis as unknown as Record<string, unknown>,
        missing,
        requests: requests.figures(),
        createCanvas: () => document.createElement('canvas'),
        supports: typeof CSS === 'undefined' ? null : (property, value) => CSS.supports(property, value),
      }),
  });
}
