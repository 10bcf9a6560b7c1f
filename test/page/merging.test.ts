/** A picture from elsewhere, dropped on a layer in the page. */
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { difference, launch, PageDriver, patched, patience, photo, soon } from './pageDriver.ts';

vi.setConfig(patience);

let browser: Browser;
let page: PageDriver;
let astronaut: Buffer;
let edited: Buffer;

beforeAll(async () => {
  [browser, astronaut] = await Promise.all([launch(), photo('astronaut.png')]);
  const flat = await patched(astronaut).png().toBuffer();
  edited = await sharp(flat).resize(1040, 1000, { fit: 'fill' }).jpeg({ quality: 92 }).toBuffer();
});
afterAll(() => browser?.close());
afterEach(async () => {
  const { troubles } = page;
  await page.close();
  expect(troubles).toEqual([]);
});

test('becomes a take that changes only what the picture changed', async () => {
  page = await PageDriver.open(browser, {});
  await page.openPicture('astronaut.png', astronaut);
  const before = await page.seen(512, 512);
  await page.merge('edited.jpg', edited);
  await expect.poll(() => page.layerNames(), soon).toEqual(['edited.jpg', 'Take 1 · merged', 'Full answer', 'astronaut']);
  await expect.poll(() => page.text('.pg-toast'), soon).toMatch(/Merged.*The change covers \d/s);
  const after = await page.seen(512, 512);
  const at = (picture: typeof after, x: number, y: number) => [...picture.data.subarray((y * 512 + x) * 4, (y * 512 + x) * 4 + 3)];
  for (const [c, level] of at(after, 95, 360).entries()) expect(Math.abs(level - [0x2a, 0x8f, 0x4a][c])).toBeLessThan(14);
  expect(difference(before, after).changed).toBeLessThan(80 * 70);
  await page.page.keyboard.press('Control+z');
  await expect.poll(() => page.layerNames(), soon).toEqual(['astronaut']);
});

test('may be opened instead, or left alone', async () => {
  page = await PageDriver.open(browser, {});
  await page.openPicture('astronaut.png', astronaut);
  await page.drop('edited.jpg', edited, '.pg-layer[aria-level="1"]:not(.pg-layer-all)');
  await page.page.getByRole('button', { name: 'Merge as a take' }).waitFor();
  await page.page.keyboard.press('Escape');
  await expect.poll(() => page.page.locator('dialog[open]').count(), soon).toBe(0);
  expect(await page.layerNames()).toEqual(['astronaut']);
  await page.drop('edited.jpg', edited, '.pg-layer[aria-level="1"]:not(.pg-layer-all)');
  await page.page.getByRole('button', { name: 'Open as a document' }).click();
  await expect.poll(() => page.layerNames(), soon).toEqual(['edited']);
});
