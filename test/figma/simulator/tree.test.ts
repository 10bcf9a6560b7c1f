/** Moving nodes in the tree, groups, layouts, instances. */
import { describe, expect, test } from 'vitest';
import { createFigmaFile, type FigmaFile } from './index.ts';
import { got, made } from './kit.ts';

// biome-ignore lint/suspicious/noExplicitAny: moves that the types would not let through
type Loose = any;

const box = (node: LayoutMixin): readonly number[] => [node.x, node.y, node.width, node.height];

describe('moves are refused', () => {
  async function scene(): Promise<{ readonly file: FigmaFile; readonly nodes: Readonly<Record<string, Loose>> }> {
    const file = createFigmaFile();
    const ids = file.build((figma) => {
      const frame = figma.createFrame();
      const inner = figma.createFrame();
      frame.appendChild(inner);
      const component = figma.createComponent();
      const part = figma.createFrame();
      component.appendChild(part);
      const other = figma.createComponent();
      const instance = component.createInstance();
      const nested = figma.createFrame();
      nested.appendChild(instance);
      const set = figma.combineAsVariants([figma.createComponent()], figma.currentPage);
      const divider = figma.createPageDivider();
      const rect = figma.createRectangle();
      const setFrame = figma.createFrame();
      setFrame.appendChild(figma.combineAsVariants([figma.createComponent()], figma.currentPage));
      const slot = other.createSlot();
      return Object.fromEntries(
        Object.entries({ frame, inner, component, part, other, instance, nested, set, divider, rect, setFrame, slot }).map(
          ([name, node]) => [name, node.id],
        ),
      );
    });
    const remote = file.buildRemote((figma) => {
      const component = figma.createComponent();
      component.appendChild(figma.createFrame());
      return component;
    });
    const nodes: Record<string, Loose> = { page: file.figma.currentPage, root: file.figma.root };
    for (const [name, id] of Object.entries({ ...ids, remote })) nodes[name] = await got(file, id);
    return { file, nodes };
  }

  const cases: readonly [string, (nodes: Readonly<Record<string, Loose>>, figma: PluginAPI) => void, string][] = [
    ['the root', ({ root, frame }) => frame.appendChild(root), 'Node is the scene root, which cannot be reparented'],
    ['into itself', ({ frame, inner }) => inner.appendChild(frame), 'Doing so would create a parenting cycle'],
    ['a layer into the root', ({ root, rect }) => root.appendChild(rect), 'The root node cannot have children of type other than PAGE'],
    [
      'a page into a frame',
      ({ frame, page }) => frame.appendChild(page),
      'Nodes other than the root node cannot have children of type PAGE',
    ],
    ['into a rectangle', ({ rect, inner }, figma) => figma.group([inner], rect), 'New parent is of a type that cannot have children'],
    ['into an instance', ({ instance, rect }) => instance.appendChild(rect), 'New parent is an instance or is inside of an instance'],
    [
      'into a part of one',
      ({ instance, rect }) => instance.children[0].appendChild(rect),
      'New parent is an instance or is inside of an instance',
    ],
    ['out of an instance', ({ instance, page }) => page.appendChild(instance.children[0]), 'Node is inside of an instance'],
    ['into a library', ({ remote, rect }) => remote.children[0].appendChild(rect), 'New parent is a internal, readonly-only node'],
    ['of a library', ({ remote, page }) => page.appendChild(remote), 'Node is an internal, readonly-only node'],
    ['a component into itself', ({ part, nested }) => part.appendChild(nested), 'Reparenting would create a component cycle'],
    [
      'a component into another',
      ({ component, other }) => other.appendChild(component),
      'Reparenting would create a component inside a component',
    ],
    [
      'a set into a set',
      ({ set, frame }) => set.appendChild(frame),
      'A COMPONENT_SET node cannot have children of type other than COMPONENT',
    ],
    [
      'a set into a variant',
      ({ set, setFrame }) => set.children[0].appendChild(setFrame),
      'Reparenting would create a component set cycle',
    ],
    ['a slot out of its component', ({ slot, page }) => page.appendChild(slot), 'Node is not allowed SLOT node'],
    ['into a divider', ({ divider, rect }) => divider.appendChild(rect), 'PageDivider cannot have children'],
  ];
  test.each(cases)('%s', async (_, move, words) => {
    const { nodes, file } = await scene();
    const before = file.tree();
    expect(() => move(nodes, file.figma)).toThrow(words);
    expect(file.tree()).toEqual(before);
  });

  test('past the last sibling', async () => {
    const { nodes } = await scene();
    const words = 'in insertChild: Cannot insert node at index greater than the number of existing siblings';
    expect(() => nodes.frame.insertChild(2, nodes.rect)).toThrow(words);
    nodes.frame.insertChild(1, nodes.rect);
  });

  test('removing what makes up an instance', async () => {
    const { nodes } = await scene();
    expect(() => nodes.instance.children[0].remove()).toThrow('in remove: Removing this node is not allowed');
  });
});

