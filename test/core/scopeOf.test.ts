import { expect, test } from 'vitest';
import { scopeOf } from '../../shared/core/edit/scopeOf.ts';

test.each([
  ['make it night', 'global'],
  ['black and white', 'global'],
  ['make the whole picture brighter', 'global'],
  ['warmer light', 'global'],
  ['make the picture darker', 'global'],
  ['make the light warmer', 'global'],
  ['change the style to watercolour', 'global'],
  ['make the jacket red', 'local'],
  ['remove the cable', 'local'],
  ['something nicer', 'unknown'],
] as const)('“%s” reaches %s', (instruction, scope) => {
  expect(scopeOf([instruction], false)).toBe(scope);
});

test('a region keeps every instruction local', () => {
  expect(scopeOf(['make it night'], true)).toBe('local');
});
