/** A document that has no room left, from any one write of an edit on: the layer is there, the user is told, and nothing older is lost. */
import { expect, test, vi } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { editLayer } from '../../shared/core/edit/editLayer.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { openHistory } from '../../shared/core/history/openHistory.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import { takesInOrder } from '../../shared/core/history/tree.ts';
import { findModel } from '../../shared/core/models/registry.ts';
import type { DocumentStore } from '../../shared/core/ports.ts';
import { err, type Result } from '../../shared/core/result.ts';
import { createOffline } from '../../shared/models/offline/offlineModel.ts';
import { nodeClock, nodeIds } from '../../standalone/command/nodeClock.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import type { DocumentHost } from '../../standalone/documents/document.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { patternPixels } from '../contracts/memoryHost.ts';
import { buildPsd } from '../documents/buildPsd.ts';
import { valueIn } from '../documents/valueIn.ts';

vi.setConfig({ testTimeout: 120_000 });

const codec = createNodeCodec();
const psd = buildPsd({ extent: { width: 96, height: 72 }, layers: [{ name: 'photo', pixels: patternPixels(96, 72, 3) }] });
const open = async (bytes: Uint8Array): Promise<DocumentHost> => valueIn(await openDocument(bytes, 'full.psd', codec, neverAborted));
const entry = findModel('offline');

/** Takes so many writes, and refuses all that come after. */
function roomFor(writes: number, store: DocumentStore): { readonly store: DocumentStore; refused(): number } {
  let asked = 0;
  const writing = <T>(bytes: Uint8Array, write: () => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> =>
    ++asked > writes ? Promise.resolve(err({ kind: 'store-full', bytes: bytes.length, limitBytes: 0 })) : write();
  return {
    refused: () => Math.max(0, asked - writes),
    store: {
      ...store,
      entryLimitBytes: store.entryLimitBytes,
      write: (key, bytes) => writing(bytes, () => store.write(key, bytes)),
      blobs: { ...store.blobs, write: (bytes) => writing(bytes, () => store.blobs.write(bytes)) },
    },
  };
}

const edit = async (host: DocumentHost, store: DocumentStore, instruction: string) =>
  valueIn(
    await editLayer(
      { entry, clock: nodeClock, ids: nodeIds, codec, host, model: createOffline({ codec, clock: nodeClock }), store },
      { of: valueIn(await host.layers())[0].ref, region: null, instruction, references: [], size: null, thinking: null },
      neverAborted,
    ),
  );

async function contents({ keys, read, blobs }: DocumentStore): Promise<Map<string, Uint8Array | null>> {
  const all = new Map<string, Uint8Array | null>();
  for (const key of valueIn(await keys())) all.set(key, valueIn(await read(key)));
  for (const { hash } of valueIn(await blobs.list())) all.set(hash, valueIn(await blobs.read(hash)));
  return all;
}

test('an edit whose document is full from any one of its writes on is placed and told of, and what was kept before stays', async () => {
  const empty = await open(psd);
  const { take: first } = await edit(empty, empty.store, 'make it darker');
  const kept = valueIn(await empty.save('psd', neverAborted));
  for (let writes = 0; ; writes++) {
    const host = await open(kept);
    const before = await contents(host.store);
    const full = roomFor(writes, host.store);
    const { take, notes } = await edit(host, full.store, 'make it black and white');

    expect(valueIn(await host.layers()).map(({ ref }) => ref)).toContain(take.placed?.layer);
    const told = notes.filter((note) => note.includes('could not be kept with the document'));
    expect(told.length, `room for ${writes} writes: ${notes.join(' ')}`).toBe(full.refused() === 0 ? 0 : 1);
    const after = await contents(host.store);
    for (const [key, bytes] of before) expect(after.get(key), key).toEqual(bytes);
    expect(valueIn(await readHistory(host.store)).notes).toEqual([]);

    // Opened again, with room again, it goes on; the layer's own story brings its take back where no entry could be kept.
    const saved = valueIn(await host.save('psd', neverAborted));
    const again = await open(saved);
    const opened = valueIn(await openHistory({ host: again, store: again.store, ids: nodeIds, codec }, []));
    expect(takesInOrder(opened.history).map(({ id, state }) => [id, state])).toEqual([
      [first.id, 'done'],
      [take.id, 'done'],
    ]);
    if (full.refused() === 0) {
      expect(writes).toBeGreaterThan(4);
      return;
    }
  }
});