describe('moves', () => {
  test('take a node out of its old parent, and may put it where it is', async () => {
    const file = createFigmaFile();
    const [a, b, c] = file.build((figma) => [1, 2, 3].map(() => figma.createRectangle().id));
    const page = file.figma.currentPage;
    const order = (): readonly string[] => page.children.map((node) => node.id);
    page.insertChild(0, (await got<RectangleNode>(file, c)) as RectangleNode);
    expect(order()).toEqual([c, a, b]);
    const node = await got<RectangleNode>(file, a);
    page.insertChild(page.children.indexOf(node) + 1, node);
    expect(order()).toEqual([c, a, b]);
    const frame = file.figma.createFrame();
    frame.appendChild(node);
    expect(order()).toEqual([c, b, frame.id]);
    expect(node.parent).toBe(frame);
  });

  test('keep their order through many halvings', () => {
    const file = createFigmaFile();
    const { figma } = file;
    const [first, ...rest] = Array.from({ length: 80 }, () => figma.createRectangle());
    for (const node of rest) figma.currentPage.insertChild(1, node);
    expect(figma.currentPage.children).toEqual([first, ...rest.reverse()]);
  });

  test('a clone lands on the current page and keeps what it was', async () => {
    const file = createFigmaFile();
    const id = made(file, (figma) => {
      const frame = figma.createFrame();
      const rect = figma.createRectangle();
      frame.appendChild(rect);
      rect.cornerRadius = 7;
      rect.setSharedPluginData('retake', 'gen', 'x');
      return rect;
    });
    const clone = (await got<RectangleNode>(file, id)).clone();
    expect([clone.parent, clone.cornerRadius, clone.getSharedPluginData('retake', 'gen')]).toEqual([file.figma.currentPage, 7, 'x']);
    expect(clone.id).not.toBe(id);
  });

  test('a clone of a component is a component of its own, that of an instance another instance', async () => {
    const { figma } = createFigmaFile();
    const component = figma.createComponent();
    component.appendChild(figma.createRectangle());
    expect(component.clone().type).toBe('COMPONENT');
    const instance = component.createInstance().clone();
    expect(instance.children[0].id).toBe(`I${instance.id};${component.children[0].id}`);
    expect((await instance.getMainComponentAsync())?.id).toBe(component.id);
  });
});

describe('groups', () => {
  test('have the box of their children, whose places are the container’s', () => {
    const { figma } = createFigmaFile();
    const frame = figma.createFrame();
    const [a, b] = [figma.createRectangle(), figma.createRectangle()];
    for (const node of [a, b]) frame.appendChild(node);
    b.x = 150;
    b.y = 20;
    const group = figma.group([a, b], frame);
    expect(box(group)).toEqual([0, 0, 250, 120]);
    expect([a.x, b.x]).toEqual([0, 150]);
    const c = figma.createRectangle();
    c.x = -50;
    group.appendChild(c);
    expect(box(group)).toEqual([-50, 0, 300, 120]);
    group.x = 0;
    expect([a.x, b.x, c.x]).toEqual([50, 200, 0]);
    expect(group.parent).toBe(frame);
  });

  test('go with their last child', () => {
    const { figma } = createFigmaFile();
    const rect = figma.createRectangle();
    const group = figma.group([rect], figma.currentPage);
    figma.currentPage.appendChild(rect);
    expect(group.removed).toBe(true);
    expect(figma.currentPage.children).toEqual([rect]);
  });

  test('turn with what is in them', () => {
    const { figma } = createFigmaFile();
    const rect = figma.createRectangle();
    rect.resize(40, 20);
    const group = figma.group([rect], figma.currentPage);
    group.rotation = 90;
    expect(rect.rotation).toBeCloseTo(90);
    expect([group.width, group.height]).toEqual([40, 20]);
    const { width, height } = rect.absoluteBoundingBox as Rect;
    expect([width, height].map(Math.round)).toEqual([20, 40]);
  });

  test('gather nodes of other parents where they are seen', () => {
    const { figma } = createFigmaFile();
    const frame = figma.createFrame();
    frame.x = 300;
    const rect = figma.createRectangle();
    frame.appendChild(rect);
    rect.x = 10;
    const group = figma.group([rect], figma.currentPage);
    expect(group.x).toBe(310);
    expect(() => figma.group([], figma.currentPage)).toThrow('in group: First argument must be an array of at least one node');
  });

  test('boolean operations are like them', () => {
    const { figma } = createFigmaFile();
    const [a, b] = [figma.createRectangle(), figma.createEllipse()];
    b.x = 50;
    const union = figma.union([a, b], figma.currentPage);
    expect([union.type, union.booleanOperation, union.width]).toEqual(['BOOLEAN_OPERATION', 'UNION', 150]);
    expect('constraints' in union).toBe(false);
  });
});

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

