/** Why a take may be trusted: the pictures and figures that the page shows for it. */
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { launch, PageDriver, patched, photo } from './pageDriver.ts';

vi.setConfig({ testTimeout: 90_000 });
const soon = { timeout: 30_000 };

let browser: Browser;
let page: PageDriver;
let astronaut: Buffer;
let edited: Buffer;

beforeAll(async () => {
  [browser, astronaut] = await Promise.all([launch(), photo('astronaut.png')]);
  const flat = await patched(astronaut).png().toBuffer();
  // Six pixels of the left are gone, the rest is stretched over: places are moved by up to six pixels.
  edited = await sharp(flat)
    .extract({ left: 6, top: 0, width: 506, height: 512 })
    .resize(1040, 1000, { fit: 'fill' })
    .jpeg({ quality: 92 })
    .toBuffer();
});
afterAll(() => browser?.close());
afterEach(async () => {
  const { troubles } = page;
  await page.close();
  expect(troubles).toEqual([]);
});

async function merge(bytes: Buffer, name = 'Take 1 · merged'): Promise<void> {
  await page.merge('edited.jpg', bytes);
  await expect.poll(() => page.layerNames(), soon).toContain(name);
  await page.layer(name).locator('.pg-badge').waitFor();
}

/** The colour that a picture of the dialog shows at a place of the 512 × 512 picture; by its name, or the only one. */
const shownAt = (x: number, y: number, alt?: string) =>
  page.page.evaluate(
    async ([u, v, name]) => {
      const image = document.querySelector<HTMLImageElement>(`.pg-evidence img${name === null ? '' : `[alt="${name}"]`}`);
      const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      if (image === null || context === null) return [];
      await image.decode();
      context.drawImage(image, -Math.floor((u * image.naturalWidth) / 512), -Math.floor((v * image.naturalHeight) / 512));
      return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
    },
    [x, y, alt ?? null] as const,
  );

const choose = (name: string) => page.page.locator('.pg-evidence').getByRole('radio', { name, exact: true }).check();

const figures = () =>
  page.page.$$eval('.rt-evidence-figures dl div', (rows) =>
    Object.fromEntries(rows.map((row) => [row.querySelector('dt')?.textContent ?? '', row.querySelector('dd')?.textContent ?? ''])),
  );

test('a merged take shows its pictures, its heat maps and its figures', async () => {
  page = await PageDriver.open(browser, {});
  await page.openPicture('astronaut.png', astronaut);
  await merge(edited);
  await page.page.getByRole('button', { name: 'What Take 1 · merged changed, and why' }).press('Enter');
  await page.page.waitForSelector('.pg-evidence img');
  const told = await figures();
  expect(told.Changed).toMatch(/^[1-3]\.\d % of the layer$/);
  expect(told['Touched elsewhere']).toBe('no pixel');
  expect(told.Moved).toMatch(/^by up to [56]\.\d px$/);
  expect(told['Colour shift']).toMatch(/undone$/);

  // Before lies left of the divider, the result right of it.
  const green = [0x2a, 0x8f, 0x4a];
  const far = (colour: number[]) => Math.max(...colour.map((level, c) => Math.abs(level - green[c])));
  expect(far(await shownAt(95, 360, 'Before'))).toBeGreaterThan(40);
  expect(far(await shownAt(95, 360, 'Result'))).toBeLessThan(14);
  await expect.poll(() => page.page.locator('.pg-evidence [role=slider]').getAttribute('aria-valuenow'), soon).toBe('50');
  await page.page.locator('.pg-evidence [role=slider]').press('ArrowLeft');
  await expect.poll(() => page.page.locator('.pg-evidence [role=slider]').getAttribute('aria-valuenow'), soon).toBe('48');
  await choose('Answer | Result');
  await expect.poll(async () => far(await shownAt(95, 360, 'Answer')), soon).toBeLessThan(14);

  // The change alone is in colour.
  await choose('Changed');
  await expect.poll(async () => far(await shownAt(95, 360)), soon).toBeLessThan(14);
  const [r, g, b] = await shownAt(250, 150);
  expect(Math.max(r, g, b) - Math.min(r, g, b)).toBe(0);

  // The scale runs from dark to light: most at the left border, where six pixels are missing, none at the right.
  await choose('Moved');
  const light = async (x: number, y: number) => (await shownAt(x, y)).reduce((sum, level) => sum + level, 0);
  await expect.poll(() => light(4, 250), soon).toBeGreaterThan((await light(508, 250)) + 150);

  await choose('Difference');
  await expect.poll(async () => (await light(95, 360)) - (await light(250, 150)), soon).toBeGreaterThan(150);

  await page.page.keyboard.press('Escape');
  await expect.poll(() => page.page.locator('dialog[open]').count(), soon).toBe(0);
});

