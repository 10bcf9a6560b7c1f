import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type FigmaWorld, openWorld } from './localService.ts';
import { openPanelFrame, type PanelFrame, type PanelFrameOptions } from './panelFrame.ts';

vi.setConfig({ testTimeout: 180_000 });
const soon = { timeout: 75_000 };

let world: FigmaWorld;
let panel: PanelFrame | null = null;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());
afterEach(async () => {
  await panel?.close();
  panel = null;
});

const service = 'https://generativelanguage.googleapis.com';
const heard: unknown[] = [];

/** A page of the test's own in Figma's frame. */
async function open(script: string, options: Partial<PanelFrameOptions> = {}): Promise<PanelFrame> {
  heard.length = 0;
  panel = await openPanelFrame(world.browser, {
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body>
      <script>const tell = (message) => parent.postMessage({ pluginMessage: message }, '*'); ${script}</script></body></html>`,
    allowedDomains: [service],
    size: { width: 320, height: 200 },
    onMessage: (message, origin) => heard.push({ message, origin }),
    ...options,
  });
  return panel;
}
const hears = (...messages: readonly unknown[]): Promise<void> =>
  vi.waitFor(() => expect(heard).toEqual(messages.map((message) => ({ message, origin: 'null' }))), soon);

describe('the window of a plug-in', () => {
  test('has no origin and no storage', async () => {
    await open(`tell(self.origin); try { localStorage; } catch (error) { tell(error.name); }`);
    await hears('null', 'SecurityError');
  });

  test('is told and tells, bytes included; what comes from elsewhere is seen to', async () => {
    const { post, postFromElsewhere } = await open(
      `onmessage = ({ data, source }) => tell([source === parent, data.pluginMessage]); tell({ bytes: new Uint8Array([1, 255]), not: undefined });`,
    );
    await hears({ bytes: new Uint8Array([1, 255]), not: undefined });
    heard.length = 0;
    await post({ list: [new Uint8Array([7])] });
    // The two windows may run in processes of their own, whose messages keep no order.
    await hears([true, { list: [new Uint8Array([7])] }]);
    await postFromElsewhere('evil');
    await hears([true, { list: [new Uint8Array([7])] }], [false, 'evil']);
  });

  test('has Figma’s colours, and gets others with the theme', async () => {
    const { setTheme } = await open(
      `const look = () => tell(getComputedStyle(document.documentElement).getPropertyValue('--figma-color-bg'));
       new MutationObserver(look).observe(document.documentElement, { attributes: true }); look();`,
      { theme: 'dark' },
    );
    await hears('#2c2c2c');
    heard.length = 0;
    await setTheme('light');
    await hears('rgba(255, 255, 255, 1)');
  });

  test('reaches the service through its CORS rules, as null', async () => {
    world.service.forget();
    await open(
      `const ask = (headers) => fetch('${service}/v1beta/models?pageSize=1', { headers }).then((answer) => tell(answer.status), (error) => tell(error.message));
       ask({ 'x-goog-api-key': '${world.service.key}' }).then(() => ask({ 'x-goog-api-key': 'wrong' })).then(() => ask({ 'api-revision': '1' }));`,
    );
    await hears(200, 400, 'Failed to fetch');
    expect(world.service.requests.map(({ headers }) => headers.origin)).toEqual(['null', 'null']);
    expect(world.service.preflights).toHaveLength(3);
  });

  test('reaches no other host', async () => {
    const { troubles } = await open(`fetch('https://example.com/').catch((error) => tell(error.message));`);
    await hears('Failed to fetch');
    await expect.poll(() => troubles.join(), soon).toContain('Content Security Policy');
  });

  test.each([true, false])('starts a worker from a blob where the policy has workers: %s', async (hasWorkers) => {
    await open(
      `try {
         const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(self.origin)'])));
         worker.onmessage = ({ data }) => tell('started');
         worker.onerror = () => tell('refused');
       } catch { tell('refused'); }`,
      { hasWorkers },
    );
    await hears(hasWorkers ? 'started' : 'refused');
  });

  test('notices that the network is gone', async () => {
    const { setOffline } = await open(`onoffline = () => tell(navigator.onLine);`);
    await setOffline(true);
    await hears(false);
  });
});
