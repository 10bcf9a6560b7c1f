import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../../shared/core/abort.ts';
import { readSubject } from '../../../shared/core/edit/readSubject.ts';
import { emptyHistory } from '../../../shared/core/history/take.ts';
import type { Mask } from '../../../shared/core/pixels.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { type Canvas, filled, openCanvas, rgba, slope, solid } from './canvas.ts';

interface Drawn {
  readonly canvas: Canvas;
  readonly layer: string;
  readonly shape: string;
}

/** A picture of 100 × 80 in a layer of that size, and a shape over it. */
function drawOver(make: (figma: PluginAPI) => SceneNode, prepare: (layer: RectangleNode) => void = () => {}): Drawn {
  const canvas = openCanvas();
  const [layer, shape] = canvas.file.build((figma) => {
    const picture = figma.createRectangle();
    picture.resize(100, 80);
    picture.x = 200;
    picture.y = 50;
    filled(picture, canvas.image(slope(100, 80)));
    prepare(picture);
    return [picture.id, make(figma).id];
  });
  return { canvas, layer, shape };
}

const box = (figma: PluginAPI, x: number, y: number, width: number, height: number): RectangleNode => {
  const node = figma.createRectangle();
  node.resize(width, height);
  node.x = x;
  node.y = y;
  node.fills = [solid(1, 0, 0, 0.3)];
  return node;
};

async function regionOf({ canvas }: Drawn): Promise<Mask> {
  const { region } = valueIn(await canvas.host.selection());
  if (region === null) throw new Error('no region');
  return region;
}

const at = ({ bounds, data }: Mask, x: number, y: number): number =>
  x < bounds.x || y < bounds.y || x >= bounds.x + bounds.width || y >= bounds.y + bounds.height
    ? 0
    : data[(y - bounds.y) * bounds.width + x - bounds.x];

async function pick(drawn: Drawn): Promise<void> {
  const { canvas, layer, shape } = drawn;
  await canvas.select(layer, shape);
  await canvas.host.subject();
  canvas.host.setRegion(shape);
}

describe('a shape that is picked as the region', () => {
  test('limits the change, however see-through its fill is, and is no part of what is sent', async () => {
    const drawn = drawOver((figma) => box(figma, 220, 60, 30, 20));
    const { canvas, layer, shape } = drawn;
    await canvas.select(layer, shape);
    expect(valueIn(await canvas.host.subject())).toMatchObject({ region: null, regionFrom: { id: shape }, nodes: [{}, {}] });
    canvas.host.setRegion(shape);
    const subject = valueIn(await canvas.host.subject());
    expect(subject).toMatchObject({ region: { id: shape }, regionFrom: null, as: 'image' });
    expect(subject?.nodes.map(({ id }) => id)).toEqual([layer]);
    const region = await regionOf(drawn);
    expect(region.bounds).toEqual({ x: 20, y: 10, width: 30, height: 20 });
    expect(region.data.every((value) => value === 255)).toBe(true);
    expect(valueIn(await canvas.host.layers()).map(({ ref }) => ref)).not.toContain(shape);
    const read = valueIn(await readSubject(canvas.host, layer, region, emptyHistory, neverAborted));
    expect(rgba(read.pixels, 35, 20)).toEqual(rgba(slope(100, 80), 35, 20));
  });

  test('stays while the layer alone is selected, until it is cleared', async () => {
    const drawn = drawOver((figma) => box(figma, 220, 60, 30, 20));
    await pick(drawn);
    await drawn.canvas.select(drawn.layer);
    expect((await regionOf(drawn)).bounds.width).toBe(30);
    drawn.canvas.host.setRegion(null);
    expect(valueIn(await drawn.canvas.host.selection()).region).toBe(null);
  });

  test('an ellipse is round', async () => {
    const drawn = drawOver((figma) => {
      const node = figma.createEllipse();
      node.resize(40, 40);
      node.x = 220;
      node.y = 60;
      node.fills = [solid(0, 0, 0)];
      return node;
    });
    await pick(drawn);
    const region = await regionOf(drawn);
    expect([at(region, 21, 11), at(region, 40, 30), at(region, 40, 11), at(region, 58, 48)]).toEqual([0, 255, 255, 0]);
  });

  test('a rotated one on a rotated layer lies where it is seen', async () => {
    const drawn = drawOver(
      (figma) => box(figma, 0, 0, 20, 20),
      (layer) => {
        layer.rotation = -90;
      },
    );
    // The layer’s own x runs down the page, its y to the left: the square lies over its picture’s 30…50, 20…40.
    drawn.canvas.file.build((figma) => {
      const shape = figma.getNodeById(drawn.shape) as RectangleNode;
      shape.x = 200 - 40;
      shape.y = 50 + 30;
    });
    await pick(drawn);
    const region = await regionOf(drawn);
    expect(region.bounds).toEqual({ x: 30, y: 20, width: 20, height: 20 });
    expect(at(region, 40, 30)).toBe(255);
  });

  test('drawn with a stroke alone, it is what the stroke goes around', async () => {
    const drawn = drawOver((figma) => {
      const node = box(figma, 220, 60, 30, 20);
      node.fills = [];
      node.strokes = [solid(0, 0, 0)];
      node.strokeWeight = 3;
      node.strokeAlign = 'INSIDE';
      return node;
    });
    await pick(drawn);
    const region = await regionOf(drawn);
    expect([at(region, 35, 20), at(region, 22, 12), at(region, 19, 9), at(region, 51, 20)]).toEqual([255, 255, 0, 0]);
  });

  test('a soft edge stays soft', async () => {
    const drawn = drawOver((figma) => {
      const node = box(figma, 220, 60, 40, 40);
      node.fills = [
        {
          type: 'GRADIENT_LINEAR',
          gradientTransform: [
            [1, 0, 0],
            [0, 1, 0],
          ],
          gradientStops: [
            { position: 0, color: { r: 0, g: 0, b: 0, a: 1 } },
            { position: 1, color: { r: 0, g: 0, b: 0, a: 0 } },
          ],
        },
      ];
      return node;
    });
    await pick(drawn);
    const region = await regionOf(drawn);
    expect(at(region, 21, 30)).toBeGreaterThan(240);
    expect(Math.abs(at(region, 40, 30) - 127)).toBeLessThan(12);
    expect(at(region, 59, 30)).toBeLessThan(12);
  });

  test('beyond the layer’s edge it counts as far as the layer goes', async () => {
    const drawn = drawOver((figma) => box(figma, 180, 40, 60, 60));
    await pick(drawn);
    expect((await regionOf(drawn)).bounds).toEqual({ x: 0, y: 0, width: 40, height: 50 });
  });

  test('beside the layer, and one that shows nothing: the user is told', async () => {
    const beside = drawOver((figma) => box(figma, 500, 60, 10, 10));
    await pick(beside);
    const away = await readSubject(beside.canvas.host, beside.layer, await regionOf(beside), emptyHistory, neverAborted);
    expect(away).toMatchObject({ ok: false, error: { kind: 'bad-region' } });
    const nothing = drawOver((figma) => {
      const node = box(figma, 220, 60, 10, 10);
      node.fills = [];
      return node;
    });
    await pick(nothing);
    const empty = await readSubject(nothing.canvas.host, nothing.layer, await regionOf(nothing), emptyHistory, neverAborted);
    expect(empty).toMatchObject({ ok: false, error: { kind: 'bad-mask' } });
  });

  test('selected by itself it is a layer like any other', async () => {
    const drawn = drawOver((figma) => box(figma, 220, 60, 30, 20));
    await pick(drawn);
    await drawn.canvas.select(drawn.shape);
    expect(valueIn(await drawn.canvas.host.selection())).toEqual({ of: drawn.shape, region: null });
  });

  test('gone meanwhile, everything may change again', async () => {
    const drawn = drawOver((figma) => box(figma, 220, 60, 30, 20));
    await pick(drawn);
    drawn.canvas.file.user.remove(drawn.shape);
    await drawn.canvas.rest();
    expect(valueIn(await drawn.canvas.host.selection())).toEqual({ of: drawn.layer, region: null });
  });
});

