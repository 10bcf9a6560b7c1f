/** The built page is reloaded, or opened twice, with work that was in no file yet. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import { takesInOrder } from '../../shared/core/history/tree.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { valueIn } from '../documents/valueIn.ts';
import { launch, PageDriver, patience, photo, soon } from './pageDriver.ts';

vi.setConfig(patience);

let browser: Browser;
let page: PageDriver;
let astronaut: Buffer;

beforeAll(async () => {
  [browser, astronaut] = await Promise.all([launch(), photo('astronaut.png')]);
});
afterAll(() => browser?.close());
afterEach(async () => {
  const { troubles } = page;
  await page.close();
  expect(troubles).toEqual([]);
});

async function savedTakes(driver: PageDriver) {
  const { bytes } = await driver.save();
  const host = valueIn(await openDocument(bytes, 'saved.psd', createNodeCodec(), neverAborted));
  const { history } = valueIn(await readHistory(host.store));
  const takes = takesInOrder(history);
  for (const { pictures } of takes) expect(valueIn(await host.store.blobs.read(pictures.answer?.hash ?? ''))).not.toBe(null);
  return takes.map(({ instruction, state }) => [instruction, state]);
}

/** The tab shows the answer of a round that another tab asked for. */
const knows = (tab: PageDriver, instruction: string): Promise<void> =>
  tab.page.locator(`.rt-frame[aria-label*="${instruction}, Answered"]`).waitFor();

test('a take that was in no file comes back when the document is opened again, until it is saved', async () => {
  page = await PageDriver.open(browser);
  await page.openPicture('astronaut.png', astronaut);
  await page.send('make it darker');
  await page.takeAppears();
  await page.reload();
  await page.openPicture('astronaut.png', astronaut);
  await expect.poll(() => page.text('.pg-toast'), soon).toMatch(/Recovered\s+An answer of .*“make it darker”.*recovered/s);
  await page.send('make it black and white');
  await page.takeAppears();
  expect(await savedTakes(page)).toEqual([
    ['make it darker', 'answered'],
    ['make it black and white', 'done'],
  ]);

  await page.reload();
  await page.openPicture('astronaut.png', astronaut);
  expect(await page.page.locator('.pg-toast').allInnerTexts()).toEqual([]);
});

test('two tabs on one document know each other’s takes', async () => {
  page = await PageDriver.open(browser);
  await page.openPicture('astronaut.png', astronaut);
  const other = await page.anotherTab();
  await other.openPicture('astronaut.png', astronaut);
  await page.send('make it darker');
  await page.takeAppears();
  await other.send('make it black and white');
  await other.takeAppears();
  // Each tab hears of the other's when that is written.
  await knows(other, 'make it darker');
  await knows(page, 'make it black and white');
  expect((await savedTakes(other)).sort()).toEqual([
    ['make it black and white', 'done'],
    ['make it darker', 'answered'],
  ]);
  expect((await savedTakes(page)).sort()).toEqual([
    ['make it black and white', 'answered'],
    ['make it darker', 'done'],
  ]);
});

test('a browser whose store is full says so, and the edit is there all the same', async () => {
  page = await PageDriver.open(browser, {
    before: () => {
      // As a full disk answers, only sooner.
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
      };
    },
  });
  await page.openPicture('astronaut.png', astronaut);
  await page.send('make it darker');
  await page.takeAppears();
  await expect.poll(() => page.text('.pg-toast'), soon).toMatch(/Takes are kept only in this page.*Save the document to keep its takes/s);
  expect(await savedTakes(page)).toEqual([['make it darker', 'done']]);
});
