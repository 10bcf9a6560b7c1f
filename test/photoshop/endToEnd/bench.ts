/** What the end-to-end tests share: one browser, one build, one service, and the documents. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import type { PictureMaker } from '../../geminiServer/answerBody.ts';
import { deliveredExtent } from '../../geminiServer/plainAnswer.ts';
import { type GeminiServer, startGeminiServer } from '../../geminiServer/server.ts';
import type { PagePlan } from './pageEntry.ts';
import { launch, type OpenOptions, PhotoshopDriver } from './photoshopDriver.ts';

export interface Bench {
  readonly gemini: GeminiServer;
  open(options?: Partial<OpenOptions>): Promise<PhotoshopDriver>;
  /** The model thinks from here on until this answers: what a test does meanwhile is done before there is an answer. */
  holdAnswers(): () => void;
  /** A document of the coffee cup, 480 × 360 px when no size is given. */
  plan(more?: Partial<Omit<PagePlan, 'layers'>>): Promise<PagePlan>;
}

/** The picture that was sent, with a blue disc in its middle: an eighth of its shorter side in radius. */
export const withDisc: PictureMaker = async (request) => {
  const asked = deliveredExtent(request);
  // Half as large as the model's own: these tests are about Photoshop, and composing takes half of their time.
  const [width, height] = [asked.width / 2, asked.height / 2];
  const radius = Math.min(width, height) / 8;
  const disc = `<svg width="${width}" height="${height}"><circle cx="${width / 2}" cy="${height / 2}" r="${radius}" fill="#1e3cc8"/></svg>`;
  const bytes = await sharp(request.pictures[0].bytes)
    .resize(width, height, { fit: 'fill' })
    .composite([{ input: Buffer.from(disc) }])
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
  return { picture: { bytes: new Uint8Array(bytes), type: 'image/jpeg' }, text: 'A blue disc, as you asked.' };
};

/** The layers of the document in front, by name, those in groups behind a slash. */
export const namesIn = (driver: PhotoshopDriver): Promise<readonly string[]> =>
  driver.ps((ps) =>
    ps.inspect.tree().flatMap(({ name, children }) => [name, ...(children ?? []).map((child) => `${name} / ${child.name}`)]),
  );

export const historyOf = (driver: PhotoshopDriver): Promise<readonly string[]> => driver.ps((ps) => ps.inspect.history());

export function setUpBench(): Bench {
  // On two cores that others work on too, each of several edits takes some seconds.
  vi.setConfig({ testTimeout: 180_000 });
  let browser: Browser;
  let folder = '';
  let gemini: GeminiServer;
  let thought: Promise<void> = Promise.resolve();
  let answerNow = (): void => {};
  const thinking: PictureMaker = async (request) => {
    await thought;
    return withDisc(request);
  };
  const open: PhotoshopDriver[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'retake-uxp-'));
    execFileSync(process.execPath, ['photoshop-uxp/build.mjs', '--out', folder, '--quiet']);
    [browser, gemini] = await Promise.all([launch(), startGeminiServer({ answer: thinking })]);
  });
  afterEach(async () => {
    answerNow();
    const troubles = (await Promise.all(open.splice(0).map((driver) => driver.end()))).flat();
    gemini.always(null);
    gemini.script([]);
    gemini.forget();
    expect(troubles).toEqual([]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), gemini?.close()]);
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get gemini() {
      return gemini;
    },
    async open(options = {}) {
      const driver = await PhotoshopDriver.open(browser, { folder, gemini, ...options });
      open.push(driver);
      return driver;
    },
    holdAnswers() {
      thought = new Promise((resolve) => {
        answerNow = resolve;
      });
      return answerNow;
    },
    async plan(more = {}) {
      const extent = more.extent ?? { width: 480, height: 360 };
      const png = (
        await sharp('test/fixtures/photos/coffee.png').resize(extent.width, extent.height, { fit: 'cover' }).removeAlpha().png().toBuffer()
      ).toString('base64');
      return {
        title: 'Cup.psd',
        extent,
        ...more,
        layers: [
          { name: 'photo', png },
          { name: 'Background', png, background: true },
        ],
      };
    },
  };
}
