/** Entry of the panel's worker, in which composing is done, and pictures are encoded and decoded. Nothing is decided here. */
import { createBrowserCodec } from '../../shared/codecs/browserCodec.ts';
import { answerCalls } from '../../shared/line/line.ts';
import { type CodingCalls, codingAnswers } from '../../shared/threads/coding.ts';
import { type ComposingCalls, composingAnswers } from '../../shared/threads/composing.ts';
import { workerClock } from '../../shared/threads/workerClock.ts';

declare const self: DedicatedWorkerGlobalScope;

const hear = answerCalls<ComposingCalls & CodingCalls>(self, {
  ...composingAnswers(workerClock),
  ...codingAnswers(createBrowserCodec()),
});
self.onmessage = ({ data }) => hear(data);
