/** Entry of the page's worker. Nothing is decided here. */
import { createBrowserCodec } from '../../shared/codecs/browserCodec.ts';
import { answerCalls, type FromWorker } from '../../shared/line/line.ts';
import { type ComposingCalls, composingAnswers } from '../../shared/threads/composing.ts';
import { workerClock } from '../../shared/threads/workerClock.ts';
import { openDocument } from '../documents/openDocument.ts';
import { type DocumentCalls, documentAnswers } from './documents.ts';

declare const self: DedicatedWorkerGlobalScope;

const documents = documentAnswers(openDocument, createBrowserCodec(), (of, news) =>
  self.postMessage({ kind: 'news', of, news } satisfies FromWorker),
);
const hear = answerCalls<ComposingCalls & DocumentCalls>(self, { ...composingAnswers(workerClock), ...documents });
self.onmessage = ({ data }) => hear(data);
