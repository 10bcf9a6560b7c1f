/** `exportAsync`: its settings and checks, and the bounds of what it draws. */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createFigmaFile } from './index.ts';
import { blue, colourAt, fileWith, got, green, made, rectangle, red, solid } from './kit.ts';

describe('bounds and settings', () => {
  test('the box, or what is rendered of it', async () => {
    const file = createFigmaFile();
    const { figma } = file;
    const frame = figma.createFrame();
    frame.resize(50, 50);
    const rect = rectangle(figma, 30, 30, 40, 40);
    frame.appendChild(rect);
    expect(rect.absoluteBoundingBox).toEqual({ x: 30, y: 30, width: 40, height: 40 });
    expect(rect.absoluteRenderBounds).toEqual({ x: 30, y: 30, width: 20, height: 20 });
    expect((await file.pixels(rect.id)).width).toBe(20);
    expect((await file.pixels(rect.id, { useAbsoluteBounds: true })).width).toBe(40);
    rect.visible = false;
    expect([rect.absoluteRenderBounds, rect.absoluteBoundingBox?.width]).toEqual([null, 40]);
    await expect(rect.exportAsync({ format: 'PNG' })).rejects.toThrow('in exportAsync: node has no visible content');
    rect.visible = true;
    frame.visible = false;
    expect(rect.absoluteRenderBounds).toBeNull();
  });

  test('scale, width and height', async () => {
    const file = createFigmaFile();
    const id = made(file, (figma) => rectangle(figma, 0, 0, 30, 10));
    const size = async (type: 'SCALE' | 'WIDTH' | 'HEIGHT', value: number) => {
      const { width, height } = await file.pixels(id, { constraint: { type, value } });
      return [width, height];
    };
    expect([await size('SCALE', 2), await size('WIDTH', 15), await size('HEIGHT', 30)]).toEqual([
      [60, 20],
      [15, 5],
      [90, 30],
    ]);
  });

  test('contentsOnly false shows what overlaps', async () => {
    const file = createFigmaFile();
    const id = made(file, (figma) => {
      const below = rectangle(figma, 0, 0, 10, 10, green);
      rectangle(figma, 5, 0, 10, 10, blue);
      return below;
    });
    expect(colourAt(await file.pixels(id), 7, 5)).toEqual(green);
    expect(colourAt(await file.pixels(id, { contentsOnly: false }), 7, 5)).toEqual(blue);
  });

  test('a JPG has no transparency; a page is what lies on it', async () => {
    const { node, file } = await fileWith((figma) => rectangle(figma, 0, 0, 8, 8, [255, 0, 0, 0]));
    const jpeg = await node.exportAsync({ format: 'JPG' });
    expect([...jpeg.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    const { data } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    expect([...data.subarray(0, 3)]).toEqual([255, 255, 255]);
    const page = await sharp(await file.figma.currentPage.exportAsync()).metadata();
    expect([page.format, page.width]).toEqual(['png', 8]);
  });

  test('are checked by their keys', async () => {
    const { node } = await fileWith((figma) => figma.createRectangle());
    const refused = async (settings: unknown): Promise<string> =>
      node.exportAsync(settings as ExportSettings).then(
        () => 'accepted',
        (cause) => cause.message,
      );
    expect(await refused({ format: 'PNG', scale: 2 })).toBe(
      "in exportAsync: Property 'settings' failed validation: Unrecognized key(s) in object: 'scale'",
    );
    expect(await refused({ format: 'SVG', constraint: { type: 'SCALE', value: 1 } })).toBe(
      "in exportAsync: Property 'settings' failed validation: Unrecognized key(s) in object: 'constraint'",
    );
    expect(await refused({ format: 'WEBP' })).toContain("received 'WEBP' at format");
    expect(await refused({ format: 'PNG', colorProfile: 'P3' })).toContain(
      "Invalid enum value. Expected 'DOCUMENT' | 'SRGB' | 'DISPLAY_P3_V4'",
    );
    expect(await refused({ format: 'PNG', constraint: { type: 'SCALE', value: 1 }, colorProfile: 'SRGB', contentsOnly: true })).toBe(
      'accepted',
    );
  });

  test('a component of a library and nothing to see are refused', async () => {
    const file = createFigmaFile();
    const { figma } = file;
    const remote = await got<ComponentNode>(
      file,
      file.buildRemote((hands) => hands.createComponent()),
    );
    await expect(remote.exportAsync()).rejects.toThrow('in exportAsync: Node is detached');
    const text = figma.createText();
    await expect(text.exportAsync()).rejects.toThrow('node has no visible content');
    await expect(figma.currentPage.exportAsync()).rejects.toThrow('node has no visible content');
  });

  test('the picture is that of the moment of the call', async () => {
    const { node, file } = await fileWith((figma) => rectangle(figma, 0, 0, 4, 4));
    const drawing = node.exportAsync({ format: 'PNG' });
    await Promise.resolve();
    await file.settled();
    node.fills = [solid(blue)];
    const { data } = await sharp(await drawing)
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([...data.subarray(0, 4)]).toEqual([...red]);
  });
});
