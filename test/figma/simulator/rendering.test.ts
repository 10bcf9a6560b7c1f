/** What is drawn, and every pixel where Figma resamples nothing. */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createFigmaFile, type RgbaPixels } from './index.ts';
import { blue, type Colour, clear, colourAt, flat, green, made, picture, rectangle, red, solid } from './kit.ts';

/** Each pixel tells where it was. */
const where = (x: number, y: number): Colour => [x * 8, y * 8, 77, 255];

const all = ({ width, height, data }: RgbaPixels): readonly Colour[] =>
  Array.from({ length: width * height }, (_, i) => [...data.subarray(i * 4, i * 4 + 4)] as unknown as Colour);

describe('the picture of a fill', () => {
  async function filled(width: number, height: number, paint: Partial<ImagePaint>, bytes = picture(20, 10, where)): Promise<RgbaPixels> {
    const file = createFigmaFile();
    const imageHash = file.addImage(bytes);
    const id = made(file, (figma) => {
      const rect = figma.createRectangle();
      rect.resize(width, height);
      rect.x = 3.5;
      rect.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash, ...paint }];
      return rect;
    });
    return file.pixels(id);
  }

  test('FILL covers the node from the middle', async () => {
    const drawn = await filled(10, 10, {});
    expect([drawn.width, drawn.height]).toEqual([10, 10]);
    expect(colourAt(drawn, 0, 0)).toEqual(where(5, 0));
    expect(colourAt(drawn, 9, 9)).toEqual(where(14, 9));
  });

  test('FIT shows all of it, transparent beside', async () => {
    const drawn = await filled(20, 20, { scaleMode: 'FIT' });
    expect(colourAt(drawn, 0, 4)).toEqual(clear);
    expect(colourAt(drawn, 0, 5)).toEqual(where(0, 0));
    expect(colourAt(drawn, 19, 14)).toEqual(where(19, 9));
    expect(colourAt(drawn, 19, 15)).toEqual(clear);
  });

  test('CROP shows a part, by imageTransform', async () => {
    const imageTransform: Transform = [
      [0.5, 0, 0.25],
      [0, 0.5, 0.5],
    ];
    const drawn = await filled(10, 5, { scaleMode: 'CROP', imageTransform });
    expect(colourAt(drawn, 0, 0)).toEqual(where(5, 5));
    expect(colourAt(drawn, 9, 4)).toEqual(where(14, 9));
  });

  test('TILE repeats it', async () => {
    const drawn = await filled(30, 15, { scaleMode: 'TILE', scalingFactor: 1 });
    expect(colourAt(drawn, 25, 12)).toEqual(where(5, 2));
  });

  test('can be turned by quarters', async () => {
    const drawn = await filled(10, 20, { rotation: 90 });
    const corners = [colourAt(drawn, 0, 0), colourAt(drawn, 9, 0), colourAt(drawn, 0, 19), colourAt(drawn, 9, 19)];
    const expected = [where(0, 9), where(0, 0), where(19, 9), where(19, 0)];
    expect(corners).toEqual(expected);
  });

  test('is resampled between pixels', async () => {
    const drawn = await filled(
      40,
      20,
      {},
      picture(2, 1, (x) => (x === 0 ? red : blue)),
    );
    const [r, , b] = colourAt(drawn, 19, 10);
    expect(r).toBeGreaterThan(120);
    expect(r).toBeLessThan(135);
    expect(r + b).toBe(255);
  });

  test('has the opacity of its paint; a hidden one is not there; above what lies below', async () => {
    expect(colourAt(await filled(20, 10, { opacity: 0.5 }), 0, 0)).toEqual([0, 0, 77, 128]);
    const file = createFigmaFile();
    const imageHash = file.addImage(flat(4, 4, [255, 255, 255, 128]));
    const id = made(file, (figma) => {
      const rect = rectangle(figma, 0, 0, 4, 4);
      rect.fills = [
        solid(red),
        { type: 'IMAGE', scaleMode: 'FILL', imageHash },
        { type: 'SOLID', color: { r: 0, g: 1, b: 0 }, visible: false },
      ];
      return rect;
    });
    expect(colourAt(await file.pixels(id), 1, 1)).toEqual([255, 128, 128, 255]);
  });

  test('that is missing is a chequerboard; a GIF and a JPEG are drawn too', async () => {
    const file = createFigmaFile();
    const id = made(file, (figma) => {
      const rect = rectangle(figma, 0, 0, 32, 32);
      rect.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: '0'.repeat(40) }];
      return rect;
    });
    expect(new Set(all(await file.pixels(id)).map(String))).toEqual(new Set(['255,255,255,255', '229,229,229,255']));
    const make = sharp({ create: { width: 8, height: 8, channels: 3, background: '#f00' } });
    const gif = await filled(8, 8, {}, new Uint8Array(await make.clone().gif().toBuffer()));
    expect(colourAt(gif, 3, 3)).toEqual(red);
    const jpeg = await filled(8, 8, {}, new Uint8Array(await make.jpeg().toBuffer()));
    expect(colourAt(jpeg, 3, 3)[0]).toBeGreaterThan(250);
  });

  test('has filters', async () => {
    const drawn = await filled(20, 10, { filters: { exposure: -1 } }, flat(20, 10, [200, 100, 50, 255]));
    expect(colourAt(drawn, 5, 5)).toEqual([100, 50, 25, 255]);
    const grey = await filled(20, 10, { filters: { saturation: -1 } }, flat(20, 10, [200, 100, 50, 255]));
    expect(new Set(colourAt(grey, 5, 5).slice(0, 3)).size).toBe(1);
  });
});

