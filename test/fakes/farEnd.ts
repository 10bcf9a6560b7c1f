/** A worker in this thread: messages are copied as a real one's are, and buffers that are given away are gone. */
import { type Answers, answerCalls, type Calls, type FromWorker, type ToWorker, type WorkerStart } from '../../shared/line/line.ts';

/** Sees each message before the far end does; true keeps it from it. `gone` breaks the line. */
export type Intercept = (message: ToWorker, gone: (why: string) => void) => boolean;

export function startFarEnd<C extends Calls>(
  answers: (tell: (of: number, news: unknown) => void) => Answers<C>,
  intercept: Intercept = () => false,
): WorkerStart['start'] {
  return (hear, gone) => {
    const back = {
      postMessage: (message: unknown, transfer: object[]) => {
        const copy: FromWorker = structuredClone(message as FromWorker, { transfer: transfer as ArrayBuffer[] });
        setTimeout(() => hear(copy));
      },
    };
    const answer = answerCalls<C>(
      back,
      answers((of, news) => back.postMessage({ kind: 'news', of, news }, [])),
    );
    return {
      postMessage: (message: unknown, transfer: object[]) => {
        const copy: ToWorker = structuredClone(message as ToWorker, { transfer: transfer as ArrayBuffer[] });
        setTimeout(() => intercept(copy, gone) || answer(copy));
      },
      terminate: () => {},
    };
  };
}
