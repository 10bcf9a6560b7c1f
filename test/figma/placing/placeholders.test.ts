import { beforeEach, describe, expect, it } from 'vitest';
import { makeShape } from '../../../figma-plugin/sandbox/placing/outline.ts';
import { affineOf } from '../../../figma-plugin/sandbox/scene/fillGeometry.ts';
import { placeholderKey, takeNamespace } from '../../../figma-plugin/wire/takeData.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import type { Extent } from '../../../shared/core/geometry.ts';
import { answerOf, asPanel, blue, type Canvas, extent, likeFill, open, photo, png, red } from './canvas.ts';

describe('a placeholder', () => {
  let canvas: Canvas;
  let source: RectangleNode;
  beforeEach(() => {
    canvas = open();
    source = canvas.file.build(() => photo(canvas));
  });

  const asked = (colour: readonly number[] = red) => likeFill(source, extent, png(extent, colour));
  const add = async (at: 'above' | 'beside' = 'above', to: Affine = affineOf(source.absoluteTransform)): Promise<string> => {
    const { picture, data, placeholder, ...where } = asked();
    return answerOf(await canvas.panel.ask('addPlaceholder', { ...where, at, size: source, toPage: to })).id;
  };
  const marked = (): readonly SceneNode[] =>
    canvas.user.currentPage.children.filter((node) => node.getSharedPluginData(takeNamespace, placeholderKey) !== '');
  const names = (): readonly string[] => canvas.user.currentPage.children.map(({ name }) => name);

  it('lies where the take will be, at once, quietly', async () => {
    const [node] = [canvas.node<RectangleNode>(await add())];
    expect(canvas.orderOn(source, node)).toBe('right above');
    expect([node.name, node.locked, node.width, node.height]).toEqual(['Retake: make it red', true, 80, 60]);
    expect(node.absoluteTransform).toEqual(source.absoluteTransform);
    expect(canvas.file.user.selected()).toEqual([]);
    expect(node.getSharedPluginData(takeNamespace, 'story')).toBe('');
  });

  it('gives way to the take', async () => {
    const id = await add();
    const { id: take } = await canvas.panel.place({ ...asked(), placeholder: id });
    expect(names()).toEqual(['Photo', 'make it red']);
    expect(canvas.orderOn(source, canvas.node(take))).toBe('right above');
    expect(marked()).toEqual([]);
  });

  it('is gone when the run fails or is cancelled', async () => {
    const before = canvas.dump();
    const id = await add();
    await canvas.panel.ask('dropPlaceholder', { id });
    expect(canvas.dump()).toEqual(before);
    expect(await canvas.panel.ask('dropPlaceholder', { id })).toEqual({ ok: true, value: null });
  });

  it('does not come back with an undo of the take, and leaves no undo entry of its own', async () => {
    const before = canvas.dump();
    const id = await add();
    await canvas.panel.place({ ...asked(), placeholder: id });
    canvas.file.user.undo();
    expect(canvas.dump()).toEqual(before);
    canvas.file.user.undo();
    expect(canvas.file.exists(source.id)).toBe(false);
  });

  it('of other runs stays while a take is placed, and is in no undo entry', async () => {
    await add();
    const mine = await add();
    await canvas.panel.place({ ...asked(), placeholder: mine });
    expect(marked()).toHaveLength(1);
    // An undo from the panel is of the take, whatever waits for another one.
    await canvas.panel.ask('undo', null);
    expect(names()).toEqual(['Photo', 'Retake: make it red']);
  });

  it('beside keeps its place for its own take, whichever is done first', async () => {
    const [first, second] = [await add('beside'), await add('beside')];
    const x = (id: string): number => canvas.node<RectangleNode>(id).x;
    expect([x(first), x(second)]).toEqual([120, 240]);
    const two = await canvas.panel.place({ ...asked(blue), at: 'beside', placeholder: second });
    expect(x(two.id)).toBe(240);
    const other = await canvas.panel.place({ ...asked([1, 2, 3, 255]), at: 'beside' });
    expect(x(other.id)).toBe(360);
    const one = await canvas.panel.place({ ...asked(), at: 'beside', placeholder: first });
    expect(x(one.id)).toBe(120);
  });

  it('beside is as large as the layer, though the change is small', async () => {
    const { picture, data, placeholder, ...where } = asked();
    const corner = { ...where, at: 'beside', size: { width: 10, height: 10 }, toPage: [1, 0, 0, 1, 60, 40] } as const;
    const { id } = answerOf(await canvas.panel.ask('addPlaceholder', corner));
    expect(canvas.node<RectangleNode>(id).absoluteBoundingBox).toEqual({ x: 120, y: 0, width: 80, height: 60 });
    const take = await canvas.panel.place({ ...asked(), at: 'beside', placeholder: id });
    expect(canvas.node<RectangleNode>(take.id).x).toBe(120);
  });

  it('that the user has deleted is done without', async () => {
    const id = await add();
    canvas.file.user.remove(id);
    const placed = await canvas.panel.place({ ...asked(), placeholder: id });
    expect(canvas.orderOn(source, canvas.node(placed.id))).toBe('right above');
  });

  it('whose frame is gone is done without', async () => {
    const frame = canvas.user.createFrame();
    frame.appendChild(source);
    const id = await add();
    canvas.user.currentPage.appendChild(source);
    frame.remove();
    const placed = await canvas.panel.place({ ...asked(), placeholder: id });
    expect(names()).toEqual(['Photo', 'make it red']);
    expect(canvas.file.exists(placed.id)).toBe(true);
  });

  it('is taken away when the plug-in is closed', async () => {
    const before = canvas.dump();
    await add();
    canvas.file.plugin.close();
    expect(canvas.dump()).toEqual(before);
  });

  it('that was left over is removed at the next start, others’ are not', async () => {
    await add();
    const mine = marked()[0].getSharedPluginData(takeNamespace, placeholderKey);
    const left = (mark: string): string =>
      canvas.file.build(() => {
        const node = photo(canvas);
        node.setSharedPluginData(takeNamespace, placeholderKey, mark);
        return node.id;
      });
    const [own, theirs, old, odd] = [
      left(mine),
      left(JSON.stringify({ owner: 'Ada', at: Date.now() })),
      left(JSON.stringify({ owner: 'Ada', at: Date.now() - 48 * 3600 * 1000 })),
      left('?'),
    ];
    canvas.file.user.run();
    asPanel(canvas.file.figma);
    await canvas.file.settled();
    expect([own, theirs, old, odd].map((id) => canvas.file.exists(id))).toEqual([false, true, false, false]);
  });

  it('that an undo of the user’s brought back goes with the next step', async () => {
    const id = await add();
    // Takes what waits along into a step of the user's.
    canvas.file.user.move(source.id, 5, 0);
    await canvas.panel.ask('dropPlaceholder', { id });
    canvas.file.user.undo();
    expect(marked()).toHaveLength(1);
    await canvas.panel.place(asked());
    expect(marked()).toEqual([]);
  });

  describe('has the outline of its layer', () => {
    const addFor = async (node: SceneNode & LayoutMixin, at: 'above' | 'beside', more: { size?: Extent; toPage?: Affine } = {}) => {
      const { picture, data, placeholder, ...where } = likeFill(node as RectangleNode, extent, png(extent, red), { at });
      const { width, height, x, y } = node.absoluteBoundingBox!;
      // As it is asked for: the box of what may change.
      const ask = { ...where, size: { width, height }, toPage: [1, 0, 0, 1, x, y] as Affine, ...more };
      return canvas.node(answerOf(await canvas.panel.ask('addPlaceholder', ask)).id);
    };

    it.each(['above', 'beside'] as const)('rounded, and turned as it is, %s', async (at) => {
      source.topLeftRadius = 20;
      source.bottomRightRadius = 6;
      source.cornerSmoothing = 0.5;
      source.rotation = 30;
      const node = await addFor(source, at);
      const { topLeftRadius, topRightRadius, bottomRightRadius, cornerSmoothing } = node;
      expect([topLeftRadius, topRightRadius, bottomRightRadius, cornerSmoothing]).toEqual([20, 0, 6, 0.5]);
      expect([node.width, node.height]).toEqual([80, 60]);
      expect(node.rotation).toBeCloseTo(30, 6);
    });

    it('an ellipse, a ring, a part of one', async () => {
      const ring = canvas.file.build(() => {
        const node = canvas.user.createEllipse();
        node.resize(50, 40);
        node.fills = source.fills;
        node.arcData = { startingAngle: 0.5, endingAngle: 4, innerRadius: 0.4 };
        return node;
      });
      const node = canvas.node<EllipseNode>((await addFor(ring, 'above')).id);
      expect([node.type, node.width, node.height, node.arcData]).toEqual(['ELLIPSE', 50, 40, ring.arcData]);
      expect(marked()).toHaveLength(1);
      // It stays an ellipse after it was taken out for the step of another take.
      await canvas.panel.place(asked());
      expect(marked().map(({ type }) => type)).toEqual(['ELLIPSE']);
      // And is found when it is left over.
      canvas.file.user.run();
      asPanel(canvas.file.figma);
      await canvas.file.settled();
      expect(marked()).toEqual([]);
    });

    it('a star, a polygon', async () => {
      const [star, polygon] = canvas.file.build(() => [canvas.user.createStar(), canvas.user.createPolygon()] as const);
      star.pointCount = 7;
      star.innerRadius = 0.5;
      polygon.pointCount = 6;
      for (const node of [star, polygon]) node.fills = source.fills;
      const shapes = [await addFor(star, 'above'), await addFor(polygon, 'beside')].map(({ id }) => canvas.node<StarNode>(id));
      expect(shapes.map(({ type, pointCount }) => [type, pointCount])).toEqual([
        ['STAR', 7],
        ['POLYGON', 6],
      ]);
      expect(shapes[0].innerRadius).toBe(0.5);
    });

    it('a drawn shape, with the holes in it', async () => {
      const ring = 'M 0 0 L 60 0 C 80 0 80 40 60 40 L 0 40 Z M 10 10 L 10 20 L 20 20 Z';
      const shape = canvas.file.build(() => {
        const node = canvas.user.createVector();
        node.vectorPaths = [{ windingRule: 'EVENODD', data: ring }];
        node.cornerRadius = 3;
        node.fills = source.fills;
        node.x = 200;
        return node;
      });
      for (const at of ['above', 'beside'] as const) {
        const node = canvas.node<VectorNode>((await addFor(shape, at)).id);
        expect([node.type, node.width, node.height, node.cornerRadius]).toEqual(['VECTOR', 80, 40, 3]);
        expect(node.vectorPaths).toEqual(shape.vectorPaths);
      }
      await canvas.panel.place(asked());
      expect(marked().map(({ type }) => type)).toEqual(['VECTOR', 'VECTOR']);
      // And is found when it is left over.
      canvas.file.user.run();
      asPanel(canvas.file.figma);
      await canvas.file.settled();
      expect(marked()).toEqual([]);
    });

    it('a boolean group, whose area Figma tells of in another form than it takes', async () => {
      const union = canvas.file.build(() => {
        const [one, two] = [photo(canvas), photo(canvas)];
        two.x = 40;
        two.y = 30;
        const node = canvas.user.union([one, two], canvas.user.currentPage);
        node.fills = source.fills;
        node.x = 300;
        return node;
      });
      const node = canvas.node<VectorNode>((await addFor(union, 'above')).id);
      expect([node.type, node.width, node.height]).toEqual(['VECTOR', 120, 90]);
      expect(node.absoluteTransform).toEqual(union.absoluteTransform);
      expect(node.vectorPaths.map(({ data }) => data)).toEqual(['M 0 0 L 80 0 L 80 60 L 0 60 Z', 'M 40 30 L 120 30 L 120 90 L 40 90 Z']);
    });

    it('or its box, of an open line and of a drawing of thousands of points', async () => {
      const paths = {
        line: { windingRule: 'NONE', data: 'M 0 0 L 80 60' },
        huge: { windingRule: 'NONZERO', data: `M 0 0 ${'L 80 60 L 0 60 '.repeat(5000)}Z` },
      } as const;
      for (const path of Object.values(paths)) {
        const shape = canvas.file.build(() => {
          const node = canvas.user.createVector();
          node.vectorPaths = [path];
          node.fills = source.fills;
          return node;
        });
        const node = canvas.node<RectangleNode>((await addFor(shape, 'above')).id);
        expect([node.type, node.width, node.height]).toEqual(['RECTANGLE', 80, 60]);
      }
    });

    it('or its box, where Figma does not take a path that it tells of', () => {
      const before = canvas.user.currentPage.children.length;
      const paths = [{ windingRule: 'NONZERO', data: 'M 0 0 A 5 5 0 0 1 10 10 Z' }] as const;
      const made: string[] = [];
      const node = makeShape(canvas.file.figma, { kind: 'drawn', paths, radius: 0 }, ({ type }) => made.push(type));
      expect([node.type, made]).toEqual(['RECTANGLE', ['VECTOR', 'RECTANGLE']]);
      expect(canvas.user.currentPage.children).toHaveLength(before + 1);
    });

    it('but not where only a part of it may change', async () => {
      source.cornerRadius = 20;
      const part = await addFor(source, 'above', { size: { width: 10, height: 10 }, toPage: [1, 0, 0, 1, 30, 30] });
      expect([part.topLeftRadius, part.width, part.x]).toEqual([0, 10, 30]);
    });
  });

  it('is drawn for very small and very large layers', async () => {
    for (const size of [1, 5000]) {
      source.resize(size, size);
      const node = canvas.node<RectangleNode>(await add());
      expect(node.strokeWeight).toBe(size === 1 ? 0.5 : 8);
    }
  });
});
