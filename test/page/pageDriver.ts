/** Drives the built page in Chromium in the user's own terms, and listens for what no page of ours may do. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import sharp, { type Sharp } from 'sharp';
import { type PageServer, startPageServer } from '../../standalone/command/pageServer.ts';
import { launchChromium } from '../chromium.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** `npm test` builds it first; `npm run prepare` does it by hand. */
export const distDir = process.env.RETAKE_PAGE_DIST ?? join(root, 'standalone/dist/page');

/** An edit takes a second or two; on a machine with other work to do, many times that. */
export const soon = { timeout: 120_000 };
/** For tests that walk through the page, and what they begin with. */
export const patience = { testTimeout: 300_000, hookTimeout: 300_000 };

export const photo = (name: string): Promise<Buffer> => readFile(join(root, 'test/fixtures/photos', name));

export async function launch(): Promise<Browser> {
  if (!existsSync(join(distDir, 'page.js'))) throw new Error('The page is not built. Run: npm run prepare');
  return launchChromium();
}

/** The picture with a green patch of 70 × 60 px at (60, 330). */
export const patched = (picture: Buffer): Sharp =>
  sharp(picture).composite([{ input: { create: { width: 70, height: 60, channels: 3, background: '#2a8f4a' } }, left: 60, top: 330 }]);

export interface OpenOptions {
  readonly server?: Parameters<typeof startPageServer>[0] extends infer T ? Partial<T> : never;
  readonly context?: BrowserContextOptions;
  /** Runs in the page before its own script. */
  readonly before?: () => void;
}

