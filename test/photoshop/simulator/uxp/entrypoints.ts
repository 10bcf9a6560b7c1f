/**
 * require('uxp').entrypoints, and Photoshop's side of it: setup within about 20 ms of loading or an error that no code can
 * catch (PS-57605), callbacks within 300 ms, `show` once and `hide` never (PS-57284).
 */
import type { Clock } from '../clock.ts';
import type { Manifest } from './manifest.ts';

const setupLimitMs = 20;
const callbackLimitMs = 300;

type Callback = (...args: readonly unknown[]) => unknown;
interface Panel {
  readonly create?: Callback;
  readonly show?: Callback;
  readonly hide?: Callback;
  readonly invokeMenu?: Callback;
  readonly menuItems?: readonly unknown[];
}
/** An item of a panel's flyout menu; code may enable, tick and rename it later. */
export interface MenuItem {
  readonly id: string;
  label: string;
  enabled: boolean;
  checked: boolean;
}

const menuItem = (asked: unknown): MenuItem => {
  const { id, label = id, enabled = true, checked = false } = typeof asked === 'string' ? { id: asked } : (asked as Partial<MenuItem>);
  return { id: id ?? '', label: label ?? '', enabled, checked };
};

interface Setup {
  readonly plugin?: Callback | { readonly create?: Callback; readonly destroy?: Callback };
  readonly panels?: Readonly<Record<string, Panel | Callback>>;
  readonly commands?: Readonly<Record<string, { readonly run?: Callback } | Callback>>;
}

export class Entrypoints {
  /** What no code of the plug-in can catch, and callbacks that threw or took too long. */
  readonly failures: string[] = [];
  private setup: Setup | null = null;
  private readonly shown = new Set<string>();
  private readonly menus = new Map<string, MenuItem[]>();
  private readonly manifest: Manifest;
  private readonly clock: Clock;

  constructor(manifest: Manifest, clock: Clock) {
    this.manifest = manifest;
    this.clock = clock;
  }

  readonly module = {
    setup: (asked: unknown): void => {
      if (this.setup !== null) throw new Error('entrypoints.setup was called before');
      if (typeof asked !== 'object' || asked === null) throw new Error('entrypoints.setup: the entry points are missing');
      const setup = asked as Setup;
      for (const id of Object.keys(setup.panels ?? {})) this.require('panel', id);
      for (const id of Object.keys(setup.commands ?? {})) this.require('command', id);
      for (const [id, panel] of Object.entries(setup.panels ?? {})) {
        this.menus.set(id, typeof panel === 'function' ? [] : (panel.menuItems ?? []).map(menuItem));
      }
      this.setup = setup;
    },
    getPanel: (id: string) => {
      if (!this.has('panel', id)) return null;
      const items = this.menus.get(id) ?? [];
      const menuItems = {
        get size(): number {
          return items.length;
        },
        getItem: (itemId: string) => items.find((item) => item.id === itemId) ?? null,
        getItemAt: (index: number) => items[index] ?? null,
        insertAt: (index: number, item: unknown) => {
          if (index > items.length) throw new Error('menuItems: the index is out of range');
          items.splice(index, 1, menuItem(item));
        },
        removeAt: (index: number) => void items.splice(index, 1),
      };
      return { id, menuItems };
    },
    getCommand: (id: string) => (this.has('command', id) ? { id } : null),
  };

  private has(type: string, id: string): boolean {
    return (this.manifest.entrypoints ?? []).some((one) => one.type === type && one.id === id);
  }
  private require(type: string, id: string): void {
    if (!this.has(type, id)) throw new Error(`entrypoints.setup: the manifest has no ${type} ${id}`);
  }

  /** Loads the plug-in: runs its script, then waits for setup as long as Photoshop does. */
  async load(script: () => unknown): Promise<void> {
    await script();
    await this.clock.wait(setupLimitMs);
    if (this.setup === null) this.failures.push('entrypoints.setup was not called in time (PS-57605)');
    const create = typeof this.setup?.plugin === 'function' ? this.setup.plugin : this.setup?.plugin?.create;
    if (create) await this.call('plugin create', create, []);
  }

  /** The user opens the panel; `node` is what its create receives. */
  async showPanel(id: string, node: unknown): Promise<void> {
    const panel = this.setup?.panels?.[id];
    if (panel === undefined) throw new Error(`the plug-in has no panel ${id}`);
    if (this.shown.has(id)) return;
    this.shown.add(id);
    const { create, show }: Panel = typeof panel === 'function' ? { show: panel } : panel;
    if (create) await this.call(`panel ${id} create`, create, [node]);
    if (show) await this.call(`panel ${id} show`, show, [node]);
  }

  /** Choosing a command of the plug-in in the Plugins menu. */
  async runCommand(id: string): Promise<void> {
    const command = this.setup?.commands?.[id];
    const run = typeof command === 'function' ? command : command?.run;
    if (run === undefined) throw new Error(`the plug-in has no command ${id}`);
    await this.call(`command ${id}`, run, []);
  }

  /** Items of a panel's flyout menu, as the user reads them. */
  menuOf(id: string): readonly MenuItem[] {
    return this.menus.get(id) ?? [];
  }
  async chooseMenu(panelId: string, itemId: string): Promise<void> {
    const panel = this.setup?.panels?.[panelId];
    const item = this.menuOf(panelId).find(({ id }) => id === itemId);
    if (item === undefined || !item.enabled) throw new Error(`the menu of ${panelId} has no ${itemId} to choose`);
    if (typeof panel !== 'function' && panel?.invokeMenu) await this.call(`menu ${itemId}`, panel.invokeMenu, [itemId]);
  }

  private async call(name: string, callback: Callback, args: readonly unknown[]): Promise<void> {
    const late = Symbol('late');
    try {
      const answer = Promise.resolve(callback(...args));
      answer.catch(() => {});
      if ((await Promise.race([answer, this.clock.wait(callbackLimitMs).then(() => late)])) === late) {
        this.failures.push(`${name} took longer than ${callbackLimitMs} ms`);
      }
    } catch (cause) {
      this.failures.push(`${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
}
