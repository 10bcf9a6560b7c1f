import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../../shared/core/abort.ts';
import type { Bounds } from '../../../shared/core/geometry.ts';
import { type Host, type LayerRef, pinnedTo } from '../../../shared/core/host.ts';
import { createPixels, cropPixels, type Pixels } from '../../../shared/core/pixels.ts';
import { contractStory } from '../../contracts/hostContract.ts';
import { patternPixels, plainPixels } from '../../contracts/memoryHost.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { type Canvas, filled, openCanvas, place, readWhole, rgba, slope, solid, takeAt, worst } from './canvas.ts';

interface Taken {
  readonly canvas: Canvas;
  readonly layer: string;
  readonly take: LayerRef;
  readonly host: Host;
}

const spot: Bounds = { x: 20, y: 10, width: 15, height: 12 };
const red: readonly number[] = [250, 20, 30, 255];

/** A cropped, rotated picture of 100 × 60 with a red take in it. */
async function takeOfPicture(prepare: (canvas: Canvas, layer: RectangleNode) => void = () => {}): Promise<Taken> {
  const canvas = openCanvas();
  const layer = canvas.draw((figma) => {
    const node = figma.createRectangle();
    node.resize(40, 40);
    node.x = 100;
    node.y = 30;
    node.rotation = -20;
    filled(node, canvas.image(slope(100, 60)));
    prepare(canvas, node);
    return node;
  });
  const { host } = valueIn(await canvas.host.pin(layer, neverAborted));
  const take = await place(host, takeAt(spot, layer));
  await canvas.rest();
  return { canvas, layer, take, host };
}

const uncropped = (canvas: Canvas): string =>
  canvas.draw((figma) => {
    const node = figma.createRectangle();
    node.resize(100, 60);
    filled(node, canvas.image(slope(100, 60)));
    return node;
  });

/** The same of a layer that is read as it is rendered. */
async function takeOfShape(): Promise<Taken> {
  const canvas = openCanvas();
  const layer = canvas.draw((figma) => {
    const node = figma.createEllipse();
    node.resize(40, 30);
    node.x = 100;
    node.y = 30;
    node.fills = [solid(0, 0.5, 0)];
    return node;
  });
  const { host } = valueIn(await canvas.host.pin(layer, neverAborted));
  const take = await place(host, takeAt(spot, layer));
  await canvas.rest();
  return { canvas, layer, take, host };
}

const onEmpty = (bounds: Bounds, width: number, height: number): Pixels =>
  cropPixels(plainPixels(bounds.width, bounds.height, red as [number, number, number, number]), bounds, { x: 0, y: 0, width, height });

const kinds = { 'of a picture': takeOfPicture, 'of a rendered layer': takeOfShape } as const;

