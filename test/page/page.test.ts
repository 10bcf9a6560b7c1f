import { initializeCanvas, type Layer, type Psd, readPsd } from 'ag-psd';
import { decode } from 'fast-png';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { richPsd } from '../documents/buildPsd.ts';
import { difference, launch, type OpenOptions, PageDriver, patience, photo, soon } from './pageDriver.ts';

initializeCanvas(
  () => {
    throw new Error('no canvas is needed');
  },
  (width, height) => ({ width, height, data: new Uint8ClampedArray(width * height * 4) }) as ImageData,
);

vi.setConfig(patience);

let browser: Browser;
let driver: PageDriver | null = null;
let astronaut: Buffer;

beforeAll(async () => {
  [browser, astronaut] = await Promise.all([launch(), photo('astronaut.png')]);
});
afterAll(() => browser?.close());
afterEach(async () => {
  const troubles = driver?.troubles ?? [];
  await driver?.close();
  driver = null;
  expect(troubles).toEqual([]);
});

const start = async (options: OpenOptions = {}): Promise<PageDriver> => (driver = await PageDriver.open(browser, options));
const extent = [512, 512] as const;

const readSaved = (bytes: Uint8Array): Psd => readPsd(bytes, { useImageData: true, skipThumbnail: true });
const everyLayer = (layers: readonly Layer[]): readonly Layer[] => layers.flatMap((layer) => [layer, ...everyLayer(layer.children ?? [])]);

/** The photo's own pixels as RGBA. */
function rgba(png: Uint8Array): Uint8ClampedArray {
  const { width, height, data, channels } = decode(png);
  const out = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < channels; c++) out[i * 4 + c] = data[i * channels + c];
  return out;
}

