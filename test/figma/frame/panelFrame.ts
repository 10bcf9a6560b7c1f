/**
 * A plug-in's window as Figma's web page holds it: the built page as a `data:` document in a sandboxed frame, so that its origin
 * is null and storage raises; a content policy equal to the manifest's domains, which the frame inherits; Figma's colours and
 * Inter; messages relayed both ways.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Frame, Page } from 'playwright-core';
import { type FigmaTheme, themeCss } from './themeColors.ts';

export interface PanelFrameOptions {
  readonly html: string;
  readonly allowedDomains: readonly string[];
  readonly theme?: FigmaTheme;
  readonly size: { readonly width: number; readonly height: number };
  /** Whether workers may start; Figma's own policy is not documented. */
  readonly hasWorkers?: boolean;
  /** `pluginMessage` of the panel. */
  readonly onMessage: (message: unknown, origin: string) => void;
}

export interface PanelFrame {
  readonly page: Page;
  readonly frame: Frame;
  /** Console warnings and errors, exceptions, refused requests. */
  readonly troubles: readonly string[];
  post(message: unknown): Promise<void>;
  /** From another window than Figma's. */
  postFromElsewhere(message: unknown): Promise<void>;
  setTheme(theme: FigmaTheme): Promise<void>;
  setSize(size: { readonly width: number; readonly height: number }): Promise<void>;
  setOffline(isOffline: boolean): Promise<void>;
  close(): Promise<void>;
}

/** What Figma lets a plug-in's page reach. Scripts and styles are inline there; data and blobs are its own. */
export function contentPolicy(allowedDomains: readonly string[], hasWorkers = true): string {
  const domains = allowedDomains.filter((domain) => domain !== 'none').join(' ');
  return [
    `default-src data: blob: ${domains}`,
    "script-src 'unsafe-inline'",
    "style-src 'unsafe-inline'",
    `worker-src ${hasWorkers ? 'blob: data:' : "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Bytes as text between Node and the browser; the rest is JSON, with `undefined` kept. */
const packed = (message: unknown): string =>
  JSON.stringify(message, (_, value) => {
    if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
    return value === undefined ? { $undefined: true } : value;
  });
function unpacked(text: string): unknown {
  const revived = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(revived);
    if (typeof value !== 'object' || value === null) return value;
    if ('$undefined' in value) return undefined;
    if ('$bytes' in value) return new Uint8Array(Buffer.from(value.$bytes as string, 'base64'));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, revived(one)]));
  };
  return revived(JSON.parse(text));
}

/** The page around the frame; runs in the browser. */
const relay = `
  const frame = document.querySelector('iframe');
  const pack = (value) => {
    if (value instanceof Uint8Array) {
      let text = '';
      for (let i = 0; i < value.length; i += 8192) text += String.fromCharCode(...value.subarray(i, i + 8192));
      return { $bytes: btoa(text) };
    }
    if (value === undefined) return { $undefined: true };
    if (Array.isArray(value)) return value.map(pack);
    if (typeof value !== 'object' || value === null) return value;
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype) return { $foreign: value.constructor.name };
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, pack(one)]));
  };
  const unpack = (value) => {
    if (Array.isArray(value)) return value.map(unpack);
    if (typeof value !== 'object' || value === null) return value;
    if ('$undefined' in value) return undefined;
    if ('$bytes' in value) return Uint8Array.from(atob(value.$bytes), (c) => c.charCodeAt(0));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unpack(one)]));
  };
  addEventListener('message', (event) => {
    if (event.source !== frame.contentWindow || event.data === null || typeof event.data !== 'object') return;
    if ('pluginMessage' in event.data) fromPanel(JSON.stringify(pack(event.data.pluginMessage)), event.origin);
  });
  window.toPanel = (text) => frame.contentWindow.postMessage({ pluginMessage: unpack(JSON.parse(text)), pluginId: 'retake' }, '*');
`;

let inter: string | undefined;
const interFaces = (): string =>
  (inter ??= [400, 500, 600]
    .map((weight) => {
      const bytes = readFileSync(`node_modules/@fontsource/inter/files/inter-latin-${weight}-normal.woff2`).toString('base64');
      return `@font-face { font-family: Inter; font-weight: ${weight}; src: url(data:font/woff2;base64,${bytes}); }`;
    })
    .join('\n'));

/** The page as Figma hands it to the frame. */
function dressed(html: string, theme: FigmaTheme): string {
  const withClass = html.replace(/<html\b/i, `<html class="figma-${theme}"`);
  return withClass.replace(/<head>/i, () => `<head><style>${interFaces()}\n${themeCss()}</style>`);
}

/**
 * Figma's own window: it holds the largest panel, and stays as it is when that is resized. Were the page resized in the middle of a
 * drag, Chromium would give the rest of the drag to the page around the frame.
 */
const windowSize = { width: 560, height: 1240 };
/** For whatever is waited for in the page; on a busy machine a click can take long. */
const patienceMs = 75_000;

export async function openPanelFrame(browser: Browser, options: PanelFrameOptions): Promise<PanelFrame> {
  const { html, allowedDomains, theme = 'light', size, hasWorkers = true, onMessage } = options;
  const source = `data:text/html;charset=utf-8;base64,${Buffer.from(dressed(html, theme)).toString('base64')}`;
  const around = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Figma</title><link rel="icon" href="data:,">
    <style>body { margin: 0; background: #888 } iframe { border: 0; display: block }</style></head>
    <body><iframe title="Retake" sandbox="allow-scripts allow-popups allow-downloads" width="${size.width}" height="${size.height}"></iframe>
    <script>${relay}</script></body></html>`;
  const server = createServer((_, response) => {
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentPolicy(allowedDomains, hasWorkers),
    });
    response.end(around);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // What moves is drawn without a graphics card here, at the cost of what is tested.
  const context = await browser.newContext({ viewport: windowSize, reducedMotion: 'reduce' });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`exception: ${error.stack}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    // Aborted is what the panel itself has no more use for.
    if (why !== 'net::ERR_ABORTED') troubles.push(`request failed: ${request.method()} ${request.url().slice(0, 100)} ${why}`);
  });
  await page.exposeFunction('fromPanel', (text: string, origin: string) => onMessage(unpacked(text), origin));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.evaluate((address) => {
    const frame = document.querySelector('iframe')!;
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
    frame.src = address;
    return loaded;
  }, source);
  const frame = page.frames()[1];

  return {
    page,
    frame,
    troubles,
    post: (message) => page.evaluate((text) => (window as never as { toPanel(text: string): void }).toPanel(text), packed(message)),
    async postFromElsewhere(message) {
      const text = JSON.stringify({ pluginMessage: message });
      await page.evaluate(async (data) => {
        const other = document.createElement('iframe');
        other.setAttribute('sandbox', 'allow-scripts');
        other.srcdoc = `<script>parent.frames[0].postMessage(${data}, '*')</script>`;
        other.hidden = true;
        const loaded = new Promise((resolve) => other.addEventListener('load', resolve, { once: true }));
        document.body.append(other);
        await loaded;
      }, text);
    },
    setTheme: (next) =>
      frame.evaluate((name) => {
        document.documentElement.classList.remove('figma-light', 'figma-dark');
        document.documentElement.classList.add(`figma-${name}`);
      }, next),
    setSize: ({ width, height }) =>
      page.evaluate(
        ([w, h]) => void Object.assign(document.querySelector('iframe')!, { width: w, height: h }),
        [String(width), String(height)],
      ),
    setOffline: (isOffline) => context.setOffline(isOffline),
    async close() {
      await context.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
