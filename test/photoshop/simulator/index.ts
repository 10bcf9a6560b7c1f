/**
 * A Photoshop without Photoshop, as strict as the real one is where plug-ins stumble (handbook photoshop.md §6–§11, §14).
 * Nothing here has been compared with a running Photoshop: it enforces what the documentation and the field reports say.
 *
 *   const ps = createPhotoshop();                       // 27.9.1, with Retake's permissions
 *   const id = ps.user.open({ extent, layers: […] });   // a plan, as in test/contracts/memoryHost.ts, and more (plan.ts)
 *   const { photoshop, uxp } = ps.modules;              // what require('photoshop') and require('uxp') give a plug-in
 *   await photoshop.core.executeAsModal(async (context) => { … }, { commandName: 'Retake' });
 *   ps.inspect.history();                               // names of the history states
 *   ps.user.undo();
 *   ps.assertClean();                                   // no image data, no modal scope, no crash, no open suspension
 *
 * `user`    (user.ts)     the user's hands: open, switch, close, select layers, make selections, undo, Escape, hold the modal scope
 * `inspect` (inspect.ts)  past every lock: tree, pixels, masks, history, image data, events, alerts
 * `disk`, `keys`          files and key store; `restart()` begins a new session on the same ones, `quit()` ends this one.
 *                         A full disk: `disk.freeBytes = 0`; a lost key store: `keys.entries.clear()`, a broken one: `keys.isBroken = true`
 * `plugin`                loads a plug-in, shows its panels, runs its commands, with Photoshop's time limits
 * `globals()`             for a bare context (bareContext.ts makes one in Node); `require(name)` the modules that UXP has
 *
 * Where nothing is documented or reports differ, `quirks` (quirks.ts) chooses; a careful adapter passes under each.
 * No part imports Node: it runs in a browser too (there, calls that escaped an await cannot be told from others).
 */
import type { PhotoshopModules } from '../../../photoshop-uxp/types/modules.ts';
import { Application } from './application.ts';
import { type Clock, realClock } from './clock.ts';
import { Inspector } from './inspect.ts';
import { photoshopModule } from './photoshopModule.ts';
import { type Quirks, strict } from './quirks.ts';
import { User } from './user.ts';
import { Disk } from './uxp/disk.ts';
import { Entrypoints } from './uxp/entrypoints.ts';
import { FileSession } from './uxp/files.ts';
import { type GlobalsProfile, uxpGlobals } from './uxp/globals.ts';
import { KeyStore } from './uxp/keyStore.ts';
import { defaultManifest, type Manifest } from './uxp/manifest.ts';
import { createFetch, type Network } from './uxp/network.ts';
import { uxpModule } from './uxp/uxpModule.ts';

export type { Clock } from './clock.ts';
export type { PhotoshopLayerPlan, PhotoshopPlan, SelectionPlan } from './plan.ts';
export type { Quirks } from './quirks.ts';
export type { Manifest } from './uxp/manifest.ts';
export type { Network } from './uxp/network.ts';

export interface PhotoshopOptions {
  /** "25.0.0" to "27.11.0"; "27.9.1" when left out. */
  readonly version?: string;
  readonly manifest?: Manifest;
  /** "en_US" when left out. */
  readonly uiLocale?: string;
  readonly quirks?: Partial<Quirks>;
  /** Globals taken away or put in (uxp/globals.ts). */
  readonly globals?: GlobalsProfile;
  /** What lies behind the hosts that the manifest allows; nothing answers when left out. */
  readonly network?: Network;
  /** Waits for timeOut, 300 ms and 20 ms; real time when left out. */
  readonly clock?: Clock;
  /** From an earlier session. */
  readonly disk?: Disk;
  readonly keys?: KeyStore;
}

export interface Photoshop {
  readonly modules: PhotoshopModules;
  readonly user: User;
  readonly inspect: Inspector;
  readonly plugin: Entrypoints;
  readonly disk: Disk;
  readonly keys: KeyStore;
  /** What the system clipboard holds, and addresses that the user's browser was sent to. */
  readonly desk: { clipboard: string; readonly opened: string[] };
  /** The file or folder that the user picks in the next dialogs; null cancels them. */
  pick(path: string | null): void;
  require(name: string): unknown;
  globals(): Record<string, unknown>;
  /** Photoshop ends at once, as in a crash or a power cut: what the plug-in still does reaches nobody. */
  quit(): void;
  /** Quits and starts again: documents are closed, session tokens and temporary files are gone, disk and keys stay. */
  restart(options?: PhotoshopOptions): Photoshop;
  /** Throws when something of the plug-in's was left behind. */
  assertClean(): void;
}