describe('shapes', () => {
  test('round corners and ellipses have soft edges and the right area', async () => {
    const file = createFigmaFile();
    const [round, circle] = file.build((figma) => {
      const rect = rectangle(figma, 0, 0, 40, 40);
      rect.topLeftRadius = 20;
      const ellipse = figma.createEllipse();
      ellipse.resize(40, 40);
      ellipse.fills = [solid(red)];
      return [rect.id, ellipse.id];
    });
    const covered = (drawn: RgbaPixels): number => all(drawn).reduce((sum, [, , , alpha]) => sum + alpha / 255, 0);
    const corner = await file.pixels(round);
    expect([colourAt(corner, 0, 0), colourAt(corner, 39, 0)]).toEqual([clear, red]);
    expect(covered(corner)).toBeCloseTo(1600 - 400 * (1 - Math.PI / 4), -1);
    expect(covered(await file.pixels(circle))).toBeCloseTo(Math.PI * 400, -1);
  });

  test('a half-covered pixel is half there', async () => {
    const file = createFigmaFile();
    const id = made(file, (figma) => {
      const frame = figma.createFrame();
      frame.resize(4, 4);
      frame.fills = [];
      frame.appendChild(rectangle(figma, 0.5, 0, 2, 4));
      return frame;
    });
    const drawn = await file.pixels(id, { useAbsoluteBounds: true });
    expect([0, 1, 2, 3].map((x) => colourAt(drawn, x, 0)[3])).toEqual([128, 255, 128, 0]);
  });

  test('strokes lie inside, in the middle or outside', async () => {
    const file = createFigmaFile();
    const id = made(file, (figma) => {
      const rect = rectangle(figma, 10, 10, 10, 10);
      rect.strokes = [solid(blue)];
      rect.strokeWeight = 2;
      rect.strokeAlign = 'OUTSIDE';
      return rect;
    });
    const drawn = await file.pixels(id);
    expect([drawn.width, colourAt(drawn, 0, 0), colourAt(drawn, 2, 2)]).toEqual([14, blue, red]);
    file.build((figma) => {
      (figma.getNodeById(id) as RectangleNode).strokeAlign = 'INSIDE';
    });
    const inside = await file.pixels(id);
    expect([inside.width, colourAt(inside, 1, 1), colourAt(inside, 2, 2)]).toEqual([10, blue, red]);
  });

  test('boolean operations, vectors and stars', async () => {
    const file = createFigmaFile();
    const [cut, triangle] = file.build((figma) => {
      const subtract = figma.subtract([rectangle(figma, 0, 0, 10, 10), rectangle(figma, 5, 0, 10, 10)], figma.currentPage);
      subtract.fills = [solid(green)];
      const vector = figma.createVector();
      vector.vectorPaths = [{ windingRule: 'NONZERO', data: 'M 0 0 L 10 0 L 0 10 Z' }];
      vector.fills = [solid(blue)];
      vector.strokes = [];
      return [subtract.id, vector.id];
    });
    const drawn = await file.pixels(cut);
    expect([colourAt(drawn, 2, 2), colourAt(drawn, 7, 2)]).toEqual([green, clear]);
    const half = await file.pixels(triangle);
    expect([colourAt(half, 1, 1), colourAt(half, 8, 8)]).toEqual([blue, clear]);
  });

  test('text is bars of its colour; a gradient goes from end to end', async () => {
    const file = createFigmaFile();
    const [text, gradient] = file.build((figma) => {
      const words = figma.createText();
      words.fontSize = 20;
      words.characters = 'ab cd';
      words.fills = [solid(blue)];
      const rect = rectangle(figma, 0, 0, 100, 4);
      const stop = (position: number, r: number) => ({ position, color: { r, g: 0, b: 0, a: 1 } });
      rect.fills = [
        {
          type: 'GRADIENT_LINEAR',
          gradientTransform: [
            [1, 0, 0],
            [0, 1, 0],
          ],
          gradientStops: [stop(0, 0), stop(1, 1)],
        },
      ];
      return [words.id, rect.id];
    });
    const bars = await file.pixels(text);
    expect([bars.width, bars.height]).toEqual([50, 24]);
    expect([colourAt(bars, 5, 10), colourAt(bars, 25, 10), colourAt(bars, 45, 10)]).toEqual([blue, clear, blue]);
    const ramp = await file.pixels(gradient);
    expect([colourAt(ramp, 0, 1)[0], colourAt(ramp, 50, 1)[0], colourAt(ramp, 99, 1)[0]]).toEqual([1, 129, 254]);
  });
});