describe('the page', () => {
  test('goes the whole way: open, send, compare, hide, save a PSD whose original is untouched', async () => {
    const page = await start();
    await page.openPicture('astronaut.png', astronaut);
    await expect.poll(() => page.layerNames(), soon).toEqual(['astronaut']);
    const before = await page.seen(...extent);

    await page.send('make the orange suit blue');
    await page.takeAppears();
    await expect
      .poll(() => page.layerNames(), soon)
      .toEqual(['make the orange suit blue', expect.stringContaining('Take 1'), 'Full answer', 'astronaut']);
    await expect.poll(() => page.text('.rt-card'), soon).toContain('not AI');
    const after = await page.seen(...extent);
    expect(difference(before, after).changed).toBeGreaterThan(20_000);

    // Left of the divider as it was, right of it as it is.
    await page.page.click('.pg-bar [aria-label="Compare before and after"]');
    await page.page.waitForSelector('[role=slider]');
    const both = await page.seen(...extent);
    expect(difference(before, both, [256, 0, 256, 512]).outside).toBe(0);
    expect(difference(after, both, [0, 0, 256, 512]).outside).toBe(0);
    await page.page.press('[role=slider]', 'End');
    await expect.poll(() => page.changedFrom(before), soon).toBe(0);
    await page.page.keyboard.press('Escape');
    await expect.poll(() => page.changedFrom(after), soon).toBe(0);

    await page.page.click('.rt-card [aria-label="Hide this take"]');
    await expect.poll(() => page.changedFrom(before), soon).toBe(0);
    await page.page.click('.rt-card [aria-label="Show this take"]');
    await expect.poll(() => page.changedFrom(after), soon).toBe(0);

    const file = await page.save();
    expect(file.name).toBe('astronaut-retake.psd');
    const psd = readSaved(file.bytes);
    expect([psd.width, psd.height]).toEqual(extent);
    expect(everyLayer(psd.children ?? []).map((layer) => layer.name)).toEqual([
      'astronaut',
      'make the orange suit blue',
      'Full answer',
      expect.stringContaining('Take 1'),
    ]);
    const original = everyLayer(psd.children ?? []).find((layer) => layer.name === 'astronaut');
    expect(Buffer.from(original?.imageData?.data ?? []).equals(Buffer.from(rgba(astronaut)))).toBe(true);
    await expect.poll(() => page.page.$('.pg-changed'), soon).toBeNull();
  });

  test('opens what it saved, with its layers and its take', async () => {
    const page = await start();
    await page.openPicture('astronaut.png', astronaut);
    await page.send('make it darker');
    await page.takeAppears();
    const shown = await page.seen(...extent);
    const { bytes } = await page.save();
    expect(page.troubles).toEqual([]);
    await page.close();

    const again = await start();
    await again.openPicture('again.psd', bytes);
    await expect
      .poll(() => again.layerNames(), soon)
      .toEqual(['make it darker', expect.stringContaining('Take 1'), 'Full answer', 'astronaut']);
    await expect.poll(() => again.page.$$('.pg-badge'), soon).toHaveLength(1);
    await expect.poll(() => again.changedFrom(shown), soon).toBe(0);
  });

  test('shows a layered PSD as a tree, edits one layer of it, and leaves every other as it was', async () => {
    const source = richPsd();
    const page = await start();
    await page.openPicture('scene.psd', source);
    const named = (bytes: Uint8Array) => everyLayer(readSaved(bytes).children ?? []).map((layer) => layer.name);
    // The list shows the top first, a PSD stores the bottom first.
    expect((await page.layerNames()).sort()).toEqual(named(source).sort());
    await expect.poll(() => page.page.$$eval('[role=treeitem][aria-label*="hidden"]', (rows) => rows.length), soon).toBeGreaterThan(0);
    const target = page.layer('half');
    await target.click();
    await page.send('make it darker');
    await page.takeAppears();
    const { bytes } = await page.save();
    expect(named(bytes).sort()).toEqual([...named(source), 'make it darker', 'Take 1 · Offline (not AI)'].sort());
    const after = new Map(everyLayer(readSaved(bytes).children ?? []).map((layer) => [layer.name, layer]));
    for (const layer of everyLayer(readSaved(source).children ?? [])) {
      const same = after.get(layer.name);
      expect(Buffer.from(same?.imageData?.data ?? []).equals(Buffer.from(layer.imageData?.data ?? [])), layer.name).toBe(true);
      expect([same?.left, same?.top, same?.hidden, same?.opacity, same?.blendMode]).toEqual([
        layer.left,
        layer.top,
        layer.hidden,
        layer.opacity,
        layer.blendMode,
      ]);
    }
  });

  test('changes a drawn region only', async () => {
    const page = await start();
    await page.openPicture('astronaut.png', astronaut);
    const before = await page.seen(...extent);
    await page.page.keyboard.press('r');
    await page.drag([100, 300], [260, 420], extent);
    await expect.poll(() => page.text('.rt-region-line'), soon).toContain('160 × 120 at 100, 300');
    await page.send('make it darker');
    await page.takeAppears();
    await page.page.click('[aria-label="Clear the region"]');
    const { changed, outside } = difference(before, await page.seen(...extent), [100, 300, 160, 120]);
    expect(outside).toBe(0);
    expect(changed).toBeGreaterThan(160 * 120 * 0.5);
  });

  test('moves and resizes a region with the pointer and with keys, and clears it with a click', async () => {
    const page = await start();
    await page.openPicture('astronaut.png', astronaut);
    await page.page.keyboard.press('r');
    await page.drag([100, 100], [200, 200], extent);
    await page.page.keyboard.press('r');
    await page.drag([150, 150], [170, 140], extent);
    await expect.poll(() => page.text('.rt-region-line'), soon).toContain('100 × 100 at 120, 90');
    await page.drag([220, 190], [260, 200], extent);
    await expect.poll(() => page.text('.rt-region-line'), soon).toContain('140 × 110 at 120, 90');
    await page.page.focus('.pg-region');
    await page.page.keyboard.press('ArrowLeft');
    await page.page.keyboard.press('Shift+ArrowDown');
    await expect.poll(() => page.text('.rt-region-line'), soon).toContain('140 × 110 at 119, 100');
    await page.page.keyboard.press('r');
    await page.drag([400, 400], [400, 400], extent);
    await expect.poll(() => page.page.$('.pg-region'), soon).toBeNull();
  });

  test('takes a picture by drop and by paste, and asks before it lets go of unsaved takes', async () => {
    const page = await start();
    await page.drop('coffee.png', await photo('coffee.png'));
    await page.isOpen();
    await expect.poll(() => page.layerNames(), soon).toEqual(['coffee']);
    await page.send('brighter');
    await page.takeAppears();

    await page.page.focus('[role=tree]');
    await page.paste(await photo('chelsea.png'));
    await page.page.waitForSelector('dialog[open]');
    await page.page.click('dialog >> text=Keep');
    await page.page.waitForSelector('dialog', { state: 'detached' });
    await expect.poll(() => page.text('.pg-title strong'), soon).toContain('coffee');
    await page.paste(await photo('chelsea.png'));
    await page.page.click('dialog >> text=Discard and open');
    await page.page.waitForFunction(() => document.querySelector('.pg-title')?.textContent?.includes('451 × 300'));
    await expect.poll(() => page.page.$('.rt-card'), soon).toBeNull();
  });

  test('opens a picture that its server hands over, and the sample', async () => {
    const given = await start({ server: { document: { name: 'rocket.jpg', bytes: await photo('rocket.jpg') } } });
    await given.isOpen();
    await expect.poll(() => given.layerNames(), soon).toEqual(['rocket']);
    expect(given.troubles).toEqual([]);
    await given.close();

    const page = await start();
    await page.page.click('text=Try a sample');
    await page.isOpen();
    await expect.poll(() => page.layerNames(), soon).toEqual(['astronaut']);
  });

  test('says what is wrong with a file, and stays as it was', async () => {
    const page = await start();
    await page.drop('notes.png', new TextEncoder().encode('These are notes, not a picture.'));
    await page.page.waitForSelector('.pg-toast [role=alert], .pg-toast[role=alert]');
    await expect.poll(() => page.text('.pg-toast'), soon).toMatch(/Not a picture[\s\S]*notes\.png/);
    await page.openPicture('astronaut.png', astronaut);
    await page.openFile('cut.png', astronaut.subarray(0, 4000));
    await page.page.waitForFunction(() => document.querySelector('.pg-toast')?.textContent?.includes('damaged'));
    await expect.poll(() => page.layerNames(), soon).toEqual(['astronaut']);
    await page.openFile('empty.psd', new Uint8Array());
    await page.page.waitForFunction(() => document.querySelector('.pg-toast')?.textContent?.includes('empty.psd'));
    await expect.poll(() => page.layerNames(), soon).toEqual(['astronaut']);
  });

  test('answers an unknown instruction in words, and puts the cursor back into it', async () => {
    const page = await start();
    await page.openPicture('astronaut.png', astronaut);
    await page.send('put a parrot on her shoulder');
    await page.page.waitForSelector('.rt-failure');
    await expect.poll(() => page.text('.rt-failure'), soon).toContain('not AI');
    await page.page.click('.rt-failure .rt-button');
    await expect.poll(() => page.page.evaluate(() => document.activeElement?.id), soon).toBe('rt-instruction');
    await expect.poll(() => page.layerNames(), soon).toEqual(['astronaut']);
  });

  test('undoes a take, and what was hidden', async () => {
    const page = await start();
    await page.openPicture('astronaut.png', astronaut);
    const before = await page.seen(...extent);
    await page.send('make it darker');
    await page.takeAppears();
    await page.page.click('.rt-card [aria-label="Hide this take"]');
    await page.page.waitForSelector('.rt-card [aria-label="Show this take"]');
    await page.page.click('[role=tree]');
    await page.page.keyboard.press('Control+z');
    await page.page.waitForSelector('.rt-card [aria-label="Hide this take"]');
    await page.page.keyboard.press('Control+z');
    await page.page.waitForSelector('.rt-card .rt-status-gone');
    await expect.poll(() => page.layerNames(), soon).toEqual(['astronaut']);
    await expect.poll(() => page.changedFrom(before), soon).toBe(0);
    await expect.poll(() => page.page.$('.pg-changed'), soon).toBeNull();
  });

  test('saves what shows as a PNG', async () => {
    const page = await start();
    await page.openPicture('astronaut.png', astronaut);
    const { name, bytes } = await page.save('PNG');
    expect(name).toBe('astronaut-retake.png');
    expect(Buffer.from(rgba(bytes)).equals(Buffer.from(rgba(astronaut)))).toBe(true);
  });

  test('is walked with the keyboard: layers, shortcuts, zoom, themes', async () => {
    const page = await start();
    await page.openPicture('astronaut.png', astronaut);
    await page.page.focus('[role=tree]');
    await page.page.keyboard.press('ArrowUp');
    await expect.poll(() => page.text('[aria-selected=true] .pg-layer-name'), soon).toBe('All that shows');
    await expect.poll(() => page.text('.rt-subject strong'), soon).toBe('All that shows');
    await page.page.keyboard.press('ArrowDown');
    await expect.poll(() => page.text('[aria-selected=true] .pg-layer-name'), soon).toBe('astronaut');
    await page.page.keyboard.press('?');
    await page.page.waitForSelector('dialog[open]');
    await page.page.keyboard.press('Escape');
    await page.page.waitForSelector('dialog', { state: 'detached' });
    await page.page.keyboard.press('Control++');
    await expect.poll(() => page.text('.pg-zoom'), soon).toBe('150 %');
    await page.page.keyboard.press('Control+1');
    await expect.poll(() => page.text('.pg-zoom'), soon).toBe('100 %');

    await page.page.click('[aria-label="Settings"]');
    await page.page.getByRole('radio', { name: 'Dark' }).check();
    const ground = () => page.page.evaluate(() => getComputedStyle(document.querySelector('.rt-panel') as Element).backgroundColor);
    await expect.poll(() => ground(), soon).toBe('rgb(42, 42, 42)');
    await page.reload();
    await expect.poll(() => ground(), soon).toBe('rgb(42, 42, 42)');
  });

  test('keeps its parts inside the window at every width', async () => {
    const page = await start();
    await page.openPicture('astronaut.png', astronaut);
    for (const width of [1440, 1000, 999, 680, 420, 360]) {
      await page.page.setViewportSize({ width, height: 800 });
      await expect.poll(() => page.page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]), soon).toEqual([width, width]);
      for (const part of ['.pg-stage', '.pg-tree', '.rt-foot .rt-primary', '.pg-save-main']) {
        const isInside = async () => {
          const box = await page.page.locator(part).boundingBox();
          return box !== null && box.x >= 0 && box.x + box.width <= width && box.width > 40;
        };
        await expect.poll(isInside, { ...soon, message: `${part} at ${width} px` }).toBe(true);
      }
    }
  });
});