describe('a shape that is named “Region”', () => {
  test.each(['Region', 'region ', 'Retake region'])('%s', async (name) => {
    const drawn = drawOver((figma) => {
      const node = box(figma, 210, 55, 30, 20);
      node.name = name;
      return node;
    });
    await drawn.canvas.select(drawn.layer);
    expect((await regionOf(drawn)).bounds).toEqual({ x: 10, y: 5, width: 30, height: 20 });
  });

  test('counts over the layer only, and while it shows', async () => {
    const drawn = drawOver((figma) => {
      const node = box(figma, 900, 55, 30, 20);
      node.name = 'Region';
      return node;
    });
    await drawn.canvas.select(drawn.layer);
    expect(valueIn(await drawn.canvas.host.selection()).region).toBe(null);
    drawn.canvas.file.build((figma) => {
      const node = figma.getNodeById(drawn.shape) as RectangleNode;
      node.x = 210;
      node.visible = false;
    });
    expect(valueIn(await drawn.canvas.host.selection()).region).toBe(null);
  });

  test('is not used when the user has cleared it', async () => {
    const drawn = drawOver((figma) => {
      const node = box(figma, 210, 55, 30, 20);
      node.name = 'Region';
      return node;
    });
    await drawn.canvas.select(drawn.layer);
    await drawn.canvas.host.subject();
    drawn.canvas.host.setRegion(null);
    expect(valueIn(await drawn.canvas.host.selection()).region).toBe(null);
  });

  test('alone is a layer like any other', async () => {
    const drawn = drawOver((figma) => {
      const node = box(figma, 210, 55, 30, 20);
      node.name = 'Region';
      return node;
    });
    await drawn.canvas.select(drawn.shape);
    expect(valueIn(await drawn.canvas.host.selection())).toEqual({ of: drawn.shape, region: null });
  });
});

test('a region stays with the run that began with it', async () => {
  const drawn = drawOver((figma) => box(figma, 220, 60, 30, 20));
  await pick(drawn);
  const { host } = valueIn(await drawn.canvas.host.pin(drawn.layer, neverAborted));
  drawn.canvas.host.setRegion(null);
  await drawn.canvas.select();
  expect(valueIn(await host.selection())).toMatchObject({ of: drawn.layer, region: { bounds: { x: 20, y: 10, width: 30, height: 20 } } });
});
