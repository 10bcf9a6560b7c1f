/**
 * A strict Figma for tests: a file, people in it, and the plugin API as a plugin sees it, with what Figma enforces.
 *
 * ```ts
 * const file = createFigmaFile();                    // one page, one person, whose plugin runs already
 * const photo = file.addImage(pngBytes);             // a picture of the file (as dragged in: no 4096 px limit) → its hash
 * const id = file.build((figma) => {                 // the person's own hands: one committed step, no plugin rules
 *   const rect = figma.createRectangle();
 *   rect.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: photo }];
 *   return rect.id;
 * });
 * file.user.select(id);
 * const { figma, ui } = file.plugin;                 // `figma` is a `PluginAPI`; `ui` is the iframe's end
 * …code under test runs with figma…
 * await file.settled();                              // all events and messages that wait are delivered
 * file.tree(id); await file.pixels(id); file.user.undoSteps(); file.plugin.notifications; ui.received;
 * ```
 *
 * - **People**: `file.user` is the first; `file.join('Ada')` opens the file as somebody else, with an undo history, selection and
 *   `clientStorage` of their own. `person.edit/select/move/remove/undo/redo/goTo/drop` are hands on the canvas.
 * - **Runs**: `person.run({ command, parameters })` starts the plugin anew (and closes the one that runs). `file.plugin` and
 *   `file.figma` are the first person's latest. With `parameters: 'ask'` the quick-action bar is open: `plugin.ask(key, query)`,
 *   then `plugin.submit({ … })`. `plugin.close()` is the person's own ×. `file.reopen()` is closing and opening the file.
 * - **Another engine** (QuickJS): `plugin.operations` is the whole API as `get/set/call/has/isMethod(ref, name, …)` over plain
 *   data and `HostRef { kind, id, type }`; start at `figmaRef`. Functions are called with the same values; `mixed` is a symbol
 *   to be mapped; methods ending in `Async` answer promises. `facade.ts` is the same for this engine and a model to follow.
 * - What Figma has and the simulator has not throws “the Figma simulator does not model …”: extend the simulator, not the test.
 *
 * Texts known from Figma are exact (handbook §18); where Figma's words are not known the simulator throws its own.
 */
import './pluginApi.ts';
import sharp from 'sharp';
import { rootId } from './document.ts';
import { SimFile, type StartedRun } from './file.ts';
import { absoluteTransform, setTransform, transformOf } from './geometry.ts';
import { keepImage, usedImages } from './images.ts';
import { apply, inverse, placed } from './matrix.ts';
import { nodeRef } from './nodeRules.ts';
import type { Operations } from './operations.ts';
import { relaunchButtons } from './pluginData.ts';
import type { DroppedFile, ParameterAnswer, Run, RunLog } from './run.ts';
import { select, selectedIds } from './selection.ts';
import type { UiWindow } from './uiWindow.ts';
import type { SimUser } from './user.ts';
import { HostRef } from './values.ts';

export type { Operations } from './operations.ts';
export { HostRef, mixed } from './values.ts';

export const figmaRef = new HostRef('figma', 'figma');

export interface FigmaFileOptions {
  readonly name?: string;
  readonly profile?: 'LEGACY' | 'SRGB' | 'DISPLAY_P3';
  /** `view`: whatever a plugin writes throws. */
  readonly access?: 'edit' | 'view';
  readonly plan?: 'starter' | 'professional';
  /** Of the manifest; null for a manifest without. */
  readonly pluginId?: string | null;
  readonly editorType?: 'figma' | 'dev';
  /** What the first run is started with. */
  readonly command?: string;
  readonly fonts?: readonly { readonly family: string; readonly style: string }[];
}

/** A node with all that is kept of it, and what is in it. */
export interface TreeNode {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** Plugin data by `shared/namespace/key`, `private/plugin/key`, `relaunch/plugin`. */
  readonly data: Readonly<Record<string, string>>;
  /** Back first. */
  readonly children: readonly TreeNode[];
}

export interface RgbaPixels {
  readonly width: number;
  readonly height: number;
  /** Straight RGBA. */
  readonly data: Uint8Array;
}

export interface SimPlugin extends RunLog {
  readonly figma: PluginAPI;
  readonly operations: Operations;
  readonly ui: UiWindow;
  readonly isClosed: boolean;
  /** The quick-action bar asks for suggestions. */
  ask(key: string, query: string, parameters?: Readonly<Record<string, unknown>>): ParameterAnswer;
  /** The person confirms what the bar asked for; starts the command. */
  submit(parameters?: Readonly<Record<string, unknown>>): void;
  /** The person closes the plugin's window. */
  close(): void;
}

