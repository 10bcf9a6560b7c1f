/**
 * Screenshots of the panel in Photoshop, in each of its states: `node test/run-ts.mjs test/photoshop/endToEnd/look.ts FOLDER [--widths 240,320]
 * [--themes darkest,lightest] [--states edit,takes]`. The built plug-in on the simulated Photoshop; for the eye, nothing is compared.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { failures } from '../../geminiServer/failures.ts';
import { startGeminiServer } from '../../geminiServer/server.ts';
import { launch, PhotoshopDriver, type Theme } from './photoshopDriver.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    widths: { type: 'string', default: '240,280,320,520' },
    themes: { type: 'string', default: 'darkest,dark,light,lightest' },
    states: { type: 'string', default: '' },
    height: { type: 'string', default: '680' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Name a folder for the pictures.');
const listOf = (text: string): string[] => text.split(',').filter((each) => each !== '');
const [widths, themes, wanted] = [listOf(values.widths).map(Number), listOf(values.themes) as Theme[], listOf(values.states)];
const height = Number(values.height);

await mkdir(folder, { recursive: true });
const gemini = await startGeminiServer({});
const browser = await launch();
const driver = await PhotoshopDriver.open(browser, { folder: 'photoshop-uxp/dist', gemini, height });
const { page } = driver;

async function shoot(state: string): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(state)) return;
  for (const width of widths) {
    await page.setViewportSize({ width, height });
    for (const theme of themes) {
      await driver.setTheme(theme);
      await page.waitForTimeout(80);
      await page.screenshot({ path: join(folder as string, `${state}-${width}-${theme}.png`) });
    }
  }
}
const press = (name: string) => driver.button(name).click();

try {
  await shoot('no-document');
  const extent = { width: 640, height: 640 };
  const png = (
    await sharp('test/fixtures/photos/astronaut.png').resize(extent.width, extent.height).removeAlpha().png().toBuffer()
  ).toString('base64');
  const selection = { kind: 'ellipse', bounds: { x: 150, y: 250, width: 300, height: 300 }, featherPx: 12 } as const;
  await driver.openDocument({
    title: 'Portrait.psd',
    extent,
    depth: 16,
    ppi: 300,
    selection,
    layers: [
      { name: 'Portrait', png },
      { name: 'Background', png, background: true },
    ],
  });
  await page.waitForSelector('.rt-thumb img');
  await shoot('selection');
  await page.fill('#rt-instruction', 'make the orange suit blue');
  await page.focus('#rt-instruction');
  await shoot('ready');
  await driver.send('make the orange suit blue');
  await driver.isAsking().catch(() => undefined);
  await shoot('running');
  await driver.takesAre(1);
  await shoot('take');
  await driver.send('make the blue suit green');
  await driver.takesAre(2);
  await page.getByRole('option', { name: /Take 1,/ }).click();
  await page.waitForTimeout(300);
  await press('Go on from here');
  await driver.send('make the suit purple');
  await driver.takesAre(3);
  await press('All takes');
  await page.keyboard.press('Tab');
  await page.getByRole('treeitem', { name: /Take 2,/ }).focus();
  await shoot('takes');
  await press('Compare with the source');
  await page.waitForSelector('.rt-compare-pair img');
  await shoot('compare');
  await page.keyboard.press('Escape');
  await press('What this take changed, and why');
  await page.waitForSelector('.rt-evidence-figures', { timeout: 20_000 });
  await shoot('evidence');
  await page.keyboard.press('Escape');
  await press('Back');
  await driver.ps((ps) => ps.user.setQuickMask(true));
  await page.waitForSelector('.rt-note-blocked');
  await page.evaluate(() => document.querySelector('.rt-scroll')?.scrollTo(0, 0));
  await shoot('blocked');
  await driver.ps((ps) => ps.user.setQuickMask(false));
  gemini.script([failures['quota-day']]);
  await driver.send('make the suit red');
  await page.waitForSelector('.rt-failure');
  await shoot('failure');
  await press('Dismiss');
  gemini.script([{ kind: 'slow', delayMs: 1500, next: null }]);
  await driver.send('make the suit red');
  await driver.isAsking();
  await driver.ps((ps) => ps.user.close());
  await page.waitForSelector('.ps-notice', { timeout: 20_000 });
  await shoot('kept');
  await press('Settings');
  await shoot('settings');
  await page.locator('.rt-scroll').evaluate((element) => element.scrollTo(0, 10_000));
  await press('About this host');
  await page.waitForSelector('.ps-probes li');
  await shoot('about');
} finally {
  console.log(driver.troubles.join('\n'));
  await browser.close();
  await gemini.close();
}
