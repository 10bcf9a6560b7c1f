/** Entry of the page: makes the ports, joins session and panel, and mounts. Nothing is decided here. */
import { render } from 'preact';
import { browserClock, browserIds, browserNetwork } from '../../shared/browser/browserPorts.ts';
import { surfaceOf, thumbnailOf } from '../../shared/browser/surface.ts';
import { createBrowserCodec } from '../../shared/codecs/browserCodec.ts';
import { neverAborted } from '../../shared/core/abort.ts';
import { editLayer } from '../../shared/core/edit/editLayer.ts';
import { placeKept } from '../../shared/core/edit/placeKept.ts';
import { lineToWorker } from '../../shared/line/line.ts';
import { chooseModel } from '../../shared/models/chooseModel.ts';
import { testKey } from '../../shared/models/gemini/listModels.ts';
import { createOffline } from '../../shared/models/offline/offlineModel.ts';
import { vocabulary } from '../../shared/models/offline/vocabulary.ts';
import { browserCss } from '../../shared/panel/browserCss.ts';
import { createPanelController, type PanelController } from '../../shared/panel/controller.ts';
import { panelCss } from '../../shared/panel/panelCss.ts';
import { themeCss } from '../../shared/panel/themes.ts';
import { takeFiles } from '../../shared/takeFiles/takeFiles.ts';
import { type CodingCalls, codecInWorker } from '../../shared/threads/coding.ts';
import { type ComposingCalls, layOverInWorker } from '../../shared/threads/composing.ts';
import { openDocument } from '../documents/openDocument.ts';
import { openInWorker } from '../worker/documents.ts';
import { App } from './app.tsx';
import { createBrowserSettings } from './browserSettings.ts';
import { createDocumentSession } from './documentSession.ts';
import { readPageConfig } from './pageConfig.ts';
import { pageCss } from './pageCss.ts';
import { createPageTheme } from './pageTheme.ts';
import { createRecovery } from './recovery.ts';
import { startWorker } from './startWorker.ts';

const sheet = new CSSStyleSheet();
sheet.replaceSync(themeCss() + panelCss + browserCss + pageCss);
document.adoptedStyleSheets = [sheet];
const theme = createPageTheme();

const config = await readPageConfig();
// Two workers, so that a long composition does not hold up the document's picture.
const byItself = (what: string) => (cause: unknown) => console.warn(`${what} without a worker, which holds the page up:`, cause);
const worker = { start: startWorker, clock: browserClock };
const composer = lineToWorker<ComposingCalls & CodingCalls>(worker);
const layOver = layOverInWorker(composer, byItself('Composing'));
const codec = codecInWorker(composer, createBrowserCodec(), byItself('Encoding and decoding'));
const settings = createBrowserSettings(localStorage);
// '' is Google's own.
const baseUrl = config.baseUrl ?? '';
const offline = () => createOffline({ codec, clock: browserClock });
const asked = { chooseFile: () => {}, chooseLayer: () => {}, drawRegion: () => {} };

/** Bytes are copied into a blob; in pieces of some milliseconds, a blob of blobs is made without a copy. */
async function blobOf(bytes: Uint8Array): Promise<Blob> {
  const pieces: Blob[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    if (at > 0) await browserClock.sleep(0, neverAborted);
    pieces.push(new Blob([bytes.subarray(at, at + pieceBytes) as Uint8Array<ArrayBuffer>]));
  }
  return new Blob(pieces);
}
const pieceBytes = 4 << 20;

async function download(name: string, bytes: Uint8Array): Promise<void> {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await blobOf(bytes));
  link.download = name;
  link.click();
  // The browser needs the address until the download has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

let panel: PanelController;
const session = createDocumentSession({
  openDocument: openInWorker({ ...worker, onFallback: byItself('Opening') }, openDocument),
  codec,
  clock: browserClock,
  ids: browserIds,
  layOver,
  recovery: createRecovery({ ids: browserIds, codec }, browserClock.now),
  takeLayers: () => panel.takeLayers(),
  onHistoryWritten: () => panel.refresh(),
  onMerged: async (take, composition) => {
    await panel.keepEvidence(take, composition);
    await panel.refresh();
  },
  onOpened: (host, store) => panel.attach({ host, store }),
});
panel = createPanelController({
  settings,
  clock: browserClock,
  ids: browserIds,
  codec,
  editLayer,
  placeKept,
  layOver,
  chooseModel: ({ entry, apiKey }) => chooseModel({ entry, apiKey, baseUrl, codec, clock: browserClock, offline }),
  testKey: (apiKey, signal) => testKey({ apiKey, baseUrl, clock: browserClock }, signal),
  thumbnail: (pixels, sidePx) => thumbnailOf(surfaceOf(pixels), sidePx),
  takeFiles: takeFiles({ codec, clock: browserClock }),
  pictureAddress: (bytes) => URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>])),
  releaseAddress: (address) => URL.revokeObjectURL(address),
  environmentKey: config.apiKey,
  offlineVocabulary: vocabulary().map(({ does, examples }) => ({ does, example: examples[0] })),
  network: browserNetwork,
  service: baseUrl === '' ? 'Google' : baseUrl.replace(/^https?:\/\//, '').replace(/\/.*$/, ''),
  hostActions: {
    can: { toggle: true, undo: true, drawRegion: true, chooseFile: true, chooseLayer: true, copyTakes: true },
    setVisible: session.setVisible,
    select: session.select,
    handOver: download,
    undo: session.undo,
    clearRegion: () => session.setRegion(null),
    drawRegion: () => asked.drawRegion(),
    chooseFile: () => asked.chooseFile(),
    chooseLayer: () => asked.chooseLayer(),
    thumbnailOf: session.thumbnailOf,
  },
});
let marked = panel.takeLayers();
panel.subscribe(() => {
  if (panel.takeLayers() === marked) return;
  marked = panel.takeLayers();
  session.refresh();
});
await panel.load();

render(
  <App
    session={session}
    panel={panel}
    isApple={/mac|iphone|ipad/i.test(navigator.platform)}
    theme={theme}
    readSample={async () => {
      const answer = await fetch('astronaut.png');
      return answer.ok ? { name: 'astronaut.png', bytes: new Uint8Array(await answer.arrayBuffer()) } : null;
    }}
    download={download}
    wire={(given) => Object.assign(asked, given)}
  />,
  document.querySelector('#app') as HTMLElement,
);
if (config.document !== null) void session.open(config.document.name, config.document.bytes);
