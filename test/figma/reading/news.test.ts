import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../../shared/core/abort.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { type Canvas, openCanvas, solid } from './canvas.ts';

const frameWithChild = ({ file }: Canvas): readonly [frame: string, child: string] =>
  file.build((figma) => {
    const frame = figma.createFrame();
    const child = figma.createRectangle();
    frame.appendChild(child);
    return [frame.id, child.id];
  });

/** Until the export has made the layer transparent for its time. */
async function untilSetAside({ file }: Canvas, id: string, exporting: Promise<unknown>): Promise<void> {
  let isOver = false;
  void exporting.then(() => {
    isOver = true;
  });
  while (file.tree(id).props.opacity !== 0) {
    expect(isOver).toBe(false);
    await setImmediate();
  }
}

describe('news of the scene', () => {
  test('come once for what comes together', async () => {
    const canvas = openCanvas();
    const ids = canvas.file.build((figma) => [figma.createRectangle().id, figma.createRectangle().id]);
    await canvas.rest();
    const before = canvas.news();
    canvas.file.user.select(ids[0]);
    canvas.file.user.select(ids[1]);
    for (let i = 0; i < 20; i++) canvas.file.user.move(ids[1], 1, 0);
    await canvas.rest();
    expect(canvas.news() - before).toBeGreaterThan(0);
    expect(canvas.news() - before).toBeLessThanOrEqual(2);
  });

  test('come of a layer that changes, of another page, and of what is undone', async () => {
    const canvas = openCanvas();
    const id = canvas.draw((figma) => figma.createRectangle());
    await canvas.rest();
    const steps: readonly (() => unknown)[] = [
      () => canvas.file.build((figma) => ((figma.getNodeById(id) as RectangleNode).fills = [solid(0, 1, 0)])),
      () => canvas.file.user.undo(),
      () => canvas.file.build((figma) => ((figma.getNodeById(id) as RectangleNode).visible = false)),
      () => canvas.file.build((figma) => ((figma.getNodeById(id) as RectangleNode).opacity = 0.5)),
      () => canvas.file.user.goTo(canvas.file.build((figma) => figma.createPage().id)),
      () => canvas.file.build((figma) => figma.createEllipse()),
    ];
    for (const [i, step] of steps.entries()) {
      const before = canvas.news();
      step();
      await canvas.rest();
      expect([i, canvas.news() > before]).toEqual([i, true]);
    }
  });

  test('do not come of what is set for the time of an export', async () => {
    const canvas = openCanvas();
    const [frame, child] = frameWithChild(canvas);
    canvas.file.build((figma) => ((figma.getNodeById(frame) as FrameNode).visible = false));
    await canvas.rest();
    const [before, tree, steps] = [canvas.news(), canvas.file.tree(), canvas.file.user.undoSteps().steps.length];
    valueIn(await canvas.caller.call('renderNode', { node: frame, scale: 1, except: [child] }, neverAborted));
    await canvas.rest();
    expect(canvas.news()).toBe(before);
    expect(canvas.file.tree()).toEqual(tree);
    expect(canvas.file.user.undoSteps().steps).toHaveLength(steps);
    // The user’s own change of the same thing, later, is one.
    canvas.file.build((figma) => ((figma.getNodeById(child) as RectangleNode).opacity = 0));
    await canvas.rest();
    expect(canvas.news()).toBe(before + 1);
  });

  test('leave what the user has changed during an export as they want it', async () => {
    const canvas = openCanvas();
    const [frame, child] = frameWithChild(canvas);
    const rendering = canvas.caller.call('renderNode', { node: frame, scale: 1, except: [child] }, neverAborted);
    await untilSetAside(canvas, child, rendering);
    canvas.file.build((figma) => ((figma.getNodeById(child) as RectangleNode).opacity = 0.25));
    valueIn(await rendering);
    expect(canvas.file.tree(child).props.opacity).toBe(0.25);
  });

  test('become part of no undo entry that ends meanwhile', async () => {
    const canvas = openCanvas();
    const [frame, child] = frameWithChild(canvas);
    const opacity = (): unknown => canvas.file.tree(child).props.opacity;
    const render = () => canvas.caller.call('renderNode', { node: frame, scale: 11, except: [child] }, neverAborted);
    const rendering = render();
    await untilSetAside(canvas, child, rendering);
    const steps = canvas.file.user.undoSteps().steps.length;
    canvas.undoEdge.closeNow();
    expect(opacity()).toBe(0);
    expect(canvas.file.user.undoSteps().steps).toHaveLength(steps);
    valueIn(await rendering);
    expect(opacity()).toBe(1);
    canvas.undoEdge.closeNow();
    expect(canvas.file.user.undoSteps().steps).toHaveLength(steps);
  });

  test('end with the plug-in', async () => {
    const canvas = openCanvas();
    canvas.draw((figma) => figma.createRectangle());
    canvas.file.plugin.close();
    await canvas.rest();
    canvas.file.build((figma) => figma.createRectangle());
    await canvas.rest();
    expect(canvas.file.plugin.isClosed).toBe(true);
  });
});

test('a panel whose main thread is gone is told so', async () => {
  const canvas = openCanvas();
  canvas.caller.end('Figma closed the plug-in');
  expect(await canvas.host.layers()).toMatchObject({ ok: false, error: { kind: 'host', message: 'Figma closed the plug-in' } });
  expect(await canvas.host.subject()).toMatchObject({ ok: false, error: { kind: 'host' } });
});
