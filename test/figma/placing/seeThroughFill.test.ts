/**
 * A take of a layer that is see-through as a whole. Above it the old picture shows through; as a further fill it does not, because the layer
 * lets both through together. What is seen is compared with the same scene whose picture has the change in it.
 */
import { describe, expect, it } from 'vitest';
import { neverAborted } from '../../../shared/core/abort.ts';
import { readSubject } from '../../../shared/core/edit/readSubject.ts';
import { type Bounds, boundsOf } from '../../../shared/core/geometry.ts';
import type { Host, LayerRef } from '../../../shared/core/host.ts';
import { createPixels, type Pixels } from '../../../shared/core/pixels.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { historyOf, makeTake } from '../../history/makeTake.ts';
import { type Canvas, filled, openCanvas, rgba, slope, solid, takeAt, worst } from '../reading/canvas.ts';

const extent = { width: 48, height: 32 };
const whole = boundsOf(extent);
const spot: Bounds = { x: 8, y: 6, width: 24, height: 16 };
const red = [250, 20, 30] as const;

/** Of the picture, with red in it. */
function changed(at = spot, colour: readonly number[] = red): Pixels {
  const pixels = slope(extent.width, extent.height);
  for (let y = at.y; y < at.y + at.height; y++)
    for (let x = at.x; x < at.x + at.width; x++) pixels.data.set([...colour, 255], (y * extent.width + x) * 4);
  return pixels;
}

interface Look {
  readonly opacity: number;
  readonly blendMode?: BlendMode;
}

/** On a green ground, which is what is rendered. */
function scene(canvas: Canvas, picture: Pixels, { opacity, blendMode = 'PASS_THROUGH' }: Look) {
  return canvas.file.build((figma) => {
    const ground = figma.createFrame();
    ground.resize(extent.width, extent.height);
    ground.fills = [solid(0.1, 0.7, 0.2)];
    const layer = figma.createRectangle();
    layer.name = 'Photo';
    layer.resize(extent.width, extent.height);
    filled(layer, canvas.image(picture));
    layer.opacity = opacity;
    layer.blendMode = blendMode;
    ground.appendChild(layer);
    return { ground: ground.id, layer: layer.id };
  });
}

const node = ({ file }: Canvas, id: string): RectangleNode => file.build((figma) => figma.getNodeById(id)) as RectangleNode;

/** As the core composes it: with the alpha that was read. */
async function placed(host: Host, layer: LayerRef, at = spot, colour: readonly number[] = red): Promise<LayerRef> {
  const { pixels } = valueIn(await host.readPixels({ of: layer, bounds: at }, neverAborted));
  const put = createPixels(at.width, at.height);
  for (let i = 0; i < put.data.length; i += 4) put.data.set([...colour, pixels.data[i + 3]], i);
  const on = { pixels, bounds: at };
  return valueIn(await host.step('Retake', neverAborted, (step) => step.placePixels(takeAt(at, layer, { pixels: put }), on)));
}

async function taken(canvas: Canvas, layer: string, at: 'above' | 'beside' | 'fill') {
  canvas.file.user.select(layer);
  await canvas.rest();
  canvas.host.placeAt(at);
  const { host } = valueIn(await canvas.host.pin(layer, neverAborted));
  return { host, take: await placed(host, layer) };
}

const looks: readonly Look[] = [
  { opacity: 0.5 },
  { opacity: 0.13 },
  { opacity: 1, blendMode: 'MULTIPLY' },
  { opacity: 0.6, blendMode: 'SCREEN' },
];

