import { hostContract } from './hostContract.ts';
import { MemoryHost } from './memoryHost.ts';

hostContract(
  'The host in memory',
  async (plan) => {
    const host = new MemoryHost(plan);
    return { host, select: (selection) => host.select(selection), undo: () => host.undo() };
  },
  { masks: true, groups: true, undo: true, tolerance: 0 },
);
