/**
 * Photoshop's looks on the shared panel, by what its runtime draws: flex and margins, borders for rings, a class for the focus
 * (followFocus.ts). test/photoshop/panel/uxpStyles.ts says what that is, and refuses the rest.
 */
import { panelCss } from '../../shared/panel/panelCss.ts';
import { themeProperties } from '../../shared/panel/themes.ts';
import { hostTold, type ThemeName, uxpThemes } from './uxpThemes.ts';

/** UXP names its brightnesses in this query; where it names none of these, the dark one holds. */
const themes = Object.entries(uxpThemes)
  .map(([name, theme]) => `@media (prefers-color-scheme: ${name as ThemeName}) { :root { ${themeProperties(hostTold(theme))} } }`)
  .join('\n');

export const uxpCss = (): string => `
:root { ${themeProperties(hostTold(uxpThemes.dark))} --rt-font: "Adobe Clean", "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
${themes}
body { margin: 0; padding: 0; overflow: hidden; background-color: var(--rt-bg); }
${panelCss}
.ps { display: flex; flex-direction: column; height: 100vh; min-width: 0; background-color: var(--rt-bg); color: var(--rt-text);
  font-family: var(--rt-font); font-size: 11px; line-height: 16px; }
.ps button { font-family: inherit; font-size: inherit; line-height: inherit; color: inherit; margin: 0; }
.ps > .rt-panel { flex: 1; min-height: 0; height: auto; }
.ps label { flex-wrap: nowrap; }

/* Rings and edges, which elsewhere are shadows. */
.ps .rt-thumb { border: 1px solid var(--rt-border); }
.ps .rt-text { border-color: var(--rt-border-strong); }
.ps .rt-select select { border-color: var(--rt-border-strong); padding-right: 8px; }
.ps .rt-segment.rt-on { border-color: var(--rt-border-strong); }
.ps .rt-frame .rt-take-picture { border: 2px solid transparent; }
.ps .rt-frame.rt-on .rt-take-picture { border-color: var(--rt-accent-text); }
.ps .rt-frame.rt-on .rt-frame-number { font-weight: 600; }
.ps .rt-divider::before { width: 1px; border-left: 1px solid #1e1e1e; }
.ps .rt-knob { border: 1px solid #1e1e1e; }

/* Buttons: what is pressed and what rests differ in more than colour. */
.ps .rt-choice { border: 1px solid transparent; background-color: transparent; }
.ps .rt-choice.rt-on { background-color: var(--rt-bg); font-weight: 600; }
.ps .rt-chip.rt-on { border-color: var(--rt-border-strong); }
.ps .rt-frame, .ps .rt-tree-row { border: 0; background-color: transparent; text-align: left; color: var(--rt-text); }
.ps .rt-tree-row { width: 100%; }
.ps .rt-tree-row.rt-on { background-color: var(--rt-bg-3); }
.ps .rt-icon-button:hover, .ps .rt-button:hover { background-color: var(--rt-bg-3); }
.ps .rt-icon-button.rt-disabled, .ps .rt-button.rt-disabled { background-color: transparent; color: var(--rt-text-2) !important; opacity: 0.6; }
.ps .rt-primary { background-color: var(--rt-accent); }
.ps .rt-primary:hover { background-color: var(--rt-accent-hover); }
.ps .rt-primary.rt-disabled { background-color: var(--rt-bg-3); opacity: 1; }
.ps .rt-link.rt-disabled { opacity: 0.6; }
.ps .rt-evidence-foot .rt-segment { font-size: 10px; }
.ps .rt-divider { padding: 0; border: 0; background-color: transparent; }

/* Native lists keep their own face and arrow. */
.ps .rt-select .rt-icon { display: none; }
.ps .rt-model-select { padding: 0; margin-left: 0; }
.ps .rt-model-select:hover { background-color: transparent; }
.ps .rt-model-select .rt-model-name { display: none; }
.ps .rt-model-select select { position: static; opacity: 1; height: 28px; }
.ps .rt-settings .rt-head, .ps .rt-head-back { padding-left: 8px; }
.ps .rt-head { padding-left: 12px; }

/* Heights of fields are not taken from their rows, and pictures are not cut to their frames. */
.ps .rt-instruction { height: 76px; }
.ps .rt-answer { height: 48px; }
.ps .rt-note-editor { height: 60px; }
.ps .rt-take-picture img { width: auto; height: auto; max-width: 100%; max-height: 100%; }
.ps .rt-drawer .rt-card-picture img { width: auto; height: auto; max-width: 100%; max-height: 100%; }

.ps .rt-focus { outline: 2px solid var(--rt-accent-text); outline-offset: 1px; border-color: var(--rt-accent-text); }
.ps .rt-frame.rt-focus, .ps .rt-tree-row.rt-focus { outline-offset: -2px; }
.ps .rt-divider.rt-focus { outline: 0; }
.ps .rt-divider.rt-focus .rt-knob { border: 3px solid var(--rt-accent); }

.ps-notices { flex: none; max-height: 50vh; overflow-x: hidden; overflow-y: auto; }
.ps-notice { margin: 8px 12px; }
.ps-notice .rt-notice-acts { margin-top: 8px; }
.ps-notice .rt-button { height: 24px; margin: 0 6px 4px 0; padding: 0 8px; }

/* The narrowest that a panel of Photoshop's can be docked. */
@media (max-width: 279px) {
  .ps .rt-rows { padding: 8px 8px 8px 16px; }
  .ps .rt-row-label { width: 50px; font-size: 10px; }
  .ps .rt-references .rt-count { display: none; }
  .ps .rt-evidence-views .rt-segment { font-size: 10px; }
  .ps .rt-evidence-foot .rt-segment { white-space: normal; text-align: center; }
  .ps .rt-keys { display: none; }
  .ps .rt-foot { height: 64px; padding: 0 12px; }
  .ps .rt-foot .rt-clip { white-space: normal; }
  .ps .rt-run { margin-right: 8px; }
}

.ps-probes { margin-top: 12px; }
.ps-probes li { display: flex; margin-top: 4px; }
.ps-probe-name { flex: none; width: 45%; margin-right: 8px; color: var(--rt-text-2); }
.ps-probe-answer { flex: 1; min-width: 0; overflow-wrap: anywhere; user-select: text; }
`;

/** What lies behind the panel, as levels: transparent parts of small pictures are laid on it. */
export function groundOf(): readonly [number, number, number] {
  const [r = 83, g = 83, b = 83] = getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
  return [r, g, b];
}
