/**
 * A document of many takes: what it costs to open it, to search it, to merge two windows, to add one take, and to save.
 * Prints one table; `node --expose-gc test/run-ts.mjs bench/takes/many.ts [COUNT]`, 5000 when not said.
 */
import { neverAborted } from '../../shared/core/abort.ts';
import { absorbHistory } from '../../shared/core/history/absorbHistory.ts';
import { keepTake } from '../../shared/core/history/keepTake.ts';
import { mergeHistories } from '../../shared/core/history/mergeHistories.ts';
import { openHistory } from '../../shared/core/history/openHistory.ts';
import { planPrune } from '../../shared/core/history/planPrune.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import { noPictures, type Take } from '../../shared/core/history/take.ts';
import { branchesOf, hiddenTakes, nextOrder, search, takesInOrder } from '../../shared/core/history/tree.ts';
import { createMemoryStore } from '../../shared/core/memoryStore.ts';
import type { DocumentStore } from '../../shared/core/ports.ts';
import type { Result } from '../../shared/core/result.ts';
import { nodeIds } from '../../standalone/command/nodeClock.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { openDocument } from '../../standalone/documents/openDocument.ts';
import { patternPixels } from '../../test/contracts/memoryHost.ts';
import { buildPsd } from '../../test/documents/buildPsd.ts';
import { makeTake, randomOf } from '../../test/history/makeTake.ts';

const count = Number(process.argv[2] ?? 5000);
const codec = createNodeCodec();

function valueIn<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const rows: string[][] = [];

/** CPU time, because the machine may be busy with other things. */
async function measured<T>(what: string, work: () => T | Promise<T>, size: (made: T) => string = () => ''): Promise<T> {
  globalThis.gc?.();
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  const made = await work();
  const { user, system } = process.cpuUsage(cpu);
  rows.push([what, ((user + system) / 1000).toFixed(0), (performance.now() - wall).toFixed(0), size(made)]);
  return made;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
const random = randomOf(1);
const words = ['make the coat red', 'remove the cup on the left', 'at night, with rain', 'now yellow', 'keep the face, change the hair'];

/** A long conversation with branches: three of four takes continue the one before. */
function takeOf(i: number, thumbnail: string): Take {
  const parent = i === 0 || random(8) === 0 ? null : `take-${random(4) === 0 ? random(i) : i - 1}`;
  const picture = { hash: thumbnail, type: 'image/jpeg', width: 160, height: 107, byteLength: 4000 } as const;
  return makeTake(`take-${i}`, {
    parent,
    order: i + 1,
    instruction: `${words[random(words.length)]} (${i})`,
    pictures: { ...noPictures, thumbnail: picture },
  });
}

async function filled(store: DocumentStore): Promise<DocumentStore> {
  for (let i = 0; i < count; i++) {
    const bytes = Uint8Array.from({ length: 4000 }, () => random(256));
    valueIn(await keepTake(store, takeOf(i, valueIn(await store.blobs.write(bytes)))));
  }
  return store;
}

const psd = buildPsd({ extent: { width: 300, height: 200 }, layers: [{ name: 'photo', pixels: patternPixels(300, 200, 3) }] });
const open = async (bytes: Uint8Array) => valueIn(await openDocument(bytes, 'many.psd', codec, neverAborted));
const bare = await open(psd);
await measured(`write ${count} takes and thumbnails, one by one`, () => filled(bare.store));
const saved = await measured(
  'save as PSD',
  async () => valueIn(await bare.save('psd', neverAborted)),
  (bytes) => `${megabytes(bytes.length - psd.length)} more`,
);
const host = await measured('open the PSD', () => open(saved));
await measured('openHistory: read, end, adopt', async () =>
  valueIn(await openHistory({ host, store: host.store, ids: nodeIds, codec }, [])),
);
const { history } = await measured('readHistory, as each round does', async () => valueIn(await readHistory(host.store)));
await measured('order, branches, what is hidden', () => [takesInOrder(history), branchesOf(history), hiddenTakes(history)]);
await measured(
  'search for two words',
  () => search(history, 'coat red'),
  (found) => `${found.length} found`,
);
const other = new Map([...history.takes].map(([id, take]) => [id, { ...take }]));
await measured('merge with another window’s', () => mergeHistories(history, { ...history, takes: other }));
await measured('add one take', async () =>
  valueIn(await keepTake(host.store, { ...takeOf(count, '0'.repeat(64)), order: nextOrder(history) })),
);
await measured('plan what to prune to half', () =>
  planPrune(
    history,
    [...history.takes.values()].map(({ pictures }) => ({ hash: pictures.thumbnail?.hash ?? '', byteLength: 4000 })),
    count * 2000,
  ),
);
await measured('save again', async () => valueIn(await host.save('psd', neverAborted)));
await measured('absorb all of it from a journal', async () => valueIn(await absorbHistory(createMemoryStore(), host.store)));

const entryBytes = [...history.takes.keys()].length;
console.log(`${entryBytes} takes; CPU and wall time in ms`);
const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column].length)));
for (const row of rows) console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i] + 2))).join(''));
console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
