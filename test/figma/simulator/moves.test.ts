/** Moving nodes in the tree, copies and groups. */
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
