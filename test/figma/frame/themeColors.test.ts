import { expect, test } from 'vitest';
import { figmaSkin } from '../../../figma-plugin/ui/figmaSkin.ts';
import { themeColors } from './themeColors.ts';

test('the panel asks for colours that Figma gives, and for no other', () => {
  const asked = [...figmaSkin().matchAll(/--figma-color-([a-z-]+)/g)].map(([, name]) => name);
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((name) => !Object.hasOwn(themeColors, name))).toEqual([]);
});
