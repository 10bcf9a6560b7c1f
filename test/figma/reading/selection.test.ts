import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../../shared/core/abort.ts';
import { toSrgb } from '../../../shared/core/color/convert.ts';
import { readSubject } from '../../../shared/core/edit/readSubject.ts';
import { emptyHistory } from '../../../shared/core/history/take.ts';
import { cropPixels } from '../../../shared/core/pixels.ts';
import { createNodeCodec } from '../../../standalone/command/nodeCodec.ts';
import { adobeRgbPlan, buildProfile } from '../../color/buildProfile.ts';
import { patternPixels } from '../../contracts/memoryHost.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { type Canvas, filled, openCanvas, rgba, slope, solid, worst } from './canvas.ts';

type Draw = (figma: PluginAPI, canvas: Canvas) => SceneNode;

const shape =
  (make: (figma: PluginAPI) => SceneNode & GeometryMixin & LayoutMixin): Draw =>
  (figma) => {
    const node = make(figma);
    node.resize(24, 16);
    node.x = 12;
    node.y = 7;
    node.fills = [solid(0.8, 0.2, 0.1)];
    return node;
  };

const frame = (figma: PluginAPI): FrameNode => {
  const made = figma.createFrame();
  made.resize(32, 24);
  made.fills = [solid(0.9, 0.9, 0.2)];
  const inner = figma.createEllipse();
  made.appendChild(inner);
  inner.resize(12, 12);
  inner.x = 10;
  inner.y = 6;
  inner.fills = [solid(0.1, 0.3, 0.9)];
  return made;
};

const component = (figma: PluginAPI): ComponentNode => {
  const made = figma.createComponent();
  made.resize(20, 12);
  made.fills = [solid(0.2, 0.7, 0.4)];
  const bar = figma.createRectangle();
  made.appendChild(bar);
  bar.resize(8, 12);
  bar.fills = [solid(1, 1, 1, 0.5)];
  return made;
};

/** Every kind of layer that is read as it is rendered. */
const kinds: Readonly<Record<string, Draw>> = {
  'a rectangle': shape((figma) => figma.createRectangle()),
  'an ellipse': shape((figma) => figma.createEllipse()),
  'a polygon': shape((figma) => figma.createPolygon()),
  'a star': shape((figma) => figma.createStar()),
  'a frame with something in it': frame,
  'a group': (figma) => {
    const nodes = [shape((api) => api.createEllipse())(figma, null as never), shape((api) => api.createRectangle())(figma, null as never)];
    nodes[1].x = 28;
    return figma.group(nodes, figma.currentPage);
  },
  'a section': (figma) => {
    const section = figma.createSection();
    section.resizeWithoutConstraints(48, 36);
    section.appendChild(frame(figma));
    return section;
  },
  'a component': component,
  'an instance': (figma) => component(figma).createInstance(),
  'a component set': (figma) => figma.combineAsVariants([component(figma), component(figma)], figma.currentPage),
  'a boolean operation': (figma) => {
    const nodes = [shape((api) => api.createEllipse())(figma, null as never), shape((api) => api.createRectangle())(figma, null as never)];
    nodes[1].x = 22;
    return figma.union(nodes, figma.currentPage);
  },
  'a rotated rectangle': (figma, canvas) => {
    const node = shape((api) => api.createRectangle())(figma, canvas) as RectangleNode;
    node.rotation = 30;
    return node;
  },
  'a half transparent layer': (figma, canvas) => {
    const node = shape((api) => api.createRectangle())(figma, canvas) as RectangleNode;
    node.opacity = 0.5;
    return node;
  },
  'a tiled picture': (figma, canvas) => {
    const node = figma.createRectangle();
    node.resize(25, 20);
    node.fills = [{ type: 'IMAGE', scaleMode: 'TILE', scalingFactor: 1, imageHash: canvas.image(patternPixels(16, 16, 2)) }];
    return node;
  },
  'a gradient over a picture': (figma, canvas) => {
    const node = figma.createRectangle();
    node.resize(25, 20);
    node.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: canvas.image(slope(50, 40)) }, solid(0, 0, 0, 0.4)];
    return node;
  },
  'a frame whose picture is covered by what it holds': (figma, canvas) => {
    const node = frame(figma);
    filled(node, canvas.image(slope(40, 30)));
    return node;
  },
};

