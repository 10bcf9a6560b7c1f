import { expect, test } from 'vitest';
import { figmaCapabilities } from '../../figma-plugin/wire/capabilities.ts';
import { photoshopCapabilities } from '../../photoshop-uxp/host/capabilities.ts';
import { planFrame } from '../../shared/core/edit/frame.ts';
import { longSide } from '../../shared/core/geometry.ts';
import { builtInModels } from '../../shared/core/models/registry.ts';

// A take is as large as its layer, so what a host can show it can also take back; only raw answers can be larger.
test.each([
  ['Figma', figmaCapabilities],
  ['Photoshop', photoshopCapabilities],
])('the answer for the largest layer of %s is sent within what a model sees', (_, can) => {
  for (const model of builtInModels.filter((one) => one.wire !== 'imagen')) {
    const frame = planFrame({ width: can.maxSidePx, height: can.maxSidePx }, model, null);
    expect(frame === null ? Number.POSITIVE_INFINITY : longSide(frame.sent)).toBeLessThanOrEqual(model.maxSendSidePx);
  }
});

test('one entry in a Figma file stays under its 100 kB with key and identifier', () => {
  expect(figmaCapabilities.storeBytes).toBeLessThan(100_000);
});