test('an edit shows them too, from its card, and a picture without a difference says so', async () => {
  page = await PageDriver.open(browser, {});
  await page.openPicture('astronaut.png', astronaut);
  await page.send('make the orange suit blue');
  await page.takeAppears();
  await page.page.getByRole('button', { name: 'What this take changed, and why' }).first().click();
  await page.page.waitForSelector('.pg-evidence img');
  expect((await figures()).Changed).toMatch(/of the layer$/);
  await page.page.keyboard.press('Escape');
  await page.page.keyboard.press('Control+z');
  await expect.poll(() => page.layerNames(), soon).toEqual(['astronaut']);

  await merge(await sharp(astronaut).resize(1024, 1024).jpeg({ quality: 90 }).toBuffer(), 'Take 2 · merged');
  await page.page.keyboard.press('Escape');
  await expect.poll(() => page.page.locator('.pg-badge').count(), soon).toBe(1);
  await page.layer('Take 2 · merged').click();
  await page.page.keyboard.press('e');
  await page.page.waitForSelector('.pg-evidence img');
  expect((await figures()).Changed).toBe('nothing');
  expect(await page.text('.rt-evidence-figures')).toMatch(/nothing in it differs/);
});

test('another scene is not said to fit', async () => {
  page = await PageDriver.open(browser, {});
  await page.openPicture('astronaut.png', astronaut);
  await merge(await photo('coffee.png'));
  await page.page.getByRole('button', { name: 'What Take 1 · merged changed, and why' }).press('Enter');
  await page.page.waitForSelector('.pg-evidence img');
  expect(await figures()).toMatchObject({ Changed: 'all of the layer', Moved: 'not possible', Fits: 'nothing corresponds' });
  await choose('Moved');
  await expect.poll(() => page.text('.rt-evidence-none'), soon).toMatch(/different scene/);
});

test('a view that was closed with Escape does not close the next one, however late the browser tells', async () => {
  page = await PageDriver.open(browser, {
    before: () => {
      const late = (event: Event): void => {
        if (!event.isTrusted || !(event.target instanceof HTMLDialogElement)) return;
        event.stopImmediatePropagation();
        setTimeout(() => event.target?.dispatchEvent(new Event('close')), 400);
      };
      addEventListener('close', late, true);
    },
  });
  await page.openPicture('astronaut.png', astronaut);
  await merge(edited);
  const open = async (): Promise<void> => {
    await page.page.getByRole('button', { name: 'What Take 1 · merged changed, and why' }).press('Enter');
    await page.page.waitForSelector('.pg-evidence img');
  };
  await open();
  await page.page.keyboard.press('Escape');
  await open();
  await page.page.waitForTimeout(800);
  expect(await page.page.locator('dialog[open].pg-evidence img').count()).toBeGreaterThan(0);
});

/** What every picture of the view shows, as a fingerprint. */
const seen = () =>
  page.page.$$eval('.pg-evidence img', (images) =>
    Promise.all(
      images.map(async (each) => {
        const image = each as HTMLImageElement;
        await image.decode();
        const { naturalWidth: width, naturalHeight: height } = image;
        const canvas = new OffscreenCanvas(width, height).getContext('2d');
        canvas?.drawImage(image, 0, 0);
        const { data } = canvas?.getImageData(0, 0, width, height) ?? { data: [] };
        let hash = 0;
        for (const level of data) hash = (Math.imul(hash, 31) + level) | 0;
        return `${image.alt}, ${width} × ${height}: ${hash}`;
      }),
    ),
  );

async function everything() {
  const views: Record<string, readonly string[]> = {};
  for (const name of ['Compare', 'Changed', 'Moved', 'Difference']) {
    await choose(name);
    await expect.poll(() => page.page.locator('.pg-evidence img').count(), soon).toBe(name === 'Compare' ? 2 : 1);
    views[name] = await seen();
  }
  return { figures: await figures(), views };
}

test('after saving and opening again a merged take and an edit are explained by the same figures and pictures', async () => {
  page = await PageDriver.open(browser, {});
  await page.openPicture('astronaut.png', astronaut);
  await merge(edited);
  await page.layer('astronaut').click();
  await page.send('make the orange suit blue');
  await page.takeAppears(2);
  const names = (await page.layerNames()).filter((name) => name.startsWith('Take'));
  expect(names).toHaveLength(2);
  const explain = async (name: string) => {
    await page.page.getByRole('button', { name: `What ${name} changed, and why` }).press('Enter');
    await page.page.waitForSelector('.pg-evidence img');
    const told = await everything();
    await page.page.keyboard.press('Escape');
    return told;
  };
  const before = [await explain(names[0]), await explain(names[1])];
  expect(before[0]).not.toEqual(before[1]);
  const { bytes } = await page.save();
  await page.close();

  page = await PageDriver.open(browser, {});
  await page.openPicture('again.psd', bytes);
  expect([await explain(names[0]), await explain(names[1])]).toEqual(before);
});
