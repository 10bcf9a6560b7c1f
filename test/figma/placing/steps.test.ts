/** What a run does to the file is one undo entry, or nothing. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PicturedInTiles } from '../../../figma-plugin/wire/hostCalls.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import type { Result } from '../../../shared/core/result.ts';
import { answerOf, asPanel, blue, type Canvas, extent, likeFill, open, photo, png, red, rendered } from './canvas.ts';

describe('a step', () => {
  let canvas: Canvas;
  let source: RectangleNode;
  beforeEach(() => {
    canvas = open();
    source = canvas.file.build(() => photo(canvas));
  });

  const begin = async (): Promise<number> => answerOf(await canvas.panel.ask('beginStep', { label: 'Retake' })).step;
  const end = (step: number, keep: boolean) => canvas.panel.ask('endStep', { step, keep });
  const asked = (colour: readonly number[] = red) => likeFill(source, extent, png(extent, colour));
  const ended: Result<never, Failure> = {
    ok: false,
    error: { kind: 'host', operation: 'place the take', message: 'this step has ended already' },
  };

  it.each(['above', 'beside', 'fill'] as const)('is undone in one go, to the very tree (%s)', async (at) => {
    const before = canvas.dump();
    await canvas.panel.place({ ...asked(), at });
    expect(canvas.dump()).not.toEqual(before);
    expect(canvas.file.user.undo()).toBe(true);
    expect(canvas.dump()).toEqual(before);
  });

  it('is undone in one go in auto layout, grids, groups and around instances', async () => {
    const { user, file } = canvas;
    const sources = file.build(() => {
      const row = user.createFrame();
      row.layoutMode = 'HORIZONTAL';
      const grid = user.createFrame();
      grid.layoutMode = 'GRID';
      const component = user.createComponent();
      photo(canvas, component);
      const group = user.group([photo(canvas), photo(canvas)], user.currentPage);
      return [photo(canvas, row), photo(canvas, grid), component.createInstance().children[0], group.children[0]] as RectangleNode[];
    });
    for (const one of sources) {
      const before = canvas.dump();
      await canvas.panel.place(likeFill(one, extent, png(extent, red)));
      file.user.undo();
      expect(canvas.dump()).toEqual(before);
    }
  });

  it('leaves the edits of the user out of its undo entry', async () => {
    const step = await begin();
    await canvas.panel.ask('place', { step, put: asked() });
    await end(step, true);
    canvas.file.user.undo();
    expect(canvas.file.exists(source.id)).toBe(true);
    expect(canvas.file.user.undo()).toBe(true);
    expect(canvas.file.exists(source.id)).toBe(false);
  });

  it('undoes what the panel asks for', async () => {
    const before = canvas.dump();
    await canvas.panel.place(asked());
    expect(await canvas.panel.ask('undo', null)).toEqual({ ok: true, value: null });
    expect(canvas.dump()).toEqual(before);
  });

  it('is over before an undo that the panel asks for meanwhile', async () => {
    const before = canvas.dump();
    const step = await begin();
    const undone = canvas.panel.ask('undo', null);
    await canvas.panel.ask('place', { step, put: asked() });
    await end(step, true);
    expect(await undone).toEqual({ ok: true, value: null });
    expect(canvas.dump()).toEqual(before);
    await end(await begin(), true);
  });

  it('holds several takes, and hides others, in one entry', async () => {
    const old = (await canvas.panel.place(asked(blue))).id;
    const before = canvas.dump();
    const step = await begin();
    await canvas.panel.ask('place', { step, put: asked() });
    await canvas.panel.ask('place', { step, put: rendered(source, 1, red) });
    await canvas.panel.ask('setVisible', { step, node: old, isVisible: false });
    await end(step, true);
    expect(canvas.node(old).visible).toBe(false);
    canvas.file.user.undo();
    expect(canvas.dump()).toEqual(before);
  });

  it.each(['above', 'beside', 'fill'] as const)('leaves nothing when it is not kept (%s)', async (at) => {
    const old = (await canvas.panel.place(asked(blue))).id;
    canvas.file.user.select(source.id);
    const before = canvas.dump();
    const selected = canvas.file.user.selected();
    const step = await begin();
    await canvas.panel.ask('place', { step, put: { ...asked(), at } });
    await canvas.panel.ask('setVisible', { step, node: old, isVisible: false });
    await canvas.panel.ask('remove', { step, node: old });
    expect(await end(step, false)).toEqual({ ok: true, value: null });
    expect(canvas.dump()).toEqual(before);
    expect(canvas.file.user.selected()).toEqual(selected);
    expect(canvas.file.plugin.shown).toEqual([]);
  });

  it('removes at its end only', async () => {
    const step = await begin();
    expect(await canvas.panel.ask('remove', { step, node: source.id })).toEqual({ ok: true, value: null });
    expect(canvas.file.exists(source.id)).toBe(true);
    await end(step, true);
    expect(canvas.file.exists(source.id)).toBe(false);
    canvas.file.user.undo();
    expect(canvas.file.exists(source.id)).toBe(true);
  });

  it('does not remove what is locked or held by an instance, and knows no gone layer', async () => {
    const { user } = canvas;
    source.locked = true;
    const component = user.createComponent();
    photo(canvas, component);
    const inside = component.createInstance().children[0];
    const step = await begin();
    const remove = (node: string) => canvas.panel.ask('remove', { step, node });
    expect(await remove(source.id)).toMatchObject({ error: { kind: 'host', message: '“Photo” is locked' } });
    expect(await remove(inside.id)).toMatchObject({
      error: { kind: 'host', message: '“Photo” is inside an instance, which Figma keeps together' },
    });
    expect(await remove('99:99')).toMatchObject({ error: { kind: 'no-such-layer' } });
    expect(await canvas.panel.ask('setVisible', { step, node: '99:99', isVisible: true })).toMatchObject({
      error: { kind: 'no-such-layer' },
    });
    await end(step, true);
    expect(canvas.file.exists(source.id)).toBe(true);
  });

  it('waits for the one before it', async () => {
    const first = await begin();
    let began = 0;
    const second = begin().then((step) => {
      began = step;
      return step;
    });
    await canvas.panel.ask('place', { step: first, put: asked() });
    expect(began).toBe(0);
    await end(first, true);
    expect(await canvas.panel.ask('place', { step: await second, put: asked(blue) })).toMatchObject({ ok: true });
    await end(await second, true);
    expect(canvas.user.currentPage.children).toHaveLength(3);
  });

  it('does not begin for a caller who has gone, and lets the next one in', async () => {
    const first = await begin();
    const stop = new AbortController();
    const second = canvas.panel.ask('beginStep', { label: 'second' }, stop.signal);
    const third = begin();
    stop.abort();
    expect(await second).toEqual({ ok: false, error: { kind: 'cancelled' } });
    await end(first, false);
    await end(await third, true);
    expect(await canvas.panel.ask('beginStep', { label: 'x' }, AbortSignal.abort())).toEqual({ ok: false, error: { kind: 'cancelled' } });
    await end(await begin(), true);
  });

  it('takes nothing more after its end', async () => {
    const step = await begin();
    await end(step, true);
    expect(await canvas.panel.ask('place', { step, put: asked() })).toEqual(ended);
    expect(await canvas.panel.ask('setVisible', { step, node: source.id, isVisible: false })).toEqual(ended);
    expect(await end(step, true)).toEqual(ended);
    expect(await end(step, false)).toEqual({ ok: true, value: null });
  });

  it('is taken back when the plug-in is closed in the middle of it', async () => {
    const before = canvas.dump();
    const step = await begin();
    await canvas.panel.ask('place', { step, put: asked() });
    canvas.file.plugin.close();
    expect(canvas.dump()).toEqual(before);
    expect(await canvas.panel.ask('place', { step, put: asked() })).toMatchObject({ ok: false, error: { kind: 'host' } });
    expect(canvas.dump()).toEqual(before);
  });

  it('that nobody has asked anything of for long is taken back, and lets the next one in', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const step = await begin();
      const before = canvas.dump();
      await canvas.panel.ask('place', { step, put: asked() });
      const next = begin();
      vi.advanceTimersByTime(120_000);
      expect(canvas.dump()).toEqual(before);
      expect(await canvas.panel.ask('place', { step, put: asked() })).toEqual(ended);
      await end(await next, false);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that is not kept leaves nothing of tiles, cut takes and copies', async () => {
    const { user, file } = canvas;
    const inside = file.build(() => {
      const component = user.createComponent();
      component.resize(40, 40);
      component.clipsContent = true;
      photo(canvas, component);
      return component.createInstance().children[0] as RectangleNode;
    });
    const before = canvas.dump();
    const step = await begin();
    const put = rendered(inside, 1, red);
    const { tiles } = put.picture as PicturedInTiles;
    await canvas.panel.ask('place', { step, put: { ...put, picture: { kind: 'tiles', tiles: [...tiles, ...tiles] } } });
    await canvas.panel.ask('place', { step, put: likeFill(inside, extent, png(extent, red), { at: 'beside' }) });
    await end(step, false);
    expect(canvas.dump()).toEqual(before);
  });

  it('of two runs at once on one layer puts both above it', async () => {
    const put = (colour: readonly number[], name: string) => canvas.panel.place({ ...asked(colour), name });
    const [one, two] = await Promise.all([put(red, 'one'), put(blue, 'two')]);
    expect(canvas.user.currentPage.children.map(({ name }) => name)).toEqual(['Photo', 'two', 'one']);
    canvas.file.user.undo();
    expect([canvas.file.exists(one.id), canvas.file.exists(two.id)]).toEqual([true, false]);
  });

  it('of two people on one layer keeps both takes, whoever undoes', async () => {
    const ada = canvas.file.join('Ada');
    ada.run();
    const hers = asPanel(ada.plugin.figma);
    const put = { ...asked(blue), name: 'hers' };
    const [mine, other] = await Promise.all([canvas.panel.place(asked()), hers.place(put)]);
    ada.undo();
    expect([canvas.file.exists(mine.id), canvas.file.exists(other.id)]).toEqual([true, false]);
  });

  it('selects what it made, and shows it where it is out of sight', async () => {
    const first = await canvas.panel.place(asked());
    expect(canvas.file.user.selected()).toEqual([first.id]);
    source.x = 50_000;
    canvas.file.user.select(source.id);
    const second = await canvas.panel.place(asked(blue));
    expect(canvas.file.plugin.shown).toEqual([[second.id]]);
  });

  it('selects the take also of one who had selected an earlier take, or a region with the layer', async () => {
    const old = await canvas.panel.place(asked(blue));
    const first = await canvas.panel.place({ ...asked(), above: old.id });
    expect(canvas.file.user.selected()).toEqual([first.id]);
    const region = photo(canvas);
    canvas.file.user.select(region.id, source.id);
    const second = await canvas.panel.place(asked([5, 5, 5, 255]));
    expect(canvas.file.user.selected()).toEqual([second.id]);
  });

  it('leaves alone a user who has gone on to another layer', async () => {
    const other = photo(canvas);
    canvas.file.user.select(other.id);
    await canvas.panel.place(asked());
    expect(canvas.file.user.selected()).toEqual([other.id]);
  });
});
