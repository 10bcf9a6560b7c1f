/** The `figma` global: what is read, written and called on it. */
import { gather, ungroup } from './copying.ts';
import type { HostModel } from './hostModel.ts';
import { createImage } from './images.ts';
import { allPagesLoaded, isRemote, mayWrite, nodeRef, present } from './nodeRules.ts';
import { notify } from './notifications.ts';
import { dynamicPage, initialProps } from './properties.ts';
import { put } from './reparenting.ts';
import type { Run } from './run.ts';
import { HostRef, isPlain, mixed, refuse } from './values.ts';

const one = (kind: 'ui' | 'clientStorage' | 'viewport' | 'parameters') => new HostRef(kind, kind);
const currentPage = (run: Run): HostRef => nodeRef(run.document.at(run.user.currentPage));
const bytesOf = (value: unknown, where: string): Uint8Array =>
  value instanceof Uint8Array ? value : refuse(where, 'Expected "data" to have type Uint8Array but got something else instead');
const textOf = (value: unknown, name: string, where: string): string =>
  typeof value === 'string' ? value : refuse(where, `Expected "${name}" to have type string but got ${typeof value} instead`);

function create(run: Run, type: string, where: string): HostRef {
  const { document } = run;
  mayWrite(run, run.user.currentPage, where);
  const id = document.nextId(run.user.session);
  const extra = type === 'COMPONENT' ? { key: `key-${id}` } : {};
  document.create(id, type, run.user.currentPage, document.children(run.user.currentPage).length, { ...initialProps(type), ...extra });
  return nodeRef(document.at(id));
}

function createPage(run: Run): HostRef {
  mayWrite(run, '0:0', 'createPage');
  const pages = run.document.children('0:0').length;
  if (run.plan === 'starter' && pages >= 3) {
    refuse('createPage', 'The Starter plan only comes with 3 pages. Upgrade to Professional for unlimited pages.');
  }
  const id = run.document.nextId(run.user.session);
  run.document.create(id, 'PAGE', '0:0', pages, { ...initialProps('PAGE'), name: `Page ${pages + 1}` });
  run.loadedPages.add(id);
  return nodeRef(run.document.at(id));
}

const creating = Object.fromEntries(
  Object.entries({
    createRectangle: 'RECTANGLE',
    createEllipse: 'ELLIPSE',
    createLine: 'LINE',
    createPolygon: 'POLYGON',
    createStar: 'STAR',
    createVector: 'VECTOR',
    createText: 'TEXT',
    createFrame: 'FRAME',
    createComponent: 'COMPONENT',
    createSection: 'SECTION',
    createSlice: 'SLICE',
    createBooleanOperation: 'BOOLEAN_OPERATION',
  }).map(([name, type]) => [name, (run: Run) => create(run, type, name)]),
);

const combining = Object.fromEntries(
  ['union', 'subtract', 'intersect', 'exclude'].map((name) => [
    name,
    (run: Run, _id: string, nodes: unknown, parent: unknown, index: unknown) => {
      const operation = name.toUpperCase();
      const title = name[0].toUpperCase() + name.slice(1);
      return gather(run, 'BOOLEAN_OPERATION', name, nodes, parent, index, { booleanOperation: operation, name: title });
    },
  ]),
);

const synchronous = Object.fromEntries(
  Object.entries({
    getNodeById: 'figma.getNodeByIdAsync',
    getStyleById: 'figma.getStyleByIdAsync',
    getLocalPaintStyles: 'figma.getLocalPaintStylesAsync',
    getLocalTextStyles: 'figma.getLocalTextStylesAsync',
    getLocalEffectStyles: 'figma.getLocalEffectStylesAsync',
    getLocalGridStyles: 'figma.getLocalGridStylesAsync',
    getFileThumbnailNode: 'figma.getFileThumbnailNodeAsync',
  }).map(([name, instead]) => [
    name,
    (run: Run, _: string, id: unknown) => {
      if (!run.isPrivileged) refuse(name, dynamicPage(instead));
      if (name !== 'getNodeById') return [];
      const node = run.document.find(String(id));
      return node === null ? null : nodeRef(node);
    },
  ]),
);

