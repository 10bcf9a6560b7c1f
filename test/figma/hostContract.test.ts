import type { Pixels } from '../../shared/core/pixels.ts';
import { hostContract } from '../contracts/hostContract.ts';
import type { DocumentPlan, LayerPlan } from '../contracts/memoryHost.ts';
import { valueIn } from '../documents/valueIn.ts';
import { type OpenFigma, openFigma, pngOf } from './openFigma.ts';

/** Figma has no masks that could be edited: what one hides is transparent in the picture. */
function masked({ pixels, mask, at = { x: 0, y: 0 } }: LayerPlan): Pixels {
  if (pixels === undefined) throw new Error('a layer of the plan has neither pixels nor children');
  if (mask === undefined) return pixels;
  const data = pixels.data.slice();
  for (let i = 0; i < pixels.width * pixels.height; i++) {
    const x = (i % pixels.width) + at.x - mask.bounds.x;
    const y = Math.floor(i / pixels.width) + at.y - mask.bounds.y;
    data[i * 4 + 3] = (data[i * 4 + 3] * mask.data[y * mask.bounds.width + x]) / 255;
  }
  return { ...pixels, data };
}

/** A frame of the document's size, away from the page's origin, with a rectangle for each layer. */
function drawPlan({ file }: OpenFigma, plan: DocumentPlan): string {
  return file.build((figma) => {
    const frame = figma.createFrame();
    frame.name = plan.title ?? 'Untitled';
    frame.resize(plan.extent.width, plan.extent.height);
    frame.x = 300;
    frame.y = -120;
    frame.fills = [];
    const draw = (layer: LayerPlan): SceneNode => {
      const node = layer.children === undefined ? rectangleOf(layer) : figma.group([...layer.children].reverse().map(draw), frame);
      node.name = layer.name;
      node.visible = layer.visible ?? true;
      node.locked = layer.locked ?? false;
      node.opacity = layer.opacity ?? 1;
      return node;
    };
    const rectangleOf = (layer: LayerPlan): RectangleNode => {
      const pixels = masked(layer);
      const rectangle = figma.createRectangle();
      frame.appendChild(rectangle);
      rectangle.resize(pixels.width, pixels.height);
      rectangle.x = layer.at?.x ?? 0;
      rectangle.y = layer.at?.y ?? 0;
      rectangle.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: figma.createImage(pngOf(pixels)).hash }];
      return rectangle;
    };
    for (const layer of [...plan.layers].reverse()) draw(layer);
    return frame.id;
  });
}

hostContract(
  'Figma (simulated)',
  async (plan) => {
    const open = openFigma();
    const frame = drawPlan(open, plan);
    await open.rest();
    return {
      host: valueIn(await open.host.inside(frame)),
      async select({ of }) {
        open.file.user.select(...(of === null ? [] : of === 'visible' ? [frame] : of.split(',')));
        await open.rest();
      },
      async undo() {
        // An undo entry ends when the run's own note about the layer would be written.
        open.time.pass(400);
        open.file.user.undo();
        await open.rest();
      },
    };
  },
  { masks: false, groups: false, undo: true, tolerance: 1 },
);
