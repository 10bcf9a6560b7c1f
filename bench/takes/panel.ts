/**
 * The panel with many takes, in Chromium: how long a document of theirs takes to open, to show all of them, to scroll
 * through and to search, and how long the page's thread is held meanwhile. Beside it the same with one take.
 *
 *   node test/run-ts.mjs bench/takes/panel.ts [COUNT]
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { documentWithTakes } from '../../test/page/manyTakes.ts';

// The driver looks for the build beside itself, and this file runs from a cache.
process.env.RETAKE_PAGE_DIST ??= resolve('standalone/dist/page');
const { launch, PageDriver } = await import('../../test/page/pageDriver.ts');

const count = Number(process.argv[2] ?? 5_000);
const photo = await readFile('test/fixtures/photos/coffee.png');
const browser = await launch();

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0;
const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** Time between frames while `act` goes on, ms. */
async function frames(page: Page, act: string): Promise<readonly number[]> {
  return page.evaluate(
    (source) =>
      new Promise<number[]>((done) => {
        const gaps: number[] = [];
        const step = new Function('n', source) as (n: number) => void;
        let before = performance.now();
        let n = 0;
        const frame = (): void => {
          const now = performance.now();
          gaps.push(now - before);
          before = now;
          if (n >= 240) done(gaps);
          else {
            step(n++);
            requestAnimationFrame(frame);
          }
        };
        requestAnimationFrame(frame);
      }),
    act,
  );
}

async function measure(takes: number): Promise<void> {
  const bytes = await documentWithTakes(photo, takes);
  const driver = await PageDriver.open(browser);
  const { page } = driver;
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const rows: (readonly [string, string])[] = [['file', `${(bytes.length / 1e6).toFixed(1)} MB`]];
  const open = await timed(async () => {
    await driver.openFile('many.psd', bytes);
    await page.waitForSelector('.rt-frame', { timeout: 120_000 });
  });
  rows.push(['open, until the strip shows', ms(open)]);
  const all = await timed(async () => {
    await page.getByRole('button', { name: 'All takes' }).click();
    await page.waitForSelector('.rt-tree-row');
  });
  rows.push(['all takes, until the tree shows', ms(all)]);
  rows.push(['rows in the page', String(await page.locator('.rt-tree-row').count())]);
  if (takes > 100) {
    const gaps = await frames(
      page,
      `const list = document.querySelector('.rt-tree'); list.scrollTop = ((list.scrollHeight - list.clientHeight) * n) / 240;`,
    );
    rows.push([
      'scroll through all in 240 frames: median, 95 %, longest',
      [0.5, 0.95, 1].map((share) => ms(quantile(gaps, share))).join(', '),
    ]);
    const slow = await frames(page, `document.querySelector('.rt-tree').scrollTop = n * 40;`);
    rows.push(['scroll by 40 px a frame: median, 95 %, longest', [0.5, 0.95, 1].map((share) => ms(quantile(slow, share))).join(', ')]);
    const typed: number[] = [];
    for (const words of ['a', 'am', 'amb', 'ambe', 'amber', 'amber l', 'amber lamp'])
      typed.push(
        await page.evaluate(async (text) => {
          const field = document.querySelector<HTMLInputElement>('[aria-label="Search the takes"]');
          const start = performance.now();
          if (field === null) return 0;
          field.value = text;
          field.dispatchEvent(new InputEvent('input', { bubbles: true }));
          await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
          return performance.now() - start;
        }, words),
      );
    rows.push(['search, a key until it is drawn: median, longest', `${ms(quantile(typed, 0.5))}, ${ms(Math.max(...typed))}`]);
  }
  const star = await timed(async () => {
    await page.fill('[aria-label="Search the takes"]', '');
    await page.locator('.rt-tree-row').first().click();
    await page.locator('.rt-drawer [aria-label="Favourite"]').click();
    await page.waitForSelector('.rt-drawer [aria-label="Favourite"][aria-pressed="true"]');
  });
  rows.push(['mark a favourite, until it shows', ms(star)]);
  process.stdout.write(`${takes} takes\n${rows.map(([what, value]) => `  ${what.padEnd(58)} ${value}\n`).join('')}`);
  await driver.close();
}

await measure(1);
await measure(count);
await browser.close();
