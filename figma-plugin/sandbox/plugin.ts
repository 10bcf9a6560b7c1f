/** Figma's main thread: what the panel asks is answered, and what happens in the file is told. Nothing is decided here. */
import { answerCalls, type FromWorker, type ToWorker } from '../../shared/line/line.ts';
import type { FigmaCalls, FigmaNews } from '../wire/calls.ts';
import { panelSizeKey, readPanelSize } from '../wire/panelSize.ts';
import { readCommand, suggestInstructions } from './commands.ts';
import { createPanelWindow } from './panelCalls.ts';
import { placeCalls } from './placing/placeCalls.ts';
import { sceneCalls } from './scene/sceneCalls.ts';
import { getSetting } from './store/settings.ts';
import { storeCalls } from './store/storeCalls.ts';
import { createUndoEdge } from './undoEdge.ts';

export function startPlugin(figma: PluginAPI, html: string): void {
  let hasWindow = false;
  let isOver = false;
  // Without a window, and once the plug-in was closed, Figma raises; then there is nobody to tell.
  const post = (message: FromWorker): void => {
    if (hasWindow) figma.ui.postMessage(message);
  };
  figma.on('close', () => {
    hasWindow = false;
    isOver = true;
  });
  const tell = (news: FigmaNews): void => post({ kind: 'news', of: 0, news });
  const settings = { get: (key: string) => getSetting(figma, key) };
  const undoEdge = createUndoEdge(figma);
  const window = createPanelWindow(figma, html, tell);
  const scene = sceneCalls(figma, () => tell({ kind: 'scene-changed' }), undoEdge);
  const hear = answerCalls<FigmaCalls>(
    { postMessage: (message) => post(message as FromWorker) },
    { ...scene, ...placeCalls(figma, undoEdge), ...storeCalls(figma, undoEdge), ...window.answers },
  );

  figma.ui.onmessage = (message: unknown) => {
    if (isOurs(message)) hear(message);
  };
  // `skipInvisibleInstanceChildren` stays off: with it, hidden layers of instances cannot be read, and one that is held raises.
  suggestInstructions(figma, settings);
  figma.on('run', async (event) => {
    const size = await settings.get(panelSizeKey);
    if (isOver) return;
    window.start(readCommand(event as RunParametersEvent), readPanelSize(size.ok ? size.value : null));
    hasWindow = true;
  });
}

const isOurs = (message: unknown): message is ToWorker =>
  typeof message === 'object' &&
  message !== null &&
  'kind' in message &&
  'id' in message &&
  typeof message.id === 'number' &&
  (message.kind === 'call' || message.kind === 'abort');