describe('a selected layer is read as Figma renders it', () => {
  test.each(Object.entries(kinds))('%s', async (_, draw) => {
    const canvas = openCanvas();
    const id = canvas.draw((figma) => draw(figma, canvas));
    const { of, bounds, pixels } = await canvas.readSelected();
    const { extent } = valueIn(await canvas.host.document());
    expect(of).toBe(id);
    expect(bounds).toEqual({ x: 0, y: 0, ...extent });
    const truth = await canvas.truth(id, extent.width);
    expect([pixels.width, pixels.height]).toEqual([truth.width, truth.height]);
    expect(worst(pixels, truth)).toBe(0);
    expect(pixels.data.some((value, i) => i % 4 === 3 && value > 0)).toBe(true);
  });

  test('a text', async () => {
    const canvas = openCanvas();
    const text = await canvas.file.user.edit(async (figma) => {
      await figma.loadFontAsync({ family: 'Inter', style: 'Regular' });
      const node = figma.createText();
      node.characters = 'Straße';
      return node.id;
    });
    canvas.file.user.select(text);
    const { pixels } = await canvas.readSelected();
    expect(worst(pixels, await canvas.truth(text, pixels.width))).toBe(0);
  });

  test.each([
    [30, 20, 8, [240, 160]],
    [600, 300, 3, [1800, 900]],
    [1500, 500, 1, [1500, 500]],
    [3000, 1000, 1, [3000, 1000]],
    [12_000, 3_000, 4096 / 12_000, [4096, 1024]],
    [1, 1, 8, [8, 8]],
    [0.5, 400, 5, [3, 2000]],
  ])('%s × %s units at %s pixels a unit', async (width, height, _, [across, down]) => {
    const canvas = openCanvas();
    canvas.draw((figma) => {
      const node = figma.createRectangle();
      node.resize(width, height);
      return node;
    });
    expect(valueIn(await canvas.host.document()).extent).toEqual({ width: across, height: down });
  });
});