describe('instances', () => {
  function button(figma: PluginAPI): { component: ComponentNode; label: RectangleNode; instance: InstanceNode } {
    const component = figma.createComponent();
    const label = figma.createRectangle();
    component.appendChild(label);
    label.name = 'Label';
    return { component, label, instance: component.createInstance() };
  }

  test('have parts of their own, that follow the component unless overridden', () => {
    const { figma } = createFigmaFile();
    const { component, label, instance } = button(figma);
    const part = instance.children[0] as RectangleNode;
    expect([part.id, part.name]).toEqual([`I${instance.id};${label.id}`, 'Label']);
    label.opacity = 0.5;
    expect(part.opacity).toBe(0.5);
    part.opacity = 0.25;
    label.opacity = 1;
    label.cornerRadius = 4;
    expect([part.opacity, part.cornerRadius]).toEqual([0.25, 4]);
    const more = figma.createEllipse();
    component.insertChild(0, more);
    expect(instance.children.map((node) => node.type)).toEqual(['ELLIPSE', 'RECTANGLE']);
    more.remove();
    expect(instance.children).toHaveLength(1);
  });

  test('keep their structure and places', () => {
    const { instance } = button(createFigmaFile().figma);
    const part = instance.children[0] as RectangleNode;
    const words = 'This property cannot be overridden in an instance';
    expect(() => {
      part.x = 5;
    }).toThrow(`in set_x: ${words}`);
    expect(() => part.resize(5, 5)).toThrow(`in resize: ${words}`);
    expect(() => {
      part.layoutPositioning = 'ABSOLUTE';
    }).toThrow(words);
    part.visible = false;
    part.fills = [];
    expect([part.visible, part.fills]).toEqual([false, []]);
  });

  test('are nested, and found by getMainComponentAsync', async () => {
    const { figma } = createFigmaFile();
    const { component, instance } = button(figma);
    const outer = figma.createComponent();
    outer.appendChild(instance);
    const top = outer.createInstance();
    const nested = top.children[0] as InstanceNode;
    expect(nested.type).toBe('INSTANCE');
    expect((await nested.getMainComponentAsync())?.id).toBe(component.id);
    expect(nested.children[0].id).toBe(`I${top.id};${instance.id};${component.children[0].id}`);
    expect((await component.getInstancesAsync()).map((one) => one.id)).toContain(instance.id);
  });

  test('of a library work; the library’s component cannot be written', async () => {
    const file = createFigmaFile();
    const remote = file.buildRemote((figma) => button(figma).component);
    const component = await got<ComponentNode>(file, remote);
    expect([component.remote, component.parent]).toEqual([true, null]);
    const instance = component.createInstance();
    expect((await instance.getMainComponentAsync())?.remote).toBe(true);
    expect(() => {
      component.name = 'x';
    }).toThrow('in set_name: Cannot write to internal and read-only node');
    expect((await file.figma.importComponentByKeyAsync(component.key)).id).toBe(remote);
    instance.children[0].setSharedPluginData('retake', 'gen', 'x');
  });

  test('resized, let their parts follow the constraints', () => {
    const { figma } = createFigmaFile();
    const { label, instance } = button(figma);
    label.resize(80, 80);
    label.constraints = { horizontal: 'STRETCH', vertical: 'MIN' };
    instance.resize(200, 100);
    expect(instance.children[0].width).toBe(180);
    label.opacity = 0.5;
    expect([instance.width, instance.children[0].width]).toEqual([200, 180]);
  });

  test('detached, are frames', () => {
    const { instance } = button(createFigmaFile().figma);
    const frame = instance.detachInstance();
    expect([frame.type, frame.children[0].id.startsWith('I'), instance.removed]).toEqual(['FRAME', false, true]);
  });
});
