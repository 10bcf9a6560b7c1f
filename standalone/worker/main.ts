/** Entry of the page's worker. Nothing is decided here. */
import { createBrowserCodec } from '../../shared/codecs/browserCodec.ts';
import { answerCalls, type FromWorker } from '../../shared/line/line.ts';
import { type CodingCalls, codingAnswers } from '../../shared/threads/coding.ts';
import { type ComposingCalls, composingAnswers } from '../../shared/threads/composing.ts';
import { workerClock } from '../../shared/threads/workerClock.ts';
import { openDocument } from '../documents/openDocument.ts';
import { type DocumentCalls, documentAnswers } from './documents.ts';
import { drawLevels } from './drawLevels.ts';

declare const self: DedicatedWorkerGlobalScope;

const codec = createBrowserCodec();
const tell = (of: number, news: unknown): void => self.postMessage({ kind: 'news', of, news } satisfies FromWorker);
const hear = answerCalls<ComposingCalls & CodingCalls & DocumentCalls>(self, {
  ...composingAnswers(workerClock),
  ...codingAnswers(codec),
  ...documentAnswers(openDocument, codec, tell, drawLevels),
});
self.onmessage = ({ data }) => hear(data);
