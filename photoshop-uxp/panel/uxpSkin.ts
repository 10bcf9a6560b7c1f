/**
 * Photoshop's looks on the shared panel: the colours of its four themes as UXP tells them (`--uxp-host-*`), and what they do not
 * tell from the panel's own light and dark. Only what UXP draws: no grid, gap, transition or transform.
 */
import { panelCss } from '../../shared/panel/panelCss.ts';
import { darkTheme, lightTheme, type Theme, themeProperties } from '../../shared/panel/themes.ts';

/** Darkest to lightest: Photoshop's own grounds, where a UXP does not tell them. */
const host: Readonly<Partial<Record<keyof Theme, string>>> = {
  bg: 'background-color',
  text: 'text-color',
  text2: 'text-color-secondary',
  border: 'border-color',
  bg2: 'widget-hover-background-color',
  borderStrong: 'widget-border-color',
  accentText: 'link-text-color',
};

const told = (theme: Theme): Theme =>
  Object.fromEntries(
    Object.entries(theme).map(([name, value]) => {
      const token = host[name as keyof Theme];
      return [name, token === undefined ? value : `var(--uxp-host-${token}, ${value})`];
    }),
  ) as unknown as Theme;

export const uxpCss = (): string => `
:root { ${themeProperties(told(darkTheme))} }
@media (prefers-color-scheme: light), (prefers-color-scheme: lightest) { :root { ${themeProperties(told(lightTheme))} } }
body { margin: 0; padding: 0; overflow: hidden; background-color: var(--rt-bg); }
${panelCss}
.ps { display: flex; flex-direction: column; height: 100%; }
.ps > .rt-panel { flex: 1; min-height: 0; }
.ps-notice { flex: none; margin: 8px 12px 0; }
.rt-focus { outline: 2px solid var(--rt-accent); outline-offset: 1px; }
.ps-probes { margin-top: 12px; }
.ps-probes li { display: flex; margin-top: 4px; }
.ps-probe-name { flex: none; width: 45%; margin-right: 8px; color: var(--rt-text-2); }
.ps-probe-answer { flex: 1; min-width: 0; overflow-wrap: anywhere; }
`;

/** What lies behind the panel, as levels: transparent parts of small pictures are laid on it. */
export function groundOf(): readonly [number, number, number] {
  const [r = 50, g = 50, b = 50] = getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
  return [r, g, b];
}