export interface SeenPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export class PageDriver {
  /** Console errors and warnings, uncaught exceptions, blocked or foreign requests; stays empty. */
  readonly troubles: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly server: PageServer,
  ) {}

  static async open(browser: Browser, options: OpenOptions = {}): Promise<PageDriver> {
    const server = await startPageServer({ port: 0, distDir, ...options.server });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options.context });
    return PageDriver.tabOf(context, server, options.before);
  }

  private static async tabOf(context: BrowserContext, server: PageServer, before?: () => void): Promise<PageDriver> {
    const page = await context.newPage();
    page.setDefaultTimeout(soon.timeout);
    if (before !== undefined) await page.addInitScript(before);
    const driver = new PageDriver(page, server);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) driver.troubles.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => driver.troubles.push(`exception: ${error.stack}`));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.hostname !== '127.0.0.1') driver.troubles.push(`request to ${url.hostname}`);
    });
    await page.goto(server.url);
    await driver.isUp();
    return driver;
  }

  /** The page hears keys and drops: it listens for them a frame after it shows. */
  private async isUp(): Promise<void> {
    await this.page.waitForSelector('.rt-panel');
    await this.atRest();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.isUp();
  }

  /** Of the same user, on the same page; closed with the first. */
  anotherTab(): Promise<PageDriver> {
    return PageDriver.tabOf(this.page.context(), this.server);
  }

  async close(): Promise<void> {
    await this.page.context().close();
    await this.server.close();
  }

  async openFile(name: string, bytes: Uint8Array): Promise<void> {
    await this.page.setInputFiles('.pg > input[type=file]', { name, mimeType: '', buffer: Buffer.from(bytes) });
  }

  async openPicture(name: string, bytes: Uint8Array): Promise<void> {
    await this.openFile(name, bytes);
    await this.page.waitForFunction(
      (title) => document.querySelector('.pg-title strong')?.textContent?.startsWith(title),
      name.split('.')[0],
    );
    await this.isOpen();
  }

  /** A document is there, its picture and a layer's small one are drawn. */
  async isOpen(): Promise<void> {
    await this.page.waitForSelector('.pg-canvas');
    await this.page.waitForSelector('.pg-layer-picture img');
    await this.atRest();
  }

  /** What a drop from the desktop does. */
  async drop(name: string, bytes: Uint8Array, onto = '.pg-middle'): Promise<void> {
    const transfer = await this.page.evaluateHandle(
      ([fileName, text]) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], fileName));
        return data;
      },
      [name, Buffer.from(bytes).toString('base64')] as const,
    );
    await this.page.dispatchEvent(onto, 'dragover', { dataTransfer: transfer });
    await this.page.dispatchEvent(onto, 'drop', { dataTransfer: transfer });
  }

  /** Drops a picture on the one layer at the top of the list, asks for a take, and waits for it and for what was found. */
  async merge(name: string, bytes: Uint8Array, take = 'Take 1 · merged'): Promise<void> {
    await this.drop(name, bytes, '.pg-layer[aria-level="1"]:not(.pg-layer-all)');
    await this.page.getByRole('button', { name: 'Merge as a take' }).click();
    await this.layer(take).locator('.pg-badge').waitFor();
    await this.page.locator('.pg-toast strong', { hasText: /^(Merged|Nothing differs)/ }).waitFor();
    await this.atRest();
  }

  async paste(bytes: Uint8Array): Promise<void> {
    await this.page.evaluate((text) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], 'image.png', { type: 'image/png' }));
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    }, Buffer.from(bytes).toString('base64'));
  }

  async send(instruction: string): Promise<void> {
    await this.page.fill('#rt-instruction', instruction);
    // The panel has read what is selected in the list.
    await this.page.waitForFunction(() => {
      const chosen = document.querySelector('.pg-layer[aria-selected="true"] .pg-layer-name')?.textContent;
      const isReady = document.querySelector('.rt-foot .rt-primary:not([disabled])') !== null;
      return isReady && document.querySelector('.rt-subject strong')?.textContent === chosen;
    });
    await this.page.press('#rt-instruction', 'Control+Enter');
  }

  async takeAppears(count = 1): Promise<void> {
    await this.page.waitForFunction(
      (wanted) => document.querySelectorAll('.pg-badge').length === wanted && document.querySelector('.rt-foot .rt-primary') !== null,
      count,
    );
    await this.atRest();
  }

  /**
   * The picture of these layers is on the stage, every small picture is drawn, and two frames passed without a change. What
   * another thread has yet to tell the page is to be waited for by what it leads to.
   */
  async atRest(): Promise<void> {
    await this.page.waitForFunction(async () => {
      let isStill = true;
      const changes = new MutationObserver(() => {
        isStill = false;
      });
      changes.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      const isDrawn = () =>
        [...document.images].every((image) => image.complete) && document.querySelector('.pg-canvas[aria-busy="true"]') === null;
      do {
        isStill = true;
        // The timer comes after what components do once they are painted.
        for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      } while (!isStill || !isDrawn());
      changes.disconnect();
      return true;
    });
  }

  async layerNames(): Promise<string[]> {
    return this.page.$$eval('.pg-layer:not(.pg-layer-all) .pg-layer-name', (names) => names.map((name) => name.textContent ?? ''));
  }

  layer(name: string) {
    return this.page.locator('.pg-layer', { has: this.page.locator('.pg-layer-name', { hasText: name }) });
  }

  /** How many pixels of the stage differ from `picture`, for `expect.poll`. */
  async changedFrom(picture: SeenPixels): Promise<number> {
    return difference(picture, await this.seen(picture.width, picture.height)).changed;
  }

  /** The picture as it is on the stage, at 100 %; the document must fit. */
  async seen(width: number, height: number): Promise<SeenPixels> {
    await this.page.keyboard.press('Control+0');
    await this.atRest();
    const list = await this.page.evaluate(
      ([w, h]) => {
        const canvas = document.querySelector<HTMLCanvasElement>('.pg-canvas');
        const copy = document.createElement('canvas');
        [copy.width, copy.height] = [w, h];
        const context = copy.getContext('2d', { willReadFrequently: true });
        if (!canvas || !context) return '';
        context.drawImage(canvas, -Math.round((canvas.width - w) / 2), -Math.round((canvas.height - h) / 2));
        const { data } = context.getImageData(0, 0, w, h);
        let text = '';
        for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
        return btoa(text);
      },
      [width, height] as const,
    );
    return { width, height, data: new Uint8Array(Buffer.from(list, 'base64')) };
  }

  /** Drags from one document point to another; the document must be shown at 100 %, in the middle. */
  async drag(from: readonly [number, number], to: readonly [number, number], extent: readonly [number, number]): Promise<void> {
    const box = await this.page.locator('.pg-stage').boundingBox();
    if (box === null) throw new Error('the stage is not shown');
    const left = box.x + Math.round((box.width - extent[0]) / 2);
    const top = box.y + Math.round((box.height - extent[1]) / 2);
    await this.page.mouse.move(left + from[0], top + from[1]);
    await this.page.mouse.down();
    await this.page.mouse.move(left + (from[0] + to[0]) / 2, top + (from[1] + to[1]) / 2);
    await this.page.mouse.move(left + to[0], top + to[1]);
    await this.page.mouse.up();
    await this.atRest();
  }

  async save(format: 'PSD' | 'PNG' = 'PSD'): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
    const download = this.page.waitForEvent('download');
    if (format === 'PSD') await this.page.keyboard.press('Control+s');
    else {
      await this.page.click('.pg-save-more');
      await this.page.click('[role=menuitem] >> text=PNG');
    }
    const file = await download;
    return { name: file.suggestedFilename(), bytes: new Uint8Array(await readFile(await file.path())) };
  }

  text(selector: string): Promise<string> {
    // As it is laid out, with the spaces between its parts.
    const element = this.page.locator(selector).first();
    return element.evaluate((node) => {
      const { innerText } = node as HTMLElement;
      return innerText;
    });
  }
}

/** How many pixels differ, and how many of those lie outside `x, y, width, height`. */
export function difference(
  a: SeenPixels,
  b: SeenPixels,
  [x, y, width, height]: readonly [number, number, number, number] = [0, 0, 0, 0],
): { readonly changed: number; readonly outside: number } {
  let changed = 0;
  let outside = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    if (a.data[i] === b.data[i] && a.data[i + 1] === b.data[i + 1] && a.data[i + 2] === b.data[i + 2] && a.data[i + 3] === b.data[i + 3])
      continue;
    changed++;
    const column = (i / 4) % a.width;
    const row = Math.floor(i / 4 / a.width);
    if (column < x || column >= x + width || row < y || row >= y + height) outside++;
  }
  return { changed, outside };
}