export interface RunOptions {
  readonly command?: string;
  readonly parameters?: Readonly<Record<string, unknown>> | 'ask';
}

export interface SimPerson {
  readonly name: string;
  /** The run that was started last. */
  readonly plugin: SimPlugin;
  run(options?: RunOptions): SimPlugin;
  /** Presses a relaunch button of a node. */
  relaunch(id: string, command: string): SimPlugin;
  /** Any edit by hand, with the plugin API but none of its rules; becomes one step of undo. */
  edit<T>(work: (figma: PluginAPI) => T): T;
  select(...ids: readonly string[]): void;
  selected(): readonly string[];
  move(id: string, dx: number, dy: number): void;
  remove(id: string): void;
  goTo(page: string): void;
  undo(): boolean;
  redo(): boolean;
  undoSteps(): { readonly steps: readonly (readonly string[])[]; readonly uncommitted: readonly string[] };
  /** Drops something onto the canvas; whether a listener took it, by answering false. */
  drop(what: Dropped): boolean;
}

export interface Dropped {
  /** What it falls on; the page when left out. */
  readonly onto?: string;
  /** On the page. */
  readonly x: number;
  readonly y: number;
  readonly items?: readonly { readonly type: string; readonly data: string }[];
  readonly files?: readonly DroppedFile[];
  readonly dropMetadata?: unknown;
}

export interface FigmaFile {
  readonly user: SimPerson;
  /** The first person's latest run, and its global. */
  readonly plugin: SimPlugin;
  readonly figma: PluginAPI;
  join(name: string): SimPerson;
  build<T>(work: (figma: PluginAPI) => T): T;
  /** A component of a library that this file uses; answers its identifier. `work` makes it; it lies on no page afterwards. */
  buildRemote(work: (figma: PluginAPI) => ComponentNode): string;
  addImage(bytes: Uint8Array): string;
  imageBytes(hash: string): Uint8Array | null;
  /** `unknown`: the file knows nothing of it any more; `unreadable`: it does, but the picture does not come. */
  loseImage(hash: string, how?: 'unknown' | 'unreadable'): void;
  tree(id?: string): TreeNode;
  exists(id: string): boolean;
  /** The node as `exportAsync` draws it, decoded. */
  pixels(id: string, settings?: Partial<ExportSettingsImage>): Promise<RgbaPixels>;
  relaunchButtons(id: string): Readonly<Record<string, string>>;
  /** Ends all runs and undo histories, and forgets pictures that nothing uses. */
  reopen(): void;
  settled(): Promise<void>;
}

const inter = ['Regular', 'Medium', 'Semi Bold', 'Bold'].map((style) => ({ family: 'Inter', style }));

export function createFigmaFile(options: FigmaFileOptions = {}): FigmaFile {
  const { name = 'Untitled', profile = 'SRGB', access = 'edit', plan = 'professional', fonts = inter } = options;
  const file = new SimFile({ name, profile, isReadOnly: access === 'view', plan });
  const { document } = file;
  const pluginId = options.pluginId === undefined ? '1000000000000000001' : options.pluginId;

  const start = (user: SimUser, command: string, isPrivileged: boolean): StartedRun =>
    file.start(user, { pluginId, command, html: '<html></html>', editorType: options.editorType ?? 'figma', fonts, isPrivileged });

  const join = (person: string): SimPerson => createPerson(file, file.addUser(person, new Map()), start);
  const user = join('First');
  user.run({ command: options.command ?? '' });

  return {
    user,
    get plugin() {
      return user.plugin;
    },
    get figma() {
      return user.plugin.figma;
    },
    join,
    build: (work) => user.edit(work),
    buildRemote(work) {
      const id = user.edit((figma) => work(figma).id);
      document.replace(id, { ...document.at(id), parent: null, props: { ...document.at(id).props, remote: true } });
      return id;
    },
    addImage: (bytes) => keepImage(document, bytes),
    imageBytes: (hash) => document.images.get(hash)?.bytes.slice() ?? null,
    loseImage(hash, how = 'unknown') {
      const image = document.images.get(hash);
      if (image === undefined) throw new Error(`no image ${hash}`);
      if (how === 'unknown') document.images.delete(hash);
      else document.images.set(hash, { ...image, isLost: true });
    },
    tree: (id = rootId) => treeOf(file, id),
    exists: (id) => document.find(id) !== null,
    async pixels(id, settings = {}) {
      const bytes = await user.edit((figma) => {
        const node = figma.getNodeById(id) as RectangleNode;
        return node.exportAsync({ format: 'PNG', ...settings } as ExportSettingsImage);
      });
      const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, data: new Uint8Array(data) };
    },
    relaunchButtons: (id) => relaunchButtons(document.at(id), pluginId),
    reopen() {
      file.closeAll();
      const used = usedImages(document);
      for (const hash of [...document.images.keys()]) if (!used.has(hash)) document.images.delete(hash);
    },
    settled: () => file.turns.settled(),
  };
}

