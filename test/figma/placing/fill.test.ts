import { beforeEach, describe, expect, it } from 'vitest';
import { readPaintRef } from '../../../figma-plugin/wire/takeData.ts';
import { answerOf, type Canvas, extent, likeFill, open, photo, png, red, rendered } from './canvas.ts';

describe('a take as a further fill', () => {
  let canvas: Canvas;
  let user: PluginAPI;
  beforeEach(() => {
    canvas = open();
    user = canvas.user;
  });

  const asked = (node: Parameters<typeof likeFill>[0]) => likeFill(node, extent, png(extent, red), { at: 'fill' });
  const take = (node: Parameters<typeof likeFill>[0]) => canvas.panel.place(asked(node));

  it('lies on top of the fills that were there, all of which are kept', async () => {
    const source = photo(canvas);
    source.fills = [{ type: 'SOLID', color: { r: 0, g: 1, b: 0 }, opacity: 0.3 }, ...(source.fills as Paint[])];
    const old = source.fills as Paint[];
    const { id, notes } = await take(source);
    const fills = source.fills as Paint[];
    expect(fills.slice(0, -1)).toEqual(old);
    expect(fills.at(-1)).toMatchObject({ type: 'IMAGE', scaleMode: 'FILL', imageHash: readPaintRef(id)?.hash });
    expect(readPaintRef(id)?.node).toBe(source.id);
    expect(user.currentPage.children).toHaveLength(1);
    expect(notes).toEqual([]);
  });

  it('is one of several on the same layer, each with its own story', async () => {
    const source = photo(canvas);
    const first = await canvas.panel.place({
      ...asked(source),
      data: { story: 'one', grid: '{"toPage":[1,0,0,1,0,0]}', provenance: '{}' },
    });
    const second = await canvas.panel.place({
      ...likeFill(source, extent, png(extent, [1, 1, 1, 9]), { at: 'fill' }),
      data: { story: 'two', grid: '{"toPage":[1,0,0,1,0,0]}', provenance: '{}' },
    });
    const story = (id: string) => source.getSharedPluginData('retake', `story-${readPaintRef(id)?.hash}`);
    expect([story(first.id), story(second.id)]).toEqual(['one', 'two']);
  });

  it('can be hidden and removed without touching the layer', async () => {
    const source = photo(canvas);
    const before = canvas.dump();
    const { id } = await take(source);
    for (const isVisible of [false, true]) {
      const { step } = answerOf(await canvas.panel.ask('beginStep', { label: 'Hide' }));
      expect(await canvas.panel.ask('setVisible', { step, node: id, isVisible })).toEqual({ ok: true, value: null });
      await canvas.panel.ask('endStep', { step, keep: true });
      expect([source.visible, (source.fills as Paint[]).at(-1)?.visible]).toEqual([true, isVisible]);
    }
    const { step } = answerOf(await canvas.panel.ask('beginStep', { label: 'Remove' }));
    expect(await canvas.panel.ask('remove', { step, node: id })).toEqual({ ok: true, value: null });
    expect(source.fills).toHaveLength(2);
    await canvas.panel.ask('endStep', { step, keep: true });
    source.setRelaunchData({});
    expect(canvas.dump()).toEqual(before);
    const { step: late } = answerOf(await canvas.panel.ask('beginStep', { label: 'Remove' }));
    expect(await canvas.panel.ask('remove', { step: late, node: id })).toMatchObject({ ok: false, error: { kind: 'no-such-layer' } });
  });

  it('is an override in an instance, and leaves the component alone', async () => {
    const component = user.createComponent();
    photo(canvas, component);
    const instance = component.createInstance();
    const inside = instance.children[0] as RectangleNode;
    const { notes } = await take(inside);
    expect(inside.fills).toHaveLength(2);
    expect((component.children[0] as RectangleNode).fills).toHaveLength(1);
    expect(notes).toEqual([]);
  });

  it('says that the instances of a component show it too', async () => {
    const component = user.createComponent();
    component.name = 'Card';
    const { notes } = await take(photo(canvas, component));
    expect(notes).toEqual(['“Photo” belongs to the component “Card”: the fill shows in its instances too.']);
  });

  it('takes its place among patterns, which Figma sets asynchronously only', async () => {
    const source = photo(canvas);
    const pattern = {
      type: 'PATTERN',
      sourceNodeId: photo(canvas).id,
      tileType: 'RECTANGULAR',
      scalingFactor: 1,
      spacing: { x: 0, y: 0 },
      horizontalAlignment: 'START',
    } as const;
    await source.setFillsAsync([pattern, ...(source.fills as Paint[])]);
    await take(source);
    expect((source.fills as Paint[]).map(({ type }) => type)).toEqual(['PATTERN', 'IMAGE', 'IMAGE']);
  });

  it('lies where a rendered picture was read', async () => {
    const source = user.createRectangle();
    source.resize(40, 20);
    source.relativeTransform = [
      [0, -1, 100],
      [1, 0, 50],
    ];
    await canvas.panel.place(rendered(source, 1, red, { at: 'fill' }));
    const paint = (source.fills as Paint[]).at(-1) as ImagePaint;
    expect(paint.scaleMode).toBe('CROP');
    // The upright picture of 20 × 40, seen from the node that was turned by a quarter.
    paint.imageTransform!.flat().forEach((number, i) => {
      expect(number).toBeCloseTo([0, -1, 1, 1, 0, 0][i], 9);
    });
  });

  describe('lies above instead', () => {
    const above = async (node: Parameters<typeof likeFill>[0]): Promise<readonly string[]> => {
      const before = canvas.dump(node);
      const { id, notes } = await take(node);
      expect(readPaintRef(id)).toBe(null);
      expect(canvas.orderOn(node, canvas.node(id))).toBe('right above');
      expect(canvas.dump(node)).toEqual(before);
      return notes;
    };

    it('of a locked layer', async () => {
      const source = photo(canvas);
      source.locked = true;
      expect(await above(source)).toEqual(['“Photo” is locked and stays as it is, so the take lies above it.']);
    });

    it('of a fill that comes from a style', async () => {
      const source = photo(canvas);
      await source.setFillStyleIdAsync('S:abc,');
      expect(await above(source)).toEqual([
        'The fill of “Photo” comes from a style, which a further one would detach, so the take lies above it.',
      ]);
    });

    it('of a layer without fills, and of several', async () => {
      const [one, two] = [photo(canvas), photo(canvas)];
      const group = user.group([one, two], user.currentPage);
      const { notes } = await canvas.panel.place(rendered(group, 1, red, { at: 'fill' }));
      expect(notes).toEqual(['“Group” has no fills of its own, so the take lies above it.']);
      const both = await canvas.panel.place({ ...rendered(one, 1, red, { at: 'fill' }), sources: [one.id, two.id] });
      expect(both.notes).toEqual(['A fill belongs to one layer, so the take lies above instead.']);
    });

    it('of a frame that was rendered with what lies in it, and of text', async () => {
      const frame = user.createFrame();
      frame.name = 'Poster';
      photo(canvas, frame);
      expect((await canvas.panel.place(rendered(frame, 1, red, { at: 'fill' }))).notes).toEqual([
        'A fill of “Poster” would lie beneath what is in it, so the take lies above it.',
      ]);
      const text = user.createText();
      text.resize(40, 20);
      text.name = 'Title';
      expect((await canvas.panel.place(rendered(text as never, 1, red, { at: 'fill' }))).notes).toEqual([
        'A fill of “Title” would show in its letters only, so the take lies above it.',
      ]);
    });

    it('of letters of different fills', async () => {
      const text = user.createText();
      text.name = 'Title';
      text.resize(40, 20);
      const put = rendered(text as never, 1, red, { at: 'fill' });
      text.characters = 'ab';
      text.setRangeFills(0, 1, [{ type: 'SOLID', color: { r: 1, g: 0, b: 0 } }]);
      expect((await canvas.panel.place(put)).notes).toEqual(['The letters of “Title” have different fills, so the take lies above it.']);
    });
  });
});
