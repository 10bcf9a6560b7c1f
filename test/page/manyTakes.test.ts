import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { documentWithTakes } from './manyTakes.ts';
import { launch, PageDriver, patience, photo, soon } from './pageDriver.ts';

vi.setConfig(patience);
const count = 5_000;

let browser: Browser;
let driver: PageDriver;

beforeAll(async () => {
  browser = await launch();
  driver = await PageDriver.open(browser);
  const bytes = await documentWithTakes(await photo('coffee.png'), count);
  await driver.openPicture('many.psd', bytes);
  await driver.page.waitForSelector('.rt-frame');
});
afterAll(async () => {
  await driver?.close();
  await browser?.close();
});

const inPage = (selector: string): Promise<number> => driver.page.locator(selector).count();
/** The list of all takes, where a test before this one has not opened it. */
async function showAll(): Promise<void> {
  if ((await inPage('.rt-tree')) === 0) await driver.page.getByRole('button', { name: 'All takes' }).click();
  await driver.page.waitForSelector('.rt-tree-row');
}
const lastRow = (): Promise<string | null | undefined> => driver.page.locator('.rt-tree-title').last().textContent();

test('5,000 takes: only what can be seen is in the page, wherever one scrolls', async () => {
  await expect.poll(() => driver.text('.rt-takes .rt-count'), soon).toBe(String(count));
  expect(await inPage('.rt-frame')).toBeLessThan(24);
  await showAll();
  const tree = driver.page.locator('.rt-tree');
  for (const share of [0, 0.37, 0.81, 1]) {
    await tree.evaluate((list, to) => {
      list.scrollTop = (list.scrollHeight - list.clientHeight) * to;
    }, share);
    const wanted = Math.round((count - 1) * (1 - share));
    await expect.poll(async () => Math.abs(Number((await lastRow())?.match(/\d+$/)?.[0]) - wanted), soon).toBeLessThan(40);
    expect(await inPage('.rt-tree-row')).toBeLessThan(40);
  }
  // Its small pictures have come, and the tree is drawn beside it.
  await expect.poll(() => inPage('.rt-tree-row img'), soon).toBeGreaterThan(4);
  expect(await inPage('.rt-tree-row:not(:has(.rt-lane))')).toBe(0);
});

test('5,000 takes: a search answers with what it finds', async () => {
  await showAll();
  await driver.page.fill('[aria-label="Search the takes"]', 'amber lamp');
  // Every 56th is both.
  await expect.poll(() => driver.text('.rt-hits'), soon).toMatch(/^\d+ takes$/);
  const hits = Number((await driver.text('.rt-hits')).match(/\d+/)?.[0]);
  expect(hits).toBe(Array.from({ length: count }, (_, n) => n).filter((n) => n % 8 === 3 && n % 7 === 2).length);
  expect(await inPage('.rt-tree-row')).toBeLessThan(40);
  await driver.page.fill('[aria-label="Search the takes"]', 'round 4242');
  await expect.poll(() => driver.text('.rt-hits'), soon).toBe('1 take');
  await driver.page.fill('[aria-label="Search the takes"]', '');
});

test('5,000 takes: the keys walk through time and along the branches', async () => {
  await showAll();
  const focused = (): Promise<string | null> => driver.page.locator('.rt-tree-row[aria-selected=true] .rt-tree-title').textContent();
  const tree = driver.page.locator('.rt-tree');
  await tree.focus();
  await tree.press('Home');
  await expect.poll(focused, soon).toContain('round 4999');
  await tree.press('ArrowDown');
  await expect.poll(focused, soon).toContain('round 4998');
  await tree.press('End');
  await expect.poll(focused, soon).toMatch(/round 0$/);
  await tree.press('ArrowRight');
  await expect.poll(focused, soon).not.toMatch(/round 0$/);
  await tree.press('ArrowLeft');
  await expect.poll(focused, soon).toMatch(/round 0$/);
  expect(driver.troubles).toEqual([]);
});
