/**
 * The adapter where a plug-in's panel runs it: bundled, in Chromium, in a sandboxed frame whose origin is "null", against
 * the server's CORS rules.
 */
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../chromium.ts';
import { failures } from '../geminiServer/failures.ts';
import { plainAnswer } from '../geminiServer/plainAnswer.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { soon } from './gemini.ts';

let server: GeminiServer;
let browser: Browser;
let script = '';

beforeAll(async () => {
  server = await startGeminiServer({ answer: plainAnswer });
  browser = await launchChromium();
  const { outputFiles } = await build({
    entryPoints: ['test/models/browserEntry.ts'],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    platform: 'browser',
  });
  script = outputFiles[0].text;
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** What the entry posts to its parent. */
interface Told {
  readonly ok: boolean;
  readonly extent?: readonly [number, number];
  readonly kind?: string;
}

/** Asks in the frame, and cancels once `cancelWhen` resolves. */
async function askFrom(address: string, cancelWhen: (() => Promise<unknown>) | null = null): Promise<Told> {
  const page = await browser.newPage();
  try {
    await page.setContent('<!doctype html><title>panel</title>');
    const told = page.evaluate(
      ({ script, address, key }) =>
        new Promise<Told>((resolve) => {
          addEventListener('message', (event) => resolve(event.data));
          const frame = document.createElement('iframe');
          frame.setAttribute('sandbox', 'allow-scripts');
          const settings = JSON.stringify({ address, key }).replaceAll('<', '\\u003c');
          frame.srcdoc = `<!doctype html><script>globalThis.settings = ${settings}</script><script>${script.replaceAll('</script', '<\\/script')}</script>`;
          document.body.append(frame);
        }),
      { script, address, key: server.key },
    );
    if (cancelWhen !== null) {
      await cancelWhen();
      await page.evaluate(() => frames[0].postMessage('cancel', '*'));
    }
    return await told;
  } finally {
    await page.close();
  }
}

test('an edit passes the preflight from an opaque origin and brings a picture', async () => {
  server.forget();
  expect(await askFrom(server.url)).toEqual({ ok: true, extent: [1024, 1024] });
  expect(server.asked[0].headers.origin).toBe('null');
  expect(server.preflights.length).toBeGreaterThan(0);
  expect(server.malformed).toEqual([]);
});

test('the service’s errors can be read there, and a cancelled request closes its connection', async () => {
  server.script([failures['key-invalid']]);
  expect(await askFrom(server.url)).toEqual({ ok: false, kind: 'unauthorised' });
  server.forget();
  server.script([failures.hang]);
  const hasArrived = () => expect.poll(() => server.understood.length, soon).toBe(1);
  expect(await askFrom(server.url, hasArrived)).toEqual({ ok: false, kind: 'cancelled' });
  await expect.poll(() => server.asked[0]?.gaveUp, soon).toBe(true);
});

test('a service that is not there is offline', async () => {
  expect(await askFrom('http://127.0.0.1:9')).toEqual({ ok: false, kind: 'offline' });
});
