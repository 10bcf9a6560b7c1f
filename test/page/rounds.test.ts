/** Many rounds in the built page: edit, refine, branch, compare, discard and restore, save, reload, continue. */
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { launch, PageDriver, patience, photo, soon } from './pageDriver.ts';

// Some twenty walks on end.
vi.setConfig({ ...patience, testTimeout: 600_000 });
const extent = [512, 512] as const;

let browser: Browser;
let service: GeminiServer;
let driver: PageDriver;
let astronaut: Buffer;

beforeAll(async () => {
  [browser, service, astronaut] = await Promise.all([launch(), startGeminiServer(), photo('astronaut.png')]);
});
afterAll(async () => {
  await browser?.close();
  await service?.close();
});
afterEach(async () => {
  const { troubles } = driver;
  await driver.close();
  expect(troubles).toEqual([]);
  expect(service.malformed).toEqual([]);
});

const strip = (): Promise<(string | null)[]> =>
  driver.page.$$eval('.rt-frame', (frames) => frames.map((frame) => frame.getAttribute('aria-label')));
const card = () => driver.page.locator('.rt-card');
const tree = () => driver.page.locator('.rt-tree');
const titles = (): Promise<(string | null)[]> => driver.page.locator('.rt-tree-title').allTextContents();

async function round(instruction: string, count: number): Promise<void> {
  await driver.send(instruction);
  await driver.takeAppears(count);
}

/** Opens the take's own list of further actions and presses one. */
async function more(action: string): Promise<void> {
  await card().getByRole('button', { name: 'More' }).click();
  await driver.page.getByRole('button', { name: action }).click();
}

