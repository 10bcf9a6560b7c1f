/** Why a take may be trusted: the pictures and figures that the page shows for it. */
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { launch, PageDriver, patched, patience, photo, soon } from './pageDriver.ts';

vi.setConfig(patience);

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

/** What the views call their pictures. */
const changed = 'The change in its own colours, the rest grey';
const moved = 'How far each place of the answer was moved to lie on the layer';
const difference = 'How far the registered answer differs from the layer';

/** The colour of a picture of the dialog, by its name, at a place of the 512 × 512 picture; waits until it is there. */
const shownAt = (name: string, x: number, y: number): Promise<[number, number, number]> =>
  page.page
    .locator('.pg-evidence')
    .getByRole('img', { name, exact: true })
    .evaluate(
      async (shown, [u, v]) => {
        // What the element shows may still be the picture before.
        const image = new Image();
        image.src = (shown as HTMLImageElement).src;
        await image.decode();
        const context = new OffscreenCanvas(1, 1).getContext('2d') as OffscreenCanvasRenderingContext2D;
        context.drawImage(image, -Math.floor((u * image.naturalWidth) / 512), -Math.floor((v * image.naturalHeight) / 512));
        const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
        return [r, g, b] as [number, number, number];
      },
      [x, y] as const,
    );

const choose = (name: string) => page.page.locator('.pg-evidence').getByRole('radio', { name, exact: true }).check();

const figures = () =>
  page.page.$$eval('.rt-evidence-figures dl div', (rows) =>
    Object.fromEntries(rows.map((row) => [row.querySelector('dt')?.textContent ?? '', row.querySelector('dd')?.textContent ?? ''])),
  );

test('a merged take shows its pictures, its heat maps and its figures', async () => {
  page = await PageDriver.open(browser, {});
  await page.openPicture('astronaut.png', astronaut);
  await page.merge('edited.jpg', edited);
  await page.page.getByRole('button', { name: 'What Take 1 · merged changed, and why' }).press('Enter');
  await page.page.waitForSelector('.pg-evidence img');
  const told = await figures();
  expect(told.Changed).toMatch(/^[1-3]\.\d % of the layer$/);
  expect(told['Touched elsewhere']).toBe('no pixel');
  expect(told.Moved).toMatch(/^by up to [56]\.\d px$/);
  expect(told['Colour shift']).toMatch(/undone$/);

  // Before lies left of the divider, the result right of it.
  const green = [0x2a, 0x8f, 0x4a];
  const far = (colour: readonly number[]) => Math.max(...colour.map((level, c) => Math.abs(level - green[c])));
  expect(far(await shownAt('Before', 95, 360))).toBeGreaterThan(40);
  expect(far(await shownAt('Result', 95, 360))).toBeLessThan(14);
  const divider = page.page.locator('.pg-evidence [role=slider]');
  await expect.poll(() => divider.getAttribute('aria-valuenow'), soon).toBe('50');
  await divider.press('ArrowLeft');
  await expect.poll(() => divider.getAttribute('aria-valuenow'), soon).toBe('48');
  await choose('Answer | Result');
  expect(far(await shownAt('Answer', 95, 360))).toBeLessThan(14);

  // The change alone is in colour.
  await choose('Changed');
  expect(far(await shownAt(changed, 95, 360))).toBeLessThan(14);
  const [r, g, b] = await shownAt(changed, 250, 150);
  expect(Math.max(r, g, b) - Math.min(r, g, b)).toBe(0);

  // The scale runs from dark to light: most at the left border, where six pixels are missing, none at the right.
  const light = async (name: string, x: number, y: number) => (await shownAt(name, x, y)).reduce((sum, level) => sum + level, 0);
  await choose('Moved');
  expect(await light(moved, 4, 250)).toBeGreaterThan((await light(moved, 508, 250)) + 150);

  await choose('Difference');
  expect(await light(difference, 95, 360)).toBeGreaterThan((await light(difference, 250, 150)) + 150);

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

  await page.merge('again.jpg', await sharp(astronaut).resize(1024, 1024).jpeg({ quality: 90 }).toBuffer(), 'Take 2 · merged');
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
  await page.merge('coffee.png', await photo('coffee.png'));
  await page.page.getByRole('button', { name: 'What Take 1 · merged changed, and why' }).press('Enter');
  await page.page.waitForSelector('.pg-evidence img');
  expect(await figures()).toMatchObject({ Changed: 'all of the layer', Moved: 'not possible', Fits: 'nothing corresponds' });
  await choose('Moved');
  await expect.poll(() => page.text('.rt-evidence-none'), soon).toMatch(/different scene/);
});

