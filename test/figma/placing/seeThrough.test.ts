/** A take that stands by itself looks as its layer does with the change in it, however see-through layer, fill and picture are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neverAborted } from '../../../shared/core/abort.ts';
import { boundsOf } from '../../../shared/core/geometry.ts';
import { createPixels, type Mask, type Pixels } from '../../../shared/core/pixels.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { filled, openCanvas, rgba, solid, takeAt, worst } from '../reading/canvas.ts';

const extent = { width: 24, height: 16 };
const change = { x: 6, y: 4, width: 12, height: 8 };

interface Plan {
  readonly at: 'beside' | 'flow';
  readonly layer: number;
  readonly fill: number;
  /** Of the picture, left to right. */
  readonly alphas: readonly [number, number];
  readonly hasGround: boolean;
  readonly mask: 'full' | 'soft' | 'none';
}

const opacity = fc.oneof(fc.constant(1), fc.double({ min: 0.05, max: 1, noNaN: true }));
const plans: fc.Arbitrary<Plan> = fc.record({
  at: fc.constantFrom('beside', 'flow'),
  layer: opacity,
  fill: opacity,
  alphas: fc.tuple(fc.nat(255), fc.nat(255)),
  hasGround: fc.boolean(),
  mask: fc.constantFrom('full', 'soft', 'none'),
});

function picture({ alphas }: Plan): Pixels {
  const pixels = createPixels(extent.width, extent.height);
  for (let i = 0; i < extent.width * extent.height; i++) {
    const [x, y] = [(i % extent.width) / extent.width, Math.floor(i / extent.width) / extent.height];
    pixels.data.set([40 + 150 * x, 60 + 120 * y, 200, alphas[0] + (alphas[1] - alphas[0]) * x], i * 4);
  }
  return pixels;
}

/** The core's: 0 leaves the layer as it is. */
function maskOf({ mask }: Plan): Mask | null {
  if (mask === 'none') return null;
  const data = new Uint8ClampedArray(change.width * change.height);
  for (let i = 0; i < data.length; i++) data[i] = mask === 'full' ? 255 : ((i % change.width) * 255) / (change.width - 1);
  return { bounds: change, data };
}

/** Another colour with the alpha that the layer has there, as a composed take has it. */
function changed(layer: Pixels): Pixels {
  const pixels = createPixels(change.width, change.height);
  for (let y = 0; y < change.height; y++)
    for (let x = 0; x < change.width; x++)
      pixels.data.set([250, 20, 30, rgba(layer, change.x + x, change.y + y)[3]], (y * change.width + x) * 4);
  return pixels;
}

/** The layer with the change, weighted by the mask; both show as much. */
function expected(layer: Pixels, mask: Mask | null): Pixels {
  const out = createPixels(extent.width, extent.height);
  out.data.set(layer.data);
  for (let n = 0; n < change.width * change.height; n++) {
    const share = mask === null ? 1 : mask.data[n] / 255;
    const i = ((change.y + Math.floor(n / change.width)) * extent.width + change.x + (n % change.width)) * 4;
    [250, 20, 30].forEach((value, c) => {
      out.data[i + c] = layer.data[i + c] * (1 - share) + value * share;
    });
  }
  return out;
}

async function look(plan: Plan) {
  const canvas = openCanvas();
  canvas.host.placeAt(plan.at);
  const layer = canvas.draw((figma) => {
    const row = figma.createFrame();
    row.fills = [];
    row.layoutMode = 'HORIZONTAL';
    const node = figma.createRectangle();
    node.resize(extent.width, extent.height);
    filled(node, canvas.image(picture(plan)), { opacity: plan.fill });
    if (plan.hasGround) node.fills = [solid(0.1, 0.8, 0.3, 0.5), ...(node.fills as Paint[])];
    node.opacity = plan.layer;
    row.appendChild(node);
    return node;
  });
  const { host } = valueIn(await canvas.host.pin(layer, neverAborted));
  const bounds = boundsOf(extent);
  const on = { bounds, pixels: valueIn(await host.readPixels({ of: layer, bounds }, neverAborted)).pixels };
  const mask = maskOf(plan);
  const put = takeAt(change, layer, { pixels: changed(on.pixels), mask });
  const take = valueIn(await host.step('Retake', neverAborted, (step) => step.placePixels(put, on)));
  return { canvas, layer, take, host, on, mask };
}

