import { neverAborted } from '../../shared/core/abort.ts';
import { nodeClock } from '../../standalone/command/nodeClock.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import type { OpenDocument } from '../../standalone/documents/document.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { type DocumentCalls, documentAnswers, openInWorker } from '../../standalone/worker/documents.ts';
import { hostContract } from '../contracts/hostContract.ts';
import { MemoryHost } from '../contracts/memoryHost.ts';
import { startFarEnd } from '../fakes/farEnd.ts';
import { buildPsd } from './buildPsd.ts';
import { valueIn } from './valueIn.ts';

const codec = createNodeCodec();

/** As the page has it: the document is at the far end of a line. */
const openAtFarEnd: OpenDocument = openInWorker(
  {
    start: startFarEnd<DocumentCalls>((tell) => documentAnswers(openDocument, codec, tell, () => [])),
    clock: nodeClock,
    onFallback: (cause) => {
      throw cause;
    },
  },
  openDocument,
);

const kinds: readonly (readonly [name: string, psb: boolean, open: OpenDocument])[] = [
  ['A document from a PSD', false, openDocument],
  ['A document from a PSB', true, openDocument],
  ['A document in a worker', false, openAtFarEnd],
];

for (const [name, psb, open] of kinds) {
  hostContract(
    name,
    async (plan) => {
      const bounds = { x: 0, y: 0, ...plan.extent };
      const merged = valueIn(await new MemoryHost(plan).readPixels({ of: 'visible', bounds }, neverAborted)).pixels;
      const host = valueIn(await open(buildPsd(plan, { psb, merged }), `contract.${psb ? 'psb' : 'psd'}`, codec, neverAborted));
      return { host, select: (selection) => host.select(selection), undo: () => host.undo() };
    },
    { masks: true, groups: true, undo: true, tolerance: 0 },
  );
}
