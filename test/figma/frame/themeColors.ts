/**
 * The colours that Figma gives a plug-in's window with `themeColors: true`: `--figma-color-…` variables under the class of the
 * theme on `html`. Names are those of Figma's page on CSS variables; values are Figma's own, as far as plug-ins have noted them.
 */
export type FigmaTheme = 'light' | 'dark';

const white = 'rgba(255, 255, 255, 1)';
const ink = { strong: 'rgba(0, 0, 0, 0.9)', medium: 'rgba(0, 0, 0, 0.5)', faint: 'rgba(0, 0, 0, 0.3)' };
const chalk = { strong: white, medium: 'rgba(255, 255, 255, 0.7)', faint: 'rgba(255, 255, 255, 0.4)' };
const onColor = {
  '': [white, white],
  '-secondary': ['rgba(255, 255, 255, 0.8)', 'rgba(255, 255, 255, 0.8)'],
  '-tertiary': [chalk.faint, chalk.faint],
};
type Pairs = Readonly<Record<string, readonly string[]>>;
const named = (prefix: string, pairs: Pairs): Pairs =>
  Object.fromEntries(Object.entries(pairs).map(([name, pair]) => [`${prefix}${name}`, pair]));

/** Of texts and icons alike. */
const inkPairs: Pairs = {
  '': [ink.strong, chalk.strong],
  '-hover': [ink.strong, chalk.strong],
  '-secondary': [ink.medium, chalk.medium],
  '-secondary-hover': [ink.strong, chalk.strong],
  '-tertiary': [ink.faint, chalk.faint],
  '-tertiary-hover': [ink.strong, chalk.strong],
  '-disabled': [ink.faint, chalk.faint],
  '-oninverse': ['rgba(255, 255, 255, 0.9)', ink.strong],
  '-ondisabled': [white, '#2c2c2c'],
  '-onselected': [ink.strong, white],
  '-onselected-strong': [white, white],
  '-onwarning': [ink.strong, ink.strong],
  ...named('-onbrand', onColor),
  ...named('-ondanger', onColor),
  ...named('-onsuccess', onColor),
};

/** Light, dark. */
export const themeColors: Pairs = {
  ...named('bg', {
    '': [white, '#2c2c2c'],
    '-secondary': ['#f5f5f5', '#383838'],
    '-tertiary': ['#e6e6e6', '#444444'],
    '-hover': ['#f5f5f5', '#383838'],
    '-pressed': ['#f5f5f5', '#383838'],
    '-inverse': ['#2c2c2c', white],
    '-disabled': ['#d9d9d9', '#757575'],
    '-disabled-secondary': ['#b3b3b3', '#b3b3b3'],
    '-selected': ['#e5f4ff', '#4a5878'],
    '-selected-hover': ['#bde3ff', '#536383'],
    '-selected-pressed': ['#bde3ff', '#536383'],
    '-selected-secondary': ['#f2f9ff', '#394360'],
    '-selected-strong': ['#0d99ff', '#0c8ce9'],
    '-selected-tertiary': ['#f2f9ff', '#394360'],
    '-brand': ['#0d99ff', '#0c8ce9'],
    '-brand-hover': ['#007be5', '#0a6dc2'],
    '-brand-pressed': ['#007be5', '#0a6dc2'],
    '-brand-secondary': ['#0768cf', '#105cad'],
    '-brand-tertiary': ['#e5f4ff', '#394360'],
    '-danger': ['#f24822', '#e03e1a'],
    '-danger-hover': ['#dc3412', '#c4381c'],
    '-danger-pressed': ['#dc3412', '#c4381c'],
    '-danger-secondary': ['#bd2915', '#963323'],
    '-danger-tertiary': ['#ffe2e0', '#7c2622'],
    '-success': ['#14ae5c', '#198f51'],
    '-success-hover': ['#009951', '#078348'],
    '-success-pressed': ['#009951', '#078348'],
    '-success-secondary': ['#008043', '#0a5c35'],
    '-success-tertiary': ['#cff7d3', '#0a4c2d'],
    '-warning': ['#ffcd29', '#f3c11b'],
    '-warning-hover': ['#ffc21a', '#f2b50d'],
    '-warning-pressed': ['#ffc21a', '#f2b50d'],
    '-warning-secondary': ['#fab815', '#e4a711'],
    '-warning-tertiary': ['#fff1c2', '#c58011'],
  }),
  ...named('border', {
    '': ['#e6e6e6', '#444444'],
    '-strong': ['#2c2c2c', 'rgba(255, 255, 255, 0.9)'],
    '-disabled': ['#e6e6e6', '#444444'],
    '-disabled-strong': [ink.faint, chalk.faint],
    '-selected': ['#0d99ff', '#0c8ce9'],
    '-selected-strong': ['#007be5', '#7cc4f8'],
    '-brand': ['#bde3ff', '#105cad'],
    '-brand-strong': ['#007be5', '#7cc4f8'],
    '-danger': ['#ffc7c2', '#963323'],
    '-danger-strong': ['#dc3412', '#fca397'],
    '-success': ['#aff4c6', '#0a5c35'],
    '-success-strong': ['#009951', '#79d297'],
    '-warning': ['#ffe8a3', '#925711'],
    '-warning-strong': ['#b86200', '#f7d15f'],
    '-onbrand': ['#007be5', '#0a6dc2'],
    '-onbrand-strong': [white, white],
    '-onselected': ['#bde3ff', '#667799'],
    '-onselected-strong': [ink.strong, 'rgba(255, 255, 255, 0.9)'],
  }),
  ...named('text', {
    ...inkPairs,
    '-brand': ['#007be5', '#7cc4f8'],
    '-selected': ['#007be5', '#7cc4f8'],
    '-danger': ['#dc3412', '#fca397'],
    '-success': ['#009951', '#79d297'],
    '-warning': ['#b86200', '#f7d15f'],
  }),
  ...named('icon', {
    ...inkPairs,
    '-pressed': ['#007be5', '#0a6dc2'],
    '-brand': ['#007be5', '#7cc4f8'],
    '-brand-pressed': ['#0768cf', '#0c8ce9'],
    '-brand-secondary': ['#80caff', '#536383'],
    '-brand-tertiary': ['#bde3ff', '#394360'],
    '-selected': ['#007be5', '#7cc4f8'],
    '-danger': ['#f24822', '#e03e1a'],
    '-danger-hover': ['#bd2915', '#fbbcb6'],
    '-success': ['#14ae5c', '#198f51'],
    '-warning': ['#ffcd29', '#f3c11b'],
  }),
};

export function themeCss(): string {
  const rule = (theme: FigmaTheme, of: 0 | 1): string =>
    `.figma-${theme} { ${Object.entries(themeColors)
      .map(([name, pair]) => `--figma-color-${name}: ${pair[of]};`)
      .join(' ')} }`;
  return `${rule('light', 0)}\n${rule('dark', 1)}`;
}
