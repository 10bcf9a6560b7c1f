/**
 * Figma with the plug-in's two halves, in one process: the sandbox's code on the simulator's `figma`, the panel's host at the other
 * end of the simulator's strict messages. What the entry files wire, without a window.
 */
import { encode } from 'fast-png';
import { placeCalls } from '../../figma-plugin/sandbox/placing/placeCalls.ts';
import { sceneCalls } from '../../figma-plugin/sandbox/scene/sceneCalls.ts';
import { createUndoEdge, type UndoEdge } from '../../figma-plugin/sandbox/undoEdge.ts';
import { createFigmaHost, type FigmaHost } from '../../figma-plugin/ui/host/figmaHost.ts';
import type { FigmaNews } from '../../figma-plugin/wire/calls.ts';
import type { HostCalls } from '../../figma-plugin/wire/hostCalls.ts';
import type { Pixels } from '../../shared/core/pixels.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import { answerCalls, type Caller, createCaller, type FromWorker, type ToWorker } from '../../shared/line/line.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { FakeClock } from '../fakes/fakeClock.ts';
import { MainTime } from './mainTime.ts';
import { createFigmaFile, type FigmaFile, type FigmaFileOptions } from './simulator/index.ts';

/** After what changes often, Figma's main thread tells of it when it has been still for so long. */
const newsMs = 150;

export interface OpenFigma {
  readonly file: FigmaFile;
  readonly host: FigmaHost;
  readonly caller: Caller<HostCalls>;
  readonly undoEdge: UndoEdge;
  /** Of Figma's main thread. */
  readonly time: MainTime;
  /** Calls that the panel's side has made, in order. */
  readonly calls: readonly string[];
  /** Times that Figma told of changes. */
  news(): number;
  /** Until all news have been told. */
  rest(): Promise<void>;
}

export function openFigma(options: FigmaFileOptions & { readonly codec?: PictureCodec } = {}): OpenFigma {
  const file = createFigmaFile(options);
  const { figma, plugin } = file;
  figma.showUI('<p></p>', {});
  const toPanel = (message: unknown): void => figma.ui.postMessage(message);
  const tell = (): void => toPanel({ kind: 'news', of: 0, news: { kind: 'scene-changed' } satisfies FigmaNews } satisfies FromWorker);
  const time = new MainTime();
  const undoEdge = createUndoEdge(figma, time.after);
  const answer = answerCalls<HostCalls>(
    { postMessage: toPanel },
    { ...sceneCalls(figma, tell, undoEdge, time.after), ...placeCalls(figma, undoEdge) },
  );
  figma.ui.onmessage = (message) => answer(message as ToWorker);

  const calls: string[] = [];
  let told = 0;
  const caller = createCaller<HostCalls>(
    {
      postMessage(message) {
        const { kind } = message as ToWorker;
        if (kind === 'call') calls.push((message as { what: string }).what);
        plugin.ui.send(message);
      },
    },
    (_, news) => {
      told++;
      host.hear(news as FigmaNews);
    },
  );
  plugin.ui.onReceived = (message) => caller.hear(message as FromWorker);
  plugin.ui.ready();
  const host = createFigmaHost(caller, { codec: options.codec ?? createNodeCodec(), clock: new FakeClock() });
  return {
    file,
    host,
    caller,
    undoEdge,
    time,
    calls,
    news: () => told,
    async rest() {
      await file.settled();
      time.pass(newsMs);
      await file.settled();
    },
  };
}

export const pngOf = ({ width, height, data }: Pixels): Uint8Array =>
  encode({ width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.length), channels: 4 });
