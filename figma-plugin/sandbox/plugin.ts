/** Figma's main thread: what the panel asks is answered, and what happens in the file is told. Nothing is decided here. */
import { ok } from '../../shared/core/result.ts';
import { answerCalls, type FromWorker, type ToWorker } from '../../shared/line/line.ts';
import type { FigmaNews } from '../wire/calls.ts';
import type { PanelCalls } from '../wire/panelCalls.ts';
import { panelSizeKey, readPanelSize } from '../wire/panelSize.ts';
import { readCommand, suggestInstructions } from './commands.ts';
import { createPanelWindow } from './panelCalls.ts';
import { type SceneCalls, sceneCalls } from './scene/sceneCalls.ts';

export function startPlugin(figma: PluginAPI, html: string): void {
  const post = (message: FromWorker): void => figma.ui.postMessage(message);
  const tell = (news: FigmaNews): void => post({ kind: 'news', of: 0, news });
  const settings = {
    get: async (key: string) => ok(((await figma.clientStorage.getAsync(`retake.${key}`)) as string | undefined) ?? null),
  };
  const window = createPanelWindow(figma, html, tell);
  const scene = sceneCalls(figma, () => tell({ kind: 'scene-changed' }));
  const hear = answerCalls<SceneCalls & PanelCalls>(
    { postMessage: (message) => post(message as FromWorker) },
    { ...scene, ...window.answers },
  );

  figma.ui.onmessage = (message: unknown) => {
    if (isOurs(message)) hear(message);
  };
  suggestInstructions(figma, settings);
  figma.on('run', async (event) => {
    const size = await settings.get(panelSizeKey);
    window.start(readCommand(event as RunParametersEvent), readPanelSize(size.ok ? size.value : null));
  });
}

const isOurs = (message: unknown): message is ToWorker =>
  typeof message === 'object' &&
  message !== null &&
  'kind' in message &&
  'id' in message &&
  typeof message.id === 'number' &&
  (message.kind === 'call' || message.kind === 'abort');
