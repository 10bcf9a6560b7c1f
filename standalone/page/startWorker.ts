import type { FromWorker } from '../../shared/line/line.ts';

/** Raises where workers are forbidden; `gone` is told when it cannot be loaded or breaks off. */
export function startWorker(hear: (message: FromWorker) => void, gone: (why: string) => void): Worker {
  const worker = new Worker(new URL('worker.js', document.baseURI), { type: 'module' });
  worker.onmessage = ({ data }) => hear(data);
  worker.onmessageerror = () => gone('a message of the worker could not be read');
  worker.onerror = (event) => {
    event.preventDefault();
    gone(event.message || 'the worker could not be loaded');
  };
  return worker;
}
