/**
 * The colours and measures that a host may replace. Components use the custom properties only; a host's skin maps
 * them to its own (`--figma-color-*`, `--uxp-host-*`), the page uses these two.
 */
export interface Theme {
  readonly bg: string;
  /** Fields, cards, hovered rows. */
  readonly bg2: string;
  readonly bg3: string;
  readonly text: string;
  readonly text2: string;
  readonly border: string;
  readonly borderStrong: string;
  readonly accent: string;
  readonly accentHover: string;
  /** Ground of a selected row. */
  readonly accentSoft: string;
  /** Accent as text on `bg`; at least 4.5:1. */
  readonly accentText: string;
  readonly onAccent: string;
  readonly danger: string;
  readonly dangerSoft: string;
  readonly warning: string;
  readonly warningSoft: string;
  readonly success: string;
  /** A favourite's star; at least 3:1 on `bg` and `bg2`. */
  readonly star: string;
  readonly shadow: string;
}

export const lightTheme: Theme = {
  bg: '#ffffff',
  bg2: '#f5f5f5',
  bg3: '#ebebeb',
  text: '#1b1b1b',
  text2: '#6a6a6a',
  border: '#e6e6e6',
  borderStrong: '#c4c4c4',
  accent: '#4b4ded',
  accentHover: '#3c3ed6',
  accentSoft: '#ecedff',
  accentText: '#4143d8',
  onAccent: '#ffffff',
  danger: '#c4251c',
  dangerSoft: '#fdefee',
  warning: '#8a5a00',
  warningSoft: '#fff6e0',
  success: '#13794a',
  star: '#b26a00',
  shadow: '0 2px 5px rgba(0, 0, 0, 0.10), 0 8px 24px rgba(0, 0, 0, 0.12)',
};

export const darkTheme: Theme = {
  bg: '#2a2a2a',
  bg2: '#363636',
  bg3: '#424242',
  text: '#f2f2f2',
  text2: '#adadad',
  border: '#3d3d3d',
  borderStrong: '#5c5c5c',
  accent: '#6163f2',
  accentHover: '#7274f5',
  accentSoft: '#3b3c63',
  accentText: '#a9abff',
  onAccent: '#ffffff',
  danger: '#ff8d85',
  dangerSoft: '#4a2b2a',
  warning: '#f0c36a',
  warningSoft: '#443a25',
  success: '#6fd3a2',
  star: '#f5c04f',
  shadow: '0 2px 5px rgba(0, 0, 0, 0.35), 0 8px 24px rgba(0, 0, 0, 0.40)',
};

const kebab = (name: string): string => name.replace(/[A-Z]|\d/g, (c) => `-${c.toLowerCase()}`);

export const themeProperties = (theme: Theme): string =>
  Object.entries(theme)
    .map(([name, value]) => `--rt-${kebab(name)}: ${value};`)
    .join(' ');

/** Follows the system unless the root carries `data-theme="light"` or `"dark"`. */
export const themeCss = (): string => `
:root { color-scheme: light; ${themeProperties(lightTheme)} }
@media (prefers-color-scheme: dark) { :root:not([data-theme='light']) { color-scheme: dark; ${themeProperties(darkTheme)} } }
:root[data-theme='dark'] { color-scheme: dark; ${themeProperties(darkTheme)} }
`;