export const figmaGlobal: HostModel = {
  title: 'figma',
  get: {
    apiVersion: () => '1.0.0',
    command: (run) => run.command,
    editorType: (run) => run.editorType,
    mode: () => 'default',
    pluginId: (run) => run.pluginId ?? undefined,
    fileKey: () => undefined,
    root: (run) => nodeRef(run.document.at('0:0')),
    currentPage,
    mixed: () => mixed,
    ui: () => one('ui'),
    clientStorage: () => one('clientStorage'),
    viewport: () => one('viewport'),
    parameters: () => one('parameters'),
    skipInvisibleInstanceChildren: (run) => run.skipsInvisible,
    hasMissingFont: () => false,
  },
  set: {
    currentPage(run, _, page) {
      if (!run.isPrivileged) refuse('set_currentPage', dynamicPage('figma.setCurrentPageAsync'));
      if (page instanceof HostRef) run.user.currentPage = page.id;
    },
    skipInvisibleInstanceChildren(run, _, skips) {
      run.skipsInvisible = skips === true;
    },
  },
  call: {
    ...creating,
    ...combining,
    ...synchronous,
    createPage: (run) => createPage(run),
    createPageDivider(run, _, name: unknown) {
      const page = createPage(run);
      run.document.setProps(page.id, { isPageDivider: true, name: typeof name === 'string' ? name : '---' });
      return page;
    },
    createComponentFromNode(run, _, node: HostRef) {
      const from = present(run, node.id, 'createComponentFromNode');
      mayWrite(run, from.id, 'createComponentFromNode');
      const { document } = run;
      const component = create(run, 'COMPONENT', 'createComponentFromNode');
      const { layoutPositioning: _p, ...props } = from.props;
      document.setProps(component.id, { ...props, ...(from.type === 'FRAME' ? {} : { fills: [] }) });
      put(document, from.parent!, document.children(from.parent!).indexOf(from.id) + 1, component.id);
      if (from.type === 'FRAME') {
        for (const child of [...document.children(from.id)]) put(document, component.id, document.children(component.id).length, child);
        document.delete(from.id);
      } else {
        put(document, component.id, 0, from.id);
        document.setProp(from.id, 'relativeTransform', [
          [1, 0, 0],
          [0, 1, 0],
        ]);
      }
      return component;
    },
    combineAsVariants(run, _, nodes: unknown, parent: unknown, index: unknown) {
      return gather(run, 'COMPONENT_SET', 'combineAsVariants', nodes, parent, index);
    },
    group: (run, _, nodes: unknown, parent: unknown, index: unknown) => gather(run, 'GROUP', 'group', nodes, parent, index),
    ungroup: (run, _, node: HostRef) => ungroup(run, node.id),
    async getNodeByIdAsync(run, _, id: unknown) {
      const node = run.document.find(textOf(id, 'id', 'getNodeByIdAsync'));
      return node === null ? null : nodeRef(node);
    },
    async setCurrentPageAsync(run, _, page: unknown) {
      if (!(page instanceof HostRef) || page.type !== 'PAGE') refuse('setCurrentPageAsync', 'Expected page');
      present(run, page.id, 'setCurrentPageAsync');
      run.loadedPages.add(page.id);
      run.user.currentPage = page.id;
    },
    async loadAllPagesAsync(run) {
      for (const page of run.document.children('0:0')) run.loadedPages.add(page);
    },
    createImage: (run, _, bytes: unknown) => new HostRef('image', createImage(run.document, bytes)),
    getImageByHash(run, _, hash: unknown) {
      const known = textOf(hash, 'hash', 'getImageByHash');
      return run.document.images.has(known) ? new HostRef('image', known) : null;
    },
    base64Encode: (_run, _, bytes: unknown) => Buffer.from(bytesOf(bytes, 'base64Encode')).toString('base64'),
    base64Decode(_run, _, text: unknown) {
      const encoded = textOf(text, 'data', 'base64Decode');
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded) || encoded.length % 4 !== 0) refuse('base64Decode', 'Invalid base64 string');
      return new Uint8Array(Buffer.from(encoded, 'base64'));
    },
    showUI(run, _, html: unknown, options: unknown) {
      const {
        width = 300,
        height = 200,
        title = null,
        visible = true,
        themeColors = false,
        position = null,
      } = (options ?? {}) as Record<string, never>;
      run.ui.open({
        html: textOf(html, 'html', 'showUI'),
        width: Math.max(70, Number(width)),
        height: Math.max(0, Number(height)),
        title,
        isVisible: visible,
        themeColors,
        position,
      });
    },
    closePlugin: (run, _, message: unknown) => run.close(typeof message === 'string' ? message : null),
    notify: (run, _, message: unknown, options: unknown) => notify(run, message, options),
    commitUndo: (run) => run.user.journal.commit(),
    triggerUndo: (run) => run.undo(),
    async saveVersionHistoryAsync(run, _, title: unknown, description: unknown) {
      const version = {
        id: String(run.log.versions.length + 1),
        title: textOf(title, 'title', 'saveVersionHistoryAsync'),
        description: String(description ?? ''),
      };
      run.log.versions.push(version);
      return { id: version.id };
    },
    openExternal(run, _, url: unknown) {
      run.log.opened.push(textOf(url, 'url', 'openExternal'));
    },
    on(run, _, name: string, heard: never) {
      mayListen(run, name, 'on');
      run.events.on(name, heard);
    },
    once(run, _, name: string, heard: never) {
      mayListen(run, name, 'once');
      run.events.on(name, heard, true);
    },
    off: (run, _, name: string, heard: never) => run.events.off(name, heard),
    async loadFontAsync(run, _, font: unknown) {
      if (!isPlain(font)) refuse('loadFontAsync', 'Expected "fontName" to have type object');
      const { family, style } = font as { family: string; style: string };
      if (!run.installedFonts.some((one) => one.family === family && one.style === style)) {
        refuse('loadFontAsync', `The font "${family} ${style}" could not be loaded`);
      }
      run.fonts.add(`${family} ${style}`);
    },
    listAvailableFontsAsync: async (run) => run.installedFonts.map((fontName) => ({ fontName })),
    async importComponentByKeyAsync(run, _, key: unknown) {
      for (const node of run.document.all()) {
        if (node.type === 'COMPONENT' && node.props.key === key && isRemote(run.document, node.id)) return nodeRef(node);
      }
      refuse('importComponentByKeyAsync', `Component with key "${key}" not found`);
    },
    getLocalPaintStylesAsync: async () => [],
    getLocalTextStylesAsync: async () => [],
    getLocalEffectStylesAsync: async () => [],
    getLocalGridStylesAsync: async () => [],
    getStyleByIdAsync: async () => null,
    getFileThumbnailNodeAsync: async () => null,
  },
  unmodelled: `currentUser activeUsers timer textreview codegen vscode devResources payments util constants motion variables teamLibrary
    annotations buzz createTextPath createNodeFromJSXAsync createPaintStyle createTextStyle createEffectStyle createGridStyle
    createCustomAnimationStyle getSelectionColors importComponentSetByKeyAsync importStyleByKeyAsync createNodeFromSvg createImageAsync
    createVideoAsync createLinkPreviewAsync flatten transformGroup setFileThumbnailNodeAsync loadBrushesAsync getFontFamilyVariationAxes
    listAvailableShaders importShaderById`.split(/\s+/),
};

const events = `selectionchange currentpagechange close run drop documentchange stylechange timerstart timerstop timerpause timerresume
  timeradjust timerdone slidesviewchange canvasviewchange textreview`.split(/\s+/);

function mayListen(run: Run, name: unknown, where: string): void {
  if (typeof name !== 'string' || !events.includes(name)) refuse(where, `"${String(name)}" is not a valid event type`);
  if (name === 'documentchange' && !allPagesLoaded(run)) {
    refuse(where, 'Cannot register documentchange handler in incremental mode without calling figma.loadAllPagesAsync first.');
  }
}
