import { describe, expect, test } from 'vitest';
import { isExactMode, nonSeparable, type Rgb, separable } from '../../standalone/documents/blendModes.ts';

/** Worked out by hand from W3C Compositing and Blending Level 1, §10.1, and Photoshop's description of vivid light. */
describe('Blend modes follow their formulas', () => {
  test.each([
    // Dark backdrop: D(0.25) = ((16·0.25 − 12)·0.25 + 4)·0.25 = 0.5.
    ['sLit', 0.25, 0.75, 0.375],
    // Light backdrop: D(0.49) = 0.7.
    ['sLit', 0.49, 1, 0.7],
    ['sLit', 0.5, 0.25, 0.375],
    // Burn by twice the source, dodge by twice what exceeds a half.
    ['vLit', 0.75, 0.25, 0.5],
    ['vLit', 0.25, 0.75, 0.5],
    ['over', 0.25, 0.5, 0.25],
    ['hLit', 0.5, 0.25, 0.25],
    ['idiv', 1, 0, 1],
    ['div ', 0, 1, 0],
    ['fdiv', 0, 0, 0],
    ['hMix', 0.5, 0.4, 0],
    ['hMix', 0.5, 0.6, 1],
  ])('%s of backdrop %f and source %f is %f', (mode, backdrop, source, wanted) => {
    expect(separable[mode](backdrop, source)).toBeCloseTo(wanted, 6);
  });

  test('every mode of one channel stays between black and white', () => {
    for (const [mode, blend] of Object.entries(separable)) {
      for (let b = 0; b <= 16; b++) {
        for (let s = 0; s <= 16; s++) {
          const value = blend(b / 16, s / 16);
          expect(value >= -1e-9 && value <= 1 + 1e-9, `${mode} of ${b}/16 and ${s}/16 is ${value}`).toBe(true);
        }
      }
    }
  });

  const backdrop: Rgb = [0.5, 0.4, 0.45];
  const source: Rgb = [0.2, 0.3, 0.7];
  const luminosity = ([r, g, b]: Rgb): number => 0.3 * r + 0.59 * g + 0.11 * b;
  const saturation = (c: Rgb): number => Math.max(...c) - Math.min(...c);

  test('hue takes the order and spacing of the source, saturation and luminosity of the backdrop', () => {
    const mixed = nonSeparable['hue '](backdrop, source);
    expect(luminosity(mixed)).toBeCloseTo(luminosity(backdrop), 6);
    expect(saturation(mixed)).toBeCloseTo(saturation(backdrop), 6);
    expect((mixed[1] - mixed[0]) / (mixed[2] - mixed[0])).toBeCloseTo((source[1] - source[0]) / (source[2] - source[0]), 6);
  });

  test('saturation takes that of the source alone', () => {
    const pale: Rgb = [0.4, 0.45, 0.42];
    const mixed = nonSeparable['sat '](backdrop, pale);
    expect(luminosity(mixed)).toBeCloseTo(luminosity(backdrop), 6);
    expect(saturation(mixed)).toBeCloseTo(saturation(pale), 6);
    expect(mixed[0]).toBeGreaterThan(mixed[2]);
  });

  test('an unknown mode is known to be one', () => {
    expect(isExactMode('diss')).toBe(false);
    expect(isExactMode('norm')).toBe(true);
  });
});
