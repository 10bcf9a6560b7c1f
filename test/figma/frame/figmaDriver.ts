/**
 * The built plug-in in Figma, as far as this can be had without Figma: `code.js` in QuickJS on the simulated file, `ui.html` in
 * Chromium's null-origin frame, and messages between them as Figma carries them. One driver is one person with the file open.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import type { Manifest } from '../manifest.ts';
import type { FigmaFile, RunOptions, SimPerson, SimPlugin } from '../simulator/index.ts';
import { loadEngine, type Sandbox, startSandbox } from '../vm/sandbox.ts';
import type { FigmaWorld } from './localService.ts';
import { openPanelFrame, type PanelFrame } from './panelFrame.ts';
import type { FigmaTheme } from './themeColors.ts';

/** `npm test` builds it first; `npm run prepare` does it by hand. */
export const distDir = process.env.RETAKE_FIGMA_DIST ?? 'figma-plugin/dist';

export interface DriverOptions {
  /** The file's first person when not given. */
  readonly person?: SimPerson;
  readonly theme?: FigmaTheme;
  readonly hasWorkers?: boolean;
  /** The script exactly as it is shipped; else with its rejected promises watched. */
  readonly isExact?: boolean;
}

export class FigmaDriver {
  /** What a user would find in a console: exceptions, warnings, errors, refused requests. Stays empty. */
  readonly troubles: string[] = [];
  readonly person: SimPerson;
  private readonly built: { readonly manifest: Manifest; readonly code: string; readonly html: string };
  private plugin: SimPlugin | null = null;
  private sandbox: Sandbox | null = null;
  private window: Promise<PanelFrame> | null = null;
  /** Messages to the panel, in their order. */
  private posting: Promise<void> = Promise.resolve();
  private refused: { readonly name: string; readonly message: string } | null = null;
  /** Windows that are being closed. */
  private closing: Promise<void> = Promise.resolve();

  constructor(
    readonly world: FigmaWorld,
    readonly file: FigmaFile,
    private readonly options: DriverOptions = {},
  ) {
    this.person = options.person ?? file.user;
    if (!existsSync(join(distDir, 'code.js'))) throw new Error('The plug-in is not built. Run: npm run prepare');
    const read = (name: string): string => readFileSync(join(distDir, name), 'utf8');
    const manifest = JSON.parse(read('manifest.json')) as Manifest;
    this.built = { manifest, code: read(manifest.main), html: read(manifest.ui) };
  }

  /** Starts the plug-in; one that runs is closed, as Figma does. */
  async run(options: RunOptions = { command: 'open' }): Promise<SimPlugin> {
    await this.close();
    await loadEngine();
    const plugin = this.person.run(options);
    this.plugin = plugin;
    plugin.ui.onLook = () => this.followWindow(plugin);
    plugin.ui.onReceived = (message) => {
      this.posting = this.posting.then(async () => (plugin.isClosed ? null : await this.window)?.post(message)).catch(() => {});
    };
    const { code, html, manifest } = this.built;
    this.sandbox = await startSandbox({
      code,
      html,
      figma: this.refusing(plugin.figma),
      allowedDomains: manifest.networkAccess.allowedDomains,
      watchesRejections: this.options.isExact !== true,
    });
    return plugin;
  }

  /** The panel's own document; waits until it is there. */
  async panel(): Promise<Frame> {
    return (await this.frame()).frame;
  }

  async frame(): Promise<PanelFrame> {
    for (let waited = 0; this.window === null; waited += 10) {
      if (waited > 75_000) throw new Error('The plug-in has shown no window.');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this.window;
  }

  async find(selector: string): Promise<Locator> {
    return (await this.panel()).locator(selector);
  }

  async text(selector: string): Promise<string> {
    return (await this.find(selector)).first().innerText();
  }

  /** From now on Figma raises `message` from this function; null lets it work again. */
  refuse(name: string | null, message = ''): void {
    this.refused = name === null ? null : { name, message };
  }

  private refusing(figma: PluginAPI): PluginAPI {
    return new Proxy(figma, {
      get: (target, name) => {
        if (name !== this.refused?.name) return Reflect.get(target, name);
        const { message } = this.refused;
        return () => {
          throw new Error(message);
        };
      },
    });
  }

  private followWindow(plugin: SimPlugin): void {
    const { look } = plugin.ui;
    if (look === null) {
      const gone = this.window;
      this.window = null;
      if (gone !== null) this.closing = this.closing.then(() => this.closeWindow(gone));
      if (plugin.isClosed) this.sandbox?.stopTimers();
      return;
    }
    const size = { width: look.width, height: look.height };
    if (this.window === null) this.window = this.openWindow(plugin, look.html, size);
    else void this.window.then((window) => window.setSize(size)).catch(() => {});
  }

  private async openWindow(plugin: SimPlugin, html: string, size: { width: number; height: number }): Promise<PanelFrame> {
    const { theme = 'light', hasWorkers = true } = this.options;
    const opened = await openPanelFrame(this.world.browser, {
      ...{ html, size, theme, hasWorkers },
      allowedDomains: this.built.manifest.networkAccess.allowedDomains,
      onMessage: (message, origin) => {
        if (plugin.isClosed) return;
        try {
          plugin.ui.send(message, origin);
        } catch (cause) {
          this.troubles.push(`the panel’s message: ${String(cause)}`);
        }
      },
    });
    if (!plugin.isClosed) plugin.ui.ready();
    return opened;
  }

  private async closeWindow(opened: Promise<PanelFrame>): Promise<void> {
    const window = await opened;
    this.troubles.push(...window.troubles);
    await window.close();
  }

  /** The person closes the window, and what was on its way comes to an end. */
  async close(): Promise<void> {
    const { plugin, sandbox } = this;
    if (plugin !== null && !plugin.isClosed) plugin.close();
    [this.plugin, this.sandbox] = [null, null];
    await this.closing;
    // What was on its way has arrived, at a thread whose window is gone.
    await this.file.settled();
    if (sandbox !== null) {
      this.troubles.push(...sandbox.troubles.map((trouble) => `main: ${trouble}`));
      sandbox.dispose();
    }
    for (const cause of plugin?.uncaught ?? []) this.troubles.push(`main: uncaught: ${String(cause)}`);
  }
}
