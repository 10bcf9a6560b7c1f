import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDecodedPictures } from '../../../figma-plugin/ui/host/decoded.ts';
import { ontoGrid } from '../../../figma-plugin/ui/host/onGrid.ts';
import { neverAborted } from '../../../shared/core/abort.ts';
import { composeAffine, invertAffine, mapPoint } from '../../../shared/core/compose/affine.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import { createPace } from '../../../shared/core/pace.ts';
import { cropPixels, type Pixels } from '../../../shared/core/pixels.ts';
import { ok } from '../../../shared/core/result.ts';
import { createNodeCodec } from '../../../standalone/command/nodeCodec.ts';
import { patternPixels } from '../../contracts/memoryHost.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { FakeClock } from '../../fakes/fakeClock.ts';
import { pngOf } from '../openFigma.ts';
import { rgba, slope } from './canvas.ts';

const pace = createPace(new FakeClock(), neverAborted);
const bring = async (picture: Pixels, toGrid: Affine, bounds = { x: 0, y: 0, width: 40, height: 30 }): Promise<Pixels> => {
  const brought = await ontoGrid(picture, toGrid, bounds, pace);
  if (brought === null) throw new Error('nobody aborted');
  return brought;
};

describe('a picture brought onto a grid', () => {
  test('is copied where pixel falls on pixel, also where arithmetic has lost a little', async () => {
    const picture = patternPixels(40, 30, 3);
    const bounds = { x: -3, y: 2, width: 50, height: 20 };
    const back: Affine = [0.1, 0, 0, 0.1, 12.3, -7];
    for (const toGrid of [
      [1, 0, 0, 1, 5, -4],
      composeAffine(invertAffine(back) as Affine, composeAffine(back, [1, 0, 0, 1, 5, -4])),
    ] as const)
      expect((await bring(picture, toGrid, bounds)).data).toEqual(cropPixels(picture, { x: 5, y: -4 }, bounds).data);
  });

  test('keeps its colours in their places, whatever it is scaled and turned by', async () => {
    const angle = fc.constantFrom(0, 0, Math.PI / 2, Math.PI, 0.3, -1.1);
    const scale = fc.double({ min: 0.3, max: 3, noNaN: true });
    await fc.assert(
      fc.asyncProperty(angle, scale, scale, fc.integer({ min: -20, max: 20 }), async (turn, across, down, shift) => {
        const picture = slope(60, 50);
        const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
        const toGrid: Affine = [cos * across, sin * across, -sin * down, cos * down, shift + 0.4, 10 - shift];
        const brought = await bring(picture, toGrid);
        const back = invertAffine(toGrid) as Affine;
        for (let y = 0; y < 30; y += 4)
          for (let x = 0; x < 40; x += 4) {
            const at = mapPoint(back, { x: x + 0.5, y: y + 0.5 });
            const reach = 1 + 2 / Math.min(across, down);
            const [r, g, , a] = rgba(brought, x, y);
            if (at.x < -reach || at.y < -reach || at.x > 60 + reach || at.y > 50 + reach) expect(a).toBe(0);
            if (at.x < reach || at.y < reach || at.x > 60 - reach || at.y > 50 - reach) continue;
            expect(a).toBe(255);
            expect(Math.abs(r - (20 + (200 * at.x) / 60))).toBeLessThan(3);
            expect(Math.abs(g - (20 + (200 * at.y) / 50))).toBeLessThan(3);
          }
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  test('mixes no colour of what is transparent into what is not', async () => {
    const picture = slope(20, 20);
    for (let i = 0; i < picture.data.length; i += 4) if ((i / 4) % 20 < 10) picture.data.set([0, 255, 0, 0], i);
    for (const turn of [0, 0.2]) {
      const brought = await bring(picture, [0.7 * Math.cos(turn), 0.7 * Math.sin(turn), -0.7 * Math.sin(turn), 0.7 * Math.cos(turn), 8, 6]);
      for (let i = 0; i < brought.data.length; i += 4) if (brought.data[i + 3] > 0) expect(brought.data[i + 2]).toBeGreaterThan(20);
    }
  });

  test('is not finished for a caller who has cancelled', async () => {
    const stopped = createPace(new FakeClock(), { ...neverAborted, aborted: true });
    for (const toGrid of [
      [0.5, 0, 0, 0.5, 0, 0],
      [0.5, 0.1, -0.1, 0.5, 0, 0],
    ] as const)
      expect(await ontoGrid(slope(20, 20), toGrid, { x: 0, y: 0, width: 40, height: 30 }, stopped)).toBe(null);
  });
});

test('pictures are opened once, and those looked at last are kept when they become too many', async () => {
  const asked: string[] = [];
  const ask = async (_: string, { hash }: { readonly hash: string }) => {
    asked.push(hash);
    return ok(hash === 'gone' ? null : hash === 'broken' ? new Uint8Array([1, 2, 3]) : pngOf(patternPixels(10, 10, hash.length)));
  };
  const pictures = createDecodedPictures(ask as never, createNodeCodec(), 2 * 400);
  for (const hash of ['a', 'bb', 'a', 'ccc', 'a', 'bb']) expect(valueIn(await pictures.read(hash, neverAborted))?.width).toBe(10);
  expect(asked).toEqual(['a', 'bb', 'ccc', 'bb']);
  expect(valueIn(await pictures.read('gone', neverAborted))).toBe(null);
  expect(valueIn(await pictures.read('broken', neverAborted))).toBe(null);
});
