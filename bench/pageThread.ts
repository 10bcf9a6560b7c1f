/**
 * How long the page's own thread is held at 12 megapixels: while a picture is opened, merged and saved, in Chromium, with
 * its workers and without. Run it by `node test/run-ts.mjs bench/pageThread.ts` after `node standalone/build.mjs`.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { startPageServer } from '../standalone/command/pageServer.ts';
import { chromiumArguments, findChromium } from '../test/chromium.ts';

const size = { width: 4000, height: 3000 };
const photo = sharp('test/fixtures/photos/coffee.png').resize(size.width, size.height, { fit: 'cover' }).removeAlpha();
const source = await photo.clone().jpeg({ quality: 92 }).toBuffer();
const flat = await photo
  .clone()
  .composite([{ input: { create: { width: 500, height: 400, channels: 3, background: '#2a8f4a' } }, left: 1500, top: 1200 }])
  .png({ compressionLevel: 1 })
  .toBuffer();
const edited = await sharp(flat).resize(1184, 880, { fit: 'fill' }).jpeg({ quality: 92 }).toBuffer();

const folder = await mkdtemp(join(tmpdir(), 'retake-page-'));
const server = await startPageServer({ port: 0, distDir: 'standalone/dist/page' });
const browser = await chromium.launch({ executablePath: findChromium(), args: [...chromiumArguments] });

/** Tasks of 50 ms or more since the last time: the longest and their sum, ms; and the time that passed. */
async function held(page: Page, label: string, work: () => Promise<unknown>): Promise<Record<string, number | string>> {
  await page.evaluate(() => {
    (globalThis as { tasks?: number[] }).tasks = [];
  });
  const since = performance.now();
  await work();
  const took = performance.now() - since;
  await page.waitForTimeout(300);
  const tasks = await page.evaluate(() => (globalThis as { tasks?: number[] }).tasks ?? []);
  return {
    step: label,
    'longest task, ms': Math.round(Math.max(0, ...tasks)),
    'held in all, ms': Math.round(tasks.reduce((sum, ms) => sum + ms, 0)),
    'took, ms': Math.round(took),
  };
}

async function walk(label: string, hasWorkers: boolean): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  if (!hasWorkers) await page.addInitScript(() => Object.defineProperty(globalThis, 'Worker', { value: undefined }));
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) (globalThis as { tasks?: number[] }).tasks?.push(duration);
    }).observe({ type: 'longtask' });
  });
  await page.goto(server.url);
  await page.waitForSelector('.rt-panel');
  const open = async (name: string, bytes: Uint8Array): Promise<void> => {
    await page.setInputFiles('.pg > input[type=file]', { name, mimeType: '', buffer: Buffer.from(bytes) });
    await page.waitForFunction((stem) => document.querySelector('.pg-title strong')?.textContent?.startsWith(stem), name.split('.')[0]);
    await page.waitForSelector('.pg-canvas');
    await page.waitForSelector('.pg-layer-picture img');
  };
  const rows = [await held(page, 'open the JPEG', () => open('big.jpg', source))];
  rows.push(
    await held(page, 'merge a picture', async () => {
      const transfer = await page.evaluateHandle((text) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], 'edited.jpg'));
        return data;
      }, edited.toString('base64'));
      for (const event of ['dragover', 'drop'])
        await page.dispatchEvent('.pg-layer[aria-level="1"]:not(.pg-layer-all)', event, { dataTransfer: transfer });
      await page.getByRole('button', { name: 'Merge as a take' }).click();
      await page.getByText('Full answer').waitFor({ timeout: 120_000 });
    }),
  );
  const path = join(folder, `${label}.psd`);
  rows.push(
    await held(page, 'save as PSD', async () => {
      const download = page.waitForEvent('download', { timeout: 120_000 });
      await page.keyboard.press('Control+s');
      await (await download).saveAs(path);
    }),
  );
  const saved = await readFile(path);
  // Playwright hands over at most 50 MB at a time.
  if (saved.length < 50e6)
    rows.push(await held(page, `open the PSD, ${Math.round(saved.length / 1e6)} MB`, () => open('saved.psd', saved)));
  console.log(`\n${label}`);
  console.table(rows);
  await context.close();
}

try {
  await walk('with workers', true);
  await walk('without', false);
} finally {
  await browser.close();
  await server.close();
  await rm(folder, { recursive: true });
}
