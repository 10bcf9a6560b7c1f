/** Entry of the panel in Figma: makes the ports, and mounts. Nothing is decided here. */
import { browserClock, browserIds } from '../../shared/browser/browserPorts.ts';
import { createBrowserCodec } from '../../shared/codecs/browserCodec.ts';
import { layOverInWorker } from '../../shared/threads/composing.ts';
import { createFigmaHost } from './host/figmaHost.ts';
import { mountPanel } from './mountPanel.tsx';
import { lineToParent } from './parentLine.ts';
import { startWorker } from './startWorker.ts';
import { openFigmaHistory } from './store/figmaHistory.ts';
import { createFigmaSettings } from './store/figmaSettings.ts';

const codec = createBrowserCodec();
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
  layOver: layOverInWorker({
    start: startWorker,
    onFallback: (cause) => console.info('Composing without a worker, which holds the panel up:', cause),
  }),
  serviceUrl: builtServiceUrl,
  root: document.querySelector('#retake') as HTMLElement,
});
