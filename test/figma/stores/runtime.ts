/**
 * The plug-in's stores as they run in Figma, in this process: the main thread's answers on the simulator, the panel's stores at the
 * other end of its window's messages.
 */
import { expect } from 'vitest';
import { placeCalls } from '../../../figma-plugin/sandbox/placing/placeCalls.ts';
import { sceneCalls } from '../../../figma-plugin/sandbox/scene/sceneCalls.ts';
import { storeCalls } from '../../../figma-plugin/sandbox/store/storeCalls.ts';
import { createUndoEdge, type UndoEdge } from '../../../figma-plugin/sandbox/undoEdge.ts';
import { createFigmaHost, type FigmaHost } from '../../../figma-plugin/ui/host/figmaHost.ts';
import { createFigmaSettings } from '../../../figma-plugin/ui/store/figmaSettings.ts';
import type { StoreLine } from '../../../figma-plugin/ui/store/figmaShelf.ts';
import { createFigmaStore, type FigmaStore } from '../../../figma-plugin/ui/store/figmaStore.ts';
import type { FigmaCalls, FigmaNews } from '../../../figma-plugin/wire/calls.ts';
import type { HostCalls } from '../../../figma-plugin/wire/hostCalls.ts';
import type { StoreCalls } from '../../../figma-plugin/wire/storeCalls.ts';
import { takeNamespace } from '../../../figma-plugin/wire/takeData.ts';
import { readHistory } from '../../../shared/core/history/readHistory.ts';
import type { History } from '../../../shared/core/history/take.ts';
import type { DocumentStore, PictureCodec, Settings } from '../../../shared/core/ports.ts';
import { answerCalls, type Caller, createCaller, type FromWorker, type ToWorker } from '../../../shared/line/line.ts';
import { nodeClock } from '../../../standalone/command/nodeClock.ts';
import { createNodeCodec } from '../../../standalone/command/nodeCodec.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { MainTime } from '../mainTime.ts';
import { createFacade } from '../simulator/facade.ts';
import type { FigmaFile, SimPerson } from '../simulator/index.ts';

/** Called around each message that changes something; whoever raises in it has died. */
export type Step = <T>(work: () => Promise<T>) => Promise<T>;

export interface Runtime {
  readonly person: SimPerson;
  readonly figma: PluginAPI;
  readonly line: StoreLine;
  readonly undoEdge: UndoEdge;
  /** Of Figma's main thread. */
  readonly time: MainTime;
  readonly host: FigmaHost;
  readonly codec: PictureCodec;
  readonly settings: Settings;
  /** The calls that have gone to the main thread. */
  readonly sent: readonly string[];
  /** Whether an answer is waited for: of the main thread, or of the codec. */
  isWaiting(): boolean;
  /** A new sitting; `machine` is the person's name where none is given. */
  store(machine?: string): FigmaStore;
}

const changing: readonly string[] = ['writeTexts', 'keepPicture', 'beginStep', 'place', 'endStep'] satisfies (keyof FigmaCalls)[];

let sittings = 0;

export interface PluginSetup {
  readonly step?: Step;
  /** Told of each method of Figma's that is called, before it is; what it raises, Figma raises. */
  readonly beforeCall?: (method: string) => void;
}

export function startPlugin(person: SimPerson, { step = (work) => work(), beforeCall = () => {} }: PluginSetup = {}): Runtime {
  const plugin = person.run();
  const { operations, ui } = plugin;
  let waiting = 0;
  const awaited = async <T>(work: Promise<T>): Promise<T> => {
    waiting++;
    try {
      return await work;
    } finally {
      waiting--;
    }
  };
  const { figma } = createFacade({
    ...operations,
    call(on, method, given) {
      beforeCall(method);
      return operations.call(on, method, given);
    },
  });
  figma.showUI('<p>Retake</p>', { visible: true });
  ui.ready();
  const sent: string[] = [];
  const time = new MainTime();
  const undoEdge = createUndoEdge(figma, time.after);
  const toPanel = (message: FromWorker): void => figma.ui.postMessage(message);
  const tell = (): void => toPanel({ kind: 'news', of: 0, news: { kind: 'scene-changed' } satisfies FigmaNews });
  const hear = answerCalls<HostCalls & StoreCalls>(
    { postMessage: (message) => toPanel(message as FromWorker) },
    { ...sceneCalls(figma, tell, undoEdge, time.after), ...placeCalls(figma, undoEdge), ...storeCalls(figma, undoEdge) },
  );
  figma.ui.onmessage = (message) => hear(message as ToWorker);
  const caller = createCaller<FigmaCalls>(
    {
      postMessage(message) {
        if ((message as ToWorker).kind === 'call') sent.push((message as ToWorker & { kind: 'call' }).what);
        ui.send(message);
      },
    },
    (_, news) => host.hear(news as FigmaNews),
  );
  ui.onReceived = (message) => caller.hear(message as FromWorker);
  const line: Caller<FigmaCalls> = {
    ...caller,
    call: (what, ask, signal) =>
      awaited(changing.includes(what) ? step(() => caller.call(what, ask, signal)) : caller.call(what, ask, signal)),
  };
  const { decode, encode, ...rest } = createNodeCodec();
  const codec: PictureCodec = {
    ...rest,
    decode: (...given) => awaited(decode(...given)),
    encode: (...given) => awaited(encode(...given)),
  };
  const host = createFigmaHost(line, { codec, clock: nodeClock });
  return {
    person,
    figma,
    line,
    undoEdge,
    time,
    host,
    codec,
    isWaiting: () => waiting > 0 && !plugin.isClosed,
    settings: createFigmaSettings(line),
    sent,
    store: (machine = person.name) => createFigmaStore(line, { machine, sitting: `sitting${++sittings}` }),
  };
}

/** Everything of ours that lies on nodes of the file, for tests that change it behind the plug-in's back. */
export function ourTexts(file: FigmaFile): readonly { readonly node: string; readonly key: string; readonly text: string }[] {
  return file.build((figma) =>
    figma.root
      .findAll(() => true)
      .flatMap((node) =>
        node
          .getSharedPluginDataKeys(takeNamespace)
          .map((key) => ({ node: node.id, key, text: node.getSharedPluginData(takeNamespace, key) })),
      ),
  );
}

export function setOurText(file: FigmaFile, node: string, key: string, text: string): void {
  file.build((figma) => figma.root.findOne(({ id }) => id === node)?.setSharedPluginData(takeNamespace, key, text));
}

/** In which nothing was found damaged. */
export const historyIn = async (store: DocumentStore): Promise<History> => {
  const { history, notes } = valueIn(await readHistory(store));
  expect(notes).toEqual([]);
  return history;
};