describe.each(Object.entries(kinds))('a take %s', (_, make) => {
  /** Reads the take and its source as a walk of the core does that looks at the take. */
  async function look(host: Host, { take, layer }: Pick<Taken, 'take' | 'layer'>) {
    const pinned = valueIn(await pinnedTo(host, take));
    const { extent } = valueIn(await pinned.document());
    const bounds = { x: 0, y: 0, ...extent };
    const own = valueIn(await pinned.readPixels({ of: take, bounds }, neverAborted)).pixels;
    const source = valueIn(await pinned.readPixels({ of: layer, bounds }, neverAborted)).pixels;
    const listed = valueIn(await pinned.layers()).find(({ ref }) => ref === take);
    return { extent, own, source, listed };
  }

  test('lies in the grid of its source, at the bounds that it was placed with', async () => {
    const { canvas, take, layer, host } = await make();
    const before = await readWhole(host);
    const { extent, own, source, listed } = await look(canvas.host, { take, layer });
    expect(valueIn(await host.document()).extent).toEqual(extent);
    expect(listed).toMatchObject({ name: 'make it red', kind: 'pixels', bounds: spot });
    expect(worst(own, onEmpty(spot, extent.width, extent.height))).toBe(0);
    expect(worst(cropPixels(source, { x: 0, y: 0 }, before.bounds), before.pixels)).toBe(0);
  });

  test('is shown where it belongs', async () => {
    const { canvas, take } = await make();
    const node = canvas.file.tree(take);
    expect(node.name).toBe('make it red');
    // Its middle is red on the page, whatever the layer’s place and turn.
    const drawn = await canvas.truth(take, 400);
    expect(drawn.data.some((value, i) => i % 4 === 0 && value === 250 && drawn.data[i + 3] === 255)).toBe(true);
  });

  test.each([
    ['moved', (figma: PluginAPI, id: string) => ((figma.getNodeById(id) as RectangleNode).x += 300)],
    ['rotated', (figma: PluginAPI, id: string) => ((figma.getNodeById(id) as RectangleNode).rotation = 77)],
    ['hidden', (figma: PluginAPI, id: string) => ((figma.getNodeById(id) as RectangleNode).visible = false)],
    ['grouped', (figma: PluginAPI, id: string) => figma.group([figma.getNodeById(id) as RectangleNode], figma.currentPage)],
    [
      'put into a frame of its own',
      (figma: PluginAPI, id: string) => figma.createFrame().appendChild(figma.getNodeById(id) as RectangleNode),
    ],
  ])('%s, it is read as it was made, and so is its source', async (_what, change) => {
    const taken = await make();
    const before = await look(taken.canvas.host, taken);
    taken.canvas.file.build((figma) => void change(figma, taken.take));
    await taken.canvas.rest();
    const after = await look(taken.canvas.host, taken);
    expect(after.extent).toEqual(before.extent);
    expect(after.listed?.bounds).toEqual(spot);
    expect(worst(after.own, before.own)).toBe(0);
    expect(worst(after.source, before.source)).toBe(0);
  });

  test('duplicated, the copy is a layer of the take with its story', async () => {
    const { canvas, take, layer } = await make();
    const copy = canvas.file.build((figma) => {
      const node = (figma.getNodeById(take) as RectangleNode).clone();
      node.x += 200;
      return node.id;
    });
    await canvas.select(copy);
    expect(valueIn(await canvas.host.readStory(copy))).toBe(contractStory);
    const { own } = await look(canvas.host, { take: copy, layer });
    expect(worst(own, onEmpty(spot, own.width, own.height))).toBe(0);
    expect(valueIn(await canvas.host.layers()).find(({ ref }) => ref === layer)).toBeDefined();
  });

  test('and its source moved together keep one grid', async () => {
    const taken = await make();
    const { canvas, layer } = taken;
    const before = await look(canvas.host, taken);
    canvas.file.user.move(layer, 500, -40);
    await canvas.rest();
    const after = await look(canvas.host, taken);
    expect(worst(after.source, before.source)).toBe(0);
    await canvas.select(layer);
    expect(valueIn(await canvas.host.document()).extent).toEqual(before.extent);
    expect(valueIn(await canvas.host.layers()).find(({ ref }) => ref === taken.take)?.bounds).toEqual(spot);
  });

  test('whose source is gone is read by itself', async () => {
    const { canvas, take, layer } = await make();
    canvas.file.user.remove(layer);
    await canvas.select(take);
    const { bounds, pixels } = await canvas.readSelected();
    expect(bounds).toEqual(spot);
    expect(worst(pixels, plainPixels(spot.width, spot.height, red as [number, number, number, number]))).toBe(0);
  });

  test('on another page is found by what is selected there', async () => {
    const { canvas, take, layer } = await make();
    const page = canvas.file.build((figma) => {
      const other = figma.createPage();
      other.appendChild(figma.getNodeById(take) as RectangleNode);
      return other.id;
    });
    canvas.file.user.goTo(page);
    await canvas.select(take);
    const listed = valueIn(await canvas.host.layers());
    expect(listed.map(({ ref }) => ref)).toEqual([take, layer]);
    const { own, source } = await look(canvas.host, { take, layer });
    expect(worst(own, onEmpty(spot, own.width, own.height))).toBe(0);
    expect(source.data.some((value, i) => i % 4 === 3 && value > 0)).toBe(true);
  });

  test('with data that nobody understands is a layer of the user’s', async () => {
    const { canvas, take } = await make();
    for (const text of [
      '',
      'null',
      '[]',
      '{"schema":9}',
      '{"schema":1,"as":"image","sources":5}',
      'not json',
      '{"schema":1,"as":"image","sources":[],"extent":{"width":0,"height":1},"toPage":[1,0,0,1,0,0]}',
      '{"schema":1,"as":"image","sources":[],"extent":{"width":9,"height":9},"toPage":[1,0,0,1,0,0],"own":{"picture":{"x":0,"y":0,"width":0,"height":0},"shown":{"x":0,"y":0,"width":0,"height":0}}}',
    ]) {
      canvas.file.build((figma) => figma.getNodeById(take)?.setSharedPluginData('retake', 'grid', text));
      await canvas.select(take);
      expect(valueIn(await canvas.host.subject())?.extent.width).toBeGreaterThan(0);
      expect((await canvas.host.layers()).ok).toBe(true);
    }
  });
});

