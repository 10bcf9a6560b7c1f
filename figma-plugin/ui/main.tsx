/** Entry of the panel in Figma: makes the ports, and mounts. Nothing is decided here. */
import { browserClock, browserIds } from '../../shared/browser/browserPorts.ts';
import { createBrowserCodec } from '../../shared/codecs/browserCodec.ts';
import { lineToWorker } from '../../shared/line/line.ts';
import { type CodingCalls, codecInWorker } from '../../shared/threads/coding.ts';
import { type ComposingCalls, layOverInWorker } from '../../shared/threads/composing.ts';
import { createFigmaHost } from './host/figmaHost.ts';
import { mountPanel } from './mountPanel.tsx';
import { lineToParent } from './parentLine.ts';
import { startWorker } from './startWorker.ts';
import { openFigmaHistory } from './store/figmaHistory.ts';
import { createFigmaSettings } from './store/figmaSettings.ts';

const worker = lineToWorker<ComposingCalls & CodingCalls>({ start: startWorker, clock: browserClock });
const byItself = (what: string) => (cause: unknown) => console.info(`${what} without a worker, which holds the panel up:`, cause);
const codec = codecInWorker(worker, createBrowserCodec(), byItself('Encoding and decoding'));
const line = lineToParent((news) => {
  host.hear(news);
  if (news.kind !== 'scene-changed') void mounted.then((panel) => panel.hear(news));
});
const host = createFigmaHost(line, { codec, clock: browserClock });
const settings = createFigmaSettings(line);
const mounted = mountPanel({
  line,
  host,
  settings,
  codec,
  openHistory: (onMerged) => openFigmaHistory({ host, line, settings, ids: browserIds, codec, clock: browserClock }, onMerged),
  layOver: layOverInWorker(worker, byItself('Composing')),
  serviceUrl: builtServiceUrl,
  root: document.querySelector('#retake') as HTMLElement,
});
