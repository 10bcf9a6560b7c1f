/**
 * How long the page's own thread is held at 12 megapixels: while a picture is opened, merged, edited and saved, in Chromium,
 * with its workers and without. A task counts by the time it had the processor, which other work on the machine lengthens
 * least; beside it the time that passed. Run it after `node standalone/build.mjs`:
 *
 *   node test/run-ts.mjs bench/pageThread.ts [--runs N] [--with-workers] [--traces FOLDER]
 *
 * `--traces` keeps a trace with a profile of each step, which the browser's developer tools open.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { startPageServer } from '../standalone/command/pageServer.ts';
import { chromiumArguments, findChromium } from '../test/chromium.ts';
import { startGeminiServer } from '../test/geminiServer/server.ts';
import { type Held, heldThreads, median } from './heldThreads.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, 'with-workers': { type: 'boolean' }, traces: { type: 'string' } },
});
const size = { width: 4000, height: 3000 };
const folder = await mkdtemp(join(tmpdir(), 'retake-page-'));
const [bigFile, editedFile] = [join(folder, 'big.jpg'), join(folder, 'edited.jpg')];
const photo = sharp('test/fixtures/photos/coffee.png').resize(size.width, size.height, { fit: 'cover' }).removeAlpha();
await writeFile(bigFile, await photo.clone().jpeg({ quality: 92 }).toBuffer());
const flat = await photo
  .clone()
  .composite([{ input: { create: { width: 500, height: 400, channels: 3, background: '#2a8f4a' } }, left: 1500, top: 1200 }])
  .png({ compressionLevel: 1 })
  .toBuffer();
await writeFile(editedFile, await sharp(flat).resize(1184, 880, { fit: 'fill' }).jpeg({ quality: 92 }).toBuffer());

const service = await startGeminiServer();
const server = await startPageServer({
  port: 0,
  distDir: process.env.RETAKE_PAGE_DIST ?? 'standalone/dist/page',
  baseUrl: service.url,
  apiKey: service.key,
});

/** Until `isSo` in the page, which is asked at each change and holds nothing up. */
const until = (page: Page, isSo: string): Promise<unknown> =>
  page.evaluate(
    (source) =>
      new Promise<void>((resolve) => {
        const holds = new Function(`return ${source}`) as () => boolean;
        const look = (): void => {
          if (!holds()) return;
          observer.disconnect();
          resolve();
        };
        const observer = new MutationObserver(look);
        observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
        look();
      }),
    isSo,
  );

async function walk(browser: Browser, hasWorkers: boolean, name: string): Promise<readonly Held[]> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  if (!hasWorkers) await page.addInitScript(() => Object.defineProperty(globalThis, 'Worker', { value: undefined }));
  await page.goto(server.url);
  await page.waitForSelector('.rt-panel');
  const held = (label: string, work: () => Promise<unknown>): Promise<Held> =>
    heldThreads(browser, page, page, label, work, values.traces && join(values.traces, `${name}-${label.replaceAll(' ', '-')}.json`));
  const layers = (count: number): string => `document.querySelectorAll('.pg-layer-picture img').length === ${count}`;
  const open = (path: string): (() => Promise<void>) => {
    const isOpen = `document.querySelector('.pg-title strong')?.textContent.startsWith('${path.match(/(\w+)\.\w+$/)?.[1]}')`;
    return async () => {
      await page.setInputFiles('.pg > input[type=file]', path);
      await until(page, `${isOpen} && document.querySelector('.pg-canvas') && document.querySelector('.pg-layer-picture img') !== null`);
    };
  };
  const rows = [await held('open a JPEG', open(bigFile))];

  // The file is in the page before the time begins.
  await page.evaluate(() => {
    const input = Object.assign(document.createElement('input'), { type: 'file', id: 'bench-edited' });
    document.body.append(input);
  });
  await page.setInputFiles('#bench-edited', editedFile);
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add((document.querySelector('#bench-edited') as HTMLInputElement).files?.[0] as File);
    return data;
  });
  for (const event of ['dragover', 'drop'])
    await page.dispatchEvent('.pg-layer[aria-level="1"]:not(.pg-layer-all)', event, { dataTransfer: transfer });
  const merge = page.getByRole('button', { name: 'Merge as a take' });
  await merge.waitFor();
  rows.push(
    await held('merge a picture', async () => {
      await merge.click();
      await until(page, `${layers(3)} && document.querySelector('.pg-toast')?.textContent.includes('The change covers')`);
    }),
  );
  await page.click('.pg-layer-all');
  await page.fill('#rt-instruction', 'make it brighter');
  rows.push(
    await held('edit all of it', async () => {
      await page.press('#rt-instruction', 'Control+Enter');
      await until(page, `document.querySelectorAll('.pg-badge').length > 1 && document.querySelector('.rt-foot .rt-primary') !== null`);
    }),
  );
  await page.waitForTimeout(500);
  const path = join(folder, 'saved.psd');
  rows.push(
    await held('save as PSD', async () => {
      const download = page.waitForEvent('download', { timeout: 120_000 });
      await page.keyboard.press('Control+s');
      await (await download).saveAs(path);
    }),
    await held('open the PSD', open(path)),
  );
  await context.close();
  return rows;
}

async function measure(label: string, hasWorkers: boolean): Promise<void> {
  const runs: (readonly Held[])[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const browser = await chromium.launch({ executablePath: findChromium(), args: [...chromiumArguments] });
    runs.push(await walk(browser, hasWorkers, `${label.replaceAll(' ', '-')}-${run + 1}`));
    await browser.close();
  }
  console.log(`\n${label}, median of ${runs.length}`);
  console.table(runs[0].map((_, i) => median(runs.map((rows) => rows[i]))));
}

try {
  await measure('with workers', true);
  if (values['with-workers'] !== true) await measure('without', false);
} finally {
  await server.close();
  await service.close();
  await rm(folder, { recursive: true });
}
