/**
 * Screenshots of the panel in each of its states, in Figma's colours: `node test/run-ts.mjs test/figma/look/look.ts FOLDER
 * [--states a,b] [--widths 280,320] [--themes light,dark]`. For the eye; nothing is compared.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { chromiumArguments, findChromium } from '../../chromium.ts';
import { themeCss } from '../frame/themeColors.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    states: { type: 'string', default: '' },
    widths: { type: 'string', default: '280,320,400,520' },
    themes: { type: 'string', default: 'light,dark' },
    height: { type: 'string', default: '640' },
  },
});
const folder = positionals[0];
if (folder === undefined) throw new Error('Name a folder for the pictures.');
const listOf = (text: string): string[] => text.split(',').filter((each) => each !== '');

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

await mkdir(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: findChromium(), args: [...chromiumArguments] });
try {
  const page = await browser.newPage({ deviceScaleFactor: 2 });
  page.on('pageerror', (error) => console.error(error.message));
  page.on('console', (message) => message.type() === 'error' && console.error(message.text()));
  await page.setContent(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Retake</title><style>${faces.join('\n')}\n${themeCss()}</style></head><body><div id="retake"></div></body></html>`,
  );
  await page.addScriptTag({ content: outputFiles[0].text });
  const names = await page.evaluate(() => (window as never as { lookNames: string[] }).lookNames);
  const states = values.states === '' ? names : listOf(values.states);
  for (const state of states) {
    await page.setViewportSize({ width: 320, height: Number(values.height) });
    await page.evaluate(
      ([name, bytes]) => (window as never as { lookAt(name: string, photo: string): Promise<void> }).lookAt(name, bytes),
      [state, photo] as const,
    );
    for (const width of listOf(values.widths))
      for (const theme of listOf(values.themes)) {
        await page.setViewportSize({ width: Number(width), height: Number(values.height) });
        await page.evaluate((name) => {
          document.documentElement.className = `figma-${name}`;
        }, theme);
        await page.waitForTimeout(120);
        await page.screenshot({ path: join(folder, `${state}-${width}-${theme}.png`) });
      }
  }
} finally {
  await browser.close();
}