describe('a picture fill is read by its own bytes', () => {
  const picture = patternPixels(37, 23, 5);
  const drawWith = (
    canvas: Canvas,
    more: Partial<ImagePaint>,
    make = (figma: PluginAPI): RectangleNode | EllipseNode | FrameNode => figma.createRectangle(),
  ): string =>
    canvas.draw((figma) => {
      const node = make(figma);
      node.resize(30, 30);
      node.x = 5;
      node.rotation = 20;
      filled(node, canvas.image(picture), more);
      return node;
    });

  test.each([
    ['FILL', {}, { x: 7, y: 0, width: 23, height: 23 }],
    ['FIT', { scaleMode: 'FIT' }, { x: 0, y: 0, width: 37, height: 23 }],
    [
      'CROP',
      {
        scaleMode: 'CROP',
        imageTransform: [
          [0.5, 0, 0.25],
          [0, 0.5, 0.5],
        ],
      },
      { x: 9, y: 11, width: 19, height: 12 },
    ],
    ['turned', { rotation: 90 }, { x: 7, y: 0, width: 23, height: 23 }],
  ] as const)('%s: every pixel of it, in the part that is seen', async (_, more, seen) => {
    const canvas = openCanvas();
    const id = drawWith(canvas, more as Partial<ImagePaint>);
    expect(valueIn(await canvas.host.document()).extent).toEqual({ width: 37, height: 23 });
    const { bounds, pixels } = await canvas.readSelected();
    expect(bounds).toEqual(seen);
    expect(pixels.data).toEqual(cropPixels(picture, { x: 0, y: 0 }, seen).data);
    expect(canvas.calls).not.toContain('renderNode');
    expect(valueIn(await canvas.host.subject())).toMatchObject({ as: 'image', canBe: ['image', 'rendered'], nodes: [{ id }] });
  });

  test('in an ellipse, and in an empty frame', async () => {
    for (const make of [(figma: PluginAPI) => figma.createEllipse(), (figma: PluginAPI) => figma.createFrame()]) {
      const canvas = openCanvas();
      drawWith(canvas, { scaleMode: 'FIT' }, make);
      expect((await canvas.readSelected()).pixels.data).toEqual(picture.data);
    }
  });

  test('with the opacities of layer and fill', async () => {
    const canvas = openCanvas();
    const id = drawWith(canvas, { scaleMode: 'FIT', opacity: 0.5 });
    canvas.file.build((figma) => {
      (figma.getNodeById(id) as RectangleNode).opacity = 0.5;
    });
    const { pixels } = await canvas.readSelected();
    expect(pixels.data[3]).toBe(64);
    expect([...pixels.data.subarray(0, 3)]).toEqual([...picture.data.subarray(0, 3)]);
  });

  test('without its filters, which the take will have too, and says so', async () => {
    const canvas = openCanvas();
    drawWith(canvas, { scaleMode: 'FIT', filters: { saturation: -1 } });
    const { pixels, notes } = await canvas.readSelected();
    expect(pixels.data).toEqual(picture.data);
    expect(notes.join()).toContain('filters');
  });

  test('or as it is rendered, when the user wants that', async () => {
    const canvas = openCanvas();
    const id = drawWith(canvas, {});
    await canvas.host.subject();
    canvas.host.readAs('rendered');
    const { pixels } = await canvas.readSelected();
    expect(worst(pixels, await canvas.truth(id, pixels.width))).toBe(0);
    canvas.host.readAs('image');
    expect((await canvas.readSelected()).pixels.width).toBe(23);
  });

  test('the topmost that shows: hidden ones and those beneath are left', async () => {
    const canvas = openCanvas();
    canvas.draw((figma) => {
      const node = figma.createRectangle();
      node.resize(37, 23);
      const fill = (pixels: typeof picture, visible: boolean): ImagePaint => ({
        type: 'IMAGE',
        scaleMode: 'FILL',
        imageHash: canvas.image(pixels),
        visible,
      });
      node.fills = [fill(slope(37, 23), true), fill(picture, true), fill(slope(20, 20), false)];
      return node;
    });
    expect((await canvas.readSelected()).pixels.data).toEqual(picture.data);
  });

  test('once, however often it is looked at', async () => {
    const canvas = openCanvas();
    drawWith(canvas, {});
    await canvas.readSelected();
    await canvas.readSelected();
    expect(canvas.calls.filter((what) => what === 'readImage')).toHaveLength(1);
  });
});

describe('several layers together', () => {
  test('are one layer, from the back to the front, in the box around them', async () => {
    const canvas = openCanvas();
    const [back, front] = canvas.file.build((figma) => {
      const make = (x: number, color: SolidPaint): string => {
        const node = figma.createRectangle();
        node.resize(100, 100);
        node.x = x;
        node.fills = [color];
        return node.id;
      };
      return [make(0, solid(1, 0, 0)), make(60, solid(0, 0, 1))];
    });
    await canvas.select(back, front);
    const { of, bounds, pixels } = await canvas.readSelected();
    const layer = valueIn(await canvas.host.layers()).find(({ ref }) => ref === of);
    expect(layer).toMatchObject({ name: '2 layers', kind: 'group', bounds });
    expect(of.split(',').sort()).toEqual([back, front].sort());
    expect([pixels.width, pixels.height]).toEqual([1280, 800]);
    const scale = 8;
    expect(rgba(pixels, 50 * scale, 400)).toEqual([255, 0, 0, 255]);
    expect(rgba(pixels, 80 * scale, 400)).toEqual([0, 0, 255, 255]);
    expect(rgba(pixels, 150 * scale, 400)).toEqual([0, 0, 255, 255]);
  });

  test('one of them gone meanwhile is named', async () => {
    const canvas = openCanvas();
    const ids = canvas.file.build((figma) => [figma.createRectangle().id, figma.createEllipse().id]);
    await canvas.select(...ids);
    const pinned = valueIn(await canvas.host.pin(ids.join(), neverAborted)).host;
    canvas.file.user.remove(ids[1]);
    const answer = await readSubject(pinned, [...ids].sort().join(), null, emptyHistory, neverAborted);
    expect(answer).toMatchObject({ ok: false, error: { kind: 'no-such-layer' } });
  });
});