describe('a take by itself', () => {
  it('shows the change as strongly as the layer shows', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { canvas, layer, take, on, mask } = await look(plan);
        const drawn = await canvas.truth(take, extent.width);
        const before = await canvas.truth(layer, extent.width);
        // Bytes are rounded three times: as read, as placed, as drawn.
        if (!plan.hasGround) expect(worst(drawn, expected(on.pixels, mask))).toBeLessThanOrEqual(2);
        // All around the change it is the layer, with what lies beneath the picture.
        for (const [x, y] of [
          [0, 0],
          [23, 15],
          [5, 8],
          [18, 3],
        ]) {
          const [a, b] = [rgba(drawn, x, y), rgba(before, x, y)];
          expect(Math.abs(a[3] - b[3])).toBeLessThanOrEqual(2);
          for (let c = 0; c < 3; c++) expect(Math.abs(a[c] * a[3] - b[c] * b[3]) / 255).toBeLessThanOrEqual(2);
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  }, 120_000);

  it('is read as it is seen, so that the next round goes on from that', async () => {
    const plan: Plan = { at: 'beside', layer: 0.5, fill: 0.8, alphas: [255, 100], hasGround: false, mask: 'full' };
    const { canvas, take, on, mask } = await look(plan);
    await canvas.select(take);
    expect(worst((await canvas.readSelected()).pixels, expected(on.pixels, mask))).toBeLessThanOrEqual(2);
  });

  it('shows nothing of the old picture where the new one is cut out', async () => {
    const canvas = openCanvas();
    canvas.host.placeAt('beside');
    const layer = canvas.draw((figma) => {
      const node = figma.createRectangle();
      node.resize(extent.width, extent.height);
      filled(node, canvas.image(picture({ alphas: [255, 255] } as unknown as Plan)));
      return node;
    });
    const { host } = valueIn(await canvas.host.pin(layer, neverAborted));
    const bounds = boundsOf(extent);
    const on = { bounds, pixels: valueIn(await host.readPixels({ of: layer, bounds }, neverAborted)).pixels };
    const cut = takeAt(bounds, layer, { pixels: createPixels(extent.width, extent.height) });
    const take = valueIn(await host.step('Retake', neverAborted, (step) => step.placePixels(cut, on)));
    expect((await canvas.truth(take, extent.width)).data.every((value, i) => i % 4 !== 3 || value === 0)).toBe(true);
  });

  it('has all of the picture for another crop, though only the crop is the layer', async () => {
    const canvas = openCanvas();
    canvas.host.placeAt('beside');
    const layer = canvas.draw((figma) => {
      const node = figma.createRectangle();
      node.resize(12, 16);
      filled(node, canvas.image(picture({ alphas: [255, 255] } as unknown as Plan)));
      return node;
    });
    const { host } = valueIn(await canvas.host.pin(layer, neverAborted));
    const spot = { x: 8, y: 4, width: 4, height: 4 };
    const take = valueIn(await host.step('Retake', neverAborted, (step) => step.placePixels(takeAt(spot, layer))));
    const seen = { x: 6, y: 0, width: 12, height: 16 };
    expect(valueIn(await host.layers()).find(({ ref }) => ref === take)?.bounds).toEqual(seen);
    canvas.file.build((figma) => (figma.getNodeById(take) as RectangleNode).resize(24, 16));
    expect(rgba(await canvas.truth(take, 24), 1, 8)[3]).toBe(255);
  });
});
