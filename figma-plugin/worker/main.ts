/** Entry of the panel's worker, in which composing is done. Nothing is decided here. */
import { answerCalls } from '../../shared/line/line.ts';
import { type ComposingCalls, composingAnswers } from '../../shared/threads/composing.ts';
import { workerClock } from '../../shared/threads/workerClock.ts';

declare const self: DedicatedWorkerGlobalScope;

const hear = answerCalls<ComposingCalls>(self, composingAnswers(workerClock));
self.onmessage = ({ data }) => hear(data);
