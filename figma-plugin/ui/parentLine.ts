/** The line from the panel to Figma's main thread. What other windows send, and what is not ours, is not listened to. */
import type { AbortSignal } from '../../shared/core/abort.ts';
import { neverAborted } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { err, type Result } from '../../shared/core/result.ts';
import { type Caller, createCaller, type FromWorker } from '../../shared/line/line.ts';
import type { FigmaCalls, FigmaNews } from '../wire/calls.ts';

export function lineToParent(onNews: (news: FigmaNews) => void): Caller<FigmaCalls> {
  const caller = createCaller<FigmaCalls>({ postMessage: (message) => parent.postMessage({ pluginMessage: message }, '*') }, (_of, news) =>
    onNews(news as FigmaNews),
  );
  addEventListener('message', ({ source, data }: MessageEvent<unknown>) => {
    // The panel's origin is null, and Figma names no other to check: only the window that holds this one can be Figma.
    if (source !== parent || typeof data !== 'object' || data === null || !('pluginMessage' in data)) return;
    if (isOurs(data.pluginMessage)) caller.hear(data.pluginMessage);
  });
  return caller;
}

function isOurs(message: unknown): message is FromWorker {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return false;
  if (message.kind === 'news') return 'news' in message && typeof message.news === 'object' && message.news !== null;
  return (message.kind === 'answer' || message.kind === 'raised') && 'id' in message && typeof message.id === 'number';
}

/** One call whose raised errors are failures too: a main thread that has gone, an answer that cannot be sent. */
export async function asked<K extends keyof FigmaCalls>(
  line: Pick<Caller<FigmaCalls>, 'call'>,
  what: K,
  ask: FigmaCalls[K]['ask'],
  signal: AbortSignal = neverAborted,
): Promise<FigmaCalls[K]['answer'] | Result<never, Failure>> {
  try {
    return await line.call(what, ask, signal);
  } catch (cause) {
    // What was raised there comes with its trace.
    const [message] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    return err({ kind: 'host', operation: 'Asking Figma', message });
  }
}
