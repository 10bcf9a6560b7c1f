import fc from 'fast-check';
import { expect, test } from 'vitest';
import { invertAffine, mapPoint } from '../../../shared/core/compose/affine.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { filled, openCanvas, rgba, slope } from './canvas.ts';

const side = fc.integer({ min: 8, max: 90 });
const fill = fc.oneof(
  fc.record({ scaleMode: fc.constantFrom('FILL' as const, 'FIT' as const), rotation: fc.constantFrom(0, 90, 180, 270) }),
  fc.record({
    scaleMode: fc.constant('CROP' as const),
    // A window in the picture, perhaps turned: the user's crop.
    imageTransform: fc
      .record({
        zoom: fc.double({ min: 0.4, max: 1.3, noNaN: true }),
        x: fc.double({ min: -0.2, max: 0.5, noNaN: true }),
        y: fc.double({ min: -0.2, max: 0.5, noNaN: true }),
        turn: fc.double({ min: -0.6, max: 0.6, noNaN: true }),
      })
      .map(
        ({ zoom, x, y, turn }): Transform => [
          [zoom * Math.cos(turn), -zoom * Math.sin(turn), x],
          [zoom * Math.sin(turn), zoom * Math.cos(turn), y],
        ],
      ),
  }),
);
const look = fc.record({ layer: fc.tuple(side, side), picture: fc.tuple(side, side), fill, degrees: fc.constantFrom(0, 0, 30, -75) });

test('where a picture lies in its layer is where it is drawn, whatever its scale mode, crop and rotation', async () => {
  const canvas = openCanvas();
  await fc.assert(
    fc.asyncProperty(look, async ({ layer, picture, fill: paint, degrees }) => {
      const pixels = slope(picture[0], picture[1]);
      const hash = canvas.image(pixels);
      const id = canvas.draw((figma) => {
        const rectangle = figma.createRectangle();
        rectangle.resize(layer[0], layer[1]);
        rectangle.x = 40;
        rectangle.y = -25;
        rectangle.rotation = degrees;
        filled(rectangle, hash, paint);
        return rectangle;
      });
      const [node] = valueIn(await canvas.host.subject())?.nodes ?? [];
      const toPicture = invertAffine(node.image?.toNode ?? [0, 0, 0, 0, 0, 0]);
      const toNode = invertAffine(node.toPage);
      if (toPicture === null || toNode === null || node.pageBox === null) throw new Error('no place');
      const drawn = await canvas.truth(id, Math.ceil(node.pageBox.width) * 2);
      let compared = 0;
      for (let y = 0; y < drawn.height; y += 3) {
        for (let x = 0; x < drawn.width; x += 3) {
          const unitPerPx = node.pageBox.width / drawn.width;
          const page = { x: node.pageBox.x + (x + 0.5) * unitPerPx, y: node.pageBox.y + (y + 0.5) * unitPerPx };
          const unit = mapPoint(toNode, page);
          const at = mapPoint(toPicture, unit);
          const isIn = unit.x > 1 && unit.y > 1 && unit.x < layer[0] - 1 && unit.y < layer[1] - 1;
          if (!isIn || at.x < 1.5 || at.y < 1.5 || at.x > picture[0] - 1.5 || at.y > picture[1] - 1.5) continue;
          const [r, g] = rgba(drawn, x, y);
          expect(Math.abs(r - (20 + (200 * at.x) / picture[0]))).toBeLessThan(2.5);
          expect(Math.abs(g - (20 + (200 * at.y) / picture[1]))).toBeLessThan(2.5);
          compared++;
        }
      }
      canvas.file.user.remove(id);
      fc.pre(compared > 5);
    }),
    { numRuns: 80, seed: 5 },
  );
});
