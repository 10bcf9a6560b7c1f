/** A browser page in which the panel can be brought into each of its states, in Figma's colours. */
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumArguments, findChromium } from '../../chromium.ts';
import { type FigmaTheme, themeCss } from '../frame/themeColors.ts';

export interface LookPage {
  readonly page: Page;
  readonly states: readonly string[];
  /** What the page raised or complained of. */
  readonly troubles: readonly string[];
  show(state: string): Promise<void>;
  setTheme(theme: FigmaTheme): Promise<void>;
  close(): Promise<void>;
}

interface LookWindow {
  readonly lookNames: string[];
  lookAt(name: string, photo: string): Promise<void>;
}

export async function openLookPage(): Promise<LookPage> {
  const { outputFiles } = await build({
    entryPoints: ['test/figma/look/lookEntry.tsx'],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'error',
  });
  const photo = (await readFile('test/fixtures/photos/astronaut.png')).toString('base64');
  const faces = await Promise.all(
    [400, 500, 600].map(async (weight) => {
      const bytes = await readFile(`node_modules/@fontsource/inter/files/inter-latin-${weight}-normal.woff2`);
      return `@font-face { font-family: Inter; font-weight: ${weight}; src: url(data:font/woff2;base64,${bytes.toString('base64')}); }`;
    }),
  );
  const browser: Browser = await chromium.launch({ executablePath: findChromium(), timeout: 120_000, args: [...chromiumArguments] });
  const page = await browser.newPage({ deviceScaleFactor: 2 });
  page.setDefaultTimeout(75_000);
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  await page.setContent(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Retake</title><style>${faces.join('\n')}\n${themeCss()}</style></head><body><div id="retake"></div></body></html>`,
  );
  await page.addScriptTag({ content: outputFiles[0].text });
  const states = await page.evaluate(() => (window as never as LookWindow).lookNames);
  return {
    page,
    states,
    troubles,
    show: (state) => page.evaluate(([name, bytes]) => (window as never as LookWindow).lookAt(name, bytes), [state, photo] as const),
    setTheme: (theme) =>
      page.evaluate((name) => {
        document.documentElement.className = `figma-${name}`;
      }, theme),
    close: () => browser.close(),
  };
}