describe('a run that is pinned', () => {
  test('places where it began, whatever is selected and wherever one scrolled', async () => {
    const { canvas, layer, host } = await takeOfPicture();
    const other = canvas.draw((figma) => figma.createEllipse());
    await canvas.rest();
    const second = await place(host, takeAt({ ...spot, x: 40 }, layer, { group: 'second' }));
    const pinned = valueIn(await pinnedTo(canvas.host, second, null));
    const listed = valueIn(await pinned.layers());
    expect(listed.find(({ ref }) => ref === second)?.bounds).toEqual({ ...spot, x: 40 });
    expect(other).not.toBe(second);
    expect(valueIn(await host.selection()).of).toBe(layer);
  });

  test('places beside what is left when its source was deleted, and says so', async () => {
    const { canvas, layer, host } = await takeOfPicture();
    const { host: run } = valueIn(await canvas.host.pin(layer, neverAborted));
    canvas.file.user.remove(layer);
    const take = await place(run, takeAt(spot, layer, { group: 'late' }));
    expect(canvas.file.exists(take)).toBe(true);
    expect(run.stepNotes?.().length).toBeGreaterThan(0);
    expect(run.stepNotes?.()).toEqual([]);
    const answer = await run.readPixels({ of: layer, bounds: spot }, neverAborted);
    expect(answer).toMatchObject({ ok: false, error: { kind: 'no-such-layer' } });
    expect(host).not.toBe(run);
  });

  test('places when the user has undone the source, or put it on another page', async () => {
    for (const way of ['undone', 'moved'] as const) {
      const canvas = openCanvas();
      const layer = canvas.draw((figma) => {
        const node = figma.createRectangle();
        filled(node, canvas.image(slope(50, 50)));
        return node;
      });
      const { host } = valueIn(await canvas.host.pin(layer, neverAborted));
      if (way === 'undone') canvas.file.user.undo();
      else canvas.file.build((figma) => figma.createPage().appendChild(figma.getNodeById(layer) as RectangleNode));
      const take = await place(host, takeAt(spot, layer));
      expect(canvas.file.exists(take)).toBe(true);
    }
  });

  test('says when the picture was exchanged meanwhile', async () => {
    const { canvas, layer } = await takeOfPicture();
    const { host } = valueIn(await canvas.host.pin(layer, neverAborted));
    canvas.file.build((figma) => filled(figma.getNodeById(layer) as RectangleNode, canvas.image(patternPixels(70, 70))));
    const take = await place(host, takeAt(spot, layer));
    expect(canvas.file.exists(take)).toBe(true);
    expect(host.stepNotes?.().length).toBeGreaterThan(0);
  });

  test('knows the source of a selected take by the take’s grid', async () => {
    const { canvas, take, layer } = await takeOfPicture();
    await canvas.select(take);
    const { host } = valueIn(await canvas.host.pin(layer, neverAborted));
    const next = await place(host, takeAt({ ...spot, y: 30 }, take, { group: 'next' }));
    const names = valueIn(await host.layers()).map(({ name }) => name);
    expect(names.indexOf('next')).toBeLessThan(names.indexOf('make it red'));
    expect(valueIn(await host.layers()).find(({ ref }) => ref === next)?.bounds).toEqual({ ...spot, y: 30 });
  });

  test('of a layer that is neither selected nor gone', async () => {
    const { canvas, layer } = await takeOfPicture();
    await canvas.select();
    const { host } = valueIn(await canvas.host.pin(layer, neverAborted));
    expect(valueIn(await host.document()).extent).toEqual({ width: 100, height: 60 });
    expect(await canvas.host.pin('9:9', neverAborted)).toMatchObject({ ok: false, error: { kind: 'no-such-layer' } });
  });

  test('finds the way in which an earlier round had read the layer', async () => {
    const canvas = openCanvas();
    const layer = canvas.draw((figma) => {
      const node = figma.createRectangle();
      node.resize(50, 50);
      filled(node, canvas.image(slope(64, 64)));
      return node;
    });
    const whole = { x: 0, y: 0, width: 400, height: 400 };
    const host = valueIn(await pinnedTo(canvas.host, layer, whole));
    expect(valueIn(await host.document()).extent).toEqual({ width: 400, height: 400 });
    const image = valueIn(await pinnedTo(canvas.host, layer, { ...whole, width: 64, height: 64 }));
    expect(valueIn(await image.document()).extent).toEqual({ width: 64, height: 64 });
  });
});