describe('a take of a layer that is see-through', () => {
  it.each(looks)('as a further fill looks as if its picture were another one: %o', async (look) => {
    const canvas = openCanvas();
    const { ground, layer } = scene(canvas, slope(extent.width, extent.height), look);
    const before = canvas.file.tree(ground);
    const { host, take } = await taken(canvas, layer, 'fill');
    expect(take).toContain('#');
    expect(host.stepNotes?.()).toEqual([]);
    const shown = await canvas.truth(ground, extent.width);
    // All of the layer is as it was, and its old fill is there.
    expect(node(canvas, layer).opacity).toBe(Math.fround(look.opacity));
    expect((node(canvas, layer).fills as readonly Paint[])[0]).toEqual((before.children[0].props.fills as readonly Paint[])[0]);
    canvas.file.user.undo();
    expect(canvas.file.tree(ground)).toEqual(before);
    const wanted = scene(canvas, changed(), look);
    expect(worst(shown, await canvas.truth(wanted.ground, extent.width))).toBeLessThanOrEqual(2);
  });

  it('as it looks, too', async () => {
    const canvas = openCanvas();
    const { ground, layer } = scene(canvas, slope(extent.width, extent.height), { opacity: 0.5 });
    canvas.file.user.select(layer);
    await canvas.rest();
    valueIn(await canvas.host.subject());
    canvas.host.readAs('rendered');
    const { extent: grid } = valueIn(await canvas.host.document());
    const scale = grid.width / extent.width;
    canvas.host.placeAt('fill');
    const { host } = valueIn(await canvas.host.pin(layer, neverAborted));
    const at = { x: spot.x * scale, y: spot.y * scale, width: spot.width * scale, height: spot.height * scale };
    expect(await placed(host, layer, at)).toContain('#');
    const wanted = scene(canvas, changed(), { opacity: 0.5 });
    expect(worst(await canvas.truth(ground, extent.width), await canvas.truth(wanted.ground, extent.width))).toBeLessThanOrEqual(2);
  });

  it('lies above it with the same opacity where a fill cannot be given, and that is said', async () => {
    const canvas = openCanvas();
    const { layer } = scene(canvas, slope(extent.width, extent.height), { opacity: 0.5 });
    canvas.file.build(() => {
      node(canvas, layer).locked = true;
    });
    const { host, take } = await taken(canvas, layer, 'fill');
    expect(take).not.toContain('#');
    expect(host.stepNotes?.()).toEqual([
      '“Photo” is locked and stays as it is, so the take lies above it.',
      '“Photo” lets through what is beneath it, so its old picture shows through the take.',
    ]);
    expect(node(canvas, take).opacity).toBe(0.5);
    expect(rgba(await canvas.truth(take, extent.width), 20, 12)).toEqual([...red, 128]);
    // And is read as much as it shows.
    expect(rgba(valueIn(await host.readPixels({ of: take, bounds: whole }, neverAborted)).pixels, 20, 12)).toEqual([...red, 128]);
  });

  it('above it says that the old picture shows through, whatever lets it through', async () => {
    const canvas = openCanvas();
    const note = '“Photo” lets through what is beneath it, so its old picture shows through the take.';
    const plain = scene(canvas, slope(extent.width, extent.height), { opacity: 1 });
    expect((await taken(canvas, plain.layer, 'above')).host.stepNotes?.()).toEqual([]);
    const thin = scene(canvas, slope(extent.width, extent.height), { opacity: 1 });
    canvas.file.build(() => {
      const of = node(canvas, thin.layer);
      of.fills = (of.fills as readonly Paint[]).map((paint) => ({ ...paint, opacity: 0.4 }));
    });
    expect((await taken(canvas, thin.layer, 'above')).host.stepNotes?.()).toEqual([note]);
    const inside = canvas.file.build((figma) => {
      const component = figma.createComponent();
      component.resize(extent.width, extent.height);
      component.appendChild(figma.getNodeById(plain.layer) as RectangleNode);
      const instance = component.createInstance();
      instance.opacity = 0.3;
      return instance.children[0].id;
    });
    expect((await taken(canvas, inside, 'above')).host.stepNotes?.()).toContain(note);
  });
});

describe('going on from a take of a layer that is see-through', () => {
  const takeOf = (id: string, layer: LayerRef, of: LayerRef, bounds: Bounds, order: number) => {
    const take = makeTake(id, { order, placed: { layer, bounds } });
    return { ...take, source: { ...take.source, of } };
  };

  it('as a further fill reads what is seen of all of them', async () => {
    const canvas = openCanvas();
    const { layer } = scene(canvas, slope(extent.width, extent.height), { opacity: 0.5 });
    const { host, take } = await taken(canvas, layer, 'fill');
    const first = takeOf('one', take, layer, spot, 1);
    const seen = (await canvas.truth(layer, extent.width)) as Pixels;
    await canvas.rest();
    const one = valueIn(await readSubject(host, take, null, historyOf(first), neverAborted));
    expect(worst(one.pixels, seen)).toBeLessThanOrEqual(2);

    const corner: Bounds = { x: 20, y: 14, width: 20, height: 12 };
    const second = await placed(host, layer, corner, [10, 20, 240]);
    const both = historyOf(first, takeOf('two', second, take, corner, 2));
    const two = valueIn(await readSubject(host, second, null, both, neverAborted));
    expect(worst(two.pixels, await canvas.truth(layer, extent.width))).toBeLessThanOrEqual(3);
    expect(rgba(two.pixels, 30, 20)).toEqual([10, 20, 240, 128]);
  });

  it('beside it reads the copy alone, and not the layer beneath', async () => {
    const canvas = openCanvas();
    const { layer } = scene(canvas, slope(extent.width, extent.height), { opacity: 0.5 });
    const { host, take } = await taken(canvas, layer, 'beside');
    const history = historyOf(takeOf('one', take, layer, spot, 1));
    const { pixels } = valueIn(await readSubject(host, take, null, history, neverAborted));
    expect(worst(pixels, await canvas.truth(take, extent.width))).toBeLessThanOrEqual(2);
    expect(rgba(pixels, 20, 12)).toEqual([...red, 128]);
    // What goes on from it above is a change on it, and stands alone no more.
    canvas.file.user.select(take);
    await canvas.rest();
    canvas.host.placeAt('above');
    const { host: on } = valueIn(await canvas.host.pin(take, neverAborted));
    const next = await placed(on, take, { x: 0, y: 0, width: 8, height: 8 }, [10, 20, 240]);
    expect(valueIn(await on.readPixels({ of: take, bounds: whole }, neverAborted)).standsAlone).toBe(true);
    expect(valueIn(await on.readPixels({ of: next, bounds: whole }, neverAborted)).standsAlone).toBe(undefined);
  });
});