const unreachable: Network = () => Promise.reject(new TypeError('Network request failed'));

export function createPhotoshop(options: PhotoshopOptions = {}): Photoshop {
  const { version = '27.9.1', manifest = defaultManifest, uiLocale = 'en_US', clock = realClock, network = unreachable } = options;
  const disk = options.disk ?? new Disk();
  const keys = options.keys ?? new KeyStore();
  const app = new Application(version, manifest.id ?? '', clock, { ...strict, ...options.quirks });
  const session = new FileSession(disk);
  const plugin = new Entrypoints(manifest, clock);
  const desk = { clipboard: '', opened: [] as string[] };
  app.files = {
    path: (entry) => session.pathOf(entry),
    read: (path) => {
      const bytes = disk.files.get(path);
      if (bytes === undefined) throw new Error(`Could not open “${path}” because the file was not found`);
      return bytes;
    },
    write: (path, bytes) => {
      if (!disk.write(path, bytes)) throw new Error('Could not save because the disk is full');
    },
  };
  const photoshop = photoshopModule(app, session.fileOf);
  const uxp = uxpModule({ app, manifest, session, keys, entrypoints: plugin, uiLocale, opened: desk.opened });
  const fetch = createFetch(manifest, network);
  const requireModule = (name: string): unknown => {
    if (name === 'photoshop') return photoshop;
    if (name === 'uxp') return uxp;
    if (name === 'os') return { platform: () => 'darwin', release: () => '24.6.0', arch: () => 'arm64' };
    throw new Error(`Cannot find module '${name}'`);
  };
  const quit = (): void => {
    app.hasQuit = true;
    session.isOver = true;
  };
  return {
    modules: { photoshop, uxp } as PhotoshopModules,
    user: new User(app),
    inspect: new Inspector(app),
    plugin,
    disk,
    keys,
    desk,
    pick: (path) => {
      session.picked = path;
    },
    require: requireModule,
    globals: () => {
      const globals = uxpGlobals(app.version, fetch, requireModule, options.globals ?? {});
      (globals.navigator as Record<string, unknown>).clipboard = clipboard(desk, manifest);
      return globals;
    },
    quit,
    restart: (next = {}) => {
      quit();
      return createPhotoshop({ ...options, disk, keys, ...next });
    },
    assertClean: () => {
      const left = [
        ...(app.imageMemory.liveCount > 0 ? [`${app.imageMemory.liveCount} image data not disposed`] : []),
        ...(app.modal.isHeld ? ['the modal scope is still held'] : []),
        ...(app.crashed === null ? [] : [`Photoshop crashed: ${app.crashed}`]),
        ...app.documents.filter(({ suspension }) => suspension !== null).map(({ title }) => `the history of ${title} is still suspended`),
        ...plugin.failures,
      ];
      if (left.length > 0) throw new Error(left.join('; '));
    },
  };
}

/** UXP's clipboard; calls fail in a plug-in without a panel (UXP-15542). */
function clipboard(desk: { clipboard: string }, manifest: Manifest): object {
  const allowed = manifest.requiredPermissions?.clipboard;
  const hasPanel = (manifest.entrypoints ?? []).some(({ type }) => type === 'panel');
  const check = (isWriting: boolean): void => {
    if (!hasPanel) throw new Error('The clipboard is not available (UXP-15542)');
    if (allowed === undefined || (isWriting && allowed === 'read'))
      throw new Error('Permission denied to access clipboard. Manifest entry not found.');
  };
  const set = async (text: string): Promise<void> => {
    check(true);
    desk.clipboard = String(text);
  };
  const get = async (): Promise<string> => {
    check(false);
    return desk.clipboard;
  };
  return {
    writeText: set,
    readText: get,
    setContent: (content: Record<string, string>) => set(content['text/plain']),
    getContent: async () => ({ 'text/plain': await get() }),
  };
}