describe('what lies around', () => {
  test('frames clip, also with round corners', async () => {
    const file = createFigmaFile();
    const id = made(file, (figma) => {
      const frame = figma.createFrame();
      frame.resize(20, 20);
      frame.fills = [];
      frame.cornerRadius = 10;
      frame.appendChild(rectangle(figma, -5, -5, 30, 30));
      return frame;
    });
    const drawn = await file.pixels(id);
    expect([drawn.width, colourAt(drawn, 0, 0), colourAt(drawn, 10, 10)]).toEqual([20, clear, red]);
    file.build((figma) => {
      (figma.getNodeById(id) as FrameNode).clipsContent = false;
    });
    expect((await file.pixels(id)).width).toBe(30);
  });

  test('opacity and blending hold for a whole group', async () => {
    const file = createFigmaFile();
    const id = made(file, (figma) => {
      const group = figma.group([rectangle(figma, 0, 0, 4, 4), rectangle(figma, 0, 0, 4, 4, blue)], figma.currentPage);
      group.opacity = 0.5;
      return group;
    });
    expect(colourAt(await file.pixels(id), 1, 1)).toEqual([0, 0, 255, 128]);
    const multiplied = made(file, (figma) => {
      const below = rectangle(figma, 0, 0, 4, 4, [0, 255, 255, 255]);
      const above = rectangle(figma, 0, 0, 4, 4, [255, 255, 0, 255]);
      above.blendMode = 'MULTIPLY';
      return figma.group([below, above], figma.currentPage);
    });
    expect(colourAt(await file.pixels(multiplied), 1, 1)).toEqual(green);
  });

  test('a mask shows what lies above it where it is itself', async () => {
    const file = createFigmaFile();
    const id = made(file, (figma) => {
      const mask = rectangle(figma, 0, 0, 5, 10, [0, 0, 0, 128]);
      const masked = rectangle(figma, 0, 0, 10, 10);
      const below = rectangle(figma, 0, 8, 10, 2, blue);
      const group = figma.group([below, mask, masked], figma.currentPage);
      mask.isMask = true;
      group.insertChild(0, below);
      return group;
    });
    const drawn = await file.pixels(id);
    expect([colourAt(drawn, 2, 2), colourAt(drawn, 7, 2), colourAt(drawn, 7, 9)]).toEqual([[255, 0, 0, 128], clear, blue]);
  });

  test('rotated nodes lie in their box on the page; rotated twice by a quarter, pixels stay exact', async () => {
    const file = createFigmaFile();
    const imageHash = file.addImage(picture(20, 10, where));
    const [quarter, slanted] = file.build((figma) => {
      const frame = figma.createFrame();
      frame.fills = [];
      const rect = figma.createRectangle();
      rect.resize(20, 10);
      rect.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash }];
      frame.appendChild(rect);
      rect.x = 40;
      rect.y = 40;
      rect.rotation = 90;
      const tilted = rectangle(figma, 0, 0, 100, 100);
      tilted.rotation = 45;
      return [rect.id, tilted.id];
    });
    const turned = await file.pixels(quarter);
    expect([turned.width, turned.height]).toEqual([10, 20]);
    expect(colourAt(turned, 0, 19)).toEqual(where(0, 0));
    expect(colourAt(turned, 9, 0)).toEqual(where(19, 9));
    const diamond = await file.pixels(slanted);
    expect([diamond.width, diamond.height]).toEqual([142, 142]);
    expect([colourAt(diamond, 0, 0), colourAt(diamond, 71, 71)]).toEqual([clear, red]);
  });

  test('shadows widen what is rendered', async () => {
    const file = createFigmaFile();
    const id = made(file, (figma) => {
      const rect = rectangle(figma, 0, 0, 20, 20);
      rect.effects = [
        { type: 'DROP_SHADOW', color: { r: 0, g: 0, b: 0, a: 1 }, offset: { x: 10, y: 0 }, radius: 0, visible: true, blendMode: 'NORMAL' },
      ];
      return rect;
    });
    const drawn = await file.pixels(id);
    expect([drawn.width, colourAt(drawn, 5, 5), colourAt(drawn, 25, 5)]).toEqual([30, red, [0, 0, 0, 255]]);
    expect((await file.pixels(id, { useAbsoluteBounds: true })).width).toBe(20);
  });
});
