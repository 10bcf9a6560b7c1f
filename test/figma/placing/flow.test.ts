/** A take that auto layout places right after its source, where that is asked for: what lies around makes room. */
import { beforeEach, describe, expect, it } from 'vitest';
import { affineOf } from '../../../figma-plugin/sandbox/scene/fillGeometry.ts';
import { takeNamespace } from '../../../figma-plugin/wire/takeData.ts';
import { neverAborted } from '../../../shared/core/abort.ts';
import { composeAffine } from '../../../shared/core/compose/affine.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { filled, openCanvas, place, rgba, slope, takeAt } from '../reading/canvas.ts';
import { answerOf, type Canvas, extent, likeFill, open, photo, png, red, rendered } from './canvas.ts';

describe('a take in the flow', () => {
  let canvas: Canvas;
  let user: PluginAPI;
  beforeEach(() => {
    canvas = open();
    user = canvas.user;
  });

  const take = (node: Parameters<typeof likeFill>[0]) => canvas.panel.place(likeFill(node, extent, png(extent, red), { at: 'flow' }));

  function row(mode: 'HORIZONTAL' | 'VERTICAL' = 'HORIZONTAL'): FrameNode {
    const frame = user.createFrame();
    frame.name = 'Row';
    frame.resize(300, 200);
    frame.layoutMode = mode;
    frame.itemSpacing = 10;
    return frame;
  }

  it('comes right after its source, and the others move on', async () => {
    const frame = row();
    const [source, other] = canvas.file.build(() => [photo(canvas, frame), photo(canvas, frame)]);
    source.strokes = [{ type: 'SOLID', color: { r: 0, g: 0, b: 0 } }];
    const before = canvas.dump(source);
    const { id, notes } = await take(source);
    const node = canvas.node<RectangleNode>(id);
    expect(canvas.orderOn(source, node)).toBe('right above');
    expect([source.x, node.x, other.x, frame.width]).toEqual([0, 90, 180, 260]);
    expect([node.layoutPositioning, node.visible, node.name, node.strokes.length]).toEqual(['AUTO', true, 'make it red', 1]);
    expect(canvas.dump(source)).toEqual(before);
    expect(notes).toEqual([]);
    expect(canvas.file.user.selected()).toEqual([id]);
  });

  it('goes with one undo, and everything is back in its place', async () => {
    const frame = row();
    frame.resize(300, 60);
    const source = canvas.file.build(() => {
      const node = photo(canvas, frame);
      node.layoutSizingHorizontal = 'FILL';
      return node;
    });
    const before = canvas.dump();
    await take(source);
    expect(source.width).toBe(145);
    canvas.file.user.undo();
    expect(canvas.dump()).toEqual(before);
  });

  it('of a step that is taken back leaves nothing, not a row of the grid either', async () => {
    const grid = row();
    grid.layoutMode = 'GRID';
    grid.gridItemsPositioning = 'ROW_AUTO_FLOW';
    const source = canvas.file.build(() => photo(canvas, grid));
    const before = canvas.dump();
    const { step } = answerOf(await canvas.panel.ask('beginStep', { label: 'Retake' }));
    const put = likeFill(source, extent, png(extent, red), { at: 'flow' });
    const { id } = answerOf(await canvas.panel.ask('place', { step, put }));
    expect([canvas.node(id).parent?.id, grid.gridRowCount]).toEqual([grid.id, 2]);
    await canvas.panel.ask('endStep', { step, keep: false });
    expect(canvas.dump()).toEqual(before);
  });

  it.each(['HORIZONTAL', 'VERTICAL'] as const)('is sized as its source is, in a %s flow', async (mode) => {
    const frame = row(mode);
    frame.resize(300, 200);
    const source = photo(canvas, frame);
    source.layoutSizingHorizontal = 'FILL';
    source.layoutSizingVertical = 'FILL';
    const node = canvas.node<RectangleNode>((await take(source)).id);
    expect([node.layoutSizingHorizontal, node.layoutSizingVertical]).toEqual(['FILL', 'FILL']);
    expect([node.width, node.height]).toEqual(mode === 'HORIZONTAL' ? [145, 200] : [300, 95]);
    expect([source.width, source.height]).toEqual([node.width, node.height]);
    // The grid is where the picture shows now: the middle of the one is that of the other.
    const toPage = composeAffine(affineOf(node.absoluteTransform), canvas.gridOf(node.id).toNode!);
    const { x, y } = node.absoluteBoundingBox!;
    expect(toPage[0] * 4 + toPage[4]).toBeCloseTo(x + node.width / 2, 6);
    expect(toPage[3] * 3 + toPage[5]).toBeCloseTo(y + node.height / 2, 6);
  });

  it('hugs its contents as its source does, where it can', async () => {
    const frame = row();
    const card = user.createFrame();
    card.fills = photo(canvas).fills;
    frame.appendChild(card);
    card.layoutMode = 'VERTICAL';
    photo(canvas, card);
    const node = canvas.node<FrameNode>((await take(card as never)).id);
    expect([node.type, node.layoutSizingHorizontal, node.width, node.children.length]).toEqual(['FRAME', 'HUG', 80, 1]);
    // A rectangle cannot hug: it is as large as its source.
    const { id } = await canvas.panel.place(rendered(card, 2, red, { at: 'flow' }));
    expect([canvas.node<RectangleNode>(id).layoutSizingHorizontal, canvas.node<RectangleNode>(id).width]).toEqual(['FIXED', 80]);
  });

  it('keeps the turn of its source', async () => {
    const source = photo(canvas, row());
    source.rotation = 90;
    const node = canvas.node<RectangleNode>((await take(source)).id);
    expect(node.rotation).toBeCloseTo(90, 6);
    expect(node.absoluteBoundingBox!.x).toBeCloseTo(70, 6);
  });

  it('of what lies in an instance comes after the instance, as large as it shows', async () => {
    const frame = row();
    const component = user.createComponent();
    component.x = 2000;
    component.resize(200, 150);
    photo(canvas, component);
    const [first, last] = [component.createInstance(), component.createInstance()];
    frame.appendChild(first);
    frame.appendChild(last);
    first.layoutSizingVertical = 'FILL';
    first.opacity = 0.5;
    const node = canvas.node<RectangleNode>((await take(first.children[0] as never)).id);
    expect(frame.children.map(({ id }) => id)).toEqual([first.id, node.id, last.id]);
    expect([node.x, node.width, node.height, node.layoutSizingVertical, node.opacity]).toEqual([210, 80, 60, 'FIXED', 0.5]);
  });

  it('of what lies in a group comes after the group', async () => {
    const frame = row();
    const source = photo(canvas, frame);
    const other = photo(canvas, frame);
    const group = user.group([source, other], frame);
    const width = group.width;
    const node = canvas.node<RectangleNode>((await take(source)).id);
    expect(frame.children.map(({ id }) => id)).toEqual([group.id, node.id]);
    expect([group.width, node.x]).toEqual([width, width + 10]);
  });

  it('that was rendered is a rectangle of the same size; resized by the flow its picture is cut, not stretched', async () => {
    const frame = row();
    frame.resize(300, 50);
    const source = user.createFrame();
    source.resize(100, 50);
    frame.appendChild(source);
    const fixed = canvas.node<RectangleNode>((await canvas.panel.place(rendered(source, 2, red, { at: 'flow' }))).id);
    expect([fixed.x, fixed.width, fixed.height, canvas.orderOn(source, fixed)]).toEqual([110, 100, 50, 'right above']);
    expect(canvas.gridOf(fixed.id).toNode).toEqual([0.5, 0, 0, 0.5, 0, 0]);
    fixed.remove();
    source.layoutSizingHorizontal = 'FILL';
    const filling = canvas.node<RectangleNode>((await canvas.panel.place(rendered(source, 2, red, { at: 'flow' }))).id);
    expect([filling.width, (filling.fills as ImagePaint[])[0].scaleMode]).toEqual([145, 'FILL']);
    const [scale, , , , x] = canvas.gridOf(filling.id).toNode!;
    expect([scale, x]).toEqual([0.5, -77.5]);
  });

  describe('of a grid', () => {
    function grid(columns: number, rows: number): FrameNode {
      const frame = row();
      frame.name = 'Gallery';
      frame.layoutMode = 'GRID';
      frame.resize(100 * columns, 80 * rows);
      frame.gridColumnCount = columns;
      frame.gridRowCount = rows;
      return frame;
    }
    const cell = (id: string): readonly number[] => {
      const { gridRowAnchorIndex, gridColumnAnchorIndex } = canvas.node<RectangleNode>(id);
      return [gridRowAnchorIndex, gridColumnAnchorIndex];
    };

    it('takes the next free cell after its source, and none moves', async () => {
      const frame = grid(2, 2);
      const [first, second] = canvas.file.build(() => [photo(canvas, frame), photo(canvas, frame)]);
      second.setGridChildPosition(1, 0);
      const one = await take(first);
      expect(cell(one.id)).toEqual([0, 1]);
      const two = await take(first);
      expect([cell(two.id), two.notes, frame.gridRowCount]).toEqual([[1, 1], [], 2]);
      expect([cell(first.id), cell(second.id)]).toEqual([
        [0, 0],
        [1, 0],
      ]);
    });

    it('looks from the start again after the last', async () => {
      const frame = grid(2, 1);
      const source = canvas.file.build(() => photo(canvas, frame));
      source.setGridChildPosition(0, 1);
      expect(cell((await take(source)).id)).toEqual([0, 0]);
    });

    it('spans what its source does, where there is room', async () => {
      const frame = grid(2, 3);
      const source = canvas.file.build(() => photo(canvas, frame));
      source.gridColumnSpan = 2;
      const first = canvas.node<RectangleNode>((await take(source)).id);
      expect([cell(first.id), first.gridColumnSpan]).toEqual([[1, 0], 2]);
      const small = photo(canvas, frame);
      expect(cell(small.id)).toEqual([2, 0]);
      const second = canvas.node<RectangleNode>((await take(source)).id);
      expect([cell(second.id), second.gridColumnSpan]).toEqual([[2, 1], 1]);
    });

    it('that is full: beside it, and it says so', async () => {
      const frame = grid(1, 1);
      const source = canvas.file.build(() => photo(canvas, frame));
      const { id, notes } = await take(source);
      expect([canvas.node(id).parent?.type, frame.gridRowCount]).toEqual(['PAGE', 1]);
      expect(notes).toEqual(['The grid “Gallery” has no free cell left, so the take lies beside “Photo”.']);
    });

    it('whose children follow one another: right after its source', async () => {
      const frame = grid(2, 2);
      frame.gridItemsPositioning = 'ROW_AUTO_FLOW';
      const [source] = canvas.file.build(() => [photo(canvas, frame), photo(canvas, frame)]);
      const { id } = await take(source);
      expect(canvas.orderOn(source, canvas.node(id))).toBe('right above');
    });
  });

  describe('that is not there', () => {
    it('any more: beside, and it says so', async () => {
      const frame = row();
      const source = photo(canvas, frame);
      const put = likeFill(source, extent, png(extent, red), { at: 'flow' });
      frame.layoutMode = 'NONE';
      const { id, notes } = await canvas.panel.place(put);
      expect(canvas.node(id).parent?.type).toBe('PAGE');
      expect(notes).toEqual(['“Photo” is not laid out by auto layout, so the take lies beside it.']);
    });

    it('for what has a fixed place in it', async () => {
      const source = photo(canvas, row());
      source.layoutPositioning = 'ABSOLUTE';
      expect((await take(source)).notes).toHaveLength(1);
    });

    it('because its source is gone: where that was', async () => {
      const source = photo(canvas, row());
      const put = likeFill(source, extent, png(extent, red), { at: 'flow' });
      source.remove();
      const { id, notes } = await canvas.panel.place(put);
      expect(canvas.file.exists(id)).toBe(true);
      expect(notes[0]).toContain('deleted');
    });

    it('for a picture in several parts', async () => {
      const source = photo(canvas, row());
      const put = rendered(source, 1, red, { at: 'flow' });
      if (put.picture.kind !== 'tiles') throw new Error('not rendered');
      const [tile] = put.picture.tiles;
      const { id, notes } = await canvas.panel.place({ ...put, picture: { ...put.picture, tiles: [tile, tile] } });
      expect([canvas.node(id).type, canvas.node(id).parent?.type]).toEqual(['GROUP', 'PAGE']);
      expect(notes).toEqual(['The take has more pixels than one layer holds, so it lies beside “Photo”.']);
    });
  });

  describe('has a placeholder', () => {
    const add = async (node: RectangleNode): Promise<RectangleNode> => {
      const { picture, data, placeholder, ...where } = likeFill(node, extent, png(extent, red), { at: 'flow' });
      const ask = { ...where, size: { width: node.width, height: node.height }, toPage: affineOf(node.absoluteTransform) };
      return canvas.node(answerOf(await canvas.panel.ask('addPlaceholder', ask)).id);
    };

    it('that the flow makes room for, and that gives way to the take', async () => {
      const frame = row('VERTICAL');
      const [source, other] = canvas.file.build(() => [photo(canvas, frame), photo(canvas, frame)]);
      source.layoutSizingHorizontal = 'FIXED';
      const before = canvas.dump();
      const node = await add(source);
      expect([node.y, other.y, node.locked, canvas.orderOn(source, node)]).toEqual([70, 140, true, 'right above']);
      const put = likeFill(source, extent, png(extent, red), { at: 'flow', placeholder: node.id });
      const { id } = await canvas.panel.place(put);
      expect(frame.children.map((child) => child.id)).toEqual([source.id, id, other.id]);
      canvas.file.user.undo();
      expect(canvas.dump()).toEqual(before);
    });

    it.each([
      ['that fills what is left itself', 'source'],
      ['beside one that does', 'neighbour'],
      ['in a row that grows within one that does not', 'around'],
    ])('that squeezes nothing: a bar behind a source %s', async (_what, who) => {
      const frame = row();
      const [source, neighbour] = canvas.file.build(() => [photo(canvas, frame), photo(canvas, frame)]);
      const outer = row();
      if (who === 'around') {
        outer.appendChild(frame);
        const filling = photo(canvas, outer);
        outer.resize(600, 100);
        filling.layoutSizingHorizontal = 'FILL';
      } else {
        frame.resize(300, 60);
        (who === 'source' ? source : neighbour).layoutSizingHorizontal = 'FILL';
      }
      const sizes = (): readonly number[] => [frame.width, source.width, neighbour.width, neighbour.x];
      const before = sizes();
      const bar = await add(source);
      expect(sizes()).toEqual(before);
      expect([bar.layoutPositioning, bar.height]).toEqual(['ABSOLUTE', source.height]);
      expect(bar.width).toBeLessThan(source.width / 4);
      expect(bar.x + bar.width / 2).toBe(source.x + source.width + 5);
    });

    it('that is no place beside, where there is no flow any more', async () => {
      const frame = row();
      const source = canvas.file.build(() => photo(canvas, frame));
      const { id: placeholder } = await add(source);
      canvas.file.build(() => {
        frame.layoutMode = 'NONE';
      });
      const { id } = await canvas.panel.place(likeFill(source, extent, png(extent, red), { at: 'flow', placeholder }));
      expect([canvas.node(id).parent?.type, frame.children.length]).toEqual(['PAGE', 1]);
    });

    it('of another run, which is there again after a take was placed', async () => {
      const frame = row();
      const source = canvas.file.build(() => photo(canvas, frame));
      await add(source);
      const mine = await add(source);
      const put = likeFill(source, extent, png(extent, red), { at: 'flow', placeholder: mine.id });
      await canvas.panel.place(put);
      expect(frame.children.map(({ name }) => name)).toEqual(['Photo', 'Retake: make it red', 'make it red']);
      expect(frame.width).toBe(260);
    });
  });

  it('of a layer that carries a take of its own has its own story', async () => {
    const source = photo(canvas, row());
    source.setSharedPluginData(takeNamespace, 'story-ab', 'old');
    const node = canvas.node<RectangleNode>((await take(source)).id);
    expect([...node.getSharedPluginDataKeys(takeNamespace)].sort()).toEqual(['grid', 'provenance', 'story']);
  });
});

