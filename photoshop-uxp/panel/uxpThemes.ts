/**
 * Colours for Photoshop's four interface brightnesses. UXP tells a few of them (`--uxp-host-*`, Adobe's "Theme awareness"); text on
 * its ground keeps 4.5:1 in each, which the test of this file measures.
 */
import { darkTheme, lightTheme, type Theme } from '../../shared/panel/themes.ts';

export type ThemeName = 'darkest' | 'dark' | 'light' | 'lightest';

const darkest: Theme = {
  ...darkTheme,
  bg: '#323232',
  bg2: '#272727',
  bg3: '#424242',
  text2: '#b4b4b4',
  border: '#454545',
  borderStrong: '#6e6e6e',
  accentSoft: '#3a3b66',
  accentText: '#b0b2ff',
  accentHover: '#5557e6',
};

const dark: Theme = {
  ...darkTheme,
  bg: '#535353',
  bg2: '#454545',
  bg3: '#3a3a3a',
  text: '#f8f8f8',
  text2: '#d2d2d2',
  border: '#434343',
  borderStrong: '#8c8c8c',
  accent: '#5a5cf0',
  accentHover: '#4e50de',
  accentSoft: '#40416e',
  accentText: '#d2d3ff',
  danger: '#ffc4bf',
  dangerSoft: '#5c3533',
  warning: '#ffd98c',
  warningSoft: '#564a30',
  success: '#9ce8c2',
  star: '#f8cd6b',
};

const light: Theme = {
  ...lightTheme,
  bg: '#b8b8b8',
  bg2: '#cdcdcd',
  bg3: '#a8a8a8',
  text: '#161616',
  text2: '#3d3d3d',
  border: '#a3a3a3',
  borderStrong: '#6f6f6f',
  accent: '#3c3ed6',
  accentHover: '#3032b8',
  accentSoft: '#d3d4f4',
  accentText: '#2526a0',
  danger: '#840f08',
  dangerSoft: '#e8cbc9',
  warning: '#533600',
  warningSoft: '#e6d9bb',
  success: '#054529',
  star: '#6d4000',
};

const lightest: Theme = {
  ...lightTheme,
  bg: '#f0f0f0',
  bg2: '#ffffff',
  bg3: '#e0e0e0',
  text2: '#5c5c5c',
  border: '#d6d6d6',
  borderStrong: '#9c9c9c',
  accentSoft: '#e1e2fb',
  accentText: '#3a3cc8',
  danger: '#b21f17',
  warning: '#7a4f00',
  star: '#a06000',
};

/** Darkest first. */
export const uxpThemes: Readonly<Record<ThemeName, Theme>> = { darkest, dark, light, lightest };

/** The same with the host's own ground, text and lines, where it tells them. */
export const hostTold = (theme: Theme): Theme => ({
  ...theme,
  bg: `var(--uxp-host-background-color, ${theme.bg})`,
  text: `var(--uxp-host-text-color, ${theme.text})`,
  border: `var(--uxp-host-border-color, ${theme.border})`,
});
