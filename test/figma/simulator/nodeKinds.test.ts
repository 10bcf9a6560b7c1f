/** The simulator's table of members against Figma's own typings: no node has more or less than they say. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createFigmaFile, figmaRef } from './index.ts';
import { membersOf } from './nodeKinds.ts';

const typings = readFileSync('node_modules/@figma/plugin-typings/plugin-api.d.ts', 'utf8')
  .replace(/\/\*[\s\S]*?\*\//g, '')
  .replace(/\/\/.*$/gm, '');

/** Members of an interface with those of all it extends. */
function membersIn(name: string): Set<string> {
  const found = typings.match(new RegExp(`^interface ${name}\\s*(?:extends\\s+([\\w,\\s]+?))?\\s*\\{(?:\\}|\\n([\\s\\S]*?)^\\})`, 'm'));
  if (found === null) throw new Error(`no interface ${name}`);
  const own = [...(found[2] ?? '').matchAll(/^ {2}(?:readonly )?(\w+)\??[(:<]/gm)].map((match) => match[1]);
  const parents = (found[1] ?? '')
    .split(',')
    .map((parent) => parent.trim())
    .filter((parent) => parent !== '');
  return new Set([...own, ...parents.flatMap((parent) => [...membersIn(parent)])]);
}

const interfaces = {
  DOCUMENT: 'DocumentNode',
  PAGE: 'PageNode',
  FRAME: 'FrameNode',
  COMPONENT: 'ComponentNode',
  COMPONENT_SET: 'ComponentSetNode',
  INSTANCE: 'InstanceNode',
  SLOT: 'SlotNode',
  GROUP: 'GroupNode',
  SLICE: 'SliceNode',
  RECTANGLE: 'RectangleNode',
  LINE: 'LineNode',
  ELLIPSE: 'EllipseNode',
  POLYGON: 'PolygonNode',
  STAR: 'StarNode',
  VECTOR: 'VectorNode',
  TEXT: 'TextNode',
  BOOLEAN_OPERATION: 'BooleanOperationNode',
  SECTION: 'SectionNode',
};

test.each(Object.entries(interfaces))('a %s has the members of %s', (type, name) => {
  const expected = membersIn(name);
  expect(expected.size).toBeGreaterThan(20);
  expect([...membersOf(type)].sort()).toEqual([...expected].sort());
});

const elsewhere = `createSlide createSlideRow createSticky createConnector createShapeWithText createCodeBlock createTable createGif
  getSlideGrid setSlideGrid getCanvasGrid setCanvasGrid createCanvasRow moveNodesToCoord widgetId moveLocalPaintStyleAfter
  moveLocalTextStyleAfter moveLocalEffectStyleAfter moveLocalGridStyleAfter moveLocalCustomAnimationStyleAfter moveLocalPaintFolderAfter
  moveLocalTextFolderAfter moveLocalEffectFolderAfter moveLocalGridFolderAfter moveLocalCustomAnimationFolderAfter
  getLocalCustomAnimationStylesAsync getLocalCustomAnimationStyles`.split(/\s+/);

test('the global has the members of PluginAPI, but for those of other editors and of styles', () => {
  const expected = [...membersIn('PluginAPI')].filter((name) => !elsewhere.includes(name));
  expect([...createFigmaFile().plugin.operations.names(figmaRef)].sort()).toEqual(expected.sort());
});
