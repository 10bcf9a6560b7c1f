/** A real edit, killed after each of its writes to the journal: the next program has what was paid for, and places it. */
import { expect, test, vi } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { editLayer } from '../../shared/core/edit/editLayer.ts';
import { placeKept } from '../../shared/core/edit/placeKept.ts';
import { journaled } from '../../shared/core/history/journaled.ts';
import { openHistory } from '../../shared/core/history/openHistory.ts';
import { createMemoryStore } from '../../shared/core/memoryStore.ts';
import { findModel } from '../../shared/core/models/registry.ts';
import { createOffline } from '../../shared/models/offline/offlineModel.ts';
import { nodeClock, nodeIds } from '../../standalone/command/nodeClock.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { Died, lifeOf } from '../contracts/historyContract.ts';
import { patternPixels } from '../contracts/memoryHost.ts';
import { buildPsd } from '../documents/buildPsd.ts';
import { valueIn } from '../documents/valueIn.ts';

vi.setConfig({ testTimeout: 180_000 });

const codec = createNodeCodec();
const psd = buildPsd({ extent: { width: 96, height: 72 }, layers: [{ name: 'photo', pixels: patternPixels(96, 72, 3) }] });
const open = async () => valueIn(await openDocument(psd, 'killed.psd', codec, neverAborted));
const entry = findModel('offline');
const ports = { entry, clock: nodeClock, ids: nodeIds, codec };

/** Runs an edit that lives for so many writes; answers whether it came to its end, and how many answers were paid for. */
async function lived(steps: number, journal: ReturnType<typeof createMemoryStore>): Promise<{ ended: boolean; paid: boolean }> {
  const host = await open();
  const of = valueIn(await host.layers())[0].ref;
  const store = journaled(host.store, lifeOf(steps, 'after').of(journal));
  const ask = { of, region: null, instruction: 'make it darker', references: [], size: null, thinking: null };
  let ended = false;
  try {
    const model = createOffline({ codec, clock: nodeClock });
    valueIn(await editLayer({ ...ports, host, model, store }, ask, neverAborted));
    ended = true;
  } catch (cause) {
    if (!(cause instanceof Died)) throw cause;
  }
  return { ended, paid: valueIn(await journal.blobs.list()).length > 0 };
}

test('an edit that is killed after any one of its writes is found, and its answer placed', async () => {
  for (let steps = 1; ; steps++) {
    const journal = createMemoryStore();
    const { ended, paid } = await lived(steps, journal);
    const host = await open();
    const { history, recovered, notes } = valueIn(await openHistory({ host, store: host.store, ids: nodeIds, codec }, [journal]));
    expect(history.takes.size, `killed after write ${steps}`).toBe(1);
    const [take] = history.takes.values();
    expect(take.state).toBe(paid ? 'answered' : 'failed');
    expect(notes).toEqual([expect.stringMatching(paid ? /was recovered: it was in no file yet/ : /was broken off before its answer/)]);
    expect(recovered.length).toBe(paid ? 1 : 0);
    if (paid) {
      expect(take.provenance?.prompt).toEqual(take.prompt);
      expect(take.prompt?.id).toBe('edit/layer');
      const placed = valueIn(await placeKept({ ...ports, host, store: host.store }, { take: take.id }, neverAborted));
      expect(valueIn(await host.layers()).map(({ ref }) => ref)).toContain(placed.layer);
    }
    if (ended) {
      expect(steps).toBeGreaterThan(4);
      return;
    }
  }
});
