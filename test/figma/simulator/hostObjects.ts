/** The smaller objects of Figma besides nodes: what is read, written and called on them. */
import { clientStorageMethods } from './clientStorage.ts';
import { figmaGlobal } from './figmaGlobal.ts';
import { absoluteBox } from './geometry.ts';
import type { HostModel } from './hostModel.ts';
import { around } from './matrix.ts';
import { present } from './nodeRules.ts';
import type { Run } from './run.ts';
import { type HostRef, refuse } from './values.ts';

const ui: HostModel = {
  title: 'figma.ui',
  get: { onmessage: (run) => run.events.assignedTo('ui:message') },
  set: {
    onmessage(run, _, heard) {
      run.events.replaceOnly('ui:message', typeof heard === 'function' ? (heard as never) : null);
    },
  },
  call: {
    postMessage: (run, _, message: unknown) => run.ui.post(message),
    show: (run) => run.ui.change({ isVisible: true }, 'show'),
    hide: (run) => run.ui.change({ isVisible: false }, 'hide'),
    resize: (run, _, width: number, height: number) => run.ui.change({ width: Math.max(70, width), height: Math.max(0, height) }, 'resize'),
    reposition: (run, _, x: number, y: number) => run.ui.change({ position: { x, y } }, 'reposition'),
    getPosition: () => ({ windowSpace: { x: 0, y: 0 }, canvasSpace: { x: 0, y: 0 } }),
    close: (run) => run.ui.close(),
    on: (run, _, name: string, heard: never) => run.events.on(`ui:${name}`, heard),
    once: (run, _, name: string, heard: never) => run.events.on(`ui:${name}`, heard, true),
    off: (run, _, name: string, heard: never) => run.events.off(`ui:${name}`, heard),
  },
};

const clientStorage: HostModel = {
  title: 'figma.clientStorage',
  get: {},
  call: Object.fromEntries(
    Object.entries(clientStorageMethods).map(([name, method]) => [
      name,
      async (run: Run, _: string, ...given: never[]) => method(run, ...given),
    ]),
  ),
};

const viewport: HostModel = {
  title: 'figma.viewport',
  get: {
    center: (run) => run.user.viewport.center,
    zoom: (run) => run.user.viewport.zoom,
    bounds: ({ user }) => viewBounds(user.viewport),
  },
  set: {
    center(run, _, center) {
      run.user.viewport = { ...run.user.viewport, center: center as { x: number; y: number } };
    },
    zoom(run, _, zoom) {
      run.user.viewport = { ...run.user.viewport, zoom: zoom as number };
    },
  },
  call: {
    scrollAndZoomIntoView(run, _, nodes: readonly HostRef[]) {
      const ids = nodes.map((node) => present(run, node.id, 'scrollAndZoomIntoView').id);
      run.log.shown.push(ids);
      const box = around(ids.map((id) => absoluteBox(run.document, id)));
      if (box === null) return;
      const center = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      run.user.viewport = { center, zoom: Math.min(1, viewWidth / (box.width || 1), viewHeight / (box.height || 1)) };
    },
  },
};

const [viewWidth, viewHeight] = [1440, 900];

function viewBounds({ center, zoom }: { readonly center: { readonly x: number; readonly y: number }; readonly zoom: number }) {
  const [width, height] = [viewWidth / zoom, viewHeight / zoom];
  return { x: center.x - width / 2, y: center.y - height / 2, width, height };
}

const parameters: HostModel = {
  title: 'figma.parameters',
  get: {},
  call: {
    on: (run, _, name: string, heard: never) => run.events.on(`parameters:${name}`, heard),
    once: (run, _, name: string, heard: never) => run.events.on(`parameters:${name}`, heard, true),
    off: (run, _, name: string, heard: never) => run.events.off(`parameters:${name}`, heard),
  },
};

const image: HostModel = {
  title: 'image',
  get: { hash: (_, hash) => hash },
  call: {
    async getBytesAsync(run, hash) {
      return stored(run, hash, 'getBytesAsync').bytes.slice();
    },
    async getSizeAsync(run, hash) {
      const { width, height } = stored(run, hash, 'getSizeAsync');
      return { width, height };
    },
  },
};

function stored(run: Run, hash: string, where: string) {
  const found = run.document.images.get(hash);
  if (found === undefined || found.isLost) refuse(where, `Image with hash "${hash}" could not be loaded`);
  return found;
}

const notification: HostModel = {
  title: 'notification',
  get: {},
  call: { cancel: (run, id) => run.log.notifications[Number(id)].dequeue('dismiss') },
};

const droppedFile: HostModel = {
  title: 'file',
  get: { name: (run, id) => run.droppedFiles[Number(id)].name, type: (run, id) => run.droppedFiles[Number(id)].type },
  call: {
    getBytesAsync: async (run, id) => run.droppedFiles[Number(id)].bytes.slice(),
    getTextAsync: async (run, id) => Buffer.from(run.droppedFiles[Number(id)].bytes).toString('utf8'),
  },
};

const suggestions: HostModel = {
  title: 'result',
  get: {},
  call: {
    setSuggestions(run, id, list: unknown) {
      if (!Array.isArray(list)) refuse('setSuggestions', 'Property "suggestions" failed validation: Expected array');
      run.answers[Number(id)].suggestions = list;
    },
    setError(run, id, message: string) {
      run.answers[Number(id)].error = message;
    },
    setLoadingMessage(run, id, message: string) {
      run.answers[Number(id)].loading = message;
    },
  },
};

export const hostModels: Readonly<Record<string, HostModel>> = {
  figma: figmaGlobal,
  ui,
  clientStorage,
  viewport,
  parameters,
  image,
  notification,
  droppedFile,
  suggestions,
};
