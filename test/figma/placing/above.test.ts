import { beforeEach, describe, expect, it } from 'vitest';
import { takeNamespace } from '../../../figma-plugin/wire/takeData.ts';
import { type Canvas, extent, likeFill, open, photo as photoIn, png, red, rendered } from './canvas.ts';

describe('a take above its source', () => {
  let canvas: Canvas;
  let user: PluginAPI;
  beforeEach(() => {
    canvas = open();
    user = canvas.user;
  });

  const photo = (parent?: BaseNode & ChildrenMixin) => photoIn(canvas, parent);
  const take = (node: Parameters<typeof likeFill>[0], more: Parameters<typeof likeFill>[3] = {}) =>
    canvas.panel.place(likeFill(node, extent, png(extent, red), more));
  const placed = async (node: Parameters<typeof likeFill>[0]): Promise<RectangleNode> => canvas.node((await take(node)).id);

  it('has the place, size, turn and picture place of its source, right above it', async () => {
    const source = photo();
    photo().name = 'Front';
    source.relativeTransform = [
      [0.8, -0.6, 120],
      [0.6, 0.8, 45],
    ];
    source.fills = [
      {
        ...(source.fills as Paint[])[0],
        scaleMode: 'CROP',
        imageTransform: [
          [0.5, 0, 0.25],
          [0, 0.5, 0.1],
        ],
        filters: { exposure: 0.3 },
      } as ImagePaint,
    ];
    const node = await placed(source);
    expect(user.currentPage.children.map(({ name }) => name)).toEqual(['Photo', 'make it red', 'Front']);
    expect(node.type).toBe('RECTANGLE');
    expect(node.absoluteTransform).toEqual(source.absoluteTransform);
    expect([node.width, node.height]).toEqual([80, 60]);
    const [paint] = node.fills as ImagePaint[];
    const [old] = source.fills as ImagePaint[];
    expect(paint).toEqual({ ...old, imageHash: paint.imageHash });
    expect(paint.imageHash).not.toBe(old.imageHash);
    expect(user.currentPage.selection.map(({ id }) => id)).toEqual([node.id]);
    expect(node.targetAspectRatio).not.toBe(null);
  });

  it('keeps what shapes the picture and leaves out what would show twice', async () => {
    const source = photo();
    Object.assign(source, { topLeftRadius: 4, topRightRadius: 8, bottomRightRadius: 0, bottomLeftRadius: 12, cornerSmoothing: 0.6 });
    source.strokes = [{ type: 'SOLID', color: { r: 0, g: 0, b: 0 } }];
    const blur: Effect = { type: 'LAYER_BLUR', blurType: 'NORMAL', radius: 3, visible: true };
    source.effects = [
      { type: 'DROP_SHADOW', color: { r: 0, g: 0, b: 0, a: 0.5 }, offset: { x: 0, y: 4 }, radius: 4, visible: true, blendMode: 'NORMAL' },
      blur,
    ];
    source.blendMode = 'MULTIPLY';
    source.constraints = { horizontal: 'CENTER', vertical: 'MAX' };
    const node = await placed(source);
    const { topLeftRadius, topRightRadius, bottomRightRadius, bottomLeftRadius, cornerSmoothing } = node;
    expect([topLeftRadius, topRightRadius, bottomRightRadius, bottomLeftRadius, cornerSmoothing]).toEqual([4, 8, 0, 12, Math.fround(0.6)]);
    expect(node.strokes).toEqual([]);
    expect(node.effects.map(({ type }) => type)).toEqual(['LAYER_BLUR']);
    expect(node.blendMode).toBe('MULTIPLY');
    expect(node.constraints).toEqual({ horizontal: 'CENTER', vertical: 'MAX' });
  });

  it('says that a see-through source shows through', async () => {
    const source = photo();
    source.opacity = 0.5;
    const answer = await take(source);
    expect(answer.notes).toEqual(['“Photo” lets through what is beneath it, so its old picture shows through the take.']);
    expect(canvas.node(answer.id).opacity).toBe(1);
  });

  it('has the outline of a shape that is no rectangle', async () => {
    const source = user.createEllipse();
    source.resize(40, 30);
    source.strokes = [{ type: 'SOLID', color: { r: 1, g: 0, b: 0 } }];
    source.locked = true;
    source.fills = [{ type: 'IMAGE', scaleMode: 'FIT', imageHash: user.createImage(png(extent, [1, 2, 3, 255])).hash }];
    const node = await placed(source as never);
    expect(node.type).toBe('ELLIPSE');
    expect(node.strokes).toEqual([]);
    expect(node.locked).toBe(false);
    expect(source.locked).toBe(true);
  });

  it('falls back to a rectangle where the outline cannot be copied', async () => {
    const source = user.createText();
    source.characters = 'Retake';
    source.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: user.createImage(png(extent, [1, 2, 3, 255])).hash }];
    const answer = await take(source as never);
    expect(canvas.node(answer.id).type).toBe('RECTANGLE');
    expect(answer.notes).toEqual([`The outline of “${source.name}” could not be copied; the take is a rectangle.`]);
  });

  it('lies where its source lies in turned, flipped and grouped parents', async () => {
    const frame = user.createFrame();
    frame.resize(300, 200);
    frame.relativeTransform = [
      [-0.6, 0.8, 50],
      [0.8, 0.6, -20],
    ];
    const source = photo(frame);
    source.relativeTransform = [
      [0, -1, 90],
      [1, 0, 30],
    ];
    const group = user.group([source, photo(frame)], frame);
    user.group([group], frame);
    const node = await placed(source);
    expect(node.parent?.id).toBe(source.parent?.id);
    expect(node.relativeTransform).toEqual(source.relativeTransform);
    near(node.absoluteTransform.flat(), source.absoluteTransform.flat());
  });

  it('counts from the section that it is in', async () => {
    const section = user.createSection();
    section.x = 500;
    section.y = 300;
    section.resizeWithoutConstraints(400, 400);
    const source = photo(section);
    source.x = 20;
    source.y = 30;
    const node = await placed(source);
    expect([node.parent?.id, node.x, node.y]).toEqual([section.id, 20, 30]);
  });

  describe('in auto layout', () => {
    function row(mode: 'HORIZONTAL' | 'VERTICAL' | 'GRID'): FrameNode {
      const frame = user.createFrame();
      frame.layoutMode = mode;
      frame.paddingLeft = 10;
      frame.itemSpacing = 5;
      return frame;
    }

    it.each(['HORIZONTAL', 'VERTICAL'] as const)('moves and sizes nothing (%s)', async (mode) => {
      const frame = row(mode);
      const source = photo(frame);
      const inner = user.createFrame();
      inner.resize(50, 50);
      const stretched = user.createRectangle();
      stretched.resize(50, 50);
      stretched.constraints = { horizontal: 'STRETCH', vertical: 'SCALE' };
      inner.appendChild(stretched);
      frame.appendChild(inner);
      inner.layoutSizingHorizontal = 'FILL';
      inner.layoutSizingVertical = 'FILL';
      const before = canvas.dump();
      const { id } = await take(source);
      const node = canvas.node<RectangleNode>(id);
      expect(node.layoutPositioning).toBe('ABSOLUTE');
      expect([node.x, node.y, node.width, node.height]).toEqual([source.x, source.y, source.width, source.height]);
      expect(frame.children.map((child) => child.id)).toEqual([source.id, id, inner.id]);
      node.remove();
      expect(canvas.dump()).toEqual(before);
    });

    it('does not squeeze for a moment what might not recover from it', async () => {
      const frame = row('HORIZONTAL');
      frame.layoutSizingHorizontal = 'FIXED';
      frame.resize(210, 100);
      const source = photo(frame);
      const inner = user.createFrame();
      inner.resize(115, 50);
      const stretched = user.createRectangle();
      stretched.resize(10, 10);
      stretched.x = 50;
      stretched.constraints = { horizontal: 'STRETCH', vertical: 'MIN' };
      inner.appendChild(stretched);
      frame.appendChild(inner);
      inner.layoutSizingHorizontal = 'FILL';
      const before = canvas.dump(inner);
      await take(source);
      expect(canvas.dump(inner)).toEqual(before);
    });

    it('follows a source that stretches', async () => {
      const frame = row('VERTICAL');
      frame.layoutSizingHorizontal = 'FIXED';
      frame.resize(200, 100);
      const source = photo(frame);
      source.layoutSizingHorizontal = 'FILL';
      const node = await placed(source);
      expect(node.constraints).toEqual({ horizontal: 'STRETCH', vertical: 'MIN' });
      expect(node.targetAspectRatio).toBe(null);
    });

    it('leaves a full grid as it is', async () => {
      const frame = row('GRID');
      frame.gridRowCount = 1;
      frame.gridColumnCount = 2;
      frame.resize(300, 100);
      const source = photo(frame);
      photo(frame);
      const before = canvas.dump();
      const { id } = await take(source);
      const node = canvas.node<RectangleNode>(id);
      expect([frame.gridRowCount, node.layoutPositioning, node.x, node.y]).toEqual([1, 'ABSOLUTE', source.x, source.y]);
      node.remove();
      expect(canvas.dump()).toEqual(before);
    });

    it('is seen above its source where the first is on top', async () => {
      const frame = row('HORIZONTAL');
      const source = photo(frame);
      photo(frame);
      frame.itemReverseZIndex = true;
      const { id } = await take(source);
      expect(frame.children[0].id).toBe(id);
    });
  });

  describe('made of several pictures', () => {
    it('is a group of rectangles where the picture is larger than one may be', async () => {
      const source = photo();
      source.x = 10;
      const ask = rendered(source, 1, red);
      const half = { width: 40, height: 60 };
      const tiles = [0, 1].map((i) => ({ png: png(half, red), size: half, toPage: [1, 0, 0, 1, 10 + 40 * i, 0] as const }));
      const { id } = await canvas.panel.place({ ...ask, picture: { kind: 'tiles', tiles } });
      const group = canvas.node<GroupNode>(id);
      expect([group.type, group.name, group.x, group.y, group.width, group.height]).toEqual(['GROUP', 'make it red', 10, 0, 80, 60]);
      expect(group.children.map(({ name, x, width }) => [name, x, width])).toEqual([
        ['make it red (1 of 2)', 10, 40],
        ['make it red (2 of 2)', 50, 40],
      ]);
      expect(group.getSharedPluginData(takeNamespace, 'story')).not.toBe('');
    });

    it('lies upright above a turned group that flows in auto layout, and does not make it grow', async () => {
      const frame = user.createFrame();
      frame.layoutMode = 'HORIZONTAL';
      const source = photo(frame);
      source.rotation = 30;
      const group = user.group([source], frame);
      group.name = 'Turned';
      photo(frame);
      frame.rotation = 20;
      const before = canvas.dump(group);
      const { id } = await canvas.panel.place(rendered(source, 1, red));
      expect(canvas.orderOn(group, canvas.node(id))).toBe('right above');
      expect(canvas.dump(group)).toEqual(before);
    });

    it('lies in a group that holds it', async () => {
      const frame = user.createFrame();
      frame.layoutMode = 'HORIZONTAL';
      const source = photo(frame);
      user.group([source], frame);
      const { id } = await canvas.panel.place(rendered(source, 1, red));
      expect(canvas.orderOn(source, canvas.node(id))).toBe('right above');
    });

    it('shows all of a picture whose pixels do not divide the box', async () => {
      const source = photo();
      source.resize(100.5, 50);
      const put = rendered(source, 1, red);
      const size = { width: 101, height: 50 };
      const tiles = [{ png: png(size, red), size, toPage: [100.5 / 101, 0, 0, 1, 0, 0] as const }];
      const { id } = await canvas.panel.place({ ...put, picture: { kind: 'tiles', tiles } });
      const node = canvas.node<RectangleNode>(id);
      near([node.width, node.height], [100.5, 50]);
      near((node.fills as ImagePaint[])[0].imageTransform!.flat(), [1, 0, 0, 0, 1, 0]);
    });

    it('lies upright on the page in a turned frame', async () => {
      const frame = user.createFrame();
      frame.resize(300, 200);
      frame.rotation = 30;
      const source = photo(frame);
      const { id } = await canvas.panel.place(rendered(source, 2, red));
      const node = canvas.node<RectangleNode>(id);
      const box = source.absoluteBoundingBox!;
      near(node.absoluteTransform.flat(), [1, 0, box.x, 0, 1, box.y]);
      near([node.width, node.height], [Math.round(box.width * 2) / 2, Math.round(box.height * 2) / 2]);
    });
  });
});

function near(got: readonly number[], wanted: readonly number[]): void {
  expect(got.length).toBe(wanted.length);
  got.forEach((number, i) => {
    expect(number).toBeCloseTo(wanted[i], 4);
  });
}
