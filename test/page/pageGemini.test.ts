import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { failures } from '../geminiServer/failures.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { difference, launch, PageDriver, patience, photo, soon } from './pageDriver.ts';

vi.setConfig(patience);

let browser: Browser;
let service: GeminiServer;
let page: PageDriver;
const extent = [512, 512] as const;

beforeAll(async () => {
  browser = await launch();
  service = await startGeminiServer();
});
afterAll(async () => {
  await browser?.close();
  await service?.close();
});
beforeEach(async () => {
  service.forget();
  page = await PageDriver.open(browser, { server: { baseUrl: service.url } });
  await page.openPicture('astronaut.png', await photo('astronaut.png'));
});
afterEach(async () => {
  // A browser itself logs every refused request; that is the service's doing, not the page's.
  const troubles = page.troubles.filter((trouble) => !trouble.includes('Failed to load resource'));
  await page.close();
  expect(troubles).toEqual([]);
  expect(service.malformed).toEqual([]);
});

async function giveKey(key: string, isSessionOnly = false): Promise<void> {
  await page.page.click('[aria-label="Settings"]');
  await page.page.fill('#rt-key', key);
  if (isSessionOnly) await page.page.check('text=For this session only');
  await page.page.click('text=Save and test');
  await page.page.waitForSelector('.rt-good, .rt-bad');
}
const back = (): Promise<void> => page.page.click('[aria-label="Back"]');

describe('the page with a service', () => {
  test('tests a key, says why it is refused, and forgets it', async () => {
    await giveKey('not-the-key-of-this-server');
    await expect.poll(() => page.text('.rt-bad'), soon).toContain('The API key is not valid');
    await expect.poll(() => page.page.evaluate(() => JSON.stringify(localStorage)), soon).toContain('not-the-key');
    await page.page.click('text=Forget');
    await page.page.waitForSelector('.rt-key-held', { state: 'detached' });
    await expect.poll(() => page.page.evaluate(() => JSON.stringify(localStorage)), soon).not.toContain('not-the-key');
    await giveKey(service.key);
    await expect.poll(() => page.text('.rt-good'), soon).toContain('works');
  });

  test('holds a key for the session only, when asked', async () => {
    await giveKey(service.key, true);
    await expect.poll(() => page.page.evaluate(() => JSON.stringify(localStorage)), soon).not.toContain(service.key);
    await page.reload();
    await expect.poll(() => page.text('.rt-model-name'), soon).toContain('Offline');
  });

  test('edits through the real client: a take with its price, and the key in a header only', async () => {
    await giveKey(service.key);
    await back();
    await expect.poll(() => page.text('.rt-foot'), soon).toContain('$0.034');
    const before = await page.seen(...extent);
    await page.send('make the orange suit blue');
    await page.takeAppears();
    await expect.poll(() => page.text('.rt-figures'), soon).toMatch(/Nano Banana 2\.1\s+\$0\.0\d+/);
    expect(difference(before, await page.seen(...extent)).changed).toBeGreaterThan(20_000);
    expect(service.asked).toHaveLength(1);
    expect(service.asked[0].query.toString()).not.toContain(service.key);
    expect(new TextDecoder('latin1').decode((await page.save()).bytes)).not.toContain(service.key);
  });

  test('stops at Escape, leaves the document as it was, and is ready again', async () => {
    await giveKey(service.key);
    await back();
    service.script([failures.hang]);
    await page.send('make the orange suit blue');
    await page.page.waitForFunction(() => document.querySelector('.rt-run-line')?.textContent?.includes('Waiting for Nano Banana'));
    await page.page.waitForFunction(() => ![undefined, '0 s'].includes(document.querySelector('.rt-run-line .rt-figure')?.textContent));
    // Else the answer that never comes would wait for the next request.
    await expect.poll(() => service.understood.length, soon).toBe(1);
    await page.page.keyboard.press('Escape');
    await page.page.waitForSelector('.rt-failure');
    await expect.poll(() => page.text('.rt-failure'), soon).toContain('Cancelled');
    await expect.poll(() => page.layerNames(), soon).toEqual(['astronaut']);
    await page.send('make the orange suit blue');
    await page.takeAppears();
  });

  test('explains a refusal and keeps the words', async () => {
    await giveKey(service.key);
    await back();
    service.script([failures['image-safety']]);
    await page.send('make the orange suit blue');
    await page.page.waitForSelector('.rt-failure');
    await expect.poll(() => page.text('.rt-failure'), soon).toContain('The result was withheld');
    await expect.poll(() => page.page.inputValue('#rt-instruction'), soon).toBe('make the orange suit blue');
    await page.page.click('.rt-failure .rt-button');
    await expect.poll(() => page.page.evaluate(() => document.activeElement?.id), soon).toBe('rt-instruction');
  });

  test('warns of a retired model and changes to its successor by one press', async () => {
    await giveKey(service.key);
    await back();
    await page.page.selectOption('.rt-model-select select', 'gemini-3.1-flash-image');
    await expect.poll(() => page.text('.rt-notice-warning'), soon).toContain('retired');
    await page.send('make the orange suit blue');
    await page.page.waitForSelector('.rt-failure');
    await page.page.click('.rt-failure .rt-button');
    await expect.poll(() => page.text('.rt-model-name'), soon).toBe('Nano Banana 2.1');
    await expect.poll(() => page.page.$('.rt-failure'), soon).toBeNull();
  });

  test('sends a dropped reference along, in its role', async () => {
    await giveKey(service.key);
    await back();
    await page.drop('coffee.png', await photo('coffee.png'), '.rt-references');
    await page.page.waitForSelector('.rt-reference');
    await page.page.selectOption('.rt-role select', 'style');
    await page.send('make the orange suit blue');
    await page.takeAppears();
    expect(JSON.stringify(service.asked[0].json)).toContain('a reference for the style only');
    await expect.poll(() => page.layerNames(), soon).toContain('astronaut');
  });
});
