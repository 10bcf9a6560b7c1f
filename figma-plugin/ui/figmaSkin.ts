/**
 * Figma's own looks on the shared panel: its live colour tokens, and UI3's measures (24 px controls, buttons with a radius of 6 px and
 * fields with one of 4 px). Light and dark come with Figma's theme, at once when the user changes it.
 */
import { darkTheme, lightTheme, type Theme, themeProperties } from '../../shared/panel/themes.ts';

/** `--figma-color-*` of each colour; the panel's own stands in where Figma has not set it. */
const tokens: Readonly<Partial<Record<keyof Theme, string>>> = {
  bg: 'bg',
  bg2: 'bg-secondary',
  bg3: 'bg-tertiary',
  text: 'text',
  text2: 'text-secondary',
  border: 'border',
  borderStrong: 'border-disabled-strong',
  accent: 'bg-brand',
  accentHover: 'bg-brand-hover',
  accentSoft: 'bg-selected',
  accentText: 'text-brand',
  onAccent: 'text-onbrand',
  danger: 'text-danger',
  dangerSoft: 'bg-danger-tertiary',
  warning: 'text-warning',
  warningSoft: 'bg-warning-tertiary',
  success: 'text-success',
  // The icon's yellow is hardly seen on white.
  star: 'text-warning',
};

const mapped = (theme: Theme): Theme =>
  Object.fromEntries(
    Object.entries(theme).map(([name, value]) => {
      const token = tokens[name as keyof Theme];
      return [name, token === undefined ? value : `var(--figma-color-${token}, ${value})`];
    }),
  ) as unknown as Theme;

export const figmaSkin = (): string => `
:root { color-scheme: light; ${themeProperties(mapped(lightTheme))} --rt-font: Inter, system-ui, sans-serif; }
:root.figma-dark { color-scheme: dark; ${themeProperties(mapped(darkTheme))} }
:root.figma-dark .rt-question { background: var(--figma-color-bg-selected-secondary, var(--rt-accent-soft)); }
/* Figma's dark grounds for warnings are made for small badges; a whole notice of them shouts. */
@supports (color: color-mix(in srgb, red, blue)) {
  :root.figma-dark { --rt-danger-soft: color-mix(in srgb, var(--figma-color-bg-danger-tertiary, #4a2b2a) 45%, var(--rt-bg));
    --rt-warning-soft: color-mix(in srgb, var(--figma-color-bg-warning-tertiary, #443a25) 30%, var(--rt-bg)); }
}
html, body { margin: 0; height: 100%; overflow: hidden; background: var(--rt-bg); overscroll-behavior: none; }
#retake { height: 100%; }
.fg { position: relative; height: 100%; user-select: none; -webkit-font-smoothing: antialiased; }
.fg input, .fg textarea { user-select: text; }

.fg .rt-head { height: 40px; padding: 0 8px 0 16px; }
.fg .rt-head-back, .fg .rt-settings .rt-head { padding-left: 8px; }
.fg .rt-model-name { font-size: 11px; }
.fg .rt-subject-words strong { font-size: 11px; }
.fg .rt-button { height: 24px; padding: 0 8px; border-color: var(--rt-border); }
.fg .rt-primary { border-color: transparent; }
.fg .rt-text { height: 24px; padding: 0 7px; border-radius: 4px; }
.fg .rt-text:hover { border-color: var(--rt-border); }
.fg .rt-text:focus-visible, .fg .rt-select select:focus-visible { outline: 1px solid var(--figma-color-border-selected, var(--rt-accent)); outline-offset: -1px; }
.fg .rt-instruction { height: auto; min-height: 64px; padding: 3px 7px; font-size: 11px !important; line-height: 16px !important; }
.fg .rt-answer, .fg .rt-note-editor { height: auto; padding: 3px 7px; }
.fg .rt-search .rt-text { padding-left: 26px; }
.fg .rt-select select { border-radius: 4px; }
.fg .rt-row { min-height: 32px; }
.fg .rt-segments { border-radius: 5px; padding: 1px; }
.fg .rt-segment { min-height: 22px; border-radius: 4px; }
.fg .rt-check { height: 24px; }
.fg .rt-check input { appearance: none; position: relative; flex: none; width: 16px; height: 16px; border: 1px solid var(--rt-border-strong); border-radius: 4px; background: var(--rt-bg-2); }
.fg .rt-check input:checked { border-color: transparent; background: var(--rt-accent); }
.fg .rt-check input:checked::after { content: ''; position: absolute; top: 2px; left: 5px; width: 3px; height: 7px; border: solid var(--rt-on-accent); border-width: 0 1.5px 1.5px 0; transform: rotate(45deg); }
.fg .rt-settings .rt-row-label { width: 72px; }
.fg .rt-key-held .rt-clip { white-space: normal; }
.fg .rt-key-held .rt-quiet { white-space: nowrap; }
.fg .rt-evidence-views .rt-segments, .fg .rt-evidence-foot .rt-segments { max-width: none; }
/* The three pairs side by side in the narrowest window. */
@media (max-width: 319px) { .fg .rt-evidence-foot .rt-segment { font-size: 10px; } }
.fg .rt-rows + .rt-keep { padding-top: 8px; }
.fg .rt-settings .rt-text + .rt-check { margin-top: 4px; }
.fg .rt-settings .rt-check + .rt-line { margin-top: 4px; }
.fg .rt-evidence-missing, .fg .rt-evidence-none { font-size: 11px; line-height: 16px; }
.fg .rt-foot { height: 48px; padding: 0 16px; }
.fg .rt-panel :focus-visible { outline: 1px solid var(--figma-color-border-selected, var(--rt-accent)); outline-offset: 0; }

.fg-resize { position: absolute; right: 0; bottom: 0; width: 14px; height: 14px; padding: 0; border: 0; background: none; color: var(--rt-text-2); cursor: nwse-resize; touch-action: none; }
.fg-resize svg { display: block; opacity: 0.7; }
.fg-resize:hover svg, .fg-resize:focus-visible svg { opacity: 1; color: var(--rt-text); }
.fg-resize:focus-visible { outline: 1px solid var(--figma-color-border-selected, var(--rt-accent)); outline-offset: -1px; }
.fg-drop { position: absolute; top: 8px; right: 8px; bottom: 8px; left: 8px; display: flex; align-items: center; justify-content: center; border: 1px solid var(--rt-accent); border-radius: 6px; background: var(--rt-accent-soft); color: var(--rt-accent-text); font: 500 11px/16px var(--rt-font); pointer-events: none; opacity: 0.96; }
`;
