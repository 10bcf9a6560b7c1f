/** Entry of the page's worker. Nothing is decided here. */
import { composingAnswers } from './composing.ts';
import { answerCalls } from './line.ts';
import { workerClock } from './workerClock.ts';

declare const self: DedicatedWorkerGlobalScope;

const hear = answerCalls(self, composingAnswers(workerClock));
self.onmessage = ({ data }) => hear(data);
