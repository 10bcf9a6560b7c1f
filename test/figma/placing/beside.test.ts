import { beforeEach, describe, expect, it } from 'vitest';
import { blue, type Canvas, extent, likeFill, open, photo, png, red, rendered } from './canvas.ts';

describe('a take beside its source', () => {
  let canvas: Canvas;
  let user: PluginAPI;
  beforeEach(() => {
    canvas = open();
    user = canvas.user;
  });

  const take = (node: Parameters<typeof likeFill>[0], colour: readonly number[] = red) =>
    canvas.panel.place(likeFill(node, extent, png(extent, colour), { at: 'beside' }));

  it('is a copy of it with the old picture hidden beneath, in the free space to the right', async () => {
    const source = photo(canvas);
    source.x = 10;
    source.effects = [
      { type: 'DROP_SHADOW', color: { r: 0, g: 0, b: 0, a: 0.5 }, offset: { x: 0, y: 4 }, radius: 4, visible: true, blendMode: 'NORMAL' },
    ];
    source.strokes = [{ type: 'SOLID', color: { r: 0, g: 0, b: 0 } }];
    const before = canvas.dump(source);
    const { id, notes } = await take(source);
    const node = canvas.node<RectangleNode>(id);
    expect([node.name, node.x, node.y, node.width, node.height]).toEqual(['make it red', 130, 0, 80, 60]);
    expect((node.fills as ImagePaint[])[0]).toEqual({ ...(source.fills as ImagePaint[])[0], visible: false });
    expect(node.fills).toHaveLength(2);
    expect([node.effects.length, node.strokes.length]).toEqual([1, 1]);
    expect(canvas.dump(source)).toEqual(before);
    expect(canvas.orderOn(source, node)).toBe('right above');
    expect(notes).toEqual([]);
  });

  it('stands beside the frame that the source lies in, and beside others that are there', async () => {
    const frame = user.createFrame();
    frame.resize(300, 200);
    frame.layoutMode = 'HORIZONTAL';
    const source = photo(canvas, frame);
    const other = photo(canvas);
    other.x = frame.width + 60;
    const before = canvas.dump(frame);
    const first = canvas.node<RectangleNode>((await take(source)).id);
    const second = canvas.node<RectangleNode>((await take(source, blue)).id);
    expect(first.parent?.type).toBe('PAGE');
    expect([first.x, first.y]).toEqual([other.x + 80 + 40, source.absoluteBoundingBox!.y]);
    expect(second.x).toBe(first.x + 80 + 40);
    expect(canvas.dump(frame)).toEqual(before);
  });

  it('stays in a section that has room, and stands beside one that has not', async () => {
    const section = user.createSection();
    section.x = 1000;
    section.resizeWithoutConstraints(300, 100);
    const source = photo(canvas, section);
    source.x = 10;
    source.y = 10;
    const first = canvas.node<RectangleNode>((await take(source)).id);
    expect([first.parent?.id, first.x, first.y]).toEqual([section.id, 130, 10]);
    const second = canvas.node<RectangleNode>((await take(source, blue)).id);
    expect([second.parent?.type, second.x, second.y]).toEqual(['PAGE', 1340, 10]);
    expect([section.width, section.height]).toEqual([300, 100]);
  });

  it('keeps the turn of its source', async () => {
    const source = photo(canvas);
    source.rotation = 90;
    const box = source.absoluteBoundingBox!;
    const node = canvas.node<RectangleNode>((await take(source)).id);
    expect(node.rotation).toBe(90);
    expect(node.absoluteBoundingBox).toEqual({ ...box, x: box.x + box.width + 40 });
  });

  it('of a component is a rectangle, never a new component', async () => {
    const component = user.createComponent();
    component.name = 'Card';
    component.resize(80, 60);
    component.cornerRadius = 7;
    component.fills = photo(canvas).fills;
    photo(canvas, component);
    const { id, notes } = await take(component as never);
    const node = canvas.node<RectangleNode>(id);
    expect([node.type, node.topLeftRadius, (node.fills as Paint[]).length]).toEqual(['RECTANGLE', 7, 2]);
    expect(notes).toEqual(['The copy shows the fills of “Card” without what lies in it.']);
    expect(component.children).toHaveLength(1);
  });

  it('of a frame with text whose font is not there is a rectangle', async () => {
    const frame = user.createFrame();
    frame.name = 'Poster';
    frame.resize(80, 60);
    frame.fills = photo(canvas).fills;
    frame.appendChild(user.createText());
    const { id, notes } = await take(frame as never);
    expect(canvas.node(id).type).toBe('RECTANGLE');
    expect(notes).toEqual(['The copy shows the fills of “Poster” without what lies in it.']);
    expect(user.currentPage.children).toHaveLength(3);
  });

  it('of what lies in an instance stands by itself', async () => {
    const component = user.createComponent();
    component.resize(200, 150);
    photo(canvas, component);
    const instance = component.createInstance();
    instance.x = 500;
    const node = canvas.node<RectangleNode>((await take(instance.children[0] as never)).id);
    expect([node.parent?.type, node.x]).toEqual(['PAGE', 740]);
  });

  it('that was rendered lies beside as it was rendered', async () => {
    const frame = user.createFrame();
    frame.resize(100, 50);
    const { id } = await canvas.panel.place(rendered(frame, 2, red, { at: 'beside' }));
    const node = canvas.node<RectangleNode>(id);
    expect([node.x, node.y, node.width, node.height]).toEqual([140, 0, 100, 50]);
    expect(canvas.gridOf(id).toNode).toEqual([0.5, 0, 0, 0.5, 0, 0]);
  });

  it('is as see-through as what its source lies in makes it', async () => {
    const frame = user.createFrame();
    frame.opacity = 0.5;
    const inner = user.createFrame();
    inner.opacity = 0.5;
    frame.appendChild(inner);
    const source = photo(canvas, inner);
    expect(canvas.node<RectangleNode>((await take(source)).id).opacity).toBe(0.25);
    const { id } = await canvas.panel.place(rendered(source, 2, red, { at: 'beside' }));
    expect(canvas.node<RectangleNode>(id).opacity).toBe(0.25);
  });

  it('of a text whose font is not there is a rectangle, and says so', async () => {
    const text = user.createText();
    text.fills = photo(canvas).fills;
    const { id, notes } = await take(text as never);
    expect(canvas.node(id).type).toBe('RECTANGLE');
    expect(notes).toEqual([`The outline of “${text.name}” could not be copied; the take is a rectangle.`]);
  });

  it('leaves further fills of its source, which are takes, with the source', async () => {
    const source = photo(canvas);
    await canvas.panel.place(likeFill(source, extent, png(extent, blue), { at: 'fill' }));
    const put = likeFill(source, extent, png(extent, red), { at: 'beside' });
    if (put.picture.kind !== 'like-fill') throw new Error('not like a fill');
    const [first] = source.fills as ImagePaint[];
    const picture = { ...put.picture, paintIndex: 0, hash: first.imageHash! };
    const node = canvas.node<RectangleNode>((await canvas.panel.place({ ...put, picture })).id);
    expect((node.fills as ImagePaint[]).map(({ visible }) => visible)).toEqual([false, true]);
    expect(source.fills).toHaveLength(2);
  });
});