describe.each([
  { model: 'the offline model', hasKey: false },
  { model: 'the service', hasKey: true },
])('many rounds with $model', ({ hasKey }) => {
  test('edit, refine, branch, compare, discard, restore, save, reload, continue', async () => {
    service.forget();
    driver = await PageDriver.open(browser, hasKey ? { server: { baseUrl: service.url, apiKey: service.key } } : {});
    const { page } = driver;
    await driver.openPicture('astronaut.png', astronaut);
    const before = await driver.seen(...extent);

    // Edit, then refine: the next one goes on from the first, and says how.
    await round('make the orange suit blue', 1);
    await page.fill('#rt-instruction', 'now a little darker');
    await expect.poll(() => driver.text('.rt-start-take'), soon).toContain('After take 1');
    await expect.poll(() => driver.text('.rt-why'), soon).toMatch(/^(Fresh|Continue|This take)\. .+\.$/);
    await round('now a little darker', 2);
    await expect
      .poll(strip, soon)
      .toEqual([
        expect.stringMatching(/^Take 2, now a little darker, the next edit goes on from here$/),
        expect.stringMatching(/^Take 1, make the orange suit blue/),
      ]);
    await expect.poll(() => page.locator('.rt-frame img').count(), soon).toBe(2);

    // Branch from the first, in a way of one's own choice.
    await page.locator('.rt-frame').nth(1).click();
    await card().getByRole('button', { name: 'Go on from here' }).click();
    await page.getByRole('radio', { name: 'This take' }).check();
    await expect.poll(() => driver.text('.rt-why'), soon).toContain('You chose');
    await round('make it warmer', 3);
    await page.getByRole('button', { name: 'All takes' }).click();
    await expect.poll(titles, soon).toEqual(['make it warmer', 'now a little darker', 'make the orange suit blue']);
    expect(await page.locator('.rt-tree-row').evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-level')))).toEqual([
      '2',
      '2',
      '1',
    ]);
    expect(await page.locator('.rt-lanes').first().getAttribute('width')).toBe(
      await page.locator('.rt-lanes').last().getAttribute('width'),
    );

    // Compare: with the source, with another take, as a difference, blinking.
    await tree().press('c');
    await page.waitForSelector('dialog .rt-compare-pair');
    const finding = () => driver.text('.rt-compare-finding');
    const inWords = /^\d+\.\d % of the pixels differ, by up to \d+ levels\.$/;
    await expect.poll(finding, soon).toMatch(inWords);
    const withSource = await finding();
    await page.locator('dialog select').selectOption({ label: '2 · now a little darker' });
    await page.locator('.rt-compare-pair img[alt="2 · now a little darker"]').waitFor();
    await expect.poll(finding, soon).toMatch(inWords);
    expect(await finding()).not.toBe(withSource);
    await page.getByRole('radio', { name: 'Difference' }).check();
    await page.waitForSelector('.rt-compare-frame img[alt^="What differs"]');
    await page.getByRole('radio', { name: 'Blink' }).check();
    await page.waitForSelector('button.rt-compare-frame');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog[open]').count(), soon).toBe(0);

    // Discard and restore: it goes from the list and from the picture, and comes back.
    const shown = await driver.seen(...extent);
    await tree().focus();
    await tree().press('Home');
    await tree().press('Delete');
    await expect.poll(titles, soon).toEqual(['now a little darker', 'make the orange suit blue']);
    await expect.poll(() => driver.changedFrom(shown), soon).toBeGreaterThan(1000);
    await page.getByRole('radio', { name: 'Discarded' }).check();
    await expect.poll(titles, soon).toEqual(['make it warmer']);
    await page.locator('.rt-tree-row').click();
    await more('Restore');
    await page.getByRole('radio', { name: 'All' }).check();
    await expect.poll(() => titles().then((all) => all.length), soon).toBe(3);
    await expect.poll(() => driver.changedFrom(shown), soon).toBe(0);

    // A name, a note, a star, a bookmark.
    await tree().focus();
    await tree().press('Home');
    await tree().press('f');
    await more('Rename');
    await page.keyboard.type('The warm one');
    await page.keyboard.press('Enter');
    await more('Add a note');
    await page.keyboard.type('Ana likes it');
    await page.keyboard.press('Control+Enter');
    await more('Add a bookmark');
    await page.keyboard.type('approved');
    await page.keyboard.press('Enter');
    await expect.poll(() => driver.text('.rt-tree-row'), soon).toContain('The warm one');
    await expect.poll(() => driver.text('.rt-note'), soon).toBe('Ana likes it');
    await expect.poll(() => driver.text('.rt-bookmark'), soon).toBe('approved');
    await page.getByRole('button', { name: 'Back' }).click();

    // Saved and opened again, all of it is there, and goes on.
    const { bytes } = await driver.save();
    await driver.reload();
    await driver.openPicture('again.psd', bytes);
    await expect.poll(() => strip().then((all) => all.length), soon).toBe(3);
    await expect.poll(() => strip().then(([newest]) => newest), soon).toMatch(/^Take 3, The warm one, favourite, bookmark approved/);
    // Takes of a document that was only opened are no result: the panel shows from its top.
    expect(await page.evaluate(() => document.querySelector('.rt-scroll')?.scrollTop)).toBe(0);
    await expect.poll(() => driver.changedFrom(shown), soon).toBe(0);
    await driver.layer('astronaut').last().click();
    await page.locator('.rt-frame').nth(2).click();
    await card().getByRole('button', { name: 'Go on from here' }).click();
    await round('make it black and white', 4);
    await expect.poll(() => strip().then(([newest]) => newest), soon).toMatch(/^Take 4, make it black and white/);
    await expect.poll(() => driver.changedFrom(before), soon).toBeGreaterThan(100_000);
  });
});

test('a take goes into another document, and out as files that other programs read', async () => {
  driver = await PageDriver.open(browser);
  const { page } = driver;
  await driver.openPicture('astronaut.png', astronaut);
  await round('make the orange suit blue', 1);
  const download = page.waitForEvent('download');
  await more('Export the branch as ZIP');
  const file = await download;
  expect(file.suggestedFilename()).toBe('01-make-the-orange-suit-blue.zip');
  const zip = new Uint8Array(await readFile(await file.path()));

  await driver.save();
  await driver.openPicture('coffee.png', await photo('coffee.png'));
  await driver.openFile('branch.zip', zip);
  await expect.poll(strip, soon).toEqual([expect.stringMatching(/^Take 1, make the orange suit blue/)]);
  await expect.poll(() => driver.layerNames(), soon).toEqual(['make the orange suit blue', expect.stringContaining('Take 1'), 'coffee']);
  await expect.poll(() => page.locator('.pg-badge').count(), soon).toBe(1);
});