describe('the choice of the flow', () => {
  async function laidOut() {
    const canvas = openCanvas();
    const layer = canvas.draw((figma) => {
      const row = figma.createFrame();
      row.layoutMode = 'HORIZONTAL';
      const node = figma.createRectangle();
      node.resize(24, 16);
      filled(node, canvas.image(slope(24, 16)));
      row.appendChild(node);
      row.appendChild(figma.createEllipse());
      return node;
    });
    const isInFlow = async () => valueIn(await canvas.host.subject())?.nodes[0].isInFlow;
    const spot = { x: 2, y: 2, width: 8, height: 8 };
    const run = async (at: 'above' | 'flow', of: string) => {
      canvas.host.placeAt(at);
      const { host } = valueIn(await canvas.host.pin(of, neverAborted));
      return place(host, takeAt(spot, of));
    };
    return { canvas, layer, isInFlow, run };
  }

  it('is there for a layer that auto layout places, and for a take of it', async () => {
    const { canvas, layer, isInFlow, run } = await laidOut();
    expect(await isInFlow()).toBe(true);
    await canvas.select(await run('above', layer));
    expect(await isInFlow()).toBe(true);
    canvas.file.build((figma) => {
      (figma.getNodeById(layer) as RectangleNode).layoutPositioning = 'ABSOLUTE';
    });
    await canvas.rest();
    expect(await isInFlow()).toBe(false);
  });

  it('made for a take that lies above lays out a copy of the layer, with the change in it', async () => {
    const { canvas, layer, run } = await laidOut();
    const above = await run('above', layer);
    const flowing = await run('flow', above);
    const [first, second] = canvas.file.build((figma) => (figma.getNodeById(layer)!.parent as FrameNode).children.map(({ id }) => id));
    expect([first, second]).toEqual([layer, flowing]);
    const drawn = await canvas.truth(flowing, 24);
    expect(rgba(drawn, 5, 5)).toEqual([250, 20, 30, 255]);
    expect(rgba(drawn, 20, 12)).toEqual(rgba(slope(24, 16), 20, 12));
  });
});
