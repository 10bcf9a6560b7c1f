/** What may have happened to the file while the model worked. */
import { beforeEach, describe, expect, it } from 'vitest';
import { answerOf, type Canvas, extent, likeFill, open, photo, png, red, rendered } from './canvas.ts';

describe('while the model works', () => {
  let canvas: Canvas;
  let user: PluginAPI;
  let source: RectangleNode;
  let cropped: ImagePaint;
  beforeEach(() => {
    canvas = open();
    user = canvas.user;
    source = photo(canvas);
    source.x = 100;
    source.y = 50;
    const imageTransform: Transform = [
      [0.5, 0, 0.2],
      [0, 0.5, 0.1],
    ];
    cropped = { ...(source.fills as ImagePaint[])[0], scaleMode: 'CROP', imageTransform };
  });

  const asked = () => likeFill(source, extent, png(extent, red));
  const where = (id: string): number[] => {
    const { x, y, width, height } = canvas.node<RectangleNode>(id).absoluteBoundingBox!;
    return [x, y, width, height];
  };

  it('the source is moved and turned: the take follows it', async () => {
    const [like, tiles] = [asked(), rendered(source, 2, red)];
    source.relativeTransform = [
      [0, -1, 400],
      [1, 0, 300],
    ];
    for (const ask of [like, tiles]) {
      const { id, notes } = await canvas.panel.place(ask);
      expect(where(id)).toEqual([340, 300, 60, 80]);
      expect(notes).toEqual([]);
    }
  });

  it('the source is resized: the take has its new size and its grid the new place', async () => {
    const ask = asked();
    source.resize(160, 60);
    const { id } = await canvas.panel.place(ask);
    expect(where(id)).toEqual([100, 50, 160, 60]);
    // FILL covers: the picture of 8 × 6 is 160 × 120 units now, cut above and below.
    expect(canvas.gridOf(id).toNode).toEqual([20, 0, 0, 20, 0, -30]);
  });

  it('the source goes into another parent: the take goes after it', async () => {
    const ask = asked();
    const frame = user.createFrame();
    frame.x = 700;
    frame.appendChild(source);
    const { id } = await canvas.panel.place(ask);
    expect(canvas.node(id).parent?.id).toBe(frame.id);
  });

  it.each(['like-fill', 'tiles'])('the source is deleted: the take lies where it was (%s)', async (kind) => {
    source.rotation = 90;
    const box = source.absoluteBoundingBox!;
    const ask = kind === 'tiles' ? rendered(source, 2, red) : asked();
    source.remove();
    const { id, notes } = await canvas.panel.place(ask);
    expect(where(id)).toEqual([box.x, box.y, box.width, box.height]);
    expect(notes).toEqual(['The layer was deleted or moved to another page meanwhile; the take lies where it was.']);
  });

  it('the source is deleted with what it lay in: the take lies on its page', async () => {
    const frame = user.createFrame();
    frame.x = 40;
    frame.appendChild(source);
    const ask = asked();
    frame.remove();
    const { id } = await canvas.panel.place(ask);
    expect(canvas.node(id).parent?.id).toBe(user.currentPage.id);
    expect(where(id)).toEqual([140, 50, 80, 60]);
  });

  it('the source goes to another page: the take stays where it was made', async () => {
    const ask = asked();
    const page = user.createPage();
    page.appendChild(source);
    const { id, notes } = await canvas.panel.place(ask);
    expect(canvas.node(id).parent?.id).toBe(ask.page);
    expect(notes).toHaveLength(1);
  });

  it('the user goes to another page: the take goes to its source, unseen', async () => {
    const ask = asked();
    const home = user.currentPage;
    const page = user.createPage();
    await user.setCurrentPageAsync(page);
    const { id } = await canvas.panel.place(ask);
    expect(canvas.node(id).parent?.id).toBe(home.id);
    expect(page.children).toEqual([]);
    expect(page.selection).toEqual([]);
  });

  it('the page is deleted: the take lies on the one that is shown', async () => {
    const ask = asked();
    const home = user.currentPage;
    const page = user.createPage();
    await user.setCurrentPageAsync(page);
    home.remove();
    const { id, notes } = await canvas.panel.place(ask);
    expect(canvas.node(id).parent?.id).toBe(page.id);
    expect(where(id)).toEqual([100, 50, 80, 60]);
    expect(notes).toEqual(['The page was deleted meanwhile; the take lies on “Page 2”.']);
  });

  it('the page is not loaded: it is loaded for the take alone', async () => {
    const page = user.createPage();
    page.appendChild(source);
    const ask = asked();
    const { id } = await canvas.panel.place(ask);
    expect(canvas.orderOn(source, canvas.node(id))).toBe('right above');
  });

  it('the picture is replaced: the take lies where the old one did', async () => {
    source.fills = [cropped];
    const ask = asked();
    source.fills = [{ type: 'SOLID', color: { r: 1, g: 0, b: 0 } }];
    const { id, notes } = await canvas.panel.place(ask);
    const [paint] = canvas.node<RectangleNode>(id).fills as ImagePaint[];
    expect(paint.scaleMode).toBe('CROP');
    paint.imageTransform!.flat().forEach((number, i) => {
      expect(number).toBeCloseTo([0.5, 0, 0.2, 0, 0.5, 0.1][i], 6);
    });
    expect(notes).toEqual(['The picture of “Photo” was replaced meanwhile; the take lies where the old one did.']);
  });

  it('another fill is laid over: the take is like the one it was made from', async () => {
    source.fills = [{ ...(source.fills as ImagePaint[])[0], filters: { contrast: 0.5 } } as ImagePaint];
    const ask = asked();
    source.fills = [{ type: 'SOLID', color: { r: 1, g: 0, b: 0 } }, ...(source.fills as Paint[])];
    const { id } = await canvas.panel.place(ask);
    expect((canvas.node<RectangleNode>(id).fills as ImagePaint[])[0].filters).toMatchObject({ contrast: 0.5 });
  });

  it('an earlier take that it goes on from is like the source: crop and corners stay', async () => {
    source.cornerRadius = 9;
    source.fills = [cropped];
    const first = canvas.node<RectangleNode>((await canvas.panel.place(asked())).id);
    const goesOn = { ...likeFill(first, extent, png(extent, [7, 7, 7, 255])), sources: [source.id] };
    const second = canvas.node<RectangleNode>((await canvas.panel.place(goesOn)).id);
    expect([second.topLeftRadius, (second.fills as ImagePaint[])[0].scaleMode]).toEqual([9, 'CROP']);
    expect(canvas.orderOn(first, second)).toBe('right above');
    first.remove();
    const { notes, id } = await canvas.panel.place({ ...goesOn, above: null });
    expect(notes).toEqual(['The take that it goes on from was deleted meanwhile; this one lies where that was.']);
    expect(where(id)).toEqual([100, 50, 80, 60]);
  });

  it('the source comes back with an undo: the take is above it again', async () => {
    const ask = asked();
    user.commitUndo();
    source.remove();
    user.triggerUndo();
    const { id, notes } = await canvas.panel.place(ask);
    expect(canvas.orderOn(source, canvas.node(id))).toBe('right above');
    expect(notes).toEqual([]);
  });

  it('what it should lie above is deleted: it lies on top of the container', async () => {
    const front = photo(canvas);
    const { id } = await canvas.panel.place({ ...asked(), above: '99:99' });
    expect(canvas.orderOn(front, canvas.node(id))).toBe('right above');
  });

  it('something else is selected: the take goes above its own source all the same', async () => {
    const other = photo(canvas);
    user.currentPage.selection = [other];
    const { id } = await canvas.panel.place(asked());
    expect(canvas.orderOn(source, canvas.node(id))).toBe('right above');
  });

  it('the run is cancelled: nothing is made', async () => {
    const before = canvas.dump();
    const { step } = answerOf(await canvas.panel.ask('beginStep', { label: 'Retake' }));
    const stop = new AbortController();
    const placing = canvas.panel.ask('place', { step, put: asked() }, stop.signal);
    stop.abort();
    expect(await placing).toEqual({ ok: false, error: { kind: 'cancelled' } });
    await canvas.panel.ask('endStep', { step, keep: false });
    expect(canvas.dump()).toEqual(before);
  });
});
