/**
 * The page's journal with many takes that were in no file yet, in Chromium; wall time in ms.
 * `node test/run-ts.mjs bench/takes/database.ts [COUNT]`, 5000 when not said.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { chromiumArguments, findChromium } from '../../test/chromium.ts';

const { outputFiles } = await build({
  entryPoints: ['bench/takes/databaseEntry.ts'],
  bundle: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  platform: 'browser',
});
const script = outputFiles[0].text.replaceAll('</script', '<\\/script');
const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(`<!doctype html><script>${script}</script>`));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({ executablePath: findChromium(), args: [...chromiumArguments] });
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
const rows = await page.evaluate(
  (count) => (globalThis as unknown as { measure(count: number): Promise<[string, number][]> }).measure(count),
  Number(process.argv[2] ?? 5000),
);
for (const [what, ms] of rows) console.log(what.padEnd(72), ms.toFixed(0).padStart(7));
await browser.close();
server.close();