describe('where takes go', () => {
  test('beside its source the whole layer is seen, with the change on it', async () => {
    const canvas = openCanvas();
    canvas.host.placeAt('beside');
    const layer = uncropped(canvas);
    const { host } = valueIn(await canvas.host.pin(layer, neverAborted));
    const on = {
      pixels: cropPixels(slope(100, 60), { x: 0, y: 0 }, { x: 10, y: 5, width: 40, height: 40 }),
      bounds: { x: 10, y: 5, width: 40, height: 40 },
    };
    const take = valueIn(await host.step('Retake', neverAborted, (step) => step.placePixels(takeAt(spot, layer), on)));
    const drawn = await canvas.truth(take, 100);
    expect(rgba(drawn, 25, 15)).toEqual(red);
    expect(rgba(drawn, 90, 50)).toEqual(rgba(slope(100, 60), 90, 50));
    const [a, b] = [
      canvas.file.build((figma) => (figma.getNodeById(layer) as RectangleNode).x),
      canvas.file.build((figma) => (figma.getNodeById(take) as RectangleNode).x),
    ];
    expect(b).toBeGreaterThanOrEqual(a + 100);
  });

  test('as a further fill it is a layer of its own to the core, and the old picture is read as it was', async () => {
    const canvas = openCanvas();
    canvas.host.placeAt('fill');
    const layer = uncropped(canvas);
    const { host } = valueIn(await canvas.host.pin(layer, neverAborted));
    const take = await place(host, takeAt(spot, layer));
    await canvas.rest();
    expect(take).toContain(layer);
    expect(take).not.toBe(layer);
    const bounds = { x: 0, y: 0, width: 100, height: 60 };
    const listed = valueIn(await canvas.host.layers());
    expect(listed.map(({ ref }) => ref)).toEqual([take, layer]);
    expect(listed[0].bounds).toEqual(spot);
    expect(worst(valueIn(await canvas.host.readPixels({ of: layer, bounds }, neverAborted)).pixels, slope(100, 60))).toBe(0);
    expect(worst(valueIn(await canvas.host.readPixels({ of: take, bounds }, neverAborted)).pixels, onEmpty(spot, 100, 60))).toBe(0);
    expect(rgba(await canvas.truth(layer, 100), 25, 15)).toEqual(red);
    expect(valueIn(await canvas.host.readStory(take))).toBe(contractStory);
    expect(valueIn(await canvas.host.readStory(layer))).toBe(null);
    canvas.file.build((figma) => {
      const node = figma.getNodeById(layer) as RectangleNode;
      node.fills = (node.fills as readonly Paint[]).slice(0, 1);
    });
    expect(valueIn(await canvas.host.layers()).map(({ ref }) => ref)).toEqual([layer]);
    expect(await canvas.host.readPixels({ of: take, bounds }, neverAborted)).toMatchObject({ ok: false, error: { kind: 'no-such-layer' } });
  });

  test('as a further fill of what is no picture it is read without what shows of it', async () => {
    const { canvas, layer } = await takeOfShape();
    canvas.host.placeAt('fill');
    const { host } = valueIn(await canvas.host.pin(layer, neverAborted));
    const middle = { ...spot, x: 150, y: 110 };
    const take = await place(host, takeAt(middle, layer));
    await canvas.rest();
    expect(take).toContain('#');
    const bounds = { x: 0, y: 0, ...valueIn(await host.document()).extent };
    const { pixels } = valueIn(await host.readPixels({ of: take, bounds }, neverAborted));
    expect(worst(pixels, onEmpty(middle, bounds.width, bounds.height))).toBe(0);
    const before = canvas.file.tree(layer);
    expect(rgba(await canvas.truth(layer, bounds.width), 155, 115)).toEqual(red);
    const source = valueIn(await host.readPixels({ of: layer, bounds }, neverAborted)).pixels;
    expect(rgba(source, 155, 115)).toEqual([0, 128, 0, 255]);
    expect(canvas.file.tree(layer)).toEqual(before);
  });

  test('as a further fill of several layers it is placed above, and the user is told', async () => {
    const canvas = openCanvas();
    const ids = canvas.file.build((figma) => [figma.createRectangle().id, figma.createEllipse().id]);
    await canvas.select(...ids);
    canvas.host.placeAt('fill');
    const { host } = valueIn(await canvas.host.pin(ids.join(), neverAborted));
    const take = await place(host, takeAt(spot, ids.join()));
    expect(take).not.toContain('#');
    expect(host.stepNotes?.().join()).toContain('above');
  });

  test('a mask goes into the transparency', async () => {
    const { canvas, layer, host } = await takeOfShape();
    const mask = { bounds: spot, data: new Uint8ClampedArray(spot.width * spot.height).map((_, i) => (i % spot.width < 5 ? 128 : 0)) };
    const take = await place(host, takeAt(spot, layer, { mask }));
    const pinned = valueIn(await pinnedTo(canvas.host, take, null));
    const { pixels } = valueIn(await pinned.readPixels({ of: take, bounds: spot }, neverAborted));
    expect(rgba(pixels, 2, 2)).toEqual([250, 20, 30, 128]);
    expect(rgba(pixels, 9, 2)[3]).toBe(0);
  });

  test('more than Figma holds in one picture is placed in several', async () => {
    const { canvas, layer, host } = await takeOfShape();
    const bounds = { x: -10, y: 3, width: 4200, height: 6 };
    const pixels = createPixels(bounds.width, bounds.height);
    for (let i = 0; i < pixels.data.length; i += 4) pixels.data.set([(i / 4) % 256, 40, 90, 255], i);
    const take = await place(host, takeAt(bounds, layer, { pixels }));
    expect(canvas.file.tree(take).children).toHaveLength(2);
    expect(host.stepNotes?.().join()).toContain('4096');
    const listed = valueIn(await host.layers()).filter(({ ref }) => ref === take);
    expect(listed).toMatchObject([{ kind: 'pixels', bounds }]);
  });
});

