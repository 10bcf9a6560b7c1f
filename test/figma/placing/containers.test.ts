/** Where nothing may be added, a take lies right above what may not be added to. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type Canvas, extent, likeFill, open, photo, png, red } from './canvas.ts';

describe('a take of what lies in', () => {
  let canvas: Canvas;
  let user: PluginAPI;
  beforeEach(() => {
    canvas = open();
    user = canvas.user;
  });

  const take = (node: RectangleNode) => canvas.panel.place(likeFill(node, extent, png(extent, red)));

  /** A card: a component with a photo in it, and where the photo of an instance of it is. */
  function card(): { component: ComponentNode; instance: InstanceNode; inside: RectangleNode } {
    const component = user.createComponent();
    component.name = 'Card';
    component.resize(200, 150);
    photo(canvas, component).x = 20;
    const instance = component.createInstance();
    instance.x = 400;
    return { component, instance, inside: instance.children[0] as RectangleNode };
  }

  it('an instance', async () => {
    const { instance, inside } = card();
    instance.name = 'My card';
    instance.opacity = 0.5;
    const { id, notes } = await take(inside);
    const node = canvas.node<RectangleNode>(id);
    expect(node.parent?.type).toBe('PAGE');
    expect(canvas.orderOn(instance, node)).toEqual('right above');
    expect(node.absoluteTransform).toEqual(inside.absoluteTransform);
    expect(node.opacity).toBe(0.5);
    expect(notes).toEqual([
      'Nothing can be added to the instance “My card”, so the take lies right above it.',
      // The instance lets the old picture through as one with all that is in it, and the take by itself.
      `“${inside.name}” lets through what is beneath it, so its old picture shows through the take.`,
    ]);
  });

  it('an instance in an instance', async () => {
    const { instance } = card();
    const outer = user.createComponent();
    outer.resize(500, 300);
    outer.appendChild(instance);
    const shown = outer.createInstance();
    shown.name = 'Outer';
    const frame = user.createFrame();
    frame.resize(600, 400);
    frame.appendChild(shown);
    const inside = (shown.children[0] as InstanceNode).children[0] as RectangleNode;
    const { id } = await take(inside);
    const node = canvas.node(id);
    expect(node.parent?.id).toBe(frame.id);
    expect(canvas.orderOn(shown, node)).toBe('right above');
  });

  it('a component, and a set of components', async () => {
    const { component } = card();
    const inside = component.children[0] as RectangleNode;
    const first = await take(inside);
    expect(canvas.orderOn(component, canvas.node(first.id))).toBe('right above');
    const set = user.combineAsVariants([component, component.clone()], user.currentPage);
    const second = await take(inside);
    expect(canvas.node(second.id).parent?.type).toBe('PAGE');
    expect(second.notes[0]).toContain('the component set');
    expect(set.children).toHaveLength(2);
  });

  it('a boolean group', async () => {
    const source = photo(canvas);
    const other = user.createEllipse();
    const union = user.union([source, other], user.currentPage);
    const { id } = await take(source);
    expect(canvas.orderOn(union, canvas.node(id))).toBe('right above');
    expect(union.children).toHaveLength(2);
  });

  it('a mask: outside when it is the mask itself, under the same mask when it is masked', async () => {
    const mask = photo(canvas);
    const masked = photo(canvas);
    const group = user.group([mask, masked], user.currentPage);
    mask.isMask = true;
    const outside = await take(mask);
    expect(canvas.orderOn(group, canvas.node(outside.id))).toBe('right above');
    expect(canvas.node<RectangleNode>(outside.id).isMask).toBe(false);
    const inside = await take(masked);
    expect(canvas.orderOn(masked, canvas.node(inside.id))).toBe('right above');
    expect(canvas.node(inside.id).parent?.id).toBe(group.id);
  });

  it('a group: inside of it, which grows no further', async () => {
    const source = photo(canvas);
    source.x = 30;
    const group = user.group([source, photo(canvas)], user.currentPage);
    const { width, height } = group;
    const { id } = await take(source);
    expect(canvas.node(id).parent?.id).toBe(group.id);
    expect([group.width, group.height, canvas.node<RectangleNode>(id).x]).toEqual([width, height, 30]);
  });

  it('something locked: outside of it, and it is not written', async () => {
    const frame = user.createFrame();
    frame.name = 'Locked';
    frame.resize(300, 300);
    const source = photo(canvas, frame);
    frame.locked = true;
    const before = canvas.dump(frame);
    const { id, notes } = await take(source);
    expect(canvas.orderOn(frame, canvas.node(id))).toBe('right above');
    expect(notes).toEqual(['Nothing can be added to the locked layer “Locked”, so the take lies right above it.']);
    expect(canvas.dump(frame)).toEqual(before);
  });

  it('a locked source of its own: right above it, and it is not written', async () => {
    const source = photo(canvas);
    source.locked = true;
    const before = canvas.dump(source);
    const { id } = await take(source);
    expect(canvas.orderOn(source, canvas.node(id))).toBe('right above');
    expect(canvas.dump(source)).toEqual(before);
    expect(canvas.node(id).locked).toBe(false);
  });

  it('what cuts it: the take is cut by a frame of the same shape', async () => {
    const { component, instance, inside } = card();
    component.topLeftRadius = 16;
    component.clipsContent = true;
    component.children[0].x = 150;
    instance.rotation = 20;
    const { id } = await take(inside);
    const frame = canvas.node<FrameNode>(id);
    expect([frame.type, frame.name, frame.clipsContent, frame.fills, frame.topLeftRadius]).toEqual(['FRAME', 'make it red', true, [], 16]);
    expect(frame.absoluteTransform).toEqual(instance.absoluteTransform);
    expect([frame.width, frame.height]).toEqual([200, 150]);
    const [node] = frame.children as [RectangleNode];
    node.absoluteTransform.flat().forEach((number, i) => {
      expect(number).toBeCloseTo(inside.absoluteTransform.flat()[i], 4);
    });
  });

  it('what cuts it, going on from an earlier take: it is cut likewise', async () => {
    const { component, inside } = card();
    component.clipsContent = true;
    component.children[0].x = 150;
    const first = await take(inside);
    const { id } = await canvas.panel.place({ ...likeFill(inside, extent, png(extent, red)), above: first.id });
    expect(canvas.orderOn(canvas.node(first.id), canvas.node(id))).toBe('right above');
    expect(canvas.node<FrameNode>(id).clipsContent).toBe(true);
    expect(canvas.node<FrameNode>(id).children).toHaveLength(1);
  });

  it('what would cut it but does not: no frame is made', async () => {
    const { component, inside } = card();
    component.clipsContent = true;
    component.cornerRadius = 10;
    const { id } = await take(inside);
    expect(canvas.node(id).type).toBe('RECTANGLE');
  });
});