test('a view that was closed with Escape does not close the next one, however late the browser tells', async () => {
  page = await PageDriver.open(browser, {
    before: () => {
      // Kept back at the dialog itself, which is no longer in the page when the browser tells.
      const late: EventTarget[] = [];
      const hold = (event: Event): void => {
        if (!event.isTrusted || event.currentTarget === null) return;
        event.stopImmediatePropagation();
        late.push(event.currentTarget);
      };
      const { showModal } = HTMLDialogElement.prototype;
      HTMLDialogElement.prototype.showModal = function () {
        this.addEventListener('close', hold, true);
        showModal.call(this);
      };
      Object.assign(globalThis, {
        /** Tells what was kept back, and answers how much that was. */
        tellLate: () => late.splice(0).map((dialog) => dialog.dispatchEvent(new Event('close'))).length,
      });
    },
  });
  await page.openPicture('astronaut.png', astronaut);
  await page.merge('edited.jpg', edited);
  const tellLate = () => page.page.evaluate(() => (globalThis as unknown as { tellLate(): number }).tellLate());
  const open = async (): Promise<void> => {
    await page.page.getByRole('button', { name: 'What Take 1 · merged changed, and why' }).press('Enter');
    await page.page.waitForSelector('.pg-evidence img');
  };
  await open();
  await page.page.keyboard.press('Escape');
  await open();
  await expect.poll(tellLate, soon).toBe(1);
  await page.atRest();
  expect(await page.page.locator('dialog[open].pg-evidence img').count()).toBe(2);
});

/** What a picture of the dialog shows, as a fingerprint. */
const seen = (name: string) =>
  page.page
    .locator('.pg-evidence')
    .getByRole('img', { name, exact: true })
    .evaluate(async (shown) => {
      const image = new Image();
      image.src = (shown as HTMLImageElement).src;
      await image.decode();
      const { naturalWidth: width, naturalHeight: height } = image;
      const canvas = new OffscreenCanvas(width, height).getContext('2d') as OffscreenCanvasRenderingContext2D;
      canvas.drawImage(image, 0, 0);
      let hash = 0;
      for (const level of canvas.getImageData(0, 0, width, height).data) hash = (Math.imul(hash, 31) + level) | 0;
      return `${width} × ${height}: ${hash}`;
    });

async function everything() {
  const views: Record<string, string> = {};
  for (const [view, names] of Object.entries({
    Compare: ['Before', 'Result'],
    Changed: [changed],
    Moved: [moved],
    Difference: [difference],
  })) {
    await choose(view);
    for (const name of names) views[name] = await seen(name);
    expect(await page.page.locator('.pg-evidence img').count(), view).toBe(names.length);
  }
  return { figures: await figures(), views };
}

test('after saving and opening again a merged take and an edit are explained by the same figures and pictures', async () => {
  page = await PageDriver.open(browser, {});
  await page.openPicture('astronaut.png', astronaut);
  await page.merge('edited.jpg', edited);
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
  expect(page.troubles).toEqual([]);
  await page.close();

  page = await PageDriver.open(browser, {});
  await page.openPicture('again.psd', bytes);
  expect([await explain(names[0]), await explain(names[1])]).toEqual(before);
});
