/** The panel's sheet in Photoshop holds only what UXP draws, and its four themes can be read. */
import { describe, expect, test } from 'vitest';
import { uxpCss } from '../../../photoshop-uxp/panel/uxpSkin.ts';
import { type ThemeName, uxpThemes } from '../../../photoshop-uxp/panel/uxpThemes.ts';
import { browserCss } from '../../../shared/panel/browserCss.ts';
import { panelCss } from '../../../shared/panel/panelCss.ts';
import { refusedBy, rulesOf } from './uxpStyles.ts';

describe('the sheet', () => {
  test('is drawn by UXP, all of it', () => {
    expect(refusedBy(uxpCss())).toEqual([]);
  });

  test('shares with the others what stands in panelCss, and nothing of what only browsers draw', () => {
    expect(rulesOf(panelCss).length).toBeGreaterThan(200);
    const every = rulesOf(browserCss);
    // Each of its rules is there because UXP lacks it, or follows one that is.
    expect(refusedBy(browserCss).length).toBeGreaterThan(every.length * 0.9);
  });

  test.each([
    '.a:has(.b) { color: red; }',
    '.a:focus-visible { color: red; }',
    '.a:not(:disabled) { color: red; }',
    '.a::placeholder { color: red; }',
    ':scope .a { color: red; }',
    '.a { transition: opacity 1s; }',
    '.a { animation: breathe 1s; }',
    '@keyframes breathe { 50% { opacity: 0; } }',
    '@font-face { font-family: Inter; }',
    '@supports (color: red) { .a { color: red; } }',
    '@media (hover) { .a { color: red; } }',
    '@media (prefers-color-scheme: medium) { .a { color: red; } }',
    '@container (width > 1px) { .a { color: red; } }',
    '.a { background-image: conic-gradient(red, blue); }',
    '.a { width: min(1px, 2px); }',
    '.a { width: max(1px, 2px); }',
    '.a { width: 100cqw; }',
    '.a { width: 2rem; }',
    '.a { field-sizing: content; }',
    '.a { accent-color: red; }',
    '.a { transform: none; }',
    '.a { inset: 0; }',
    '.a { text-wrap: balance; }',
    '.a { font: 500 11px Inter; }',
    '.a { gap: 4px; }',
    '.a { display: grid; }',
    '.a { position: sticky; }',
    '.a { float: left; }',
    '.a { text-transform: uppercase; }',
    '.a { box-shadow: 0 0 1px red; }',
    '.a { object-fit: cover; }',
    '.a { aspect-ratio: 1; }',
    '.a { color: color-mix(in srgb, red, blue); }',
  ])('would be refused for %s', (css) => {
    expect(refusedBy(css)).toHaveLength(1);
    expect(refusedBy(`.fine { color: red; }\n${css}`)).toHaveLength(1);
  });

  test('is refused when it does not end', () => {
    expect(() => refusedBy('.a { color: red;')).toThrow('a brace is open');
  });
});

/** WCAG's relative luminance, of "#rrggbb". */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const v = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(Object.keys(uxpThemes) as ThemeName[])('the %s theme', (name) => {
  const theme = uxpThemes[name];
  test.each([
    ['text', ['bg', 'bg2', 'bg3', 'accentSoft', 'dangerSoft', 'warningSoft']],
    ['text2', ['bg', 'bg2']],
    ['accentText', ['bg', 'bg2', 'accentSoft']],
    ['danger', ['bg', 'bg2', 'dangerSoft']],
    ['warning', ['bg', 'warningSoft']],
    ['success', ['bg', 'bg2']],
    ['onAccent', ['accent', 'accentHover']],
  ] as const)('can be read: %s', (text, grounds) => {
    for (const ground of grounds) expect([ground, contrast(theme[text], theme[ground]) >= 4.5]).toEqual([ground, true]);
  });

  test('shows signs and the focus', () => {
    for (const ground of ['bg', 'bg2'] as const) {
      expect(contrast(theme.star, theme[ground])).toBeGreaterThanOrEqual(3);
      expect(contrast(theme.accentText, theme[ground])).toBeGreaterThanOrEqual(3);
    }
  });
});