test('a view-only file takes nothing, and says so', async () => {
  const canvas = openCanvas({ editorType: 'dev' });
  const layer = canvas.draw((figma) => figma.createRectangle());
  const answer = await canvas.host.step('Retake', neverAborted, (step) => step.placePixels(takeAt(spot, layer)));
  expect(answer).toMatchObject({ ok: false, error: { kind: 'read-only' } });
});

test('a file that is shared for viewing is read, and what cannot be placed is told', async () => {
  const canvas = openCanvas({ access: 'view' });
  const [picture, shape] = canvas.file.build((figma) => {
    const node = figma.createRectangle();
    node.resize(40, 40);
    filled(node, canvas.image(slope(40, 40)));
    const plain = figma.createEllipse();
    plain.fills = [solid(0, 0, 1)];
    plain.resize(10, 10);
    return [node.id, plain.id];
  });
  for (const id of [picture, shape]) {
    await canvas.select(id);
    expect((await canvas.readSelected()).pixels.data.some((value) => value > 0)).toBe(true);
  }
  const before = canvas.file.tree();
  const answer = await canvas.host.step('Retake', neverAborted, (step) => step.placePixels(takeAt(spot, shape)));
  expect(answer.ok).toBe(false);
  expect(canvas.file.tree()).toEqual(before);
});
