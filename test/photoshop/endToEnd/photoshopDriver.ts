/** Drives the built plug-in on the simulated Photoshop in Chromium, in the user's own terms, and listens for what must not happen. */
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { type Browser, chromium, type JSHandle, type Page, type Route } from 'playwright-core';
import { chromiumArguments, findChromium } from '../../chromium.ts';
import type { GeminiServer } from '../../geminiServer/server.ts';
import { refusedDeclaration, rulesOf } from '../panel/uxpStyles.ts';
import type { Photoshop } from '../simulator/index.ts';
import type { PageOptions, PagePlan, PageSimulator } from './pageEntry.ts';

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: findChromium(), args: [...chromiumArguments] });

/** What the page keeps for the simulator alone, before it loses it: it is part of Photoshop, not of the plug-in. */
const keptNames = ['TextEncoder', 'TextDecoder', 'structuredClone', 'Response', 'Headers', 'queueMicrotask', 'performance'];

let built: Promise<string> | null = null;

/** The simulator's bundle for the page; made once. */
function simulatorBundle(): Promise<string> {
  built ??= build({
    entryPoints: ['test/photoshop/endToEnd/pageEntry.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'error',
    banner: {
      js: `var pageKept = { fetch: fetch.bind(window), crypto, ${keptNames.map((name) => `${name}: ${name === 'queueMicrotask' ? 'queueMicrotask.bind(window)' : name}`).join(', ')} };`,
    },
    define: { 'globalThis.crypto': 'pageKept.crypto', ...Object.fromEntries(keptNames.map((name) => [name, `pageKept.${name}`])) },
  }).then(({ outputFiles }) => outputFiles[0].text);
  return built;
}

/** For what comes sooner or later; on a machine that is busy with other tests, later. */
const patienceMs = 60_000;

export type Theme = 'darkest' | 'dark' | 'light' | 'lightest';

/** What Photoshop tells its panels of its colours (Adobe's guide "Theme awareness"). */
const hostColours: Readonly<Record<Theme, readonly [background: string, text: string, border: string]>> = {
  darkest: ['#323232', '#ffffff', '#454545'],
  dark: ['#535353', '#ffffff', '#434343'],
  light: ['#b8b8b8', '#000000', '#a3a3a3'],
  lightest: ['#f0f0f0', '#000000', '#d6d6d6'],
};

export interface OpenOptions extends Partial<Omit<PageOptions, 'script'>> {
  /** Of `photoshop-uxp/build.mjs`. */
  readonly folder: string;
  readonly gemini: GeminiServer;
  readonly width?: number;
  readonly height?: number;
  /** False where the test opens it. */
  readonly isShown?: boolean;
}

export class PhotoshopDriver {
  /** Console errors and warnings, exceptions, foreign requests, styles that UXP does not draw; stays empty. */
  readonly troubles: string[] = [];
  readonly page: Page;
  private readonly options: OpenOptions;
  private simulator: JSHandle<PageSimulator> | null = null;
  private isOnline = true;
  private expected: RegExp | null = null;

  private constructor(page: Page, options: OpenOptions) {
    this.page = page;
    this.options = options;
  }

  static async open(browser: Browser, options: OpenOptions): Promise<PhotoshopDriver> {
    const page = await browser.newPage({ viewport: { width: options.width ?? 320, height: options.height ?? 720 }, deviceScaleFactor: 2 });
    page.setDefaultTimeout(patienceMs);
    const driver = new PhotoshopDriver(page, options);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) driver.troubles.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => driver.troubles.push(`exception: ${error.stack}`));
    await page.route('**/*', (route) => driver.answer(route));
    await driver.load({ key: options.gemini.key, files: {}, folders: [], ...options });
    return driver;
  }

  /** Ends the session as Photoshop does when it quits, and begins the next one on the same disk. */
  async restart(more: Partial<PageOptions> = {}): Promise<void> {
    const disk = await this.in((simulator) => simulator.disk());
    await this.load({ key: this.options.gemini.key, ...this.options, ...disk, ...more });
  }

  private async load({ key, files, folders, ...options }: Omit<PageOptions, 'script'>): Promise<void> {
    const [script, manifest] = await Promise.all([
      // As index.html has them: one behind the other.
      Promise.all(['main.js', 'panel.js'].map((name) => readFile(`${this.options.folder}/${name}`, 'utf8'))).then((texts) =>
        texts.join('\n'),
      ),
      readFile(`${this.options.folder}/manifest.json`, 'utf8').then((text) => JSON.parse(text)),
    ]);
    const { version, quirks } = options;
    await this.page.goto('https://photoshop.test/');
    await this.page.addScriptTag({ content: await simulatorBundle() });
    this.simulator = await this.page.evaluateHandle(() => (globalThis as unknown as { pageSimulator: PageSimulator }).pageSimulator);
    const asked: PageOptions = {
      key,
      files,
      folders,
      script,
      manifest,
      ...(version === undefined ? {} : { version }),
      ...(quirks === undefined ? {} : { quirks }),
    };
    await this.in((simulator, given) => simulator.start(given), asked);
    if (this.options.isShown !== false) await this.show();
  }

  /** Shows the panel, as its entry in the Plugins menu does. */
  async show(): Promise<void> {
    await this.in((simulator) => simulator.ps?.plugin.showPanel('retake', document.getElementById('panel')));
    await this.page.waitForSelector('.rt-panel');
    await this.setTheme('darkest');
  }

  private async answer(route: Route): Promise<void> {
    const request = route.request();
    const url = new URL(request.url());
    if (url.host !== 'photoshop.test') {
      if (url.protocol.startsWith('http')) this.troubles.push(`request to ${url.host}`);
      return route.fallback();
    }
    if (!url.pathname.startsWith('/service/'))
      return route.fulfill({
        contentType: 'text/html',
        body: '<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body></body></html>',
      });
    if (!this.isOnline) return route.abort('internetdisconnected');
    try {
      const { authorization: _, host: __, ...headers } = request.headers();
      const response = await fetch(`${this.options.gemini.url}${url.pathname.slice('/service'.length)}${url.search}`, {
        method: request.method(),
        headers: Object.fromEntries(Object.entries(headers).filter(([name]) => /^(content-type|x-goog|user-agent)/.test(name))),
        ...(request.method() === 'GET' ? {} : { body: request.postDataBuffer() as Uint8Array<ArrayBuffer> }),
      });
      await route.fulfill({
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: Buffer.from(await response.arrayBuffer()),
      });
    } catch {
      // The page has gone, or the service has closed the connection.
      await route.abort('connectionreset').catch(() => undefined);
    }
  }

  /** Troubles that belong to the test; the browser tells of them when it comes to it. */
  expectTroubles(pattern: RegExp): void {
    this.expected = pattern;
  }

  setOnline(isOnline: boolean): void {
    this.isOnline = isOnline;
  }

  /** Runs in the page, with the simulator at hand. */
  in<T>(work: (simulator: PageSimulator) => T): Promise<Awaited<T>>;
  in<T, Given>(work: (simulator: PageSimulator, given: Given) => T, given: Given): Promise<Awaited<T>>;
  in(work: (...args: never[]) => unknown, given?: unknown): Promise<unknown> {
    if (this.simulator === null) throw new Error('the page is not loaded');
    return this.simulator.evaluate(work as never, given as never);
  }

  /** The same, with Photoshop itself. A hand of the user's waits, as hands do, while Photoshop is modal. */
  ps<T>(work: (ps: Photoshop) => T): Promise<Awaited<T>>;
  ps<T, Given>(work: (ps: Photoshop, given: Given) => T, given: Given): Promise<Awaited<T>>;
  async ps(work: (...args: never[]) => unknown, given?: unknown): Promise<unknown> {
    if (this.simulator === null) throw new Error('the page is not loaded');
    const photoshop = await this.simulator.evaluateHandle((simulator) => simulator.ps);
    return this.whenFree(() => photoshop.evaluate(work as never, given as never));
  }

  /** The first hand in `act` is refused or none is: nothing becomes modal within one call. */
  private async whenFree<T>(act: () => Promise<T>): Promise<T> {
    for (const until = Date.now() + patienceMs; ; ) {
      try {
        return await act();
      } catch (error) {
        if (Date.now() > until || !/while Photoshop is modal|scope is already held/.test((error as Error).message)) throw error;
        await this.page.waitForTimeout(20);
      }
    }
  }

  openBehindThePanel(plan: PagePlan): Promise<number> {
    return this.whenFree(() => this.in((simulator, given) => simulator.open(given), plan));
  }

  /** Opens a document and waits until the panel shows it. */
  async openDocument(plan: PagePlan): Promise<number> {
    const id = await this.openBehindThePanel(plan);
    await this.showsWhatIsSelected();
    return id;
  }

  /** Until the panel has read what is selected in Photoshop: what is sent goes on from there. */
  async showsWhatIsSelected(): Promise<void> {
    await this.page.waitForFunction((simulator) => {
      const { ps } = simulator as unknown as { readonly ps: Photoshop };
      const shown = document.querySelector('.rt-subject-words strong')?.textContent;
      if (ps.inspect.documents.length === 0) return shown === 'No document is open';
      const [layer, ...others] = ps.inspect.document().activeLayers;
      return layer === undefined || others.length > 0 ? !/^No document/.test(shown ?? 'No document') : shown === layer.name;
    }, this.simulator);
  }

  async send(instruction: string): Promise<void> {
    await this.page.fill('#rt-instruction', instruction);
    await this.page.press('#rt-instruction', 'Control+Enter');
  }

  /** Until nothing runs any more, that many takes are counted, and the panel has read what is selected then. */
  async takesAre(count: number): Promise<void> {
    await this.page.waitForFunction(
      (wanted) =>
        document.querySelector('.rt-foot .rt-primary') !== null &&
        document.querySelector('.rt-takes .rt-count')?.textContent === String(wanted),
      count,
    );
    await this.showsWhatIsSelected();
  }

  /** Until the panel says that something failed; answers what it says, and takes it away. */
  async failure(): Promise<string> {
    const told = await this.text('.rt-failure');
    await this.button('Dismiss').click();
    await this.page.waitForSelector('.rt-failure', { state: 'detached' });
    return told;
  }

  /** Until the model is being waited for. */
  async isAsking(): Promise<void> {
    await this.page.waitForSelector('.rt-run-line >> text=/Waiting for/');
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** What stands in the first element, as it is laid out. */
  text(selector: string): Promise<string> {
    return this.page.locator(selector).first().innerText();
  }

  /** Photoshop's setting of the interface's brightness. UXP's own media query is put into words that Chromium knows. */
  async setTheme(theme: Theme): Promise<void> {
    await this.page.evaluate(
      ([name, colours]) => {
        const [bg, fg, line] = colours;
        const root = document.documentElement;
        root.style.setProperty('--uxp-host-background-color', bg);
        root.style.setProperty('--uxp-host-text-color', fg);
        root.style.setProperty('--uxp-host-border-color', line);
        for (const style of document.querySelectorAll('style')) {
          style.dataset.told ??= style.textContent ?? '';
          style.textContent = (style.dataset.told ?? '').replace(/\(prefers-color-scheme: (\w+)\)/g, (_, asked) =>
            asked === name ? '(min-width: 0px)' : '(max-width: 0px)',
          );
        }
      },
      [theme, hostColours[theme]] as const,
    );
  }

  /** Styles on elements that UXP would not draw, and elements that it does not know. */
  private async foreignParts(): Promise<readonly string[]> {
    const { styles, elements } = await this.page.evaluate(() => ({
      styles: [...document.querySelectorAll('#panel [style]')].map((element) => element.getAttribute('style') ?? ''),
      elements: [
        ...document.querySelectorAll(
          '#panel input[type=file], #panel input[type=radio], #panel iframe, #panel canvas, #panel option:not([value])',
        ),
      ].map((element) => element.outerHTML.slice(0, 120)),
    }));
    const refused = styles.flatMap((style) => rulesOf(`.a { ${style} }`)[0].declarations.flatMap((one) => refusedDeclaration(one) ?? []));
    return [...refused, ...elements];
  }

  private leftBehind(): Promise<readonly string[]> {
    return this.ps((ps) => {
      try {
        ps.assertClean();
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    });
  }

  /** Closes it, and answers what went wrong: troubles, what was left behind in Photoshop, and bad requests. */
  async end(): Promise<readonly string[]> {
    this.troubles.push(...(await this.foreignParts()));
    let left = await this.leftBehind();
    // What the panel has begun to read comes to its end.
    for (const until = Date.now() + patienceMs; left.length > 0 && Date.now() < until; left = await this.leftBehind())
      await this.page.waitForTimeout(20);
    await this.page.close();
    return [...this.troubles.filter((one) => !this.expected?.test(one)), ...left, ...this.options.gemini.malformed];
  }
}
