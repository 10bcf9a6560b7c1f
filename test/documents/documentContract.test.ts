import { neverAborted } from '../../shared/core/abort.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { hostContract } from '../contracts/hostContract.ts';
import { MemoryHost } from '../contracts/memoryHost.ts';
import { buildPsd } from './buildPsd.ts';
import { valueIn } from './valueIn.ts';

for (const psb of [false, true]) {
  hostContract(
    psb ? 'A document from a PSB' : 'A document from a PSD',
    async (plan) => {
      const bounds = { x: 0, y: 0, ...plan.extent };
      const merged = valueIn(await new MemoryHost(plan).readPixels({ of: 'visible', bounds }, neverAborted)).pixels;
      const host = valueIn(
        await openDocument(buildPsd(plan, { psb, merged }), `contract.${psb ? 'psb' : 'psd'}`, createNodeCodec(), neverAborted),
      );
      return { host, select: (selection) => host.select(selection), undo: () => host.undo() };
    },
    { masks: true, groups: true, undo: true, tolerance: 0 },
  );
}
