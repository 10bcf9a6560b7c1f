/**
 * Screenshots of the panel in each of its states, in Figma's colours: `node test/run-ts.mjs test/figma/look/look.ts FOLDER
 * [--states a,b] [--widths 280,320] [--themes light,dark]`. For the eye; nothing is compared.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { FigmaTheme } from '../frame/themeColors.ts';
import { openLookPage } from './lookPage.ts';

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
const height = Number(values.height);

await mkdir(folder, { recursive: true });
const looks = await openLookPage();
const { page } = looks;
try {
  for (const state of values.states === '' ? looks.states : listOf(values.states)) {
    await page.setViewportSize({ width: 320, height });
    await looks.show(state);
    for (const width of listOf(values.widths))
      for (const theme of listOf(values.themes)) {
        await page.setViewportSize({ width: Number(width), height });
        await looks.setTheme(theme as FigmaTheme);
        await page.waitForTimeout(120);
        await page.screenshot({ path: join(folder, `${state}-${width}-${theme}.png`) });
      }
  }
  for (const trouble of looks.troubles) console.error(trouble);
} finally {
  await looks.close();
}
