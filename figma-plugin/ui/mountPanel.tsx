/** Joins the panel with Figma: its ports, its window and its commands. */
import { render } from 'preact';
import { browserClock, browserIds, browserNetwork } from '../../shared/browser/browserPorts.ts';
import { surfaceOf, thumbnailOf } from '../../shared/browser/surface.ts';
import { neverAborted } from '../../shared/core/abort.ts';
import { editLayer } from '../../shared/core/edit/editLayer.ts';
import type { LayOver } from '../../shared/core/edit/layOver.ts';
import { placeKept } from '../../shared/core/edit/placeKept.ts';
import { explain, type Failure } from '../../shared/core/failure.ts';
import { createMemoryStore } from '../../shared/core/memoryStore.ts';
import type { DocumentStore, PictureCodec, Settings } from '../../shared/core/ports.ts';
import type { Result } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/line/line.ts';
import { chooseModel } from '../../shared/models/chooseModel.ts';
import { testKey } from '../../shared/models/gemini/listModels.ts';
import { createOffline } from '../../shared/models/offline/offlineModel.ts';
import { vocabulary } from '../../shared/models/offline/vocabulary.ts';
import { browserCss } from '../../shared/panel/browserCss.ts';
import { createPanelController, type PanelController } from '../../shared/panel/controller.ts';
import { panelCss } from '../../shared/panel/panelCss.ts';
import { takeFiles } from '../../shared/takeFiles/takeFiles.ts';
import type { FigmaCalls } from '../wire/calls.ts';
import type { PanelNews, StartedWith } from '../wire/panelCalls.ts';
import { panelSizeKey, panelSizeText } from '../wire/panelSize.ts';
import { App } from './app.tsx';
import { figmaSkin } from './figmaSkin.ts';
import type { FigmaPanelHost } from './panelHost.ts';
import { asked } from './parentLine.ts';
import { pinnedRuns } from './pinnedRuns.ts';
import type { QuickRun } from './quickRun.ts';
import { createSelectionActions } from './selectionActions.ts';
import { follow } from './startedWith.ts';

export interface MountPorts {
  readonly line: Pick<Caller<FigmaCalls>, 'call'>;
  readonly host: FigmaPanelHost;
  readonly settings: Settings;
  readonly codec: PictureCodec;
  /** `onMerged` is told when others have written to the file's history. */
  readonly openHistory: (onMerged: () => void) => Promise<Result<OpenedHistory, Failure>>;
  readonly layOver: LayOver;
  /** Another address of the service; '' for Google's own. */
  readonly serviceUrl: string;
  readonly root: HTMLElement;
}

export interface OpenedHistory {
  readonly store: DocumentStore;
  /** What opening had to say. */
  readonly notes: readonly string[];
  readonly hasRecovered: boolean;
}

export interface MountedPanel {
  readonly panel: PanelController;
  /** Of Figma's window: a notice's button, another command. */
  hear(news: PanelNews): void;
}

/** For the card at two device pixels a pixel. */
const thumbnailSidePx = 112;

const keyHint =
  'In Google Cloud, restrict the key to the Generative Language API. Do not restrict it to websites: Figma’s plug-ins have no address that could be named.';

