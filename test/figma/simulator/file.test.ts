import { encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { createFigmaFile } from './index.ts';
import { flat, red } from './kit.ts';

describe('a file', () => {
  test('shows a semi-transparent picture exactly, drawn alone and 1:1', async () => {
    const file = createFigmaFile();
    const data = new Uint8Array(16 * 12 * 4).map((_, i) => (i % 4 === 3 ? 1 + ((i * 7) % 255) : (i * 13) % 256));
    const hash = file.addImage(encode({ width: 16, height: 12, data, channels: 4 }));
    const id = file.build((figma) => {
      const rect = figma.createRectangle();
      rect.resize(16, 12);
      rect.x = 30;
      rect.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: hash }];
      return rect.id;
    });
    const drawn = await file.pixels(id);
    expect([drawn.width, drawn.height]).toEqual([16, 12]);
    expect(drawn.data).toEqual(data);
  });

  test('is edited by a plugin, and undone by the user', async () => {
    const file = createFigmaFile();
    const { figma, user } = file;
    const image = figma.createImage(flat(8, 8, red));
    expect(image.hash).toMatch(/^[0-9a-f]{40}$/);
    figma.commitUndo();
    const rect = figma.createRectangle();
    rect.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: image.hash }];
    rect.setSharedPluginData('retake', 'gen', 'story');
    figma.currentPage.selection = [rect];
    figma.commitUndo();
    expect(file.tree('0:1').children.map((node) => node.type)).toEqual(['RECTANGLE']);
    expect(figma.currentPage.selection[0]).toBe(rect);
    expect(user.undo()).toBe(true);
    expect(rect.removed).toBe(true);
    expect(() => rect.name).toThrow(`in get_name: The node with id "${rect.id}" does not exist`);
    user.redo();
    expect(rect.getSharedPluginData('retake', 'gen')).toBe('story');
  });

  test('carries messages both ways, later', async () => {
    const { figma, plugin, settled } = createFigmaFile();
    const heard: unknown[] = [];
    figma.showUI('<p>hi</p>', { width: 320, height: 560 });
    figma.ui.postMessage({ before: new Uint8Array([1]) });
    figma.ui.onmessage = (message) => heard.push(message);
    await settled();
    expect(plugin.ui.received).toEqual([]);
    plugin.ui.ready();
    plugin.ui.send({ hello: 1 });
    expect(heard).toEqual([]);
    await settled();
    expect(plugin.ui.received).toEqual([{ before: new Uint8Array([1]) }]);
    expect(heard).toEqual([{ hello: 1 }]);
  });

  test('tells of the selection once', async () => {
    const file = createFigmaFile();
    const [a, b] = file.build((figma) => [figma.createRectangle().id, figma.createFrame().id]);
    let told = 0;
    file.figma.on('selectionchange', () => told++);
    file.user.select(a);
    file.user.select(b, a);
    expect(told).toBe(0);
    await file.settled();
    expect(told).toBe(1);
    expect(file.figma.currentPage.selection.map((node) => node.id)).toEqual([b, a]);
  });
});
