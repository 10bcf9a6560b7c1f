import type { FromWorker } from '../../shared/line/line.ts';

/** From a blob, because the panel is one file. Raises where workers are forbidden; `gone` is told when it cannot be loaded or breaks off. */
export function startWorker(hear: (message: FromWorker) => void, gone: (why: string) => void): Worker {
  const address = URL.createObjectURL(new Blob([builtWorkerSource], { type: 'text/javascript' }));
  const worker = new Worker(address);
  const loaded = (): void => URL.revokeObjectURL(address);
  worker.onmessage = ({ data }) => {
    loaded();
    hear(data);
  };
  worker.onmessageerror = () => gone('a message of the worker could not be read');
  worker.onerror = (event) => {
    event.preventDefault();
    loaded();
    gone(event.message || 'the worker could not be loaded');
  };
  return worker;
}
