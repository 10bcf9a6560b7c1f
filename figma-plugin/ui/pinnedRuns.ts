/**
 * Runs that stay with what they were started on: each gets a host that is pinned to its layer, and shows on the canvas where
 * the take will be until it is there, or until it is known that none comes.
 */
import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import type { Host, LayerRef } from '../../shared/core/host.ts';
import type { Result } from '../../shared/core/result.ts';
import type { PanelPorts } from '../../shared/panel/ports.ts';
import type { FigmaPanelHost } from './panelHost.ts';

export function pinnedRuns(
  panelHost: Pick<FigmaPanelHost, 'pin'>,
  walks: Pick<PanelPorts, 'editLayer' | 'placeKept'>,
): Pick<PanelPorts, 'editLayer' | 'placeKept'> {
  async function pinned<T>(
    of: LayerRef | 'visible',
    name: string,
    signal: AbortSignal,
    work: (host: Host) => Promise<Result<T, Failure>>,
  ): Promise<Result<T, Failure>> {
    const pin = await panelHost.pin(of, signal);
    if (!pin.ok) return pin;
    await pin.value.showPlaceholder(name);
    try {
      return await work(pin.value.host);
    } finally {
      await pin.value.dropPlaceholder();
    }
  }

  return {
    editLayer: (ports, ask, signal, onProgress) =>
      pinned(ask.of, ask.instruction, signal, async (host) => {
        // What is selected may be another layer, with a region in another grid.
        const own = await host.selection();
        return own.ok ? walks.editLayer({ ...ports, host }, { ...ask, region: own.value.region }, signal, onProgress) : own;
      }),
    async placeKept(ports, ask, signal, onProgress) {
      const read = await readHistory(ports.store);
      if (!read.ok) return read;
      const take = read.value.history.takes.get(ask.take);
      // The walk says what is missing.
      if (take === undefined) return walks.placeKept(ports, ask, signal, onProgress);
      return pinned(take.source.of, take.instruction, signal, (host) => walks.placeKept({ ...ports, host }, ask, signal, onProgress));
    },
  };
}
