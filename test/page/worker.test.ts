/** Opening, composing and saving leave the page's own thread, and come to the same where they cannot. */
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { valueIn } from '../documents/valueIn.ts';
import { launch, PageDriver, patched, patience, photo, soon } from './pageDriver.ts';

vi.setConfig(patience);

let browser: Browser;
let astronaut: Buffer;
let edited: Buffer;

beforeAll(async () => {
  [browser, astronaut] = await Promise.all([launch(), photo('astronaut.png')]);
  const flat = await patched(astronaut).png().toBuffer();
  edited = await sharp(flat).resize(1040, 1000, { fit: 'fill' }).jpeg({ quality: 92 }).toBuffer();
});
afterAll(() => browser?.close());

const { signal } = new AbortController();

interface Merged {
  readonly warnings: readonly string[];
  readonly layers: readonly { readonly name: string; readonly data: Uint8ClampedArray }[];
  readonly evidence: readonly string[];
}

const forbidWorkers = (): void => {
  Object.defineProperty(globalThis, 'Worker', {
    value: class {
      constructor() {
        throw new Error('workers are forbidden here');
      }
    },
  });
};

/**
 * The layers of what the page saves after a merge, and what it explains. `before` runs in the page, before its own script;
 * with it no worker is left at the end, else two.
 */
async function merged(before: (() => void) | null): Promise<Merged> {
  const driver = await PageDriver.open(browser, before === null ? {} : { before });
  try {
    await driver.openPicture('astronaut.png', astronaut);
    await driver.merge('edited.jpg', edited);
    await expect.poll(() => driver.layerNames(), soon).toContain('Full answer');
    await expect.poll(() => driver.text('.pg-toast'), soon).toMatch(/Merged.*The change covers \d/s);
    await driver.page.getByRole('button', { name: 'What Take 1 · merged changed, and why' }).press('Enter');
    const dialog = driver.page.locator('.pg-evidence');
    const evidence = [];
    for (const name of ['Before', 'Result'])
      evidence.push(await dialog.getByRole('img', { name, exact: true }).evaluate((image) => (image as HTMLImageElement).src));
    await driver.page.keyboard.press('Escape');
    const { bytes } = await driver.save();
    const host = valueIn(await openDocument(bytes, 'saved.psd', createNodeCodec(), signal));
    const layers = [];
    for (const { ref, name, bounds, kind } of valueIn(await host.layers()))
      if (kind === 'pixels') layers.push({ name, data: valueIn(await host.readPixels({ of: ref, bounds }, signal)).pixels.data });
    await expect.poll(() => driver.page.workers().length, soon).toBe(before === null ? 2 : 0);
    return { warnings: driver.troubles, layers, evidence };
  } finally {
    await driver.close();
  }
}

test('a merge in the worker is, to the byte, what the page makes by itself where there is no worker', async () => {
  const inWorker = await merged(null);
  expect(inWorker.warnings).toEqual([]);
  const alone = await merged(forbidWorkers);
  expect(alone.warnings).toEqual(
    ['Opening', 'Encoding and decoding', 'Opening', 'Composing'].map((what) =>
      expect.stringMatching(`${what} without a worker.*workers are forbidden here`),
    ),
  );
  expect(inWorker.layers.map(({ name }) => name)).toEqual(['Take 1 · merged', 'Full answer', 'astronaut']);
  for (const [i, { name, data }] of inWorker.layers.entries()) {
    expect(Buffer.compare(Buffer.from(data), Buffer.from(alone.layers[i].data)), name).toBe(0);
    expect(new Set(data).size, name).toBeGreaterThan(10);
  }
  expect(inWorker.evidence).toEqual(alone.evidence);
});

test('a picture larger than the stage looks the same, drawn in the worker or by the page, at any zoom', async () => {
  const large = await sharp(await photo('coffee.png'))
    .resize(2600, 1801)
    .png({ compressionLevel: 1 })
    .toBuffer();
  const looks = await Promise.all(
    [{}, { before: forbidWorkers }].map(async (options) => {
      const driver = await PageDriver.open(browser, options);
      try {
        await driver.openPicture('large.png', large);
        const fitted = await driver.seen(600, 400);
        await driver.page.keyboard.press('Control+1');
        await driver.atRest();
        const full = await driver.page.locator('.pg-canvas').screenshot();
        return { fitted: fitted.data, full: await sharp(full).raw().toBuffer() };
      } finally {
        await driver.close();
      }
    }),
  );
  const mean = (a: Uint8Array, b: Uint8Array): number => a.reduce((sum, level, i) => sum + Math.abs(level - b[i]), 0) / a.length;
  expect(mean(looks[0].fitted, looks[1].fitted)).toBeLessThan(2);
  expect(mean(looks[0].fitted.slice(40), looks[0].fitted)).toBeGreaterThan(2);
  expect(mean(looks[0].full, looks[1].full)).toBe(0);
});

test('a worker that cannot be loaded costs nothing but the wait', async () => {
  const missing = await merged(() => {
    const Before = globalThis.Worker;
    globalThis.Worker = class extends Before {
      constructor() {
        super(new URL('gone.js', document.baseURI), { type: 'module' });
      }
    };
  });
  expect(missing.warnings.join(' ')).toContain('Composing without a worker');
  expect(missing.layers.map(({ name }) => name)).toEqual(['Take 1 · merged', 'Full answer', 'astronaut']);
});