describe('nothing to read', () => {
  test('nothing selected', async () => {
    const canvas = openCanvas();
    await canvas.select();
    expect(valueIn(await canvas.host.selection()).of).toBe(null);
    expect(valueIn(await canvas.host.subject())).toBe(null);
    expect(valueIn(await canvas.host.document()).title).toBe('Untitled');
  });

  const empty: Readonly<Record<string, Draw>> = {
    'a slice': (figma) => figma.createSlice(),
    'a line without a stroke': (figma) => {
      const line = figma.createLine();
      line.strokes = [];
      return line;
    },
    'a layer without fills': (figma) => {
      const node = figma.createRectangle();
      node.fills = [];
      return node;
    },
    'an empty frame without fills': (figma) => {
      const node = figma.createFrame();
      node.fills = [];
      return node;
    },
  };
  test.each(Object.entries(empty))('%s is told as an empty layer', async (_, draw) => {
    const canvas = openCanvas();
    const id = canvas.draw((figma) => draw(figma, canvas));
    expect(valueIn(await canvas.host.selection()).of).toBe(id);
    const answer = await readSubject(canvas.host, id, null, emptyHistory, neverAborted);
    expect(answer).toMatchObject({ ok: false, error: { kind: 'empty-layer' } });
  });
});

test('a hidden layer is read, in something hidden too, and is hidden afterwards', async () => {
  const canvas = openCanvas();
  const [outer, inner] = canvas.file.build((figma) => {
    const around = frame(figma);
    const [child] = around.children;
    child.visible = false;
    around.visible = false;
    return [around.id, child.id];
  });
  await canvas.select(inner);
  const before = canvas.file.tree();
  const { pixels } = await canvas.readSelected();
  expect(rgba(pixels, pixels.width >> 1, pixels.height >> 1)).toEqual([26, 77, 230, 255]);
  expect(canvas.file.tree()).toEqual(before);
  expect(outer).not.toBe(inner);
});

test('a layer that something clips is read whole', async () => {
  const canvas = openCanvas();
  const id = canvas.file.build((figma) => {
    const around = figma.createFrame();
    around.resize(50, 50);
    const child = figma.createRectangle();
    around.appendChild(child);
    child.resize(100, 100);
    child.x = 30;
    child.fills = [solid(0, 1, 0)];
    return child.id;
  });
  await canvas.select(id);
  const { pixels } = await canvas.readSelected();
  expect(rgba(pixels, pixels.width - 1, pixels.height - 1)).toEqual([0, 255, 0, 255]);
});

test('a picture with a profile of its own is read as sRGB', async () => {
  const canvas = openCanvas();
  const wide = { ...slope(20, 12), profile: { name: adobeRgbPlan.name, icc: buildProfile(adobeRgbPlan) } };
  const hash = canvas.file.addImage(valueIn(await createNodeCodec().encode(wide, { type: 'image/png' }, neverAborted)));
  canvas.draw((figma) => {
    const node = figma.createRectangle();
    node.resize(20, 12);
    filled(node, hash);
    return node;
  });
  const { pixels } = await canvas.readSelected();
  expect(worst(pixels, toSrgb(wide))).toBe(0);
  expect(worst(pixels, wide)).toBeGreaterThan(10);
});