function createPerson(
  file: SimFile,
  user: SimUser,
  start: (user: SimUser, command: string, isPrivileged: boolean) => StartedRun,
): SimPerson {
  const { document } = file;
  const hands = start(user, '', true).facade.figma;
  let latest: { readonly plugin: SimPlugin; readonly run: Run } | null = null;
  const running = (): { readonly plugin: SimPlugin; readonly run: Run } => {
    if (latest === null) throw new Error(`${user.name} runs no plugin`);
    return latest;
  };

  /** A step of the person's own; what a plugin left uncommitted goes into it. */
  const byHand = <T>(work: () => T): T => {
    const answer = file.edit(user, work);
    user.journal.commit();
    return answer;
  };

  const person: SimPerson = {
    name: user.name,
    get plugin() {
      return running().plugin;
    },
    run({ command = '', parameters = undefined } = {}) {
      latest?.run.close(null);
      const started = start(user, command, false);
      const plugin = createPlugin(file, started);
      latest = { plugin, run: started.run };
      if (parameters !== 'ask') plugin.submit(parameters);
      return plugin;
    },
    relaunch(id, command) {
      select(document, user, user.currentPage, [id]);
      file.noticeSelections();
      return person.run({ command });
    },
    edit: (work) => byHand(() => work(hands)),
    select(...ids) {
      for (const id of ids) if (document.pageOf(id)?.id !== user.currentPage) throw new Error(`${id} is not on the page`);
      select(document, user, user.currentPage, ids);
      file.noticeSelections();
    },
    selected: () => selectedIds(document, user, user.currentPage),
    move: (id, dx, dy) =>
      byHand(() => {
        const now = transformOf(document.at(id));
        setTransform(document, id, placed(now, now[0][2] + dx, now[1][2] + dy));
      }),
    remove: (id) => byHand(() => document.delete(id)),
    goTo(page) {
      user.currentPage = page;
      file.noticeSelections();
    },
    undo() {
      let isDone = false;
      file.rewind(user, () => {
        isDone = user.journal.undo(document);
      });
      return isDone;
    },
    redo() {
      let isDone = false;
      file.rewind(user, () => {
        isDone = user.journal.redo(document);
      });
      return isDone;
    },
    undoSteps: () => user.journal.look(),
    drop({ onto = user.currentPage, x, y, items = [], files = [], dropMetadata }) {
      const { run } = running();
      const target = document.at(onto);
      const at = target.type === 'PAGE' ? { x, y } : apply(inverse(absoluteTransform(document, onto)), x, y);
      const given = files.map((one) => new HostRef('droppedFile', String(run.droppedFiles.push(one) - 1)));
      const event = { node: nodeRef(target), ...at, absoluteX: x, absoluteY: y, items, files: given, dropMetadata };
      return run.events.now('drop', event).includes(false);
    },
  };
  return person;
}

function createPlugin(file: SimFile, { run, operations, facade }: StartedRun): SimPlugin {
  return {
    ...run.log,
    figma: facade.figma,
    operations,
    ui: run.ui,
    get isClosed() {
      return run.isClosed;
    },
    ask(key, query, parameters = {}) {
      const answer: ParameterAnswer = { suggestions: null, error: null, loading: null };
      const result = new HostRef('suggestions', String(run.answers.push(answer) - 1));
      file.turns.later(() => run.events.now('parameters:input', { key, query, parameters, result }));
      return answer;
    },
    submit: (parameters) => file.turns.later(() => run.events.now('run', { command: run.command, parameters })),
    close: () => run.close(null),
  };
}

function treeOf(file: SimFile, id: string): TreeNode {
  const { type, props, data } = file.document.at(id);
  const children = file.document.children(id).map((child) => treeOf(file, child));
  return { id, type, name: String(props.name ?? ''), props, data, children };
}
