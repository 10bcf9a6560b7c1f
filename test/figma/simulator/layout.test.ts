import { describe, expect, test } from 'vitest';
import { createFigmaFile } from './index.ts';

// biome-ignore lint/suspicious/noExplicitAny: values that the types would not let through
type Loose = any;

const box = (node: LayoutMixin): readonly number[] => [node.x, node.y, node.width, node.height];

describe('auto layout', () => {
  function row(figma: PluginAPI): { frame: FrameNode; a: RectangleNode; b: RectangleNode } {
    const frame = figma.createFrame();
    frame.layoutMode = 'HORIZONTAL';
    frame.itemSpacing = 10;
    frame.paddingLeft = frame.paddingTop = 5;
    const [a, b] = [figma.createRectangle(), figma.createRectangle()];
    frame.appendChild(a);
    frame.appendChild(b);
    return { frame, a, b };
  }

  test('places its children and hugs them; setting x is nothing', () => {
    const { frame, a, b } = row(createFigmaFile().figma);
    expect([box(a), box(b), [frame.width, frame.height]]).toEqual([
      [5, 5, 100, 100],
      [115, 5, 100, 100],
      [215, 105],
    ]);
    b.x = 900;
    b.relativeTransform = [
      [0, 1, 7],
      [-1, 0, 8],
    ];
    expect(b.rotation).toBeCloseTo(90);
    expect([b.absoluteBoundingBox?.x, b.absoluteBoundingBox?.y]).toEqual([115, 5]);
    a.resize(50, 50);
    expect(b.absoluteBoundingBox?.x).toBe(65);
  });

  test('a further child moves the others; an absolute one does not', () => {
    const { figma } = createFigmaFile();
    const { frame, a, b } = row(figma);
    const over = figma.createRectangle();
    frame.insertChild(1, over);
    expect(b.x).toBe(225);
    over.layoutPositioning = 'ABSOLUTE';
    expect([b.x, frame.width]).toEqual([115, 215]);
    over.x = a.x;
    over.y = a.y;
    expect(box(over)).toEqual([5, 5, 100, 100]);
    figma.currentPage.appendChild(over);
    expect(over.layoutPositioning).toBe('AUTO');
  });

  test('ABSOLUTE outside of one is refused', () => {
    const rect = createFigmaFile().figma.createRectangle();
    expect(() => {
      rect.layoutPositioning = 'ABSOLUTE';
    }).toThrow('in set_layoutPositioning: Can only set layoutPositioning = ABSOLUTE if the parent node has layoutMode !== NONE');
  });

  test('resize makes sizes FIXED', () => {
    const { figma } = createFigmaFile();
    const { frame, a } = row(figma);
    expect(frame.layoutSizingHorizontal).toBe('HUG');
    frame.resize(400, 200);
    expect([frame.layoutSizingHorizontal, frame.primaryAxisSizingMode]).toEqual(['FIXED', 'FIXED']);
    a.layoutSizingHorizontal = 'FILL';
    expect([a.width, a.layoutGrow]).toEqual([400 - 5 - 10 - 100, 1]);
    a.resize(30, 30);
    expect(a.layoutSizingHorizontal).toBe('FIXED');
  });

  test('sizing has its rules', () => {
    const { figma } = createFigmaFile();
    const { frame, a } = row(figma);
    const lone = figma.createRectangle();
    const set = (node: Loose, value: string) => () => {
      node.layoutSizingHorizontal = value;
    };
    expect(set(lone, 'FILL')).toThrow('in set_layoutSizingHorizontal: FILL can only be set on children of auto-layout frames');
    expect(set(lone, 'HUG')).toThrow('HUG can only be set on auto-layout frames or text children of auto-layout frames');
    expect(set(a, 'HUG')).toThrow('HUG can only be set on auto-layout frames or text children of auto-layout frames');
    expect(set(lone, 'FIXED')).toThrow(
      'in set_layoutSizingHorizontal: node must be an auto-layout frame or a child of an auto-layout frame',
    );
    a.layoutPositioning = 'ABSOLUTE';
    expect(set(a, 'FILL')).toThrow('FILL cannot be set on absolute positioned auto-layout children');
    const inner = figma.createRectangle();
    frame.appendChild(inner);
    expect(set(figma.group([inner], frame), 'FILL')).toThrow('FILL cannot be set on this node');
  });

  test('aligns, spreads and wraps', () => {
    const { figma } = createFigmaFile();
    const { frame, a, b } = row(figma);
    frame.resize(405, 305);
    frame.primaryAxisAlignItems = 'SPACE_BETWEEN';
    frame.counterAxisAlignItems = 'CENTER';
    expect([a.x, b.x, a.y]).toEqual([5, 305, 105]);
    frame.primaryAxisAlignItems = 'MAX';
    expect([a.x, b.x]).toEqual([195, 305]);
    frame.layoutMode = 'VERTICAL';
    frame.primaryAxisAlignItems = 'MIN';
    frame.counterAxisAlignItems = 'MIN';
    expect([a.y, b.y]).toEqual([5, 115]);
  });

  test('a grid gives each child a cell', () => {
    const { figma } = createFigmaFile();
    const grid = figma.createFrame();
    grid.resize(210, 210);
    grid.layoutMode = 'GRID';
    grid.gridColumnCount = 2;
    grid.gridRowCount = 2;
    grid.gridColumnGap = 10;
    grid.gridRowGap = 10;
    const [a, b] = [figma.createRectangle(), figma.createRectangle()];
    grid.appendChild(a);
    grid.appendChild(b);
    expect([b.x, b.y, b.gridColumnAnchorIndex]).toEqual([110, 0, 1]);
    expect(() => a.setGridChildPosition(0, 1)).toThrow('in setGridChildPosition: Position is occupied by another node');
    expect(() => a.setGridChildPosition(5, 0)).toThrow('in setGridChildPosition: Position is out of bounds of the grid');
    a.setGridChildPosition(1, 1);
    expect([a.x, a.y]).toEqual([110, 110]);
    a.layoutPositioning = 'ABSOLUTE';
    a.x = 3;
    expect(a.x).toBe(3);
    grid.gridItemsPositioning = 'ROW_AUTO_FLOW';
    expect(() => b.setGridChildPosition(1, 0)).toThrow('ROW_AUTO_FLOW');
  });
});