export async function mountPanel({
  line,
  host,
  settings,
  codec,
  openHistory,
  layOver,
  serviceUrl,
  root,
}: MountPorts): Promise<MountedPanel> {
  document.head.append(Object.assign(document.createElement('style'), { textContent: figmaSkin() + panelCss + browserCss }));
  const clock = browserClock;
  const selection = createSelectionActions(host, settings);
  const offline = () => createOffline({ codec, clock });
  let isShown = true;
  let quick: QuickRun | null = null;

  const tell = (text: string, isError: boolean): void => void asked(line, 'notify', { text, isError, button: null, stays: false });
  const focusInstruction = (): void => root.querySelector<HTMLElement>('#rt-instruction')?.focus();
  const told = (done: Result<unknown, Failure>): void => {
    if (done.ok || done.error.kind === 'cancelled') return;
    const { title, sentence } = explain(done.error);
    tell(`${title}. ${sentence}`, true);
  };

  const panel = createPanelController({
    settings,
    clock,
    ids: browserIds,
    codec,
    ...pinnedRuns(host, { editLayer, placeKept }),
    layOver,
    chooseModel: ({ entry, apiKey }) => chooseModel({ entry, apiKey, baseUrl: serviceUrl, codec, clock, offline }),
    testKey: (apiKey, signal) => testKey({ apiKey, baseUrl: serviceUrl, clock }, signal),
    thumbnail: (pixels, sidePx) => thumbnailOf(surfaceOf(pixels), sidePx),
    takeFiles: takeFiles({ codec, clock }),
    pictureAddress: (bytes) => URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>])),
    releaseAddress: (address) => URL.revokeObjectURL(address),
    environmentKey: null,
    offlineVocabulary: vocabulary().map(({ does, examples }) => ({ does, example: examples[0] })),
    service: serviceUrl === '' ? 'Google' : new URL(serviceUrl).host,
    keyHint,
    noDocument: { title: 'Reading the file', sentence: 'Its takes are looked for.' },
    network: browserNetwork,
    hostActions: {
      can: { toggle: true, undo: true, drawRegion: false, chooseFile: false, chooseLayer: false, copyTakes: false },
      setVisible: (layer, visible) =>
        void host.step(visible ? 'Show a take' : 'Hide a take', neverAborted, (step) => step.setVisible(layer, visible)).then(told),
      select: (of) => {
        if (of !== 'visible') void asked(line, 'select', { nodes: of.split(',') }).then(told);
      },
      handOver(name, bytes) {
        download(name, bytes);
        tell(`${name} went to your browser’s downloads`, false);
      },
      undo: () => void asked(line, 'undo', null).then(told),
      clearRegion: () => host.setRegion(null),
      // In Figma a region is a shape that the user draws, and files are Figma's affair.
      drawRegion: () => {},
      chooseFile: () => {},
      chooseLayer: () => {},
      async thumbnailOf(of, signal) {
        const small = await host.smallPicture(of, thumbnailSidePx, signal);
        return small === null ? null : thumbnailOf(surfaceOf(small), thumbnailSidePx);
      },
      selection,
    },
  });

  const window = {
    get isShown() {
      return isShown;
    },
    showPanel() {
      isShown = true;
      void asked(line, 'showPanel', null);
    },
    notify: (notice: FigmaCalls['notify']['ask']) => void asked(line, 'notify', notice),
    dropNotice: () => void asked(line, 'dropNotice', null),
    close: () => void asked(line, 'close', null),
    focusInstruction,
  };
  const begin = async (started: StartedWith): Promise<void> => {
    isShown ||= started.isPanelShown;
    quick = await follow(started, panel, window);
  };

  await Promise.all([panel.load(), selection.load()]);
  render(
    <App
      panel={panel}
      isApple={/mac|iphone|ipad/i.test(navigator.platform)}
      onResize={(size) => void asked(line, 'resize', { size })}
      onResized={(size) => void settings.set(panelSizeKey, panelSizeText(size)).then(told)}
      openLink={(url) => void asked(line, 'openLink', { url }).then(told)}
    />,
    root,
  );
  const opened = await openHistory(() => void panel.refresh());
  if (!opened.ok) tell(`${explain(opened.error).title}: takes are kept only while the panel is open`, true);
  else if (opened.value.hasRecovered) tell(opened.value.notes.join(' '), false);
  panel.attach({ host, store: opened.ok ? opened.value.store : createMemoryStore() });
  const started = await asked(line, 'started', null);
  if (started.ok) {
    isShown = started.value.isPanelShown;
    await begin(started.value);
  }

  return {
    panel,
    hear(news) {
      switch (news.kind) {
        case 'notice-pressed':
          return quick?.pressed(news.button);
        case 'notice-gone':
          return quick?.gone();
        case 'started':
          return void begin(news);
      }
    },
  };
}

/** The origin of Figma's frames is null: a link with a blob's address is what browsers let download there. */
function download(name: string, bytes: Uint8Array): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  link.download = name;
  link.click();
  // The browser needs the address until the download has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
